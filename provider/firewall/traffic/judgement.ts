/** What a policy says of one packet, and why: values, and their text. */
export interface Judgement {
  readonly verdict: "passes" | "dropped" | "rejected";
  /** What was decided about the packet, in order. The last of them is the verdict's reason. Never empty. */
  readonly because: readonly Reason[];
  /** Rules with a limit or a limit of connections that could have matched: beyond it, the verdict may be another. */
  readonly limited: readonly RuleOf[];
}

export type List = "egress" | "ingress";

/** A rule that a user wrote. */
export interface RuleOf {
  readonly list: List;
  /** The label of the guest whose list it was met in. */
  readonly guest: string;
  readonly rule: string;
  /** The group that the rule belongs to; absent for the guest's own. */
  readonly group?: string;
}

export type Reason =
  /** `observed`: the guest only observes, so the rule's drop lets the packet pass. */
  | ({ readonly by: "rule"; readonly action: "allow" | "drop" | "reject"; readonly observed?: true } & RuleOf)
  /** No rule matched. */
  | { readonly by: "default"; readonly list: List; readonly guest: string; readonly action: "allow" | "drop"; readonly observed?: true }
  /** What csp never lets through, whatever the rules say. */
  | { readonly by: "protection"; readonly protection: Protection; readonly guest?: string }
  /** What csp lets through, whatever the rules say. */
  | { readonly by: "service"; readonly service: Service; readonly guest: string }
  /** It is no IP, so no rule is asked; layer 2 has nothing against it. */
  | { readonly by: "layer-2"; readonly list: List; readonly guest: string }
  /** It belongs to a connection that was accepted, or is about one. */
  | { readonly by: "connection"; readonly state: "established" | "related" }
  /** A guest's port that no policy claims. */
  | { readonly by: "unclaimed"; readonly port: string }
  /** It goes from, or to, a port that is no guest's. */
  | { readonly by: "no-guest"; readonly port: string };

const PROTECTIONS = {
  "link-local-group": "a bridge forwards no link-local Ethernet frame",
  "source-mac": "the source MAC is not the guest's",
  "source-address": "the source address is not the guest's",
  "arp-sender": "the sender in ARP is not the guest",
  "neighbour-target": "the message claims an address that is not the guest's",
  "dhcp-server": "the guest is no DHCP server",
  router: "only a router sends this",
  "ether-type": "the ethertype is not declared",
  vlan: "the VLAN is not declared",
  ipv6: "the guest's IPv6 is dropped",
  "other-receiver": "it is not for this guest's MAC and addresses",
  "left-the-link": "a message of the link came through a router, or is not one",
  "listener-source": "a listener reports from its link-local address",
  incomplete: "the other fragments of the datagram are missing",
} as const;

export type Protection = keyof typeof PROTECTIONS;

const SERVICES = {
  dhcp: "the guest is a DHCP client",
  "dhcp-server": "the guest is a DHCP server",
  "neighbour-discovery": "IPv6 does not work without neighbour discovery",
  "listener-report": "IPv6 multicast does not work without listeners' reports",
  router: "a router of the link says this",
} as const;

export type Service = keyof typeof SERVICES;

/** One reason as a sentence without its end: "guest web: ingress rule app/http allows it". */
export function sayReason(reason: Reason): string {
  const observed = "observed" in reason && reason.observed ? ", and the guest only observes" : "";
  switch (reason.by) {
    case "rule":
      return `guest ${reason.guest}: ${reason.list} rule ${nameOf(reason)} says ${reason.action}${observed}`;
    case "default":
      return `guest ${reason.guest}: no ${reason.list} rule matches, which means ${reason.action}${observed}`;
    case "protection":
      return `${reason.guest === undefined ? "" : `guest ${reason.guest}: `}${PROTECTIONS[reason.protection]}`;
    case "service":
      return `guest ${reason.guest}: ${SERVICES[reason.service]}`;
    case "layer-2":
      return `guest ${reason.guest}: it may ${reason.list === "egress" ? "send" : "receive"} this at layer 2`;
    case "connection":
      return reason.state === "established" ? "it belongs to an accepted connection" : "it is about an accepted connection";
    case "unclaimed":
      return `no policy claims the guest's port ${reason.port}`;
    case "no-guest":
      return `port ${reason.port} is no guest's`;
  }
}

const nameOf = ({ group, rule }: RuleOf): string => (group === undefined ? rule : `${group}/${rule}`);

/** "dropped: guest a: no egress rule matches, which means allow; guest b: it is not for this guest's MAC and addresses". */
export const sayJudgement = ({ verdict, because }: Judgement): string => `${verdict}: ${because.map(sayReason).join("; ")}`;
