// biome-ignore-all format: a row is a line, however long
import { frames } from "../../lab/netns";
import { gate, host, idle, office, type Place, web } from "./actors";
import { advertise, arp, claim, ip, type Mark, way6 } from "./marks";
import type { Site } from "./site";

/** What an attack leaves behind in a bridge or in the host, as a text; undefined if nothing. */
export interface Trace {
  readonly of: string;
  /** Runs before the attack, so that there is something to change. */
  readonly prepare?: (site: Site) => Promise<unknown>;
  readonly found: (site: Site) => Promise<string | undefined>;
}

/** Whatever group there is goes to this port, and what the bridge's own querier asks it does not ask any more. */
const groupsGoTo = (place: Place): Trace => ({
  of: `groups go to ${place}`,
  prepare: (site) => site.host.run("ip link set xenbr0 type bridge mcast_snooping 0; ip link set xenbr0 type bridge mcast_snooping 1"),
  found: async (site) => {
    const said = await site.host.run("bridge -d mdb show; ip link set xenbr0 type bridge mcast_snooping 0");
    return said.split("\n").find((line) => line.includes("router ports") && line.includes(site.port(place)));
  },
});

/** Somebody behind a guest's port decides which ports of the network are shut. A bridge that is told to forget a root does not: each is a better one. */
const root: Trace = {
  of: "the spanning tree has another root",
  prepare: (site) => site.host.run("ip link set xenbr0 type bridge stp_state 1; cat /sys/class/net/xenbr0/bridge/root_id >/run/root"),
  found: async (site) => {
    const [before, after] = (await site.host.run("cat /run/root /sys/class/net/xenbr0/bridge/root_id; ip link set xenbr0 type bridge stp_state 0")).split("\n");
    return before === after ? undefined : after;
  },
};
let better = 0xff;
const bestRoot = (from: string): Buffer => frames.bpdu({ from, root: { priority: 0, mac: `02:00:00:00:00:${(better--).toString(16)}` } });

/** Attacks on what the host knows about the owner of an address. */
const hostTakes = (address: string, mac: string): Trace => ({
  of: `the host takes somebody else for ${address}`,
  prepare: (site) => site.host.run(`echo 0 >/proc/sys/net/ipv4/neigh/${site.device}/locktime; ip neigh replace ${address} lladdr ${mac} dev ${site.device} nud reachable`),
  found: async (site) => {
    const said = await site.host.run(`ip neigh show ${address} dev ${site.device}; ip neigh del ${address} dev ${site.device} 2>/dev/null || true`);
    return said.includes(mac) ? undefined : said.trim();
  },
});

/** Attacks on hosts that take an address or a route from whoever offers it. */
const hostBelieves = (what: string): Trace => ({
  of: "the host believes a router",
  prepare: (site) => site.host.run(`echo 0 >/proc/sys/net/ipv6/conf/all/forwarding; echo 2 >/proc/sys/net/ipv6/conf/${site.device}/accept_ra`),
  found: async (site) => {
    const said = await site.host.run(`ip -6 addr show dev ${site.device}; ip -6 route show dev ${site.device}`);
    await site.host.run(`ip -6 route flush root 2001:db8:bad::/48; ip -6 route flush proto ra; ip -6 addr flush dev ${site.device} dynamic; echo 0 >/proc/sys/net/ipv6/conf/${site.device}/accept_ra`);
    return said.split("\n").find((line) => line.includes(what))?.trim();
  },
});

export interface Deed {
  readonly name: string;
  readonly enters: Place;
  readonly frame: (mark: Mark) => Buffer;
  readonly leaves: Trace;
  /** Why it leaves nothing even without csp. */
  readonly never?: string;
  /** Why it leaves something in spite of csp: a limit that the documentation names. */
  readonly known?: string;
}

const { linkLocalMac, multicastMac } = frames;
const QUERY = { from: web.mac, sourceIp: web.ip };
const QUERY6 = { from: web.mac, sourceIp: web.linkLocal };

