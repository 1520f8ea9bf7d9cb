import type { CompiledUnit } from "../../firewall/compile/unit";
import { chainsIn, isTable, type Jump, type JumpPlace, TABLES, type Table, type Tool, UNNAMED_TABLE } from "../../firewall/model/kernel";
import { chainLines, oneLine, type RecordLines, setLines, splitAt, withDigest } from "./lines";

/** The record of what one resource owns on a host besides its guests. */
export interface UnitRecord {
  readonly id: string;
  readonly owner: string;
  readonly chains: readonly string[];
  readonly sets: readonly string[];
  readonly jumps: readonly Jump[];
  /** The file's digest; absent from files of earlier versions. */
  readonly digest?: string;
}

export function formatUnit(unit: CompiledUnit, owner: string, declaration: unknown): string {
  const chains = new Set(TABLES.flatMap((table) => [...chainsIn(unit.shared, table).keys()]));
  return withDigest("csp-unit 2", [
    `unit ${unit.id}`,
    `owner ${oneLine(owner)}`,
    ...[...chains].map((chain) => `chain ${chain}`),
    ...[...unit.sets.keys()].map((set) => `set ${set}`),
    ...(unit.jumps ?? []).map(({ table, chain, place = "frame", text }) => `jump ${table} ${chain} ${place} ${text}`),
    `declaration ${JSON.stringify(declaration)}`,
    "== ipset",
    ...setLines(unit.sets),
    ...chainLines(unit.shared),
  ]);
}

export function readUnit(lines: RecordLines): UnitRecord {
  const digest = lines.value("digest");
  return {
    id: lines.value("unit"),
    owner: lines.value("owner"),
    chains: lines.values("chain"),
    sets: lines.values("set"),
    jumps: [...lines.values("jump").map(parseJump), ...lines.values("hook").map((line) => parseJump(withTable(line)))],
    ...(digest === "" ? {} : { digest }),
  };
}

/** Reads "TOOL CHAIN PLACE RULE", from versions in which tables had no names. */
function withTable(line: string): string {
  const [tool, rest] = splitAt(line);
  return `${UNNAMED_TABLE[tool as Tool] ?? tool} ${rest}`;
}

function parseJump(line: string): Jump {
  const [table, rest] = splitAt(line);
  const [chain, behind] = splitAt(rest);
  const [place, text] = splitAt(behind);
  return { table: (isTable(table) ? table : "iptables.filter") as Table, chain, place: place as JumpPlace, text };
}
