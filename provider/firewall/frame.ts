import { addDispatchTree, type DispatchSyntax, type Leaf } from "./dispatch";
import { type ChainPart, type Chains, emptyChains, type Hook, type Tool } from "./kernel";
import { memo } from "./memo";
import { dispatchChain, EGRESS, FORWARD, FROM, INGRESS, NEIGHBOURS, NEIGHBOURS_FROM, NEIGHBOURS_TO, TO, vifChain } from "./names";

/**
 * The frame: the part of a host's firewall that no guest owns. It sends every bridged packet from or to a guest's port to the chains of
 * whoever claims that port, and drops it when nobody does. An event that was missed therefore fails closed.
 *
 * A frame passes, in this order: ebtables nat PREROUTING (may this port send it), arptables FORWARD, iptables or ip6tables FORWARD
 * (egress of the sender, then ingress of the receiver), ebtables nat POSTROUTING (is the receiver's port claimed).
 */
export interface Frame {
  /** How guests' ports are named: prefixes, as ["vif", "tap", "vnet"]. Other ports are let through. */
  readonly guestPorts: readonly string[];
}

/** A port that a guest's policy claims. */
export interface Claim {
  readonly port: string;
  /** See {@link vifId}. */
  readonly vif: string;
}

/**
 * The rules that lead into our chains; each is the first of its chain, so that no rule of somebody else lets a packet past.
 */
export function frameHooks(frame: Frame): Hook[] {
  const hooks: Hook[] = [];
  for (const port of frame.guestPorts) {
    hooks.push({ tool: "ebtables", chain: "PREROUTING", text: `-i ${port}+ -j ${dispatchChain(FROM, port)}` });
    hooks.push({ tool: "ebtables", chain: "POSTROUTING", text: `-o ${port}+ -j ${dispatchChain(TO, port)}` });
  }
  hooks.push({ tool: "arptables", chain: "FORWARD", text: `-j ${FORWARD}` });
  for (const tool of ["iptables", "ip6tables"] as const) {
    // Routed packets are the host's own business; physdev-out is not to be had for them anyway.
    hooks.push({ tool, chain: "FORWARD", text: `-m physdev --physdev-is-bridged -j ${FORWARD}` });
  }
  return hooks;
}

const LAYER2_FROM: DispatchSyntax = { root: FROM, match: (port) => `-i ${port}`, go: "-j" };
const LAYER2_TO: DispatchSyntax = { root: TO, match: (port) => `-o ${port}`, go: "-j" };
const LAYER3_FROM: DispatchSyntax = { root: EGRESS, match: (port) => `-m physdev --physdev-in ${port}`, go: "-g" };
const LAYER3_TO: DispatchSyntax = { root: INGRESS, match: (port) => `-m physdev --physdev-out ${port}`, go: "-g" };

/** Trees of the last few hosts, by what they were made of: a host is compared with its trees several times in a run. */
const made = new Map<string, ChainPart>();
const MOST_MADE = 16;

/** The frame's chains in every tool, with all claimed ports in their dispatch trees. */
export function frameChains(frame: Frame, claims: readonly Claim[]): ChainPart {
  const key = `${frame.guestPorts.join(" ")}\n${textOf(claims)}`;
  let all = made.get(key);
  if (all === undefined) {
    all = makeChains(frame, claims);
    for (const oldest of [...made.keys()].slice(0, Math.max(0, made.size - MOST_MADE + 1))) made.delete(oldest);
    made.set(key, all);
  }
  return all;
}

const textOf = memo((claims: readonly Claim[]) => claims.map((claim) => `${claim.port} ${claim.vif}`).join("\n"));

