import { canonicalCidr, canonicalMac, canonicalProtocol } from "./spelling";

/**
 * One spelling for members of sets, both as a user wrote them and as `ipset save` printed them: "10.0.0.5/32,80" is "10.0.0.5,tcp:80", and
 * "10.0.0.5,icmp:echo-request" is "10.0.0.5,icmp:8/0". csp also gives this spelling to ipset. A member's remaining timeout, its counters and
 * its comment do not belong to its spelling; "nomatch" does.
 */
export function canonicalMember(text: string): string {
  // Nearly all members of large sets are addresses and networks alone.
  if (!text.includes(",") && !text.includes(" ")) return part(text, 0);
  const [member = "", ...options] = text
    .replace(/ comment "[^"]*"/, "")
    .trim()
    .split(/\s+/);
  return [member.split(",").map(part).join(","), ...options.filter((option) => option === "nomatch")].join(" ");
}

function part(text: string, index: number): string {
  if (/^\d{1,5}$/.test(text)) return index === 0 ? String(Number(text)) : `tcp:${Number(text)}`;
  const cidr = canonicalCidr(text);
  if (cidr !== text || text.includes(".")) return cidr;
  const [, protocol, port = ""] = /^([\w.+-]+):([^:]+)$/.exec(text) ?? [];
  return protocol === undefined ? canonicalMac(text) : (service(protocol, port) ?? text);
}

function service(protocol: string, port: string): string | undefined {
  const name = canonicalProtocol(protocol);
  const types = name === "icmp" ? ICMP : name === "icmpv6" ? ICMPV6 : undefined;
  const number = types?.get(port) ?? port;
  return /^\d+(\/\d+)?$/.test(number) ? `${name}:${number.split("/").map(Number).join("/")}` : undefined;
}

/** Names that `ipset save` prints for an ICMP type and code (ipset 7, print_icmp). */
const ICMP = named(`
  echo-reply 0/0 network-unreachable 3/0 host-unreachable 3/1 protocol-unreachable 3/2 port-unreachable 3/3 fragmentation-needed 3/4
  source-route-failed 3/5 network-unknown 3/6 host-unknown 3/7 network-prohibited 3/9 host-prohibited 3/10 TOS-network-unreachable 3/11
  TOS-host-unreachable 3/12 communication-prohibited 3/13 host-precedence-violation 3/14 precedence-cutoff 3/15 source-quench 4/0
  network-redirect 5/0 host-redirect 5/1 TOS-network-redirect 5/2 TOS-host-redirect 5/3 echo-request 8/0 router-advertisement 9/0
  router-solicitation 10/0 ttl-zero-during-transit 11/0 ttl-zero-during-reassembly 11/1 ip-header-bad 12/0 required-option-missing 12/1
  timestamp-request 13/0 timestamp-reply 14/0 address-mask-request 17/0 address-mask-reply 18/0`);

const ICMPV6 = named(`
  no-route 1/0 communication-prohibited 1/1 address-unreachable 1/3 port-unreachable 1/4 packet-too-big 2/0 ttl-zero-during-transit 3/0
  ttl-zero-during-reassembly 3/1 bad-header 4/0 unknown-header-type 4/1 unknown-option 4/2 echo-request 128/0 echo-reply 129/0
  router-solicitation 133/0 router-advertisement 134/0 neighbour-solicitation 135/0 neighbour-advertisement 136/0 redirect 137/0`);

function named(table: string): ReadonlyMap<string, string> {
  return new Map([...table.matchAll(/(\S+) (\S+)/g)].map(([, name = "", type = ""]) => [name, type]));
}
