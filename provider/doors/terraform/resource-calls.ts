import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { isPlain, withDefaults } from "../../core/defaults";
import { Incomplete, type State } from "../../core/define";
import { diffShape } from "../../core/diff";
import { isDrifted, readBack } from "../../core/read-back";
import { respell } from "../../core/respell";
import { holdsUnknown } from "../../core/validate";
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
  /** `claim` tells this resource's claims on a host from another's of the same configuration. */
  readonly context: (claim: string, operation: Operation, values: Values) => Context;
  /** Whether the provider's configuration says by now how to reach the host that these inputs name. */
  readonly reachable: (inputs: Values) => boolean;
}

/** A resource's own memory beside its state: Terraform keeps it and shows it to nobody. */
export interface Private {
  readonly claim: string;
}

export function readPrivate(bytes: Uint8Array | undefined): Private | undefined {
  if (bytes === undefined || bytes.length === 0) return undefined;
  const value: unknown = JSON.parse(Buffer.from(bytes).toString());
  return isPlain(value) && typeof value.claim === "string" ? { claim: value.claim } : undefined;
}

export const writePrivate = (value: Private): Buffer => Buffer.from(JSON.stringify(value));

const newClaim = (): Private => ({ claim: randomBytes(6).toString("hex") });

export interface Planned {
  readonly values: Values;
  readonly requiresReplace: readonly (readonly Step[])[];
  readonly private: Private;
}

/** The life of one type of resource, in the core's own values; a door's worth of work around a definition. */
export class ResourceCalls {
  private readonly inputs: ObjectShape;
  private readonly outputNames: readonly string[];
  /** What a state keeps beside the core's inputs and outputs: this door's own. */
  private readonly ownFields: readonly string[];

  constructor(
    private readonly type: ResourceType,
    private readonly around: Surroundings,
  ) {
    this.inputs = objectShape(type.definition.inputs);
    this.outputNames = [...objectShape(type.definition.outputs).fields.keys()].filter((name) => !this.inputs.fields.has(name));
    this.ownFields = [TIMEOUTS_FIELD, ...versionFields(this.inputs)];
  }

  /**
   * What applying will give: every value known here is the value afterwards. The host is asked already, so that what it would refuse fails
   * the plan.
   */
  async plan(configured: Values, prior: Values | undefined, memory: Private | undefined): Promise<Planned> {
    const before = prior === undefined ? undefined : this.inputsOf(prior);
    const asked = this.inputsOf(configured);
    const inputs = before === undefined ? asked : plannedInputs(this.inputs, this.type.attributes, asked, before);
    const differences = before === undefined ? [] : diffShape(this.inputs, before, inputs);
    const requiresReplace = differences
      .filter(({ replaces }) => replaces)
      .flatMap(({ field }) => attributePath(this.type.attributes, [field]) ?? [])
      .map((step) => [step]);
    const contents = await this.contentsOf(inputs);
    const behind = prior !== undefined && this.otherContents(contents, prior);
    const kept = memory ?? newClaim();
    const rest = this.ownOf(configured);
    const taken = takenOf(this.inputs, configured, prior);
    const asBefore = differences.length === 0 && Object.keys(taken.values).length === 0 && !behind;
    if (prior !== undefined && requiresReplace.length === 0 && asBefore && !isDrifted(prior))
      return { values: { ...prior, ...this.only(inputs), ...rest }, requiresReplace, private: kept };
    const unknown = Object.fromEntries(this.outputNames.map((name) => [name, UNKNOWN]));
    const whole = { ...inputs, ...taken.values };
    const mayLook = requiresReplace.length === 0 && !holdsUnknown(whole) && this.around.reachable(inputs);
    const context = () => this.context(kept, prior === undefined ? "create" : "update", configured, taken);
    const known = mayLook
      ? await this.type.definition.preview?.(context(), this.filled(whole), prior === undefined ? undefined : this.stateOf(prior))
      : {};
    const id = prior === undefined || requiresReplace.length > 0 ? UNKNOWN : prior[ID_FIELD];
    return { values: { [ID_FIELD]: id, ...inputs, ...unknown, ...contents, ...known, ...rest }, requiresReplace, private: kept };
  }

