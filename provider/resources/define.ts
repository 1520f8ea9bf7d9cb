import type { z } from "zod";
import type { Hosts } from "../host/hosts";
import type { Path } from "../schema/field";

/**
 * One resource, once: what goes in, what comes out, what identifies it, and what it does. The Pulumi schema, the SDK's types, the docs
 * pages, validation and the diff are all made from this value; the doors only translate.
 */
export interface ResourceDefinition<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  /** Pulumi token, "csp:firewall:IpSet". The Terraform name follows from it. */
  readonly token: string;
  /** First sentence: what it is. Shown in schema, docs and editors. */
  readonly description: string;
  readonly inputs: I;
  /** Outputs besides the inputs, which every resource also gives back. */
  readonly outputs: O;
  /** The form of the ID and of what `pulumi import` takes: "<host>/<vm-uuid>". */
  readonly importId: string;
  /** What a single field cannot know: clashes between fields, names that must exist. Values may be {@link UNKNOWN} anywhere. */
  readonly crossCheck?: (inputs: PartiallyKnown, report: Report) => void;
  /** Whether a change can be made at all, seen from the host: runs in previews of create and update. Throws a {@link CspError}. */
  readonly preview?: (context: Context, inputs: z.output<I>, prior?: State<I, O>) => Promise<Partial<z.output<O>>>;
  readonly create: (context: Context, inputs: z.output<I>) => Promise<{ readonly id: string; readonly outputs: z.output<O> }>;
  /** Undefined when the resource is gone. Without `prior`, an import: everything follows from the id. */
  readonly read: (context: Context, id: string, prior?: State<I, O>) => Promise<State<I, O> | undefined>;
  readonly update: (context: Context, id: string, prior: State<I, O>, inputs: z.output<I>) => Promise<z.output<O>>;
  readonly delete: (context: Context, id: string, prior: State<I, O>) => Promise<void>;
}

/** What is known of a resource: `inputs` in the user's own spelling. */
export interface State<I extends z.ZodObject = z.ZodObject, O extends z.ZodObject = z.ZodObject> {
  readonly inputs: z.output<I>;
  readonly outputs: z.output<O>;
}

/** What an operation works with. */
export interface Context {
  readonly hosts: Hosts;
  /** Who asks: "project/stack name (csp:firewall:GuestFirewall)"; written next to what is claimed on a host. */
  readonly owner: string;
  /** Aborted when the engine cancels. */
  readonly signal: AbortSignal;
  /** A status line of the resource: replaced by the next one. */
  readonly status: (message: string) => void;
  /** A lasting message for the user. */
  readonly warn: (message: string) => void;
}

/** Stands where a value is not known before another resource exists. */
export const UNKNOWN: unique symbol = Symbol("csp.unknown");
// biome-ignore lint/suspicious/noExplicitAny: inputs that may hold UNKNOWN anywhere have no better type
export type PartiallyKnown = any;

export type Report = (path: Path, cause: string, remedy: string) => void;

export function defineResource<I extends z.ZodObject, O extends z.ZodObject>(
  definition: ResourceDefinition<I, O>,
): ResourceDefinition<I, O> {
  return definition;
}
