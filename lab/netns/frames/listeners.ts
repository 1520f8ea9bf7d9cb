/** Who listens to which multicast group: IGMP of IPv4, MLD of IPv6. */
import { addressBytes, checksum, uint16 } from "./bytes";
import { multicastMac } from "./ethernet";
import { icmpv6 } from "./icmpv6";
import { hopByHop, type IpHeader, ip, PROTOCOL, ROUTER_ALERT } from "./ip";

interface Message extends IpHeader {
  readonly from: string;
  readonly sourceIp: string;
  /** Default: where the protocol sends such a message to. */
  readonly to?: string;
  readonly targetIp?: string;
  /** Default 1, as the protocols demand. */
  readonly hopLimit?: number;
}

export interface Igmp extends Message {
  /** Version 1 knows no leave; that of version 3 is a report that wants the group from nobody. */
  readonly kind: "query" | "report" | "leave";
  readonly version: 1 | 2 | 3;
  /** Default: none, which makes a query a general one. */
  readonly group?: string;
  /** Of version 3. Default none: in a report, from everybody. */
  readonly sources?: readonly string[];
}

const ALL_HOSTS = "224.0.0.1";
const ALL_ROUTERS = "224.0.0.2";
const IGMPV3_ROUTERS = "224.0.0.22";

/** Version 2 and 3 with a router alert, unless `ipOptions` says otherwise. */
export function igmp(fields: Igmp): Buffer {
  const { kind, version, group = "0.0.0.0", hopLimit = 1, ipOptions = version === 1 ? undefined : ROUTER_ALERT } = fields;
  const message = igmpMessage(fields, group);
  message.writeUInt16BE(checksum(message), 2);
  const asked = group === "0.0.0.0" ? ALL_HOSTS : group;
  const usual = kind === "query" ? asked : version === 3 ? IGMPV3_ROUTERS : kind === "report" ? group : ALL_ROUTERS;
  const { targetIp = usual } = fields;
  return ip({ ...fields, to: fields.to ?? multicastMac(targetIp), targetIp, hopLimit, ipOptions }, PROTOCOL.igmp, message);
}

function igmpMessage({ kind, version, sources = [] }: Igmp, group: string): Buffer {
  const address = addressBytes(group);
  if (kind === "query") {
    // How long to wait with the answer, in tenths of a second; version 1 does not say.
    const old = Buffer.concat([Buffer.from([0x11, version === 1 ? 0 : 100, 0, 0]), address]);
    return version === 3 ? Buffer.concat([old, querier(sources)]) : old;
  }
  if (version === 3) {
    return Buffer.concat([Buffer.from([0x22, 0, 0, 0, 0, 0]), uint16(1), record(kind === "leave", group, sources)]);
  }
  const type = kind === "leave" ? 0x17 : version === 1 ? 0x12 : 0x16;
  return Buffer.concat([Buffer.from([type, 0, 0, 0]), address]);
}

/** The end of a query of IGMPv3 and MLDv2: robustness, interval in seconds, sources. */
function querier(sources: readonly string[]): Buffer {
  return Buffer.concat([Buffer.from([2, 125]), uint16(sources.length), ...sources.map(addressBytes)]);
}

/** A change of what is wanted of a group: from these sources alone, from everybody, or from nobody. */
function record(leaves: boolean, group: string, sources: readonly string[]): Buffer {
  const wanted = leaves ? [] : sources;
  const type = leaves || wanted.length > 0 ? 3 : 4;
  return Buffer.concat([Buffer.from([type, 0]), uint16(wanted.length), addressBytes(group), ...wanted.map(addressBytes)]);
}

export interface Mld extends Message {
  /** A done of version 2 is a report that wants the group from nobody. */
  readonly kind: "query" | "report" | "done";
  readonly version: 1 | 2;
  /** Default: none, which makes a query a general one. */
  readonly group?: string;
  /** Of version 2. Default none: in a report, from everybody. */
  readonly sources?: readonly string[];
}

const NO_GROUP = "::";
const ALL_NODES_V6 = "ff02::1";
const ALL_ROUTERS_V6 = "ff02::2";
const MLDV2_ROUTERS = "ff02::16";

/** Behind a hop-by-hop header with a router alert, unless `extensions` says otherwise. */
export function mld(fields: Mld): Buffer {
  const { kind, version, group = NO_GROUP, hopLimit = 1, extensions = [hopByHop()] } = fields;
  const asked = group === NO_GROUP ? ALL_NODES_V6 : group;
  const usual = kind === "query" ? asked : version === 2 ? MLDV2_ROUTERS : kind === "report" ? group : ALL_ROUTERS_V6;
  const { targetIp = usual } = fields;
  const way = { ...fields, to: fields.to ?? multicastMac(targetIp), targetIp, hopLimit, extensions };
  const type = kind === "query" ? 130 : version === 2 ? 143 : kind === "report" ? 131 : 132;
  return icmpv6(way, type, 0, mldBody(fields, group));
}

function mldBody({ kind, version, sources = [] }: Mld, group: string): Buffer {
  if (kind !== "query" && version === 2) {
    return Buffer.concat([uint16(0), uint16(1), record(kind === "done", group, sources)]);
  }
  // How long to wait with the answer, in milliseconds.
  const old = Buffer.concat([uint16(kind === "query" ? 10_000 : 0), uint16(0), addressBytes(group)]);
  return kind === "query" && version === 2 ? Buffer.concat([old, querier(sources)]) : old;
}
