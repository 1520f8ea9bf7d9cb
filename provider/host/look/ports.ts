import { FIRST_ZONE } from "../../firewall/compile/frame";
import type { Bridge, Trait } from "../../firewall/compile/templates";
import { canonicalMac } from "../../firewall/values/spelling";
import { memory } from "../../memory";
import type { PortClaim } from "../records/ports";

/**
 * Which guest's interface is behind which port. A guest's port gets a new name at every start, and on Xen also at every migration and restore
 * (host.md, 5), so csp asks the toolstack:
 *
 * - Xen (`vif<domid>.<device>`, HVM's second port `tap<domid>.<device>` with XAPI, `vif<domid>.<device>-emu` with xl): xenstore says which guest has the domid,
 *   and the VIF's MAC.
 * - Proxmox (`tap<vmid>i<device>`): the guest's file in /etc/pve says its UUID and MACs. With Proxmox's own firewall on, the port sits on a
 *   bridge `fwbr` of its own; it is the same port. A container (`veth<vmid>i<device>`) has no UUID: its file says its MAC.
 * - libvirt, whatever the port is called (`vnet<n>`, or what `<target dev>` says): it carries the guest's MAC with its first byte made fe, or fa where
 *   it was fe (virnetdevtap.c, virNetDevTapCreateInBridgePort).
 */
export interface PortFinding {
  /** "vif3.0", "tap3.0", "tap100i0", "vnet7". */
  readonly port: string;
  /** The kernel's number for it, which no later interface has before the next boot. */
  readonly ifindex: number;
  /** The guest's UUID; empty if only the MAC identifies the guest. */
  readonly uuid: string;
  readonly device: number;
  /** The domain's name in the toolstack. */
  readonly name: string;
  /** The guest's MAC in the toolstack; empty if only the MAC on the host's side is known. */
  readonly mac: string;
  /** With libvirt: the MAC on the host's side. */
  readonly hostMac?: string;
}

/** Any port of a bridge, or a port without a bridge whose name is like a guest's. */
export interface BridgePort {
  readonly port: string;
  readonly ifindex: number;
  /** Its own MAC, if that tells something about the guest. */
  readonly address: string;
  /** Undefined if it is on no bridge. */
  readonly bridge?: string;
}

export interface FoundBridge {
  readonly name: string;
  readonly mac: string;
  readonly vlanAware: boolean;
}

/** What csp reads about a host's network. */
export interface HostPorts {
  /** The guests' ports that the toolstack knows. */
  readonly found: readonly PortFinding[];
  readonly all: readonly BridgePort[];
  readonly bridges: readonly FoundBridge[];
}

export const NO_PORTS: HostPorts = { found: [], all: [], bridges: [] };

/** Port names that contain the device number; the toolstack knows their guests. */
const BY_DEVICE = /^(?:(?:vif|tap)\d+\.(\d+)(?:-emu)?|tap\d+i(\d+))$/;
const CONTAINER = /^veth\d+i\d+$/;
const TAP = /^vnet\d+$/;

