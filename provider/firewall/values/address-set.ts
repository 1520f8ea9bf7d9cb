import ipaddr from "ipaddr.js";
import { type Family, parseCidr } from "./spelling";

/** Addresses as numbers, and sets of them as ranges of numbers. */
export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

/** A text that is one address; undefined if it is none. */
export function parseAddress(text: string): Address | undefined {
  const cidr = parseCidr(text);
  return cidr === undefined ? undefined : { family: cidr.family, value: numberOf(cidr.address) };
}

/** Inclusive. */
interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

/** Any number of addresses and networks of both families, asked in logarithmic time. It never changes. */
export class AddressSet {
  private readonly ranges: Readonly<Record<Family, readonly Range[]>>;

  /** Texts that are neither addresses nor CIDRs are a mistake of the caller. */
  constructor(cidrs: Iterable<string>) {
    const found: Record<Family, Range[]> = { inet: [], inet6: [] };
    for (const text of cidrs) {
      const cidr = parseCidr(text);
      if (cidr === undefined) throw new Error(`${JSON.stringify(text)} is not an address or a CIDR`);
      const first = numberOf(cidr.address);
      const size = 1n << BigInt((cidr.family === "inet" ? 32 : 128) - cidr.prefix);
      found[cidr.family].push({ first, last: first + size - 1n });
    }
    this.ranges = { inet: joined(found.inet), inet6: joined(found.inet6) };
  }

  has({ family, value }: Address): boolean {
    const ranges = this.ranges[family];
    let [low, high] = [0, ranges.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const { first, last } = ranges[middle] as Range;
      if (value < first) high = middle - 1;
      else if (value > last) low = middle + 1;
      else return true;
    }
    return false;
  }

  hasAny(family: Family): boolean {
    return this.ranges[family].length > 0;
  }
}

/** In order, without overlaps. */
function joined(ranges: readonly Range[]): readonly Range[] {
  const result: { first: bigint; last: bigint }[] = [];
  for (const { first, last } of [...ranges].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    const before = result.at(-1);
    if (before !== undefined && first <= before.last + 1n) {
      if (last > before.last) before.last = last;
    } else result.push({ first, last });
  }
  return result;
}

function numberOf(address: string): bigint {
  return ipaddr
    .parse(address)
    .toByteArray()
    .reduce((all, byte) => (all << 8n) | BigInt(byte), 0n);
}
