/**
 * Which guest's interface is behind which port. On Xen the name of a port, vif<domid>.<device>, changes with every start of the guest;
 * xenstore says whose domid it is (host.md, 5).
 */
export interface PortFinding {
  /** "vif3.0", "tap3.0". */
  readonly port: string;
  readonly uuid: string;
  readonly device: number;
  /** The domain's name, as the toolstack has it. */
  readonly name: string;
  /** The guest's MAC, as the toolstack has it. */
  readonly mac: string;
}

/**
 * Prints `port NAME`, `vm DOMID PATH`, `name DOMID TEXT` and `mac DOMID DEVICE MAC` lines; nothing where there is no xenstore. Values are
 * read in one process for all domains, and one by one when a domain went away meanwhile or a value holds a line break.
 */
export const PORTS_SCRIPT = `ports=$(ls /sys/class/net | sed -n 's/^\\(vif\\|tap\\)\\([0-9][0-9]*\\.[0-9][0-9]*\\)$/\\1\\2/p')
for p in $ports; do echo "port $p"; done
if [ -n "$ports" ] && command -v xenstore-read >/dev/null 2>&1; then
  d=$(echo "$ports" | sed 's/^...//;s/\\..*//' | sort -u)
  v=$(echo "$ports" | sed 's/^...//' | sort -u)
  ask() {
    kind=$1; shift; paths=
    for k in "$@"; do
      case $kind in
        vm) paths="$paths /local/domain/$k/vm" ;;
        name) paths="$paths /local/domain/$k/name" ;;
        mac) paths="$paths /local/domain/0/backend/vif/\${k%.*}/\${k#*.}/mac" ;;
      esac
    done
    if out=$(xenstore-read $paths 2>/dev/null) && [ "$(echo "$out" | wc -l)" -eq $# ]; then
      keys=$(printf '%s\\n' "$@")
      printf '%s\\n%s\\n' "$keys" "$out" | awk -v n=$# -v kind=$kind 'NR<=n{k[NR]=$0;next}{print kind, k[NR-n], $0}'
    else
      for path in $paths; do
        out=$(xenstore-read $path 2>/dev/null | tr '\\n' ' ') && echo "$kind $1 $out"
        shift
      done
    fi
  }
  ask vm $d; ask name $d; ask mac $v
fi`;

export function parsePorts(text: string): PortFinding[] {
  const vms = new Map<string, string>();
  const names = new Map<string, string>();
  const macs = new Map<string, string>();
  const ports: string[] = [];
  for (const line of text.split("\n")) {
    const [, kind, key, rest] = /^(\w+) (\S+) ?(.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    const value = (rest ?? "").trim();
    if (kind === "port") ports.push(key);
    else if (kind === "vm") vms.set(key, value.replace(/^\/vm\//, ""));
    else if (kind === "name") names.set(key, value);
    else if (kind === "mac") macs.set(key, value);
  }
  const found: PortFinding[] = [];
  for (const port of ports) {
    const [, domid, device] = /^(?:vif|tap)(\d+)\.(\d+)$/.exec(port) ?? [];
    const uuid = domid === undefined ? undefined : vms.get(domid);
    // xenstore is written by others; what is no UUID is no guest of ours.
    if (domid === undefined || device === undefined || uuid === undefined || !/^[0-9a-fA-F-]{36}$/.test(uuid)) continue;
    found.push({
      port,
      uuid: uuid.toLowerCase(),
      device: Number(device),
      name: names.get(domid) ?? "",
      mac: macs.get(`${domid}.${device}`) ?? "",
    });
  }
  return found;
}
