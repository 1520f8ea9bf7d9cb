import type { ResourceToken } from "../../../provider/resources";

/** A program for any door, so that the tests of both doors are written once. */

/** Another resource's output. */
export class Ref {
  constructor(
    readonly resource: string,
    readonly output: "host" | "peer" | "policy",
  ) {}
}

/** A resource, as the core knows it: its token, and inputs under the core's names. */
export interface Declaration {
  readonly token: ResourceToken;
  /** Unique in its program; letters, digits and "_". */
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly after?: readonly string[];
}

export interface Imported {
  readonly name: string;
  readonly id: string;
}

/** One way to run a program against the lab's hosts, with a state of its own. */
export interface Door {
  /** Names of the resources that a run would create, change, replace or delete. */
  plan(program: readonly Declaration[]): Promise<string[]>;
  /** The same for a run that must fail: the text that a user would read, in one line. */
  refused(program: readonly Declaration[]): Promise<string>;
  apply(program: readonly Declaration[]): Promise<void>;
  /** Imports what is on the hosts into an empty state. */
  importAll(program: readonly Declaration[], ids: readonly Imported[]): Promise<void>;
  /** Empties the state and does not touch the hosts. */
  forget(): Promise<void>;
  destroy(program: readonly Declaration[]): Promise<void>;
  end(): Promise<void>;
}

/** Every {@link Ref} in a value replaced. */
export function resolved(value: unknown, of: (ref: Ref) => unknown): unknown {
  if (value instanceof Ref) return of(value);
  if (Array.isArray(value)) return value.map((element) => resolved(element, of));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, resolved(entry, of)]));
}
