import { CspError } from "../errors";

/** Errors of installing: servers, media, packs, publishing. Each names where, the cause and the remedy. */

export function serverStep(server: string, purpose: string, said: string): CspError {
  const text = said.trim().slice(-500) || "it said nothing";
  return new CspError("server-step-failed", server, `${purpose} failed: ${text}`, "correct what it reports, then run the operation again");
}
