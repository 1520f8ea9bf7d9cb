import type { Condition, Direction, End, Match, Rule, Verdict } from "../../model/rule";
import { canonicalMac, parseCidr, parsePorts, protocolNumber } from "../../values/spelling";
import { canonicalOptions, type Option } from "./canonical";
import type { XTool } from "./print";

/**
 * Reads rules from the words of the tools, whoever wrote them. It guesses nothing: an option without a condition of ours, or a value that it
 * cannot read, is kept word for word.
 */
export function readRule(tool: XTool, text: string): Rule {
  return readOptions(tool, canonicalOptions(tool, text));
}

function readOptions(tool: XTool, options: readonly Option[]): Rule {
  const partOf = (name: string) => options.find((option) => option.name === name)?.values[0];
  const matches: Match[] = [];
  const ofTarget: Option[] = [];
  let comment: string | undefined;
  for (const option of options) {
    const { name, values, negated } = option;
    if (name === "-j" || name === "-g" || (name === "-m" && SPEAKS_BY_ITS_OPTIONS.has(values[0] ?? ""))) continue;
    if (name === "--comment") comment = values[0];
    else if (TARGETS_OPTION.test(name)) ofTarget.push(option);
    else if (PARTS_OF_OTHERS.has(name)) continue;
    else {
      const condition = readCondition(tool, option, partOf) ?? { is: "words", name, values };
      // "above" is the opposite of "up to".
      const not = negated !== (name === "--connlimit-above");
      matches.push(not ? { ...condition, negated: true } : condition);
    }
  }
  const target = options.find(({ name }) => name === "-j" || name === "-g");
  const verdict = target === undefined ? undefined : readVerdict(target, ofTarget);
  return { matches, ...(verdict === undefined ? {} : { verdict }), ...(comment === undefined ? {} : { comment }) };
}

/** Modules that have no meaning without their options. */
const SPEAKS_BY_ITS_OPTIONS: ReadonlySet<string> = new Set([
  ...["mac", "iprange", "multiport", "hl", "ttl", "length", "addrtype", "pkttype", "vlan"],
]);

const TARGETS_OPTION = /^--(log(-.*)?|nflog-.*|ulog-.*|reject-with|set-xmark|zone(-orig|-reply)?)$/;

/** Read together with the option that they belong to. */
const PARTS_OF_OTHERS: ReadonlySet<string> = new Set(["--limit-burst", "--connlimit-mask", "--connlimit-daddr"]);

function readVerdict({ name, values: [target = ""] }: Option, options: readonly Option[]): Verdict | undefined {
  if (target === "") return undefined;
  if (name === "-g") return { do: "goto", chain: target };
  const said = options.map((option) => option.name);
  const first = options[0]?.values[0] ?? "";
  switch (target) {
    case "ACCEPT":
      return { do: "accept" };
    case "DROP":
      return { do: "drop" };
    case "RETURN":
      return { do: "return" };
    case "REJECT":
      return { do: "reject", reply: first };
    case "LOG":
      if (said.join() === "--log-prefix") return { do: "log", prefix: first };
      break;
    case "CT":
      if (said.join() === "--zone") return { do: "zone", zone: first };
      break;
    default:
      if (!TARGETS.has(target)) return { do: "jump", chain: target };
  }
  return { do: "words", name: target, values: options.flatMap((option) => [option.name, ...option.values]) };
}

/** Targets of the tools and of their modules that are not chains. */
const TARGETS: ReadonlySet<string> = new Set(
  `LOG CT CONTINUE NFLOG ULOG MARK CONNMARK SET TRACE AUDIT NOTRACK CHECKSUM CLASSIFY DSCP TOS TCPMSS SECMARK CONNSECMARK QUEUE NFQUEUE SNAT DNAT
   MASQUERADE REDIRECT NETMAP TPROXY TEE TTL HL ECN HMARK IDLETIMER LED RATEEST SYNPROXY TCPOPTSTRIP DNPT SNPT mark snat dnat redirect arpreply
   mangle`
    .trim()
    .split(/\s+/),
);

