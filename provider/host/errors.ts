import { asSentence, CspError } from "../errors";
import type { BackendStep } from "./backend";
import { type Mismatch, sentence } from "./expectation";
import type { Shared } from "./shared-addresses";
import type { UnnamedPort } from "./unnamed-ports";

/** Errors of a host: what it is, what is declared of it that cannot be, what could not be read. Each names the host, the cause and the remedy. */

export function notRoot(host: string, user: string): CspError {
  return new CspError(
    "not-root",
    `host ${host}`,
    `commands run as ${user}, which is not root`,
    "connect as root, or give the user passwordless sudo or a `sudoPassword`",
  );
}

export function toolsMissing(host: string, missing: readonly { tool: string; package: string }[]): CspError {
  const packages = [...new Set(missing.map((entry) => entry.package))].join(" ");
  return new CspError(
    "tools-missing",
    `host ${host}`,
    `${missing.map((entry) => `\`${entry.tool}\``).join(", ")} ${missing.length === 1 ? "is" : "are"} not installed`,
    `install them on the host: \`apt-get install ${packages}\` or \`yum install ${packages}\`; on XenServer 5.6 they come with the Cloud Service Providers supplemental pack`,
  );
}

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

export function notAdopted(host: string): CspError {
  return new CspError(
    "not-adopted",
    `host ${host}`,
    "it is not a csp host yet, so a guest's rules would act on nothing",
    "declare a csp.Host for it and use its `host` output here, so that it comes first",
  );
}

