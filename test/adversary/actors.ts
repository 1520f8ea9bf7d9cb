import { linkLocal } from "../../provider/firewall/compile/layer2";

/** An endpoint with an interface on the bridge. */
export interface Actor {
  readonly mac: string;
  readonly ip: string;
  readonly ip6: string;
  readonly linkLocal: string;
}

export const actor = (number: number, mac = `02:00:00:70:00:${number}`): Actor => ({
  mac,
  ip: `10.70.0.${number}`,
  ip6: `fd70::${number}`,
  linkLocal: linkLocal(mac),
});

/** The guest that sends all attacks of guests. Its rules let everything out and in, so that only anti-spoofing stops it. */
export const web = actor(11);
/** Its second interface, on the same bridge, with addresses of its own. */
export const secondCard = actor(12);
/** A guest whose rules let everything in. */
export const db = actor(13);
/** A guest that may send nothing but lookups (udp 53), and receive nothing. */
export const shut = actor(14);
/** A guest that has no policy. */
export const idle = actor(15);
/** A guest that is a router and a DHCP server. */
export const gate = actor(16);
/** A guest with VLAN 5 and the ethertype 0x88b5. */
export const trunk = actor(17);
/** At the far end of the uplink. */
export const office = actor(21);
/** The host's own address on the bridge; the lab gives its bridge this MAC. */
export const host = actor(10, "02:fd:00:00:00:00");
/** Addresses on the link that nobody has. */
export const nobody = actor(66);

/** An endpoint on another bridge with the same addresses. */
export const twin = ({ mac, ip, ip6 }: Actor): Actor => {
  const other = mac.replace(":70:", ":71:");
  return { mac: other, ip, ip6, linkLocal: linkLocal(other) };
};

/** Where an attack enters, and who must not see it. Those with -b are on a second bridge, where there is one. */
export type Place =
  | "web"
  | "second card"
  | "emulated card"
  | "db"
  | "shut"
  | "idle"
  | "gate"
  | "trunk"
  | "uplink"
  | "host"
  | "web-b"
  | "db-b"
  | "shut-b"
  | "uplink-b";

export const ACTORS: Readonly<Record<Place, Actor>> = {
  web,
  "second card": secondCard,
  "emulated card": web,
  db,
  shut,
  idle,
  gate,
  trunk,
  uplink: office,
  host,
  "web-b": twin(web),
  "db-b": twin(db),
  "shut-b": twin(shut),
  "uplink-b": twin(office),
};
