import { CspError } from "../../errors";

/** Errors of a host's own firewall. */

/** `from`: the address from which csp connects, as the host sees it. */
export function wouldLockOut(host: string, from: string, rule: string): CspError {
  return new CspError(
    "would-lock-out",
    `host ${host}`,
    `its rules would drop a new SSH connection from ${from}, the address that csp connects from (${rule})`,
    'allow it in `ingress`; if the check is wrong, set `accessCheck` to "warn": the host still undoes the change unless a new connection succeeds',
  );
}
