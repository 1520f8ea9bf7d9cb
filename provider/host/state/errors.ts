import { CspError } from "../../errors";

/** Errors of declarations that a host cannot take, because of what is on the host or because somebody else owns it. */

export function notAdopted(host: string): CspError {
  return new CspError(
    "not-adopted",
    `host ${host}`,
    "it is not a csp host yet, so a guest's rules would have no effect",
    "declare a csp.Host for it and use its `host` output here, so that it comes first",
  );
}

export function hostOwned(host: string, owner: string): CspError {
  return new CspError(
    "host-owned",
    `host ${host}`,
    `it already belongs to ${owner}`,
    "declare each host in one place; if that stack no longer exists, import the host here",
  );
}

export function guestsLeft(host: string, labels: readonly string[]): CspError {
  const some = labels.slice(0, 5).join(", ");
  return new CspError(
    "guests-left",
    `host ${host}`,
    `it still has the firewalls of ${labels.length} guest${labels.length === 1 ? "" : "s"} (${some}${labels.length > 5 ? ", ..." : ""})`,
    "remove these resources first; without the host's frame their rules would have no effect",
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

export function guestOwned(host: string, label: string, uuid: string, owner: string): CspError {
  return new CspError(
    "guest-owned",
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
    "use another name, or remove it there; if that stack no longer exists, `pulumi import` takes it over",
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
    `its port ${port} is not one of the host's guest ports (${prefixes.map((prefix) => `${prefix}*`).join(", ")}), so its packets would not meet its rules`,
    "correct `port`, or add the beginning of its name to `guestPorts` of the csp.Host",
  );
}

export function portTwice(host: string, label: string, port: string, other: string): CspError {
  return new CspError(
    "port-claimed",
    `guest ${label} on host ${host}`,
    `its port ${port} is also declared as the port of guest ${other}`,
    "give each guest its own `port`",
  );
}

export function setForeign(host: string, set: string): CspError {
  return new CspError(
    "set-foreign",
    `IP set ${set} on host ${host}`,
    "the host has a set of this name that csp did not make",
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
  const [version, reference] = family === "inet" ? ["IPv4", `set:${set}`] : ["IPv6", `set6:${set}`];
  const [problem, remedy] = [`IP set ${set} holds ${version} addresses`, `refer to it as "${reference}"`];
  return new CspError("set-family", `rule ${rule} on host ${host}`, problem, remedy);
}
