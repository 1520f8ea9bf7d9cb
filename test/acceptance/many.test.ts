import { describeWith } from "../support/needs";
import { declare, generation, type LabStack, labStack } from "./stack";

const COUNT = 200;

/** Address and identity of guest n, for the lab and for the policy. */
function guestOf(n: number) {
  const hex = n.toString(16).padStart(4, "0");
  return {
    name: `g-${String(n).padStart(3, "0")}`,
    uuid: `5afe0000-0000-4000-8000-00000000${hex}`,
    mac: `02:00:00:5a:${hex.slice(0, 2)}:${hex.slice(2)}`,
    address: `10.21.${Math.floor(n / 200)}.${(n % 200) + 10}`,
  };
}

type Rule = { name: string; protocol: string; ports: string[]; from?: string[] };

function rulesOf(n: number): Rule[] {
  return [
    { name: "ssh", protocol: "tcp", ports: ["22"], from: ["203.0.113.0/24"] },
    { name: "http", protocol: "tcp", ports: ["80", "443"] },
    { name: "own", protocol: "udp", ports: [String(1000 + n)] },
  ];
}

const guests = Array.from({ length: COUNT }, (_, n) => guestOf(n));
const interfacesOf = (n: number) => [{ device: 0, mac: guestOf(n).mac, addresses: [guestOf(n).address] }];

/** The lines of a preview about the fields of one resource, without the lines that every preview has. */
function fieldsOf(preview: string): string {
  const lines = preview.split("\n").map((line) => line.trimEnd());
  const from = lines.findIndex((line) => /\[urn=.*HostPolicy::/.test(line));
  const to = lines.findIndex((line, index) => index > from && !line.startsWith("      "));
  return lines
    .slice(from + 1, to)
    .filter((line) => !/^ +\[(id|provider)=/.test(line))
    .join("\n");
}

describeWith(["root", "pulumi", "plugin"], "two hundred guests on one host", () => {
  let work: LabStack;

  beforeAll(async () => {
    const spec = (host: string, offset: number) =>
      guests.map((_, n) => {
        const { name, uuid, mac, address } = guestOf(n + offset);
        return { name, uuid, mac, addresses: [`${address}/16`], host, bare: true };
      });
    work = await labStack({
      name: "many",
      hosts: [{ name: "hv-01" }, { name: "hv-02", backend: "legacy" }],
      guests: [...spec("hv-01", 0), ...spec("hv-02", COUNT)],
    });
  }, 120_000);
  afterAll(() => work?.end(), 120_000);

  test("in one policy: a change of one rule shows that rule and nothing else, and an insertion is one addition", async () => {
    const host = work.lab.host("hv-02");
    const program = (edit: (rules: Record<string, Rule[]>) => void) => () => {
      const rules = Object.fromEntries(guests.map((_, n) => [guestOf(n + COUNT).name, rulesOf(n)]));
      edit(rules);
      const hv = declare.host("hv-02");
      declare.policy("guests", {
        host: hv.host,
        guests: Object.fromEntries(
          guests.map((_, n) => {
            const { name, uuid } = guestOf(n + COUNT);
            return [name, { uuid, interfaces: interfacesOf(n + COUNT), ingress: rules[name] }];
          }),
        ),
      });
    };
    work.declare(program(() => undefined));
    await work.stack.up();
    expect(await generation(host)).toBe(2);

    work.declare(program((rules) => rules["g-300"]?.[1]?.ports?.push("8080")));
    const changed = await work.stack.preview({ diff: true, color: "never" });
    expect(fieldsOf(changed.stdout)).toMatchInlineSnapshot(`
"      ~ guests: {
          ~ g-300: {
              ~ ingress: [
                  ~ [1]: {
                            name    : "http"
                          ~ ports   : [
                                [0]: "80"
                                [1]: "443"
                              + [2]: "8080"
                            ]
                            protocol: "tcp"
                        }
                ]
            }
        }"
`);

    const inserted = program((rules) => rules["g-250"]?.splice(1, 0, { name: "dns", protocol: "udp", ports: ["53"] }));
    work.declare(inserted);
    const added = await work.stack.preview({ diff: true, color: "never" });
    expect(fieldsOf(added.stdout)).toMatchInlineSnapshot(`
"      ~ guests: {
          ~ g-250: {
              ~ ingress: [
                  + [1]: {
                          + name    : "dns"
                          + ports   : [
                          +     [0]: "53"
                            ]
                          + protocol: "udp"
                        }
                ]
            }
        }"
`);
    const up = await work.stack.up();
    expect(up.summary.resourceChanges).toEqual({ update: 1, same: 2 });
    expect(await generation(host)).toBe(3);
    work.declare(inserted);
    await work.stack.up({ expectNoChanges: true });
  }, 180_000);

  test("as separate resources, created at once, they need only a few transactions", async () => {
    const host = work.lab.host("hv-01");
    work.declare(() => {
      const hv = declare.host("hv-01");
      for (const [n, { name, uuid }] of guests.entries()) {
        declare.guest(name, { host: hv.host, guest: { uuid }, interfaces: interfacesOf(n), ingress: rulesOf(n) });
      }
    });
    // The policy of the other host is no longer in the program, so it is removed.
    const result = await work.stack.up({ parallel: COUNT });
    expect(result.summary.resourceChanges?.create).toBe(COUNT + 1);
    // One of them adopts the host.
    const transactions = (await generation(host)) - 1;
    console.log(`${COUNT} GuestFirewall resources in ${transactions} transactions`);
    expect(transactions).toBeGreaterThan(0);
    expect(transactions).toBeLessThanOrEqual(20);
    expect(await host.run("ls /var/lib/csp/guests | wc -l")).toBe(`${COUNT}\n`);
    expect((await work.lab.host("hv-02").exec("ls /var/lib/csp")).code).not.toBe(0);
    await work.stack.up({ expectNoChanges: true, parallel: COUNT });
  }, 180_000);
});
