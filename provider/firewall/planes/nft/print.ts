import { FROM, NAMED, NAMED_TO, TO } from "../../model/names";
import type { Match, Rule, Verdict } from "../../model/rule";

const VMAPS: Readonly<Record<string, string>> = { [FROM]: "iifname", [NAMED]: "iifname", [TO]: "oifname", [NAMED_TO]: "oifname" };

const ETHERTYPES: Readonly<Record<number, string>> = { 2048: "ip", 34525: "ip6", 2054: "arp", 33024: "8021q", 34984: "8021ad" };
const PROTOCOLS: Readonly<Record<number, string>> = { 2: "igmp", 17: "udp", 58: "ipv6-icmp", 103: "pim" };
const ICMPV6: Readonly<Record<string, string>> = {
  "130": "mld-listener-query",
  "131": "mld-listener-report",
  "133": "nd-router-solicit",
  "134": "nd-router-advert",
  "135": "nd-neighbor-solicit",
  "136": "nd-neighbor-advert",
  "137": "nd-redirect",
  "143": "mld2-listener-report",
};

export function printRule({ matches, verdict }: Rule): string {
  const has = (is: string) => matches.some((match) => match.is === is);
  const words = matches.map((match) => {
    if (match.is === "ethertype") {
      if (match.type === 0x8100 && has("vlan")) return "";
      if (match.type === 0x0800 && (has("address") || has("protocol"))) return "";
      if (match.type === 0x86dd && (has("address") || has("icmp-type"))) return "";
      if (match.type === 0x0806 && (has("arp-address") || has("arp-hardware") || has("arp-mac") || has("arp-gratuitous"))) return "";
    }
    if (match.is === "vlan-type" && match.type === 0x0806 && (has("arp-address") || has("arp-mac"))) return "";
    if (match.is === "protocol") {
      if (match.protocol === 58 && has("icmp-type")) return "";
      if (has("ports") && matches.some((other) => other.is === "ethertype" && other.type === 0x86dd)) return "";
      if (has("ports") && matches.some((other) => other.is === "address")) return "";
      const six = matches.some((other) => other.is === "ethertype" && other.type === 0x86dd);
      return `${six ? "meta l4proto" : "ip protocol"} ${PROTOCOLS[match.protocol] ?? match.protocol}`;
    }
    return printMatch(match, matches);
  });
  const arpMac = words.findIndex((word) => word.startsWith("arp saddr ether"));
  const arpIp = words.findIndex((word) => word.startsWith("arp saddr ip"));
  if (arpMac > arpIp && arpIp >= 0) {
    const [mac = ""] = words.splice(arpMac, 1);
    words.splice(arpIp, 0, mac);
  }
  return [...words.filter((word) => word !== ""), ...(verdict === undefined ? [] : [printVerdict(verdict)])].join(" ");
}

export function printMatch(match: Match, all: readonly Match[] = []): string {
  const is = match.negated === true ? "!= " : "";
  const six = all.some((other) => other.is === "ethertype" && other.type === 0x86dd);
  switch (match.is) {
    case "interface":
    case "bridge-port":
      return `${match.direction === "in" ? "iifname" : "oifname"} ${is}"${match.name.replace(/\+$/, "*")}"`;
    case "mac": {
      const [mac, mask] = match.mac.split("/");
      const word = `ether ${match.end === "source" ? "saddr" : "daddr"}`;
      return mask === undefined ? `${word} ${is}${mac}` : `${word} & ${mask} ${match.negated ? "!=" : "=="} ${mac}`;
    }
    case "ethertype":
      return match.type === "length"
        ? "ether type < 0x0600"
        : `ether type ${ETHERTYPES[match.type] ?? `0x${match.type.toString(16).padStart(4, "0")}`}`;
    case "vlan":
      return `vlan id ${match.id}`;
    case "vlan-type":
      return `vlan type ${ETHERTYPES[match.type] ?? `0x${match.type.toString(16).padStart(4, "0")}`}`;
    case "address":
      return `${six ? "ip6" : "ip"} ${match.end === "source" ? "saddr" : "daddr"} ${is}${match.cidrs[0]}`;
    case "ports":
      return `udp ${match.end === "source" ? "sport" : "dport"} ${match.ports[0]}`;
    case "icmp-type":
      return `icmpv6 type ${ICMPV6[match.type] ?? match.type}`;
    case "arp-hardware":
      return `arp htype ${match.number}`;
    case "arp-protocol":
      return "arp ptype ip";
    case "arp-operation":
      return `arp operation ${match.operation === "1" ? "request" : match.operation === "3" ? "rrequest" : match.operation}`;
    case "arp-address":
      return `arp ${match.end === "source" ? "saddr" : "daddr"} ip ${match.cidr}`;
    case "arp-mac":
      return `arp ${match.end === "source" ? "saddr" : "daddr"} ether ${match.mac}`;
    case "arp-gratuitous":
      return "arp operation 99";
    case "nd-target": {
      const [address = ""] = match.cidr.split("/");
      const parts = address.split("::");
      const head = (parts[0] ?? "").split(":").filter((x) => x !== "");
      const tail = (parts[1] ?? "").split(":").filter((x) => x !== "");
      const all8 = [...head, ...Array(8 - head.length - tail.length).fill("0"), ...tail];
      return `@th,64,128 0x${all8
        .map((x) => x.padStart(4, "0"))
        .join("")
        .replace(/^0+(?=.)/, "")}`;
    }
    case "words":
      return [match.name, ...match.values].join(" ");
    default:
      throw new Error(`nft's rules of csp have no words for ${JSON.stringify(match)}`);
  }
}

function printVerdict(verdict: Verdict): string {
  switch (verdict.do) {
    case "accept":
    case "drop":
    case "return":
      return verdict.do;
    case "jump":
    case "goto": {
      const key = VMAPS[verdict.chain];
      return key === undefined ? `${verdict.do} ${verdict.chain}` : `${key} vmap @${verdict.chain}`;
    }
    case "zone":
      return `ct zone set ${verdict.zone}`;
    default:
      throw new Error(`nft's rules of csp have no words for ${JSON.stringify(verdict)}`);
  }
}
