import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { createInterface } from "node:readline";
import * as fc from "fast-check";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { formatPath, type Path } from "../../provider/schema/field";
import { EngineSide } from "../doors/client";
import { PLUGIN_DIR } from "../doors/workspace";
import { describeWith } from "../support/needs";
import { BAD_INPUTS, UUID, VALID, type Values, withValue } from "./bad-inputs";
import { declare, failureOf, type LabStack, labStack } from "./stack";

/** A refusal is one line for a person: "field: cause. remedy". */
function expectRefusal(reasons: readonly string[], named: Path, cause: RegExp = /./): void {
  const field = named.length === 0 ? "inputs" : shown(named);
  const found = reasons.find((reason) => reason.startsWith(`${field}: `));
  if (found === undefined) throw new Error(`no refusal of ${field} among ${JSON.stringify(reasons)}`);
  const [, why = "", remedy = ""] = /^(.*?)\. (.+)$/s.exec(found.slice(field.length + 2)) ?? [];
  expect(why).toMatch(cause);
  expect(remedy).toMatch(/\w{2}/);
  expect(found.length).toBeLessThan(700);
  // Nothing that moves a terminal's cursor or turns its text around.
  expect(found).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
}

/** Keys are cut at 60 characters before they are shown. */
function shown(path: Path): string {
  return formatPath(path.map((step) => (typeof step === "string" && step.length > 60 ? `${step.slice(0, 59)}…` : step)));
}