type Read = (option: Option, partOf: (name: string) => string | undefined, tool: XTool) => Condition | undefined;

function readCondition(tool: XTool, option: Option, partOf: (name: string) => string | undefined): Condition | undefined {
  if (tool === "arptables") return readArp(option, partOf, tool);
  return tool === "ebtables" ? readBridge(option, partOf, tool) : readIp(option, partOf, tool);
}

const readIp: Read = ({ name, values }, partOf, tool) => {
  const [value = "", second = ""] = values;
  switch (name) {
    case "-p": {
      const number = protocolNumber(value);
      return number === undefined ? undefined : { is: "protocol", protocol: number };
    }
    case "-s":
    case "-d":
      return addresses(endOf(name === "-s"), value.split(","));
    case "--ctorigsrc":
    case "--ctorigdst":
      return parseCidr(value) === undefined ? undefined : { is: "connection-end", end: endOf(name === "--ctorigsrc"), cidr: value };
    case "--sport":
    case "--sports":
      return portsAt("source", value);
    case "--dport":
    case "--dports":
      return portsAt("target", value);
    case "--ports":
      return portsAt("either", value);
    case "--icmp-type":
    case "--icmpv6-type":
      return icmp(name === "--icmp-type" ? "inet" : "inet6", value);
    case "--ctstate":
      return { is: "state", states: value.toLowerCase().split(",") };
    case "--tcp-flags":
      return { is: "tcp-flags", mask: value.split(","), set: second.split(",").filter((flag) => flag !== "NONE" && flag !== "") };
    case "-f":
      return { is: "fragment" };
    case "--hl-eq":
    case "--ttl-eq":
      return { is: "hop-limit", compare: "is", hops: value };
    case "--hl-lt":
    case "--ttl-lt":
      return { is: "hop-limit", compare: "below", hops: value };
    case "--hl-gt":
    case "--ttl-gt":
      return { is: "hop-limit", compare: "above", hops: value };
    case "--length":
      return { is: "length", bytes: value };
    case "--physdev-in":
    case "--physdev-out":
      return { is: "bridge-port", direction: directionOf(name === "--physdev-in"), name: value };
    case "--physdev-is-in":
    case "--physdev-is-out":
      return { is: "any-port", direction: directionOf(name === "--physdev-is-in") };
    case "--physdev-is-bridged":
      return { is: "bridged" };
    case "-i":
    case "-o":
      return { is: "interface", direction: directionOf(name === "-i"), name: value };
    case "--mac-source":
      return { is: "mac", end: "source", mac: canonicalMac(value) };
    case "--dst-type":
      return value === "LOCAL" ? { is: "for-this-host" } : undefined;
    case "--match-set": {
      const ends = second.split(",");
      if (!ends.every((end) => end === "src" || end === "dst")) return undefined;
      return { is: "in-set", set: value, ends: ends.map((end) => endOf(end === "src")) };
    }
    case "--connlimit-upto":
    case "--connlimit-above":
      return {
        is: "connections",
        most: value,
        // Tools do not print the prefix length of a single address.
        prefix: partOf("--connlimit-mask") ?? (tool === "ip6tables" ? "128" : "32"),
        end: endOf(partOf("--connlimit-daddr") === undefined),
      };
    case "--limit":
      return { is: "rate", rate: value, burst: Number(partOf("--limit-burst") ?? 5) };
    default:
      return undefined;
  }
};

