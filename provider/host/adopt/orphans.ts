import type { GuestRecord, Records } from "../records/records";
import type { Host } from "../session/host";

/**
 * Guests that the host's toolstack knows, running or not: one UUID on each line, after the toolstack's name. A toolstack that does not answer
 * prints nothing. xl keeps no list of guests that are not running, so it cannot say that one is gone.
 */
const KNOWN_GUESTS = `PATH=$PATH:/usr/sbin:/sbin:/opt/xensource/bin; export PATH
LC_ALL=C; export LC_ALL
if command -v xe >/dev/null 2>&1 && out=$(xe vm-list is-control-domain=false params=uuid --minimal 2>/dev/null); then
  echo "toolstack XAPI"; printf '%s\\n' "$out" | tr ',' '\\n'
fi
if command -v virsh >/dev/null 2>&1 && out=$(virsh -c qemu:///system list --all --uuid 2>/dev/null </dev/null); then
  echo "toolstack libvirt"; printf '%s\\n' "$out"
fi
if [ -d /etc/pve/qemu-server ]; then
  echo "toolstack Proxmox"
  cat /etc/pve/qemu-server/*.conf /etc/pve/nodes/*/qemu-server/*.conf 2>/dev/null | sed -n 's/^smbios1:.*uuid=\\([0-9A-Fa-f-]*\\).*/\\1/p'
fi
exit 0
`;

export interface Orphans {
  /** Toolstacks that say which guests exist. If there is none, csp does not know it. */
  readonly toolstacks: readonly string[];
  /** Guests on record that no toolstack knows. */
  readonly guests: readonly GuestRecord[];
}

/**
 * Guests that no longer exist although csp keeps rules for them. `claimed`: guests that claim a port, found or pinned. These still exist, whatever
 * toolstacks say: a container's port is pinned, and no toolstack here lists containers.
 */
export async function findOrphans(host: Host, records: Records, claimed: ReadonlySet<string>): Promise<Orphans> {
  const lines = (await host.run(KNOWN_GUESTS, "asking which guests there are")).split("\n").map((line) => line.trim());
  const toolstacks = lines.flatMap((line) => /^toolstack (.+)$/.exec(line)?.[1] ?? []);
  const known = new Set(lines.map((line) => line.toLowerCase()));
  const guests = [...records.guests.values()].filter(({ uuid }) => !known.has(uuid) && !claimed.has(uuid));
  return { toolstacks, guests: toolstacks.length === 0 ? [] : guests };
}
