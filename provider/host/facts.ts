import { TOOLS, type Tool } from "../firewall/kernel";
import { type InstalledPack, packOf } from "./packs";

/** What a host is, found out once for each connection. */
export interface HostFacts {
  readonly hostname: string;
  readonly kernel: string;
  /** "XenServer 5.6.100", "XCP-ng 8.2.1", "Debian GNU/Linux 12 (bookworm)". */
  readonly product: string;
  /** "XenServer", "XCP-ng", "Debian GNU/Linux": the inventory's PRODUCT_BRAND, or else NAME of os-release. */
  readonly brand: string;
  /** "5.6.100", "8.2.1", "12": PRODUCT_VERSION, or else VERSION_ID. */
  readonly version: string;
  /** INSTALLATION_UUID, or else the machine id: another one after every installation, the same after an upgrade in place. */
  readonly installation: string;
  /** The kernel's id of this boot. */
  readonly boot: string;
  /** Whether the services of the first boot have run. XenServer and XCP-ng 8 leave a stamp; of others nobody knows, and it is taken for over. */
  readonly firstBootOver: boolean;
  /** What /etc/xensource/installed-repos says is installed, the product's own repositories among them. */
  readonly packs: readonly InstalledPack[];
  /** "csp" where the kernel is the CSP pack's (`uname -r` ends in cspxen), else "standard". */
  readonly kernelFlavour: "csp" | "standard";
  /** What joins guests' interfaces now; "bridge" where no toolstack says otherwise. */
  readonly networkBackend: Backend;
  /** The same from the next boot on (/etc/xensource/network.conf). */
  readonly nextBackend: Backend;
  /** Whether there is an xe-switch-network-backend: XenServer 9 has none any more. */
  readonly switchesBackend: boolean;
  /** Version line of each tool; absent tools are absent. */
  readonly tools: Readonly<Record<string, string>>;
  readonly dialect: Dialect;
  /** What there is on the host to call the hook (hook/callers.ts). */
  readonly callers: readonly string[];
}

export type Backend = "bridge" | "openvswitch";

/** How this host's tools want to be spoken to, found by trying. */
export interface Dialect {
  /** `iptables-restore -w 30` is understood. */
  readonly wait: boolean;
  /** The command for ARP rules, one that has a FORWARD chain; undefined where none has. */
  readonly arptables?: string;
  /** Legacy ebtables takes whole tables only, whatever its help says of `--noflush` (ebtables-shell.ts). */
  readonly ebtables: "nft" | "legacy";
  /** "nft" or "legacy": which of the kernel's rule sets iptables works on. */
  readonly backend: "nft" | "legacy";
}

/** The dialect as shell assignments, for the scripts that run on the host. */
export function formatDialect({ wait, arptables = "", ebtables }: Dialect): string {
  return `wait='${wait ? "-w 30" : ""}'\narptables='${arptables}'\nebtables='${ebtables}'\n`;
}

/** Finds the dialect out, in POSIX sh, as the variables that {@link formatDialect} writes. `$ebtables` is never empty. */
export const PROBE_DIALECT = `wait='' arptables='' ebtables=legacy
if iptables-restore --help 2>&1 | grep -q -e '--wait'; then wait='-w 30'; fi
for t in arptables arptables-legacy; do
  if command -v "$t" >/dev/null 2>&1 && "$t" -nL FORWARD >/dev/null 2>&1; then arptables=$t; break; fi
done
case $(ebtables -V 2>/dev/null) in *nf_tables*) ebtables=nft ;; esac
`;

/** The tools whose rules csp keeps on this host. */
export function activeTools(facts: HostFacts): Tool[] {
  return TOOLS.filter((tool) => tool !== "arptables" || facts.dialect.arptables !== undefined);
}