describeWith(["plugin"], "bad input, over the wire", () => {
  let plugin: ChildProcess;
  let engine: EngineSide;
  /** Stands where the host's sshd would: who connects is counted. */
  let door: Server;
  let knocks = 0;
  let refused = 0;

  beforeAll(async () => {
    door = createServer((socket) => {
      knocks++;
      socket.destroy();
    }).listen(0, "127.0.0.1");
    await once(door, "listening");
    const { port: sshPort } = door.address() as { port: number };
    plugin = spawn(`${PLUGIN_DIR}/pulumi-resource-csp`, ["127.0.0.1:1"], { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = (await once(createInterface({ input: plugin.stdout as NodeJS.ReadableStream }), "line")) as [string];
    engine = new EngineSide(Number(port));
    await engine.configure({
      hosts: JSON.stringify({ "hv-01": { address: "127.0.0.1", port: sshPort, password: "unused", dialAttempts: 1 } }),
    });
  });
  afterAll(async () => {
    engine.close();
    plugin.kill("SIGKILL");
    await once(plugin, "exit");
    door.close();
    console.log(`${refused} bad inputs refused, ${knocks} connections to the host`);
  });

  const check = async (token: string, inputs: Values) =>
    (await engine.check(token, inputs as Record<string, JavaScriptValue>)).failures.map(({ reason }) => reason);

  test.each(Object.keys(VALID))("%s: the input that the cases change is accepted", async (token) => {
    expect(await check(token, VALID[token]?.() ?? {})).toEqual([]);
  });

  test("there are at least a hundred cases by hand", () => {
    expect(BAD_INPUTS.length).toBeGreaterThanOrEqual(100);
  });

  test.each(
    BAD_INPUTS.map(
      (each) => [`${each.token.split(":")[2]} ${formatPath(each.at)} = ${JSON.stringify(each.value)?.slice(0, 40)}`, each] as const,
    ),
  )("%s", async (_, { token, at, value, cause, named }) => {
    const reasons = await check(token, withValue(VALID[token]?.() ?? {}, at, value));
    expectRefusal(reasons, named ?? at, cause);
    refused++;
  });

  /** A name that is none, of any length, with anything in it. */
  const noName = fc
    .oneof(fc.string({ unit: "binary", maxLength: 300 }), fc.string({ minLength: 300, maxLength: 10_240 }))
    // The wire is UTF-8: a half of a character cannot be sent.
    .map((text) => text.replace(/\p{Surrogate}/gu, "?"))
    .filter((text) => !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text) || text.length > 253);
  const guest = "csp:firewall:GuestFirewall";
  const fields: [string, string, Path, fc.Arbitrary<unknown>][] = [
    ["rule names", guest, ["ingress", 0, "name"], noName],
    ["set names", "csp:firewall:IpSet", ["name"], noName],
    ["host names", "csp:index:Host", ["host"], noName],
    ["group references", guest, ["ingress", 0, "from", 0], noName.map((text) => `group:${text}`)],
    ["addresses", guest, ["interfaces", 0, "addresses", 0], noName.filter((text) => !/^[\da-fA-F:.]+(\/\d+)?$/.test(text))],
    [
      "prefix lengths",
      guest,
      ["ingress", 0, "from", 0],
      fc.tuple(fc.ipV4(), fc.integer({ min: 33, max: 9999 })).map(([ip, bits]) => `${ip}/${bits}`),
    ],
    ["ports above the last", guest, ["ingress", 0, "ports", 0], fc.integer({ min: 65_536 }).map(String)],
    [
      "ranges that descend",
      guest,
      ["egress", 0, "ports", 0],
      fc.tuple(fc.integer({ min: 1, max: 65_535 }), fc.nat(65_535)).map(([high, down]) => `${high}:${Math.max(0, high - 1 - down)}`),
    ],
    [
      "protocol numbers",
      guest,
      ["ingress", 0, "protocol"],
      fc.oneof(fc.integer({ min: 256 }).map(String), fc.integer({ max: -1 }).map(String)),
    ],
    [
      "multicast MACs",
      guest,
      ["interfaces", 0, "mac"],
      fc
        .uint8Array({ minLength: 6, maxLength: 6 })
        .map((octets) => [...octets].map((octet, n) => (n === 0 ? octet | 1 : octet).toString(16).padStart(2, "0")).join(":")),
    ],
    ["members of a set", "csp:firewall:IpSet", ["members", 0], noName.filter((text) => !/^[\da-fA-F:.]+(\/\d+)?(\s+nomatch)?$/.test(text))],
    ["values of other types", guest, ["ingress", 0, "name"], fc.oneof(fc.integer(), fc.boolean(), fc.array(fc.string()), fc.constant({}))],
  ];
  test.each(fields)("generated: %s", async (_, token, at, values) => {
    await fc.assert(
      fc.asyncProperty(values, async (value) => {
        expectRefusal(await check(token, withValue(VALID[token]?.() ?? {}, at, value)), at);
        refused++;
      }),
      { numRuns: 40 },
    );
  });

  test("none of this has reached the host, although a good preview does", async () => {
    expect(knocks).toBe(0);
    await expect(engine.create("csp:index:Host", { host: "hv-01" }, { preview: true })).rejects.toThrow(/hv-01/);
    expect(knocks).toBeGreaterThan(0);
  });
});

describeWith(["root", "pulumi", "plugin"], "bad input, under the engine", () => {
  let work: LabStack;
  const nic = { device: 0, mac: "02:00:00:20:00:0b", addresses: ["10.20.0.11"] };
  const cases: [string, (host: string) => void, RegExp][] = [
    [
      "a rule's name that is a command",
      (host) => void declare.guest("web-1", { host, guest: { uuid: UUID }, interfaces: [nic], ingress: [{ name: "$(reboot)" }] }),
      /ingress\[0\]\.name: the rule's name has a character/,
    ],
    [
      "an address out of range",
      (host) =>
        void declare.guest("web-1", { host, guest: { uuid: UUID }, interfaces: [nic], ingress: [{ name: "ssh", from: ["10.0.0.0/33"] }] }),
      /ingress\[0\]\.from\[0\]: "10\.0\.0\.0\/33" is not a peer/,
    ],
    [
      "10 kB for a key",
      (host) => void declare.policy("guests", { host, guests: { ["k".repeat(10_240)]: { interfaces: [nic] } } }),
      /guests\["k{59}…"\]: the guest's key is longer than 63 characters/,
    ],
    [
      "a guest that is not there",
      (host) => void declare.guest("web-1", { host, guest: { name: "web-9" }, interfaces: [nic] }),
      /guest web-9 on host hv-01: no running guest of this name.*running here: web-1/,
    ],
    [
      "a MAC that is not the guest's",
      (host) => void declare.guest("web-1", { host, guest: { name: "web-1" }, interfaces: [{ ...nic, mac: "02:00:00:00:00:99" }] }),
      /guest web-1, interface 0, on host hv-01: its MAC is 02:00:00:20:00:0b there/,
    ],
    [
      "a host that nobody knows",
      () => void declare.host("hv-99"),
      /hv-99: there is no such host in the provider's inventory \(it has hv-01\)/,
    ],
  ];

  beforeAll(async () => {
    work = await labStack({
      name: "bad-input",
      hosts: [{ name: "hv-01" }],
      guests: [{ name: "web-1", host: "hv-01", mac: nic.mac, addresses: ["10.20.0.11/16"] }],
    });
  }, 60_000);
  afterAll(() => work?.end(), 60_000);

  test.each(cases)(
    "%s fails the preview, and the host stays as it is",
    async (_, program, message) => {
      const host = work.lab.host("hv-01");
      const before = await host.snapshotTools();
      work.declare(() => program("hv-01"));
      const failure = await failureOf(work.stack.preview({ color: "never" }));
      expect(failure).toMatch(message);
      expect(await host.snapshotTools()).toEqual(before);
      expect((await host.exec("ls /var/lib/csp")).code).not.toBe(0);
    },
    60_000,
  );
});
