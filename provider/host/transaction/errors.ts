import { CspError } from "../../errors";
import { said } from "../errors";
import { STATE_DIR } from "../records/state-dir";

/** Errors of transactions. Each error says what state the host is in afterwards. */

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
    "the host's message above says what it refuses; the usual cause is a missing kernel module or match",
  );
}

/** `cause`: why csp could not connect. */
export function lockedOut(host: string, cause: string): CspError {
  return new CspError(
    "locked-out",
    `host ${host}`,
    `with the new rules, csp could not connect any more (${cause}); the host has put everything back, or does so within a minute`,
    "allow SSH from where csp comes, and from its bastion, in the `ingress` of the HostFirewall",
  );
}

/** The script ended without its last line: it was killed, or the host stopped. The next run finds out how far it got. */
export function brokenOff(host: string, output: string): CspError {
  return new CspError(
    "broken-off",
    `host ${host}`,
    `the change ended in the middle (${said(output)}): something on the host killed its shell`,
    "run `pulumi up` again: it first finishes or undoes what this run left. Until then, nothing passes that neither the old nor the new rules allow",
  );
}

export function verifyFailed(host: string, what: string): CspError {
  return new CspError(
    "verify-failed",
    `host ${host}`,
    `csp read back something other than it wrote (${what}); everything was put back as it was`,
    "another program may be changing the same chains at this moment; if it happens again, report it with the output of `iptables-save` and `ipset save`",
  );
}

export function undoFailed(host: string, output: string): CspError {
  return new CspError(
    "undo-failed",
    `host ${host}`,
    `a change failed and could not be put back completely (${said(output)})`,
    `the way back is kept in ${STATE_DIR}/journal, and the next run tries it again first. If it fails again, \`csp doctor ${host} --repair\` moves it aside and loads everything on record again`,
  );
}

/** `which`: "journal" or "commit". */
export function unreadable(host: string, which: string): CspError {
  return new CspError(
    "record-unreadable",
    `host ${host}`,
    `${STATE_DIR}/${which}, which an earlier change left, cannot be read: parts of it are missing`,
    `run \`csp doctor ${host} --repair\`: it moves the file aside and loads everything on record again. Until then, the guests' rules stay as they are`,
  );
}

export function noLock(host: string): CspError {
  return new CspError(
    "lock-unusable",
    `host ${host}`,
    `${STATE_DIR}/lock cannot be opened: it is not a file, or the disk cannot be written`,
    `look at it on the host, or run \`csp doctor ${host} --repair\`, which moves it aside`,
  );
}

export function hostBusy(host: string): CspError {
  return new CspError(
    "host-busy",
    `host ${host}`,
    "another csp process has held its lock for a minute",
    "wait for the other `pulumi up` to end, then run this again",
  );
}

export function keepsChanging(host: string): CspError {
  return new CspError(
    "keeps-changing",
    `host ${host}`,
    "another program changed its firewall several times while csp was changing it",
    "find out which program rewrites the csp chains on the host, then run this again",
  );
}
