import { isDeepStrictEqual } from "node:util";
import type { Tool } from "../firewall/kernel";
import { TOOLS } from "../firewall/kernel";
import type { ActualKernel } from "../firewall/plan";
import { parseSaved, parseSets, type SavedTable } from "../firewall/saved";
import { EBTABLES_SHELL } from "./ebtables-shell";
import type { HostFacts } from "./facts";
import { CALLER_PATHS } from "./hook/callers";
import { PORTS_SCRIPT, type PortFinding, parsePorts } from "./ports";
import { INDEX_WORDS, parseIndex, type Records, STATE_DIR, SUMMED } from "./records";

/** A host at one moment: what its kernel holds, what csp has on record there, and which port is whose. */
export interface Snapshot extends ActualKernel {
  /** Of the host's `generation` file; every transaction changes it. */
  readonly generation: string;
  readonly records: Records;
  readonly ports: readonly PortFinding[];
  /** Value of each of {@link BRIDGE_SYSCTLS}; absent where the kernel has none. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** A transaction ended half-way and must be undone first, or was under way while this was read. */
  readonly unfinished: boolean;
  /** The kernel's id of this boot. */
  readonly boot: string;
  /** MD5 of each file that calls the hook, by its path; files that are not there have none. */
  readonly callers: ReadonlyMap<string, string>;
  /** What the hook could not do, oldest first. */
  readonly failures: readonly HookFailure[];
  /** When it was asked for, by this process's clock (ms). */
  readonly takenAt: number;
}

/** A line of the hook's: see hook/script.ts. */
export interface HookFailure {
  readonly time: string;
  /** A port, or which part of the work: "lock", "transaction", "sets", "rules". */
  readonly at: string;
  /** A guest's label or UUID, or "-". */
  readonly guest: string;
  readonly cause: string;
}

const MARK = "@@csp";

/** What sends bridged packets through iptables, ip6tables and arptables, below /proc/sys/net/bridge. */
export const BRIDGE_SYSCTLS = ["bridge-nf-call-iptables", "bridge-nf-call-ip6tables", "bridge-nf-call-arptables"] as const;

/** So many that `tail` prints nothing before its input ends: what comes is in memory, and not in a file on the host. */
const ALL_LINES = 1_000_000_000;

/**
 * Prints the whole snapshot; reads only. Half of it is read while the other half is: of a thousand guests each tool takes a quarter of a
 * second, on a processor of its own.
 */
export function snapshotScript(facts: HostFacts): string {
  const { arptables, backend, ebtables } = facts.dialect;
  // Asking legacy iptables for a table that is not loaded loads it; a look must not change the host.
  const save = (tool: "iptables" | "ip6tables", names: string) => {
    const command = `${tool}-save -t filter`;
    return backend === "legacy"
      ? `if grep -qx filter /proc/net/${names} 2>/dev/null; then ${command} || fail ${tool}; fi`
      : `${command} || fail ${tool}`;
  };
  return `PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export PATH
LC_ALL=C; export LC_ALL
fail() { echo "${MARK} failed $1"; exit 3; }
s=${STATE_DIR}
state() {
  if [ -d $s ]; then
    cat $s/generation 2>/dev/null
    if [ -d $s/journal ] || [ -d $s/commit ]; then echo unfinished; fi
    # The hook is at work, or died at it.
    if [ -e $s/hook ] && [ ! -e $s/ports ]; then echo unfinished; fi
  fi
}
echo "${MARK} state"; state
echo "${MARK} index"
if [ -d $s ]; then cd $s && for f in frame units guests sets; do [ -e $f ] && grep -rhE '^(${INDEX_WORDS.join("|")}) ' $f; done; cd /; fi
echo "${MARK} sums"; md5sum ${[...SUMMED.map((file) => `$s/${file}`), ...CALLER_PATHS].join(" ")} 2>/dev/null
echo "${MARK} failures"; [ ! -s $s/failures ] || cat $s/failures
echo "${MARK} boot"; read -r b </proc/sys/kernel/random/boot_id && echo "$b"
beside() {
  echo "${MARK} ip6tables"; ${save("ip6tables", "ip6_tables_names")}
  echo "${MARK} arptables"; ${arptables === undefined ? ":" : `${arptables} -nL || fail arptables`}
  echo "${MARK} ports"
${PORTS_SCRIPT}
}
beside | tail -n ${ALL_LINES} | {
  echo "${MARK} iptables"; ${save("iptables", "ip_tables_names")}
  echo "${MARK} ebtables"; ${ebtables === "legacy" ? `ebtables=legacy${EBTABLES_SHELL}nat_save` : "ebtables-save"} || fail ebtables
  echo "${MARK} ipset"; ipset save || fail ipset
  echo "${MARK} sysctl"; for k in ${BRIDGE_SYSCTLS.join(" ")}; do [ -r /proc/sys/net/bridge/$k ] && echo "$k $(cat /proc/sys/net/bridge/$k)"; done
  cat
}
echo "${MARK} still"; state
echo "${MARK} end"
`;
}

/** Undefined where a tool failed. `before`: an earlier look at the same host, whose ports and chains are the same objects where none has changed. */
export function parseSnapshot(text: string, takenAt: number, before?: Snapshot): Snapshot | undefined {
  const sections = splitSections(text);
  if (!sections.has("end") || [...sections.keys()].some((name) => name.startsWith("failed "))) return undefined;
  // A copy: what is kept of it, a few words of each record, would keep the whole text in memory.
  const section = (name: string) => Buffer.from(sections.get(name) ?? "").toString();
  const ports = parsePorts(section("ports"));
  const listing = (tool: Tool) => parseSaved(tool, sections.get(tool) ?? "");
  const state = section("state").split("\n");
  const sums = parseSums(section("sums"));
  const tables = Object.fromEntries(TOOLS.map((tool) => [tool, asBefore(listing(tool), before?.tables[tool])])) as Record<Tool, SavedTable>;
  return {
    takenAt,
    generation: state[0] === "unfinished" ? "" : (state[0] ?? ""),
    unfinished: state.includes("unfinished") || section("still") !== section("state"),
    boot: section("boot").trim(),
    records: parseIndex(
      section("index"),
      new Map(
        SUMMED.flatMap((file) => {
          const sum = sums.get(`${STATE_DIR}/${file}`);
          return sum === undefined ? [] : [[file, sum] as const];
        }),
      ),
      before?.records,
    ),
    callers: new Map([...sums].filter(([path]) => CALLER_PATHS.includes(path))),
    failures: parseFailures(section("failures")),
    tables,
    sets: parseSets(section("ipset")),
    sysctls: Object.fromEntries(
      section("sysctl")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.split(" ") as [string, string]),
    ),
    ports: before !== undefined && isDeepStrictEqual(before.ports, ports) ? before.ports : ports,
  };
}

/**
 * A table whose chains are the same objects as before where they say the same: who compared them once need not again, and the text that they
 * were read from is not kept.
 */
function asBefore(table: SavedTable, before: SavedTable | undefined): SavedTable {
  if (before === undefined) return table;
  const chains = new Map<string, readonly string[]>();
  for (const [chain, rules] of table.chains) {
    const known = before.chains.get(chain);
    chains.set(chain, known !== undefined && sameTexts(known, rules) ? known : rules);
  }
  const foreign = new Map([...table.foreign].map(([chain, rules]) => [chain, rules.map((rule) => Buffer.from(rule).toString())]));
  return { ...table, chains, foreign };
}

export function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, index) => text === b[index]);
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

/** "@@csp NAME" lines divide what a script of ours prints; the text behind each, by name. */
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
