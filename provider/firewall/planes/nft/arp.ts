import { type Condition, type Match, RARP, type Rule } from "../../model/rule";
import { parseCidr } from "../../values/spelling";
import { ARP_OPERATIONS, ETHERTYPES } from "./names";
import { sameOctets } from "./sets";

/**
 * Conditions about ARP messages. nft looks for the fields where Ethernet and IPv4 have them, whatever the message says of its addresses. So a rule
 * about an address asks first whether they are of these kinds, as ebtables does by itself (ebt_arp.c). A reverse ARP message has the same fields;
 * nft has names for them only below ARP's own ethertype.
 */
export type ArpMatch = Extract<Match, { readonly is: `arp-${string}` }>;

export function isArp(match: Match): match is ArpMatch {
  return match.is.startsWith("arp-");
}

interface Field {
  readonly is: ArpMatch["is"];
  readonly end?: "source" | "target";
  readonly words: string;
  /** Where it is in the message, in bits. */
  readonly offset: number;
  readonly bits: number;
}

export const ARP_FIELDS: readonly Field[] = [
  { is: "arp-hardware", words: "arp htype", offset: 0, bits: 16 },
  { is: "arp-protocol", words: "arp ptype", offset: 16, bits: 16 },
  { is: "arp-hardware-length", words: "arp hlen", offset: 32, bits: 8 },
  { is: "arp-protocol-length", words: "arp plen", offset: 40, bits: 8 },
  { is: "arp-operation", words: "arp operation", offset: 48, bits: 16 },
  { is: "arp-mac", end: "source", words: "arp saddr ether", offset: 64, bits: 48 },
  { is: "arp-address", end: "source", words: "arp saddr ip", offset: 112, bits: 32 },
  { is: "arp-mac", end: "target", words: "arp daddr ether", offset: 144, bits: 48 },
  { is: "arp-address", end: "target", words: "arp daddr ip", offset: 192, bits: 32 },
];

/** Conditions that those about addresses take for granted, as far as the rule does not have them. */
export function impliedArp(matches: readonly Match[]): ArpMatch[] {
  const has = (is: Condition["is"]) => matches.some((match) => match.is === is);
  const address = has("arp-address") || has("arp-gratuitous");
  const mac = has("arp-mac");
  const wanted: ArpMatch[] = [
    ...(mac ? [{ is: "arp-hardware", number: "1" } as const] : []),
    ...(address ? [{ is: "arp-protocol", number: "0x0800" } as const] : []),
    ...(address || mac ? [{ is: "arp-hardware-length", number: "6" } as const] : []),
    ...(address ? [{ is: "arp-protocol-length", number: "4" } as const] : []),
  ];
  return wanted.filter((one) => !matches.some((match) => match.is === one.is && match.negated !== true));
}

/** In the order of the fields, in which nft prints those that it compares at once. */
export function arpPlace(match: Match): number {
  const at = ARP_FIELDS.findIndex(({ is, end }) => is === match.is && (end === undefined || ("end" in match && end === match.end)));
  return at < 0 ? ARP_FIELDS.length : at;
}

/** Undefined: nft has no words for it. */
export function arpWords(match: ArpMatch, rule: Rule): string[] | undefined {
  const not = match.negated === true;
  if (match.is === "arp-gratuitous")
    return not ? undefined : OCTETS.map((bit) => `@nh,${112 + bit},8 . @nh,${192 + bit},8 @${sameOctets.name}`);
  const field = ARP_FIELDS[arpPlace(match)];
  if (field === undefined) return undefined;
  const reverse = rule.matches.some((other) => other.is === "ethertype" && other.type === RARP && other.negated !== true);
  const { value, mask } = fieldValue(match);
  if (reverse) {
    // A part of a field is not one of its names.
    if (mask !== undefined || value.includes("/")) return undefined;
    return [`@nh,${field.offset},${field.bits} ${not ? "!= " : ""}0x${numberOf(value).toString(16)}`];
  }
  if (mask !== undefined) return [`${field.words} & ${mask} ${not ? "!=" : "=="} ${value}`];
  return [`${field.words} ${not ? "!= " : ""}${value}`];
}

/** The four octets of an address, in bits from its beginning. */
export const OCTETS = [0, 8, 16, 24];

function fieldValue(match: Exclude<ArpMatch, { readonly is: "arp-gratuitous" }>): { readonly value: string; readonly mask?: string } {
  switch (match.is) {
    case "arp-operation":
      return { value: ARP_OPERATIONS.name.get(Number(match.operation)) ?? match.operation };
    case "arp-mac": {
      const [value = "", mask] = match.mac.split("/");
      return mask === undefined ? { value } : { value, mask };
    }
    case "arp-address":
      return { value: match.cidr };
    case "arp-protocol": {
      const type = Number(match.number);
      return { value: ETHERTYPES.name.get(type) ?? `0x${type.toString(16).padStart(4, "0")}` };
    }
    default:
      return { value: String(Number(match.number)) };
  }
}

/** A value of a field as the number that its bits are. */
function numberOf(value: string): bigint {
  const named = ETHERTYPES.number.get(value) ?? ARP_OPERATIONS.number.get(value);
  if (named !== undefined) return BigInt(named);
  if (value.includes(":")) return BigInt(`0x${value.replaceAll(":", "")}`);
  const cidr = value.includes(".") ? parseCidr(value) : undefined;
  if (cidr === undefined) return BigInt(value);
  return cidr.address.split(".").reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
}

/** The conditions that a comparison of bits makes: nft takes fields that lie side by side as one. Undefined: it is not made of whole fields. */
export function arpFromBits(offset: number, bits: number, number: bigint, negated: boolean): ArpMatch[] | undefined {
  const fields = ARP_FIELDS.filter((field) => field.offset >= offset && field.offset + field.bits <= offset + bits);
  if (fields.reduce((sum, field) => sum + field.bits, 0) !== bits || fields[0]?.offset !== offset) return undefined;
  // The opposite of several at once is not the opposite of each.
  if (negated && fields.length > 1) return undefined;
  return fields.map((field) => {
    const value = (number >> BigInt(offset + bits - field.offset - field.bits)) & ((1n << BigInt(field.bits)) - 1n);
    return { ...fromNumber(field, value), ...(negated ? { negated } : {}) } as ArpMatch;
  });
}

function fromNumber({ is, end = "source" }: Field, value: bigint): ArpMatch {
  const hex = (digits: number) => value.toString(16).padStart(digits, "0");
  switch (is) {
    case "arp-operation":
      return { is, operation: String(value) };
    case "arp-mac":
      return { is, end, mac: hex(12).replace(/..(?!$)/g, "$&:") };
    case "arp-address":
      return {
        is,
        end,
        cidr: hex(8)
          .replace(/../g, (octet) => `${Number.parseInt(octet, 16)}.`)
          .slice(0, -1),
      };
    case "arp-protocol":
      return { is, number: `0x${hex(4)}` };
    case "arp-gratuitous":
      return { is };
    default:
      return { is, number: String(value) };
  }
}