/** Tools that must be there, and the Debian package that has them. */
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
export const FACTS_SCRIPT = `
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin:/opt/xensource/bin; export PATH
echo "uid $(id -u)"
echo "hostname $(uname -n)"
echo "kernel $(uname -r)"
if [ -r /etc/xensource-inventory ]; then
  sed -n "s/^\\(PRODUCT_BRAND\\|PRODUCT_VERSION\\|INSTALLATION_UUID\\)='\\(.*\\)'/inventory \\1 \\2/p" /etc/xensource-inventory
fi
[ -r /etc/os-release ] && sed -n 's/^PRETTY_NAME="\\(.*\\)"/os \\1/p; s/^NAME="\\{0,1\\}\\([^"]*\\)"\\{0,1\\}$/brand \\1/p; s/^VERSION_ID="\\{0,1\\}\\([^"]*\\)"\\{0,1\\}$/version \\1/p' /etc/os-release
[ -r /etc/machine-id ] && echo "machine $(head -n 1 /etc/machine-id)"
[ -r /proc/sys/kernel/random/boot_id ] && echo "boot $(cat /proc/sys/kernel/random/boot_id)"
[ -e /var/lib/misc/ran-network-init ] && echo "first-boot over"
for r in /etc/xensource/installed-repos/*/; do
  [ -r "$r/XS-REPOSITORY" ] && echo "pack $(tr '\\n' ' ' <"$r/XS-REPOSITORY")"
done
if [ -d /etc/xensource ]; then
  [ -r /etc/xensource/network.conf ] && echo "backend $(head -n 1 /etc/xensource/network.conf)"
  for m in openvswitch openvswitch_mod; do [ -d /sys/module/$m ] && echo "switching openvswitch"; done
  for b in /sys/class/net/*/bridge; do [ -d "$b" ] && { echo "switching bridge"; break; }; done
  command -v xe-switch-network-backend >/dev/null 2>&1 && echo "switch-command yes"
fi
for t in ${Object.keys(REQUIRED_TOOLS).join(" ")} arptables; do
  if command -v "$t" >/dev/null 2>&1; then
    case $t in
      iptables|ip6tables|ebtables|arptables|ipset) echo "tool $t $("$t" -V 2>/dev/null | head -n 1)" ;;
      *) echo "tool $t yes" ;;
    esac
  fi
done
${PROBE_DIALECT}[ -z "$wait" ] || echo "wait yes"
[ -z "$arptables" ] || echo "arptables $arptables"
echo "ebtables $ebtables"
if [ -d /etc/xapi.d ] || [ -d /etc/xensource ]; then echo "caller xapi"; fi
if [ -d /etc/xen/scripts ]; then echo "caller xl"; fi
if [ -d /etc/libvirt ]; then
  case $({ libvirtd --version || virtqemud --version; } 2>/dev/null | sed -n 's/.* \\([0-9][0-9]*\\.[0-9][0-9]*\\)\\.[0-9].*/\\1/p') in
    [0-5].*|6.[0-4]) echo "caller libvirt-qemu" ;;
    *) echo "caller libvirt" ;;
  esac
fi
if [ -d /etc/udev/rules.d ]; then echo "caller udev"; fi
if [ -d /etc/systemd/system ] && command -v systemctl >/dev/null 2>&1; then echo "caller systemd"
elif [ -d /etc/init.d ]; then echo "caller sysv"; fi
exit 0
`;

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
    callers: lines.flatMap((line) => /^caller (\S+)$/.exec(line)?.[1] ?? []),
    dialect: {
      wait: value("wait") === "yes",
      ...(arptables === "" ? {} : { arptables }),
      ebtables: value("ebtables") === "nft" ? "nft" : "legacy",
      backend: (tools.iptables ?? "").includes("nf_tables") ? "nft" : "legacy",
    },
  };
}

/**
 * What a host boots with by its network.conf. XenServer and XCP-ng take a word that they do not know, or no file, for Open vSwitch
 * (xen-api, network_server.ml, determine_backend); 5.6 always writes one that is known.
 */
function backendOf(word: string, toolstack: boolean): Backend {
  if (word === "") return toolstack ? "openvswitch" : "bridge";
  return word === "bridge" ? "bridge" : "openvswitch";
}