export const DEEDS: readonly Deed[] = [
  { name: "an IGMP query", enters: "web", frame: () => frames.igmp({ ...QUERY, kind: "query", version: 3 }), leaves: groupsGoTo("web") },
  { name: "an IGMP query of version 1", enters: "web", frame: () => frames.igmp({ ...QUERY, kind: "query", version: 1 }), leaves: groupsGoTo("web") },
  { name: "an MLD query", enters: "web", frame: () => frames.mld({ ...QUERY6, kind: "query", version: 2 }), leaves: groupsGoTo("web") },
  { name: "a multicast router's advertisement", enters: "web", frame: () => frames.ip({ from: web.mac, to: multicastMac("224.0.0.106"), sourceIp: web.ip, targetIp: "224.0.0.106", hopLimit: 1, ipOptions: frames.ROUTER_ALERT }, 2, Buffer.from([0x30, 20, 0xcf, 0xeb, 0, 0, 0, 0])), leaves: groupsGoTo("web") },
  { name: "a multicast router's advertisement over IPv6", enters: "web", frame: () => frames.icmpv6({ ...QUERY6, to: multicastMac("ff02::6a"), targetIp: "ff02::6a", hopLimit: 1, extensions: [frames.hopByHop()] }, 151, 20, Buffer.alloc(4)), leaves: groupsGoTo("web") },
  { name: "a PIM router's hello", enters: "web", frame: (m) => ip(m, 103, { to: multicastMac("224.0.0.13"), targetIp: "224.0.0.13", hopLimit: 1 }, Buffer.from([0x20, 0, 0xdf, 0xff])), leaves: groupsGoTo("web") },
  { name: "answers the host for another", enters: "web", frame: (m) => arp(m, { to: host.mac, senderIp: gate.ip, targetIp: host.ip, targetMac: host.mac }), leaves: hostTakes(gate.ip, gate.mac) },
  { name: "asks the host in another's name", enters: "web", frame: (m) => arp(m, { operation: "request", senderIp: gate.ip, targetIp: host.ip }), leaves: hostTakes(gate.ip, gate.mac) },
  { name: "asks the host in the router's name by :02", enters: "web", frame: (m) => arp(m, { to: linkLocalMac(2), operation: "request", senderIp: office.ip, targetIp: host.ip }), leaves: hostTakes(office.ip, office.mac), never: "a kernel takes ARP of the port, which has no address" },
  { name: "answers the host for another, without a policy", enters: "idle", frame: (m) => arp(m, { from: idle.mac, senderMac: idle.mac, to: host.mac, senderIp: gate.ip, targetIp: host.ip }), leaves: hostTakes(gate.ip, gate.mac) },
  { name: "advertises another's address to the host under it", enters: "web", frame: (m) => claim(m, { ...way6(gate, host), from: web.mac, claimedIp: gate.ip6, flags: ["override", "solicited"] }), leaves: hostTakes(gate.ip6, gate.mac) },
  { name: "advertises another's address to the host from its own", enters: "web", frame: (m) => claim(m, { ...way6(web, host), claimedIp: gate.ip6, flags: ["override", "solicited"] }), leaves: hostTakes(gate.ip6, gate.mac), known: "these tools do not see the target" },
  { name: "a router for the host", enters: "web", frame: (m) => advertise(m), leaves: hostBelieves("2001:db8:bad") },
  { name: "a router for the host, in the router's name", enters: "web", frame: (m) => advertise(m, { sourceIp: office.linkLocal, prefix: "2001:db8:bad:1::" }), leaves: hostBelieves("2001:db8:bad:1") },
  { name: "a router for the host, of a guest without a policy", enters: "idle", frame: (m) => advertise(m, { from: idle.mac, sourceIp: idle.linkLocal, prefix: "2001:db8:bad:2::" }), leaves: hostBelieves("2001:db8:bad:2") },
  { name: "a router for the host, in an atomic fragment", enters: "web", frame: (m) => advertise(m, { prefix: "2001:db8:bad:3::", extensions: [frames.destinationOptions()] }), leaves: hostBelieves("2001:db8:bad:3") },
  { name: "the root of a spanning tree", enters: "web", frame: () => bestRoot(web.mac), leaves: root },
  { name: "the root of a spanning tree, of a guest without a policy", enters: "idle", frame: () => bestRoot(idle.mac), leaves: root },
  { name: "the root of a spanning tree, by the emulated card", enters: "emulated card", frame: () => bestRoot(web.mac), leaves: root },
];
