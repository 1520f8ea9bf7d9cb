import type { Flow } from "../../lab/netns";
import { groupChain, ruleSet, vifChain, vifId } from "../../provider/firewall/model/names";

/**
 * Somebody changes a host by hand, in every way there is, with either backend. A refresh says what changed and under which name, packets show that it
 * mattered, and `up` repairs it and leaves nothing to do. web-1 is in a HostPolicy on hv-01 (nft), web-2 has a GuestFirewall on
 * hv-02 (legacy); both have the same rules.
 */
export type Expected = string | RegExp | { readonly name: string; readonly ports: readonly string[] };

export interface Tampering {
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
  /** Flows to web-<n> whose verdict the tampering reverses; the table has the declared verdict. "held": another rule does the same, so the verdict stays. */
  readonly flows?: readonly (readonly [flow: Omit<Flow, "to">, meant: "passed" | "blocked", all?: "held"])[];
  /** Run after the repair, to remove what is not csp's. */
  readonly tidy?: string;
}

export const uuid = (n: number) => `d21f0000-0000-4000-8000-00000000000${n}`;
export const mac = (n: number) => `02:00:00:d2:1f:0${n}`;
export const address = (n: number) => `10.20.0.1${n}`;
const unit = (n: number) => (n === 1 ? "policy/guests" : `guest/${uuid(2)}`);
const id = (n: number) => vifId(uuid(n), 0);
const ingressChain = (n: number) => vifChain.ingress(id(n));
export const layer2 = (n: number) => vifChain.layer2(id(n));
const longSet = (n: number) => ruleSet(unit(n), uuid(n), "ingress/", "many", "inet");

/** Shell: the number of the rule in a chain whose comment is `rule`. */
const numberOf = (chain: string, rule: string, tool = "iptables") =>
  `$(${tool} -S ${chain} | grep '^-A' | grep -n -- '--comment "*${rule}"* ' | cut -d: -f1)`;

export const INGRESS = ["ssh", "not-8443", "alt", "http", "banned", "syslog", "many"];
export const EGRESS = ["no-smtp"];
export const GROUP = ["dns", "ping6"];
const without = (all: readonly string[], ...gone: string[]) => all.filter((name) => !gone.includes(name));
const office = (proto: "tcp" | "udp", port: number, family: 4 | 6 = 4) => ({ from: "office", proto, port, family });

/** The tamperings of one round do not affect each other, so one refresh and one repair are enough for all of them. */
export const ROUNDS: readonly (readonly Tampering[])[] = [
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
      flows: [[office("tcp", 1, 6), "blocked", "held"]],
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
      flows: [[office("tcp", 1, 6), "blocked", "held"]],
    },
  ],
  [
    {
      what: "rules reordered",
      by: (n) =>
        `c=${ingressChain(n)}; iptables -D $c ${numberOf("$c", "not-8443")}; iptables -I $c $((${numberOf("$c", "alt")} + 1)) -p tcp --dport 8443 -m comment --comment not-8443 -j DROP`,
      ingress: ["ssh", "alt", "not-8443", "http", "syslog", "many"],
      guest: [/iptables, interface 0: ingress rules are in another order$/],
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
      // A flush shuts the guest and does not open it.
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
      tidy: "iptables -D FORWARD -m physdev --physdev-is-bridged -j ACCEPT",
    },
    {
      what: "the bridge told to pass ip6tables by",
      by: () => "sysctl -qw net.bridge.bridge-nf-call-ip6tables=0",
      host: [/net\.bridge\.bridge-nf-call-ip6tables is 0 instead of 1$/],
      // This setting belongs to the bridge.
      flows: [[office("tcp", 1, 6), "blocked", "held"]],
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
export function together(round: readonly Tampering[]): Tampering {
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
