import type { Tool } from "../../model/kernel";
import type { EgressRule, IngressRule } from "../../policy/fields";
import { canonicalOptions } from "./canonical";

/**
 * The rule that lines of kernel text say, for showing drift: what a user would have had to declare to get them. `like` gives the rule's
 * name and what no line can tell. What no user's rule can say keeps its "!": it is shown, and never declared.
 */
export function decompile(
  tool: Tool,
  lines: readonly string[],
  list: "ingress" | "egress",
  like: Partial<IngressRule | EgressRule> & { readonly name: string },
): IngressRule | EgressRule {
  const peers = new Set<string>();
  const ports = new Set<string>();
  let anyPeer = false;
  let protocol = "any";
  let action: IngressRule["action"] = "drop";
  let icmpType: string | undefined;
  let states: string[] | undefined;
  let limit: { rate: string; burst: number } | undefined;
  let log = false;
  for (const line of lines) {
    const options = canonicalOptions(tool, line);
    const values = (...names: string[]) =>
      options.filter(({ name }) => names.includes(name)).map(({ negated, values: [first = ""] }) => `${negated ? "! " : ""}${first}`);
    const value = (...names: string[]) => values(...names)[0];
    const target = value("-j", "-g") ?? "";
    if (target === "LOG") {
      log = true;
      continue;
    }
    protocol = value("-p") ?? "any";
    const theirs = [
      ...values(list === "ingress" ? "-s" : "-d"),
      // Sets that must hold it together are no peers one beside the other, which a user's rule could say.
      values("--match-set")
        .map((set) => set.replace(/^(! )?/, `$1${tool === "ip6tables" ? "set6" : "set"}:`))
        .join(" and "),
    ].filter((peer) => peer !== "");
    for (const peer of theirs) peers.add(peer);
    if (theirs.length === 0) anyPeer = true;
    for (const port of values("--dport", "--dports").flatMap(splitPorts)) ports.add(port);
    icmpType ??= value("--icmp-type", "--icmpv6-type");
    states ??= value("--ctstate")?.toLowerCase().split(",");
    const rate = value("--limit");
    if (rate !== undefined) limit = { rate, burst: Number(value("--limit-burst") ?? 5) };
    action = target === "REJECT" ? "reject" : target === "ACCEPT" || value("-g") !== undefined ? "allow" : "drop";
  }
  const written = anyPeer || peers.size === 0 ? {} : list === "ingress" ? { from: [...peers] } : { to: [...peers] };
  return {
    name: like.name,
    ...(like.description === undefined ? {} : { description: like.description }),
    action,
    protocol,
    ...(ports.size === 0 ? {} : { ports: [...ports].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)) }),
    ...(icmpType === undefined ? {} : { icmpType }),
    ...(states === undefined ? {} : { states: states as IngressRule["states"] }),
    ...(limit === undefined ? {} : { limit }),
    log,
    ...written,
  };
}

/** "80,443" as two; of "! 80,443" neither is meant alone. */
function splitPorts(text: string): string[] {
  return text.startsWith("!") ? [text] : text.split(",");
}
