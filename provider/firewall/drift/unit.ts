import type { GuestDeclaration } from "../compile/guest";
import type { CompiledUnit, UnitDeclaration } from "../compile/unit";
import { sameSet } from "../model/change";
import { chainsIn, type Line, type Table, toolOf } from "../model/kernel";
import { groupChain, vifChain, vifId } from "../model/names";
import { holds } from "../plan/agreement";
import type { ActualKernel } from "../plan/plan";
import { setsOf } from "../planes/references";
import type { EgressRule, IngressRule } from "../policy/fields";
import type { UnledPort } from "./dispatch";
import { type ChainPair, chainFindings, listDrift } from "./list";

/** How one unit in the kernel differs from its declaration. Lists without a difference are the declared objects themselves. */
export interface UnitDrift {
  readonly guests: ReadonlyMap<string, RuleLists>;
  readonly groups: ReadonlyMap<string, RuleLists>;
  /** One sentence for each difference, whether or not a list of rules can show it. */
  readonly findings: readonly string[];
}

export interface RuleLists {
  readonly ingress: readonly IngressRule[];
  readonly egress: readonly EgressRule[];
}

/** The tables that contain the rules of lists. */
const LAYER3 = ["iptables.filter", "ip6tables.filter"] as const;
const OTHERS = ["nft.bridge", "ebtables.nat", "arptables.filter", "iptables.raw", "ip6tables.raw"] as const;

/**
 * Compares a unit with a host's kernel. `unled` are the ports that the host's dispatch trees do not lead to their guests' chains. Tables that
 * csp does not use on the host are ignored.
 */
export function findUnitDrift(
  declared: UnitDeclaration,
  compiled: CompiledUnit,
  actual: ActualKernel,
  unled: readonly UnledPort[],
  tables: readonly Table[],
): UnitDrift {
  const findings: string[] = [];
  const guests = new Map<string, RuleLists>();
  const groups = new Map<string, RuleLists>();
  const pair = (table: Table, chain: string, where: string, desired: readonly Line[]): ChainPair => ({
    tool: toolOf(table),
    chain,
    where,
    desired,
    actual: actual.tables[table].chains.get(chain),
  });

  for (const [index, guest] of declared.guests.entries()) {
    const chains = compiled.guests[index]?.chains;
    if (chains === undefined) continue;
    if (holds(actual.tables, chains, tables)) {
      guests.set(guest.label, { ingress: guest.ingress, egress: guest.egress });
      continue;
    }
    const say = (found: readonly string[]) => findings.push(...found.map((text) => `guest ${guest.label}: ${text}`));
    for (const table of OTHERS) {
      if (!tables.includes(table)) continue;
      for (const nic of guest.interfaces) {
        const id = vifId(guest.uuid, nic.device);
        for (const chainOf of [vifChain.layer2, vifChain.receive, vifChain.pin]) {
          const desired = chainsIn(chains, table).get(chainOf(id));
          if (desired !== undefined) say(chainFindings(pair(table, chainOf(id), `interface ${nic.device}`, desired)));
        }
      }
    }
    const list = <R extends IngressRule | EgressRule>(direction: "ingress" | "egress", rules: readonly R[]) => {
      const pairs = guest.interfaces.flatMap((nic) =>
        LAYER3.map((table) => {
          const chain = vifChain[direction](vifId(guest.uuid, nic.device));
          return pair(table, chain, `interface ${nic.device}`, chainsIn(chains, table).get(chain) ?? []);
        }),
      );
      const drift = listDrift(rules, direction, undefined, pairs);
      say(drift.findings);
      return drift.rules;
    };
    guests.set(guest.label, { ingress: list("ingress", guest.ingress), egress: list("egress", guest.egress) });
  }

  for (const [name, group] of declared.groups) {
    const list = <R extends IngressRule | EgressRule>(direction: "ingress" | "egress", rules: readonly R[]) => {
      const chain = groupChain[direction](compiled.id, name);
      const pairs = LAYER3.filter((table) => chainsIn(compiled.shared, table).has(chain)).map((table) =>
        pair(table, chain, "shared chain", chainsIn(compiled.shared, table).get(chain) ?? []),
      );
      const drift = listDrift(rules, direction, name, pairs);
      findings.push(...drift.findings.map((text) => `group ${name}: ${text}`));
      return drift.rules;
    };
    groups.set(name, { ingress: list("ingress", group.ingress), egress: list("egress", group.egress) });
  }

  findings.push(...setFindings(compiled, actual), ...dispatchFindings(declared.guests, unled, tables));
  return { guests, groups, findings };
}

function setFindings(compiled: CompiledUnit, actual: ActualKernel): string[] {
  return [...compiled.sets].flatMap(([name, wanted]) => {
    const is = actual.sets.get(name);
    if (is !== undefined && sameSet(is, wanted)) return [];
    const set = `${usersOf(compiled, name)}, IP set ${name}`;
    if (is === undefined) return [`${set}: it is gone`];
    const missing = [...wanted.members].filter((member) => !is.members.has(member));
    const extra = [...is.members].filter((member) => !wanted.members.has(member));
    const found = [
      ...missing.map((member) => `${set}: member ${member} is missing`),
      ...extra.map((member) => `${set}: member ${member} was added by hand`),
    ];
    return found.length > 0 ? found : [`${set}: it was created again with other settings`];
  });
}

/** The rules that use a set of ours, because the set's name tells a reader nothing. */
function usersOf(compiled: CompiledUnit, set: string): string {
  const users = new Set<string>();
  const look = (chains: CompiledUnit["shared"], of: string) => {
    for (const table of LAYER3) {
      for (const { text, origin } of [...chainsIn(chains, table).values()].flat()) {
        if (origin === undefined || !setsOf(toolOf(table), text).includes(set)) continue;
        users.add(`${origin.group === undefined ? of : `group ${origin.group}`}: ${origin.list} rule ${origin.rule}`);
      }
    }
  };
  look(compiled.shared, "");
  for (const guest of compiled.guests) look(guest.chains, `guest ${guest.label}`);
  const [first = "unused", ...more] = users;
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}

/** Ports of the unit's guests that no tree leads to their chains. */
function dispatchFindings(guests: readonly GuestDeclaration[], unled: readonly UnledPort[], tables: readonly Table[]): string[] {
  if (unled.length === 0) return [];
  const own = new Map(guests.flatMap((guest) => guest.interfaces.map((nic) => [vifId(guest.uuid, nic.device), guest.label] as const)));
  return unled
    .filter(({ vif, table }) => own.has(vif) && tables.includes(table))
    .map(({ vif, table, port }) => `guest ${own.get(vif)}: ${toolOf(table)}: port ${port} is not led to the guest's rules`);
}
