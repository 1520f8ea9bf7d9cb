import { sameRules } from "./agreement";
import { sameRule } from "./canonical";
import { type Claim, type Frame, frameChains } from "./frame";
import { TOOLS, type Tool } from "./kernel";
import type { ActualKernel } from "./plan";

/** A claimed port that a tool's dispatch tree does not lead to its chains: another domid since a reboot, or a tree changed by hand. */
export interface UnledPort extends Claim {
  readonly tool: Tool;
}

/** Compares the dispatch trees of a host with what its kernel has; `claims` are the ports of all its guests. */
export function unledPorts(actual: ActualKernel, frame: Frame, claims: readonly Claim[]): UnledPort[] {
  const byPort = new Map(claims.map((claim) => [claim.port, claim]));
  const expected = frameChains(frame, claims);
  const unled = new Map<string, UnledPort>();
  for (const tool of TOOLS) {
    for (const [chain, lines] of expected[tool]) {
      const rules = actual.tables[tool].chains.get(chain) ?? [];
      if (sameRules(tool, rules, lines)) continue;
      const is = new Set(rules);
      for (const { text } of lines) {
        const claim = byPort.get(portOf(text) ?? "");
        if (claim !== undefined && !is.has(text) && !hasRule(tool, is, text)) unled.set(`${tool} ${claim.port}`, { ...claim, tool });
      }
    }
  }
  return [...unled.values()];
}

/** The port that a rule of a tree leads on, or the beginning of several. */
function portOf(rule: string): string | undefined {
  return / ([A-Za-z0-9._-]+) -[jg] /.exec(rule)?.[1];
}

function hasRule(tool: Tool, is: ReadonlySet<string>, text: string): boolean {
  const port = portOf(text) ?? "";
  for (const candidate of is) if (candidate.includes(port) && sameRule(tool, candidate, text)) return true;
  return false;
}
