import { CspError } from "../provider/errors";
import { suggest } from "../provider/schema/suggest";
import type { SshTarget } from "../provider/ssh/connection";
import { where } from "../provider/ssh/errors";

/** Errors in a fleet's declaration. They are found before any resource is registered. */
export const fleetErrors = {
  unknownHost: (fleet: string, field: string, host: string, known: readonly string[]) =>
    new CspError(
      "fleet-unknown-host",
      at(fleet, field),
      `there is no host ${quote(host)} in \`hosts\``,
      among(host, known, "add it to `hosts`"),
    ),

  unknownPool: (fleet: string, field: string, pool: string, known: readonly string[]) =>
    new CspError(
      "fleet-unknown-pool",
      at(fleet, field),
      `there is no pool ${quote(pool)} in \`pools\``,
      among(pool, known, "add it to `pools`, or list the hosts"),
    ),

  oneOfHosts: (fleet: string, field: string, both: boolean) =>
    new CspError(
      "fleet-one-of-hosts",
      at(fleet, field),
      both ? "both `host` and `hosts` are given" : "neither `host` nor `hosts` is given",
      "give `host`, or for a guest that moves `hosts`: a list, or the name of a pool",
    ),

  movesWithoutUuid: (fleet: string, field: string) =>
    new CspError(
      "fleet-moves-without-uuid",
      at(fleet, field),
      "csp finds a guest by its name only on the host that it runs on",
      "give its `uuid`, which is the same on every host",
    ),

  unknownGroup: (fleet: string, field: string, group: string, known: readonly string[]) =>
    new CspError(
      "fleet-unknown-group",
      at(fleet, field),
      `there is no security group ${quote(group)} in \`groups\``,
      among(group, known, "add it to `groups`"),
    ),

  guestTwice: (fleet: string, field: string, identity: string, other: string) =>
    new CspError(
      "fleet-guest-twice",
      at(fleet, field),
      `guest ${quote(other)} is ${quote(identity)} already`,
      "a guest has one policy and is on one host: put its rules together, or correct one of the two",
    ),

  setFamily: (fleet: string, field: string, set: string, family: "inet" | "inet6") =>
    new CspError(
      "fleet-set-family",
      at(fleet, field),
      `the set ${quote(set)} holds ${family === "inet" ? "IPv4" : "IPv6"} addresses`,
      `refer to it as "${family === "inet" ? "set" : "set6"}:${set}"`,
    ),
};

export const guestGroupErrors = {
  guestTwice: (group: string, field: string, uuid: string, other: string) =>
    new CspError(
      "group-guest-twice",
      `guest group ${group}: ${field}`,
      `guest ${quote(other)} is ${quote(uuid)} already`,
      "a guest has one policy: put its rules together, or correct one of the two",
    ),
};

export const tenantNetworkErrors = {
  noRange: (tenant: string) =>
    new CspError(
      "tenant-no-range",
      `tenant network ${tenant}: cidrs`,
      "the list is empty",
      "give the ranges that the tenant's guests are in",
    ),

  notARange: (tenant: string, field: string, text: string) =>
    new CspError(
      "tenant-not-a-range",
      `tenant network ${tenant}: ${field}`,
      `${quote(text)} is not an IPv4 or IPv6 CIDR`,
      'write it like "10.1.0.0/16" or "2001:db8:a::/48"',
    ),

  outside: (tenant: string, field: string, address: string, cidrs: readonly string[]) =>
    new CspError(
      "tenant-address-outside",
      `tenant network ${tenant}: ${field}`,
      `${quote(address)} is in none of the tenant's ranges (${cidrs.slice(0, 8).join(", ")}${cidrs.length > 8 ? ", ..." : ""})`,
      "correct the address, or add its range to `cidrs`",
    ),
};

export const installServerErrors = {
  twoScripts: (server: string) =>
    new CspError(
      "install-server-two-scripts",
      `install server ${server}: packScript`,
      "`postInstall` is given too, but an installation runs one script",
      "put the text of the pack's script into `postInstall.packScripts`, so that csp's script runs it, and leave `packScript` out",
    ),

  hostName: (server: string, host: string) =>
    new CspError(
      "install-server-host-name",
      `install server ${server}: hosts`,
      `${quote(host)} cannot be a host's name: csp uses it as the name of the answerfile and as the hostname`,
      "use up to 63 letters, digits, '.', '_' and '-', beginning with a letter or digit",
    ),

  macTwice: (server: string, host: string, mac: string, other: string) =>
    new CspError(
      "install-server-mac-twice",
      `install server ${server}: hosts.${host}.mac`,
      `host ${quote(other)} has ${quote(mac)} already`,
      "give each host the MAC of its own interface, because csp names the boot files by it",
    ),
};

