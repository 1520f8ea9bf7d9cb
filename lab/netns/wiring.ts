/** The lab's network as text for `ip -batch` and the shell: pure, so one place says who is joined to whom. */
import { LabErrors } from "./errors";
import {
  BRIDGE,
  crowdNamespace,
  fabricNamespace,
  guestNamespace,
  hostNamespace,
  namespacePath,
  operatorNamespace,
  outsideNamespace,
  parkedPort,
  portName,
} from "./names";
import { type Guest, type Host, type Interface, OPERATOR_ADDRESS, type Topology } from "./topology";

/** As Xen's hotplug script sets it: a guest's port never takes part as an address. */
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

/** The fabric: one switch for the guests' traffic, one for management, and the operator's and the outside endpoints' cables. */
export function fabricScript(topology: Topology): string {
  const { name } = topology;
  const batch = ["link set lo up"];
  for (const bridge of ["fabric", "mgmt"]) {
    batch.push(`link add ${bridge} type bridge forward_delay 0 mcast_snooping 0`, `link set ${bridge} addrgenmode none up`);
  }
  batch.push(...cable("op", "mgmt", operatorNamespace(name), "eth0", "02:ff:00:00:00:01"));
  for (const host of topology.hosts) {
    batch.push(...hostCables(topology, host));
  }
  topology.outside.forEach((outside, index) => {
    if (outside.host === undefined) {
      batch.push(...cable(`x${index}`, "fabric", outsideNamespace(name, outside.name), "eth0", outside.interface.mac));
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

/** A host's two cables: eth0 to the management network, eth1 to where the guests' traffic goes. */
function hostCables(topology: Topology, host: Host): string[] {
  const index = topology.hosts.indexOf(host);
  const namespace = hostNamespace(topology.name, host.name);
  return [
    ...cable(`m${index}`, "mgmt", namespace, "eth0", `02:fe:00:00:00:${byte(index)}`),
    ...cable(`u${index}`, "fabric", namespace, "eth1", `02:fd:00:00:00:${byte(index)}`),
  ];
}

export function hostCablesScript(topology: Topology, host: Host): string {
  return inside(fabricNamespace(topology.name), {}, hostCables(topology, host));
}

/** Takes every cable out of a host, its guests' and plain ports' included, at once: the kernel takes its time to empty a namespace that is gone. */
export function cutCablesScript(topology: Topology, host: Host): string {
  const index = topology.hosts.indexOf(host);
  const enter = `nsenter --net=${namespacePath(hostNamespace(topology.name, host.name))}`;
  return `${inside(fabricNamespace(topology.name), {}, [`link del m${index}`, `link del u${index}`])}
    ${enter} ip -o link show type veth | sed 's/^[0-9]*: \\([^@:]*\\).*/link del \\1/' | ${enter} ip -batch -
`;
}

/** A host without guests: its bridge, uplink, management address and plain ports. */
export function hostScript(topology: Topology, host: Host): string {
  const index = topology.hosts.indexOf(host);
  const batch = [
    "link set lo up",
    `link add ${BRIDGE} address 02:fd:00:00:00:${byte(index)} type bridge forward_delay 0 mcast_snooping 0`,
    `link set ${BRIDGE} addrgenmode none up`,
    `link set eth1 addrgenmode none master ${BRIDGE} up`,
    "link set eth0 up",
    `addr add ${host.managementAddress}/24 dev eth0`,
    `addr add fd55::${host.managementAddress.split(".")[3]}/64 dev eth0 nodad`,
    "route add default via 10.255.0.1 dev eth0",
  ];
  topology.outside
    .filter((outside) => outside.host === host.name)
    .forEach((outside, port) => {
      batch.push(
        `link add port${port} type veth peer name eth0 address ${outside.interface.mac} netns ${outsideNamespace(topology.name, outside.name)}`,
        `link set port${port} addrgenmode none master ${BRIDGE} up`,
      );
    });
  return inside(hostNamespace(topology.name, host.name), {}, batch);
}

/** Which interfaces of a guest, by which domain id. */
export interface Plug {
  readonly guest: Guest;
  readonly domain: number;
  readonly devices: readonly number[];
}

/** Lines for `ip -batch` in the host's namespace: makes a guest's ports, on the bridge and up unless a script is to do that. */
export function plugBatch(lab: string, host: Host, { guest, domain, devices }: Plug, bridged = true): string[] {
  return devices.flatMap((device) => {
    const { mac } = interfaceOf(guest, device);
    const port = portName(host.hypervisor, domain, device);
    const kind = guest.bare
      ? `veth peer netns ${crowdNamespace(lab)}`
      : `veth peer name eth${device} address ${mac} netns ${guestNamespace(lab, guest.name)}`;
    return [`link add ${port} address ${portMac(host, mac)} type ${kind}`, bridgeLine(port, bridged)];
  });
}

export function unplugBatch(host: Host, { domain, devices }: Plug): string[] {
  return devices.map((device) => `link del ${portName(host.hypervisor, domain, device)}`);
}

/** Ports without a guest behind them, under the names of those that were just parked: what a host has until the toolstack ends the domain. */
export function placeholderBatch(lab: string, host: Host, { guest, domain, devices }: Plug): string[] {
  return devices.flatMap((device) => {
    const port = portName(host.hypervisor, domain, device);
    const { mac } = interfaceOf(guest, device);
    return [`link add ${port} address ${portMac(host, mac)} type veth peer netns ${fabricNamespace(lab)}`, bridgeLine(port, true)];
  });
}

/** Takes a guest's ports out of its host, and leaves the guest its devices: they have no carrier until {@link unparkBatch}. */
export function parkBatch(topology: Topology, host: Host, { guest, domain, devices }: Plug): string[] {
  return devices.flatMap((device) => {
    const port = portName(host.hypervisor, domain, device);
    const parked = parkedPort(topology.guests.indexOf(guest), device);
    return [
      `link set ${port} down`,
      `link set ${port} nomaster`,
      `link set ${port} netns ${fabricNamespace(topology.name)} name ${parked}`,
    ];
  });
}

/** A script that gives a guest's parked ports to a host. */
export function unparkScript(topology: Topology, host: Host, plug: Plug, bridged = true): string {
  const { guest, domain, devices } = plug;
  const namespace = hostNamespace(topology.name, host.name);
  const moved = devices.map((device) => {
    const port = portName(host.hypervisor, domain, device);
    return `link set ${parkedPort(topology.guests.indexOf(guest), device)} netns ${namespace} name ${port}`;
  });
  const set = devices.flatMap((device) => {
    const port = portName(host.hypervisor, domain, device);
    return [`link set ${port} address ${portMac(host, interfaceOf(guest, device).mac)}`, bridgeLine(port, bridged)];
  });
  return inside(fabricNamespace(topology.name), {}, moved) + inside(namespace, {}, set);
}

function bridgeLine(port: string, bridged: boolean): string {
  return `link set ${port} addrgenmode none arp off multicast off${bridged ? ` master ${BRIDGE} up` : ""}`;
}

/** libvirt gives a tap the guest's own MAC with another first byte. */
function portMac(host: Host, mac: string): string {
  return host.hypervisor === "kvm" ? `fe:${mac.slice(3)}` : PORT_MAC;
}

export function interfaceOf(guest: Guest, device: number): Interface {
  const found = guest.interfaces[device];
  if (found === undefined) {
    throw LabErrors.guestState(guest.name, `it has no interface ${device}`, `Its interfaces are 0 to ${guest.interfaces.length - 1}`);
  }
  return found;
}

/** The inside of a guest, or of an outside endpoint: everything is on-link, so a lab needs no router. `devices`: only these of its interfaces. */
export function endpointScript(
  namespace: string,
  interfaces: readonly Interface[],
  devices: readonly number[] = interfaces.map((_, device) => device),
): string {
  const sysctls: Record<string, number> = {};
  for (const scope of ["all", "default"]) {
    // Duplicate address detection would delay every start by a second; a forged advertisement must not change the guest for the next test.
    sysctls[`net/ipv6/conf/${scope}/accept_dad`] = 0;
    sysctls[`net/ipv6/conf/${scope}/accept_ra`] = 0;
    sysctls[`net/ipv4/conf/${scope}/rp_filter`] = 0;
  }
  for (const device of devices) {
    sysctls[`net/ipv6/conf/eth${device}/accept_dad`] = 0;
    sysctls[`net/ipv6/conf/eth${device}/accept_ra`] = 0;
    sysctls[`net/ipv4/conf/eth${device}/rp_filter`] = 0;
    // Nobody routes here, and every solicitation would be flooded to every guest.
    sysctls[`net/ipv6/conf/eth${device}/router_solicitations`] = 0;
    // A neighbour that was just unblocked is asked again within 50 ms, not a second.
    sysctls[`net/ipv4/neigh/eth${device}/retrans_time_ms`] = 50;
    sysctls[`net/ipv6/neigh/eth${device}/retrans_time_ms`] = 50;
    // A guest that was moved says where it is, as netfront does.
    sysctls[`net/ipv4/conf/eth${device}/arp_notify`] = 1;
    sysctls[`net/ipv6/conf/eth${device}/ndisc_notify`] = 1;
  }
  const batch = ["link set lo up"];
  for (const device of devices) {
    batch.push(`link set eth${device} up`);
    for (const address of interfaces[device]?.addresses ?? []) {
      batch.push(`addr add ${address} dev eth${device}${address.includes(":") ? " nodad" : ""}`);
    }
    if (device === 0) {
      batch.push("route add default dev eth0", "route add ::/0 dev eth0");
    }
  }
  return inside(namespace, sysctls, batch);
}

/** A guest's inside, after its ports came. */
export function insideScript(lab: string, { guest, devices }: Plug): string {
  return endpointScript(guestNamespace(lab, guest.name), guest.interfaces, devices);
}

const FROZEN = "csp-lab-frozen";

/** Nothing that a guest's programs send leaves its devices, raw frames included, and nothing that comes in reaches them. */
export function freezeScript(lab: string, { guest, devices }: Plug): string {
  const names = devices.map((device) => `"eth${device}"`).join(", ");
  const chain = (hook: string): string => `chain ${hook} { type filter hook ${hook} devices = { ${names} } priority 0; policy drop; }`;
  return `${enterGuest(lab, guest)} nft -f - <<'END' || exit 1\ntable netdev ${FROZEN} { ${chain("ingress")}; ${chain("egress")}; }\nEND\n`;
}

export function thawScript(lab: string, { guest }: Plug): string {
  return `${enterGuest(lab, guest)} nft delete table netdev ${FROZEN} || exit 1\n`;
}

/** The gratuitous ARP and neighbour advertisement of a guest that wakes up elsewhere; the kernel sends them when a device's address is set. */
export function announceScript(lab: string, { guest, devices }: Plug): string {
  const lines = devices.map((device) => `link set eth${device} address ${interfaceOf(guest, device).mac}`);
  return inside(guestNamespace(lab, guest.name), {}, lines);
}

const enterGuest = (lab: string, guest: Guest): string => `nsenter --net=${namespacePath(guestNamespace(lab, guest.name))}`;

const byte = (value: number): string => value.toString(16).padStart(2, "0");