export function hostOwned(host: string, owner: string): CspError {
  return new CspError(
    "host-owned",
    `host ${host}`,
    `it already belongs to ${owner}`,
    "declare each host in one place; import it there if that stack is gone",
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

export function guestsLeft(host: string, labels: readonly string[]): CspError {
  const some = labels.slice(0, 5).join(", ");
  return new CspError(
    "guests-left",
    `host ${host}`,
    `it still has the firewalls of ${labels.length} guest${labels.length === 1 ? "" : "s"} (${some}${labels.length > 5 ? ", ..." : ""})`,
    "remove these resources first; without the host's frame their rules would act on nothing",
  );
}

export function rulesLeft(host: string, units: readonly string[]): CspError {
  const some = units.slice(0, 5).join(", ");
  return new CspError(
    "rules-left",
    `host ${host}`,
    `it still has rules of ${units.length} resource${units.length === 1 ? "" : "s"} (${some}${units.length > 5 ? ", ..." : ""})`,
    "remove these resources first: only a csp host keeps its rules over a reboot",
  );
}

export function arptablesMissing(host: string, subject: string): CspError {
  return new CspError(
    "arptables-missing",
    `${subject} on host ${host}`,
    "the host has no arptables with a FORWARD chain",
    "install one (`apt-get install arptables`; `arptables-legacy` where the nft variant has no FORWARD), or write the rule for ebtables with `-p ARP`",
  );
}

/** `at`: the field, "rules[2]". */
export function ruleRefused(host: string, subject: string, at: string, tool: string, rule: string, output: string): CspError {
  return new CspError(
    "rule-refused",
    `${subject} on host ${host}, ${at}`,
    `${tool} does not take "${rule}" (${said(output)})`,
    `correct the rule; \`${tool} -A CHAIN\` followed by its text says the same on the host, and a match that it does not know is a module the host lacks`,
  );
}

export function guestClaimed(host: string, label: string, uuid: string, owner: string): CspError {
  return new CspError(
    "guest-claimed",
    `guest ${label === uuid ? uuid : `${label} (${uuid})`} on host ${host}`,
    `its firewall already belongs to ${owner}`,
    "keep a guest in one resource: remove it there or here; a resource that was renamed needs its old name as an alias",
  );
}

export function unitOwned(host: string, unit: string, owner: string): CspError {
  return new CspError(
    "unit-owned",
    `${unit} on host ${host}`,
    `it already belongs to ${owner}`,
    "use another name, or remove it there; `pulumi import` takes it over when that stack is gone",
  );
}

export function setOwned(host: string, set: string, owner: string): CspError {
  return new CspError(
    "set-owned",
    `IP set ${set} on host ${host}`,
    `it already belongs to ${owner}`,
    "use another name, or remove it there",
  );
}

export function portNotGuests(host: string, label: string, port: string, prefixes: readonly string[]): CspError {
  return new CspError(
    "port-not-guests",
    `guest ${label} on host ${host}`,
    `its port ${port} is none of the host's guest ports (${prefixes.map((prefix) => `${prefix}*`).join(", ")}), so no packet of it would meet its rules`,
    "correct `port`, or add the beginning of its name to `guestPorts` of the csp.Host",
  );
}

/** Only arptables looks at ARP below a VLAN tag. */
export function trunkUnguarded(host: string, label: string, device: number): CspError {
  return new CspError(
    "trunk-unguarded",
    `guest ${label}, interface ${device}, on host ${host}`,
    "it has VLANs, and the host has no arptables with a FORWARD chain: ARP below a tag could claim any address",
    'install arptables there, give the guest an interface for each VLAN instead of `vlans`, or set its `antiSpoofing` to "off" if it may claim any address',
  );
}

/** A range that takes in what another guest has would let the one use the other's address. */
export function rangeTaken(host: string, { one, other, address, others }: Shared): CspError {
  return new CspError(
    "range-taken",
    `guest ${one.label}, interface ${one.device}, on host ${host}`,
    `${address} and ${others} of guest ${other.label} overlap: one of them could use the other's address`,
    "declare a smaller range in `addressRanges`, or name the interfaces' networks (`network`) if they differ",
  );
}

/** `port`: where its MAC is, or what is known to be the guest's. */
export function portUnnamed(
  host: string,
  label: string,
  { device, mac, port, bridge }: UnnamedPort,
  prefixes: readonly string[],
): CspError {
  const named = prefixes.map((prefix) => `${prefix}*`).join(", ");
  return new CspError(
    "port-unnamed",
    `guest ${label}, interface ${device}, on host ${host}`,
    `its MAC ${mac} is at port ${port}${bridge === undefined ? "" : ` of bridge ${bridge}`}, and the host's guest ports are ${named}: what other ports send is not filtered`,
    `add the beginning of that name to \`guestPorts\` of the csp.Host (${JSON.stringify(beginningOf(port))}), or give the port another name`,
  );
}

/** What ports of its kind are likely to begin with. */
function beginningOf(port: string): string {
  return /^[A-Za-z]+[-_.]?/.exec(port)?.[0] ?? port;
}

export function portTwice(host: string, label: string, port: string, other: string): CspError {
  return new CspError(
    "port-claimed",
    `guest ${label} on host ${host}`,
    `its port ${port} is also declared as the port of guest ${other}`,
    "give each guest its own `port`",
  );
}

export function guestTwice(host: string, label: string, uuid: string, other: string): CspError {
  return new CspError(
    "guest-twice",
    `guest ${label} on host ${host}`,
    `${label} and ${other} are the same guest (${uuid})`,
    "declare each guest once",
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

export function setForeign(host: string, set: string): CspError {
  return new CspError(
    "set-foreign",
    `IP set ${set} on host ${host}`,
    "a set of this name is on the host and was not made by csp",
    "use another name, or `ipset destroy` it on the host",
  );
}

export function setMissing(host: string, set: string, rule: string): CspError {
  return new CspError(
    "set-missing",
    `rule ${rule} on host ${host}`,
    `IP set ${set} is not on the host`,
    "declare a csp.firewall.IpSet for it on this host and use its `peer` output in the rule",
  );
}

export function setFamily(host: string, set: string, family: string, rule: string): CspError {
  const [is, write] = family === "inet" ? ["IPv4", `set:${set}`] : ["IPv6", `set6:${set}`];
  return new CspError("set-family", `rule ${rule} on host ${host}`, `IP set ${set} holds ${is} addresses`, `refer to it as "${write}"`);
}

export function guestUnknown(host: string, name: string, known: readonly string[]): CspError {
  const some = known.slice(0, 8).join(", ");
  return new CspError(
    "guest-unknown",
    `guest ${name} on host ${host}`,
    "no running guest of this name is on the host",
    `give the guest's \`uuid\`, which works whether it runs or not${known.length === 0 ? "" : `; running here: ${some}`}`,
  );
}

export function guestAmbiguous(host: string, name: string, uuids: readonly string[]): CspError {
  return new CspError(
    "guest-ambiguous",
    `guest ${name} on host ${host}`,
    `${uuids.length} running guests have this name (${uuids.join(", ")})`,
    "give the guest's `uuid` instead of its name",
  );
}

/** `field`: of the packet that was asked about. */
export function packetUnclear(field: string, cause: string, remedy: string): CspError {
  return new CspError("packet-unclear", `the packet's \`${field}\``, cause, remedy);
}

export function guestWithoutPort(host: string, label: string, device: number): CspError {
  return new CspError(
    "guest-without-port",
    `guest ${label}, interface ${device}, on host ${host}`,
    "no port of it was found there: it does not run, or runs elsewhere",
    "start it, ask the host it is on, or name a `port`",
  );
}

export function portUnknown(host: string, port: string): CspError {
  return new CspError(
    "port-unknown",
    `port ${port} on host ${host}`,
    "no bridge of the host has such a port",
    "name one that `ls /sys/class/net/*/brport` lists there, or a guest",
  );
}

export function portsApart(host: string, port: string, bridge: string, other: string, otherBridge: string): CspError {
  return new CspError(
    "ports-apart",
    `ports ${port} and ${other} on host ${host}`,
    `they are on two bridges, ${bridge} and ${otherBridge}, and no bridged packet goes from one to the other`,
    "name two ports of one bridge; what the host routes between them is not filtered for guests",
  );
}

export function macDiffers(host: string, label: string, device: number, declared: string, actual: string): CspError {
  return new CspError(
    "mac-differs",
    `guest ${label}, interface ${device}, on host ${host}`,
    `its MAC is ${actual} there and ${declared} in the declaration, so everything it sends would be dropped`,
    `set \`mac\` to "${actual}", or give the guest's VIF the declared address`,
  );
}

/** The shell's own words, cut: enough to act on. */
export function said(output: string): string {
  const text = output.trim().replace(/\s*\n\s*/g, "; ");
  return text === "" ? "it said nothing" : `it said: ${text.slice(0, 600)}`;
}

export function factsFailed(host: string, output: string): CspError {
  return new CspError(
    "facts-failed",
    `host ${host}`,
    `its shell did not answer as expected (${said(output)})`,
    "log in by hand and check that a POSIX shell starts without printing anything",
  );
}

export function snapshotFailed(host: string, tool: string, output: string): CspError {
  return new CspError(
    "snapshot-failed",
    `host ${host}`,
    `its ${tool} state could not be read (${said(output)})`,
    `run \`${tool}\` on the host as root and repair what it complains about`,
  );
}

export function cancelled(host: string, when = "before this change was begun"): CspError {
  return new CspError("cancelled", `host ${host}`, `the run was cancelled ${when}`, "run it again when you are ready");
}

export function stepFailed(host: string, purpose: string, output: string): CspError {
  return new CspError(
    "step-failed",
    `host ${host}`,
    `${purpose} failed (${said(output)})`,
    "the host's own words above say why; repair it there, then run this again",
  );
}

/** `from`: the address that the host sees csp come from. */
export function wouldLockOut(host: string, from: string, rule: string): CspError {
  return new CspError(
    "would-lock-out",
    `host ${host}`,
    `its rules would drop a new SSH connection from ${from}, from where csp comes (${rule})`,
    'allow it in `ingress`; or, where this is wrong, set `accessCheck` to "warn": the host still undoes the change unless a fresh connection gets through',
  );
}
