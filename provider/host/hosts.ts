import type { SshTarget } from "../ssh/connection";
import type { Host } from "./host";

/** The hosts of one process: one {@link Host}, and so one connection, for each, made when first asked for. */
export interface Hosts {
  /** By inventory key, or else by an alias in ~/.ssh/config. `connection` (a resource's own) wins. */
  get(name: string, connection?: ConnectionFields): Host;
  close(): void;
}

/** A resource's own connection: as an entry of the provider's `hosts`. */
export type ConnectionFields = Partial<Omit<SshTarget, "name" | "bastion">> & {
  readonly bastion?: Partial<Omit<SshTarget, "name" | "bastion">>;
};
