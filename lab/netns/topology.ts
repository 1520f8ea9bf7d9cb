/** A lab's parts, as its author writes them, and the same with every default filled in. */
import { createHash } from "node:crypto";
import { AGES, type Era } from "../eras/ages";
import { LabErrors } from "./errors";
import type { Product } from "./product";

export type Backend = "nft" | "legacy";

/** Decides the names of a guest's ports: vif<domid>.<n>, vnet<k> or tap<vmid>i<n>. */
export type Hypervisor = "xen" | "kvm" | "proxmox";

/** The program that starts guests on a host. It decides which scripts of the host are called when a port comes or goes; see {@link announce}. */
export type Toolstack = "xapi" | "xl" | "libvirt" | "proxmox";

const TOOLSTACKS: Readonly<Record<Hypervisor, readonly [Toolstack, ...Toolstack[]]>> = {
  xen: ["xapi", "xl"],
  kvm: ["libvirt"],
  proxmox: ["proxmox"],
};

/** A bridge of a host. Bridges with the same name on several hosts are one network. */
export interface BridgeSpec {
  readonly name: string;
  /** `vlan_filtering 1`: the bridge also forwards by VLAN. It needs a kernel that supports it. Default: false. */
  readonly vlanAware?: boolean;
  /** Takes part in the spanning tree protocol. Default false. */
  readonly stp?: boolean;
}

export interface HostSpec {
  readonly name: string;
  /** Its age: tools, sshd, init, product and what is not there yet (lab/README.md). Default: this machine's. A field that is given as well wins. */
  readonly era?: Era;
  /**
   * What iptables and ip6tables are. Default nft, or legacy where the kernel has no tables for nft. arptables is always the legacy one
   * (arptables-nft has no FORWARD chain).
   */
  readonly backend?: Backend;
  /** The variant of ebtables. Default: the legacy one with the legacy backend if this kernel has its tables, otherwise the nft one. */
  readonly ebtables?: Backend;
  /** Default: only xenbr0. The uplink of the first bridge is eth1, that of the second eth2, and so on; eth0 is management. */
  readonly bridges?: readonly BridgeSpec[];
  /** Default xen. Only a Xen host has xenstore. */
  readonly hypervisor?: Hypervisor;
  /** Default: xapi for xen, else the hypervisor's own. A Xen host can have xl instead. */
  readonly toolstack?: Toolstack;
  /** Which services run at boot: the units that are enabled, or the links of runlevel 3. Default systemd. */
  readonly init?: "systemd" | "sysv";
  /** Loopback port of the machine that leads to its sshd. Default: a free one. */
  readonly sshPort?: number;
  /** The size of its private file system. Default: 128. */
  readonly diskMb?: number;
  /** What is installed on it. Default: no product. */
  readonly product?: Product;
  /** Folders that hold its system, the upper ones first: a file of the first hides that of the next. Default: this machine's own. */
  readonly root?: readonly [string, ...string[]];
  /** Files on its disk from the start, by path ("etc/libvirt/qemu.conf"). */
  readonly files?: Readonly<Record<string, string>>;
}

/** One end of a cable: the endpoint's side, and its port. */
export interface InterfaceSpec {
  /** Default: derived from lab-independent names, 02:00:... */
  readonly mac?: string;
  /** With prefix lengths, v4 and v6: "10.20.0.11/24". */
  readonly addresses?: readonly string[];
  /** Name of the host's bridge that its port is on. Default: the host's first. */
  readonly bridge?: string;
  /** On a VLAN-aware bridge: the VLAN of what the port sends and receives untagged. Default: 1 if `vlans` is not given, otherwise none. */
  readonly vlan?: number;
  /** On a VLAN-aware bridge: the VLANs that the port carries tagged. Default none. */
  readonly vlans?: readonly number[];
  /** The port's name on the host, as libvirt's `<target dev="web1-lan"/>` sets it. Default: the name that the hypervisor makes from the domain's number. */
  readonly port?: string;
}

