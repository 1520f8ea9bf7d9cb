import { memory } from "../../memory";
import type { Tool } from "../model/kernel";
import type { Rule } from "../model/rule";
import * as nft from "./nft/read";
import * as xtables from "./xtables/read";

/** A rule from the words of its table's tool, whoever wrote it. What a plane cannot read stays in it word for word. */
export function readRule(tool: Tool, text: string): Rule {
  const key = `${tool} ${text}`;
  let rule = read.get(key);
  if (rule === undefined) {
    rule = tool === "nft" ? nft.readRule(text) : xtables.readRule(tool, text);
    read.set(key, rule);
  }
  return rule;
}

const read = memory.byText<Rule>({
  name: "rules that were read",
  reason: "the same few rules are asked about by every packet and every comparison",
  most: 65536,
});

/** The text of a rule's comment. */
export function commentOf(tool: Tool, text: string): string | undefined {
  return readRule(tool, text).comment;
}

/** The port of a bridge that a rule matches. */
export function portOf(tool: Tool, text: string): string | undefined {
  const layer2 = tool !== "iptables" && tool !== "ip6tables";
  for (const match of readRule(tool, text).matches)
    if (match.is === "bridge-port" || (layer2 && match.is === "interface")) return match.name;
  return undefined;
}
