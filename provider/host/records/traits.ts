import type { Trait } from "../../firewall/compile/templates";

/** The traits of an interface in one word of a record: "rcv,pin", or "-" if it has none. */
export function formatTraits(traits: readonly Trait[]): string {
  return traits.length === 0 ? "-" : traits.join(",");
}

export function parseTraits(word: string): readonly Trait[] {
  return word === "-" ? [] : (word.split(",") as Trait[]);
}
