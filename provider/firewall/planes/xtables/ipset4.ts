import type { KernelSet } from "../../model/kernel";
import { Unsayable } from "../../model/unsayable";
import { fewestNetworks } from "../../values/ipv4-networks";

/**
 * Sets as ipset 4 knows them (XenServer 5.6 to 6.2): other types, IPv4 alone, neither timeouts nor comments. csp speaks of them in the words of
 * ipset 6; the host's script puts these into letters (host/remote/tables.sh).
 *
 * A set of networks is an iptreemap: a nethash takes no single address and a hash of addresses takes no network (ipset_nethash.c, 4.5: prefixes
 * of 1 to 31). An iptreemap keeps ranges and prints neighbours as one, so its members are compared as the fewest networks that hold them.
 *
 * Its pairs with ports (ipporthash, ipportiphash, ipportnethash) mean something else: they keep the port without its protocol and match tcp and udp
 * alike, and their addresses lie in one range of 65,536 (ip_set_getport.h, ip_set_ipporthash.c, 4.5).
 */
const TYPES: Readonly<Record<string, string>> = {
  iptreemap: "hash:net",
  nethash: "hash:net",
  iphash: "hash:ip",
  ipmap: "bitmap:ip",
  portmap: "bitmap:port",
};

/** What csp makes there, by the type that a user writes. */
const MADE: ReadonlySet<string> = new Set(["hash:net", "hash:ip", "bitmap:ip", "bitmap:port"]);

/** The type of ipset 6 that has the same members; any other type keeps its name. */
export function typeOfIpset4(type: string): string {
  return TYPES[type] ?? type;
}

/** Whether sets of this type print neighbouring addresses as one range. */
export function keepsRanges(type: string): boolean {
  return type === "iptreemap";
}

/** A set as such a host keeps it. Throws {@link Unsayable}. */
export function setForIpset4(name: string, set: KernelSet): KernelSet {
  const refuse = (what: string): never => {
    throw new Unsayable("ipset", `${what} (set ${name})`, undefined);
  };
  if (set.type.includes(",port")) refuse(`the protocols of ports in a set of the type ${set.type}`);
  if (!MADE.has(set.type)) refuse(`sets of the type ${set.type}`);
  if (set.family === "inet6") refuse("sets of IPv6 addresses");
  if (set.timeout !== undefined) refuse("members that expire");
  if (set.comment === true) refuse("comments of members");
  if ([...set.members].some((member) => member.endsWith(" nomatch"))) refuse("members that do not match");
  return set.type === "hash:net" ? { ...set, members: new Set(fewestNetworks(set.members)) } : set;
}
