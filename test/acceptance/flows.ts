import type { Flow, Verdict } from "../../lab/netns";

/** One line of a table of flows: who, to whom, what, and whether it gets there. */
export interface ExpectedFlow {
  readonly flow: Flow;
  readonly text: string;
  readonly expected: Verdict;
}

const NUMBERED: Readonly<Record<string, number>> = { gre: 47, sctp: 132 };

/**
 * Reads lines like "office web-1 tcp:80 pass": sender, receiver, protocol ("tcp", "udp", "icmp", "arp", "gre", "sctp"; with a 6 behind it
 * over IPv6), port, and "pass" or "block".
 */
export function flowTable(table: string): ExpectedFlow[] {
  return table
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((text) => {
      const [, from = "", to = "", word = "", six, port, verdict] = /^(\S+) (\S+) ([a-z]+)(6?)(?::(\d+))? (pass|block)$/.exec(text) ?? [];
      if (verdict === undefined) throw new Error(`not a flow: ${text}`);
      const proto = NUMBERED[word] ?? (word as "tcp" | "udp" | "icmp" | "arp");
      const flow: Flow = { from, to, proto, family: six === "6" ? 6 : 4, ...(port === undefined ? {} : { port: Number(port) }) };
      return { flow, text, expected: verdict === "pass" ? "passed" : "blocked" };
    });
}

/** The table with the observed verdicts, to be compared with the table as it was written. */
export function withVerdicts(flows: readonly ExpectedFlow[], verdicts: readonly Verdict[]): string[] {
  return flows.map(({ text }, index) => text.replace(/(pass|block)$/, verdicts[index] === "passed" ? "pass" : "block"));
}

/** How many flows of each kind passed and were blocked, as a table to print. */
export function countTable(flows: readonly ExpectedFlow[], verdicts: readonly Verdict[]): string {
  const counts = new Map<string, { passed: number; blocked: number }>();
  for (const [index, { flow }] of flows.entries()) {
    const number = typeof flow.proto === "number" ? Object.entries(NUMBERED).find(([, value]) => value === flow.proto)?.[0] : flow.proto;
    const key = `${number} over ${flow.proto === "arp" ? "Ethernet" : `IPv${flow.family}`}`;
    const count = counts.get(key) ?? { passed: 0, blocked: 0 };
    count[verdicts[index] ?? "blocked"]++;
    counts.set(key, count);
  }
  const rows = [...counts]
    .sort()
    .map(([kind, { passed, blocked }]) => `${kind.padEnd(20)}${String(passed).padStart(8)}${String(blocked).padStart(9)}`);
  const total = (verdict: Verdict) => verdicts.filter((one) => one === verdict).length;
  return [
    `${"flows".padEnd(20)}  passed  blocked`,
    ...rows,
    `${"all".padEnd(20)}${String(total("passed")).padStart(8)}${String(total("blocked")).padStart(9)}`,
  ].join("\n");
}
