/** The lab's network as text for `ip -batch` and the shell. Pure: this one place says what is connected to what. */
import {
  crowdNamespace,
  fabricNamespace,
  fabricSwitch,
  guestNamespace,
  hostNamespace,
  namespacePath,
  operatorNamespace,
  outsideNamespace,
  parkedPort,
  uplink,
} from "./names";
import { bridgeOf, emulatedDevice, interfaceOf, type Plug, type Port, portsOf } from "./ports";
import { type Guest, type Host, type Interface, networksOf, OPERATOR_ADDRESS, type Outside, type Topology } from "./topology";

/** The MAC that Xen's hotplug script sets: a guest's port is never an address itself. */
const PORT_MAC = "fe:ff:ff:ff:ff:ff";

export function allNamespaces(topology: Topology): string[] {
  const { name } = topology;
  return [
    operatorNamespace(name),
    fabricNamespace(name),
    ...(topology.guests.some((guest) => guest.bare) ? [crowdNamespace(name)] : []),
    ...topology.hosts.map((host) => hostNamespace(name, host.name)),
    ...topology.guests.filter((guest) => !guest.bare).map((guest) => guestNamespace(name, guest.name)),
    ...topology.outside.map((outside) => outsideNamespace(name, outside.name)),
  ];
}

/** A command line of a shell script: `batch` run by ip inside a namespace, after `sysctls` were written there. */
export function inside(namespace: string, sysctls: Readonly<Record<string, string | number>>, batch: readonly string[]): string {
  const writes = Object.entries(sysctls).map(([key, value]) => `echo ${value} >/proc/sys/${key}`);
  const script = [...writes, "exec ip -batch -"].join(" && ");
  return `nsenter --net=${namespacePath(namespace)} sh -c '${script}' <<'END' || exit 1\n${batch.join("\n")}\nEND\n`;
}

/** Lines for `bridge -batch` inside a namespace, as a command line of a shell script; empty if there are no lines. */
function bridgeCommands(namespace: string, batch: readonly string[]): string {
  return batch.length === 0
    ? ""
    : `nsenter --net=${namespacePath(namespace)} bridge -batch - <<'END' || exit 1\n${batch.join("\n")}\nEND\n`;
}

/** The fabric: one switch for each network of the guests, one for management, and the cables of the operator and of the outside endpoints. */
export function fabricScript(topology: Topology): string {
  const { name } = topology;
  const networks = networksOf(topology);
  const batch = ["link set lo up"];
  for (const bridge of [...networks.map((_, index) => fabricSwitch(index)), "mgmt"]) {
    batch.push(`link add ${bridge} type bridge forward_delay 0 mcast_snooping 0`, `link set ${bridge} addrgenmode none up`);
  }
  batch.push(...cable("op", "mgmt", operatorNamespace(name), "eth0", "02:ff:00:00:00:01"));
  for (const host of topology.hosts) {
    batch.push(...hostCables(topology, host));
  }
  topology.outside.forEach((outside, index) => {
    if (outside.network !== undefined) {
      const bridge = fabricSwitch(networks.indexOf(outside.network));
      batch.push(...cable(`x${index}`, bridge, outsideNamespace(name, outside.name), "eth0", outside.interface.mac));
    }
  });
  const quiet = {
    "net/bridge/bridge-nf-call-iptables": 0,
    "net/bridge/bridge-nf-call-ip6tables": 0,
    "net/bridge/bridge-nf-call-arptables": 0,
  };
  return (
    inside(fabricNamespace(name), quiet, batch) +
    inside(operatorNamespace(name), {}, [
      "link set lo up",
      "link set eth0 up",
      `addr add ${OPERATOR_ADDRESS}/24 dev eth0`,
      "addr add fd55::1/64 dev eth0 nodad",
    ])
  );
}

/** A veth from one of the fabric's bridges to a device in another namespace. */
function cable(port: string, bridge: string, namespace: string, device: string, mac: string): string[] {
  return [
    `link add ${port} type veth peer name ${device} address ${mac} netns ${namespace}`,
    `link set ${port} addrgenmode none master ${bridge} up`,
  ];
}

/** A host's cables: eth0 to the management network, eth1 and so on to the guests' networks, one for each bridge. */
function hostCables(topology: Topology, host: Host): string[] {
  const index = topology.hosts.indexOf(host);
  const networks = networksOf(topology);
  const namespace = hostNamespace(topology.name, host.name);
  return [
    ...cable(`m${index}`, "mgmt", namespace, "eth0", `02:fe:00:00:00:${byte(index)}`),
    ...host.bridges.flatMap(({ name }, bridge) =>
      cable(uplinkCable(index, bridge), fabricSwitch(networks.indexOf(name)), namespace, uplink(bridge), bridgeMac(index, bridge)),
    ),
  ];
}

