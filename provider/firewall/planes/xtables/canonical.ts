import ipaddr from "ipaddr.js";
import { ETHERTYPE_NUMBERS } from "../../values/numbers";
import { canonicalCidr, canonicalMac, canonicalPorts, canonicalProtocol, canonicalRate, protocolNumber } from "../../values/spelling";
import { ICMP_NAMES, ICMPV6_NAMES } from "./icmp-names";
import type { XTool } from "./print";

/**
 * One form for all rules with the same meaning, whatever the tool's version, backend or distribution prints: options are sorted, values have
 * canonical spelling, and what a tool adds by itself is left out. Two rules are equal if their canonical forms are equal.
 */
export function canonicalRule(tool: XTool, text: string): string {
  return canonicalOptions(tool, text)
    .map((option) => `${option.negated ? "! " : ""}${[option.name, ...option.values].join(" ")}`)
    .sort()
    .join(" ");
}

/** The options that have a meaning, each in canonical form, in their order. */
export function canonicalOptions(tool: XTool, text: string): Option[] {
  const read = readOptions(text);
  // The same word means something else in this module.
  const recent = text.includes("recent") && read.some(({ name, values }) => name === "-m" && values[0] === "recent");
  const options = read.flatMap((option) => {
    if (recent && RECENT.has(option.name)) return recentOption(option);
    return tool === "iptables" || tool === "ip6tables" ? ipOption(option, tool) : bridgeOption(option);
  });
  if (
    options.some((option) => option.name === "-j" && option.values[0] === "REJECT") &&
    !options.some((option) => option.name === "--reject-with")
  ) {
    options.push({
      name: "--reject-with",
      negated: false,
      values: [tool === "iptables" ? "icmp-port-unreachable" : "icmp6-port-unreachable"],
    });
  }
  return options;
}

const RECENT: ReadonlySet<string> = new Set(["--set", "--mask", "--rsource"]);

/** An option of `-m recent`: its defaults are what the source's whole address says. */
function recentOption(option: Option): Option[] {
  if (option.name === "--set") return [option];
  return option.name === "--rsource" || /^(255\.){3}255$|^(ffff:){7}ffff$/.test(option.values[0] ?? "") ? [] : [option];
}

export interface Option {
  readonly name: string;
  readonly negated: boolean;
  readonly values: readonly string[];
}

/** Splits as the tools do: words, and strings in double quotes with backslash escapes. */
export function words(text: string): string[] {
  return readWords(text).map(({ word }) => word);
}

