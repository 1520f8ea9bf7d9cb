import type { Context } from "../host/session/task";
import { withDefaults } from "./defaults";
import { type AnyResource, type State, UNKNOWN, type Values } from "./define";
import { type Difference, diffShape } from "./diff";
import { shownOutputs } from "./shown";
import { complete, declaredShape, outputNames } from "./state";
import { summary } from "./summary";
import { holdsUnknown } from "./validate";

/** What is between a declaration and what is on record of it. */
export interface Change {
  readonly differences: readonly Difference[];
  /** One is in a field that identifies the resource: another resource takes its place. */
  readonly replaces: boolean;
  /** Something is not as declared that no input can show: a built-in rule, a dispatch chain, a set. */
  readonly drifted: boolean;
}

/** What a comparison goes by besides the two declarations. */
export interface Circumstances {
  /** The last read found drift. */
  readonly drifted: boolean;
  /** Differences that are to be taken for none, by their path. */
  readonly ignores?: (path: string) => boolean;
}

/** Compares what was declared with what is, with the contents of files beside the inputs on both sides. */
export function compare(definition: AnyResource, before: Values, after: Values, { drifted, ignores }: Circumstances): Change {
  const shape = declaredShape(definition);
  const counts = (path: string) => ignores?.(path) !== true;
  const differences = diffShape(shape, before, after).filter(({ path }) => counts(path));
  const replaces = differences.some((difference) => difference.replaces);
  return { differences, replaces, drifted: definition.live && drifted && counts("drift") };
}

/** Whether nothing is to be done. */
export function isNone({ differences, drifted }: Change): boolean {
  return differences.length === 0 && !drifted;
}

/** Of a change that replaces the resource: whether the old one has to go before the other comes. */
export function oldGoesFirst(definition: AnyResource, before: Values, after: Values): boolean {
  const shape = declaredShape(definition);
  return definition.deleteBeforeReplace?.(withDefaults(shape, before), withDefaults(shape, after)) === true;
}

/** What will change, a line each, elements of lists by their name. */
export function changeInWords(definition: AnyResource, before: Values, after: Values): string[] {
  const shape = declaredShape(definition);
  return summary(shape, before, after, diffShape(shape, before, after));
}

/** A create or an update that is about to be asked for. */
export interface Intended {
  /** May hold UNKNOWN; then no host is asked. */
  readonly inputs: Values;
  /** As it is now; undefined when it is to be created. */
  readonly prior?: State | undefined;
  /** What is in files that the inputs name, where it is to be shown. */
  readonly contents?: Values;
}

/**
 * The outputs of a create or update, as far as they are known before it is done; the others are UNKNOWN. The host is asked, so that what it would
 * refuse fails the preview: throws a {@link CspError}. `context`: undefined where nobody can say yet how to reach it.
 */
export async function foresee(definition: AnyResource, context: (() => Context) | undefined, intended: Intended): Promise<Values> {
  const { inputs, prior, contents } = intended;
  const unknown = Object.fromEntries(outputNames(definition).map((name) => [name, UNKNOWN]));
  const { preview } = definition;
  const mayAsk = preview !== undefined && context !== undefined && !holdsUnknown(inputs);
  const outputs = mayAsk ? shownOutputs(definition, (await preview(context(), complete(definition, inputs), prior)) as Values) : {};
  return { ...unknown, ...contents, ...outputs };
}