/** The fabric's end of the cable to a host's bridge, both counted from 0. */
const uplinkCable = (host: number, bridge: number): string => `u${host}.${bridge}`;

/** The MAC of a host's bridge and of its uplink. */
export const bridgeMac = (host: number, bridge: number): string => `02:fd:00:00:${byte(bridge)}:${byte(host)}`;

export function hostCablesScript(topology: Topology, host: Host): string {
  return inside(fabricNamespace(topology.name), {}, hostCables(topology, host));
}

/** Removes every cable from a host at once, also those of its guests and plain ports, because the kernel is slow to empty a namespace that is gone. */
export function cutCablesScript(topology: Topology, host: Host): string {
  const index = topology.hosts.indexOf(host);
  const enter = `nsenter --net=${namespacePath(hostNamespace(topology.name, host.name))}`;
  const cables = [`m${index}`, ...host.bridges.map((_, bridge) => uplinkCable(index, bridge))];
  return `${inside(
    fabricNamespace(topology.name),
    {},
    cables.map((each) => `link del ${each}`),
  )}
    ${enter} ip -o link show type veth | sed 's/^[0-9]*: \\([^@:]*\\).*/link del \\1/' | ${enter} ip -batch -
`;
}

/** A host without guests: its bridges, uplinks, management address and plain ports. */
export function hostScript(topology: Topology, host: Host): string {
  const index = topology.hosts.indexOf(host);
  const namespace = hostNamespace(topology.name, host.name);
  const batch = [
    "link set lo up",
    "link set eth0 up",
    `addr add ${host.managementAddress}/24 dev eth0`,
    `addr add fd55::${host.managementAddress.split(".")[3]}/64 dev eth0 nodad`,
    "route add default via 10.255.0.1 dev eth0",
  ];
  const vlans: string[] = [];
  for (const [number, { name, vlanAware, stp }] of host.bridges.entries()) {
    const options = `forward_delay 0 mcast_snooping 0${vlanAware ? " vlan_filtering 1" : ""}${stp ? " stp_state 1" : ""}`;
    batch.push(
      `link add name ${name} address ${bridgeMac(index, number)} type bridge ${options}`,
      `link set ${name} addrgenmode none up`,
      `link set ${uplink(number)} addrgenmode none master ${name} up`,
    );
    if (vlanAware) {
      // There, VLAN 1 is untagged, which is the kernel's default; the others are Proxmox's "bridge-vids 2-4094".
      vlans.push(`vlan add dev ${uplink(number)} vid 2-4094`);
    }
  }
  const plain = topology.outside
    .filter((outside) => outside.host === host.name)
    .map((outside, number) => ({ outside, name: outside.interface.port ?? `port${number}`, bridge: bridgeOf(host, outside.interface) }));
  for (const { outside, name } of plain) {
    batch.push(
      `link add ${name} type veth peer name eth0 address ${outside.interface.mac} netns ${outsideNamespace(topology.name, outside.name)}`,
      `link set ${name} addrgenmode none`,
    );
  }
  const ports = plain.map(({ outside, name, bridge }) => ({ name, bridge, interface: outside.interface }));
  return inside(namespace, {}, [...batch, ...joinLines(ports)]) + bridgeCommands(namespace, vlans) + vlanScript(namespace, ports);
}

type BridgedPort = Pick<Port, "name" | "bridge" | "interface">;

/** Lines for `ip -batch` that put ports on their bridges; {@link vlanScript} has to follow. */
function joinLines(ports: readonly BridgedPort[]): string[] {
  // On a VLAN-aware bridge a port passes no frame before its VLANs are set.
  return ports.map(({ name, bridge }) => `link set ${name} master ${bridge.name}${bridge.vlanAware ? "" : " up"}`);
}

/** Sets the VLANs of ports that are on their bridges; empty if no bridge is VLAN-aware. */
function vlanScript(namespace: string, ports: readonly BridgedPort[]): string {
  const aware = ports.filter(({ bridge }) => bridge.vlanAware);
  if (aware.length === 0) {
    return "";
  }
  const lines = aware.flatMap((port) => vlanLines(port.name, port.interface));
  const up = aware.map(({ name }) => `link set ${name} up`);
  return bridgeCommands(namespace, lines) + inside(namespace, {}, up);
}

/** For `bridge -batch`: what a port on a VLAN-aware bridge carries. A new one carries VLAN 1 untagged. */
function vlanLines(port: string, { vlan, vlans }: Interface): string[] {
  if (vlan === undefined && vlans.length === 0) {
    return [];
  }
  return [
    `vlan del dev ${port} vid 1`,
    ...(vlan === undefined ? [] : [`vlan add dev ${port} vid ${vlan} pvid untagged`]),
    ...vlans.map((each) => `vlan add dev ${port} vid ${each}`),
  ];
}