function readWords(text: string): { readonly word: string; readonly quoted: boolean }[] {
  return [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map((match) =>
    match[2] === undefined ? { word: (match[1] ?? "").replace(/\\(.)/g, "$1"), quoted: true } : { word: match[2], quoted: false },
  );
}

/** "! -s x", "-s ! x" and "--opt a b" as options with their values, in their own spelling. */
export function readOptions(text: string): Option[] {
  const options: { name: string; negated: boolean; values: string[] }[] = [];
  let negated = false;
  for (const { word, quoted } of readWords(text)) {
    const current = options.at(-1);
    // A comment may contain anything. Tools print it without quotes if it is one word.
    if (quoted || (current !== undefined && current.values.length === 0 && TAKES_ANYTHING.has(current.name))) current?.values.push(word);
    else if (word === "!") {
      // Before an option (1.4.3 and later) or before its value (older, and ebtables).
      if (current !== undefined && current.values.length === 0 && !TAKES_NOTHING.has(current.name)) current.negated = true;
      else negated = true;
    } else if (/^--?[A-Za-z]/.test(word)) {
      options.push({ name: word, negated, values: [] });
      negated = false;
    } else current?.values.push(word);
  }
  return options;
}

const TAKES_ANYTHING = new Set(["--comment", "--log-prefix", "--nflog-prefix", "--ulog-prefix"]);

const TAKES_NOTHING = new Set([
  "--physdev-is-bridged",
  "--physdev-is-in",
  "--physdev-is-out",
  "--syn",
  "--connlimit-saddr",
  "--connlimit-daddr",
  "--log-ip",
  "--log-arp",
  "--log-ip6",
]);

/** Modules that their own options always imply. `-m tcp` by itself matches the same packets as `-p tcp`. */
const IMPLIED = new Set([
  "tcp",
  "udp",
  "udplite",
  "sctp",
  "dccp",
  "icmp",
  "icmp6",
  "ipv6-icmp",
  "comment",
  "set",
  "physdev",
  "conntrack",
  "state",
  "limit",
  "multiport",
  "connlimit",
  "mark",
]);

const LONG: Readonly<Record<string, string>> = {
  "--source": "-s",
  "--src": "-s",
  "--destination": "-d",
  "--dst": "-d",
  "--protocol": "-p",
  "--in-interface": "-i",
  "--out-interface": "-o",
  "--jump": "-j",
  "--goto": "-g",
  "--source-port": "--sport",
  "--destination-port": "--dport",
  "--source-ports": "--sports",
  "--destination-ports": "--dports",
  "--state": "--ctstate",
  "--set": "--match-set",
  "--src-ip": "-s",
  "--source-ip": "-s",
  "--dst-ip": "-d",
  "--destination-ip": "-d",
  "--source-mac": "--src-mac",
  "--destination-mac": "--dst-mac",
  "--ip-source": "--ip-src",
  "--ip-destination": "--ip-dst",
  "--ip-protocol": "--ip-proto",
  "--ip-source-port": "--ip-sport",
  "--ip-destination-port": "--ip-dport",
  "--ip6-source": "--ip6-src",
  "--ip6-destination": "--ip6-dst",
  "--ip6-protocol": "--ip6-proto",
  "--ip6-source-port": "--ip6-sport",
  "--ip6-destination-port": "--ip6-dport",
  "--arp-opcode": "--arp-op",
};

const STATES = ["INVALID", "NEW", "RELATED", "ESTABLISHED", "UNTRACKED", "SNAT", "DNAT"];
const TCP_FLAGS = ["FIN", "SYN", "RST", "PSH", "ACK", "URG"];

/** An option of iptables or ip6tables in canonical form; nothing if it has no meaning. */
function ipOption(option: Option, tool: "iptables" | "ip6tables"): Option[] {
  const name = LONG[option.name] ?? option.name;
  const [value = "", ...rest] = option.values;
  const as = (...values: string[]): Option[] => [{ name, negated: option.negated, values }];
  switch (name) {
    case "-m":
    case "--match":
      return IMPLIED.has(value) ? [] : [{ name: "-m", negated: false, values: [value] }];
    case "-p":
      return protocolNumber(value) === 0 && !option.negated ? [] : as(canonicalProtocol(value));
    case "--ctorigsrc":
    case "--ctorigdst":
    case "--ctreplsrc":
    case "--ctrepldst":
    case "-s":
    case "-d": {
      const cidr = canonicalCidr(dottedMask(value));
      return cidr.endsWith("/0") && !option.negated ? [] : as(cidr);
    }
    case "--sport":
    case "--dport": {
      const ports = canonicalPorts(openRange(value));
      return ports === "0:65535" && !option.negated ? [] : as(ports);
    }
    case "--sports":
    case "--dports":
    case "--ports":
      return as([...new Set(value.split(",").map(canonicalPorts))].sort().join(","));
    case "--ctstate":
      return as(ordered(value, STATES));
    case "--tcp-flags":
      return as(ordered(value === "ALL" ? TCP_FLAGS.join(",") : value, TCP_FLAGS), ordered(rest[0] ?? "", TCP_FLAGS));
    case "--syn":
      return [{ name: "--tcp-flags", negated: option.negated, values: ["FIN,SYN,RST,ACK", "SYN"] }];
    case "--limit":
      return as(canonicalRate(value));
    case "--limit-burst":
    case "--hashlimit-burst":
      return value === "5" ? [] : as(value);
    case "--hashlimit":
      return [{ name: "--hashlimit-upto", negated: option.negated, values: [value] }];
    case "--mac-source":
      return as(canonicalMac(value));
    case "--mark":
      return as(value.split("/").map(hex).join("/"));
    case "--dscp":
      return as(hex(value));
    case "--tos":
      return as(TYPES_OF_SERVICE[value] ?? value);
    case "--probability":
      return as(String(Number(value)));
    case "--u32":
      return as(value.replace(/\b(0x[0-9a-f]+|\d+)\b/gi, hex));
    case "--set-mark":
    case "--set-xmark": {
      const [mark = "", mask = "0xffffffff"] = value.split("/");
      return [{ name: "--set-xmark", negated: false, values: [`${hex(mark)}/${hex(mask)}`] }];
    }
    case "--log-level":
      return value === "4" || value === "warning" ? [] : as(value);
    case "--icmp-type":
    case "--icmpv6-type":
      return value === "any" && !option.negated ? [] : as(icmpType(value, tool));
    case "--connlimit-above":
    case "--connlimit-upto":
      return option.negated
        ? [{ name: name === "--connlimit-above" ? "--connlimit-upto" : "--connlimit-above", negated: false, values: [value] }]
        : as(value);
    case "--connlimit-mask":
      return value === (tool === "iptables" ? "32" : "128") ? [] : as(value);
    case "--connlimit-saddr":
      return [];
    default:
      return as(...option.values);
  }
}

/** An option of ebtables or arptables in canonical form. */
function bridgeOption(option: Option): Option[] {
  const name = LONG[option.name] ?? option.name;
  const [value = ""] = option.values;
  const as = (...values: string[]): Option[] => [{ name, negated: option.negated, values }];
  switch (name) {
    case "-p":
    case "--arp-ptype":
    case "--proto-type":
    case "--vlan-encap":
      return as(ethertype(value));
    case "-s":
    case "-d":
      // A MAC in ebtables, an address in arptables.
      return as(value.includes(":") || value.toLowerCase() in GROUPS ? macRange(value) : canonicalCidr(dottedMask(value)));
    case "--src-mac":
    case "--dst-mac":
    case "--arp-mac-src":
    case "--arp-mac-dst":
      return as(macRange(value));
    case "-i":
    case "-o":
      // `arptables -nvL` prints these words if a rule has no interface.
      return value === "*" || value === "any" ? [] : as(value);
    case "--ip-src":
    case "--ip-dst":
    case "--ip6-src":
    case "--ip6-dst":
    case "--arp-ip-src":
    case "--arp-ip-dst": {
      const cidr = canonicalCidr(dottedMask(value));
      return cidr.endsWith("/0") && !option.negated ? [] : as(cidr);
    }
    case "--ip-proto":
    case "--ip6-proto":
      return as(canonicalProtocol(value));
    case "--ip-sport":
    case "--ip-dport":
    case "--ip6-sport":
    case "--ip6-dport":
      return as(canonicalPorts(openRange(value)));
    case "--limit-burst":
      return value === "5" ? [] : as(value);
    case "--among-src":
    case "--among-dst":
      return as(value.replace(/,$/, "").split(",").map(amongMember).join(","));
    case "--ip6-icmp-type":
      return as(bridgeIcmpType(value, ICMPV6_NAMES));
    case "--ip-icmp-type":
      return as(bridgeIcmpType(value, ICMP_NAMES));
    case "--arp-op":
    case "--opcode":
      return [{ name: "--arp-op", negated: option.negated, values: [OPCODES[value] ?? value] }];
    default:
      return as(...option.values);
  }
}

const OPCODES: Readonly<Record<string, string>> = { Request: "1", Reply: "2", Request_Reverse: "3", Reply_Reverse: "4" };

/** Words of ebtables for MACs and masks (ebtables(8), MAC addresses). */
const GROUPS: Readonly<Record<string, string>> = {
  unicast: "00:00:00:00:00:00/01:00:00:00:00:00",
  multicast: "01:00:00:00:00:00/01:00:00:00:00:00",
  broadcast: "ff:ff:ff:ff:ff:ff",
  bga: "01:80:c2:00:00:00",
};

/** A MAC, with or without a mask. A mask of all ones is left out. */
function macRange(value: string): string {
  const [mac = "", mask] = (GROUPS[value.toLowerCase()] ?? value).split("/").map(canonicalMac);
  return mask === undefined || mask === "ff:ff:ff:ff:ff:ff" ? mac : `${mac}/${mask}`;
}

/** "MAC" or "MAC=ADDRESS". */
function amongMember(text: string): string {
  const [mac = "", ...address] = text.split("=");
  return [canonicalMac(mac), ...address].join("=");
}

/** Names of types of service, as iptables prints them (RFC 1349, with the mask that a name implies). */
const TYPES_OF_SERVICE: Readonly<Record<string, string>> = {
  "Minimize-Delay": "0x10/0x3f",
  "Maximize-Throughput": "0x08/0x3f",
  "Maximize-Reliability": "0x04/0x3f",
  "Minimize-Cost": "0x02/0x3f",
  "Normal-Service": "0x00/0x3f",
};

/** ebtables prints all codes of a range of types, and a single type and code as ranges of one. */
function bridgeIcmpType(value: string, names: Readonly<Record<string, string>>): string {
  return (
    names[value] ??
    value
      .replace(/\/0:255$/, "")
      .replace(/^(\d+):\1(?=\/|$)/, "$1")
      .replace(/\/(\d+):\1$/, "/$1")
  );
}

function icmpType(value: string, tool: "iptables" | "ip6tables"): string {
  return (tool === "iptables" ? ICMP_NAMES : ICMPV6_NAMES)[value] ?? value;
}

/** Four hexadecimal digits; "length" (an 802.3 Ethernet frame) stays. */
function ethertype(value: string): string {
  const lower = value.toLowerCase();
  const number =
    ETHERTYPE_NUMBERS.get(lower) ?? (/^(0x)?[0-9a-f]+$/.test(lower) ? Number.parseInt(lower.replace(/^0x/, ""), 16) : undefined);
  return number === undefined ? lower : `0x${number.toString(16).padStart(4, "0")}`;
}

/** "10.0.0.0/255.255.255.0" as "10.0.0.0/24", "fd24::/ffff:ffff::" as "fd24::/32" (ebtables to 2.0.10, iptables 1.3.5). */
function dottedMask(value: string): string {
  const [address = "", mask = ""] = value.split("/");
  if (/^\d*$/.test(mask)) return value;
  const length = ipaddr.isValid(mask) ? ipaddr.parse(mask).prefixLengthFromSubnetMask() : null;
  return length === null ? value : `${address}/${length}`;
}

/** ":80" and "80:" leave an end open. */
function openRange(value: string): string {
  if (value.startsWith(":")) return `0${value}`;
  return value.endsWith(":") ? `${value}65535` : value;
}

function ordered(value: string, order: readonly string[]): string {
  const known = value.split(",");
  return [...order.filter((word) => known.includes(word)), ...known.filter((word) => !order.includes(word)).sort()].join(",");
}

function hex(value: string): string {
  const number = Number(value);
  return Number.isNaN(number) ? value : `0x${number.toString(16)}`;
}
