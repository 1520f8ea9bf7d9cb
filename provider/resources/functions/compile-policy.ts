import { z } from "zod";
import { isPlain } from "../../core/defaults";
import { defineFunction, type PartiallyKnown, UNKNOWN } from "../../core/define";
import { type CompiledUnit, compileUnit } from "../../firewall/compile/unit";
import type { TablePlan } from "../../firewall/model/change";
import { type ChainPart, chainsIn, type Table, type Tool, tablesOf } from "../../firewall/model/kernel";
import { CURRENT } from "../../firewall/planes/print";
import { arptablesForward } from "../../firewall/planes/xtables/arptables";
import { restoreText, setText } from "../../firewall/planes/xtables/restore";
import { checkHostPolicy } from "../../firewall/policy/consistency";
import type { Report } from "../../schema/field";
import { hostPolicyInputs } from "../host-policy/fields";
import { declarePolicy } from "../host-policy/policy-declaration";

const { name, groups, guests } = hostPolicyInputs.shape;

const restored = (tool: string) => z.string().describe(`The chains, as input for \`${tool}-restore --noflush\`.`);

export const compilePolicy = defineFunction({
  token: "csp:firewall:compilePolicy",
  description:
    "What a policy becomes in the kernel: the chains of its guests and groups in each tool's own words, and its sets. csp asks no host for it. The rules that lead from a host's ports to these chains depend on the ports and are not part of the result.",
  inputs: z.object({ name, groups, guests: guests.describe("Guests by a key that you choose, each with its UUID.") }),
  outputs: z.object({
    iptables: restored("iptables"),
    ip6tables: restored("ip6tables"),
    ebtables: restored("ebtables"),
    arptables: z.string().describe("The chains as arguments of arptables, one command on each line, because this tool has no restore."),
    ipset: z.string().describe("The sets, as input for `ipset restore`."),
  }),
  crossCheck: (inputs, report) => {
    checkHostPolicy(inputs, report);
    checkUuids(inputs.guests, report);
  },
  invoke: async (_context, inputs) => {
    const uuids = new Map(Object.entries(inputs.guests).map(([key, guest]) => [key, guest.uuid?.toLowerCase() ?? ""]));
    const unit = compileUnit(declarePolicy(inputs, uuids), CURRENT);
    const sets = [...unit.sets].map(([set, after]) => ({ name: set, before: undefined, after, order: "add-first" as const }));
    return {
      iptables: restoreTexts(unit, "iptables"),
      ip6tables: restoreTexts(unit, "ip6tables"),
      ebtables: restoreTexts(unit, "ebtables"),
      arptables: arptablesForward(planOf(unit, "arptables.filter"))
        .map(({ args }) => `${args}\n`)
        .join(""),
      ipset: setText(sets).before,
    };
  },
});

/** Refuses names, because this function asks no host which guest has a name. */
function checkUuids(declared: PartiallyKnown, report: Report): void {
  for (const [key, guest] of Object.entries(isPlain(declared) ? declared : {}))
    if (isPlain(guest) && guest.uuid === undefined && guest.name !== undefined && guest.name !== UNKNOWN)
      report(
        ["guests", key, "name"],
        "csp could find a guest by its name only on a host, and asks no host here",
        "give the guest's `uuid`",
      );
}

function restoreTexts(unit: CompiledUnit, tool: Exclude<Tool, "arptables">): string {
  return tablesOf([tool])
    .filter((table) => table !== "arptables.filter")
    .map((table) => restoreText(table, planOf(unit, table)))
    .join("");
}

/** A plan for the unit's chains of a table on a host that has none of them. */
function planOf(unit: CompiledUnit, table: Table): TablePlan {
  const parts: readonly ChainPart[] = [unit.shared, ...unit.guests.map((guest) => guest.chains)];
  const chains = parts.flatMap((part) =>
    [...chainsIn(part, table)].map(([chain, lines]) => ({ chain, before: undefined, after: lines.map(({ text }) => text) })),
  );
  return { chains, jumps: [] };
}
