import { TOOLS, type Tool } from "../firewall/kernel";

/** What a host is, found out once for each connection. */
export interface HostFacts {
  readonly hostname: string;
  readonly kernel: string;
  /** "XenServer 5.6.100", "XCP-ng 8.2.1", "Debian GNU/Linux 12 (bookworm)". */
  readonly product: string;
  /** "csp" where the kernel is the CSP pack's (`uname -r` ends in cspxen), else "standard". */
  readonly kernelFlavour: "csp" | "standard";
  /** What the toolstack says guests' interfaces are joined with; "bridge" where no toolstack says otherwise. */
  readonly networkBackend: "bridge" | "openvswitch";
  /** Version line of each tool; absent tools are absent. */
  readonly tools: Readonly<Record<string, string>>;
  readonly dialect: Dialect;
  /** What there is on the host to call the hook (hook/callers.ts). */
  readonly callers: readonly string[];
}

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
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export PATH
echo "uid $(id -u)"
echo "hostname $(uname -n)"
echo "kernel $(uname -r)"
if [ -r /etc/xensource-inventory ]; then
  sed -n "s/^\\(PRODUCT_BRAND\\|PRODUCT_VERSION\\|PRODUCT_VERSION_TEXT\\)='\\(.*\\)'/inventory \\1 \\2/p" /etc/xensource-inventory
fi
[ -r /etc/os-release ] && sed -n 's/^PRETTY_NAME="\\(.*\\)"/os \\1/p' /etc/os-release
[ -r /etc/xensource/network.conf ] && echo "backend $(head -n 1 /etc/xensource/network.conf)"
for t in ${Object.keys(REQUIRED_TOOLS).join(" ")} arptables; do
  if command -v "$t" >/dev/null 2>&1; then
    case $t in
      iptables|ip6tables|ebtables|arptables|ipset) echo "tool $t $("$t" -V 2>/dev/null | head -n 1)" ;;
      *) echo "tool $t yes" ;;
    esac
  fi
done
iptables-restore --help 2>&1 | grep -q -e '--wait' && echo "wait yes"
for t in arptables arptables-legacy; do
  if command -v "$t" >/dev/null 2>&1 && "$t" -nL FORWARD >/dev/null 2>&1; then echo "arptables $t"; break; fi
done
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
  const kernel = value("kernel");
  const arptables = value("arptables");
  return {
    uid: Number(value("uid")),
    hostname: value("hostname"),
    kernel,
    product: brand === "" ? value("os") : `${brand} ${version}`,
    kernelFlavour: kernel.endsWith("cspxen") ? "csp" : "standard",
    networkBackend: /^(openvswitch|vswitch)$/.test(value("backend")) ? "openvswitch" : "bridge",
    tools,
    callers: lines.flatMap((line) => /^caller (\S+)$/.exec(line)?.[1] ?? []),
    dialect: {
      wait: value("wait") === "yes",
      ...(arptables === "" ? {} : { arptables }),
      ebtables: (tools.ebtables ?? "").includes("nf_tables") ? "nft" : "legacy",
      backend: (tools.iptables ?? "").includes("nf_tables") ? "nft" : "legacy",
    },
  };
}
