import type { PartiallyKnown, Path, Report } from "../../schema/field";
import { suggest } from "../../schema/suggest";
import { canonicalCidr, canonicalMac, covers, parseCidr, parseRate, protocolNumber } from "../values/spelling";
import { DEFAULT_BURST, parsePeer, quote } from "./fields";

/**
 * Checks that need more than one field of a policy: fields that contradict each other, names that must exist. Every value may be UNKNOWN or
 * invalid; such values are skipped and are never an error here.
 */

/** tcp, udp, dccp, sctp, udplite: the protocols that multiport takes (xt_multiport.c). */
const WITH_PORTS: ReadonlySet<number> = new Set([6, 17, 33, 132, 136]);
const ICMP = 1;
const ICMPV6 = 58;

/** Group names that may be referred to; undefined while they are not all known. */
export type KnownGroups = ReadonlySet<string> | undefined;

export function checkRules(policy: PartiallyKnown, path: Path, report: Report, groups?: KnownGroups): void {
  for (const [direction, peers] of [
    ["ingress", "from"],
    ["egress", "to"],
  ] as const) {
    const rules = elements(policy[direction]);
    checkUnique(
      rules.map(([rule, index]) => [rule.name, [...path, direction, index, "name"]]),
      (name) => `another rule of this list is already named ${quote(name)}`,
      "give each rule its own name, because previews and errors use it",
      report,
    );
    for (const [rule, index] of rules) checkRule(rule, peers, [...path, direction, index], groups, report);
  }
}

function checkRule(rule: PartiallyKnown, peersField: "from" | "to", path: Path, groups: KnownGroups, report: Report): void {
  const protocol = text(rule.protocol);
  const number = protocol === undefined ? undefined : protocolNumber(protocol);
  if (number !== undefined) {
    if (rule.ports !== undefined && !WITH_PORTS.has(number)) {
      report(
        [...path, "ports"],
        `protocol ${quote(protocol)} has no ports`,
        'set `protocol` to "tcp", "udp", "udplite", "sctp" or "dccp", or leave `ports` out',
      );
    }
    if (rule.icmpType !== undefined && number !== ICMP && number !== ICMPV6) {
      report(
        [...path, "icmpType"],
        `protocol ${quote(protocol)} has no ICMP types`,
        'set `protocol` to "icmp" or "icmpv6", or leave `icmpType` out',
      );
    }
  }
  checkLimit(rule.limit, [...path, "limit"], report);
  const onlyFamily = number === ICMP ? "inet" : number === ICMPV6 ? "inet6" : undefined;
  for (const [value, index] of elements(rule[peersField])) {
    const peer = typeof value === "string" ? parsePeer(value) : undefined;
    if (peer === undefined) continue;
    const at = [...path, peersField, index];
    if (peer.kind === "group") checkGroup(peer.group, groups, at, report);
    if (onlyFamily === undefined || peer.kind === "group") continue;
    const family = peer.kind === "set" ? peer.family : parseCidr(peer.cidr)?.family;
    if (family !== undefined && family !== onlyFamily) {
      const [is, needs] = family === "inet" ? ["IPv4", '"icmp"'] : ["IPv6", '"icmpv6"'];
      report(at, `${quote(value)} is ${is}, and protocol ${quote(protocol)} is not`, `write a separate rule for it with protocol ${needs}`);
    }
  }
}

const DAY = 86_400;

/**
 * The kernel counts a burst's credit in 32 bits, scaled so that a burst of one day always fits (xt_limit.c, CREDITS_PER_JIFFY). Beyond that,
 * it refuses the table, or accepts it and counts wrong.
 */
function checkLimit(limit: PartiallyKnown, path: Path, report: Report): void {
  if (!isObject(limit)) return;
  const rate = parseRate(text(limit.rate) ?? "");
  const burst = limit.burst ?? DEFAULT_BURST;
  if (rate === undefined || typeof burst !== "number" || (rate.seconds / rate.events) * burst <= DAY) return;
  const most = Math.floor((DAY * rate.events) / rate.seconds);
  report(
    [...path, "burst"],
    `a burst of ${burst} at ${quote(limit.rate)} takes more than a day to refill, and the kernel cannot count that far`,
    `set \`burst\` to at most ${most}, or raise the rate`,
  );
}

