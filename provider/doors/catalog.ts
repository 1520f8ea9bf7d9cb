import type { Definitions } from "../core/define";
import type { ProviderConfig } from "../core/provider-config";
import type { Hosts } from "../host/session/hosts";

/** What the door opens onto. Tests open it onto resources of their own. */
export interface Catalog extends Omit<Definitions, "config"> {
  readonly createHosts: (config: ProviderConfig) => Hosts;
}

/** The product's own, loaded when first needed: the plugin is started for every command, and most of a start is loading code. */
export async function productCatalog(): Promise<Catalog> {
  const [{ resources, functions }, { createHosts }] = await Promise.all([import("../resources"), import("../core/hosts")]);
  return { resources, functions, createHosts };
}
