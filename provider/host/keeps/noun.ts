import type { ConnectionFields } from "../../ssh/inventory";
import type { Snapshot } from "../look/snapshot";
import { parseDeclaration } from "../records/declaration";
import type { Host } from "../session/host";
import type { Context } from "../session/task";
import type { Ownership } from "../state/edit";
import type { Change } from "../transaction/transaction";

export type { Ownership } from "../state/edit";

/**
 * A kind of thing that csp keeps on a host: a frame, units, sets. A resource says what it wants of one and is told what the host has of it; files,
 * records and edits are the noun's own business. `Wanted`: what a resource wants there. `Name`: which one is meant. `Seen`: what a look gives.
 */
export interface Noun<Wanted, Name, Seen> {
  /** For previews: whether it could be put. Throws what {@link put} would be refused with, and changes nothing. */
  readonly try: (context: Context, host: Host, wanted: Wanted, ownership: Ownership) => Promise<unknown>;
  /** Puts it there, or puts it right. */
  readonly put: (context: Context, host: Host, wanted: Wanted, ownership: Ownership) => Promise<unknown>;
  /** What there is of it, compared with what is wanted. Changes nothing. */
  readonly look: (context: Context, host: Host, wanted: Wanted) => Promise<Seen>;
  /** The resource's declaration, as the host has it on record; undefined where it has none. */
  readonly recall: (host: Host, name: Name) => Promise<unknown>;
  /** Takes it away. What is not there is no error. */
  readonly remove: (context: Context, host: Host, name: Name) => Promise<void>;
}

/** A resource's inputs, of which the host keeps what it may keep. */
export type Inputs = { readonly connection?: ConnectionFields | undefined };

/** Makes a change, in one transaction with whatever else waits for its turn on the host; gives the host after it. */
export async function makeChange({ signal, status }: Context, host: Host, change: Change): Promise<Snapshot> {
  const { snapshot } = await host.apply(change, { signal, status });
  return snapshot;
}

/** The declaration in a record's file. */
export async function recallFrom(host: Host, file: string): Promise<unknown> {
  const record = await host.readState(file);
  return record === undefined ? undefined : parseDeclaration(record);
}
