/** The lab's network as text for `ip -batch` and the shell: pure, so one place says who is joined to whom. */
import {
  BRIDGE,
  crowdNamespace,
  fabricNamespace,
  guestNamespace,
  hostNamespace,
  namespacePath,
  operatorNamespace,
  outsideNamespace,
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
  const cable = (port: string, bridge: string, namespace: string, device: string, mac: string): void => {
    batch.push(
      `link add ${port} type veth peer name ${device} address ${mac} netns ${namespace}`,
      `link set ${port} addrgenmode none master ${bridge} up`,
    );
  };
  cable("op", "mgmt", operatorNamespace(name), "eth0", "02:ff:00:00:00:01");
  topology.hosts.forEach((host, index) => {
    cable(`m${index}`, "mgmt", hostNamespace(name, host.name), "eth0", `02:fe:00:00:00:${byte(index)}`);
    cable(`u${index}`, "fabric", hostNamespace(name, host.name), "eth1", `02:fd:00:00:00:${byte(index)}`);
  });
  topology.outside.forEach((outside, index) => {
    if (outside.host === undefined) {
      cable(`x${index}`, "fabric", outsideNamespace(name, outside.name), "eth0", outside.interface.mac);
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

/** Lines for `ip -batch` in the host's namespace: a guest's ports, on the bridge and up. */
export function plugBatch(lab: string, host: Host, guest: Guest, domain: number): string[] {
  return guest.interfaces.flatMap(({ mac }, device) => {
    const port = portName(host.hypervisor, domain, device);
    const kind = guest.bare
      ? `veth peer netns ${crowdNamespace(lab)}`
      : `veth peer name eth${device} address ${mac} netns ${guestNamespace(lab, guest.name)}`;
    return [
      `link add ${port} address ${PORT_MAC} type ${kind}`,
      `link set ${port} addrgenmode none arp off multicast off master ${BRIDGE} up`,
    ];
  });
}

export function unplugBatch(host: Host, guest: Guest, domain: number): string[] {
  return guest.interfaces.map((_, device) => `link del ${portName(host.hypervisor, domain, device)}`);
}

/** The inside of a guest, or of an outside endpoint: everything is on-link, so a lab needs no router. */
export function endpointScript(namespace: string, interfaces: readonly Interface[]): string {
  const sysctls: Record<string, number> = {};
  for (const scope of ["all", "default"]) {
    // Duplicate address detection would delay every start by a second; a forged advertisement must not change the guest for the next test.
    sysctls[`net/ipv6/conf/${scope}/accept_dad`] = 0;
    sysctls[`net/ipv6/conf/${scope}/accept_ra`] = 0;
    sysctls[`net/ipv4/conf/${scope}/rp_filter`] = 0;
  }
  interfaces.forEach((_, device) => {
    sysctls[`net/ipv6/conf/eth${device}/accept_dad`] = 0;
    sysctls[`net/ipv6/conf/eth${device}/accept_ra`] = 0;
    sysctls[`net/ipv4/conf/eth${device}/rp_filter`] = 0;
    // Nobody routes here, and every solicitation would be flooded to every guest.
    sysctls[`net/ipv6/conf/eth${device}/router_solicitations`] = 0;
    // A neighbour that was just unblocked is asked again within 50 ms, not a second.
    sysctls[`net/ipv4/neigh/eth${device}/retrans_time_ms`] = 50;
    sysctls[`net/ipv6/neigh/eth${device}/retrans_time_ms`] = 50;
  });
  const batch = ["link set lo up"];
  interfaces.forEach(({ addresses }, device) => {
    batch.push(`link set eth${device} up`);
    for (const address of addresses) {
      batch.push(`addr add ${address} dev eth${device}${address.includes(":") ? " nodad" : ""}`);
    }
    if (device === 0) {
      batch.push("route add default dev eth0", "route add ::/0 dev eth0");
    }
  });
  return inside(namespace, sysctls, batch);
}

const byte = (value: number): string => value.toString(16).padStart(2, "0");