/** Reads what `list_ports` and `ask_ports` print (remote/ports.sh). */
export function parsePorts(text: string): HostPorts {
  const answers: Record<string, Map<string, string>> = { vm: new Map(), name: new Map(), mac: new Map() };
  const all: BridgePort[] = [];
  const bridges: FoundBridge[] = [];
  for (const line of text.split("\n")) {
    const [, kind = "", key, rest = ""] = /^(\w+) (\S+) ?(.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    if (kind === "bridge") {
      const [mac = "", vlanAware = "0"] = rest.split(" ");
      bridges.push({ name: key, mac, vlanAware: vlanAware === "1" });
    } else if (kind === "port") {
      const [ifindex = "", address = "-", bridge = "-"] = rest.split(" ");
      all.push({ port: key, ifindex: Number(ifindex), address, ...(bridge === "-" ? {} : { bridge }) });
    } else answers[kind]?.set(key, rest.trim());
  }
  const found: PortFinding[] = [];
  for (const { port, ifindex, address } of all) {
    const answer = (kind: string) => answers[kind]?.get(port) ?? "";
    const byMac = { port, ifindex, uuid: "", device: -1, name: answer("name") };
    if (TAP.test(port)) found.push({ ...byMac, mac: "", hostMac: address });
    if (CONTAINER.test(port) && answer("mac") !== "") found.push({ ...byMac, mac: answer("mac") });
    const device = deviceOf(port);
    const uuid = answer("vm").replace(/^\/vm\//, "");
    // Others write xenstore. Without a valid UUID, it is not a guest of ours.
    if (device === undefined || !/^[0-9a-fA-F-]{36}$/.test(uuid)) continue;
    found.push({ port, ifindex, uuid: uuid.toLowerCase(), device, name: answer("name"), mac: answer("mac") });
  }
  return { found, all, bridges };
}

function deviceOf(port: string): number | undefined {
  const [, xen, proxmox] = BY_DEVICE.exec(port) ?? [];
  const device = xen ?? proxmox;
  return device === undefined ? undefined : Number(device);
}

/** An interface of a guest on record: what csp needs to find its port. */
export interface DeclaredVif {
  readonly uuid: string;
  readonly device: number;
  readonly mac: string;
  /** See `vifId`. */
  readonly id: string;
  /** Pinned by the user. */
  readonly port?: string;
  /** The guest may use any MAC, so the toolstack's MAC may differ from the declared one. */
  readonly anyMac?: boolean;
  readonly traits: readonly Trait[];
}

/** A port that looks like a guest's port, but does not lead to its rules. */
export interface RefusedPort {
  readonly port: string;
  readonly uuid: string;
  readonly cause: string;
}

export interface Claimed {
  readonly claims: PortClaim[];
  readonly refused: RefusedPort[];
}

/** A host's ports, by what a vif is found by. */
interface PortIndex {
  readonly bridges: ReadonlyMap<string, string | undefined>;
  readonly findings: ReadonlyMap<string, PortFinding>;
  /** How many ports without a device number have this MAC. */
  readonly carriers: ReadonlyMap<string, number>;
  /** Places in `all` of ports that a guest's UUID, a MAC on the host's side or a container's MAC leads to. */
  readonly places: ReadonlyMap<string, readonly number[]>;
}

const indexOf = memory.once(
  { name: "ports by what finds them", reason: "each of a thousand guests that are read looks for its own among a thousand ports" },
  ({ found, all }: HostPorts): PortIndex => {
    const findings = new Map(found.map((finding) => [finding.port, finding]));
    const carriers = new Map<string, number>();
    const places = new Map<string, number[]>();
    const put = (key: string, at: number) => {
      const earlier = places.get(key);
      if (earlier === undefined) places.set(key, [at]);
      else earlier.push(at);
    };
    for (const [at, { port, address }] of all.entries()) {
      const finding = findings.get(port);
      if (deviceOf(port) !== undefined) {
        if (finding !== undefined) put(finding.uuid, at);
        continue;
      }
      carriers.set(address, (carriers.get(address) ?? 0) + 1);
      put(address, at);
      if (CONTAINER.test(port)) put(`container ${spellMac(finding?.mac ?? "")}`, at);
    }
    return { bridges: new Map(all.map(({ port, bridge }) => [port, bridge])), findings, carriers, places };
  },
);

/** The ports that could be those of these vifs, in the order in which the host lists them. */
function candidates({ all }: HostPorts, { places }: PortIndex, vifs: readonly DeclaredVif[]): BridgePort[] {
  const found = new Set<number>();
  for (const { uuid, mac } of vifs)
    for (const key of [uuid, tapMac(mac), `container ${mac}`]) for (const at of places.get(key) ?? []) found.add(at);
  return [...found].sort((a, b) => a - b).flatMap((at) => all[at] ?? []);
}

/** Which vif each port is, from all that was found and declared. The hook does the same in remote/claims.awk; a test compares the two. */
export function claimPorts(network: HostPorts, vifs: readonly DeclaredVif[]): Claimed {
  const claims: PortClaim[] = [];
  const refused: RefusedPort[] = [];
  const index = indexOf(network);
  const { bridges, findings, carriers } = index;
  const claim = ({ id, traits, uuid, device }: DeclaredVif, port: string, ifindex?: number) => {
    const bridge = bridges.get(port);
    claims.push({
      ...{ port, vif: id, traits, uuid, device },
      ...(ifindex === undefined ? {} : { ifindex }),
      ...(bridge === undefined ? {} : { bridge }),
    });
  };
  const pinned = new Set<string>();
  const byDevice = new Map<string, DeclaredVif>();
  const byTapMac = new Map<string, DeclaredVif[]>();
  const byMac = new Map<string, DeclaredVif[]>();
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
    byMac.set(vif.mac, [...(byMac.get(vif.mac) ?? []), vif]);
  }

  for (const { port, ifindex, address } of candidates(network, index, vifs)) {
    if (pinned.has(port)) continue;
    const finding = findings.get(port);
    if (deviceOf(port) === undefined) {
      const foundMac = CONTAINER.test(port) ? spellMac(finding?.mac ?? "") : "";
      const [own, twin] = byMac.get(foundMac) ?? [];
      if (own !== undefined) {
        if (twin === undefined) claim(own, port, ifindex);
        else refused.push({ port, uuid: own.uuid, cause: `two declared interfaces have the MAC ${foundMac}` });
        continue;
      }
      const [vif, other] = byTapMac.get(address) ?? [];
      if (vif === undefined) continue;
      if (other !== undefined) refused.push({ port, uuid: vif.uuid, cause: `two declared interfaces have a MAC that fits ${address}` });
      else if (carriers.get(address) !== 1) refused.push({ port, uuid: vif.uuid, cause: `another port has ${address} too` });
      else claim(vif, port, ifindex);
      continue;
    }
    if (finding === undefined) continue;
    const vif = byDevice.get(`${finding.uuid}/${finding.device}`);
    if (vif === undefined) continue;
    if (vif.anyMac || finding.mac === "" || spellMac(finding.mac) === vif.mac) claim(vif, port, ifindex);
    else
      refused.push({ port, uuid: finding.uuid, cause: `its MAC is ${spellMac(finding.mac) || "unreadable"} and ${vif.mac} is declared` });
  }
  return { claims, refused };
}

/** The bridges that have guests' ports, each with its own zone. `zones`: those given before; see remote/claims.awk. */
export function guestBridges(
  { all, bridges }: HostPorts,
  claims: readonly PortClaim[],
  guestPorts: readonly string[],
  zones: ReadonlyMap<string, number>,
): Bridge[] {
  const claimed = new Set(claims.map(({ port }) => port));
  const isGuests = (port: string) => claimed.has(port) || guestPorts.some((prefix) => port.startsWith(prefix));
  const theirs = new Set(all.flatMap(({ port, bridge }) => (bridge !== undefined && isGuests(port) ? [bridge] : [])));
  const taken = new Set(zones.values());
  return bridges
    .filter(({ name }) => theirs.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, mac }) => {
      let zone = zones.get(name);
      if (zone === undefined) {
        for (zone = FIRST_ZONE; taken.has(zone); zone++);
        taken.add(zone);
      }
      return { name, mac, zone };
    });
}

/** Whether a port that was found belongs to this interface, whatever is on record. */
export function isPortOf(found: PortFinding, vif: { readonly uuid: string; readonly device: number; readonly mac: string }): boolean {
  if (found.uuid !== "") return found.uuid === vif.uuid && found.device === vif.device;
  const mac = canonicalMac(vif.mac);
  return found.hostMac === undefined ? spellMac(found.mac) === mac : found.hostMac === tapMac(mac);
}

/** The MAC that libvirt gives to the host's side for a guest's MAC. */
export function tapMac(mac: string): string {
  return `${mac.startsWith("fe") ? "fa" : "fe"}${mac.slice(2)}`;
}

/** A MAC in our spelling; empty if it is not a MAC. */
function spellMac(text: string): string {
  return /^([0-9A-Fa-f]{1,2}[:-]){5}[0-9A-Fa-f]{1,2}$/.test(text) ? canonicalMac(text) : "";
}
