import { CspError } from "../../errors";

/** A lifecycle whose host side is not written yet. */
export function notImplemented(token: string): never {
  throw new CspError("not-implemented", token, "this resource cannot be used yet", "update csp-iac");
}
