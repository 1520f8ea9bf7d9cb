import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withDefaults } from "../../provider/core/defaults";
import type { AnyResource, State } from "../../provider/core/define";
import { readBack } from "../../provider/core/read-back";
import { CspError } from "../../provider/errors";
import { resources } from "../../provider/resources";
import { objectShape } from "../../provider/schema/shape";
import { contentOf, untouchedHost, uuidOf } from "./model";
import { flushed, type ModelTask, modelTask, withFile } from "./model-session";

const OWNER = "shop/dev web (csp:test)";
/** How csp reaches the host. Nothing of this may be found on the host. */
const CONNECTION = { address: "192.0.2.1", user: "root", password: "hunter2-secret" };

/** One resource for each noun of a host and for each kind of unit. `changed`: the inputs after an update. */
const DECLARED: readonly (readonly [token: string, inputs: Record<string, unknown>, changed: Record<string, unknown>])[] = [
  ["csp:index:Host", { guestPorts: ["vif", "tap"] }, { guestPorts: ["vif", "tap", "vnet"] }],
  [
    "csp:firewall:GuestFirewall",
    {
      guest: { uuid: uuidOf(0) },
      interfaces: [{ device: 0, mac: "02:00:00:00:00:00", addresses: ["10.0.0.1"] }],
      ingress: [{ name: "ssh", protocol: "tcp", ports: ["22"] }],
    },
    { ingress: [{ name: "ssh", protocol: "tcp", ports: ["22"], from: ["192.0.2.0/24"] }] },
  ],
  [
    "csp:firewall:HostPolicy",
    {
      name: "tenants",
      groups: { web: { ingress: [{ name: "http", protocol: "tcp", ports: ["80"] }] } },
      guests: {
        "web-1": {
          uuid: uuidOf(1),
          groups: ["web"],
          interfaces: [{ device: 0, mac: "02:00:00:00:00:01", addresses: ["10.0.0.2"] }],
          ingress: [{ name: "peers", from: ["group:web"] }],
        },
        "web-2": { uuid: uuidOf(2), groups: ["web"], interfaces: [{ device: 0, mac: "02:00:00:00:00:02", addresses: ["10.0.0.3"] }] },
      },
    },
    { groups: { web: { ingress: [{ name: "https", protocol: "tcp", ports: ["443"] }] } } },
  ],
  ["csp:firewall:HostFirewall", { ingress: [{ name: "ssh", protocol: "tcp", ports: ["22"] }] }, { egressDefault: "drop" }],
  [
    "csp:firewall:RuleSet",
    { tool: "iptables", chain: "mail", rules: ["-p tcp -m tcp --dport 25 -j DROP"], jumps: [{ from: "FORWARD", position: "last" }] },
    { rules: ["-p tcp -m tcp --dport 25 -j REJECT"] },
  ],
  ["csp:firewall:IpSet", { name: "blocklist", members: ["192.0.2.0/24", "198.51.100.7"] }, { members: ["192.0.2.0/24"] }],
];

const definitionOf = (token: string) => resources.find((one) => one.token === token) as AnyResource;

interface Made {
  readonly definition: AnyResource;
  readonly id: string;
  readonly state: State;
  readonly changed: Record<string, unknown>;
}

async function make({ context }: ModelTask, [token, fields, changed]: (typeof DECLARED)[number]): Promise<Made> {
  const definition = definitionOf(token);
  const inputs = definition.inputs.parse({ host: "hv-01", ...fields, connection: CONNECTION });
  await definition.preview?.(context, inputs);
  const { id, outputs } = await definition.create(context, inputs);
  return { definition, id, state: { inputs, outputs }, changed };
}

/** A host on which each of them is. */
async function populated() {
  const task = modelTask(untouchedHost(), OWNER);
  const all: Made[] = [];
  for (const one of DECLARED) all.push(await make(task, one));
  return { task, all };
}

/** Undefined: it is gone. */
async function drift({ context }: ModelTask, { definition, id, state }: Made): Promise<readonly string[] | undefined> {
  const seen = await definition.read(context, id, state);
  return seen?.outputs.drift as readonly string[] | undefined;
}

