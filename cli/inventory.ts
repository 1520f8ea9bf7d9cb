import { readFileSync } from "node:fs";
import { z } from "zod";
import { createHosts } from "../provider/core/hosts";
import { type ProviderConfig, providerConfig } from "../provider/core/provider-config";
import type { Context } from "../provider/host/session/task";
import * as errors from "./errors";

/** Does what a command does to hosts, in its name; it prints what it has to say itself, and nothing on the way. */
export async function withHosts(file: string | undefined, owner: string, work: (context: Context) => Promise<void>): Promise<void> {
  const hosts = createHosts({ hosts: readInventory(file) });
  try {
    await work({ hosts, owner, signal: new AbortController().signal, status: () => {}, warn: () => {} });
  } finally {
    hosts.close();
  }
}

/** How hosts are reached, for commands that have no stack: a file like the provider's `hosts` setting; without one, ~/.ssh/config alone. */
function readInventory(file: string | undefined): ProviderConfig["hosts"] {
  if (file === undefined) return {};
  const refused = (cause: string) => errors.hostsFile(file, cause);
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