function checkGroup(group: string, groups: KnownGroups, path: Path, report: Report): void {
  if (groups === undefined || groups.has(group)) return;
  const meant = suggest(group, groups);
  const declared =
    groups.size === 0
      ? "no group is declared"
      : `the declared groups are ${[...groups].slice(0, 8).join(", ")}${groups.size > 8 ? ", ..." : ""}`;
  report(
    path,
    `there is no security group ${quote(group)}`,
    meant === undefined ? `declare it, or use a declared one; ${declared}` : `did you mean ${quote(meant)}?`,
  );
}

/** Exactly one of `uuid` and `name`. */
export function checkGuestIdentity(guest: PartiallyKnown, path: Path, report: Report): void {
  if (!isObject(guest)) return;
  const given = ["uuid", "name"].filter((field) => guest[field] !== undefined);
  if (given.length === 0) report(path, "neither `uuid` nor `name` is given", "give the guest's `uuid` or its `name`");
  if (given.length === 2) report(path, "both `uuid` and `name` are given", "keep one of them; a UUID survives a rename");
}

/** Exactly one of `host` and `hosts`, and no host twice. */
export function checkHosts(inputs: PartiallyKnown, report: Report): void {
  const given = ["host", "hosts"].filter((field) => inputs[field] !== undefined);
  if (given.length === 0)
    report(["host"], "neither `host` nor `hosts` is given", "give the guest's `host`, or the `hosts` that it moves between");
  if (given.length === 2)
    report(["hosts"], "both `host` and `hosts` are given", "keep `hosts` for a guest that moves, `host` for one that does not");
  if (inputs.hosts !== undefined && inputs.connection !== undefined)
    report(["connection"], "one connection cannot lead to several hosts", "put the hosts into the provider's `hosts`");
  checkUnique(
    (Array.isArray(inputs.hosts) ? inputs.hosts : []).map((host: unknown, index: number) => [host, ["hosts", index]]),
    (host) => `the host ${quote(host)} is listed twice`,
    "keep it once",
    report,
  );
}

/** Checks the group lists of a GuestFirewall. Returns the names that its rules may refer to. */
export function checkPolicyGroups(inputs: PartiallyKnown, report: Report): KnownGroups {
  const lists = ["groups", "peerGroups"].map((field) => [field, inputs[field]] as const);
  const named = lists.flatMap(([field, list]) =>
    elements(list).map(([group, index]) => [group.name, [field, index, "name"] as Path] as const),
  );
  checkUnique(
    named,
    (name) => `the group ${quote(name)} is listed twice`,
    "keep it once, in `groups` if the guest is in it, in `peerGroups` if not",
    report,
  );
  const complete = lists.every(
    ([, list]) => Array.isArray(list) && list.every((group) => isObject(group) && typeof group.name === "string"),
  );
  const groups = complete ? new Set(named.map(([name]) => name as string)) : undefined;
  for (const [field, list] of lists) for (const [group, index] of elements(list)) checkRules(group, [field, index], report, groups);
  return groups;
}

/** One guest's interfaces and rules. */
export function checkGuest(guest: PartiallyKnown, groups: KnownGroups, path: Path, report: Report): void {
  const interfaces = elements(guest.interfaces);
  checkUnique(
    interfaces.map(([vif, index]) => [vif.device, [...path, "interfaces", index, "device"]]),
    (device) => `device ${device} is declared twice`,
    "give each interface the device number it has on the host",
    report,
  );
  checkUnique(
    interfaces.map(([vif, index]) => [vif.port, [...path, "interfaces", index, "port"]]),
    (port) => `the port ${quote(port)} is declared twice`,
    "give each interface its own port",
    report,
  );
  for (const [vif, index] of interfaces) {
    const ranges = vif.addressRanges ?? [];
    const none = Array.isArray(vif.addresses) && vif.addresses.length === 0 && Array.isArray(ranges) && ranges.length === 0;
    if (vif.antiSpoofing === "strict" && none) {
      report(
        [...path, "interfaces", index, "addresses"],
        "anti-spoofing is strict, but no address is declared that the guest may use",
        'declare its `addresses` (or `addressRanges`), or set `antiSpoofing` to "mac" to check only the MAC',
      );
    }
    if (guest.ipv6 === "drop") checkNoIpv6(vif, [...path, "interfaces", index], report);
  }
  checkRules(guest, path, report, groups);
}

/** Addresses that the guest could never use. */
function checkNoIpv6(vif: PartiallyKnown, path: Path, report: Report): void {
  for (const field of ["addresses", "addressRanges"] as const)
    for (const [value, index] of elements(vif[field]))
      if (typeof value === "string" && parseCidr(value)?.family === "inet6")
        report(
          [...path, field, index],
          `${quote(value)} is IPv6, and the guest's IPv6 is dropped`,
          'leave the address out, or set `ipv6` to "filter"',
        );
}

