import ipaddr from "ipaddr.js";
import { memory } from "../../memory";
import { PROTOCOL_NUMBERS } from "./numbers";

/**
 * One spelling for everything that the kernel tools accept in several spellings. Both sides of every comparison (what a user wrote, what a
 * kernel printed) go through these functions, so two spellings of one meaning are never a difference.
 */

export type Family = "inet" | "inet6";

export interface Cidr {
  readonly family: Family;
  /** Network address, host bits cleared. */
  readonly address: string;
  readonly prefix: number;
}

const parsed = memory.byText<{ readonly cidr: Cidr | undefined }>({
  name: "addresses that were read",
  reason: "a host of a thousand guests asks for the same few thousand texts dozens of times",
  most: 65536,
});

/** Reads an address or a CIDR. Host bits are cleared, as iptables does. Undefined when it is neither. */
export function parseCidr(text: string): Cidr | undefined {
  const before = parsed.get(text);
  if (before !== undefined) return before.cidr;
  const cidr = readCidr(text);
  // A text of any length is a user's mistake, and not worth keeping.
  if (text.length < 64) parsed.set(text, { cidr });
  return cidr;
}

function readCidr(text: string): Cidr | undefined {
  const match = /^([0-9A-Fa-f:.]{2,45})(?:\/(\d{1,3}))?$/.exec(text);
  const literal = match?.[1] === undefined ? undefined : withoutDots(match[1]);
  if (literal === undefined) return undefined;
  // ipaddr.js takes "10" and "0x7f.1" for IPv4, as inet_aton does, but here nobody means that. For a text of the other family, it
  // throws and catches, which is slow.
  if (!(literal.includes(":") ? ipaddr.IPv6.isValid(literal) : ipaddr.IPv4.isValidFourPartDecimal(literal))) return undefined;
  const address = ipaddr.parse(literal);
  const family: Family = address.kind() === "ipv4" ? "inet" : "inet6";
  const bits = family === "inet" ? 32 : 128;
  const prefix = match?.[2] === undefined ? bits : Number(match[2]);
  if (prefix > bits) return undefined;
  const bytes = address.toByteArray();
  for (let bit = prefix; bit < bits; bit++) {
    const index = bit >> 3;
    bytes[index] = (bytes[index] ?? 0) & ~(0x80 >> (bit & 7));
  }
  return { family, address: formatAddress(bytes), prefix };
}

