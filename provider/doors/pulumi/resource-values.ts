import type { AnyResource, State, Values } from "../../core/define";
import { outputNames, stateOf } from "../../core/state";
import { inputOnly, type ObjectShape, objectShape } from "../../schema/shape";
import type { Redactor } from "../redactor";
import { beyondMarked, marked, type SecretPlaces, union } from "../secrets";
import { type Decoded, decode, encode, entriesBut, entryNames } from "./codec";
import { eachWhenRead, OutputEntries } from "./outputs";

/** A resource's inputs as the engine sent them. */
interface Sent {
  readonly struct: Uint8Array;
  readonly urn: string;
}

/** What a resource is to the engine, a struct, and to the core, values: read and written here, with what was read before at hand. */
export class ResourceValues {
  /** A resource's inputs as last read, by URN. */
  private readonly inputsSeen = new Map<string, Values>();
  /** Its outputs, the same way. */
  private readonly outputsSeen = new Map<string, Values>();
  private readonly outputEntries = new OutputEntries();

  constructor(private readonly redactor: Redactor) {}

  /**
   * Inputs with all that is secret in them: what came wrapped, and what the schema marks. The engine sends a resource's inputs again and
   * again in one run; what is the same as last time is the same object.
   */
  decoded(definition: AnyResource, struct: Uint8Array | undefined, urn: string): Decoded {
    const shape = objectShape(definition.inputs);
    const { values, secrets } = decode(struct, undefined, this.inputsSeen.get(urn));
    this.inputsSeen.set(urn, values);
    const places = union(secrets, marked(shape, values));
    this.redactor.learn(values, places);
    return { values, secrets: places };
  }

  /** `inputs` are read when somebody looks at them, and each output by itself. */
  state(definition: AnyResource, inputs: () => Decoded, struct: Uint8Array | undefined, urn: string): State {
    // The state repeats the inputs among its outputs; those need no second reading.
    const outputs = eachWhenRead(outputNames(definition), (name) => {
      const { values, secrets } = decode(struct, new Set([name]), this.outputsSeen.get(urn));
      this.outputsSeen.set(urn, { ...this.outputsSeen.get(urn), ...values });
      this.redactor.learn(values, secrets);
      return values[name];
    });
    return stateOf(definition, () => inputs().values, outputs);
  }

  /** A resource's properties: its inputs as written, but for those that are inputs only, and its outputs. `as`: the inputs as the engine sent them. */
  properties(
    definition: AnyResource,
    inputs: Decoded,
    outputs: Values,
    as?: Sent,
    hidden: ReadonlySet<string> = inputOnly(objectShape(definition.inputs)),
  ): Buffer {
    const shape = objectShape(definition.outputs);
    const bySchema = marked(objectShape(definition.inputs), inputs.values);
    const secret = beyondMarked(inputs.secrets, bySchema);
    const derived: SecretPlaces = secret ? new Map(Object.keys(outputs).map((key) => [key, true])) : marked(shape, outputs);
    const secrets = union(inputs.secrets, derived);
    // The bytes that came are the bytes that go: a struct is a list of entries, and of two with one name the later counts.
    if (as !== undefined && secrets === undefined)
      return Buffer.concat([...entriesBut(as.struct, hidden), ...this.outputEntries.of(outputs, as.urn)]);
    const shown = Object.entries(inputs.values).filter(([name]) => !hidden.has(name));
    return encode({ ...Object.fromEntries(shown), ...outputs }, secrets);
  }
}

const NONE: ReadonlySet<string> = new Set();

/**
 * What a read leaves out of a resource's outputs. Nothing when it found something: the engine draws that as the inputs it has against the outputs
 * it gets. And nothing while a state has them from such a read, or from before there was a difference: their going would look like a change.
 */
export function hiddenInState(shape: ObjectShape, state: Uint8Array | undefined, asBefore: boolean): ReadonlySet<string> {
  const hidden = inputOnly(shape);
  if (!asBefore) return NONE;
  return state !== undefined && entryNames(state).some((name) => hidden.has(name)) ? NONE : hidden;
}

export function sent(struct: Uint8Array | undefined, urn: string): Sent | undefined {
  return struct === undefined ? undefined : { struct, urn };
}
