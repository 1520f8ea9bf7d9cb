import type { ConnectionFields } from "../host/session/hosts";
import type { Context } from "../host/session/task";
import { objectShape } from "../schema/shape";
import { isPlain, withDefaults } from "./defaults";
import type { AnyResource, State, Values } from "./define";
import { respell } from "./respell";
import { shownState } from "./shown";

/** What a door has of a resource that is to be read back. */
export interface Known {
  /** The inputs as they were written, in the user's own words. */
  readonly written: Values;
  /** The same as definitions take it. */
  readonly state: State;
  /** Whether the last read found drift. */
  readonly drifted: boolean;
}

/** What is there. */
export interface ReadBack {
  /** In the user's own words wherever the meaning is the same; without defaults, where nobody wrote them. */
  readonly inputs: Values;
  readonly outputs: Values;
  /** The inputs are those that were written, the very object: nobody had to look for a difference. */
  readonly untouched: boolean;
}

/**
 * Reads a resource back: for a refresh, or for an import, when nothing is known of it. Undefined when it is gone.
 *
 * Where the state holds drift that a refresh wrote into it, it is what was found; what was declared, the host has kept.
 */
export async function readBack(definition: AnyResource, context: Context, id: string, known?: Known): Promise<ReadBack | undefined> {
  const state = known?.state;
  const asKept = known === undefined || (definition.live && known.drifted);
  const prior = (asKept ? await recalled(definition, context, id, state) : undefined) ?? state;
  const read = prior === undefined ? undefined : await definition.read(context, id, prior);
  if (prior === undefined || read === undefined) return undefined;
  const found = shownState(definition, read, state);
  if (known !== undefined && prior === state && found.inputs === state.inputs)
    return { inputs: known.written, outputs: found.outputs, untouched: true };
  const inputs = respell(objectShape(definition.inputs), found.inputs, known?.written) as Values;
  return { inputs, outputs: found.outputs, untouched: false };
}

async function recalled(definition: AnyResource, context: Context, id: string, known?: State): Promise<State | undefined> {
  const connection = known?.inputs.connection as ConnectionFields | undefined;
  const inputs = withDefaults(objectShape(definition.inputs), await definition.recall(context, id, connection, known?.inputs));
  if (!isPlain(inputs)) return undefined;
  return { inputs: connection === undefined ? inputs : { ...inputs, connection }, outputs: known?.outputs ?? {} };
}
