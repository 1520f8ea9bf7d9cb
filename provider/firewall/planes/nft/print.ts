import type { Match, Rule, Verdict } from "../../model/rule";

/** A rule in nft's words, as `nft list` prints it in a chain. csp has only the zones of its bridges there. */
export function printRule({ matches, verdict }: Rule): string {
  return [...matches.map(printMatch), ...(verdict === undefined ? [] : [printVerdict(verdict)])].join(" ");
}

/** One condition of a rule. */
export function printMatch(match: Match): string {
  const is = match.negated === true ? "!= " : "";
  switch (match.is) {
    case "interface":
      return `${match.direction === "in" ? "iifname" : "oifname"} ${is}"${match.name}"`;
    case "mac":
      return `ether ${match.end === "source" ? "saddr" : "daddr"} ${is}${match.mac}`;
    case "words":
      return [match.name, ...match.values].join(" ");
    default:
      throw new Error(`nft's rules of csp have no words for ${JSON.stringify(match)}`);
  }
}

function printVerdict(verdict: Verdict): string {
  switch (verdict.do) {
    case "accept":
    case "drop":
    case "return":
      return verdict.do;
    case "jump":
    case "goto":
      return `${verdict.do} ${verdict.chain}`;
    case "zone":
      return `ct zone set ${verdict.zone}`;
    default:
      throw new Error(`nft's rules of csp have no words for ${JSON.stringify(verdict)}`);
  }
}
