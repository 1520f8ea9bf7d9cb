import { Csp } from "../support/csp";
import { describeWith } from "../support/needs";
import { host, shut, web } from "./actors";
import { ATTACKS, type Attack } from "./attacks";
import { type Mark, udp, udp6, way, way6 } from "./marks";
import { Site, type SiteSpec } from "./site";

/** Every vif's own MAC, on the host's side. A host's stack takes what is sent to the MAC of the device that it comes from. */
const to = "fe:ff:ff:ff:ff:ff";
const far = { targetIp: "10.71.0.13" };
const far6 = { targetIp: "fd71::13" };
/** What web sends to the host and through it, once broute takes web's packets off the bridge. Its policy would let all of it out. */
const row = (name: string, frame: (mark: Mark) => Buffer, unseen: Attack["unseen"]): Attack => ({ name, enters: "web", frame, unseen });
const WAYS: readonly Attack[] = [
  row("to the host", (m) => udp(m, { ...way(web, host), to }), ["host"]),
  row("to the host, IPv6", (m) => udp6(m, { ...way6(web, host), to }), ["host"]),
  row("through the host", (m) => udp(m, { ...way(web, host), ...far, to }), ["db-b"]),
  row("through the host, IPv6", (m) => udp6(m, { ...way6(web, host), ...far6, to }), ["db-b"]),
  row("through the host, from another's address", (m) => udp(m, { ...way(shut, host), from: web.mac, ...far, to }), ["db-b"]),
];
const NAMES = WAYS.map(({ name }) => name);
const numberOf = (attack: Attack): number => (WAYS.includes(attack) ? ATTACKS.length + WAYS.indexOf(attack) : ATTACKS.indexOf(attack));

/** Rows of the table that web sends; what the host routes by right is not among them. */
const FROM_WEB = ATTACKS.filter(
  ({ enters, known, needs, zones }) => enters === "web" && known === undefined && needs !== "vlan" && zones === undefined,
);

/** What ebtables' broute takes off the bridge, a host's stack gets from the guest's port itself, past all that sees bridged packets. */
export function routedFromBridge(title: string, spec: SiteSpec): void {
  describeWith(["root", spec.backend], `a guest's packets that broute takes off the bridge: ${title}`, () => {
    let site: Site;
    let csp: Csp;
    beforeAll(async () => {
      site = await Site.build({ ...spec, twins: true });
      csp = new Csp("adversary", () => site.lab.hosts);
    }, 180_000);
    afterAll(async () => {
      csp?.close();
      await site?.down();
    }, 180_000);

    const seen = async (rows: readonly Attack[]) => {
      const sightings = await site.send(rows, numberOf);
      return rows.flatMap(({ name }, index) => (sightings[index]?.size === 0 ? [] : [name]));
    };
    const families = ["IPv4", "IPv6"];
    const byHand = (command: "-A" | "-D") =>
      site.host.run(
        families.map((family) => `ebtables -t broute ${command} BROUTING -i ${site.port("web")} -p ${family} -j DROP`).join("\n"),
      );

    test("without csp, the host takes and forwards them", async () => {
      // The lab's ports have no IPv6 of their own; one that routes needs it.
      await site.host.run(
        `echo 0 >/proc/sys/net/ipv6/conf/${site.port("web")}/disable_ipv6; echo 0 >/proc/sys/net/ipv4/conf/${site.port("web")}/rp_filter`,
      );
      await byHand("-A");
      expect(await seen(WAYS)).toEqual(NAMES);
      await byHand("-D");
    }, 180_000);

    test("with csp, a rule set routes them, and nobody sees any", async () => {
      await site.adopt();
      await csp.create("csp:firewall:RuleSet", {
        ...{ host: site.host.name, tool: "ebtables", table: "broute", chain: "routed" },
        rules: families.map((family) => `-p ${family} -j DROP`),
        jumps: [{ from: "BROUTING", match: `-i ${site.port("web")}` }],
      });
      expect(await site.host.run("ebtables -t broute -L")).toMatch(/-i vif\S+ -j csp-user-routed/);
      expect(await seen(WAYS)).toEqual([]);
      expect(await seen(FROM_WEB)).toEqual([]);
    }, 180_000);

    test("it is csp's rules that drop them", async () => {
      await site.host.run("for t in iptables ip6tables; do $t -F csp-rest; $t -F csp-input; done");
      expect(await seen(WAYS)).toEqual(NAMES);
    }, 180_000);
  });
}
