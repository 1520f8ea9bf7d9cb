import type { Match, Rule } from "../../model/rule";
import { Unsayable } from "../../model/unsayable";

/**
 * A rule as rules of which each is one of nft's. There is no anonymous set in any (`{ 80, 443 }`: two thousand of them cost 63 MB, nftables.md, 2),
 * so several ports or networks become a rule each. A rule that counts packets or connections must stay one, or it would allow several times as
 * many; it says its ports by what is between them (print.ts). Throws {@link Unsayable}.
 */
export function sayable(rule: Rule): readonly Rule[] {
  const several = rule.matches.filter(isSeveral);
  if (several.length === 0) return [rule];
  if (rule.matches.some(({ is }) => is === "rate" || is === "connections")) {
    if (several.every((match) => match.is === "ports" && match.end !== "either")) return [rule];
    throw new Unsayable("nft", "several networks, or either of two ports, in a rule that counts", rule.origin);
  }
  return several.reduce<readonly Rule[]>(
    (rules, match) =>
      rules.flatMap((each) =>
        alternatives(match).map((one) => ({ ...each, matches: each.matches.map((other) => (other === match ? one : other)) })),
      ),
    [rule],
  );
}

/** Whether it is met by more than one value. The opposite of several is none of them, which one rule says. */
function isSeveral(match: Match): boolean {
  if (match.negated === true) return false;
  if (match.is === "ports") return match.ports.length > 1 || match.end === "either";
  return match.is === "address" && match.cidrs.length > 1;
}

function alternatives(match: Match): Match[] {
  if (match.is === "address") return match.cidrs.map((cidr) => ({ ...match, cidrs: [cidr] }));
  if (match.is !== "ports") return [match];
  const ends = match.end === "either" ? (["source", "target"] as const) : [match.end];
  return ends.flatMap((end) => match.ports.map((range) => ({ ...match, end, ports: [range] })));
}
