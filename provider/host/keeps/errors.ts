import { CspError } from "../../errors";
import type { Unsayable } from "../../firewall/model/unsayable";
import type { Shared } from "../look/shared-addresses";
import type { UnnamedPort } from "../look/unnamed-ports";

/** Errors of guests that csp cannot guard as they are declared. */

/** Only arptables looks at ARP below a VLAN tag. */
export function trunkUnguarded(host: string, label: string, device: number): CspError {
  return new CspError(
    "trunk-unguarded",
    `guest ${label}, interface ${device}, on host ${host}`,
    "it has VLANs, and the host has no arptables with a FORWARD chain: the guest could use any address in ARP below a tag",
    'install arptables there, give the guest an interface for each VLAN instead of `vlans`, or set its `antiSpoofing` to "off" if it may use any address',
  );
}

/** The host's tools are too old to filter IPv6 as csp does. `lack`: the first thing that they cannot do. */
export function ipv6Unfiltered(host: string, label: string, lack: string): CspError {
  return new CspError(
    "ipv6-unfiltered",
    `guest ${label} on host ${host}`,
    `the host's tools cannot filter the guest's IPv6: ${lack}`,
    'set `ipv6: "drop"` on the guest: it then has IPv4 alone, and all its IPv6 is dropped. Or run it on a newer host',
  );
}

/** The host's tools cannot express a rule. */
export function ruleUnsayable(host: string, subject: string, { tool, what, origin }: Unsayable): CspError {
  if (tool === "ipset")
    return new CspError(
      "set-unsayable",
      `${subject} on host ${host}`,
      `it needs ${what}, for which this host's ipset has no words`,
      "use a set of IPv4 addresses, networks or ports (`hash:ip`, `hash:net`, `bitmap:port`) without timeouts and comments, or a newer host",
    );
  const rule = origin === undefined ? "a rule that csp adds" : `rule ${origin.group === undefined ? "" : `${origin.group}/`}${origin.rule}`;
  return new CspError(
    "rule-unsayable",
    `${subject} on host ${host}`,
    `${rule} needs ${what}, for which this host's ${tool} has no words`,
    "write the rule without it for this host, or move the guest to a newer one (docs/hosts.md says what each host's tools can)",
  );
}

/** If a range contains another guest's address, one guest could use the address of the other. */
export function rangeTaken(host: string, { one, other, address, others }: Shared): CspError {
  return new CspError(
    "range-taken",
    `guest ${one.label}, interface ${one.device}, on host ${host}`,
    `${address} and ${others} of guest ${other.label} overlap: one of them could use the other's address`,
    "declare a smaller range in `addressRanges`, or, if the interfaces are on different networks, name the networks in `network`",
  );
}

/** `port`: where its MAC is, or the port that is the guest's according to the toolstack. */
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
    `its MAC ${mac} is at port ${port}${bridge === undefined ? "" : ` of bridge ${bridge}`}, and the host's guest ports are ${named}: csp does not filter what other ports send`,
    `add the beginning of that name to \`guestPorts\` of the csp.Host (${JSON.stringify(beginningOf(port))}), or give the port another name`,
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

/** `others`: names of guests that are there. */
export function guestUnknown(host: string, name: string, others: readonly string[]): CspError {
  const some = others.slice(0, 8).join(", ");
  return new CspError(
    "guest-unknown",
    `guest ${name} on host ${host}`,
    "no running guest of this name is on the host",
    `give the guest's \`uuid\`, which works whether it runs or not${others.length === 0 ? "" : `; running here: ${some}`}`,
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

export function macDiffers(host: string, label: string, device: number, declared: string, actual: string): CspError {
  return new CspError(
    "mac-differs",
    `guest ${label}, interface ${device}, on host ${host}`,
    `its MAC is ${actual} there and ${declared} in the declaration, so csp would drop everything that it sends`,
    `set \`mac\` to "${actual}", or give the guest's VIF the declared address`,
  );
}

/** What ports of its kind are likely to begin with. */
function beginningOf(port: string): string {
  return /^[A-Za-z]+[-_.]?/.exec(port)?.[0] ?? port;
}
