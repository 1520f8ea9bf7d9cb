import type { z } from "zod";

/**
 * What a resource field says about itself besides its type. It is attached with zod's `.meta()` and read by everything that is generated from a
 * definition: the Pulumi schema, the SDK, the docs pages, the differ and the redactor.
 */
declare module "zod" {
  interface GlobalMeta {
    /** Marked secret in every door; never printed, never logged. Only leaf fields. */
    secret?: boolean;
    /**
     * On a secret text input at the top of a resource: csp needs it to write something, and never to read it back. A client that supports it
     * gives it without keeping it; if the field is in {@link Context.kept}, what was written stays. `shownBy`: switches beside it
     * that put the value itself into an output.
     */
    writeOnly?: { readonly shownBy?: readonly string[] };
    /**
     * On an input at the top of a resource that can be long: it is not one of Pulumi's outputs. The engine keeps outputs beside the inputs in its
     * state and passes both with every call, so a policy of a thousand guests would be there twice.
     */
    inputOnly?: true;
    /** On a list of objects: the field that names an element, so that a diff is aligned by name and not by position. */
    keyedBy?: string;
    /** On a list of objects: each is an output of another resource, passed on unchanged. */
    references?: true;
    /** On a list of strings: order has no meaning. */
    unordered?: boolean;
    /** On a list of strings: order has meaning, and elements are recognized by their text, so that an inserted element is one difference. */
    sequence?: boolean;
    /** On a leaf: the one spelling of values that mean the same ("10.0.0.5/24" is "10.0.0.0/24"). */
    canonical?: (value: string) => string;
    /** A change replaces the resource. */
    identity?: boolean;
    /** Names the type in the generated schema ("csp:firewall:IngressRule"); without it the type is written inline where it stands. */
    token?: string;
    /** On an enum: what each value means. */
    values?: Record<string, string>;
    /** On an output: a file that csp made, or a map of files. Their text is shown unchanged, to the last character. */
    fileText?: true;
    /** Environment variables that a provider setting falls back to. */
    environment?: string[];
  }
}

/** Part of every refusal: what is wrong and what to do about it. The door shows the path. */
export interface Problem {
  readonly cause: string;
  readonly remedy: string;
}

const SEPARATOR = " \u2192 ";

/** Joins cause and remedy into one message, because zod carries only one. */
export function problem(cause: string, remedy: string): string {
  return `${cause}${SEPARATOR}${remedy}`;
}

/** The two halves of a message made by {@link problem}; a message from elsewhere has no remedy. */
export function parseProblem(message: string): Problem {
  const at = message.lastIndexOf(SEPARATOR);
  return at < 0 ? { cause: message, remedy: "" } : { cause: message.slice(0, at), remedy: message.slice(at + SEPARATOR.length) };
}

export type Path = readonly (string | number)[];

/** `guests["web-1"].ingress[2].from[0]`, the way Pulumi writes property paths. */
export function formatPath(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (/^[A-Za-z_$][\w$]*$/.test(step)) text += text === "" ? step : `.${step}`;
    else text += `[${JSON.stringify(step)}]`;
  }
  return text;
}

export type Schema = z.ZodType;

/** Stands where a value is not known before another resource exists. */
export const UNKNOWN: unique symbol = Symbol("csp.unknown");
// biome-ignore lint/suspicious/noExplicitAny: inputs that may hold UNKNOWN anywhere have no better type
export type PartiallyKnown = any;

export type Report = (path: Path, cause: string, remedy: string) => void;
