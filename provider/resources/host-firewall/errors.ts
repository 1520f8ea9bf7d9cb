import { CspError } from "../../errors";

/** Errors of a host's own firewall. */

/** `from`: the address that the host sees csp come from. */
export function wouldLockOut(host: string, from: string, rule: string): CspError {
  return new CspError(
    "would-lock-out",
    `host ${host}`,
    `its rules would drop a new SSH connection from ${from}, from where csp comes (${rule})`,
    'allow it in `ingress`; or, where this is wrong, set `accessCheck` to "warn": the host still undoes the change unless a fresh connection gets through',
  );
}
