/**
 * Writes the tree that a lab host's xenstore-* commands read, in the layout of the real one. A node is a directory, its value ".value".
 * lab/xen has the real store of xl; what XAPI puts there was read from xapi-project/xen-api, because no XAPI can be had here.
 */
import * as fs from "node:fs";
import * as path from "node:path";
import { bridgeOf, interfaceOf, type Plug, portOf } from "./ports";
import type { Guest, Host, Interface } from "./topology";

const TREE = "run/xenstore/tree";

/** A stable identity of a guest's interface, like XAPI's for each VIF. */
export function vifUuid(guest: Guest, device: number): string {
  return `${guest.uuid.slice(0, 24)}f${String(device).padStart(3, "0")}${guest.uuid.slice(28)}`;
}

/** Every node of a running guest with its value, of all its interfaces or of some. */
export function guestNodes(host: Host, { guest, domain, devices }: Plug): Map<string, string> {
  const nodes = new Map<string, string>([
    [`/local/domain/${domain}/vm`, `/vm/${guest.uuid}`],
    [`/local/domain/${domain}/name`, guest.name],
    [`/local/domain/${domain}/domid`, String(domain)],
    [`/vm/${guest.uuid}/uuid`, guest.uuid],
    [`/vm/${guest.uuid}/name`, guest.name],
  ]);
  for (const device of devices) {
    const own = interfaceOf(guest, device);
    const bridge = bridgeOf(host, own).name;
    const vlans = vlanTerms(own);
    const { mac } = own;
    const front = `/local/domain/${domain}/device/vif/${device}`;
    const back = `/local/domain/0/backend/vif/${domain}/${device}`;
    const values: Record<string, string> = {
      [`${front}/backend`]: back,
      [`${front}/backend-id`]: "0",
      [`${front}/state`]: "4",
      [`${front}/handle`]: String(device),
      [`${front}/mac`]: mac,
      [`${back}/frontend`]: front,
      [`${back}/frontend-id`]: String(domain),
      [`${back}/online`]: "1",
      [`${back}/state`]: "4",
      [`${back}/handle`]: String(device),
      [`${back}/mac`]: mac,
      [`${back}/bridge`]: bridge,
      ...(vlans === "" ? {} : { [`${back}/vlan`]: vlans }),
      [`${back}/vifname`]: portOf(host, guest, domain, device),
      [`${back}/hotplug-status`]: "connected",
      [`/xapi/${guest.uuid}/private/vif/${device}/vif-uuid`]: vifUuid(guest, device),
      [`/xapi/${guest.uuid}/private/vif/${device}/bridge`]: bridge,
    };
    for (const [key, value] of Object.entries(values)) {
      nodes.set(key, value);
    }
  }
  return nodes;
}

/** A port's VLANs in the form of Xen 4.20: "10p/20", with "p" at the untagged one. */
function vlanTerms({ vlan, vlans }: Interface): string {
  return [...(vlan === undefined ? [] : [`${vlan}p`]), ...vlans].join("/");
}

/** Writes domain 0 alone, for a host without guests. */
export function writeDomainZero(holder: number): void {
  writeNodes(
    holder,
    new Map([
      ["/local/domain/0/name", "Domain-0"],
      ["/local/domain/0/domid", "0"],
    ]),
  );
}

/** Writes a domain that runs or is about to run, with these interfaces. */
export function writeGuest(holder: number, host: Host, plug: Plug): void {
  writeNodes(holder, guestNodes(host, plug));
}

/** Removes interfaces from a domain that continues to run. */
export function removeDevices(holder: number, { guest, domain, devices }: Plug): void {
  for (const device of devices) {
    for (const key of [
      `local/domain/${domain}/device/vif/${device}`,
      `local/domain/0/backend/vif/${domain}/${device}`,
      `xapi/${guest.uuid}/private/vif/${device}`,
    ]) {
      fs.rmSync(path.join(root(holder), key), { recursive: true, force: true });
    }
  }
}

export function removeGuest(holder: number, guest: Guest, domain: number): void {
  for (const key of [`local/domain/${domain}`, `local/domain/0/backend/vif/${domain}`, `vm/${guest.uuid}`, `xapi/${guest.uuid}`]) {
    fs.rmSync(path.join(root(holder), key), { recursive: true, force: true });
  }
}

/** The host's file system, seen from outside through its first process. */
const root = (holder: number): string => `/proc/${holder}/root/${TREE}`;

function writeNodes(holder: number, nodes: ReadonlyMap<string, string>): void {
  for (const [key, value] of nodes) {
    const directory = path.join(root(holder), key);
    fs.mkdirSync(directory, { recursive: true });
    fs.writeFileSync(path.join(directory, ".value"), value);
  }
}
