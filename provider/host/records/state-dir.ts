/**
 * What csp keeps on a host, below {@link STATE_DIR}, in words that a POSIX shell and awk can read: the hook uses the same files.
 *
 * - `frame`: the host is a csp host. It says how the names of guests' ports begin, and what csp must restore when it leaves the host. A frame
 *   without an owner comes from an installation (adopt/first-boot.ts) and waits for a Host.
 * - `templates`: what leads from ports to guests' chains (firewall/compile/templates.ts).
 * - `units/<id>`: what one resource owns besides its guests: its chains and sets, the rules that lead to them from chains that are not ours
 *   ("jump TABLE CHAIN PLACE RULE"), and its declaration.
 * - `guests/<uuid>`: one guest: its owner, its interfaces, its declaration, its chains. It contains no interface name of the host.
 * - `sets/<name>`: an IpSet resource.
 * - `vifs`: the interfaces of all guests in one file, for finding their ports.
 * - `ports`: which guest's interface each port was, which bridges there were and which boot it was when the kernel's chains were last written.
 * - `zones`: which connection tracking zone each bridge has.
 * - `hook`, `dialect`: the script that follows guests (remote/hook.sh), and how it must call this host's tools.
 * - `failures`, `hook.log`: what the hook could not do, and what it did.
 * - `generation`: counts transactions, and the hook's changes.
 *
 * Files end in a line `end`. A file without it was cut off and does not count.
 * A `digest` line is the digest of the rest of its file, so that csp need not send again what is there already.
 */
export const STATE_DIR = "/var/lib/csp";

/** "guest/<uuid>" or "policy/<name>" as the name of a file; the hook's failures call a unit by it. */
export function unitRecord(id: string): string {
  return id.replace("/", ".");
}

/** Each record's file, below {@link STATE_DIR}. */
export const recordFile = {
  frame: "frame",
  guest: (uuid: string) => `guests/${uuid}`,
  unit: (id: string) => `units/${unitRecord(id)}`,
  set: (name: string) => `sets/${name}`,
} as const;

/** Where records of which there may be several are. */
export const RECORD_FOLDERS = ["guests", "units", "sets"] as const;
