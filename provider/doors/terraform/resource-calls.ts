import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { type Applied, create, remove, update } from "../../core/apply";
import { contentsOf } from "../../core/check";
import { isPlain } from "../../core/defaults";
import type { AnyResource, State } from "../../core/define";
import { isDrifted } from "../../core/drift";
import { type Change, compare, foresee, isNone } from "../../core/plan";
import { readBack } from "../../core/read-back";
import { outputNames, ownInputs, stateOf } from "../../core/state";
import type { Context } from "../../host/session/task";
import { UNKNOWN } from "../../schema/field";
import { type ObjectShape, objectShape } from "../../schema/shape";
import { attributePath } from "./diagnostics";
import type { Step } from "./messages";
import { plannedInputs } from "./plan";
import { ID_FIELD, type ResourceType, TIMEOUTS_FIELD } from "./schema";
import type { Operation } from "./timeouts";
import type { Values } from "./values";
import { type Taken, takenOf, versionFields, withWriteOnly } from "./write-only";

/** What a call on one resource works with. */
export interface Surroundings {
  /** `mark` tells what this resource owns on a host from what others of the same configuration own. */
  readonly context: (mark: string, operation: Operation, values: Values) => Context;
  /** Whether the provider's configuration says by now how to reach the host that these inputs name. */
  readonly reachable: (inputs: Values) => boolean;
}

/** A resource's own memory beside its state: Terraform keeps it and shows it to nobody. */
export interface Private {
  readonly mark: string;
}

export function readPrivate(bytes: Uint8Array | undefined): Private | undefined {
  if (bytes === undefined || bytes.length === 0) return undefined;
  const value: unknown = JSON.parse(Buffer.from(bytes).toString());
  if (!isPlain(value)) return undefined;
  // States of 0.x versions call it a claim.
  const mark = value.mark ?? value.claim;
  return typeof mark === "string" ? { mark } : undefined;
}

export const writePrivate = (value: Private): Buffer => Buffer.from(JSON.stringify(value));

const newMark = (): Private => ({ mark: randomBytes(6).toString("hex") });

/** What came of a create or an update. */
export interface Settled {
  /** The state that there is now. */
  readonly values: Values;
  /** Why the resource is not as planned, although it exists. */
  readonly failure?: Error;
}

export interface Planned {
  readonly values: Values;
  readonly requiresReplace: readonly (readonly Step[])[];
  readonly private: Private;
}

/** The life of one type of resource: what the core says of it, as states and plans of this door have it. */
export class ResourceCalls {
  private readonly definition: AnyResource;
  private readonly inputs: ObjectShape;
  private readonly outputNames: readonly string[];
  /** What a state keeps beside the core's inputs and outputs: this door's own. */
  private readonly ownFields: readonly string[];

  constructor(
    private readonly type: ResourceType,
    private readonly around: Surroundings,
  ) {
    this.definition = type.definition;
    this.inputs = objectShape(type.definition.inputs);
    this.outputNames = outputNames(type.definition);
    this.ownFields = [TIMEOUTS_FIELD, ...versionFields(this.inputs)];
  }

  /**
   * What applying will give: every value known here is the value afterwards. The host is asked already, so that what it would refuse fails
   * the plan.
   */
  async plan(configured: Values, prior: Values | undefined, memory: Private | undefined): Promise<Planned> {
    const wanted = this.inputsOf(configured);
    const inputs = prior === undefined ? wanted : plannedInputs(this.inputs, this.type.attributes, wanted, this.inputsOf(prior));
    const contents = await contentsOf(this.definition, inputs);
    const taken = takenOf(this.inputs, configured, prior);
    const own = this.ownOf(configured);
    const kept = memory ?? newMark();
    const change = prior === undefined ? undefined : this.changeOf(prior, inputs, contents);
    if (prior !== undefined && change !== undefined && isNone(change) && Object.keys(taken.values).length === 0)
      return { values: { ...prior, ...this.only(inputs), ...own }, requiresReplace: [], private: kept };
    const mayAsk = change?.replaces !== true && this.around.reachable(inputs);
    const context = () => this.context(kept, prior === undefined ? "create" : "update", configured, taken);
    const intended = { inputs: { ...inputs, ...taken.values }, prior: prior === undefined ? undefined : this.stateOf(prior), contents };
    const outputs = await foresee(this.definition, mayAsk ? context : undefined, intended);
    const id = prior === undefined || change?.replaces ? UNKNOWN : prior[ID_FIELD];
    return { values: { [ID_FIELD]: id, ...inputs, ...outputs, ...own }, requiresReplace: this.replacing(change), private: kept };
  }

  /** `configured`: where the values of write-only attributes are, in no plan. */
  async create(planned: Values, configured: Values, memory: Private): Promise<Settled> {
    const taken = takenOf(this.inputs, configured, undefined);
    const context = this.context(memory, "create", configured, taken);
    return this.settled(planned, undefined, await create(this.definition, context, { ...this.inputsOf(planned), ...taken.values }));
  }

