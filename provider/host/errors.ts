import { CspError } from "../errors";

/** Errors of a host that cannot be read or does not answer as it should. Each names the host, the cause and the remedy. */

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

/** What the shell printed, cut to a length that is enough to act on. */
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

export function cancelled(host: string, when = "before this change began"): CspError {
  return new CspError("cancelled", `host ${host}`, `the run was cancelled ${when}`, "run it again when you are ready");
}

/** csp ends, and so do its connections. */
export function closing(host: string): CspError {
  return new CspError("cancelled", `host ${host}`, "csp is ending its connections", "run it again when you are ready");
}

export function stepFailed(host: string, purpose: string, output: string): CspError {
  return new CspError(
    "step-failed",
    `host ${host}`,
    `${purpose} failed (${said(output)})`,
    "the host's message above says why; repair it there, then run this again",
  );
}
