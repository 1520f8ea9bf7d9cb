import type { Flow } from "../../lab/netns";
import { frames } from "../../lab/netns";
import { groupChain, ruleSet, vifChain, vifId } from "../../provider/firewall/names";
import { describeWith } from "../support/needs";
import { declare, type LabStack, labStack } from "./stack";

/**
 * Somebody changes a host by hand, in each way there is, with either backend: refresh says what and under which name, packets show that it
 * mattered, `up` repairs it, and then there is nothing left to do. web-1 is in a HostPolicy on hv-01 (nft), web-2 has a GuestFirewall on
 * hv-02 (legacy); both have the same rules.
 */
type Expected = string | RegExp | { readonly name: string; readonly ports: readonly string[] };

interface Tampering {
  readonly what: string;
  /** Run on the host of guest web-<n>. */
  readonly by: (n: 1 | 2) => string;
  /** Names of the guest's rules afterwards, as the state has them; default: as declared. */
  readonly ingress?: readonly Expected[];
  readonly egress?: readonly Expected[];
  /** Of the group's. */
  readonly group?: readonly Expected[];
  /** What the guest's, the set's and the host's resource say. */
  readonly guest?: readonly RegExp[];
  readonly set?: readonly RegExp[];
  readonly host?: readonly RegExp[];
  /** Flows to web-<n> that the tampering turns round: what they are meant to do. */
  readonly flows?: readonly (readonly [flow: Omit<Flow, "to">, meant: "passed" | "blocked"])[];
  /** Run after the repair, to remove what is not csp's. */
  readonly tidy?: string;
}

const uuid = (n: number) => `d21f0000-0000-4000-8000-00000000000${n}`;
const mac = (n: number) => `02:00:00:d2:1f:0${n}`;
const address = (n: number) => `10.20.0.1${n}`;
const unit = (n: number) => (n === 1 ? "policy/guests" : `guest/${uuid(2)}`);
const id = (n: number) => vifId(uuid(n), 0);
const ingressChain = (n: number) => vifChain.ingress(id(n));
const layer2 = (n: number) => vifChain.layer2(id(n));
const longSet = (n: number) => ruleSet(unit(n), uuid(n), "ingress/", "many", "inet");

/** Shell: the number of the rule in a chain whose comment is `rule`. */
const numberOf = (chain: string, rule: string, tool = "iptables") =>
  `$(${tool} -S ${chain} | grep '^-A' | grep -n -- '--comment "*${rule}"* ' | cut -d: -f1)`;

const INGRESS = ["ssh", "not-8443", "alt", "http", "banned", "syslog", "many"];
const EGRESS = ["no-smtp"];
const GROUP = ["dns", "ping6"];
const without = (all: readonly string[], ...gone: string[]) => all.filter((name) => !gone.includes(name));
const office = (proto: "tcp" | "udp", port: number, family: 4 | 6 = 4) => ({ from: "office", proto, port, family });

