import { type Frame, frameChains } from "../compile/frame";
import type { Bridge, Claim } from "../compile/templates";
import { chainsIn, TABLES, type Table, type Tool, toolOf } from "../model/kernel";
import { sameRules } from "../plan/agreement";
import type { ActualKernel } from "../plan/plan";
import { portOf } from "../planes/read";
import { sameRule } from "../planes/same";

/** A claimed port that a table's dispatch tree does not lead to its chains, because of a new domain id or a change by hand. */
export interface UnledPort extends Claim {
  readonly table: Table;
}

/** Compares the dispatch trees of a host with what its kernel has; `claims` are the ports of all its guests. */
export function unledPorts(actual: ActualKernel, frame: Frame, claims: readonly Claim[], bridges: readonly Bridge[]): UnledPort[] {
  const byPort = new Map(claims.map((claim) => [claim.port, claim]));
  const expected = frameChains(frame, claims, bridges);
  const unled = new Map<string, UnledPort>();
  for (const table of TABLES) {
    for (const [chain, lines] of chainsIn(expected, table)) {
      const rules = actual.tables[table].chains.get(chain) ?? [];
      if (sameRules(toolOf(table), rules, lines)) continue;
      const is = new Set(rules);
      for (const { text } of lines) {
        if (is.has(text)) continue;
        const claim = byPort.get(portOf(toolOf(table), text) ?? "");
        if (claim !== undefined && !hasRule(toolOf(table), is, text, claim.port)) unled.set(`${table} ${claim.port}`, { ...claim, table });
      }
    }
  }
  return [...unled.values()];
}

function hasRule(tool: Tool, is: ReadonlySet<string>, text: string, port: string): boolean {
  for (const candidate of is) if (candidate.includes(port) && sameRule(tool, candidate, text)) return true;
  return false;
}