/** Makes the ports of some guests on their host, as a command line of a shell script. They are on their bridges and up, unless a script does that. */
export function plugScript(lab: string, host: Host, plugs: readonly Plug[], bridged = true): string {
  const namespace = hostNamespace(lab, host.name);
  const made = plugs.flatMap((plug) =>
    portsOf(host, plug).flatMap((port) => {
      const peer = plug.guest.bare
        ? `netns ${crowdNamespace(lab)}`
        : `name ${port.device} address ${port.interface.mac} netns ${guestNamespace(lab, plug.guest.name)}`;
      return [`link add ${port.name} address ${portMac(host, port)} type veth peer ${peer}`, quietLine(port)];
    }),
  );
  const ports = bridged ? plugs.flatMap((plug) => portsOf(host, plug)) : [];
  return inside(namespace, {}, [...made, ...joinLines(ports)]) + vlanScript(namespace, ports);
}

export function unplugBatch(host: Host, plug: Plug): string[] {
  return portsOf(host, plug).map(({ name }) => `link del ${name}`);
}

/** Ports without a guest behind them, with the names of those that were just parked: the host has them until the toolstack ends the domain. */
export function placeholderScript(lab: string, host: Host, plug: Plug): string {
  const namespace = hostNamespace(lab, host.name);
  const ports = portsOf(host, plug);
  const made = ports.flatMap((port) => [
    `link add ${port.name} address ${portMac(host, port)} type veth peer netns ${fabricNamespace(lab)}`,
    quietLine(port),
  ]);
  return inside(namespace, {}, [...made, ...joinLines(ports)]) + vlanScript(namespace, ports);
}

/** Removes a guest's ports from its host, but leaves the guest its devices. They have no carrier until {@link unparkScript}. */
export function parkBatch(topology: Topology, host: Host, plug: Plug): string[] {
  return portsOf(host, plug).flatMap(({ name, device }) => [
    `link set ${name} down`,
    `link set ${name} nomaster`,
    `link set ${name} netns ${fabricNamespace(topology.name)} name ${parkedPort(topology.guests.indexOf(plug.guest), device)}`,
  ]);
}

/** A script that gives a guest's parked ports to a host. */
export function unparkScript(topology: Topology, host: Host, plug: Plug, bridged = true): string {
  const namespace = hostNamespace(topology.name, host.name);
  const ports = portsOf(host, plug);
  const number = topology.guests.indexOf(plug.guest);
  const moved = ports.map(({ name, device }) => `link set ${parkedPort(number, device)} netns ${namespace} name ${name}`);
  const set = ports.flatMap((port) => [`link set ${port.name} address ${portMac(host, port)}`, quietLine(port)]);
  const joining = bridged ? ports : [];
  return (
    inside(fabricNamespace(topology.name), {}, moved) +
    inside(namespace, {}, [...set, ...joinLines(joining)]) +
    vlanScript(namespace, joining)
  );
}

/** Keeps the host from using a guest's port as its own device. */
const quietLine = ({ name }: Port): string => `link set ${name} addrgenmode none arp off multicast off`;

/** libvirt gives a tap the guest's own MAC with another first byte. */
function portMac(host: Host, port: Port): string {
  return host.hypervisor === "kvm" ? `fe:${port.interface.mac.slice(3)}` : PORT_MAC;
}

/**
 * The inside of a guest, or of an outside endpoint. Everything is on-link, so a lab needs no router. `devices`: only these interfaces; `nameOf`: the name
 * of such a device there.
 */
