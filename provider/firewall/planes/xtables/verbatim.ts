import type { Tool } from "../../model/kernel";
import { PREFIX, USER_CHAIN } from "../../model/names";
import { quote } from "../../policy/fields";
import { readOptions, words } from "./canonical";

/**
 * Rules as a user writes them in a tool's own words. They end up in restore texts and, for arptables, in shell scripts. Therefore csp refuses
 * any text that could be read there as something other than one rule.
 */

/** What is wrong with a text, and what to do. */
export type Complaint = readonly [cause: string, remedy: string];

/** The longest text of a rule. The tools take longer ones, but nobody can read them. */
export const LONGEST_RULE = 1000;

/** Commands and settings of the tools, which are not part of a rule. */
const COMMANDS: ReadonlySet<string> = new Set(
  `-A --append -D --delete -I --insert -R --replace -C --check -L --list -S --list-rules -F --flush -Z --zero -N --new --new-chain
   -X --delete-chain -P --policy -E --rename-chain -t --table -h --help -V --version -w --wait -M --modprobe -c --set-counters
   --atomic-file --atomic-init --atomic-save --atomic-commit --init-table --Lc --Lx --Ln --concurrent`
    .trim()
    .split(/\s+/),
);

const TARGET_OPTIONS: ReadonlySet<string> = new Set(["-j", "--jump", "-g", "--goto"]);

/** The chains and targets that a rule leads to; a sound rule has at most one. */
export function targetsOf(text: string): string[] {
  return readOptions(text).flatMap(({ name, values }) => (TARGET_OPTIONS.has(name) ? [values[0] ?? ""] : []));
}

/** A user's matches, and the chain that they lead to. */
export function withTarget(match: string, chain: string): string {
  return `${match.trim()} -j ${chain}`.trim();
}

/** The matches of such a rule; undefined if the tool printed the target somewhere else. */
export function withoutTarget(text: string, chain: string): string | undefined {
  const target = ` -j ${chain}`;
  return ` ${text}`.endsWith(target) ? ` ${text}`.slice(0, -target.length).trim() : undefined;
}

/** What can be checked without asking a tool: undefined if the text is one rule, as far as one can see. */
export function ruleProblem(tool: Tool, text: string): Complaint | undefined {
  if (text.trim() === "") return ["the rule is empty", 'write what follows `iptables -A CHAIN`, like "-p tcp --dport 25 -j DROP"'];
  if (text.length > LONGEST_RULE) return [`the rule has ${text.length} characters`, `write it in at most ${LONGEST_RULE}`];
  if (!/^[ -~]*$/.test(text))
    return [`${quote(text)} has a line break or a character that is not ASCII`, "write one rule in each element, in ASCII"];
  // arptables has no restore: its rules are arguments of a command.
  const stray = tool === "arptables" ? /[^A-Za-z0-9 ._:,+/!=-]/.exec(text) : undefined;
  if (stray) return [`${quote(text)} has the character ${quote(stray[0])}, which no rule of arptables needs`, "leave it out"];
  const outside = text.replace(/"(?:[^"\\]|\\.)*"/g, '""');
  if ((outside.match(/"/g) ?? []).length % 2 === 1) return [`a quotation in ${quote(text)} does not end`, 'close it with `"`'];
  if (outside.includes("'")) return [`${quote(text)} quotes with ', which only a shell understands`, 'quote with `"`'];
  const all = words(text);
  const command = all.find((word) => COMMANDS.has(word));
  if (command !== undefined)
    return [`${quote(command)} is a command or a setting of ${tool}, not a part of a rule`, "write what follows the chain's name"];
  if (!/^(-|!)/.test(all[0] ?? "")) return [`${quote(text)} does not begin with an option`, 'write it like "-p tcp --dport 25 -j DROP"'];
  const targets = targetsOf(text);
  if (targets.length > 1) return [`the rule has ${targets.length} targets (${targets.join(", ")})`, "write one rule for each"];
  const [target] = targets;
  if (target === "") return ["the rule ends where its target should be", "name the target, or leave `-j` out"];
  if (target?.startsWith(PREFIX) && !target.startsWith(USER_CHAIN))
    return [
      `${quote(target)} is a chain that csp makes and changes together with its guests`,
      `lead to a chain of the host, or to the chain of another rule set ("${USER_CHAIN}NAME")`,
    ];
  return undefined;
}

/** The same for matches alone, without a target. */
export function matchProblem(tool: Tool, text: string): Complaint | undefined {
  const wrong = ruleProblem(tool, text);
  if (wrong !== undefined) return wrong;
  if (targetsOf(text).length > 0)
    return [`${quote(text)} has a target`, "write only the matches: the packets that match go through the rule set"];
  return undefined;
}