/** Each round's are in each other's way nowhere, so that one refresh and one repair do for all of them. */
const ROUNDS: readonly (readonly Tampering[])[] = [
  [
    {
      what: "a rule removed",
      by: (n) => `iptables -D ${ingressChain(n)} ${numberOf(ingressChain(n), "http")}`,
      ingress: without(INGRESS, "http"),
      guest: [/iptables, interface 0: ingress rule http is missing$/],
      flows: [
        [office("tcp", 80), "passed"],
        [office("tcp", 443), "passed"],
      ],
    },
    {
      what: "members of an IpSet removed and added",
      by: () => "ipset del blocklist 198.51.100.0/24; ipset add blocklist 203.0.113.0/24",
      set: [/IP set blocklist: member 198\.51\.100\.0\/24 is missing$/, /IP set blocklist: member 203\.0\.113\.0\/24 was added by hand$/],
      flows: [
        [{ from: "stranger", proto: "udp", port: 514 }, "blocked"],
        [office("udp", 514), "passed"],
      ],
    },
    {
      what: "a group's rule removed, in IPv6 alone",
      by: (n) => `c=${groupChain.ingress(unit(n), "base")}; ip6tables -D $c ${numberOf("$c", "base/dns", "ip6tables")}`,
      group: without(GROUP, "dns"),
      guest: [/group base: ip6tables, shared chain: ingress rule dns is missing$/],
      flows: [[office("udp", 53, 6), "passed"]],
    },
    {
      what: "an egress rule removed, in IPv6 alone",
      by: (n) => `c=${vifChain.egress(id(n))}; ip6tables -D $c ${numberOf("$c", "no-smtp", "ip6tables")}`,
      egress: [],
      guest: [/ip6tables, interface 0: egress rule no-smtp is missing$/],
    },
  ],
  [
    {
      what: "a rule inserted",
      by: (n) => `iptables -I ${ingressChain(n)} 2 -p tcp --dport 2323 -j ACCEPT`,
      ingress: [/^by hand: -p tcp -m tcp --dport 2323 -j ACCEPT$/, ...INGRESS],
      guest: [/iptables, interface 0: rule added by hand: -p tcp -m tcp --dport 2323 -j ACCEPT$/],
      flows: [[office("tcp", 2323), "blocked"]],
    },
    {
      what: "a member removed from the set of a rule's long list",
      by: (n) => `ipset del ${longSet(n)} 203.0.113.0/24`,
      guest: [/: ingress rule many, IP set csp-r\w+: member 203\.0\.113\.0\/24 is missing$/],
      flows: [[office("tcp", 9000), "passed"]],
    },
    {
      what: "a chain of the frame flushed",
      by: () => "ip6tables -F csp-forward",
      host: [/ip6tables, frame: chain csp-forward was flushed$/],
      flows: [[office("tcp", 1, 6), "blocked"]],
    },
  ],
  [
    {
      what: "a rule edited in place",
      by: (n) =>
        `iptables -R ${ingressChain(n)} ${numberOf(ingressChain(n), "http")} -p tcp -m multiport --dports 80,8081 -m comment --comment http -j ACCEPT`,
      ingress: [
        ...without(INGRESS, "http", "banned", "syslog", "many"),
        { name: "http", ports: ["80", "8081"] },
        "banned",
        "syslog",
        "many",
      ],
      guest: [/iptables, interface 0: ingress rule http is changed$/],
      flows: [
        [office("tcp", 8081), "blocked"],
        [office("tcp", 443), "passed"],
      ],
    },
    {
      what: "the rule that leads from FORWARD into the frame removed, in IPv6 alone",
      by: () => "ip6tables -D FORWARD 1",
      host: [/ip6tables: the rule that leads from FORWARD into the csp chains is missing or not in front$/],
      flows: [[office("tcp", 1, 6), "blocked"]],
    },
  ],
  [
    {
      what: "rules reordered",
      by: (n) =>
        `c=${ingressChain(n)}; iptables -D $c ${numberOf("$c", "not-8443")}; iptables -I $c $((${numberOf("$c", "alt")} + 1)) -p tcp --dport 8443 -m comment --comment not-8443 -j DROP`,
      ingress: ["ssh", "alt", "not-8443", "http", "syslog", "many"],
      guest: [/iptables, interface 0: ingress rules stand in another order$/],
      flows: [[office("tcp", 8443), "blocked"]],
    },
    {
      what: "a set destroyed, after the rule that used it",
      by: (n) => `iptables -D ${ingressChain(n)} ${numberOf(ingressChain(n), "banned")} && ipset destroy blocklist`,
      guest: [/ingress rule banned is missing$/],
      set: [/IP set blocklist is gone$/],
      flows: [[{ from: "stranger", proto: "udp", port: 514 }, "blocked"]],
    },
  ],
  [
    {
      what: "a chain flushed",
      by: (n) => `iptables -F ${ingressChain(n)}`,
      ingress: [],
      guest: [/chain csp-in-\w+ was flushed$/, /ingress rule http is missing$/],
      // A flush shuts the guest: it does not open it.
      flows: [
        [office("tcp", 22), "passed"],
        [office("tcp", 80), "passed"],
      ],
    },
  ],
  [
    {
      what: "the end of a chain turned round",
      by: (n) => `iptables -D ${ingressChain(n)} -j DROP; iptables -A ${ingressChain(n)} -j ACCEPT`,
      ingress: [...INGRESS, /^by hand: -j ACCEPT$/],
      guest: [/built-in rule is missing: -j DROP$/, /rule added by hand: -j ACCEPT$/],
      flows: [[office("tcp", 1), "blocked"]],
    },
    {
      what: "a guest's port taken out of the dispatch, in IPv6 alone",
      by: (n) => `ip6tables -D csp-ingress-vif -m physdev --physdev-out vif1.0 -j ${ingressChain(n)}`,
      guest: [/: ip6tables: port vif1\.0 is not led to the guest's rules$/],
      flows: [[office("tcp", 80, 6), "passed"]],
    },
  ],
  [
    {
      what: "somebody else's rule put in front of the frame",
      by: () => "iptables -I FORWARD -m physdev --physdev-is-bridged -j ACCEPT",
      host: [/iptables: the rule that leads from FORWARD into the csp chains is missing or not in front$/],
      flows: [[office("tcp", 1), "blocked"]],
      tidy: "iptables -D FORWARD 2",
    },
    {
      what: "the bridge told to pass ip6tables by",
      by: () => "sysctl -qw net.bridge.bridge-nf-call-ip6tables=0",
      host: [/net\.bridge\.bridge-nf-call-ip6tables is 0 instead of 1$/],
      flows: [[office("tcp", 1, 6), "blocked"]],
    },
  ],
  [
    {
      what: "an ebtables rule removed and one added",
      by: (n) =>
        `ebtables -t nat -D ${layer2(n)} -p IPv4 --ip-src ${address(n)} -j ACCEPT; ebtables -t nat -I ${layer2(n)} -p IPv6 -j DROP`,
      guest: [
        /ebtables, interface 0: rule is missing from csp-vif-\w+: -p IPv4 --ip-src \S+ -j ACCEPT$/,
        /ebtables, interface 0: rule added by hand to csp-vif-\w+: -p IPv6 -j DROP$/,
      ],
      flows: [
        [office("tcp", 80), "passed"],
        [office("tcp", 80, 6), "passed"],
      ],
    },
    {
      what: "an arptables rule changed",
      by: (n) => `arptables -D ${layer2(n)} 1; arptables -I ${layer2(n)} -s 10.20.0.99 -j csp-to`,
      guest: [
        /arptables, interface 0: rule is missing from csp-vif-\w+: /,
        /arptables, interface 0: rule added by hand to csp-vif-\w+: -j csp-to -s 10\.20\.0\.99/,
      ],
      flows: [[{ from: "office", proto: "arp" }, "passed"]],
    },
  ],
];

/** A round as one tampering. */
function together(round: readonly Tampering[]): Tampering {
  const sentences = (of: "guest" | "set" | "host") =>
    round.some((one) => of in one) ? { [of]: round.flatMap((one) => one[of] ?? []) } : {};
  return {
    ...Object.assign({}, ...round),
    what: round.map(({ what }) => what).join("; "),
    by: (n) => round.map(({ by }) => by(n)).join("\n"),
    ...sentences("guest"),
    ...sentences("set"),
    ...sentences("host"),
    flows: round.flatMap(({ flows }) => flows ?? []),
  };
}

/** Lines by the chain or set they are of; within a chain their order counts, within a set it does not. */
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
        { name: "hv-01", backend: "nft" },
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

  /** What the state says of web-<n> and its host. */
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

  /** A name, what a name looks like, or what else is to be seen of a rule. */
  const ruleLike = (expected: Expected) =>
    expect.objectContaining(
      expected instanceof RegExp ? { name: expect.stringMatching(expected) } : typeof expected === "string" ? { name: expected } : expected,
    );

  const verdicts = (tampering: Tampering) =>
    Promise.all(WEBS.map((n) => work.lab.probe.matrix((tampering.flows ?? []).map(([flow]) => ({ ...flow, to: `web-${n}` })))));
  const meant = (tampering: Tampering) => WEBS.map(() => (tampering.flows ?? []).map(([, verdict]) => verdict));
  const turned = (tampering: Tampering) =>
    WEBS.map(() => (tampering.flows ?? []).map(([, verdict]) => (verdict === "passed" ? "blocked" : "passed")));

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

  /** The five tools' state of both hosts; the order of chains and members says nothing. */
  async function saved(): Promise<unknown> {
    const tools = await Promise.all(WEBS.map((n) => host(n).snapshotTools()));
    return tools.map((all) => Object.entries(all).map(([tool, text]) => [tool, byChain(text)]));
  }

  /** ARP is asked anew, so that its own filters show. */
  async function forgetNeighbours(): Promise<void> {
    for (const { name } of work.lab.endpoints) await work.lab.exec(name, ["ip", "neigh", "flush", "all"]);
  }

  test("an anti-spoofing rule removed lets forged frames through until up", async () => {
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
    // Without a refresh: every run looks at the host first.
    const up = await work.stack.up();
    expect(up.stdout).toMatch(/rule is missing from csp-vif-\w+: -s ! 02:00:00:d2:1f:01 -j DROP/);
    expect(await arriving()).toEqual([[], []]);
    await work.stack.up({ expectNoChanges: true });
  }, 120_000);
});
