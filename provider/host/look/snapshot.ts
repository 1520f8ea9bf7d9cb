import { isDeepStrictEqual } from "node:util";
import { TABLES, TOOLS } from "../../firewall/model/kernel";
import type { ActualKernel } from "../../firewall/plan/plan";
import { EMPTY_TABLE, parseSaved, parseSets, type SavedTable, type SavedTables } from "../../firewall/planes/xtables/saved";
import { INDEX_WORDS, parseIndex, type Records } from "../records/records";
import { STATE_DIR } from "../records/state-dir";
import { SUMMED } from "../records/sums";
import { parseZones } from "../records/zones";
import { program } from "../remote/program";
import { CALLER_LINKS, CALLER_PATHS } from "./callers";
import { type Dialect, formatDialect } from "./facts";
import { type HostPorts, type PortFinding, parsePorts } from "./ports";
import { SETTINGS, settingWords } from "./settings";

/** A host at one moment: what its kernel holds, what csp has on record there, and which port is whose. */
export interface Snapshot extends ActualKernel {
  /** The content of the host's `generation` file. Every transaction changes it. */
  readonly generation: string;
  readonly records: Records;
  /** The guests' ports that the toolstack knows; they are among those of `network`. */
  readonly ports: readonly PortFinding[];
  /** Every port and bridge. It is the same object as in an earlier snapshot if nothing changed. */
  readonly network: HostPorts;
  /** Value of each of BRIDGE_SYSCTLS (sysctls.ts); absent where the kernel has none. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** How csp called the host's tools. */
  readonly dialect: Dialect;
  /** A transaction ended half-way and must be undone first, or it was running during the read. */
  readonly unfinished: boolean;
  /** Settings of any bridges and ports that do not have the value that csp gives them ("vif3.0/brport/root_block"). */
  readonly unset: ReadonlySet<string>;
  /** The kernel's id of this boot. */
  readonly boot: string;
  /** MD5 of each file that calls the hook, by its path, if it exists. */
  readonly callers: ReadonlyMap<string, string>;
  /** Octal modes of the hook and of the files that call it, by path: "755". */
  readonly modes: ReadonlyMap<string, string>;
  /** The targets of the links by which an init starts the hook, by path. */
  readonly links: ReadonlyMap<string, string>;
  /** What the hook could not do, oldest first. */
  readonly failures: readonly HookFailure[];
  /** When csp asked for it, by this process's clock (ms). */
  readonly takenAt: number;
}

/** A line that the hook wrote; see remote/hook.sh. */
export interface HookFailure {
  readonly time: string;
  /** A port, or the part of the work: "lock", "transaction", "sets", "rules". */
  readonly at: string;
  /** A guest's label or UUID, or "-". */
  readonly guest: string;
  readonly cause: string;
}

const HOOK = `${STATE_DIR}/hook`;

/** Prints the whole snapshot; reads only. */
export function snapshotScript(dialect: Dialect): string {
  return `${formatDialect(dialect)}${SCRIPT}`;
}

const SCRIPT = program("snapshot.sh", {
  INDEX_WORDS: INDEX_WORDS.join("|"),
  SUMMED_FILES: [...SUMMED.map((file) => `${STATE_DIR}/${file}`), ...CALLER_PATHS].join(" "),
  MODE_FILES: [HOOK, ...CALLER_PATHS].join(" "),
  LINKS: CALLER_LINKS.join(" "),
  SETTINGS: settingWords(SETTINGS),
});