const RESOURCES = DECLARED.map(([token]) => token);
/** For a Host, a model has the record and the chains, but not the files that call the hook. */
const OF_RULES = RESOURCES.filter((token) => token !== "csp:index:Host");

test("lives of resources know a host by its nouns alone: no record, no edit, no path of it", () => {
  const folder = join(__dirname, "../../provider/resources");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    // on-record.ts says which resource each record is.
    (name) => name.endsWith(".ts") && !name.startsWith("functions") && name !== "on-record.ts",
  );
  expect(files).toContain(join("ip-set", "life.ts"));
  for (const name of files) {
    const text = readFileSync(join(folder, name), "utf8");
    // keptDeclaration also serves the resources that keep records on servers.
    const imports = [...text.matchAll(/host\/(?:records|state|transaction)\/[\w-]+/g)].map(([path]) => path);
    expect([name, imports.filter((path) => path !== "host/records/declaration")]).toEqual([name, []]);
    expect([name, text.match(/\/var\/lib\/csp|readState|\.apply\(/g)]).toEqual([name, null]);
  }
});

describe("the nouns of a host", () => {
  test.each(RESOURCES)("%s: a try changes nothing", async (token) => {
    const { task, all } = await populated();
    const { definition, state, changed } = all.find((one) => one.definition.token === token) as Made;
    const before = task.session.model;
    await definition.preview?.(task.context, definition.inputs.parse({ ...state.inputs, ...changed }), state);
    expect(task.session.model).toBe(before);
  });

  test.each(RESOURCES)("%s: what was put is recalled, but for how the host is reached", async (token) => {
    const { task, all } = await populated();
    const { definition, id, state } = all.find((one) => one.definition.token === token) as Made;
    const { connection: _, ...declared } = state.inputs;
    const recalled = await definition.recall(task.context, id, CONNECTION);
    expect(withDefaults(objectShape(definition.inputs), recalled)).toEqual(declared);
    const imported = await readBack(definition, task.context, id);
    expect(imported?.inputs).toMatchObject({ host: declared.host });
  });

  test("nothing of a connection is left on the host", async () => {
    const { task, all } = await populated();
    for (const { definition, id, state, changed } of all) {
      const inputs = definition.inputs.parse({ ...state.inputs, ...changed });
      await definition.update(task.context, id, state, inputs);
    }
    const texts = [...task.session.model.files].map(([path, text]) => `${path}\n${text}`);
    expect(texts.some((text) => text.includes('declaration {"host":"hv-01"'))).toBe(true);
    for (const text of texts) for (const secret of Object.values(CONNECTION)) if (secret !== "root") expect(text).not.toContain(secret);
    for (const text of texts) expect(text).not.toMatch(/"connection"|"password"/);
  });

  test.each(OF_RULES)("%s: what was put is as it should be", async (token) => {
    const { task, all } = await populated();
    const made = all.find((one) => one.definition.token === token) as Made;
    const seen = await made.definition.read(task.context, made.id, made.state);
    expect(seen?.outputs).toEqual(made.state.outputs);
    expect(seen?.inputs).toEqual(made.state.inputs);
  });

  test.each([
    ["csp:firewall:GuestFirewall", "units/guest."],
    ["csp:firewall:HostPolicy", "units/policy.tenants"],
    ["csp:firewall:HostFirewall", "units/host-firewall"],
    ["csp:firewall:RuleSet", "units/rules.iptables.mail"],
    ["csp:firewall:IpSet", "sets/blocklist"],
  ])("%s: a record that is lost is drift, and what it described is not gone", async (token, path) => {
    const { task, all } = await populated();
    const made = all.find((one) => one.definition.token === token) as Made;
    const file = [...task.session.model.files.keys()].find((name) => name.startsWith(path)) as string;
    task.session.model = withFile(task.session.model, file, undefined);
    expect(await drift(task, made)).toEqual([`the record ${file} on the host is gone: a boot would not load what it says`]);
    const { definition, id, state } = made;
    await definition.update(task.context, id, state, state.inputs);
    expect(await drift(task, made)).toEqual([]);
  });

  test.each([
    ["csp:firewall:GuestFirewall", [`guest ${uuidOf(0)}: iptables, interface 0: ingress rule ssh is missing`]],
    [
      "csp:firewall:HostPolicy",
      [
        "guest web-1: iptables, interface 0: ingress rule peers is missing",
        "group web: iptables, shared chain: ingress rule http is missing",
      ],
    ],
    ["csp:firewall:HostFirewall", ["ingress rule ssh is missing"]],
    ["csp:firewall:RuleSet", ["chain csp-user-mail was flushed"]],
  ])("%s: rules that are gone are drift, and an update puts them back", async (token, named) => {
    const { task, all } = await populated();
    const made = all.find((one) => one.definition.token === token) as Made;
    const before = contentOf(task.session.model);
    task.session.model = flushed(task.session.model, "iptables.filter", (chain) => /^csp-(in|gin|user|host)-/.test(chain));
    const findings = (await drift(task, made)) ?? [];
    for (const text of named) expect(findings.join("\n")).toContain(text);
    for (const { definition, id, state } of all.filter(({ definition }) => OF_RULES.includes(definition.token)))
      await definition.update(task.context, id, state, state.inputs);
    expect(await drift(task, made)).toEqual([]);
    expect(contentOf(task.session.model)).toEqual(before);
  });

  test("jumps that somebody moved are drift of whose they are", async () => {
    const { task, all } = await populated();
    const { model } = task.session;
    const filter = model.tables["iptables.filter"];
    const without = (chain: string) => (filter.foreign.get(chain) ?? []).filter((rule) => !/csp-(user|host)-/.test(rule));
    const foreign = new Map([...filter.foreign.keys()].map((chain) => [chain, without(chain)]));
    task.session.model = { ...model, tables: { ...model.tables, "iptables.filter": { ...filter, foreign } } };
    const of = (token: string) => drift(task, all.find((one) => one.definition.token === token) as Made);
    expect(await of("csp:firewall:HostFirewall")).toEqual([
      "iptables: the jump from INPUT is missing or not in front",
      "iptables: the jump from OUTPUT is missing or not in front",
    ]);
    expect(await of("csp:firewall:RuleSet")).toEqual(["iptables: the jump from FORWARD is missing or not in its place"]);
    expect(await of("csp:firewall:GuestFirewall")).toEqual([]);
  });

  test("what the hook could not do is drift of whose it is", async () => {
    const { task, all } = await populated();
    const failure = (guest: string) => ({ time: "2026-01-01T00:00:00Z", at: "rules", guest, cause: "no memory" });
    task.session.found = {
      failures: [failure("host-firewall"), failure("rules.iptables.mail"), failure(uuidOf(0)), failure("web-2"), failure("-")],
    };
    const of = (token: string) => drift(task, all.find((one) => one.definition.token === token) as Made);
    const failed = "the hook failed at 2026-01-01T00:00:00Z: no memory";
    expect(await of("csp:firewall:HostFirewall")).toEqual([failed]);
    expect(await of("csp:firewall:RuleSet")).toEqual([failed]);
    expect(await of("csp:firewall:GuestFirewall")).toEqual([
      `guest ${uuidOf(0)}: the hook failed at 2026-01-01T00:00:00Z: rules: no memory`,
    ]);
    expect(await of("csp:firewall:HostPolicy")).toEqual(["guest web-2: the hook failed at 2026-01-01T00:00:00Z: rules: no memory"]);
  });

  test.each([
    [["198.51.100.7"], ["203.0.113.0/24"]],
    [["192.0.2.0/24", "198.51.100.7"], []],
  ])("a set that lacks %j and has %j beside says so, and shows what there is", async (missing, extra) => {
    const { task, all } = await populated();
    const made = all.find((one) => one.definition.token === "csp:firewall:IpSet") as Made;
    const sets = new Map(task.session.model.sets);
    const set = sets.get("blocklist") as typeof sets extends Map<string, infer S> ? S : never;
    const members = new Set([...[...set.members].filter((one) => !missing.includes(one)), ...extra]);
    task.session.model = { ...task.session.model, sets: sets.set("blocklist", { ...set, members }) };
    const seen = await made.definition.read(task.context, made.id, made.state);
    expect(seen?.inputs.members).toEqual([...members]);
    expect(seen?.outputs.drift).toEqual([
      ...missing.map((member) => `IP set blocklist: member ${member} is missing`),
      ...extra.map((member) => `IP set blocklist: member ${member} was added by hand`),
    ]);
  });

  test("a set that is gone, or was made anew with other settings", async () => {
    const { task, all } = await populated();
    const made = all.find((one) => one.definition.token === "csp:firewall:IpSet") as Made;
    const { model } = task.session;
    const set = model.sets.get("blocklist") as NonNullable<ReturnType<typeof model.sets.get>>;
    task.session.model = { ...model, sets: new Map(model.sets).set("blocklist", { ...set, maxElements: 8 }) };
    expect(await drift(task, made)).toEqual(["IP set blocklist was made anew with other settings"]);
    task.session.model = { ...model, sets: new Map() };
    const seen = await made.definition.read(task.context, made.id, made.state);
    expect([seen?.inputs.members, seen?.outputs.drift]).toEqual([[], ["IP set blocklist is gone"]]);
    task.session.model = withFile(task.session.model, "sets/blocklist", undefined);
    expect(await made.definition.read(task.context, made.id, made.state)).toBeUndefined();
  });

  test("what is somebody else's is refused, in previews and in deed, and stays as it is", async () => {
    const { task, all } = await populated();
    const other = { ...task.context, owner: "other/prod web (csp:test)" };
    const before = task.session.model;
    for (const { definition, state } of all) {
      const refused = await Promise.all(
        [definition.preview?.(other, state.inputs), definition.create(other, state.inputs)].map((one) =>
          one?.then(
            () => undefined,
            (error: unknown) => (error instanceof CspError ? error.code : error),
          ),
        ),
      );
      expect([definition.token, ...refused]).toEqual([
        definition.token,
        refused[1],
        expect.stringMatching(/^(host|unit|set|guest)-owned$/),
      ]);
    }
    expect(task.session.model).toBe(before);
  });

  test("what is removed is gone, and at the end the host is as it was", async () => {
    const { task, all } = await populated();
    for (const { definition, id, state } of [...all].reverse()) {
      await definition.delete(task.context, id, state);
      expect([definition.token, await definition.recall(task.context, id, CONNECTION)]).toEqual([definition.token, undefined]);
      expect([definition.token, await definition.read(task.context, id, state)]).toEqual([definition.token, undefined]);
    }
    expect(contentOf(task.session.model)).toEqual(contentOf(untouchedHost()));
  });

  test("changes that could cut the way in are to be confirmed, and no others", async () => {
    const { task, all } = await populated();
    for (const { definition, id, state } of [...all].reverse()) await definition.delete(task.context, id, state);
    const changes = task.session.log.filter((line) => line.startsWith("change "));
    expect(changes).toEqual([
      "change host hv-01",
      `change guest ${uuidOf(0)}`,
      "change policy tenants",
      "change the host's own firewall, to be confirmed",
      "change rule set mail of iptables",
      "change IP set blocklist",
      "change IP set blocklist",
      "change rule set mail of iptables",
      "change the host's own firewall, to be confirmed",
      "change policy tenants",
      `change guest ${uuidOf(0)}`,
      "change host hv-01",
    ]);
  });

  test("a frame comes before what sends packets to it, and goes after it", async () => {
    const { task, all } = await populated();
    const [host] = all as [Made, ...Made[]];
    const begin = task.session.log.filter((line) => /^(change|run) /.test(line)).slice(0, 4);
    expect(begin.map((line) => line.replace(/ [0-9a-f]{8}$/, ""))).toEqual([
      "change host hv-01",
      "run setting the bridge's sysctls",
      "run installing the hook",
      "run running the hook",
    ]);
    for (const { definition, id, state } of [...all].reverse())
      if (definition !== host.definition) await definition.delete(task.context, id, state);
    const { log } = task.session;
    const at = log.length;
    await host.definition.delete(task.context, host.id, host.state);
    expect(
      log
        .slice(at)
        .filter((line) => /^(change|run) /.test(line))
        .map((line) => line.replace(/ [0-9a-f]{8}$/, "")),
    ).toEqual([
      "run taking the hook away",
      "run restoring the bridge's sysctls",
      "run restoring the bridges' settings",
      "change host hv-01",
    ]);
  });
});
