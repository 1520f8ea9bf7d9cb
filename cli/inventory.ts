import { readFileSync } from "node:fs";
import { z } from "zod";
import { providerConfig } from "../provider/core/provider-config";
import { CspError } from "../provider/errors";

/** How hosts are reached, for commands that have no stack: a file like the provider's `hosts` setting; without one, ~/.ssh/config alone. */
export function readInventory(file: string | undefined) {
  if (file === undefined) return {};
  const refused = (cause: string) =>
    new CspError("hosts-file", file, cause, 'write {"hv-01": {"address": "hv-01.example.net", ...}}, as in the provider\'s `hosts`');
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw refused(`it cannot be read (${error instanceof Error ? error.message : String(error)})`);
  }
  const parsed = providerConfig.shape.hosts.safeParse(content);
  if (!parsed.success) throw refused(`it is not a list of hosts: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
