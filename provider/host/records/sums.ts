import { createHash } from "node:crypto";

/** Files below the state directory that a transaction writes if they are not what they should be. */
export const SUMMED = ["ports", "vifs", "templates", "zones", "hook", "dialect"] as const;

/** MD5, as md5sum prints it. */
export function sumOf(text: string): string {
  return createHash("md5").update(text).digest("hex");
}
