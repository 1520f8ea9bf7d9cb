import { frames } from "../../lab/netns";
import { nearest } from "../support/backends";
import { describeWith } from "../support/needs";
import { declare, type LabStack, labStack } from "./stack";
import { address, EGRESS, type Expected, GROUP, INGRESS, layer2, mac, ROUNDS, type Tampering, together, uuid } from "./tamperings";

/** Lines by their chain or set. The order counts within a chain and not within a set. */
function byChain(text: string): Record<string, string[]> {
  const chains: Record<string, string[]> = {};
  for (const line of text.split("\n")) {
    const [verb = "", name = ""] = line.split(" ");
    const key = /^(-A|add|create)$/.test(verb) ? name : verb;
    const lines = chains[key] ?? [];
    chains[key] = lines;
    lines.push(line);
    if (verb === "add") lines.sort();
  }
  return chains;
}

describeWith(["root", "pulumi", "plugin"], "changes by hand", () => {
  let work: LabStack;
  const WEBS = [1, 2] as const;
  const host = (n: 1 | 2) => work.lab.host(`hv-0${n}`);

  beforeAll(async () => {
    const guest = (n: number) => ({
      name: `web-${n}`,
      host: `hv-0${n}`,
      uuid: uuid(n),
      mac: mac(n),
      addresses: [`${address(n)}/16`, `fd20::1${n}/64`],
    });
    work = await labStack({
      name: "drift",
      hosts: [
        { name: "hv-01", backend: nearest("nft") },
        { name: "hv-02", backend: "legacy" },
      ],
      guests: [guest(1), guest(2)],
      outside: [
        { name: "office", addresses: ["203.0.113.7/24", "2001:db8:113::7/64"] },
        { name: "stranger", addresses: ["198.51.100.9/24"] },
      ],
    });
    work.declare(program);
    await work.stack.up();
  }, 120_000);
  afterAll(() => work?.end(), 120_000);

  const policy = (n: number) => ({
    interfaces: [{ device: 0, mac: mac(n), addresses: [address(n), `fd20::1${n}`] }],
    ingress: [
      { name: "ssh", protocol: "tcp", ports: ["22"], from: ["203.0.113.0/24"] },
      { name: "not-8443", action: "drop", protocol: "tcp", ports: ["8443"] },
      { name: "alt", protocol: "tcp", ports: ["8400:8500"] },
      { name: "http", protocol: "tcp", ports: ["80", "443"] },
      { name: "banned", action: "drop", from: ["set:blocklist"] },
      { name: "syslog", protocol: "udp", ports: ["514"] },
      {
        name: "many",
        protocol: "tcp",
        ports: ["9000"],
        from: ["203.0.113.0/24", ...Array.from({ length: 17 }, (_, k) => `10.9.${k}.0/24`)],
      },
    ],
    egress: [{ name: "no-smtp", action: "drop", protocol: "tcp", ports: ["25"] }],
  });
  const base = {
    ingress: [
      { name: "dns", protocol: "udp", ports: ["53"] },
      { name: "ping6", protocol: "icmpv6", icmpType: "128" },
    ],
  };

  function program(): void {
    const sets = WEBS.map((n) =>
      declare.ipSet(`set-${n}`, { host: declare.host(`hv-0${n}`).host, name: "blocklist", members: ["198.51.100.0/24", "192.0.2.1"] }),
    );
    declare.policy(
      "guest-1",
      { host: "hv-01", groups: { base }, guests: { "web-1": { uuid: uuid(1), groups: ["base"], ...policy(1) } } },
      { dependsOn: sets },
    );
    declare.guest(
      "guest-2",
      { host: "hv-02", guest: { uuid: uuid(2) }, groups: [{ name: "base", ...base }], ...policy(2) },
      { dependsOn: sets },
    );
  }

  type Rules = readonly { readonly name: string }[];
  interface Declared {
    readonly ingress: Rules;
    readonly egress: Rules;
  }
  interface Seen extends Declared {
    readonly group: Rules;
    readonly drift: Readonly<Record<"guest" | "set" | "host", readonly string[]>>;
  }

  /** What the state contains about web-<n> and its host. */
  async function seen(n: 1 | 2): Promise<Seen> {
    const { deployment } = await work.stack.exportStack();
    const resources = deployment.resources as { urn: string; inputs: Record<string, unknown>; outputs?: { drift?: string[] } }[];
    const find = (name: string) => resources.find(({ urn }) => urn.endsWith(`::${name}`))!;
    const inputs = find(`guest-${n}`).inputs as unknown as Declared & {
      guests: Record<string, Declared>;
      groups: Record<string, Declared> & Declared[];
    };
    const lists = n === 1 ? inputs.guests["web-1"]! : inputs;
    const group = n === 1 ? inputs.groups.base! : inputs.groups[0]!;
    const drift = (name: string) => find(name).outputs?.drift ?? [];
    return {
      ingress: lists.ingress,
      egress: lists.egress,
      group: group.ingress,
      drift: { guest: drift(`guest-${n}`), set: drift(`set-${n}`), host: drift(`hv-0${n}`) },
    };
  }

  /** The name of a rule, a pattern of it, or another part of the rule. */
  const ruleLike = (expected: Expected) =>
    expect.objectContaining(
      expected instanceof RegExp ? { name: expect.stringMatching(expected) } : typeof expected === "string" ? { name: expected } : expected,
    );

  const verdicts = (tampering: Tampering) =>
    Promise.all(WEBS.map((n) => work.lab.probe.matrix((tampering.flows ?? []).map(([flow]) => ({ ...flow, to: `web-${n}` })))));
  const meant = (tampering: Tampering) => WEBS.map(() => (tampering.flows ?? []).map(([, verdict]) => verdict));
  const turned = (tampering: Tampering) =>
    WEBS.map(() =>
      (tampering.flows ?? []).map(([, verdict, held]) => ((verdict === "passed") === (held !== undefined) ? "passed" : "blocked")),
    );

  test.each(ROUNDS.map(together))(
    "$what: refresh says so, up repairs it",
    async (tampering) => {
      expect(await verdicts(tampering)).toEqual(meant(tampering));
      const before = await saved();
      for (const n of WEBS) await host(n).run(tampering.by(n));
      if (tampering.flows !== undefined) {
        await forgetNeighbours();
        expect(await verdicts(tampering)).toEqual(turned(tampering));
      }

      await work.stack.refresh();
      for (const n of WEBS) {
        const { ingress, egress, group, drift } = await seen(n);
        for (const [rules, expected] of [
          [ingress, tampering.ingress ?? INGRESS],
          [egress, tampering.egress ?? EGRESS],
          [group, tampering.group ?? GROUP],
        ] as const)
          expect(rules).toEqual(expected.map(ruleLike));
        for (const which of ["guest", "set", "host"] as const) {
          for (const sentence of tampering[which] ?? []) expect(drift[which]).toContainEqual(expect.stringMatching(sentence));
          if (tampering[which] === undefined) expect([which, drift[which]]).toEqual([which, []]);
        }
      }

      const changed = ["guest", "set", "host"].filter((which) => which in tampering).length * WEBS.length;
      const up = await work.stack.up();
      expect(up.summary.resourceChanges).toEqual({ update: changed, same: 7 - changed });
      await forgetNeighbours();
      expect(await verdicts(tampering)).toEqual(meant(tampering));
      if (tampering.tidy !== undefined) for (const n of WEBS) await host(n).run(tampering.tidy);
      expect(await saved()).toEqual(before);
    },
    120_000,
  );

  /** The state of the five tools on both hosts. The order of chains and members has no meaning. */
  async function saved(): Promise<unknown> {
    const tools = await Promise.all(WEBS.map((n) => host(n).snapshotTools()));
    return tools.map((all) => Object.entries(all).map(([tool, text]) => [tool, byChain(text)]));
  }

  /** Clears the ARP caches, so that the filters for ARP take part. */
  async function forgetNeighbours(): Promise<void> {
    for (const { name } of work.lab.endpoints) await work.lab.exec(name, ["ip", "neigh", "flush", "all"]);
  }

  test("a removed anti-spoofing rule lets forged packets through until up", async () => {
    const forged = (n: number) =>
      frames.udp({
        from: "02:00:00:d2:1f:99",
        to: work.lab.endpoint("office").mac,
        sourceIp: address(n),
        targetIp: "203.0.113.7",
        sourcePort: 1,
        targetPort: 2,
        payload: "x",
      });
    const arriving = () => Promise.all(WEBS.map((n) => work.lab.probe.inject(forged(n), `web-${n}`, ["office"])));
    expect(await arriving()).toEqual([[], []]);
    for (const n of WEBS) await host(n).run(`ebtables -t nat -D ${layer2(n)} -s ! ${mac(n)} -j DROP`);
    expect(await arriving()).toEqual([["office"], ["office"]]);
    // No refresh is needed, because every run looks at the host first.
    const up = await work.stack.up();
    expect(up.stdout).toMatch(/rule is missing from csp-vif-\w+: -s ! 02:00:00:d2:1f:01 -j DROP/);
    expect(await arriving()).toEqual([[], []]);
    await work.stack.up({ expectNoChanges: true });
  }, 120_000);
});
