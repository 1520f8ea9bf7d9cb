import type { ZoneMeans } from "../../firewall/compile/frame";
import { type Printer, TABLES, type Table, type Tool, toolOf } from "../../firewall/model/kernel";
import { printerOf } from "../../firewall/planes/print";
import { isLack, type Lack } from "../../firewall/planes/xtables/dialect";
import { program } from "../remote/program";
import { type InstalledPack, packOf } from "./packs";

/** What csp knows about a host. csp asks for it once for each connection. */
export interface HostFacts {
  readonly hostname: string;
  readonly kernel: string;
  /** "XenServer 5.6.100", "XCP-ng 8.2.1", "Debian GNU/Linux 12 (bookworm)". */
  readonly product: string;
  /** "XenServer", "XCP-ng", "Debian GNU/Linux": the inventory's PRODUCT_BRAND, or else NAME of os-release. */
  readonly brand: string;
  /** "5.6.100", "8.2.1", "12": PRODUCT_VERSION, or else VERSION_ID. */
  readonly version: string;
  /** INSTALLATION_UUID, or the machine id if there is none. It changes with every installation, but not with an upgrade in place. */
  readonly installation: string;
  /** The kernel's id of this boot. */
  readonly boot: string;
  /** Whether the services of the first boot have run. XenServer and XCP-ng 8 leave a stamp; on others csp assumes that they have. */
  readonly firstBootOver: boolean;
  /** What is installed according to /etc/xensource/installed-repos, including the product's own repositories. */
  readonly packs: readonly InstalledPack[];
  /** "csp" if it is the kernel of the CSP pack (`uname -r` ends in cspxen), otherwise "standard". */
  readonly kernelFlavour: "csp" | "standard";
  /** What connects guests' interfaces now; "bridge" if no toolstack says otherwise. */
  readonly networkBackend: Backend;
  /** The same from the next boot on (/etc/xensource/network.conf). */
  readonly nextBackend: Backend;
  /** Whether there is an xe-switch-network-backend. XenServer 9 no longer has it. */
  readonly switchesBackend: boolean;
  /** The version line of each tool that is installed. */
  readonly tools: Readonly<Record<string, string>>;
  readonly dialect: Dialect;
  readonly bridges: BridgeAbilities;
  /** The callers of the hook that the host has (look/callers.ts). */
  readonly callers: readonly string[];
}

export type Backend = "bridge" | "openvswitch";

/** What csp can set on this kernel's bridges. On a host without a bridge, csp assumes that it can set everything. */
export interface BridgeAbilities {
  /** The bridge learns a MAC from the source of a link-local Ethernet frame, because there is no `no_linklocal_learn` (before 5.0). */
  readonly learnsLinkLocal: boolean;
  /** csp can make a port's link-local Ethernet frames meet rules, because the port has a `group_fwd_mask` (4.15 and later). */
  readonly forwardsLinkLocal: boolean;
  /** The raw tables come before fragments are put together. */
  readonly rawBeforeDefrag: boolean;
}

/** How csp must call this host's tools. It finds out by trying. */
export interface Dialect {
  /** `iptables-restore -w 30` is understood. */
  readonly wait: boolean;
  /** The command for ARP rules that has a FORWARD chain; undefined if none has. */
  readonly arptables?: string;
  /** Legacy ebtables takes only whole tables, whatever its help says about `--noflush` (remote/tables.sh). */
  readonly ebtables: "nft" | "legacy";
  /** How the connections of different bridges can be kept apart; undefined if they cannot. */
  readonly zones?: ZoneMeans;
  /** "nft" or "legacy": which of the kernel's rule sets iptables works on. */
  readonly backend: "nft" | "legacy";
  /** What older tools have no words for; absent: they say all that csp says. */
  readonly lacks?: readonly Lack[];
}

/** Puts rules into the words of a host's tools. */
export function printerFor({ lacks = [] }: Dialect): Printer {
  return printerOf(lacks);
}

