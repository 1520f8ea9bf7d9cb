/** The ports of guests on their hosts: their names, their bridges, and what is behind them. Pure. */
import { LabErrors } from "./errors";
import { portName } from "./names";
import type { Bridge, Guest, Host, Interface } from "./topology";

/** Some interfaces of a guest, with its domain id. */
export interface Plug {
  readonly guest: Guest;
  readonly domain: number;
  readonly devices: readonly number[];
}

export interface Port {
  /** On the host. */
  readonly name: string;
  /** The guest's device behind it. */
  readonly device: string;
  readonly interface: Interface;
  readonly bridge: Bridge;
  /** Whether it is QEMU's emulated card, which a guest without its own drivers uses. Its twin belongs to the same interface. */
  readonly emulated: boolean;
}

/** The ports of these interfaces. The port of an emulated card comes after its twin. */
export function portsOf(host: Host, { guest, domain, devices }: Plug): Port[] {
  return devices.flatMap((device) => {
    const own = interfaceOf(guest, device);
    const bridge = bridgeOf(host, own);
    const emulated = emulatedPort(host, guest, domain, device);
    return [
      { name: portOf(host, guest, domain, device), device: `eth${device}`, interface: own, bridge, emulated: false },
      ...(emulated === undefined ? [] : [{ name: emulated, device: emulatedDevice(device), interface: own, bridge, emulated: true }]),
    ];
  });
}

/** The host's end of a guest's interface. */
export function portOf(host: Host, guest: Guest, domain: number, device: number): string {
  return interfaceOf(guest, device).port ?? portName(host.hypervisor, domain, device, guest.kind);
}

/** The port of an emulated card: xl names it like the vif, with "-emu"; XAPI names it like a tap. Undefined if the guest has none. */
function emulatedPort(host: Host, guest: Guest, domain: number, device: number): string | undefined {
  if (guest.kind !== "hvm") {
    return undefined;
  }
  return host.toolstack === "xl" ? `${portOf(host, guest, domain, device)}-emu` : `tap${domain}.${device}`;
}

/** The guest's side of an emulated card. */
export const emulatedDevice = (device: number): string => `emu${device}`;

export function interfaceOf(guest: Guest, device: number): Interface {
  const found = guest.interfaces[device];
  if (found === undefined) {
    throw LabErrors.guestState(guest.name, `it has no interface ${device}`, `Its interfaces are 0 to ${guest.interfaces.length - 1}`);
  }
  return found;
}

/** The bridge of a host that an interface's port is on. */
export function bridgeOf(host: Host, { bridge }: Interface): Bridge {
  const found = bridge === undefined ? host.bridges[0] : host.bridges.find(({ name }) => name === bridge);
  if (found === undefined) {
    throw LabErrors.noBridge(
      host.name,
      bridge ?? "",
      host.bridges.map(({ name }) => name),
    );
  }
  return found;
}
