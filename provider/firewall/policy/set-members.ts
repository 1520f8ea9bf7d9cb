import type { PartiallyKnown, Report } from "../../schema/field";
import { type Family, parseCidr, parsePorts, protocolNumber } from "../values/spelling";
import { quote } from "./fields";

/** What members of a kernel set look like, by its type. The types and their parts are those of ipset(8). */

export const SET_TYPES = [
  "hash:ip",
  "hash:net",
  "hash:ip,port",
  "hash:net,port",
  "hash:ip,port,ip",
  "hash:ip,port,net",
  "hash:net,iface",
  "hash:mac",
  "bitmap:port",
  "list:set",
] as const;

export type SetType = (typeof SET_TYPES)[number];

const ICMP = 1;
const TCP = 6;
const ICMPV6 = 58;
/** From ipset's own list (ipset_parse_proto_port). With any other protocol, it takes only port 0. */
const WITH_PORTS: ReadonlySet<number> = new Set([TCP, 17, 132, 136]);

const PART_CHECKS: Readonly<Record<string, (part: string, family: Family, type: SetType) => [cause: string, remedy: string] | undefined>> =
  {
    ip: (part, family) => {
      const cidr = parseCidr(part);
      if (cidr === undefined) return [`${quote(part)} is not an address`, `write it like ${exampleOf(family, "ip")}`];
      if (cidr.prefix !== bits(cidr.family))
        return [`${quote(part)} is a network in a set of single addresses`, "use a type with `net`, or list the addresses"];
      return otherFamily(part, cidr.family, family);
    },
    net: (part, family, type) => {
      const cidr = parseCidr(part);
      if (cidr === undefined) return [`${quote(part)} is not an address or CIDR`, `write it like ${exampleOf(family, "net")}`];
      if (cidr.prefix === 0 && type !== "hash:net,iface")
        return [
          `${quote(part)} is every address, which the kernel's ${type} cannot hold`,
          `write the two halves: ${family === "inet" ? '"0.0.0.0/1" and "128.0.0.0/1"' : '"::/1" and "8000::/1"'}`,
        ];
      return otherFamily(part, cidr.family, family);
    },
    port: (part, _family, type) => {
      const [port = "", protocol] = part.split(":").reverse();
      if (protocol !== undefined && (type === "bitmap:port" || protocolNumber(protocol) === undefined || protocolNumber(protocol) === 0)) {
        return [
          `${quote(part)} is not a port of such a set`,
          type === "bitmap:port" ? 'write the number alone: "443"' : 'write protocol and port: "tcp:443"',
        ];
      }
      const number = protocol === undefined ? TCP : protocolNumber(protocol);
      if (number === ICMP || number === ICMPV6)
        return /^\d{1,3}\/\d{1,3}$/.test(port) && port.split("/").every((one) => Number(one) <= 255)
          ? undefined
          : [`${quote(part)} is not an ICMP type and code`, 'write both as numbers: "icmp:8/0" for echo request'];
      if (type !== "bitmap:port" && !WITH_PORTS.has(number ?? TCP))
        return port === "0"
          ? undefined
          : [`${quote(part)} has a port, but in a set only tcp, udp, sctp and udplite have one`, `write port 0: "${protocol}:0"`];
      const parsed = parsePorts(port);
      if (parsed === undefined)
        return [
          `${quote(part)} is not a port`,
          type === "bitmap:port" ? 'write a number from 0 to 65535: "443"' : 'write protocol and port: "tcp:443"',
        ];
      return parsed.first === parsed.last ? undefined : [`${quote(part)} is a range, and a member is one port`, "list each port"];
    },
    iface: (part) =>
      /^(physdev:)?[A-Za-z0-9._-]{1,15}$/.test(part)
        ? undefined
        : [`${quote(part)} is not an interface name`, 'write it like "eth0" or "physdev:eth0", at most 15 characters'],
    mac: (part) =>
      /^([0-9A-Fa-f]{1,2}[:-]){5}[0-9A-Fa-f]{1,2}$/.test(part)
        ? undefined
        : [`${quote(part)} is not a MAC address`, 'write six octets, like "02:16:3e:00:00:01"'],
    set: (part) =>
      /^[A-Za-z0-9][A-Za-z0-9._-]{0,30}$/.test(part)
        ? undefined
        : [`${quote(part)} is not a set's name`, "write the name of another set of the host, at most 31 characters"],
  };

/** What is wrong with one member of a set of this type; undefined if it is valid. */
export function memberProblem(text: string, type: SetType, family: Family): [cause: string, remedy: string] | undefined {
  const nets = type.includes("net");
  const bare = nets ? text.replace(/\s+nomatch$/, "") : text;
  const kinds = type.slice(type.indexOf(":") + 1).split(",");
  const parts = bare.split(",");
  if (parts.length !== kinds.length) {
    const example = kinds.map((kind) => exampleOf(family, kind, type).slice(1, -1)).join(",");
    return [
      `${quote(text)} has ${parts.length} part${parts.length === 1 ? "" : "s"}, and a member of ${type} has ${kinds.length}`,
      `write it like "${example}"`,
    ];
  }
  for (const [index, kind] of kinds.entries()) {
    const wrong = PART_CHECKS[kind]?.(parts[index] ?? "", family, type);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** The checks of an IpSet that need more than one field. */
export function checkIpSet(inputs: PartiallyKnown, report: Report): void {
  const { type, family, members, maxElements } = inputs;
  if (!Array.isArray(members)) return;
  if (typeof maxElements === "number" && members.length > maxElements && type !== "bitmap:port") {
    report(
      ["members"],
      `too many set entries: ${members.length}, and \`maxElements\` is ${maxElements}`,
      "raise `maxElements` or merge members into networks",
    );
  }
  if (typeof type !== "string" || typeof family !== "string") return;
  members.forEach((member: unknown, index: number) => {
    const wrong = typeof member === "string" ? memberProblem(member, type as SetType, family as Family) : undefined;
    if (wrong !== undefined) report(["members", index], ...wrong);
  });
}

function bits(family: Family): number {
  return family === "inet" ? 32 : 128;
}

function otherFamily(part: string, is: Family, wanted: Family): [string, string] | undefined {
  if (is === wanted) return undefined;
  return [`${quote(part)} is ${is === "inet" ? "IPv4" : "IPv6"} in a set of family ${wanted}`, `move it to a set of family ${is}`];
}

function exampleOf(family: Family, kind: string, type?: SetType): string {
  const v4 = family === "inet";
  switch (kind) {
    case "ip":
      return v4 ? '"10.0.0.5"' : '"2001:db8::5"';
    case "net":
      return v4 ? '"203.0.113.0/24"' : '"2001:db8::/32"';
    case "port":
      return type === "bitmap:port" ? '"443"' : '"tcp:443"';
    case "iface":
      return '"eth0"';
    case "mac":
      return '"02:16:3e:00:00:01"';
    default:
      return '"blocklist"';
  }
}
