import type { z } from "zod";
import type { ConnectionFields } from "../host/session/hosts";
import type { Context } from "../host/session/task";
import type { PartiallyKnown, Report } from "../schema/field";

export { type PartiallyKnown, type Report, UNKNOWN } from "../schema/field";

/**
 * One resource, once: what goes in, what comes out, what identifies it, and what it does. The Pulumi schema, the SDK's types, the docs
 * pages, validation and the diff are all made from this value; the doors only translate.
 */
export interface ResourceDefinition<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject, T extends string = string> {
  /** Pulumi token, "csp:firewall:IpSet". The Terraform name follows from it. */
  readonly token: T;
  /** First sentence: what it is. Shown in schema, docs and editors. */
  readonly description: string;
  /**
   * Checks and defaults only: no transforms and no pipes, so that a valid input with its defaults filled in is what parsing would give.
   * Fields with meta `identity` replace the resource when they change.
   */
  readonly inputs: I;
  /** Outputs besides the inputs, which every resource also gives back. */
  readonly outputs: O;
  /** The form of the ID and of what `pulumi import` takes: "<host>/<vm-uuid>". */
  readonly importId: string;
  /**
   * It describes something outside the state, on a host: the engine reads it back before every preview and update, so that drift shows
   * and is repaired without a `pulumi refresh`.
   */
  readonly live: boolean;
  /** Old and new cannot exist side by side, when an identity field changed: the old one goes first. Default: create first. */
  readonly deleteBeforeReplace?: (old: PartiallyKnown, next: PartiallyKnown) => boolean;
  /** What a single field cannot know: clashes between fields, names that must exist. Values may be {@link UNKNOWN} anywhere. */
  readonly crossCheck?: (inputs: PartiallyKnown, report: Report) => void;
  /**
   * What files that the inputs name have in them, as outputs of those names: looked at whenever the inputs are checked, and kept beside the
   * inputs, so that a diff shows what changed behind a path that did not. Values may be {@link UNKNOWN}, in and out. Throws a {@link CspError}.
   */
  readonly contents?: (inputs: PartiallyKnown) => Promise<Readonly<Record<string, unknown>>>;
  /**
   * Whether a change can be made at all, seen from the host: runs in previews of create and update, when all inputs are known. Gives the
   * outputs that are known already; the others show as unknown. Throws a {@link CspError}.
   */
  readonly preview?: (context: Context, inputs: z.output<I>, prior?: State<I, O>) => Promise<Partial<z.output<O>>>;
  /** What was made although something failed later is an {@link Incomplete}, never a plain error. */
  readonly create: (context: Context, inputs: z.output<I>) => Promise<{ readonly id: string; readonly outputs: z.output<O> }>;
  /**
   * The declaration as it is kept outside the state, defaults left out or not: for an import, and where the state holds what a refresh
   * found instead. Undefined when there is none. What is really there is {@link read}'s to say. `connection`: the resource's own. `known`:
   * the inputs that the state has, where there is a state.
   */
  readonly recall: (context: Context, id: string, connection?: ConnectionFields, known?: z.output<I>) => Promise<unknown>;
  /**
   * Undefined when the resource is gone. After an import `prior` has the recalled inputs and no outputs. Inputs in canonical spelling: the
   * door gives back the user's own where the meaning is the same.
   */
  readonly read: (context: Context, id: string, prior: Recorded<I, O>) => Promise<State<I, O> | undefined>;
  /**
   * An update is about to be asked for: where it goes to a host, the host gets ready while the inputs are read. Gives what to call once the
   * update has been asked for and answered, or will not be.
   */
  readonly expect?: (context: Context, id: string) => () => void;
  readonly update: (context: Context, id: string, prior: State<I, O>, inputs: z.output<I>) => Promise<z.output<O>>;
  readonly delete: (context: Context, id: string, prior: State<I, O>) => Promise<void>;
}

/**
 * What a resource does. Each resource's `life` satisfies this: an operation that is misspelt, or takes something else, does not compile.
 */
export type Life<I extends z.ZodObject, O extends z.ZodObject> = Pick<
  ResourceDefinition<I, O>,
  "crossCheck" | "contents" | "preview" | "create" | "recall" | "read" | "expect" | "update" | "delete"
>;

/** Inputs or outputs by their names, of a resource whose types are not known here. */
export type Values = Readonly<Record<string, unknown>>;

/** What is known of a resource: `inputs` in the user's own spelling. */
export interface State<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  readonly inputs: z.output<I>;
  readonly outputs: z.output<O>;
}

/** The same before anything was read: outputs may be missing. */
export interface Recorded<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  readonly inputs: z.output<I>;
  readonly outputs: Partial<z.output<O>>;
}

/** A function: reads, changes nothing. */
export interface FunctionDefinition<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject, T extends string = string> {
  /** Pulumi token, "csp:index:getHost". */
  readonly token: T;
  readonly description: string;
  readonly inputs: I;
  readonly outputs: O;
  /** As a resource's. */
  readonly crossCheck?: (inputs: PartiallyKnown, report: Report) => void;
  readonly invoke: (context: Context, inputs: z.output<I>) => Promise<z.output<O>>;
}

/** Definitions of any inputs and outputs: what the doors and generators work with. */
// biome-ignore lint/suspicious/noExplicitAny: a list of definitions of different types
export type AnyResource = ResourceDefinition<any, any>;
// biome-ignore lint/suspicious/noExplicitAny: as above
export type AnyFunction = FunctionDefinition<any, any>;

/** Everything that there is to configure, declare and ask: what each door's schema is made from. */
export interface Definitions {
  readonly resources: readonly AnyResource[];
  readonly functions: readonly AnyFunction[];
  readonly config: z.ZodObject;
}

export function defineFunction<I extends z.ZodObject, O extends z.ZodObject, const T extends string>(
  definition: FunctionDefinition<I, O, T>,
): FunctionDefinition<I, O, T> {
  return definition;
}

/** Thrown by a create or an update: the resource exists, but not as asked. Recorded with its id, and the next update goes on from there. */
export class Incomplete extends Error {
  override readonly name = "Incomplete";

  constructor(
    readonly id: string,
    readonly outputs: Readonly<Record<string, unknown>>,
    /** What went wrong. */
    override readonly cause: Error,
  ) {
    super(cause.message, { cause });
  }
}

/** A definition as it is written; its token is part of its type, so that a list of definitions is also the list of their tokens. */
export function defineResource<I extends z.ZodObject, O extends z.ZodObject, const T extends string>(
  definition: ResourceDefinition<I, O, T>,
): ResourceDefinition<I, O, T> {
  return definition;
}
