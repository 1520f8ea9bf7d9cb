import { asSentence, CspError } from "../../errors";
import type { BackendStep } from "./backend";
import { type Mismatch, sentence } from "./expectation";

/** Errors of adopting a host: what it is, and is not. */

/** `stands`: what joins its guests, now and from the next boot on. */
export function openvswitch(host: string, stands: string, steps: readonly BackendStep[]): CspError {
  const by = { switch: "run `xe-switch-network-backend bridge` on it", reboot: "reboot it" };
  return new CspError(
    "network-backend",
    `host ${host}`,
    stands,
    `${steps.map((step) => by[step]).join(", then ")}; or let csp do it, by \`reboot: "when-empty"\` of the csp.Host`,
  );
}

export function noBridgeBackend(host: string, product: string): CspError {
  return new CspError(
    "no-bridge-backend",
    `host ${host}`,
    `guests are joined by Open vSwitch, and ${product} cannot join them by the Linux bridge: it has no xe-switch-network-backend (removed in XenServer 9)`,
    "a csp host needs the Linux bridge: install XCP-ng 8.3 or XenServer 8 on it",
  );
}

export function guestsRunning(host: string, guests: readonly string[]): CspError {
  const some = guests.slice(0, 8).join(", ");
  return new CspError(
    "guests-running",
    `host ${host}`,
    `it must be rebooted to join guests by the Linux bridge, and ${guests.length === 1 ? "a guest runs" : `${guests.length} guests run`} there (${some}${guests.length > 8 ? ", ..." : ""})`,
    'migrate them or shut them down, or let them go down with the host: `reboot: "with-guests"` of the csp.Host',
  );
}

/** `standing`: the last thing that stood in the way. */
export function notBack(host: string, minutes: number, standing: string): CspError {
  return new CspError(
    "host-not-back",
    `host ${host}`,
    `it was rebooted, and ${minutes} minutes later is not back as it should be: ${standing}`,
    "look at its console; the next run goes on from wherever it stands then. A host that needs longer: `bootMinutes`",
  );
}

export function notInstalled(host: string, minutes: number, standing: string): CspError {
  return new CspError(
    "install-not-up",
    `host ${host}`,
    `after ${minutes} minutes its new installation is not up: ${standing}`,
    "look at its console and at the installer's log; where a new key is shown, compare it there and pin it as `hostKey`. The next run waits again",
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
    "keep its guests down. There is no upgrade path without the pack of the new version: reinstall the host with it, or with a version that needs none (6.1 and later)",
  );
}

/** `chains`, `sets`: others' that are called like csp's. */
export function foreignNames(host: string, names: readonly string[]): CspError {
  return new CspError(
    "foreign-names",
    `host ${host}`,
    `somebody else has chains or sets there that begin with "csp-" as csp's own do (${names.slice(0, 8).join(", ")}${names.length > 8 ? ", ..." : ""})`,
    "rename or remove them: csp never touches what is not its own, and two owners of one prefix would be taken for each other",
  );
}

export function zonesImpossible(host: string): CspError {
  return new CspError(
    "no-conntrack-zones",
    `host ${host}`,
    '`conntrackZones` is "by-bridge", and neither nft nor iptables\' CT target can set a connection tracking zone there',
    'leave it out, or write "shared": connections of all bridges are in one table then, and no two bridges may have guests with the same address',
  );
}

export function sysctlMissing(host: string): CspError {
  return new CspError(
    "bridge-netfilter-missing",
    `host ${host}`,
    "its kernel has no bridge filtering (net.bridge.bridge-nf-call-iptables is not there, and `modprobe br_netfilter` did not bring it)",
    "boot a kernel with bridge netfilter; on XenServer 5.6 that is the Cloud Service Providers pack's (`uname -r` ends in cspxen)",
  );
}