export function endpointScript(
  namespace: string,
  interfaces: readonly Interface[],
  devices: readonly number[] = interfaces.map((_, device) => device),
  nameOf: (device: number) => string = (device) => `eth${device}`,
): string {
  const sysctls: Record<string, number> = {};
  for (const scope of ["all", "default"]) {
    // Duplicate address detection would delay every start by a second; a forged advertisement must not change the guest for the next test.
    sysctls[`net/ipv6/conf/${scope}/accept_dad`] = 0;
    sysctls[`net/ipv6/conf/${scope}/accept_ra`] = 0;
    sysctls[`net/ipv4/conf/${scope}/rp_filter`] = 0;
  }
  for (const name of devices.map(nameOf)) {
    sysctls[`net/ipv6/conf/${name}/accept_dad`] = 0;
    sysctls[`net/ipv6/conf/${name}/accept_ra`] = 0;
    sysctls[`net/ipv4/conf/${name}/rp_filter`] = 0;
    // There is no router here, and every solicitation would be flooded to every guest.
    sysctls[`net/ipv6/conf/${name}/router_solicitations`] = 0;
    // The guest asks again for an unblocked neighbour within 50 ms, not after a second.
    sysctls[`net/ipv4/neigh/${name}/retrans_time_ms`] = 50;
    sysctls[`net/ipv6/neigh/${name}/retrans_time_ms`] = 50;
    // A guest that was moved announces itself, as netfront does.
    sysctls[`net/ipv4/conf/${name}/arp_notify`] = 1;
    sysctls[`net/ipv6/conf/${name}/ndisc_notify`] = 1;
  }
  const batch = ["link set lo up"];
  for (const device of devices) {
    const name = nameOf(device);
    batch.push(`link set ${name} up`);
    for (const address of interfaces[device]?.addresses ?? []) {
      batch.push(`addr add ${address} dev ${name}${address.includes(":") ? " nodad" : ""}`);
    }
    if (device === 0) {
      batch.push(`route add default dev ${name}`, `route add ::/0 dev ${name}`);
    }
  }
  return inside(namespace, sysctls, batch);
}

/** Sets up a guest's inside, after its ports exist. */
export function insideScript(lab: string, { guest, devices }: Plug): string {
  const namespace = guestNamespace(lab, guest.name);
  return endpointScript(namespace, guest.interfaces, devices) + (guest.kind === "hvm" ? emulatedScript(namespace, devices) : "");
}

/**
 * An emulated card has its twin's MAC, and a guest with its own drivers does not use it: it answers nothing, and receives nothing that its twin gets as
 * well. What a test injects there is sent.
 */
function emulatedScript(namespace: string, devices: readonly number[]): string {
  const names = devices.map(emulatedDevice);
  const sysctls = names.flatMap((name): [string, number][] => [
    [`net/ipv6/conf/${name}/disable_ipv6`, 1],
    [`net/ipv4/conf/${name}/rp_filter`, 1],
  ]);
  return inside(
    namespace,
    Object.fromEntries(sysctls),
    names.map((name) => `link set ${name} arp off multicast off up`),
  );
}

/** The inside of an outside endpoint; see {@link outsideDevice}. */
export function outsideScript(lab: string, outside: Outside): string {
  const namespace = outsideNamespace(lab, outside.name);
  const device = outsideDevice(outside);
  if (device === OUTSIDE_CABLE) {
    return endpointScript(namespace, [outside.interface]);
  }
  const made = [
    `link set ${OUTSIDE_CABLE} addrgenmode none up`,
    `link add link ${OUTSIDE_CABLE} name ${device} type vlan id ${outside.interface.vlan}`,
  ];
  return inside(namespace, {}, made) + endpointScript(namespace, [outside.interface], [0], () => device);
}

export const OUTSIDE_CABLE = "eth0";

/** The device that has an outside endpoint's addresses: its cable, or a VLAN device of it. */
export function outsideDevice({ network, interface: { vlan } }: Outside): string {
  return network === undefined || vlan === undefined ? OUTSIDE_CABLE : `${OUTSIDE_CABLE}.${vlan}`;
}

const FROZEN = "csp-lab-frozen";

/** Blocks everything that a guest's programs send, including raw frames, and everything that comes in. */
export function freezeScript(lab: string, { guest, devices }: Plug): string {
  const all = [...devices.map((device) => `eth${device}`), ...(guest.kind === "hvm" ? devices.map(emulatedDevice) : [])];
  const names = all.map((name) => `"${name}"`).join(", ");
  const chain = (hook: string): string => `chain ${hook} { type filter hook ${hook} devices = { ${names} } priority 0; policy drop; }`;
  return `${enterGuest(lab, guest)} nft -f - <<'END' || exit 1\ntable netdev ${FROZEN} { ${chain("ingress")}; ${chain("egress")}; }\nEND\n`;
}

export function thawScript(lab: string, { guest }: Plug): string {
  return `${enterGuest(lab, guest)} nft delete table netdev ${FROZEN} || exit 1\n`;
}

/** The gratuitous ARP and the neighbour advertisement of a guest that wakes up on another host. The kernel sends them when a device's address is set. */
export function announceScript(lab: string, { guest, devices }: Plug): string {
  const lines = devices.map((device) => `link set eth${device} address ${interfaceOf(guest, device).mac}`);
  return inside(guestNamespace(lab, guest.name), {}, lines);
}

const enterGuest = (lab: string, guest: Guest): string => `nsenter --net=${namespacePath(guestNamespace(lab, guest.name))}`;

const byte = (value: number): string => value.toString(16).padStart(2, "0");