/** What a connection of @pulumi/command cannot say, or may not be made of. The remedies name fields of the provider's settings. */
export const hostConnectionErrors = {
  settings: (host: string, field: string, cause: string, remedy: string) =>
    new CspError("connection-settings", `connection to ${host}: ${field}`, cause, remedy),

  notText: (field: string) =>
    new CspError(
      "connection-settings",
      `csp:${field}`,
      "it is text, and not JSON",
      `set it with \`pulumi config set --path 'csp:${field}.…'\``,
    ),

  notPinned: (target: SshTarget) =>
    new CspError(
      "connection-not-pinned",
      `${where(target)}: hostKey`,
      "no host key is pinned, and @pulumi/command, which reads no known_hosts, would send its commands to whoever answers",
      `compare what \`ssh-keyscan -p ${target.port} ${target.address}\` prints with the host's own key, and set ${setting(target, "hostKey")} to it; ` +
        "`insecureIgnoreHostKey: true` there takes any key",
    ),

  fingerprint: (target: SshTarget) =>
    new CspError(
      "connection-fingerprint",
      `${where(target)}: hostKey`,
      "it is a fingerprint, and @pulumi/command compares whole keys",
      `write the public key itself, "ssh-ed25519 AAAA...": the line of \`ssh-keyscan -p ${target.port} ${target.address}\` ` +
        "for which `ssh-keygen -lf -` prints this fingerprint",
    ),

  agentPublicKey: (target: SshTarget) =>
    new CspError(
      "connection-agent-key",
      `${where(target)}: agentPublicKey`,
      "@pulumi/command offers all of an agent's keys and cannot be told which",
      "give the host a `privateKey` or a `privateKeyFile`, or leave `agentPublicKey` out and let the agent hold few keys",
    ),

  legacyAlgorithms: (target: SshTarget) =>
    new CspError(
      "connection-legacy-algorithms",
      `${where(target)}: legacyAlgorithms`,
      "@pulumi/command has its own list of algorithms, and cannot be told to take older ones",
      "run the command in another way: from a host that csp reaches without `legacyAlgorithms`, or with a newer sshd on this one",
    ),

  sudoPassword: (target: SshTarget) =>
    new CspError(
      "connection-sudo-password",
      `${where(target)}: sudoPassword`,
      `commands become root by \`sudo -n\`, which is given no password, and ${target.user} needs one`,
      `let the host's sudoers ask ${target.user} for none (NOPASSWD), or log in as root`,
    ),

  bastions: (target: SshTarget, bastion: SshTarget) =>
    new CspError(
      "connection-bastions",
      `${where(target)}: bastion`,
      `its bastion ${where(bastion)} has a bastion itself, and @pulumi/command goes through one`,
      "reach the host through a single bastion, or run the command from there",
    ),

  dialTimeout: (target: SshTarget, seconds: number) =>
    new CspError(
      "connection-dial-timeout",
      `${where(target)}: dialTimeoutSeconds`,
      `${seconds} is not a whole number of seconds, which is what @pulumi/command counts in`,
      `use ${Math.ceil(seconds)}`,
    ),
};

const setting = (target: SshTarget, field: string) => `hosts[${JSON.stringify(target.name)}].${field}`;

function at(fleet: string, field: string): string {
  return `fleet ${fleet}: ${field}`;
}

function among(word: string, known: readonly string[], add: string): string {
  const meant = suggest(word, known);
  if (meant !== undefined) return `did you mean ${quote(meant)}?`;
  return known.length === 0
    ? `${add}; it is empty`
    : `${add}, or use one of ${known.slice(0, 8).join(", ")}${known.length > 8 ? ", ..." : ""}`;
}

/** The user's own text, shortened: names have at most 63 characters, but a mistake may have any length. */
function quote(text: string): string {
  return JSON.stringify(text.length > 63 ? `${text.slice(0, 60)}...` : text);
}
