import { createHash } from "node:crypto";
import type { GuestSpec, LabSpec } from "../lab/netns";
import type { Backend } from "../lab/netns/topology";

/**
 * The measured fleet: one host, and many guests with one interface and twenty rules each, as a provider's platform would write them: services open to
 * all, services for some networks or for a group, a set of ports, both families, some egress.
 */
export interface FleetGuest {
  readonly name: string;
  readonly uuid: string;
  readonly mac: string;
  readonly addresses: readonly [inet: string, inet6: string];
}

export function fleetGuests(count: number): FleetGuest[] {
  return Array.from({ length: count }, (_, index): FleetGuest => {
    const number = index + 1;
    const digest = createHash("sha256").update(`bench guest ${number}`).digest("hex");
    const octets = [number >> 8, number & 255].map((octet) => octet.toString(16).padStart(2, "0"));
    return {
      name: `guest-${String(number).padStart(4, "0")}`,
      uuid: `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`,
      mac: `02:00:00:30:${octets.join(":")}`,
      addresses: [`10.30.${number >> 8}.${number & 255}`, `fd30::${number.toString(16)}`],
    };
  });
}

/** A lab of one host with these guests; only those named in `inside` are namespaces that can send packets; the others are only ports. */
export function fleetLab(name: string, backend: Backend, guests: readonly FleetGuest[], inside: readonly string[] = []): LabSpec {
  return {
    name,
    hosts: [{ name: "hv-01", backend, diskMb: 256 }],
    guests: guests.map(
      (guest): GuestSpec => ({
        name: guest.name,
        host: "hv-01",
        uuid: guest.uuid,
        mac: guest.mac,
        addresses: [`${guest.addresses[0]}/16`, `${guest.addresses[1]}/64`],
        bare: !inside.includes(guest.name),
      }),
    ),
  };
}

type Rule = Readonly<Record<string, unknown>>;

/** Fifteen rules in, five out. `ssh` is the one that a bench changes. */
export function fleetRules(number: number, sshFrom: readonly string[] = []): { ingress: Rule[]; egress: Rule[] } {
  const net = (offset: number) => `198.18.${(number + offset) % 256}.0/24`;
  const net6 = (offset: number) => `2001:db8:${((number + offset) % 65536).toString(16)}::/48`;
  const tcp = (name: string, ports: string[], from?: string[]) => ({
    name,
    protocol: "tcp",
    ports,
    ...(from === undefined ? {} : { from }),
  });
  const udp = (name: string, ports: string[], from?: string[]) => ({
    name,
    protocol: "udp",
    ports,
    ...(from === undefined ? {} : { from }),
  });
  return {
    ingress: [
      tcp("ssh", ["22"], ["203.0.113.0/24", ...sshFrom]),
      tcp("http", ["80", "443"]),
      { name: "ping", protocol: "icmp", icmpType: "8" },
      { name: "ping6", protocol: "icmpv6", icmpType: "128" },
      tcp("api", ["8443"], [net(1), net6(1)]),
      tcp("metrics", ["9100:9110"], [net(2)]),
      tcp("postgres", ["5432"], ["group:web"]),
      tcp("redis", ["6379"], ["group:web"]),
      udp("dns", ["53"], [net(3), net6(3)]),
      tcp("dns-tcp", ["53"], [net(3), net6(3)]),
      udp("syslog", ["514"], [net(4)]),
      udp("game", ["27015:27030"]),
      tcp("backup", ["873"], [net(5)]),
      tcp("ldap", ["389", "636"], [net6(6)]),
      { name: "ipsec", protocol: "esp", from: [net(7)] },
    ],
    egress: [
      { ...tcp("no-smtp", ["25"]), action: "drop" },
      { name: "no-irc", action: "reject", protocol: "tcp", ports: ["6660:6669"] },
      { name: "no-neighbours", action: "drop", to: [net(8)] },
      { name: "no-netbios", action: "drop", protocol: "udp", ports: ["137:139"] },
      { name: "no-telnet", action: "drop", protocol: "tcp", ports: ["23"] },
    ],
  };
}

/** The inputs of a HostPolicy for all of them. `first`: how many guests other hosts have before these, so that these get other rules. */
export function fleetPolicy(
  guests: readonly FleetGuest[],
  ssh: Readonly<Record<string, readonly string[]>> = {},
  first = 0,
): Record<string, unknown> {
  return {
    host: "hv-01",
    groups: { web: { ingress: [{ name: "health", protocol: "tcp", ports: ["8080"], from: ["10.30.255.1"] }] } },
    guests: Object.fromEntries(
      guests.map((guest, index) => [
        guest.name,
        {
          uuid: guest.uuid,
          groups: index % 4 === 0 ? ["web"] : [],
          interfaces: [{ device: 0, mac: guest.mac, addresses: [...guest.addresses] }],
          ...fleetRules(first + index, ssh[guest.name]),
        },
      ]),
    ),
  };
}

/** The inputs of a GuestFirewall for each of them: the same rules. */
export function guestFirewalls(guests: readonly FleetGuest[]): Record<string, unknown>[] {
  const inWeb = guests.filter((_, index) => index % 4 === 0);
  const health = { name: "health", protocol: "tcp", ports: ["8080"], from: ["10.30.255.1"] };
  // The group of a GuestFirewall is written out in the rules that refer to it. It has as many members as on a real platform.
  const web = { name: "web", ingress: [health], members: inWeb.slice(0, 8).flatMap((guest) => [...guest.addresses]) };
  return guests.map((guest, index) => ({
    host: "hv-01",
    guest: { uuid: guest.uuid },
    [index % 4 === 0 ? "groups" : "peerGroups"]: [web],
    interfaces: [{ device: 0, mac: guest.mac, addresses: [...guest.addresses] }],
    ...fleetRules(index),
  }));
}
