import type { Sets, Tool } from "../../firewall/model/kernel";
import { setsOf } from "../../firewall/planes/xtables/sets";
import { trial } from "../../firewall/planes/xtables/trial";
import type { AskedHost } from "./asked";
import { splitSections } from "./snapshot";

/** A rule's text and the field that it comes from. */
export interface RuleText {
  readonly at: string;
  readonly rule: string;
}

/** Texts that can be tried before anything is made. Rules that refer to a set which the same run will make cannot be tried yet. */
export function testable(texts: readonly RuleText[], sets: Sets): RuleText[] {
  return texts.filter(({ rule }) => setsOf(rule).every((set) => sets.has(set)));
}

/** This chain is never made, because `--test` ends before anything is committed. */
const TRIAL_CHAIN = "csp-trial";

/**
 * The first text that the host's iptables or ip6tables refuses. Nothing is changed: iptables-restore has `--test` since 1.4.2. The other tools
 * have nothing like it; if iptables has no `--test` either, there is no answer.
 */
export async function refusedRule(
  host: AskedHost,
  tool: Tool,
  texts: readonly RuleText[],
): Promise<(RuleText & { readonly said: string }) | undefined> {
  if (texts.length === 0 || (tool !== "iptables" && tool !== "ip6tables")) return undefined;
  const { text, before } = trial(
    tool,
    TRIAL_CHAIN,
    texts.map(({ rule }) => rule.trim()),
  );
  const answer = await host.ask(
    `PATH=$PATH:/usr/sbin:/sbin; export PATH
LC_ALL=C; export LC_ALL
${tool}-restore --help 2>&1 | grep -q -e --test || exit 0
${tool}-restore --test --noflush 2>&1 <<'CSP_RULES' || echo "@@csp refused"
${text}
CSP_RULES
exit 0
`,
    `trying rules of ${tool}`,
  );
  if (!splitSections(answer).has("refused")) return undefined;
  const said = answer.replace(/^@@csp refused$/m, "").trim();
  const line = Number(/\bline:? (\d+)\b/.exec(said)?.[1] ?? 0);
  const refused = texts[line - before - 1];
  return refused === undefined ? undefined : { ...refused, said };
}
