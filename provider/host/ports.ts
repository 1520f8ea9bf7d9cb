import { canonicalMac } from "../firewall/spelling";

/**
 * Which guest's interface is behind which port. A guest's port is named anew at every start, and on Xen at every migration and restore too
 * (host.md, 5), so it is found out by asking the toolstack:
 *
 * - Xen (`vif<domid>.<device>`, HVM's second port `tap<domid>.<device>`): xenstore says whose domid it is, and the VIF's MAC.
 * - Proxmox (`tap<vmid>i<device>`): the guest's file in /etc/pve says its UUID and MACs. With Proxmox's own firewall on, the port sits on a
 *   bridge `fwbr` of its own; it is the same port. Containers' ports (`veth`) are not found: give `port`.
 * - libvirt (`vnet<n>`): the port carries the guest's MAC with its first byte made fe, or fa where it was fe (virnetdevtap.c,
 *   virNetDevTapCreateInBridgePort).
 */
export interface PortFinding {
  /** "vif3.0", "tap3.0", "tap100i0", "vnet7". */
  readonly port: string;
  /** The kernel's number for it, which no later interface has before the next boot. */
  readonly ifindex: number;
  /** Of the guest; empty where only the MAC says who it is. */
  readonly uuid: string;
  readonly device: number;
  /** The domain's name, as the toolstack has it. */
  readonly name: string;
  /** The guest's MAC, as the toolstack has it; of a `vnet` port, the host side's. */
  readonly mac: string;
}

/**
 * Shell functions, the same for a snapshot and for the hook. `list_ports` prints `port NAME IFINDEX ADDRESS`; `ask_ports NAME...` prints
 * `vm NAME UUID`, `mac NAME MAC` and, where $names is set, `name NAME TEXT`. Values are read in one process for all ports, and one by one
 * when a domain went away meanwhile or a value holds a line break.
 */
export const PORTS_SHELL = `
list_ports() {
  for p in /sys/class/net/tap[0-9]* /sys/class/net/vif[0-9]*.[0-9]* /sys/class/net/vnet[0-9]*; do
    n=\${p##*/} a=-
    case $n in *[!a-z0-9.]*) continue ;; esac
    { read -r i <"$p/ifindex"; } 2>/dev/null || continue
    case $n in vnet*) { read -r a <"$p/address"; } 2>/dev/null || continue ;; esac
    echo "port $n $i $a"
  done
}
ask_ports() {
  xen=
  for n in "$@"; do
    case $n in
      tap*i*) ask_proxmox "$n" ;;
      vif*.*|tap*.*) xen="$xen $n" ;;
    esac
  done
  # shellcheck disable=SC2086 # names without blanks
  if [ -n "$xen" ] && command -v xenstore-read >/dev/null 2>&1; then
    ask_xenstore $xen || for n in $xen; do ask_xenstore "$n" || ask_value_by_value "$n"; done
  fi
}
xenstore_paths() {
  k=\${1#???}
  paths="$paths /local/domain/\${k%.*}/vm /local/domain/0/backend/vif/\${k%.*}/\${k#*.}/mac"
  kinds="vm mac"
  if [ -n "$names" ]; then paths="$paths /local/domain/\${k%.*}/name"; kinds="vm mac name"; fi
}
ask_xenstore() {
  paths=
  for n in "$@"; do xenstore_paths "$n"; done
  # shellcheck disable=SC2086
  out=$(xenstore-read $paths 2>/dev/null && echo .) || return 1
  printf '%s\\n' "$@" . "$out" | awk -v kinds="$kinds" '
    BEGIN { k = split(kinds, kind, " ") }
    !asked { if ($0 == ".") asked = n; else port[n++] = $0; next }
    { value[lines++] = $0 }
    END {
      if (lines != n * k + 1 || value[n * k] != ".") exit 1
      for (i = 0; i < n * k; i++) print kind[i % k + 1], port[int(i / k)], value[i]
    }'
}
ask_value_by_value() {
  paths=
  xenstore_paths "$1"
  for path in $paths; do
    kind=\${kinds%% *} kinds=\${kinds#* }
    out=$(xenstore-read "$path" 2>/dev/null) && echo "$kind $1 $(printf '%s' "$out" | tr '\\n' ' ')"
  done
}
ask_proxmox() {
  k=\${1#tap}
  case \${k%%i*}\${k#*i} in *[!0-9]*) return ;; esac
  f=/etc/pve/qemu-server/\${k%%i*}.conf
  [ -r "$f" ] || return 0
  awk -v port="$1" -v net="net\${k#*i}:" -v names="$names" '
    /^\\[/ { exit }
    $1 == "smbios1:" && match($0, /uuid=[0-9A-Fa-f-]+/) { print "vm", port, substr($0, RSTART + 5, RLENGTH - 5) }
    $1 == net && match($0, /=[0-9A-Fa-f][0-9A-Fa-f](:[0-9A-Fa-f][0-9A-Fa-f])+/) { print "mac", port, substr($0, RSTART + 1, RLENGTH - 1) }
    $1 == "name:" && names != "" { print "name", port, $2 }' "$f"
}
`;

/** Prints all ports and answers; reads only. */
export const PORTS_SCRIPT = `${PORTS_SHELL}
names=1
found=$(list_ports)
printf '%s\\n' "$found"
# shellcheck disable=SC2046
ask_ports $(printf '%s\\n' "$found" | awk '{ print $2 }')
`;