function makeChains(frame: Frame, claims: readonly Claim[]): Record<Tool, Chains> {
  const all = emptyChains();
  const leaves = (verdict: (vif: string) => string): Leaf[] => claims.map((claim) => ({ port: claim.port, verdict: verdict(claim.vif) }));

  // A port's chain is jumped to, never gone to: one that somebody flushed leads back to the tree, which ends in DROP.
  for (const port of frame.guestPorts) {
    addDispatchTree(
      all.ebtables,
      LAYER2_FROM,
      port,
      leaves((vif) => `-j ${vifChain.layer2(vif)}`),
    );
    addDispatchTree(
      all.ebtables,
      LAYER2_TO,
      port,
      leaves(() => "-j ACCEPT"),
    );
    addDispatchTree(
      all.arptables,
      LAYER2_FROM,
      port,
      leaves((vif) => `-j ${vifChain.layer2(vif)}`),
    );
    addDispatchTree(
      all.arptables,
      LAYER2_TO,
      port,
      leaves(() => "-j ACCEPT"),
    );
    for (const tool of ["iptables", "ip6tables"] as const) {
      addDispatchTree(
        all[tool],
        LAYER3_FROM,
        port,
        leaves((vif) => `-j ${vifChain.egress(vif)}`),
      );
      addDispatchTree(
        all[tool],
        LAYER3_TO,
        port,
        leaves((vif) => `-j ${vifChain.ingress(vif)}`),
      );
    }
  }

  // From a guest first; a packet it may send goes on to csp-to from its own chain.
  all.arptables.set(FORWARD, [
    ...frame.guestPorts.map((port) => ({ text: `-i ${port}+ -j ${dispatchChain(FROM, port)}` })),
    ...frame.guestPorts.map((port) => ({ text: `-o ${port}+ -j ${dispatchChain(TO, port)}` })),
  ]);
  all.arptables.set(TO, [
    ...frame.guestPorts.map((port) => ({ text: `-o ${port}+ -j ${dispatchChain(TO, port)}` })),
    { text: "-j ACCEPT" },
  ]);

  for (const tool of ["iptables", "ip6tables"] as const) {
    const fromGuest = frame.guestPorts.map((port) => ({ text: `-m physdev --physdev-in ${port}+ -g ${dispatchChain(EGRESS, port)}` }));
    const toGuest = frame.guestPorts.map((port) => ({ text: `-m physdev --physdev-out ${port}+ -g ${dispatchChain(INGRESS, port)}` }));
    // Anti-spoofing has been at layer 2, so an accepted connection needs no further look.
    const accepted = { text: "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT" };
    const neighbours = (chain: string) => (tool === "ip6tables" ? [{ text: `-p ipv6-icmp -j ${chain}` }] : []);
    all[tool].set(FORWARD, [accepted, ...neighbours(NEIGHBOURS), ...fromGuest, ...toGuest]);
    // Where an egress rule sends what it allows: the verdict is always given from here.
    all[tool].set(INGRESS, [...neighbours(NEIGHBOURS_TO), ...toGuest, { text: "-j ACCEPT" }]);
  }
  addNeighbours(all.ip6tables, frame);
  return all;
}

/** ICMPv6 types: router and neighbour solicitation, neighbour advertisement, and reports of who listens to which multicast group. */
const ANY_GUEST_SENDS = [133, 135, 136, 131, 132, 143];
/** The first three, and what routers send: who listens to what, their advertisements, redirects. */
const ANY_GUEST_RECEIVES = [133, 135, 136, 130, 134, 137];

/**
 * Neighbour discovery is to IPv6 what ARP is to IPv4: no rule of a user's may cut it. It is here and not in guests' chains, twelve rules in each,
 * for what those cost: some kernels check a table by walking every path through it (docs/how-it-works.md), and each rule that goes on to
 * csp-ingress is one. Layer 2 has seen to it that the port may send and from which addresses; whether a guest may send what only routers send
 * is for its own chain to say.
 */
function addNeighbours(chains: Chains, frame: Frame): void {
  const type = (number: number) => `-p ipv6-icmp -m icmp6 --icmpv6-type ${number}`;
  chains.set(NEIGHBOURS, [
    ...frame.guestPorts.map((port) => ({ text: `-m physdev --physdev-in ${port}+ -g ${NEIGHBOURS_FROM}` })),
    ...frame.guestPorts.map((port) => ({ text: `-m physdev --physdev-out ${port}+ -g ${NEIGHBOURS_TO}` })),
  ]);
  chains.set(
    NEIGHBOURS_FROM,
    ANY_GUEST_SENDS.map((number) => ({ text: `${type(number)} -g ${INGRESS}` })),
  );
  chains.set(
    NEIGHBOURS_TO,
    ANY_GUEST_RECEIVES.map((number) => ({ text: `${type(number)} -j ACCEPT` })),
  );
}