export interface GuestSpec extends InterfaceSpec {
  readonly name: string;
  readonly host: string;
  /** Default: derived from the name. */
  readonly uuid?: string;
  /** Interfaces after the first; the first one's fields are the guest's own. */
  readonly extraInterfaces?: readonly InterfaceSpec[];
  /** Default true. */
  readonly running?: boolean;
  /** True: its ports exist, but nothing is behind them. It is not an endpoint, but a thousand of them start in seconds. Default: false. */
  readonly bare?: boolean;
  /**
   * The kind of guest, if its hypervisor has several. "hvm" on Xen: beside each port, there is the port of QEMU's emulated card, with the name that the
   * toolstack gives it. "container" on Proxmox: its ports are veth<vmid>i<n>. Default: the hypervisor's usual kind.
   */
  readonly kind?: GuestKind;
}

export type GuestKind = "hvm" | "container";

/** An endpoint that is not a guest: on a network's switch outside of all hosts ("the Internet"), or on a plain port of one host's bridge. */
export interface OutsideSpec extends InterfaceSpec {
  readonly name: string;
  /** If given, it is on a bridge of that host, by default as `port<n>`, and the VLANs are those of that port. */
  readonly host?: string;
  /** Which network: the name of some host's bridge. Default: the first host's first. */
  readonly bridge?: string;
  /** Without `host`: its addresses are on a VLAN device of its cable. Needs a kernel that has 8021q. */
  readonly vlan?: number;
}

export interface LabSpec {
  /** Prefixes everything that the lab makes; [a-z0-9-], at most 20 characters. */
  readonly name: string;
  readonly hosts: readonly HostSpec[];
  readonly guests?: readonly GuestSpec[];
  readonly outside?: readonly OutsideSpec[];
}

export type Bridge = Required<BridgeSpec>;

/** `ebtables` stays open until the lab has checked the kernel. */
export type Host = Required<Omit<HostSpec, "product" | "ebtables" | "bridges" | "era" | "root" | "files">> &
  Pick<HostSpec, "product" | "ebtables" | "era" | "root" | "files"> & {
    readonly bridges: readonly [Bridge, ...Bridge[]];
    readonly managementAddress: string;
  };

export type Interface = Required<Pick<InterfaceSpec, "mac" | "addresses" | "vlans">> & Pick<InterfaceSpec, "bridge" | "vlan" | "port">;

export interface Guest {
  readonly name: string;
  readonly host: string;
  readonly uuid: string;
  readonly interfaces: readonly Interface[];
  readonly running: boolean;
  readonly bare: boolean;
  readonly kind?: GuestKind;
}

export interface Outside {
  readonly name: string;
  readonly host?: string;
  /** For an endpoint outside of all hosts: one of {@link networksOf}. */
  readonly network?: string;
  readonly interface: Interface;
}

/** A complete spec, as the state file contains it. */
export interface Topology {
  readonly name: string;
  readonly hosts: readonly Host[];
  readonly guests: readonly Guest[];
  readonly outside: readonly Outside[];
}

/** The operator's own address on the management network. */
export const OPERATOR_ADDRESS = "10.255.0.1";

const NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** Names of network devices. The kernel accepts more, but scripts do not. */
const DEVICE = /^[a-zA-Z][a-zA-Z0-9_.-]{0,14}$/;

/** The bridge of a host whose spec names none. */
export const DEFAULT_BRIDGE: Bridge = { name: "xenbr0", vlanAware: false, stp: false };

/** The networks of a lab, by the names of the bridges that are joined to each, in the order of the hosts. */
export function networksOf(topology: { readonly hosts: readonly Host[] }): string[] {
  return [...new Set(topology.hosts.flatMap((host) => host.bridges.map(({ name }) => name)))];
}

