import type { Judgement, Protection } from "../../provider/firewall/traffic/judgement";
import type { IpPacket } from "../../provider/firewall/traffic/packet";
import type { MadeIp } from "./packets";

/** A packet of IP, with the identifier that it has if it is an echo. */
export interface Tracked {
  readonly ip: IpPacket;
  readonly echo?: number;
}

/**
 * The kernel's connection tracking, as far as the corpus goes into it (nf_conntrack_core.c and the nf_conntrack_proto_*.c): which state a packet
 * gets. A connection is kept once its first packet has got through, and it is established once a packet came the other way.
 */
export class Connections {
  private readonly kept = new Map<string, { readonly source: string; readonly target: string; answered: boolean }>();

  /** `about`: the packet that an ICMP error quotes. */
  stateOf(packet: Tracked, made: MadeIp, about?: Tracked): Pick<IpPacket, "state" | "connection"> {
    const { ip } = packet;
    if (isUntracked(ip)) return { state: "untracked" };
    if (about !== undefined) {
      const connection = this.kept.get(keyOf(about)) ?? this.kept.get(keyOf(about, true));
      // The error has to go to the one who sent what it quotes.
      const fits = connection !== undefined && ip.target === about.ip.source;
      return fits ? { state: "related", connection } : { state: "invalid" };
    }
    if (this.kept.has(keyOf(packet, true))) return { state: "established" };
    const known = this.kept.get(keyOf(packet));
    if (known !== undefined) return { state: known.answered ? "established" : "new" };
    return { state: isOpening(ip, made) ? "new" : "invalid" };
  }

  /**
   * The packet has met the rules. `kept`: it got through to somebody. A packet for a group's MAC also goes to the host, which keeps its connection
   * whatever becomes of the others' copies (br_nf_local_in).
   */
  met(packet: Tracked, kept: boolean): void {
    const { ip } = packet;
    if (ip.incomplete) return;
    const answered = this.kept.get(keyOf(packet, true));
    if (answered !== undefined) answered.answered = true;
    else if (ip.state === "new" && kept && !this.kept.has(keyOf(packet)))
      this.kept.set(keyOf(packet), { source: ip.source, target: ip.target, answered: false });
  }
}

/**
 * Whether a packet to somebody who is no guest is dropped before it is tracked: at layer 2, where its sender is checked. What a packet below a tag
 * says is seen only later.
 */
export function isUnseen({ because: [first] }: Judgement, isTagged: boolean): boolean {
  if (first?.by === "unclaimed") return true;
  return first?.by === "protection" && !SEEN_LATER.has(first.protection) && !(isTagged && SEEN_BELOW_TAGS_LATER.has(first.protection));
}

const SEEN_LATER: ReadonlySet<Protection> = new Set(["left-the-link", "listener-source"]);
const SEEN_BELOW_TAGS_LATER: ReadonlySet<Protection> = new Set(["dhcp-server", "router"]);

/** By addresses, and what tells connections between the same two apart. Of echoes, requests and replies have the same identifier and code. */
function keyOf({ ip, echo }: Tracked, back = false): string {
  const { family, protocol, source, target, sourcePort = 0, targetPort = 0, icmpType, icmpCode } = ip;
  const type = icmpType === undefined ? "" : `${back ? (REQUESTS.get(icmpType) ?? icmpType) : icmpType}/${icmpCode} ${echo}`;
  const ends = back ? [target, targetPort, source, sourcePort] : [source, sourcePort, target, targetPort];
  return [family, protocol, type, ...ends].join(" ");
}

const REQUESTS: ReadonlyMap<number, number> = new Map([
  [8, 0],
  [0, 8],
  [128, 129],
  [129, 128],
]);

/** Neighbour discovery but for redirects, messages of listeners, and of multicast routers. */
function isUntracked({ protocol, icmpType = 0 }: IpPacket): boolean {
  return protocol === 58 && ((icmpType >= 130 && icmpType <= 136) || icmpType === 143 || (icmpType >= 151 && icmpType <= 153));
}

/** ICMP types that open a connection: requests. */
const OPENING: Readonly<Record<string, readonly number[]>> = { inet: [8, 13, 15, 17], inet6: [128, 139] };

/** Whether the kernel takes a packet for the first of a connection. */
function isOpening({ family, protocol, icmpType }: IpPacket, made: MadeIp): boolean {
  if (protocol === 1 || protocol === 58) return icmpType !== undefined && (OPENING[family] ?? []).includes(icmpType);
  if (protocol === 6) return made.answers === undefined;
  // The corpus' SCTP has no right sum. Of UDP-Lite the kernel checks the sum as if it were UDP's (udplite_error), so it is always wrong.
  return protocol !== 132 && protocol !== 136;
}
