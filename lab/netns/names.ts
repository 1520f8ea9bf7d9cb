import type { GuestKind, Hypervisor } from "./topology";

/** It contains state.json, keys, logs and one folder for each host. Only root can read it, and it is gone after a reboot, like the lab itself. */
export const LABS_DIRECTORY = "/run/csp-lab";

export const labDirectory = (lab: string): string => `${LABS_DIRECTORY}/${lab}`;

/** The lab's namespaces, by role: what `ip netns` lists. */
export const operatorNamespace = (lab: string): string => `csp-${lab}-operator`;
export const fabricNamespace = (lab: string): string => `csp-${lab}-fabric`;
/** The namespace for the unused far ends of bare guests' ports. */
export const crowdNamespace = (lab: string): string => `csp-${lab}-crowd`;
export const hostNamespace = (lab: string, host: string): string => `csp-${lab}-h-${host}`;
export const guestNamespace = (lab: string, guest: string): string => `csp-${lab}-g-${guest}`;
export const outsideNamespace = (lab: string, name: string): string => `csp-${lab}-o-${name}`;

export const namespacePath = (namespace: string): string => `/run/netns/${namespace}`;

/** The switch of a network outside of all hosts, counted from 0, in the fabric's namespace. */
export const fabricSwitch = (network: number): string => (network === 0 ? "fabric" : `fabric${network}`);

/** The host's device whose cable leads to the switch of its n-th bridge's network; eth0 is management. */
export const uplink = (bridge: number): string => `eth${bridge + 1}`;

/** A port while its guest moves between hosts or is not running; it waits in the fabric's namespace. `guest` counts the lab's guests from 0. */
export const parkedPort = (guest: number, device: string): string => `k${guest}.${device}`;

/**
 * The name that the toolstack gives to the host's end of an interface. `domain` is what Xen calls the domain id. It is new after every start; a Proxmox
 * guest always keeps its number.
 */
export function portName(hypervisor: Hypervisor, domain: number, device: number, kind?: GuestKind): string {
  switch (hypervisor) {
    case "xen":
      return `vif${domain}.${device}`;
    case "kvm":
      // libvirt counts taps, not domains; ten devices a guest keep the two apart.
      return `vnet${domain * 10 + device}`;
    case "proxmox":
      return `${kind === "container" ? "veth" : "tap"}${domain + 100}i${device}`;
  }
}
