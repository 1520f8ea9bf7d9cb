import { frameChains } from "../provider/firewall/frame";
import type { ChainPart } from "../provider/firewall/kernel";
import { dispatchChain, FROM, TO } from "../provider/firewall/names";

/**
 * How many dispatch rules a frame from one guest's port to another's is held against, on a host with these ports: in ebtables, and as many
 * again in iptables, whose trees have the same shape.
 */
export function dispatchRulesBetween(ports: readonly string[], from: string, to: string): number {
  const chains = frameChains(
    { guestPorts: ["vif"] },
    ports.map((port) => ({ port, vif: port })),
  ).ebtables;
  return walked(chains, dispatchChain(FROM, "vif"), from) + walked(chains, dispatchChain(TO, "vif"), to);
}

function walked(chains: ChainPart["ebtables"], chain: string, port: string): number {
  let rules = 0;
  for (const { text } of chains.get(chain) ?? []) {
    rules++;
    const [, name = "", target = ""] = /^-[io] (\S+) -j (\S+)$/.exec(text) ?? [];
    const matches = name.endsWith("+") ? port.startsWith(name.slice(0, -1)) : port === name;
    if (matches) return rules + (chains.has(target) ? walked(chains, target, port) : 0);
  }
  throw new Error(`no rule of ${chain} is for ${port}`);
}