/** Fills in the defaults. Throws if a name is not allowed, already used or unknown. */
export function resolveTopology(spec: LabSpec): Topology {
  checkName("name", spec.name, 20);
  if (spec.hosts.length === 0 || spec.hosts.length > 250) {
    throw LabErrors.badSpec("hosts", `${spec.hosts.length} hosts given`, "Give 1 to 250");
  }
  const taken = new Set<string>();
  const takeName = (field: string, name: string): void => {
    checkName(field, name, 40);
    if (taken.has(name)) {
      throw LabErrors.badSpec(field, `the name ${name} is used twice`, "Names of hosts, guests and outside endpoints must differ");
    }
    taken.add(name);
  };
  const hosts = spec.hosts.map((host, index): Host => {
    takeName(`hosts[${index}].name`, host.name);
    const hypervisor = host.hypervisor ?? "xen";
    const toolstack = host.toolstack ?? TOOLSTACKS[hypervisor][0];
    if (!TOOLSTACKS[hypervisor].includes(toolstack)) {
      throw LabErrors.badSpec(
        `hosts[${index}].toolstack`,
        `${toolstack} does not start guests of ${hypervisor}`,
        `Use ${TOOLSTACKS[hypervisor].join(" or ")}`,
      );
    }
    const age = host.era === undefined ? undefined : AGES[host.era];
    if (age?.tools !== undefined && host.backend === "nft") {
      throw LabErrors.badSpec(`hosts[${index}].backend`, `hosts of ${host.era} have no nft`, "Leave it out");
    }
    return {
      name: host.name,
      era: host.era,
      backend: host.backend ?? (age?.tools === undefined ? "nft" : "legacy"),
      ebtables: host.ebtables,
      bridges: resolveBridges(`hosts[${index}].bridges`, host.bridges),
      hypervisor,
      toolstack,
      init: host.init ?? age?.init ?? "systemd",
      sshPort: host.sshPort ?? 0,
      diskMb: host.diskMb ?? 128,
      product: host.product ?? age?.product,
      root: host.root,
      files: host.files,
      managementAddress: `10.255.0.${index + 2}`,
    };
  });
  const hostNamed = (field: string, name: string): Host => {
    const host = hosts.find((each) => each.name === name);
    if (host === undefined) {
      throw LabErrors.badSpec(field, `there is no host ${name}`, `Use one of ${hosts.map((each) => each.name).join(", ")}`);
    }
    return host;
  };
  const ports = new Set<string>();
  const takePort = (field: string, port: string | undefined): void => {
    if (port === undefined) {
      return;
    }
    if (ports.has(port)) {
      throw LabErrors.badSpec(
        field,
        `the port ${port} is named twice`,
        "A guest may move to any host, so ports' names differ in the whole lab",
      );
    }
    ports.add(port);
  };
  const guests = (spec.guests ?? []).map((guest, index): Guest => {
    const field = `guests[${index}]`;
    takeName(`${field}.name`, guest.name);
    const host = hostNamed(`${field}.host`, guest.host);
    checkKind(`${field}.kind`, guest.kind, host);
    const interfaces = [guest, ...(guest.extraInterfaces ?? [])].map((entry, device) => {
      const place = device === 0 ? field : `${field}.extraInterfaces[${device - 1}]`;
      takePort(`${place}.port`, entry.port);
      return resolvePort(place, resolveInterface(entry, `${guest.name}/${device}`), host);
    });
    return {
      name: guest.name,
      host: guest.host,
      uuid: guest.uuid ?? uuidOf(guest.name),
      interfaces,
      running: guest.running ?? true,
      bare: guest.bare ?? false,
      kind: guest.kind,
    };
  });
  const outside = (spec.outside ?? []).map((entry, index): Outside => {
    const field = `outside[${index}]`;
    takeName(`${field}.name`, entry.name);
    const resolved = resolveInterface(entry, entry.name);
    if (entry.host !== undefined) {
      takePort(`${field}.port`, entry.port);
      return { name: entry.name, host: entry.host, interface: resolvePort(field, resolved, hostNamed(`${field}.host`, entry.host)) };
    }
    const networks = networksOf({ hosts });
    const { bridge: network = networks[0] ?? "", vlan, vlans, port } = resolved;
    if (!networks.includes(network)) {
      throw LabErrors.badSpec(`${field}.bridge`, `no host has a bridge ${network}`, `Use one of ${networks.join(", ")}`);
    }
    if (vlans.length > 0 || port !== undefined) {
      throw LabErrors.badSpec(field, "it is on no host's port, so it has no vlans and no port", "Give it a host, or one vlan");
    }
    checkVlan(`${field}.vlan`, vlan);
    return { name: entry.name, network, interface: resolved };
  });
  return { name: spec.name, hosts, guests, outside };
}