/** "::1.2.3.4" as "::102:304", because ipaddr.js reads the dotted end of any "::" address as IPv4-mapped, and inet_ntop prints such an end. */
function withoutDots(literal: string): string {
  const tail = /^(.*:)(\d{1,3}(?:\.\d{1,3}){3})$/.exec(literal);
  if (tail?.[2] === undefined || !ipaddr.IPv4.isValidFourPartDecimal(tail[2])) return literal;
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(tail[2]).octets;
  return `${tail[1]}${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

/** Whether a text is one address: without a prefix length, or with the whole one. */
export function isSingle(text: string): boolean {
  const cidr = parseCidr(text);
  return cidr !== undefined && cidr.prefix === (cidr.family === "inet" ? 32 : 128);
}

/** Whether a CIDR has bits set behind its prefix: "10.0.0.5/24". */
export function hasHostBits(text: string): boolean {
  const [literal = ""] = text.split("/");
  const cidr = parseCidr(text);
  return cidr !== undefined && parseCidr(literal)?.address !== cidr.address;
}

/** Whether every address of `cidr` is one of `range`. */
export function covers(range: Cidr, cidr: Cidr): boolean {
  return (
    range.family === cidr.family && range.prefix <= cidr.prefix && readCidr(`${cidr.address}/${range.prefix}`)?.address === range.address
  );
}

/** "10.0.0.0/24"; a single host carries no "/32" or "/128". */
export function formatCidr(cidr: Cidr): string {
  const full = cidr.family === "inet" ? 32 : 128;
  return cidr.prefix === full ? cidr.address : `${cidr.address}/${cidr.prefix}`;
}

/** The canonical text of an address or CIDR; text that is neither comes back as it is. */
export function canonicalCidr(text: string): string {
  const cidr = parseCidr(text);
  return cidr === undefined ? text : formatCidr(cidr);
}

function formatAddress(bytes: number[]): string {
  const address = ipaddr.fromByteArray(bytes);
  // RFC 5952, which inet_ntop follows, and therefore every tool. It prints IPv4-mapped addresses with dots.
  if (address.kind() === "ipv6" && (address as ipaddr.IPv6).isIPv4MappedAddress()) {
    return `::ffff:${(address as ipaddr.IPv6).toIPv4Address().toString()}`;
  }
  return address.kind() === "ipv6" ? (address as ipaddr.IPv6).toRFC5952String() : address.toString();
}

/** "22", "1000:2000"; "22:22" is "22". Undefined if it is not a port or an ascending range. "-" means the same as ":". */
export function parsePorts(text: string): { readonly first: number; readonly last: number } | undefined {
  const match = /^(\d{1,5})(?:[:-](\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : Number(match[2]);
  return first > last || last > 65535 ? undefined : { first, last };
}

export function canonicalPorts(text: string): string {
  const ports = parsePorts(text);
  if (ports === undefined) return text;
  return ports.first === ports.last ? String(ports.first) : `${ports.first}:${ports.last}`;
}

/** "8" for "08", "3/4" for "3/04". */
export function canonicalIcmpType(text: string): string {
  return /^\d+(\/\d+)?$/.test(text) ? text.split("/").map(Number).join("/") : text;
}

/** Lower case, two digits an octet: "2:A:0:0:0:1" is "02:0a:00:00:00:01" (ebtables drops leading zeros). */
export function canonicalMac(text: string): string {
  const octets = text.split(/[:-]/);
  if (octets.length !== 6 || !octets.every((o) => /^[0-9A-Fa-f]{1,2}$/.test(o))) return text;
  return octets.map((o) => o.toLowerCase().padStart(2, "0")).join(":");
}

const PREFERRED: ReadonlyMap<number, string> = new Map([
  [1, "icmp"],
  [6, "tcp"],
  [17, "udp"],
  [33, "dccp"],
  [58, "icmpv6"],
  [132, "sctp"],
  [136, "udplite"],
]);

/** "ipip" is 94 for IANA and for every host's tools, but 4 for people who set up a tunnel, so csp does not guess. */
const AMBIGUOUS = "ipip";

/** The protocol's number; "any", "all" and "0" are 0. Undefined if csp does not know the protocol. */
export function protocolNumber(text: string): number | undefined {
  return text.toLowerCase() === AMBIGUOUS ? undefined : printedProtocolNumber(text);
}

function printedProtocolNumber(text: string): number | undefined {
  const lower = text.toLowerCase();
  if (lower === "any" || lower === "all") return 0;
  if (/^\d{1,3}$/.test(lower)) {
    const number = Number(lower);
    return number <= 255 ? number : undefined;
  }
  return PROTOCOL_NUMBERS.get(lower);
}

/**
 * "tcp" for "6" and "TCP"; "any" for "all" and "0"; "4" for "ipencap" (a number if the names differ between distributions). Also for what a
 * tool printed.
 */
export function canonicalProtocol(text: string): string {
  const number = printedProtocolNumber(text);
  if (number === undefined) return text;
  return number === 0 ? "any" : (PREFERRED.get(number) ?? String(number));
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };

/** "60/minute" as [60, 60] (events, seconds). Units: second, minute, hour, day and their beginnings. */
export function parseRate(text: string): { readonly events: number; readonly seconds: number } | undefined {
  const match = /^(\d{1,5})\/(s|sec|second|m|min|minute|h|hour|d|day)s?$/.exec(text.toLowerCase());
  const seconds = match?.[2] === undefined ? undefined : SECONDS[match[2].charAt(0)];
  const events = Number(match?.[1]);
  if (seconds === undefined || events < 1 || events > 10000 * seconds) return undefined;
  return { events, seconds };
}

/**
 * The rate as xt_limit prints it. The kernel holds `seconds * 10000 / events` as an integer (XT_LIMIT_SCALE), and the tool prints the
 * first of second, minute, hour, day that divides it well: "60/minute" comes back as "1/sec".
 */
export function canonicalRate(text: string): string {
  const rate = parseRate(text);
  if (rate === undefined) return text;
  const SCALE = 10000;
  const period = Math.trunc((rate.seconds * SCALE) / rate.events);
  const units: readonly (readonly [string, number])[] = [
    ["day", SCALE * 24 * 60 * 60],
    ["hour", SCALE * 60 * 60],
    ["min", SCALE * 60],
    ["sec", SCALE],
  ];
  // libxt_limit print_rate(): walks up from day while the period fits into the next smaller unit less well.
  let index = 1;
  for (; index < units.length; index++) {
    const unit = units[index]?.[1] ?? SCALE;
    if (period > unit || unit / period < unit % period) break;
  }
  const [name, unit] = units[index - 1] ?? ["sec", SCALE];
  return `${Math.trunc(unit / period)}/${name}`;
}
