import type { ConnectionFields } from "../host/session/hosts";
import type { Context } from "../host/session/task";
import { objectShape } from "../schema/shape";
import { isPlain, withDefaults } from "./defaults";
import type { AnyResource, State } from "./define";
import { shownState } from "./shown";

/** Whether the last read found something on the host that is not as declared (the output every live resource has). */
export function isDrifted(outputs: object): boolean {
  const { drift } = outputs as { readonly drift?: unknown };
  return Array.isArray(drift) && drift.length > 0;
}

export interface ReadBack {
  /** What the reading was held against. */
  readonly prior: State;
  readonly state: State;
}

/**
 * Reads a resource back. `known` is what the state says, defaults filled in; undefined for an import. Undefined when the resource is gone.
 *
 * Where the state holds drift that a refresh wrote into it, it is what was found; what was declared, the host has kept.
 */
export async function readBack(
  definition: AnyResource,
  context: Context,
  id: string,
  known: State | undefined,
  drifted: boolean,
): Promise<ReadBack | undefined> {
  const asKept = known === undefined || (definition.live && drifted);
  const prior = (asKept ? await recalled(definition, context, id, known) : undefined) ?? known;
  const state = prior === undefined ? undefined : await definition.read(context, id, prior);
  return prior === undefined || state === undefined ? undefined : { prior, state: shownState(definition, state, known) };
}

async function recalled(definition: AnyResource, context: Context, id: string, known?: State): Promise<State | undefined> {
  const connection = known?.inputs.connection as ConnectionFields | undefined;
  const inputs = withDefaults(objectShape(definition.inputs), await definition.recall(context, id, connection, known?.inputs));
  if (!isPlain(inputs)) return undefined;
  return { inputs: connection === undefined ? inputs : { ...inputs, connection }, outputs: known?.outputs ?? {} };
}