  async update(planned: Values, prior: Values, configured: Values, memory: Private): Promise<Settled> {
    // Another spelling, or another timeout: then the plan has left the outputs as they were.
    const untouched = this.outputNames.every((name) => isDeepStrictEqual(planned[name], prior[name]));
    const taken = takenOf(this.inputs, configured, prior);
    if (untouched && Object.keys(taken.values).length === 0 && isNone(this.changeOf(prior, this.inputsOf(planned))))
      return { values: planned };
    const context = this.context(memory, "update", configured, taken);
    const inputs = { ...this.inputsOf(planned), ...taken.values };
    const applied = await update(this.definition, context, String(prior[ID_FIELD]), this.stateOf(prior), inputs);
    return this.settled(planned, prior, applied);
  }

  async delete(prior: Values, memory: Private | undefined): Promise<void> {
    const context = this.around.context(memory?.mark ?? "", "delete", prior);
    await remove(this.definition, context, String(prior[ID_FIELD]), this.stateOf(prior));
  }

  /** What is there, in the user's own words wherever the meaning is the same. Undefined when it is gone. */
  async read(current: Values, memory: Private | undefined): Promise<Values | undefined> {
    const written = this.inputsOf(current);
    const imported = Object.keys(written).length === 0;
    if (!imported && !this.around.reachable(written)) return current;
    const context = this.around.context(memory?.mark ?? "", "read", current);
    const recorded = imported ? undefined : { written, state: this.stateOf(current), drifted: isDrifted(current) };
    const found = await readBack(this.definition, context, String(current[ID_FIELD]), recorded);
    if (found === undefined) return undefined;
    return { ...this.only(found.inputs), ...found.outputs, ...this.ownOf(current), [ID_FIELD]: current[ID_FIELD] };
  }

  inputsOf(values: Values): Values {
    return ownInputs(this.definition, values);
  }

  /** What is between a state and a plan. `contents`: of the files that the planned inputs name. */
  private changeOf(prior: Values, inputs: Values, contents: Values = {}): Change {
    const recorded = Object.fromEntries(Object.keys(contents).map((name) => [name, prior[name]]));
    const drifted = isDrifted(prior);
    return compare(this.definition, { ...this.inputsOf(prior), ...recorded }, { ...inputs, ...contents }, { drifted });
  }

  /** The attributes that make it another resource. */
  private replacing(change: Change | undefined): (readonly Step[])[] {
    const fields = (change?.differences ?? []).filter(({ replaces }) => replaces).map(({ field }) => field);
    return fields.flatMap((field) => attributePath(this.type.attributes, [field]) ?? []).map((step) => [step]);
  }

  private context({ mark }: Private, operation: Operation, configured: Values, { kept }: Taken): Context {
    return { ...this.around.context(mark, operation, withWriteOnly(this.inputs, configured)), kept };
  }

  /** This door's own fields, undefined where there is nothing in them. */
  private ownOf(values: Values): Values {
    return Object.fromEntries(this.ownFields.map((key) => [key, values[key]]));
  }

  /** All fields of the inputs, undefined where these have none: laid over a state, they leave nothing of its own. */
  private only(inputs: Values): Values {
    return Object.fromEntries([...this.inputs.fields.keys()].map((key) => [key, inputs[key]]));
  }

  private stateOf(values: Values): State {
    const outputs = Object.fromEntries(this.outputNames.filter((name) => name in values).map((name) => [name, values[name]]));
    return stateOf(this.definition, () => values, outputs);
  }

  private settled(planned: Values, prior: Values | undefined, { id, outputs, failure }: Applied): Settled {
    if (failure === undefined) return { values: this.applied(planned, id, outputs) };
    return { values: this.asItIs(planned, prior, id, outputs), failure };
  }

  /**
   * What was planned, with what was not known then. Where an output came out otherwise than planned (a guest got another port between
   * plan and apply), the plan's word stands, as Terraform and whatever depends on it have it, until the next read.
   */
  private applied(planned: Values, id: string, outputs: Values): Values {
    const settled = Object.fromEntries(
      this.outputNames.map((name) => [name, planned[name] === undefined || planned[name] === UNKNOWN ? outputs[name] : planned[name]]),
    );
    return { ...planned, ...settled, [ID_FIELD]: id };
  }

  /** With the versions as they were: whether a write-only value was written is not known, so that the next update takes it again. */
  private asItIs(planned: Values, prior: Values | undefined, id: string, outputs: Values): Values {
    const none = Object.fromEntries(this.outputNames.map((name) => [name, undefined]));
    const versions = Object.fromEntries(versionFields(this.inputs).map((key) => [key, prior?.[key]]));
    return { ...planned, ...none, ...versions, ...outputs, [ID_FIELD]: id };
  }
}
