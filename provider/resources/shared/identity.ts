import { z } from "zod";
import { name } from "../../firewall/policy/fields";
import { problem } from "../../schema/field";

export const hostName = name("host's name", 253);

/** The field with which every resource names its host. */
export const host = hostName
  .meta({ identity: true })
  .describe("The host: a key of the provider's `hosts` or, if it is not one, an alias in ~/.ssh/config.");

/** Set names are names in the kernel: IPSET_MAXNAMELEN in ip_set.h is 32, with the closing zero. */
export const setName = name("set's name", 31)
  .meta({ identity: true })
  .describe("The set's name in the kernel, at most 31 characters. Rules refer to it as `set:NAME`.");

/** The differences that the last read found on the host. Every resource on a host has this output. */
export const drift = z
  .array(z.string())
  .describe("What the last read found on the host that differs from the declaration, one sentence each. Empty if there is no difference.");

/** Splits an import ID at its first slash, because host names have no slash. Undefined if a half is missing. */
export function splitId(id: string): { readonly host: string; readonly rest: string } | undefined {
  const slash = id.indexOf("/");
  return slash < 1 || slash === id.length - 1 ? undefined : { host: id.slice(0, slash), rest: id.slice(slash + 1) };
}

/** A number of seconds that the tools accept. */
export function seconds(most: number) {
  return z
    .int()
    .min(1, problem("it is less than a second", "use 1 or more, or leave it out"))
    .max(most, problem(`it is more than ${most} seconds`, `use at most ${most}`));
}
