/**
 * IPv4 addresses and networks as the fewest networks that hold the same addresses: "10.0.0.4" and "10.0.0.5" are "10.0.0.4/31". Takes single
 * addresses, CIDRs and ranges ("10.0.0.4-10.0.0.9"), in any order; gives canonical spelling, sorted by address.
 */
export function fewestNetworks(texts: Iterable<string>): string[] {
  const merged: Range[] = [];
  for (const range of [...texts].map(rangeOf).sort((a, b) => a.first - b.first)) {
    const last = merged.at(-1);
    if (last !== undefined && range.first <= last.last + 1) last.last = Math.max(last.last, range.last);
    else merged.push({ ...range });
  }
  return merged.flatMap(networksOf);
}

interface Range {
  readonly first: number;
  last: number;
}

function rangeOf(text: string): Range {
  const [from = "", to] = text.split("-");
  if (to !== undefined) return { first: numberOf(from), last: numberOf(to) };
  const [address = "", prefix = "32"] = text.split("/");
  const size = 2 ** (32 - Number(prefix));
  const first = Math.floor(numberOf(address) / size) * size;
  return { first, last: first + size - 1 };
}

function networksOf({ first, last }: Range): string[] {
  const networks: string[] = [];
  for (let at = first; at <= last; ) {
    let prefix = 32;
    // The next larger network begins here too, and ends no later.
    while (prefix > 0 && at % 2 ** (33 - prefix) === 0 && at + 2 ** (33 - prefix) - 1 <= last) prefix--;
    networks.push(prefix === 32 ? textOf(at) : `${textOf(at)}/${prefix}`);
    at += 2 ** (32 - prefix);
  }
  return networks;
}

function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function textOf(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join(".");
}
