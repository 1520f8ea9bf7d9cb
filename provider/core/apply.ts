import { setImmediate as turn } from "node:timers/promises";
import type { Context } from "../host/session/task";
import { type AnyResource, Incomplete, type State, type Values } from "./define";
import { shownOutputs } from "./shown";
import { complete } from "./state";

/** What came of a create or an update. What left nothing behind is thrown, and not this. */
export interface Applied {
  readonly id: string;
  readonly outputs: Values;
  /** Why the resource is not as asked although it exists: then the outputs say what there is of it, and the next update goes on from there. */
  readonly failure?: Error;
}

/** `inputs`: all of them known, defaults left out or not. */
export async function create(definition: AnyResource, context: Context, inputs: Values): Promise<Applied> {
  return settled(definition, async () => await definition.create(context, complete(definition, inputs)));
}

export async function update(definition: AnyResource, context: Context, id: string, prior: State, inputs: Values): Promise<Applied> {
  return settled(definition, async () => ({ id, outputs: await definition.update(context, id, prior, complete(definition, inputs)) }));
}

/** Gives the resource up on its host. */
export async function remove(definition: AnyResource, context: Context, id: string, prior: State): Promise<void> {
  await definition.delete(context, id, prior);
}

/**
 * Does `work`, which asks for an update after it has found out what it is to be. The host is told at once and gets ready meanwhile: the word goes out
 * before the inputs are read.
 */
export async function expecting<T>(definition: AnyResource, context: Context, id: string, work: () => Promise<T>): Promise<T> {
  const expected = definition.expect?.(context, id);
  try {
    if (expected !== undefined) await turn();
    return await work();
  } finally {
    expected?.();
  }
}

async function settled(definition: AnyResource, work: () => Promise<{ readonly id: string; readonly outputs: Values }>): Promise<Applied> {
  try {
    const { id, outputs } = await work();
    return { id, outputs: shownOutputs(definition, outputs) };
  } catch (error) {
    if (!(error instanceof Incomplete)) throw error;
    return { id: error.id, outputs: shownOutputs(definition, error.outputs), failure: error.cause };
  }
}