/** The dialect as the scripts that run on the host read it (remote/dialect.sh). */
export function formatDialect({ wait, arptables, ebtables, zones, backend, lacks = [] }: Dialect): string {
  const values = {
    ...{ wait: wait ? "-w 30" : "", arptables: arptables ?? "", ebtables, zones: zones ?? "", backend },
    ...(lacks.length === 0 ? {} : { lacks: lacks.join(" ") }),
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}='${value}'\n`)
    .join("");
}

/** The tools whose rules csp keeps on this host. */
export function activeTools({ dialect }: Pick<HostFacts, "dialect">): Tool[] {
  return [...new Set(activeTables({ dialect }).map(toolOf))];
}

/** The tables in which csp keeps rules on this host. */
export function activeTables({ dialect }: Pick<HostFacts, "dialect">): Table[] {
  return TABLES.filter((table) => {
    if (table === "arptables.filter") return dialect.arptables !== undefined;
    if (table === "nft.bridge") return false;
    return table !== "nft.csp" || dialect.zones === "nft";
  });
}

/** Tools that must be installed, and the Debian package that contains them. */
export const REQUIRED_TOOLS: Readonly<Record<string, string>> = {
  iptables: "iptables",
  "iptables-save": "iptables",
  "iptables-restore": "iptables",
  ip6tables: "iptables",
  "ip6tables-save": "iptables",
  "ip6tables-restore": "iptables",
  ebtables: "ebtables",
  "ebtables-save": "ebtables",
  "ebtables-restore": "ebtables",
  ipset: "ipset",
  flock: "util-linux",
  awk: "mawk",
  sed: "sed",
  grep: "grep",
  head: "coreutils",
  sysctl: "procps",
  md5sum: "coreutils",
};

/** One shell script; prints `key value` lines. */
export const FACTS_SCRIPT = program("facts.sh", { REQUIRED_TOOLS: Object.keys(REQUIRED_TOOLS).join(" ") });

const ARPTABLES: ReadonlySet<string> = new Set(["arptables", "arptables-legacy"]);

export function parseFacts(text: string): HostFacts & { readonly uid: number } {
  const lines = text.split("\n").map((line) => line.trim());
  const value = (key: string) => lines.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1) ?? "";
  const tools: Record<string, string> = {};
  for (const line of lines) {
    const match = /^tool (\S+) ?(.*)$/.exec(line);
    if (match?.[1] !== undefined) tools[match[1]] = match[2] ?? "";
  }
  const brand = value("inventory PRODUCT_BRAND");
  const version = value("inventory PRODUCT_VERSION");
  const next = backendOf(value("backend"), brand !== "");
  const kernel = value("kernel");
  const arptables = value("arptables");
  return {
    uid: Number(value("uid")),
    hostname: value("hostname"),
    kernel,
    product: brand === "" ? value("os") : `${brand} ${version}`,
    kernelFlavour: kernel.endsWith("cspxen") ? "csp" : "standard",
    brand: brand === "" ? value("brand") : brand,
    version: brand === "" ? value("version") : version,
    installation: value("inventory INSTALLATION_UUID") || value("machine"),
    boot: value("boot"),
    firstBootOver: value("first-boot") === "over" || brand === "" || Number.parseInt(version, 10) < 8,
    packs: lines.flatMap((line) => (line.startsWith("pack ") ? (packOf(line.slice("pack ".length)) ?? []) : [])),
    networkBackend: lines.includes("switching openvswitch") ? "openvswitch" : lines.includes("switching bridge") ? "bridge" : next,
    nextBackend: next,
    switchesBackend: value("switch-command") === "yes",
    tools,
    bridges: {
      learnsLinkLocal: value("linklocal-learn") === "always",
      forwardsLinkLocal: value("linklocal-forward") !== "never",
      rawBeforeDefrag: value("raw-before-defrag") === "yes",
    },
    callers: lines.flatMap((line) => /^caller (\S+)$/.exec(line)?.[1] ?? []),
    dialect: {
      wait: value("wait") === "yes",
      // It becomes a word in scripts, so only those that remote/dialect.sh tries are allowed.
      ...(ARPTABLES.has(arptables) ? { arptables } : {}),
      ebtables: value("ebtables") === "nft" ? "nft" : "legacy",
      ...zonesOf(value("zones")),
      backend: (tools.iptables ?? "").includes("nf_tables") ? "nft" : "legacy",
      ...lacksOf(value("lacks")),
    },
  };
}

/** They become words in scripts, so only those that csp knows are taken. */
function lacksOf(words: string): { readonly lacks?: readonly Lack[] } {
  const lacks = words.split(" ").filter(isLack);
  return lacks.length === 0 ? {} : { lacks };
}

function zonesOf(word: string): { readonly zones?: ZoneMeans } {
  return word === "nft" || word === "raw" ? { zones: word } : {};
}

/**
 * The backend that a host boots with, according to its network.conf. XenServer and XCP-ng use Open vSwitch if the file is missing or has a word
 * that they do not know (xen-api, network_server.ml, determine_backend). 5.6 always writes a known word.
 */
function backendOf(word: string, toolstack: boolean): Backend {
  if (word === "") return toolstack ? "openvswitch" : "bridge";
  return word === "bridge" ? "bridge" : "openvswitch";
}