/** Undefined if a tool failed. `before`: an earlier snapshot of the same host; ports and chains that have not changed are the same objects. */
export function parseSnapshot(text: string, takenAt: number, dialect: Dialect, before?: Snapshot): Snapshot | undefined {
  const sections = splitSections(text);
  if (!sections.has("end") || [...sections.keys()].some((name) => name.startsWith("failed "))) return undefined;
  // A copy, because otherwise the few words kept of each record would keep the whole text in memory.
  const section = (name: string) => Buffer.from(sections.get(name) ?? "").toString();
  const network = asKnown(parsePorts(section("ports")), before?.network);
  const state = section("state").split("\n");
  const sums = parseSums(section("sums"));
  const listed = Object.assign({}, ...TOOLS.map((tool) => parseSaved(tool, sections.get(tool) ?? ""))) as Partial<SavedTables>;
  const tables = Object.fromEntries(
    TABLES.map((table) => [table, asBefore(listed[table] ?? EMPTY_TABLE, before?.tables[table])]),
  ) as unknown as SavedTables;
  return {
    takenAt,
    dialect,
    generation: state[0] === "unfinished" ? "" : generationOf(state[0]),
    unfinished: state.includes("unfinished") || section("still") !== section("state"),
    unset: new Set([...section("unset").matchAll(/^\/sys\/class\/net\/(\S+)$/gm)].map(([, path = ""]) => path)),
    boot: section("boot").trim(),
    records: parseIndex(
      section("index"),
      {
        sums: new Map(
          SUMMED.flatMap((file) => {
            const sum = sums.get(`${STATE_DIR}/${file}`);
            return sum === undefined ? [] : [[file, sum] as const];
          }),
        ),
        odd: section("odd")
          .split("\n")
          .flatMap((path) => (path.startsWith(`${STATE_DIR}/`) ? [path.slice(STATE_DIR.length + 1)] : [])),
        zones: parseZones(section("zones")),
      },
      before?.records,
    ),
    callers: new Map([...sums].filter(([path]) => CALLER_PATHS.includes(path))),
    modes: new Map([...section("modes").matchAll(/^(\d+) (\S+)$/gm)].map(([, mode = "", path = ""]) => [path, mode])),
    links: new Map([...section("links").matchAll(/^(\S+) (\S+)$/gm)].map(([, path = "", target = ""]) => [path, target])),
    failures: parseFailures(section("failures")),
    tables,
    sets: parseSets(section("ipset")),
    sysctls: Object.fromEntries(
      section("sysctl")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.split(" ") as [string, string]),
    ),
    ports: network.found,
    network,
  };
}

/** csp sends it back to the host in the next transaction's settings. Anything but a number counts as none, as it does there (remote/transaction.sh). */
function generationOf(line = ""): string {
  return /^\d{0,18}$/.test(line) ? line : "0";
}

function asKnown<T>(now: T, before: T | undefined): T {
  return before !== undefined && isDeepStrictEqual(before, now) ? before : now;
}

/**
 * A table in which unchanged chains are the same objects as before, so that nobody compares them again and the text that they were read from is
 * not kept.
 */
function asBefore(table: SavedTable, before: SavedTable | undefined): SavedTable {
  if (before === undefined) return table;
  const chains = new Map<string, readonly string[]>();
  for (const [chain, rules] of table.chains) {
    const known = before.chains.get(chain);
    chains.set(chain, known === undefined ? rules : keptTexts(rules, known));
  }
  const foreign = new Map([...table.foreign].map(([chain, rules]) => [chain, rules.map((rule) => Buffer.from(rule).toString())]));
  return { ...table, chains, foreign };
}

/**
 * Texts that were cut out of a long one, without keeping that one in memory: the same as those that are known already, where they are equal, or
 * copies.
 */
export function keptTexts(texts: readonly string[], known: readonly string[]): readonly string[] {
  if (texts.length === known.length && texts.every((text, index) => text === known[index])) return known;
  return texts.map((text, index) => (text === known[index] ? known[index] : Buffer.from(text).toString()));
}

/** Path to sum. */
function parseSums(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^([0-9a-f]{32}) [ *](\S+)$/gm)].map(([, sum = "", path = ""]) => [path, sum] as const));
}

function parseFailures(text: string): HookFailure[] {
  return [...text.matchAll(/^(\S+) (\S+) (\S+) (.*)$/gm)].map(([, time = "", at = "", guest = "", cause = ""]) => ({
    time,
    at,
    guest,
    cause,
  }));
}

/** Divides the output of our scripts at lines "@@csp NAME"; gives the text after each, by name. */
export function splitSections(text: string): Map<string, string> {
  const sections = new Map<string, string>();
  const pieces = text.split(/^@@csp /m);
  for (const piece of pieces.slice(1)) {
    const end = piece.indexOf("\n");
    const name = end < 0 ? piece : piece.slice(0, end);
    sections.set(name.trim(), end < 0 ? "" : piece.slice(end + 1));
  }
  return sections;
}
