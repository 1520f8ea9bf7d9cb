import { words } from "./canonical";
import type { Tool } from "./kernel";
import type { EgressRule, IngressRule } from "./policy";
import { canonicalCidr, canonicalProtocol } from "./spelling";

/**
 * The rule that lines of kernel text say, for showing drift: what a user would have had to declare to get them. `like` gives the rule's
 * name and what no line can tell.
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
    const tokens = words(line);
    const value = (...options: string[]) => {
      const at = tokens.findIndex((token) => options.includes(token));
      return at < 0 ? undefined : tokens[at + 1];
    };
    const target = value("-j", "-g") ?? "";
    if (target === "LOG") {
      log = true;
      continue;
    }
    protocol = canonicalProtocol(value("-p") ?? "any");
    const peer = value(list === "ingress" ? "-s" : "-d");
    const set = value("--match-set", "--set");
    if (peer !== undefined) peers.add(canonicalCidr(peer));
    if (set !== undefined) peers.add(`${tool === "ip6tables" ? "set6" : "set"}:${set}`);
    if (peer === undefined && set === undefined) anyPeer = true;
    for (const port of (value("--dport") ?? value("--dports") ?? "").split(",")) if (port !== "") ports.add(port);
    icmpType ??= value("--icmp-type", "--icmpv6-type");
    states ??= value("--ctstate", "--state")?.toLowerCase().split(",");
    const rate = value("--limit");
    if (rate !== undefined) limit = { rate, burst: Number(value("--limit-burst") ?? 5) };
    action = target === "REJECT" ? "reject" : target === "ACCEPT" || tokens.includes("-g") ? "allow" : "drop";
  }
  const written = anyPeer || peers.size === 0 ? {} : list === "ingress" ? { from: [...peers] } : { to: [...peers] };
  return {
    name: like.name,
    ...(like.description === undefined ? {} : { description: like.description }),
    action,
    protocol,
    ...(ports.size === 0 ? {} : { ports: [...ports] }),
    ...(icmpType === undefined ? {} : { icmpType }),
    ...(states === undefined ? {} : { states: states as IngressRule["states"] }),
    ...(limit === undefined ? {} : { limit }),
    log,
    ...written,
  };
}
