import { CspError } from "../../errors";

/** Errors of explainPacket. */

/** `field`: a field of the packet. */
export function packetUnclear(field: string, cause: string, remedy: string): CspError {
  return new CspError("packet-unclear", `the packet's \`${field}\``, cause, remedy);
}

export function guestWithoutPort(host: string, label: string, device: number): CspError {
  return new CspError(
    "guest-without-port",
    `guest ${label}, interface ${device}, on host ${host}`,
    "csp found no port of it there: the guest does not run, or it runs on another host",
    "start it, ask the host that it is on, or name a `port`",
  );
}