export function checkHostPolicy(inputs: PartiallyKnown, report: Report): void {
  const groups = isObject(inputs.groups) ? new Set(Object.keys(inputs.groups)) : undefined;
  for (const [key, group] of entries(inputs.groups)) checkRules(group, ["groups", key], report, groups);
  const guests = entries(inputs.guests);
  for (const [key, guest] of guests) {
    const path = ["guests", key];
    checkGuestIdentity(guest, path, report);
    for (const [group, index] of elements(guest.groups))
      if (typeof group === "string") checkGroup(group, groups, [...path, "groups", index], report);
    checkGuest(guest, groups, path, report);
  }
  for (const field of ["uuid", "name"] as const) {
    checkUnique(
      guests.map(([key, guest]) => [text(guest[field])?.toLowerCase(), ["guests", key, field]]),
      (value) => `the guest ${quote(value)} is declared twice`,
      "a guest has one policy: put its rules together",
      report,
    );
  }
  const interfaces = guests.flatMap(([key, guest]) =>
    elements(guest.interfaces).map(([vif, index]) => ({ vif, path: ["guests", key, "interfaces", index] as Path })),
  );
  checkUnique(
    interfaces.map(({ vif, path }) => [typeof vif.mac === "string" ? canonicalMac(vif.mac) : undefined, [...path, "mac"]]),
    (mac) => `the MAC address ${quote(mac)} is declared twice on this host`,
    "give each interface its own MAC; a clone keeps the original's MAC until you change it",
    report,
  );
  // Tenants often have the same address on two networks; on one network it is a conflict.
  const addresses = interfaces.flatMap(({ vif, path }) =>
    elements(vif.addresses).map(([address, index]) => [hostAddress(address, vif.network), [...path, "addresses", index]] as const),
  );
  checkUnique(
    addresses,
    (address) => `the address ${quote(address.split(" ")[0])} is declared twice on one network`,
    "give each guest its own address, or name the interfaces' networks if they differ",
    report,
  );
  checkRanges(interfaces, report);
}

/** A range that one guest may use contains no address of another guest. */
function checkRanges(interfaces: readonly { readonly vif: PartiallyKnown; readonly path: Path }[], report: Report): void {
  const declared = interfaces.flatMap(({ vif, path }) =>
    (["addresses", "addressRanges"] as const).flatMap((field) =>
      elements(vif[field]).flatMap(([value, index]) => {
        const cidr = typeof value === "string" ? parseCidr(value) : undefined;
        return cidr === undefined
          ? []
          : [{ cidr, value: value as string, field, network: text(vif.network), guest: path[1], at: [...path, field, index] as Path }];
      }),
    ),
  );
  for (const range of declared) {
    if (range.field !== "addressRanges") continue;
    const other = declared.find(
      (one) => one.guest !== range.guest && one.network === range.network && (covers(range.cidr, one.cidr) || covers(one.cidr, range.cidr)),
    );
    if (other !== undefined)
      report(
        range.at,
        `the range ${quote(range.value)} covers ${quote(other.value)}, which guest ${quote(other.guest)} has`,
        "declare a smaller range, or name the interfaces' networks if they differ",
      );
  }
}

function hostAddress(address: unknown, network: unknown): string | undefined {
  const cidr = typeof address === "string" ? parseCidr(address) : undefined;
  if (cidr === undefined || cidr.prefix !== (cidr.family === "inet" ? 32 : 128)) return undefined;
  return `${canonicalCidr(address as string)} ${text(network) ?? ""}`;
}

function checkUnique(
  values: readonly (readonly [unknown, Path])[],
  cause: (value: string) => string,
  remedy: string,
  report: Report,
): void {
  const seen = new Map<unknown, Path>();
  for (const [value, path] of values) {
    if (typeof value !== "string" && typeof value !== "number") continue;
    if (seen.has(value)) report(path, cause(String(value)), remedy);
    else seen.set(value, path);
  }
}

/** The objects and strings of a list, with their indices; nothing if it is not a list. */
function elements(list: unknown): [PartiallyKnown, number][] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((element, index): [PartiallyKnown, number][] =>
    isObject(element) || typeof element === "string" ? [[element, index]] : [],
  );
}

function entries(record: unknown): [string, PartiallyKnown][] {
  return isObject(record) ? Object.entries(record).filter(([, value]) => isObject(value)) : [];
}

function isObject(value: unknown): value is Record<string, PartiallyKnown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
