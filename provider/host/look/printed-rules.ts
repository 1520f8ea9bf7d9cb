import { type RuleSetDeclaration, ruleSetTable } from "../../firewall/compile/rule-set";
import type { KernelSet, Sets } from "../../firewall/model/kernel";
import { userChain } from "../../firewall/model/names";
import { setText } from "../../firewall/planes/xtables/restore";
import { parseSaved } from "../../firewall/planes/xtables/saved";
import { setsOf } from "../../firewall/planes/xtables/sets";
import { trial } from "../../firewall/planes/xtables/trial";
import { withoutTarget, withTarget } from "../../firewall/planes/xtables/verbatim";
import { program } from "../remote/program";
import type { AskedHost } from "./asked";
import { formatDialect } from "./facts";

/** The chain of the trial, and the one that stands for the rule set that the jumps lead to. */
const TRIAL_CHAIN = userChain("trial");

/**
 * A rule set in the words in which the host's own tool prints it ("--dport ssh" becomes 22), so that it can be compared with the kernel. The
 * tool runs in a network namespace of its own and changes nothing on the host. The rule set stays as declared if the host has no `unshare`, if a
 * set that a rule refers to is not there yet, or if the tool refuses the rules: the tool says why when csp applies them.
 */
export async function asPrinted<D extends RuleSetDeclaration>(host: AskedHost, declared: D, sets: Sets): Promise<D> {
  const { tool, rules, jumps } = declared;
  const table = ruleSetTable(declared);
  const texts = [...rules.map((text) => text.trim()), ...jumps.map(({ match = "" }) => withTarget(match, TRIAL_CHAIN))];
  const referred = new Map<string, KernelSet>();
  for (const name of texts.flatMap(setsOf)) {
    const set = sets.get(name);
    if (set === undefined) return declared;
    referred.set(name, { ...set, members: new Set() });
  }
  const { dialect } = await host.facts();
  const script = program("printed.sh", {
    TABLE: table,
    SETS: setText([...referred].map(([name, after]) => ({ name, before: undefined, after, order: "add-first" as const }))).before,
    RULES: trial(table, `${TRIAL_CHAIN}s`, texts).text,
  });
  const output = await host.ask(
    program("apart.sh", { PROGRAM: `${formatDialect(dialect)}${script}` }),
    `asking ${tool} how it prints rules`,
  );
  const printed = parseSaved(tool, output)[table]?.chains.get(`${TRIAL_CHAIN}s`);
  if (printed === undefined || printed.length !== texts.length) return declared;
  return {
    ...declared,
    rules: printed.slice(0, rules.length),
    jumps: jumps.map((jump, index) => {
      const match = withoutTarget(printed[rules.length + index] ?? "", TRIAL_CHAIN);
      return jump.match === undefined || match === undefined ? jump : { ...jump, match };
    }),
  };
}
