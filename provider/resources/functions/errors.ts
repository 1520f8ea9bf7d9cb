import { CspError } from "../../errors";

/** Errors of questions about a packet. */

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
