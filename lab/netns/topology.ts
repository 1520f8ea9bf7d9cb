/** What a lab is made of, as its author writes it, and the same with every default filled in. */
import { createHash } from "node:crypto";
import { LabErrors } from "./errors";
import type { Product } from "./product";

export type Backend = "nft" | "legacy";

/** Decides how a guest's ports are named: vif<domid>.<n>, vnet<k> or tap<vmid>i<n>. */
export type Hypervisor = "xen" | "kvm" | "proxmox";

/** Who starts guests on a host, and so which scripts of the host are called when a port comes or goes; see {@link announce}. */
export type Toolstack = "xapi" | "xl" | "libvirt" | "proxmox";

const TOOLSTACKS: Readonly<Record<Hypervisor, readonly [Toolstack, ...Toolstack[]]>> = {
  xen: ["xapi", "xl"],
  kvm: ["libvirt"],
  proxmox: ["proxmox"],
};

export interface HostSpec {
  readonly name: string;
  /** Default nft. arptables is always the legacy one (arptables-nft has no FORWARD chain), ebtables the nft one. */
  readonly backend?: Backend;
  /** Default xen. Only a Xen host has xenstore. */
  readonly hypervisor?: Hypervisor;
  /** Default: xapi for xen, else the hypervisor's own. A Xen host can have xl instead. */
  readonly toolstack?: Toolstack;
  /** Which services run at boot: the units that are enabled, or the links of runlevel 3. Default systemd. */
  readonly init?: "systemd" | "sysv";
  /** Loopback port of the machine that leads to its sshd. Default: a free one. */
  readonly sshPort?: number;
  /** What its private file system can hold. Default 128. */
  readonly diskMb?: number;
  /** What is installed on it. Default: nothing that calls itself a product. */
  readonly product?: Product;
}

export interface InterfaceSpec {
  /** Default: derived from lab-independent names, 02:00:... */
  readonly mac?: string;
  /** With prefix lengths, v4 and v6: "10.20.0.11/24". */
  readonly addresses?: readonly string[];
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
  /** True: its ports exist but nothing is behind them. No endpoint, but a thousand start in seconds. Default false. */
  readonly bare?: boolean;
}

/** An endpoint that is no guest: on the fabric ("the Internet"), or on a plain port of one host's bridge. */
export interface OutsideSpec extends InterfaceSpec {
  readonly name: string;
  /** Then it hangs on that host's bridge, as `port<n>`, not on the fabric. */
  readonly host?: string;
}

export interface LabSpec {
  /** Prefixes everything that the lab makes; [a-z0-9-], at most 20 characters. */
  readonly name: string;
  readonly hosts: readonly HostSpec[];
  readonly guests?: readonly GuestSpec[];
  readonly outside?: readonly OutsideSpec[];
}

export type Host = Required<Omit<HostSpec, "product">> & { readonly product?: Product; readonly managementAddress: string };
export type Interface = Required<InterfaceSpec>;

export interface Guest {
  readonly name: string;
  readonly host: string;
  readonly uuid: string;
  readonly interfaces: readonly Interface[];
  readonly running: boolean;
  readonly bare: boolean;
}

export interface Outside {
  readonly name: string;
  readonly host?: string;
  readonly interface: Interface;
}

/** A spec without gaps: what the state file holds. */
export interface Topology {
  readonly name: string;
  readonly hosts: readonly Host[];
  readonly guests: readonly Guest[];
  readonly outside: readonly Outside[];
}

/** The operator's own address on the management network. */
export const OPERATOR_ADDRESS = "10.255.0.1";

const NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** Fills in the defaults; throws when a name is unusable, taken or unknown. */
export function resolveTopology(spec: LabSpec): Topology {
  checkName("name", spec.name, 20);
  if (spec.hosts.length === 0 || spec.hosts.length > 250) {
    throw LabErrors.badSpec("hosts", `${spec.hosts.length} hosts given`, "Give 1 to 250");
  }
  const taken = new Set<string>();
  const claim = (field: string, name: string): void => {
    checkName(field, name, 40);
    if (taken.has(name)) {
      throw LabErrors.badSpec(field, `the name ${name} is used twice`, "Names of hosts, guests and outside endpoints must differ");
    }
    taken.add(name);
  };
  const hosts = spec.hosts.map((host, index): Host => {
    claim(`hosts[${index}].name`, host.name);
    const hypervisor = host.hypervisor ?? "xen";
    const toolstack = host.toolstack ?? TOOLSTACKS[hypervisor][0];
    if (!TOOLSTACKS[hypervisor].includes(toolstack)) {
      throw LabErrors.badSpec(
        `hosts[${index}].toolstack`,
        `${toolstack} does not start guests of ${hypervisor}`,
        `Use ${TOOLSTACKS[hypervisor].join(" or ")}`,
      );
    }
    return {
      name: host.name,
      backend: host.backend ?? "nft",
      hypervisor,
      toolstack,
      init: host.init ?? "systemd",
      sshPort: host.sshPort ?? 0,
      diskMb: host.diskMb ?? 128,
      product: host.product,
      managementAddress: `10.255.0.${index + 2}`,
    };
  });
  const checkHost = (field: string, name: string): void => {
    if (!hosts.some((host) => host.name === name)) {
      throw LabErrors.badSpec(field, `there is no host ${name}`, `Use one of ${hosts.map((host) => host.name).join(", ")}`);
    }
  };
  const guests = (spec.guests ?? []).map((guest, index): Guest => {
    claim(`guests[${index}].name`, guest.name);
    checkHost(`guests[${index}].host`, guest.host);
    const interfaces = [guest, ...(guest.extraInterfaces ?? [])].map((entry, device) => resolveInterface(entry, `${guest.name}/${device}`));
    return {
      name: guest.name,
      host: guest.host,
      uuid: guest.uuid ?? uuidOf(guest.name),
      interfaces,
      running: guest.running ?? true,
      bare: guest.bare ?? false,
    };
  });
  const outside = (spec.outside ?? []).map((entry, index): Outside => {
    claim(`outside[${index}].name`, entry.name);
    if (entry.host !== undefined) {
      checkHost(`outside[${index}].host`, entry.host);
    }
    return { name: entry.name, host: entry.host, interface: resolveInterface(entry, entry.name) };
  });
  return { name: spec.name, hosts, guests, outside };
}

function checkName(field: string, name: string, length: number): void {
  if (!NAME.test(name) || name.length > length) {
    throw LabErrors.badSpec(field, `"${name}" cannot be a name`, `Use a-z, 0-9 and "-", at most ${length} characters`);
  }
}

function resolveInterface(spec: InterfaceSpec, seed: string): Interface {
  return { mac: spec.mac ?? macOf(seed), addresses: spec.addresses ?? [] };
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