const readBridge: Read = ({ name, values: [value = ""] }) => {
  switch (name) {
    case "-i":
    case "-o":
      return { is: "interface", direction: directionOf(name === "-i"), name: value };
    case "--logical-in":
    case "--logical-out":
      return { is: "bridge", direction: directionOf(name === "--logical-in"), name: value };
    case "-p":
      if (value === "length") return { is: "ethertype", type: "length" };
      return HEX.test(value) ? { is: "ethertype", type: Number(value) } : undefined;
    case "-s":
    case "-d":
      return macAt("mac", endOf(name === "-s"), value);
    case "--vlan-id":
      return { is: "vlan", id: value };
    case "--vlan-encap":
      return HEX.test(value) ? { is: "vlan-type", type: Number(value) } : undefined;
    case "--arp-mac-src":
    case "--arp-mac-dst":
      return macAt("arp-mac", endOf(name === "--arp-mac-src"), value);
    case "--arp-ip-src":
    case "--arp-ip-dst":
      return arpAddress(endOf(name === "--arp-ip-src"), value);
    case "--arp-op":
      return { is: "arp-operation", operation: value };
    case "--arp-htype":
      return { is: "arp-hardware", number: value };
    case "--arp-ptype":
      return { is: "arp-protocol", number: value };
    case "--arp-gratuitous":
      return { is: "arp-gratuitous" };
    case "--ip-src":
    case "--ip6-src":
    case "--ip-dst":
    case "--ip6-dst":
      return addresses(endOf(name.endsWith("src")), [value]);
    case "--ip-proto":
    case "--ip6-proto": {
      const number = protocolNumber(value);
      return number === undefined ? undefined : { is: "protocol", protocol: number };
    }
    case "--ip-sport":
    case "--ip6-sport":
      return portsAt("source", value);
    case "--ip-dport":
    case "--ip6-dport":
      return portsAt("target", value);
    case "--ip-icmp-type":
      return icmp("inet", value);
    case "--ip6-icmp-type":
      return icmp("inet6", value);
    default:
      return undefined;
  }
};

const readArp: Read = ({ name, values: [value = ""] }) => {
  switch (name) {
    case "-i":
    case "-o":
      return { is: "interface", direction: directionOf(name === "-i"), name: value };
    case "-s":
    case "-d":
      return arpAddress(endOf(name === "-s"), value);
    case "--src-mac":
    case "--dst-mac":
      return macAt("arp-mac", endOf(name === "--src-mac"), value);
    case "--arp-op":
      return { is: "arp-operation", operation: value };
    case "--h-length":
      return { is: "arp-hardware-length", number: value };
    case "--h-type":
      return { is: "arp-hardware", number: value === "Ethernet" ? "1" : value };
    case "--proto-type":
      return { is: "arp-protocol", number: value };
    default:
      return undefined;
  }
};

const HEX = /^0x[0-9a-f]+$/i;
const endOf = (source: boolean): End => (source ? "source" : "target");
const directionOf = (inward: boolean): Direction => (inward ? "in" : "out");

/** iptables takes several addresses at once and makes one rule of each. */
function addresses(end: End, cidrs: readonly string[]): Condition | undefined {
  return cidrs.every((cidr) => parseCidr(cidr) !== undefined) ? { is: "address", end, cidrs } : undefined;
}

function arpAddress(end: End, cidr: string): Condition | undefined {
  return parseCidr(cidr) === undefined ? undefined : { is: "arp-address", end, cidr };
}

function macAt(is: "mac" | "arp-mac", end: End, value: string): Condition | undefined {
  return /^[0-9a-f]{2}(:[0-9a-f]{2}){5}(\/[0-9a-f]{2}(:[0-9a-f]{2}){5})?$/.test(value) ? { is, end, mac: value } : undefined;
}

function portsAt(end: End | "either", value: string): Condition | undefined {
  const ranges = value.split(",");
  return ranges.every((range) => parsePorts(range) !== undefined) ? { is: "ports", end, ports: ranges } : undefined;
}

function icmp(family: "inet" | "inet6", value: string): Condition | undefined {
  return value === "any" || /^\d+(:\d+)?(\/\d+(:\d+)?)?$/.test(value) ? { is: "icmp-type", family, type: value } : undefined;
}
