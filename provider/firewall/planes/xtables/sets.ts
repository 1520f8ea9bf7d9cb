import { readOptions } from "./canonical";

/** Sets that rules of iptables and ip6tables refer to. */

const SET_OPTIONS: ReadonlySet<string> = new Set(["--match-set", "--set"]);

/** The sets that a rule matches, in order. */
export function setsOf(text: string): string[] {
  // Nearly all rules match no set, which their text shows.
  if (!text.includes("set ")) return [];
  return readOptions(text).flatMap(({ name, values }) => (SET_OPTIONS.has(name) ? [values[0] ?? ""] : []));
}
