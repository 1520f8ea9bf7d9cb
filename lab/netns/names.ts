import type { Hypervisor } from "./topology";

/** What lies under it: state.json, keys, logs and one folder a host. Root's alone, and gone with a reboot, as the lab itself. */
export const LABS_DIRECTORY = "/run/csp-lab";

export const labDirectory = (lab: string): string => `${LABS_DIRECTORY}/${lab}`;

/** The lab's namespaces, by role: what `ip netns` lists. */
export const operatorNamespace = (lab: string): string => `csp-${lab}-operator`;
export const fabricNamespace = (lab: string): string => `csp-${lab}-fabric`;
/** Where the far ends of bare guests' ports lie unused. */
export const crowdNamespace = (lab: string): string => `csp-${lab}-crowd`;
export const hostNamespace = (lab: string, host: string): string => `csp-${lab}-h-${host}`;
export const guestNamespace = (lab: string, guest: string): string => `csp-${lab}-g-${guest}`;
export const outsideNamespace = (lab: string, name: string): string => `csp-${lab}-o-${name}`;

export const namespacePath = (namespace: string): string => `/run/netns/${namespace}`;

/** The guests' bridge on every host; its uplink is eth1, management is eth0. */
export const BRIDGE = "xenbr0";

/** A port between two hosts or two lives of its guest, unplugged in the fabric's namespace. `guest` counts the lab's guests from 0. */
export const parkedPort = (guest: number, device: number): string => `k${guest}.${device}`;

/**
 * The host's end of a guest's interface. `domain` is what Xen calls the domain id, and is another one after every start; a Proxmox guest
 * keeps its number for life.
 */
export function portName(hypervisor: Hypervisor, domain: number, device: number): string {
  switch (hypervisor) {
    case "xen":
      return `vif${domain}.${device}`;
    case "kvm":
      // libvirt counts taps, not domains; ten devices a guest keep the two apart.
      return `vnet${domain * 10 + device}`;
    case "proxmox":
      return `tap${domain + 100}i${device}`;
  }
}
