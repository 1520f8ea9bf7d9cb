import { parseTables, type SavedTable, type SavedTables } from "../../firewall/planes/xtables/saved";
import type { Others, Unread } from "../../firewall/traffic/verdict";
import * as errors from "../errors";
import { program } from "../remote/program";
import { SYSCTL_FILE } from "../remote/sysctls";
import type { AskedHost } from "./asked";
import { type Dialect, formatDialect } from "./facts";
import { splitSections } from "./snapshot";

/** What else on a host decides about bridged packets: rules of others, and rules of csp that csp no longer reads. */
export interface Surroundings {
  /** Base chains of nft that iptables, ebtables or arptables did not make: those of firewalld, of Proxmox, of a hand-written ruleset. */
  readonly chains: readonly NftChain[];
  /** Tables of the tools' other backend. */
  readonly other: readonly OtherTable[];
  /** Lines of sysctl files that turn bridge filtering off. */
  readonly sysctls: readonly { readonly file: string; readonly key: string }[];
}

export interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly hook: string;
  /** "filter", "nat", "route". */
  readonly type: string;
  readonly policy: string;
  readonly rules: number;
}

export interface OtherTable {
  readonly tool: string;
  readonly table: string;
  readonly rules: number;
  /** Built-in chains that drop what their rules do not decide about. */
  readonly drops: readonly string[];
  /** The number of rules that are csp's or lead to csp's chains. */
  readonly ours: number;
}

export async function lookAround(host: AskedHost, dialect: Dialect): Promise<Surroundings> {
  return parseSurroundings(
    await host.ask(`${formatDialect(dialect)}${program("surroundings.sh")}`, "looking for other firewalls", "state"),
  );
}

export function parseSurroundings(text: string): Surroundings {
  const chains: NftChain[] = [];
  const other: OtherTable[] = [];
  const sysctls: { file: string; key: string }[] = [];
  for (const line of text.split("\n")) {
    const [kind, a = "", b = "", c = "", d = "", e = "", f = "", g = ""] = line.split(" ");
    if (kind === "chain") chains.push({ family: a, table: b, chain: c, hook: d, type: e, policy: f, rules: Number(g) });
    else if (kind === "other") other.push({ tool: a, table: b, rules: Number(c), drops: d === "-" ? [] : d.split(","), ours: Number(e) });
    else if (kind === "sysctl") sysctls.push({ file: a, key: b });
  }
  return { chains, other, sysctls };
}

/**
 * Rules of others that also decide about packets from the bridges' ports, one sentence each. With bridge filtering on, packets meet them that
 * did not meet them before, also those of ports that belong to no guest. A frame's record keeps these sentences, and another wording is drift.
 */
export function besides(surroundings: Surroundings, tables: SavedTables, dialect: Dialect): string[] {
  const found: string[] = [];
  for (const tool of ["iptables", "ip6tables"] as const) {
    const { policies, foreign } = tables[`${tool}.filter`];
    if (policies?.get("FORWARD") === "DROP") {
      const who = OWNERS.find(([chain]) => foreign.has(chain))?.[1];
      found.push(`${tool}: FORWARD drops what no rule lets through (its policy${who === undefined ? "" : `; ${who} has rules there`})`);
    }
    // ebiptables_driver.c of libvirt: iptablesCreateBaseChainsFW puts these jumps in front whenever it sets a filter.
    if (foreign.has("libvirt-in-post"))
      found.push(
        `${tool}: libvirt's nwfilter has rules in FORWARD (libvirt-in, libvirt-in-post). Each time it sets a filter, it puts them in front of csp's, ` +
          "and accepts what a filtered port sends, also to csp's guests, until csp's hook has looked",
      );
  }
  return [...found, ...unreadRules(surroundings, dialect).map(({ what }) => what)];
}

/** Rules of others on the way of bridged packets that csp does not read. */
export function unreadRules({ chains, other }: Surroundings, { backend }: Dialect): Unread[] {
  const found: Unread[] = [];
  for (const { family, table, chain, hook, type, policy, rules } of chains) {
    if (rules === 0 && policy === "accept") continue;
    const what = `nft: chain ${chain} of table ${family} ${table} (hook ${hook}, policy ${policy}) decides about bridged packets too`;
    found.push({ what, rewrites: type !== "filter" });
  }
  const otherBackend = backend === "nft" ? "legacy" : "nft";
  for (const { tool, table, rules, drops, ours } of other) {
    if (rules - ours <= 0 && drops.length === 0) continue;
    const policy = drops.length === 0 ? "" : `, ${drops.join(" and ")} dropped by policy`;
    const what = `${tool}: table ${table} of the ${otherBackend} backend has rules beside these (${rules - ours}${policy})`;
    found.push({ what, rewrites: table === "nat" || table === "broute" });
  }
  return found;
}

/** The rules of others that a bridged packet may meet, and those among them that csp cannot read. */
export async function othersOn(host: AskedHost, dialect: Dialect): Promise<Others> {
  const sections = splitSections(
    await host.ask(`${formatDialect(dialect)}${program("other-tables.sh")}`, "reading others' tables", "state"),
  );
  const failed = [...sections.keys()].find((name) => name.startsWith("failed "));
  if (failed !== undefined || !sections.has("end"))
    throw errors.snapshotFailed(host.name, failed?.slice("failed ".length) ?? "firewall", "");
  const tables = new Map<string, SavedTable>();
  for (const tool of ["iptables", "ip6tables"])
    for (const [name, table] of parseTables(sections.get(tool) ?? "")) tables.set(`${tool}.${name}`, table);
  return { tables, unread: unreadRules(await lookAround(host, dialect), dialect) };
}

/** Other programs, recognized by one of their chains. */
const OWNERS: readonly (readonly [chain: string, who: string])[] = [
  ["DOCKER-USER", "Docker"],
  ["DOCKER", "Docker"],
  ["PVEFW-FORWARD", "Proxmox"],
  ["FORWARD_direct", "firewalld"],
  ["LIBVIRT_FWX", "libvirt"],
  ["KUBE-FORWARD", "Kubernetes"],
];

/** csp's own rules that still act, in places that csp no longer reads. */
export function strayRules({ other }: Surroundings, { backend }: Dialect): string[] {
  return other.flatMap(({ tool, table, ours }) =>
    ours === 0
      ? []
      : [
          `${tool}: ${ours} of csp's rules are still in table ${table} of the ${backend === "nft" ? "legacy" : "nft"} backend and act beside the new rules`,
        ],
  );
}

/**
 * Files that turn filtering off when sysctls are set again, one sentence each. Files that are read before csp's own have no effect; csp adds its
 * own lines at the end of /etc/sysctl.conf (sysctls.ts).
 */
export function overridingSysctls({ sysctls }: Surroundings): string[] {
  const name = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  return [...new Set(sysctls.map(({ file }) => file))].flatMap((file) => {
    const keys = sysctls.filter((one) => one.file === file).map(({ key }) => `net.bridge.${key}`);
    if (file === "/etc/sysctl.conf") return [`${file} sets ${keys.join(", ")} to 0: csp adds its own settings after these lines`];
    if (name(file) < name(SYSCTL_FILE)) return [];
    return [
      `${file} sets ${keys.join(", ")} to 0 and is read after csp's own ${SYSCTL_FILE}: remove these lines; otherwise filtering is off after the next boot`,
    ];
  });
}