  /** `configured`: where the values of write-only attributes are, in no plan. */
  async create(planned: Values, configured: Values, memory: Private): Promise<Values> {
    const taken = takenOf(this.inputs, configured, undefined);
    const context = this.context(memory, "create", configured, taken);
    const inputs = { ...this.inputsOf(planned), ...taken.values };
    try {
      const { id, outputs } = await this.type.definition.create(context, this.filled(inputs));
      return this.applied(planned, id, outputs);
    } catch (error) {
      throw error instanceof Incomplete ? new Partly(this.asItIs(planned, undefined, error.id, error.outputs), error.cause) : error;
    }
  }

  async update(planned: Values, prior: Values, configured: Values, memory: Private): Promise<Values> {
    const id = String(prior[ID_FIELD]);
    const differences = diffShape(this.inputs, this.inputsOf(prior), this.inputsOf(planned));
    // Another spelling, or another timeout: then the plan has left the outputs as they were.
    const untouched = this.outputNames.every((name) => isDeepStrictEqual(planned[name], prior[name]));
    const taken = takenOf(this.inputs, configured, prior);
    if (differences.length === 0 && Object.keys(taken.values).length === 0 && untouched && !isDrifted(prior)) return planned;
    const context = this.context(memory, "update", configured, taken);
    const inputs = { ...this.inputsOf(planned), ...taken.values };
    try {
      const outputs = await this.type.definition.update(context, id, this.stateOf(prior), this.filled(inputs));
      return this.applied(planned, id, outputs);
    } catch (error) {
      throw error instanceof Incomplete ? new Partly(this.asItIs(planned, prior, id, error.outputs), error.cause) : error;
    }
  }

  async delete(prior: Values, memory: Private | undefined): Promise<void> {
    const context = this.around.context(memory?.claim ?? "", "delete", prior);
    await this.type.definition.delete(context, String(prior[ID_FIELD]), this.stateOf(prior));
  }

  /** What is there, in the user's own words wherever the meaning is the same. Undefined when it is gone. */
  async read(current: Values, memory: Private | undefined): Promise<Values | undefined> {
    const inputs = this.inputsOf(current);
    const imported = Object.keys(inputs).length === 0;
    if (!imported && !this.around.reachable(inputs)) return current;
    const context = this.around.context(memory?.claim ?? "", "read", current);
    const known = imported ? undefined : this.stateOf(current);
    const found = await readBack(this.type.definition, context, String(current[ID_FIELD]), known, isDrifted(current));
    if (found === undefined) return undefined;
    const spelled = respell(this.inputs, found.state.inputs, imported ? undefined : inputs) as Values;
    return { ...this.only(spelled), ...found.state.outputs, ...this.ownOf(current), [ID_FIELD]: current[ID_FIELD] };
  }

  inputsOf(values: Values): Values {
    return Object.fromEntries(Object.entries(values).filter(([key]) => this.inputs.fields.has(key)));
  }

  private context({ claim }: Private, operation: Operation, configured: Values, { kept }: Taken): Context {
    return { ...this.around.context(claim, operation, withWriteOnly(this.inputs, configured)), kept };
  }

  /** This door's own fields, undefined where there is nothing in them. */
  private ownOf(values: Values): Values {
    return Object.fromEntries(this.ownFields.map((key) => [key, values[key]]));
  }

  /** All fields of the inputs, undefined where these have none: laid over a state, they leave nothing of its own. */
  private only(inputs: Values): Values {
    return Object.fromEntries([...this.inputs.fields.keys()].map((key) => [key, inputs[key]]));
  }

  /** What files that the inputs name have in them, by the names of the outputs that say it. */
  private async contentsOf(inputs: Values): Promise<Values> {
    return ((await this.type.definition.contents?.(withDefaults(this.inputs, inputs))) ?? {}) as Values;
  }

  private otherContents(contents: Values, prior: Values): boolean {
    const fields = new Map([...objectShape(this.type.definition.outputs).fields].filter(([name]) => name in contents));
    return diffShape({ ...this.inputs, fields }, prior, contents).some(({ field }) => field in contents);
  }

  private filled(inputs: Values): Values {
    if (holdsUnknown(inputs)) throw new Error("inputs hold unknown values where all must be known");
    return withDefaults(this.inputs, inputs) as Values;
  }

  private stateOf(values: Values): State {
    const outputs = Object.fromEntries(this.outputNames.filter((name) => name in values).map((name) => [name, values[name]]));
    return { inputs: this.filled(this.inputsOf(values)), outputs };
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

/** The resource exists, but not as asked: what there is of it goes into the state, beside the error. */
export class Partly extends Error {
  constructor(
    readonly values: Values,
    override readonly cause: Error,
  ) {
    super(cause.message, { cause });
  }
}
