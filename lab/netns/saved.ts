/** The saved state of a host's packet filters, in a form that can be compared byte for byte. */

export const SAVE_COMMANDS = {
  iptables: "iptables-save",
  ip6tables: "ip6tables-save",
  ebtables: "ebtables-save",
  arptables: "arptables-save",
  ipset: "ipset save",
} as const;

/** Lines of a table without rules, user chains or policies. Built-in chains have reserved names in every tool. */
const EMPTY_TABLE = /^\*|^:(?:INPUT|OUTPUT|FORWARD|PREROUTING|POSTROUTING|BROUTING) ACCEPT|^COMMIT$/;

export type SavedTools = Readonly<Record<keyof typeof SAVE_COMMANDS, string>>;

/**
 * Removes what differs between two saves of the same state: comments with times, counters, an ipset's random initval, empty tables (the legacy
 * tools list a table as soon as somebody has read it), and the order of tables (theirs is that in which tables were first read).
 */
export function normaliseSaved(text: string): string {
  const lines = text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) =>
      line
        .replace(/\[\d+:\d+\]/g, "[0:0]")
        .replace(/ -c \d+ \d+| , pcnt = \d+ -- bcnt = \d+/g, "")
        .replace(/ initval 0x[0-9a-f]+/, " initval 0x0"),
    );
  const kept: string[][] = [];
  let table: string[] = [];
  const flush = (): void => {
    if (table.some((line) => !EMPTY_TABLE.test(line))) {
      // The members of a hash are in an order that depends on its random initval.
      const [first = "", ...members] = table;
      kept.push(/^(?:create \S+ hash:|-N \S+ \w+hash )/.test(first) ? [first, ...members.sort()] : table);
    }
    table = [];
  };
  for (const line of lines) {
    if (/^(?:\*|create |-N )/.test(line)) {
      flush();
    }
    table.push(line);
  }
  flush();
  const tables = kept.filter(([first = ""]) => first.startsWith("*")).sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
  const sets = kept.filter(([first = ""]) => !first.startsWith("*"));
  return kept.length === 0 ? "" : `${[...tables, ...sets].flat().join("\n")}\n`;
}
