import ipaddr from "ipaddr.js";
import type { KernelSet } from "../../model/kernel";
import { SAME_OCTETS } from "../../model/names";
import { Unsayable } from "../../model/unsayable";
import { canonicalMember } from "../../values/member-spelling";
import { type Cidr, covers, type Family, formatCidr, parseCidr, protocolNumber } from "../../values/spelling";

/**
 * Sets in nft. A set holds what ipset's type of the same name holds; `host/remote/nft.awk` lists it in ipset's words. An address and a network
 * are one kind, because each set of addresses is one of intervals ("hash:ip" is "hash:net", "hash:ip,port" is "hash:net,port"). No two members
 * of such a set may overlap, so what another member covers is left out, and exceptions ("nomatch") are cut out. There are no merged members:
 * neighbours stay two members, as `nft list` prints them.
 *
 * - "count:net" counts the connections of each network (rule.ts, "connections"). Packets fill it; its members are nobody's declaration.
 * - "same:octets" is {@link sameOctets}.
 */
type Part = "net" | "port" | "mac";

/** What a member of such a set consists of; undefined if nft has no such sets. */
export function partsOf(type: string): readonly Part[] | undefined {
  const [kind = "", text = ""] = type.split(":");
  if (kind === "count") return ["net"];
  if (kind !== "hash" && type !== "bitmap:ip") return undefined;
  const parts = text.split(",").map((part) => (part === "ip" ? "net" : part));
  return parts.every((part): part is Part => part === "net" || part === "port" || part === "mac") ? parts : undefined;
}

/** A set as nft keeps it. Throws {@link Unsayable}. */
export function setForNft(name: string, set: KernelSet): KernelSet {
  const refuse = (what: string): never => {
    throw new Unsayable("nft", `${what} (set ${name})`, undefined);
  };
  if (set.type.startsWith("count:") || set.type === SAME.type) return set;
  const parts = partsOf(set.type);
  if (parts === undefined) return refuse(`sets of the type ${set.type}`);
  if (set.timeout !== undefined) refuse("members that expire");
  if (set.comment === true) refuse("comments of members");
  const members = [...set.members].map(canonicalMember);
  // Of a protocol without ports, ipset has 0; of ICMP, a type and code.
  const odd = members.find((member) =>
    member.split(",").some((part, index) => parts[index] === "port" && !/^(?!icmp)[^:]+:[1-9]\d*$/.test(part)),
  );
  if (odd !== undefined) refuse(`the member ${odd}`);
  return {
    type: `hash:${parts.join(",")}`,
    ...(parts.includes("net") ? { family: set.family ?? "inet" } : {}),
    members: new Set(parts.length === 1 && parts[0] === "net" ? apartNetworks(members) : apartMembers(members, refuse)),
  };
}

/** The same addresses as networks of which none is in another. */
export function apartNetworks(members: readonly string[]): string[] {
  const entries = members.map((text) => {
    const [cidr = "", word] = text.split(" ");
    return { cidr: parseCidr(cidr) as Cidr, hole: word === "nomatch" };
  });
  // What is longest decides; at the same length there is one entry.
  const sorted = entries.sort((a, b) => a.cidr.prefix - b.cidr.prefix);
  const holes = sorted.some(({ hole }) => hole);
  if (!holes) return withoutCovered(sorted.map(({ cidr }) => cidr)).map(formatCidr);
  let found: Cidr[] = [];
  for (const { cidr, hole } of sorted) {
    const around = found.find((one) => covers(one, cidr));
    if (!hole && around === undefined) found.push(cidr);
    if (hole && around !== undefined) found = [...found.filter((one) => one !== around), ...besides(around, cidr)];
  }
  return found.map(formatCidr);
}

/** Sorted by length, shortest first. Each address has few lengths to be looked up. */
function withoutCovered(cidrs: readonly Cidr[]): Cidr[] {
  const lengths = [...new Set(cidrs.map(({ prefix }) => prefix))];
  const kept = new Set<string>();
  return cidrs.filter((cidr) => {
    for (const length of lengths) {
      if (length >= cidr.prefix) break;
      if (kept.has(formatCidr(parseCidr(`${cidr.address}/${length}`) as Cidr))) return false;
    }
    kept.add(formatCidr(cidr));
    return true;
  });
}

