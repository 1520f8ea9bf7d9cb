import { asSentence, CspError } from "../../errors";
import type { Plane } from "../../firewall/model/kernel";
import type { BackendStep } from "./backend";
import { type Mismatch, sentence } from "./expectation";

/** Errors of adopting a host. */

/** `stands`: what connects its guests, now and from the next boot on. */
export function openvswitch(host: string, stands: string, steps: readonly BackendStep[]): CspError {
  const by = { switch: "run `xe-switch-network-backend bridge` on it", reboot: "reboot it" };
  return new CspError(
    "network-backend",
    `host ${host}`,
    stands,
    `${steps.map((step) => by[step]).join(", then ")}; or let csp do it: set \`reboot: "when-empty"\` in the csp.Host`,
  );
}

export function noBridgeBackend(host: string, product: string): CspError {
  return new CspError(
    "no-bridge-backend",
    `host ${host}`,
    `guests are connected by Open vSwitch, and ${product} cannot connect them by the Linux bridge: it has no xe-switch-network-backend (removed in XenServer 9)`,
    "a csp host needs the Linux bridge: install XCP-ng 8.3 or XenServer 8 on it",
  );
}

export function guestsRunning(host: string, guests: readonly string[]): CspError {
  const some = guests.slice(0, 8).join(", ");
  return new CspError(
    "guests-running",
    `host ${host}`,
    `it must be rebooted to connect guests by the Linux bridge, but ${guests.length === 1 ? "a guest runs" : `${guests.length} guests run`} there (${some}${guests.length > 8 ? ", ..." : ""})`,
    'migrate them or shut them down, or let them go down with the host: set `reboot: "with-guests"` in the csp.Host',
  );
}

/** `standing`: the last reason why it was not ready. */
export function notBack(host: string, minutes: number, standing: string): CspError {
  return new CspError(
    "host-not-back",
    `host ${host}`,
    `it was rebooted, and after ${minutes} minutes it is not back as it should be: ${standing}`,
    "look at its console; the next run continues from where the host is then. If the host needs longer, raise `bootMinutes`",
  );
}

export function notInstalled(host: string, minutes: number, standing: string): CspError {
  return new CspError(
    "install-not-up",
    `host ${host}`,
    `after ${minutes} minutes its new installation is not up: ${standing}`,
    "look at its console and at the installer's log. If this error shows a new host key, compare it on the console and pin it as `hostKey`. The next run waits again",
  );
}

export function notAsExpected(host: string, found: readonly Mismatch[]): CspError {
  return new CspError(
    "not-as-expected",
    `host ${host}`,
    `it is not what was declared (${found.map(sentence).join("; ")})`,
    [...new Set(found.map(({ remedy }) => asSentence(remedy)))].join(" "),
  );
}

export function upgradedWithoutPack(host: string, before: string, now: string): CspError {
  return new CspError(
    "upgraded-without-pack",
    `host ${host}`,
    `it was upgraded in place from ${before} to ${now}, and the Cloud Service Providers pack for ${now} is missing: its guests have no firewall`,
    "keep its guests shut down. An upgrade works only with the pack of the new version: reinstall the host with that pack, or with a version that needs none (6.1 and later)",
  );
}

/** `names`: chains and sets of others whose names are like csp's. */
export function foreignNames(host: string, names: readonly string[]): CspError {
  return new CspError(
    "foreign-names",
    `host ${host}`,
    `chains or sets of somebody else begin with "csp-" there, as csp's own do (${names.slice(0, 8).join(", ")}${names.length > 8 ? ", ..." : ""})`,
    "rename or remove them: csp never changes what is not its own, and could not tell these from its own",
  );
}

export function zonesImpossible(host: string): CspError {
  return new CspError(
    "no-conntrack-zones",
    `host ${host}`,
    '`conntrackZones` is "by-bridge", and neither nft nor iptables\' CT target can set a connection tracking zone there',
    'leave it out, or write "shared": then the connections of all bridges are in one table, and no two bridges may have guests with the same address',
  );
}

/** A trial table with all that csp needs does not load there. */
export function planeImpossible(host: string, plane: Plane): CspError {
  return new CspError(
    "plane-impossible",
    `host ${host}`,
    `\`plane\` is "${plane}", and nft is not there, or a table of the bridge family with what csp needs does not load (verdict maps by a port's name, VLAN, ARP and ICMPv6 matches)`,
    'leave it out or write "xtables"; or install nftables and boot a kernel with NF_TABLES_BRIDGE (4.19 and later)',
  );
}

export function sysctlMissing(host: string): CspError {
  return new CspError(
    "bridge-netfilter-missing",
    `host ${host}`,
    "its kernel has no bridge filtering (net.bridge.bridge-nf-call-iptables is missing, and `modprobe br_netfilter` did not create it)",
    "boot a kernel with bridge netfilter; on XenServer 5.6 that is the Cloud Service Providers pack's (`uname -r` ends in cspxen)",
  );
}