export function parsePorts(text: string): PortFinding[] {
  const answers: Record<string, Map<string, string>> = { vm: new Map(), name: new Map(), mac: new Map() };
  const ports: { readonly port: string; readonly ifindex: number; readonly address: string }[] = [];
  for (const line of text.split("\n")) {
    const [, kind = "", key, rest = ""] = /^(\w+) (\S+) ?(.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    if (kind === "port") {
      const [ifindex = "", address = ""] = rest.split(" ");
      ports.push({ port: key, ifindex: Number(ifindex), address });
    } else answers[kind]?.set(key, rest.trim());
  }
  const found: PortFinding[] = [];
  for (const { port, ifindex, address } of ports) {
    const answer = (kind: string) => answers[kind]?.get(port) ?? "";
    if (/^vnet\d+$/.test(port)) found.push({ port, ifindex, uuid: "", device: -1, name: "", mac: address });
    const [, device] = /^(?:(?:vif|tap)\d+\.|tap\d+i)(\d+)$/.exec(port) ?? [];
    const uuid = answer("vm").replace(/^\/vm\//, "");
    // xenstore is written by others; what is no UUID is no guest of ours.
    if (device === undefined || !/^[0-9a-fA-F-]{36}$/.test(uuid)) continue;
    found.push({ port, ifindex, uuid: uuid.toLowerCase(), device: Number(device), name: answer("name"), mac: answer("mac") });
  }
  return found;
}

/** An interface of a guest on record, as far as finding its port goes. */
export interface DeclaredVif {
  readonly uuid: string;
  readonly device: number;
  readonly mac: string;
  /** See `vifId`. */
  readonly id: string;
  /** Pinned by the user. */
  readonly port?: string;
  /** The guest may use any MAC, so the toolstack's need not be the declared one. */
  readonly anyMac?: boolean;
}

export interface PortClaim {
  readonly port: string;
  readonly vif: string;
  readonly uuid: string;
  readonly device: number;
  /** Undefined where the port is pinned. */
  readonly ifindex?: number;
}

/** A port that looks like a guest's and is not led to its rules. */
export interface RefusedPort {
  readonly port: string;
  readonly uuid: string;
  readonly cause: string;
}

/** Which vif each port is, by all that was found and declared. The hook's twin of this is hook/claims-awk.ts; a test keeps them one. */
export function claimPorts(
  ports: readonly PortFinding[],
  vifs: readonly DeclaredVif[],
): { readonly claims: PortClaim[]; readonly refused: RefusedPort[] } {
  const claims: PortClaim[] = [];
  const refused: RefusedPort[] = [];
  const claim = ({ id, uuid, device }: DeclaredVif, port: string, ifindex?: number) =>
    claims.push({ port, vif: id, uuid, device, ...(ifindex === undefined ? {} : { ifindex }) });
  const pinned = new Set<string>();
  const byDevice = new Map<string, DeclaredVif>();
  const byTapMac = new Map<string, DeclaredVif[]>();
  // In the order of the file that the hook reads, so that both name the same guest.
  const inOrder = [...vifs].sort((a, b) => (`${a.uuid} ${a.device}` < `${b.uuid} ${b.device}` ? -1 : 1));
  for (const vif of inOrder) {
    if (vif.port !== undefined) {
      pinned.add(vif.port);
      claim(vif, vif.port);
      continue;
    }
    byDevice.set(`${vif.uuid}/${vif.device}`, vif);
    const tap = tapMac(vif.mac);
    byTapMac.set(tap, [...(byTapMac.get(tap) ?? []), vif]);
  }
  const taps = new Map<string, number>();
  for (const { uuid, mac } of ports) if (uuid === "") taps.set(mac, (taps.get(mac) ?? 0) + 1);

  for (const { port, ifindex, uuid, device, mac } of ports) {
    if (pinned.has(port)) continue;
    if (uuid === "") {
      const [vif, other] = byTapMac.get(mac) ?? [];
      if (vif === undefined) continue;
      if (other !== undefined) refused.push({ port, uuid: vif.uuid, cause: `two declared interfaces have a MAC that fits ${mac}` });
      else if (taps.get(mac) !== 1) refused.push({ port, uuid: vif.uuid, cause: `another port has ${mac} too` });
      else claim(vif, port, ifindex);
      continue;
    }
    const vif = byDevice.get(`${uuid}/${device}`);
    if (vif === undefined) continue;
    if (vif.anyMac || mac === "" || spellMac(mac) === vif.mac) claim(vif, port, ifindex);
    else refused.push({ port, uuid, cause: `its MAC is ${spellMac(mac) || "unreadable"} and ${vif.mac} is declared` });
  }
  return { claims, refused };
}

/** Whether a port that was found is this interface's, whatever is on record. */
export function isPortOf(found: PortFinding, vif: { readonly uuid: string; readonly device: number; readonly mac: string }): boolean {
  return found.uuid === "" ? found.mac === tapMac(canonicalMac(vif.mac)) : found.uuid === vif.uuid && found.device === vif.device;
}

/** What libvirt makes of a guest's MAC for the host's side. */
function tapMac(mac: string): string {
  return `${mac.startsWith("fe") ? "fa" : "fe"}${mac.slice(2)}`;
}

/** In our spelling; empty for what is no MAC. */
function spellMac(text: string): string {
  return /^([0-9A-Fa-f]{1,2}[:-]){5}[0-9A-Fa-f]{1,2}$/.test(text) ? canonicalMac(text) : "";
}
