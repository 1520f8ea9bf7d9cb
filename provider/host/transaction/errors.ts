import { CspError } from "../../errors";
import { said } from "../errors";
import { STATE_DIR } from "../records/records";

/** How a transaction ends that does not end well: each error says what the host is left with. */

export function noSpace(host: string, output: string): CspError {
  return new CspError(
    "no-space",
    `host ${host}`,
    `${STATE_DIR} could not be written (${said(output)}); nothing was changed`,
    "free some space there, then run `pulumi up` again",
  );
}

export function applyFailed(host: string, step: string, output: string): CspError {
  return new CspError(
    "apply-failed",
    `host ${host}`,
    `${step} refused the change (${said(output)}); everything was put back as it was`,
    "the host's own words above say what it does not take; a missing kernel module or match is the usual cause",
  );
}

/** `cause`: why the connection could not be had. */
export function lockedOut(host: string, cause: string): CspError {
  return new CspError(
    "locked-out",
    `host ${host}`,
    `with the new rules no connection could be made any more (${cause}); the host has put everything back, or does within a minute`,
    "allow SSH from where csp comes, and from its bastion, in the `ingress` of the HostFirewall",
  );
}

/** The script ended without a last word: killed, or the host itself stopped. Where it got to is found out next time. */
export function brokenOff(host: string, output: string): CspError {
  return new CspError(
    "broken-off",
    `host ${host}`,
    `the change ended in the middle (${said(output)}): something on the host killed its shell`,
    "run `pulumi up` again: it begins by finishing or undoing what this run left, and until then nothing passes that was not allowed before or after",
  );
}

export function verifyFailed(host: string, what: string): CspError {
  return new CspError(
    "verify-failed",
    `host ${host}`,
    `what was read back differs from what was written (${what}); everything was put back as it was`,
    "another program may be changing the same chains at this moment; if it happens again, report it with the output of `iptables-save` and `ipset save`",
  );
}

export function undoFailed(host: string, output: string): CspError {
  return new CspError(
    "undo-failed",
    `host ${host}`,
    `a change failed and could not be put back completely (${said(output)})`,
    `the way back is kept in ${STATE_DIR}/journal and tried again first thing next time. If it fails again, \`csp doctor ${host} --repair\` puts it aside and loads everything on record anew`,
  );
}

/** `which`: "journal" or "commit". */
export function unreadable(host: string, which: string): CspError {
  return new CspError(
    "record-unreadable",
    `host ${host}`,
    `${STATE_DIR}/${which}, which an earlier change left, cannot be read: parts of it are missing`,
    `run \`csp doctor ${host} --repair\`: it puts it aside and loads everything on record anew. Until then guests' rules stay as they are`,
  );
}

export function noLock(host: string): CspError {
  return new CspError(
    "lock-unusable",
    `host ${host}`,
    `${STATE_DIR}/lock cannot be opened: something else than a file is there, or the disk cannot be written`,
    `look at it there, or run \`csp doctor ${host} --repair\`, which puts it aside`,
  );
}

export function hostBusy(host: string): CspError {
  return new CspError(
    "host-busy",
    `host ${host}`,
    "another csp process held its lock for a minute",
    "wait for the other `pulumi up` to end, then run this again",
  );
}

export function keepsChanging(host: string): CspError {
  return new CspError(
    "keeps-changing",
    `host ${host}`,
    "its firewall changed under us several times in a row",
    "find out which program rewrites the csp chains on the host, then run this again",
  );
}
