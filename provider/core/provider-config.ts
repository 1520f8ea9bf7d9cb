import { z } from "zod";
import { name } from "../firewall/policy/fields";
import { hostDefaults, hostEntry } from "../ssh/inventory";

/** The provider's own settings. */
export const providerConfig = z.object({
  hosts: z
    .record(name("host's name", 253), hostEntry)
    .optional()
    .describe("The fleet: how to reach each host, by the name that resources use for it."),
  defaults: hostDefaults.optional().describe("Fields that the entries of `hosts` leave out, such as user, key and bastion."),
});

export type ProviderConfig = z.output<typeof providerConfig>;