/** What is left of a network without one that is in it: the other half at each length. */
function besides({ prefix }: Cidr, hole: Cidr): Cidr[] {
  const lengths = Array.from({ length: hole.prefix - prefix }, (_, index) => prefix + index + 1);
  return lengths.map((length) => {
    const bytes = ipaddr.parse(hole.address).toByteArray();
    const at = (length - 1) >> 3;
    bytes[at] = (bytes[at] ?? 0) ^ (0x80 >> ((length - 1) & 7));
    return parseCidr(`${ipaddr.fromByteArray(bytes).toString()}/${length}`) as Cidr;
  });
}

/** Members of several parts of which none covers another. Two that overlap otherwise cannot be in one set of nft's. */
function apartMembers(members: readonly string[], refuse: (what: string) => never): string[] {
  const plain = members.find((member) => member.endsWith(" nomatch"));
  if (plain !== undefined) refuse(`the member ${plain}`);
  // Only networks make members overlap, and most sets have none.
  const wide = members.filter((member) => member.includes("/"));
  const left = members.filter((member) => !wide.some((other) => other !== member && overlap(other, member) === "covers"));
  for (const member of left)
    for (const other of wide)
      if (other !== member && overlap(other, member) === "partly") refuse(`the members ${member} and ${other}, which overlap,`);
  return left;
}

function overlap(a: string, b: string): "covers" | "partly" | "none" {
  const others = b.split(",");
  const parts = a.split(",").map((part, index) => {
    const other = others[index] ?? "";
    if (part === other) return "covers";
    const [one, two] = [parseCidr(part), parseCidr(other)];
    if (one === undefined || two === undefined) return "none";
    return covers(one, two) ? "covers" : covers(two, one) ? "partly" : "none";
  });
  return parts.includes("none") ? "none" : parts.includes("partly") ? "partly" : "covers";
}

/** What stands between the braces of `add set`. */
export function declarationOf({ type, family, maxElements }: KernelSet): string {
  if (type === SAME.type) return "typeof @nh,112,8 . @nh,192,8;";
  const parts = (partsOf(type) ?? []).map((part) => TYPES[part](family ?? "inet"));
  if (type.startsWith("count:")) return `type ${parts.join(" . ")}; size ${maxElements ?? MOST_COUNTED}; flags dynamic;`;
  return `type ${parts.join(" . ")};${type === "hash:mac" ? "" : " flags interval;"}`;
}

/** Without a size, the kernel stops at this number, and a full set matches nothing (reference: nftables.md, 3). */
const MOST_COUNTED = 65535;

const TYPES: Readonly<Record<Part, (family: Family) => string>> = {
  net: (family) => (family === "inet" ? "ipv4_addr" : "ipv6_addr"),
  port: () => "inet_proto . inet_service",
  mac: () => "ether_addr",
};

/** A member as an element: "10.0.0.5,tcp:80" is "10.0.0.5 . 6 . 80". */
export function elementOf(member: string): string {
  return member
    .split(",")
    .map((part) => {
      const [, protocol, port] = /^([\w.+-]+):(\d+)$/.exec(part) ?? [];
      return protocol === undefined || parseCidr(part) !== undefined ? part : `${protocolNumber(protocol)} . ${port}`;
    })
    .join(" . ");
}

/**
 * Pairs of equal octets. No rule of nft compares two fields of a packet; the four octets of two addresses can each be looked up here
 * ("arp-gratuitous").
 */
export const sameOctets: { readonly name: string; readonly set: KernelSet } = {
  name: SAME_OCTETS,
  set: {
    type: "same:octets",
    members: new Set(Array.from({ length: 256 }, (_, octet) => [octet, octet].map((one) => `0x${one.toString(16)}`).join())),
  },
};
const SAME = sameOctets.set;

/** The sets that a rule looks something up in, in order. */
export function setsOf(text: string): string[] {
  if (!text.includes("@")) return [];
  const bare = text.replace(/"[^"]*"/g, '""').replace(/\bvmap @\S+/g, "");
  return [...bare.matchAll(/@([A-Za-z][\w./-]*)(?![\w./-]*,\d)/g)].map(([, name = ""]) => name);
}