function resolveBridges(field: string, specs: readonly BridgeSpec[] = [DEFAULT_BRIDGE]): readonly [Bridge, ...Bridge[]] {
  const [first, ...more] = specs.map((bridge): Bridge => ({ ...DEFAULT_BRIDGE, ...bridge }));
  if (first === undefined || specs.length > 8) {
    throw LabErrors.badSpec(field, `${specs.length} bridges given`, "Give 1 to 8, or leave the field out");
  }
  for (const [index, { name }] of specs.entries()) {
    checkDevice(`${field}[${index}].name`, name);
    if (specs.findIndex((each) => each.name === name) < index) {
      throw LabErrors.badSpec(`${field}[${index}].name`, `the host has two bridges ${name}`, "Give each another name");
    }
  }
  return [first, ...more];
}

/** Names that the lab gives to devices of a host by itself. */
const OWN_DEVICE = /^(?:lo|eth\d+|port\d+)$/;

function checkDevice(field: string, name: string): void {
  if (!DEVICE.test(name) || OWN_DEVICE.test(name)) {
    throw LabErrors.badSpec(
      field,
      `"${name}" cannot be a device's name`,
      'Use letters, digits, ".", "_" and "-", at most 15 characters, and not lo, eth0 or port0',
    );
  }
}

function checkVlan(field: string, vlan: number | undefined): void {
  if (vlan !== undefined && !(Number.isInteger(vlan) && vlan >= 1 && vlan <= 4094)) {
    throw LabErrors.badSpec(field, `${vlan} is no VLAN`, "Use 1 to 4094");
  }
}

/** Checks what an interface says about its port on a host. */
function resolvePort(field: string, wanted: Interface, host: Host): Interface {
  const bridge = host.bridges.find(({ name }) => name === (wanted.bridge ?? host.bridges[0].name));
  if (bridge === undefined) {
    throw LabErrors.badSpec(
      `${field}.bridge`,
      `${host.name} has no bridge ${wanted.bridge}`,
      `Use one of ${host.bridges.map(({ name }) => name).join(", ")}`,
    );
  }
  const { vlan, vlans, port } = wanted;
  if (!bridge.vlanAware && (vlan !== undefined || vlans.length > 0)) {
    throw LabErrors.badSpec(
      `${field}.${vlan === undefined ? "vlans" : "vlan"}`,
      `the bridge ${bridge.name} of ${host.name} knows no VLANs`,
      "Make it vlanAware",
    );
  }
  checkVlan(`${field}.vlan`, vlan);
  for (const each of vlans) {
    checkVlan(`${field}.vlans`, each);
  }
  if (port !== undefined) {
    checkDevice(`${field}.port`, port);
  }
  return wanted;
}

function checkKind(field: string, kind: GuestKind | undefined, { name, hypervisor }: Host): void {
  const needed = kind === undefined ? hypervisor : ({ hvm: "xen", container: "proxmox" } as const)[kind];
  if (hypervisor !== needed) {
    throw LabErrors.badSpec(field, `${name} runs ${hypervisor}, which has no ${kind} guests`, `Put it on a host with hypervisor ${needed}`);
  }
}

function checkName(field: string, name: string, length: number): void {
  if (!NAME.test(name) || name.length > length) {
    throw LabErrors.badSpec(field, `"${name}" cannot be a name`, `Use a-z, 0-9 and "-", at most ${length} characters`);
  }
}

function resolveInterface({ mac, addresses, bridge, vlan, vlans, port }: InterfaceSpec, seed: string): Interface {
  return { mac: mac ?? macOf(seed), addresses: addresses ?? [], bridge, vlan, vlans: vlans ?? [], port };
}

/** A locally administered unicast address that stays the same for the same seed. */
function macOf(seed: string): string {
  const hash = createHash("sha256").update(seed).digest("hex");
  return `02:${hash.slice(0, 10).match(/../g)?.join(":")}`;
}

function uuidOf(seed: string): string {
  const hash = createHash("sha256").update(`guest ${seed}`).digest("hex");
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
