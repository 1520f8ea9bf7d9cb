// biome-ignore-all format: a row is a line, however long
import { frames } from "../../lab/netns";
import { type Actor, db, office, type Place } from "./actors";
import { arp, llc, type Mark, other, udp, way, way6 } from "./marks";

/** A frame from which a bridge may learn a wrong place for somebody, so that frames for him would go to the sender. */
export interface Lesson {
  readonly name: string;
  readonly enters: Place;
  /** \`who\` is at the far end of the uplink, and has said so. Each row has another one. */
  readonly frame: (mark: Mark, who: Actor) => Buffer;
  /** An endpoint that does not exist: such frames would fill the bridge's table. */
  readonly new?: true;
  /** Why no bridge learns from it. */
  readonly never?: string;
}

const { linkLocalMac, tagged, BROADCAST } = frames;

export const LESSONS: readonly Lesson[] = [
  { name: "a packet under another's MAC", enters: "web", frame: (m, who) => udp(m, way(who, office)) },
  { name: "ARP under another's MAC", enters: "web", frame: (m, who) => arp(m, { from: who.mac, senderMac: who.mac }) },
  { name: "an announcement after a migration under another's MAC", enters: "web", frame: (_, who) => frames.qemuAnnouncement(who.mac) },
  { name: "LLC under another's MAC", enters: "web", frame: (m, who) => llc(m, 0xf0, office.mac, who.mac) },
  { name: "a priority tag under another's MAC", enters: "web", frame: (m, who) => tagged(udp(m, way(who, office)), 0) },
  { name: "a VLAN's tag under another's MAC", enters: "trunk", frame: (m, who) => tagged(udp(m, way(who, office)), 5) },
  { name: "an undeclared ethertype under another's MAC", enters: "web", frame: (m, who) => other(m, 0x88b5, BROADCAST, who.mac) },
  { name: "another's MAC by the second card", enters: "second card", frame: (m, who) => udp(m, way(who, office)) },
  { name: "another's MAC by the emulated card", enters: "emulated card", frame: (m, who) => udp(m, way(who, office)) },
  { name: "another's MAC by a guest without a policy", enters: "idle", frame: (m, who) => udp(m, way(who, office)) },
  { name: ":00, a spanning tree, under another's MAC", enters: "web", frame: (_, who) => frames.bpdu({ from: who.mac, root: { priority: 0, mac: who.mac } }) },
  { name: ":01, flow control, under another's MAC", enters: "web", frame: (_, who) => frames.pause(who.mac), never: "a bridge takes none" },
  { name: ":02, link aggregation, under another's MAC", enters: "web", frame: (_, who) => frames.lacp(who.mac) },
  { name: ":02, IPv4, under another's MAC", enters: "web", frame: (m, who) => udp(m, { ...way(who, db), to: linkLocalMac(2) }) },
  { name: ":02, by a guest without a policy", enters: "idle", frame: (_, who) => frames.lacp(who.mac) },
  { name: ":02, by the emulated card", enters: "emulated card", frame: (_, who) => frames.lacp(who.mac) },
  { name: ":02, tagged", enters: "web", frame: (_, who) => tagged(frames.lacp(who.mac), 5) },
  { name: ":03, a port's authentication, under another's MAC", enters: "web", frame: (m, who) => other(m, 0x888e, linkLocalMac(3), who.mac) },
  { name: ":03, LLDP, under another's MAC", enters: "second card", frame: (_, who) => frames.lldp({ from: who.mac, to: linkLocalMac(3), port: "1", system: "x" }) },
  { name: ":03, IPv6, under another's MAC", enters: "web", frame: (m, who) => udp(m, { ...way6(who, office), to: linkLocalMac(3) }) },
  { name: ":04, under another's MAC", enters: "web", frame: (m, who) => other(m, 0x88b5, linkLocalMac(4), who.mac) },
  { name: ":08, a provider's spanning tree, under another's MAC", enters: "web", frame: (_, who) => frames.bpdu({ from: who.mac, to: linkLocalMac(8), root: { priority: 0, mac: who.mac } }) },
  { name: ":0d, a provider's registration, under another's MAC", enters: "web", frame: (m, who) => llc(m, 0x42, linkLocalMac(0x0d), who.mac) },
  { name: ":0e, LLDP, under another's MAC", enters: "web", frame: (_, who) => frames.lldp({ from: who.mac, port: "1", system: "x" }) },
  { name: ":0e, ARP, under another's MAC", enters: "web", frame: (m, who) => arp(m, { from: who.mac, to: linkLocalMac(0x0e) }) },
  { name: ":0e, precision time, under another's MAC", enters: "trunk", frame: (m, who) => other(m, 0x88f7, linkLocalMac(0x0e), who.mac) },
  { name: ":0f, under another's MAC", enters: "web", frame: (m, who) => other(m, 0x88b5, linkLocalMac(0x0f), who.mac) },
  { name: "a made-up MAC", enters: "web", new: true, frame: (m, who) => udp(m, { from: who.mac }) },
  { name: "a made-up MAC by :02", enters: "web", new: true, frame: (_, who) => frames.lacp(who.mac) },
  { name: "a made-up MAC by :0e", enters: "web", new: true, frame: (_, who) => frames.lldp({ from: who.mac, port: "1", system: "x" }) },
];
