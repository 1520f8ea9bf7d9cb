import { frameChains } from "../../firewall/compile/frame";
import { ChainBook, chainsIn, isTable, TABLES, type Tool, UNNAMED_TABLE } from "../../firewall/model/kernel";
import { type ActualKernel, inOrder } from "../../firewall/plan/plan";
import { parseSets, recordedChains, type SavedTables } from "../../firewall/planes/xtables/saved";
import type { AskedHost } from "../look/asked";
import type { Snapshot } from "../look/snapshot";
import { program } from "../remote/program";
import { recordedJumps } from "./jumps";
import { recordedBridges, recordedFrame, recordedPorts } from "./recorded-ports";

/**
 * What a host's kernel would hold if it were as declared, and nobody else had rules: from the records that the hook loads at boot, and the
 * ports that are there now.
 */
export async function recordedKernel(host: AskedHost, snapshot: Snapshot): Promise<ActualKernel> {
  const text = await host.ask(program("recorded.sh"), "reading the records", "state");
  const frame = recordedFrame(snapshot);
  const book = new ChainBook();
  if (frame !== undefined) book.add(frameChains(frame, recordedPorts(snapshot).claims, recordedBridges(snapshot)));
  const sections = new Map<string, string[]>();
  for (const piece of text.split(/^== /m)) {
    const [section = "", ...lines] = piece.split("\n");
    // Versions before tables had names.
    const table = UNNAMED_TABLE[section as Tool] ?? section;
    sections.set(table, [...(sections.get(table) ?? []), ...lines]);
  }
  for (const [table, lines] of sections) {
    if (!isTable(table)) continue;
    for (const [chain, rules] of recordedChains(lines))
      book.put(
        table,
        chain,
        rules.map((text) => ({ text })),
      );
  }
  const jumps = recordedJumps(await host.facts(), snapshot);
  const tables = Object.fromEntries(
    TABLES.map((table) => {
      const own = jumps.filter((jump) => jump.table === table);
      return [
        table,
        {
          chains: new Map([...chainsIn(book.part, table)].map(([name, rules]) => [name, rules.map((line) => line.text)])),
          foreign: new Map(
            [...new Set(own.map(({ chain }) => chain))].map((chain) => [
              chain,
              inOrder(own.filter((jump) => jump.chain === chain)).map((jump) => jump.text),
            ]),
          ),
        },
      ];
    }),
  ) as unknown as SavedTables;
  return { tables, sets: parseSets((sections.get("ipset") ?? []).join("\n")) };
}
