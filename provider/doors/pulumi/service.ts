import { setImmediate as turn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { version } from "../../../package.json";
import { type Applied, create, expecting, remove, update } from "../../core/apply";
import { ask } from "../../core/ask";
import { check } from "../../core/check";
import type { AnyResource } from "../../core/define";
import { diffShape } from "../../core/diff";
import { driftInWords, isDrifted } from "../../core/drift";
import { configInvalid } from "../../core/errors";
import { traceOf } from "../../core/failure";
import { type Change, changeInWords, compare, foresee, oldGoesFirst } from "../../core/plan";
import { type ProviderConfig, providerConfig } from "../../core/provider-config";
import { type Known, readBack } from "../../core/read-back";
import { holdsUnknown, type Issue } from "../../core/validate";
import { asSentence } from "../../errors";
import type { Hosts } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import { formatPath } from "../../schema/field";
import { objectShape } from "../../schema/shape";
import type { Catalog } from "../catalog";
import type { Operations } from "../operations";
import type { Redactor } from "../redactor";
import { marked, union, widened } from "../secrets";
import { type Decoded, decode, encode } from "./codec";
import { readConfig } from "./config";
import type { EngineLog } from "./engine";
import { incomplete, isRefusal, notConfigured, type Refusal, refusal, unknownToken } from "./errors";
import { isIgnored } from "./ignore";
import * as messages from "./messages";
import { hiddenInState, ResourceValues, sent } from "./resource-values";
import { pulumiSchema } from "./schema";
import { ownerOf, typeOf } from "./urn";

type Request<F extends (buffer: Buffer) => unknown> = ReturnType<F>;

/** The provider protocol, one method per call; each takes a request as messages.ts reads it and gives the bytes of the answer. */
export class Service {
  private hosts: Hosts | undefined;
  private readonly values: ResourceValues;

  constructor(
    private readonly catalog: Catalog,
    private readonly operations: Operations,
    private readonly log: EngineLog,
    private readonly redactor: Redactor,
  ) {
    this.values = new ResourceValues(redactor);
  }

  getSchema(): Buffer {
    return messages.getSchemaResponse(JSON.stringify(pulumiSchema({ ...this.catalog, config: providerConfig, version })));
  }

  checkConfig(request: Request<typeof messages.checkRequest>): Buffer {
    const { issues, values, secrets } = readConfig(decode(request.news));
    this.redactor.learn(values, union(secrets, marked(objectShape(providerConfig), values)));
    return messages.checkResponse({ inputs: request.news, failures: this.failures(issues) });
  }

  /** Nothing in the configuration identifies a resource: hosts are named by key, so a change of it never replaces anything. */
  diffConfig(request: Request<typeof messages.diffRequest>): Buffer {
    const before = readConfig(decode(request.oldInputs ?? request.olds)).values;
    const after = readConfig(decode(request.news)).values;
    const differences = diffShape(objectShape(providerConfig), before, after).map((difference) => ({ ...difference, replaces: false }));
    return diffAnswer({ differences, replaces: false, drifted: false });
  }

  configure(request: Request<typeof messages.configureRequest>): Buffer {
    const { values, secrets, issues } = readConfig(decode(request.args));
    this.redactor.learn(values, union(secrets, marked(objectShape(providerConfig), values)));
    const [first] = issues;
    if (first !== undefined) throw configInvalid(first);
    this.hosts?.close();
    this.hosts = this.catalog.createHosts((holdsUnknown(values) ? {} : values) as ProviderConfig);
    return messages.configureResponse({ acceptSecrets: true, supportsPreview: true });
  }

  /** Inputs go back in the user's own spelling, defaults left out: state and diffs hold what was written, and no more. */
  async check(request: Request<typeof messages.checkRequest>): Promise<Buffer> {
    const definition = this.resource(request.urn);
    const inputs = this.values.decoded(definition, request.news, request.urn);
    const { issues, contents } = await check(definition, inputs.values);
    return messages.checkResponse({
      inputs: encode({ ...inputs.values, ...contents }, inputs.secrets),
      failures: this.failures(issues),
    });
  }

  diff(request: Request<typeof messages.diffRequest>): Buffer {
    const definition = this.resource(request.urn);
    const before = this.values.decoded(definition, request.oldInputs ?? request.olds, request.urn).values;
    const after = this.values.decoded(definition, request.news, request.urn).values;
    const drifted = isDrifted(decode(request.olds, DRIFT).values);
    const ignores = (path: string) => isIgnored(path, request.ignoreChanges);
    const change = compare(definition, before, after, { drifted, ignores });
    return diffAnswer(change, change.replaces && oldGoesFirst(definition, before, after));
  }

  async create(request: Request<typeof messages.createRequest>, caller: AbortSignal): Promise<Buffer> {
    const definition = this.resource(request.urn);
    const inputs = this.values.decoded(definition, request.properties, request.urn);
    const context = this.context(request.urn, request.timeout, caller);
    if (request.preview) {
      const properties = this.values.properties(definition, inputs, await foresee(definition, () => context, { inputs: inputs.values }));
      return messages.createResponse({ id: "", properties, refreshBeforeUpdate: definition.live });
    }
    const applied = await create(definition, context, inputs.values);
    if (applied.failure !== undefined) throw this.partial(definition, inputs, applied, applied.failure);
    const properties = this.values.properties(definition, inputs, applied.outputs, sent(request.properties, request.urn));
    return messages.createResponse({ id: applied.id, properties, refreshBeforeUpdate: definition.live });
  }

  async read(request: Request<typeof messages.readRequest>, caller: AbortSignal): Promise<Buffer> {
    const definition = this.resource(request.urn);
    const shape = objectShape(definition.inputs);
    const inputs = this.values.decoded(definition, request.inputs, request.urn);
    const imported = Object.keys(inputs.values).length === 0;
    const context = this.context(request.urn, request.timeout, caller);
    const known = (): Known => ({
      written: inputs.values,
      state: this.values.state(definition, () => inputs, request.properties, request.urn),
      drifted: isDrifted(decode(request.properties, DRIFT).values),
    });
    const found = await readBack(definition, context, request.id, imported ? undefined : known());
    if (found === undefined) return messages.readResponse({ id: "", refreshBeforeUpdate: false });
    const { inputs: values, outputs, untouched } = found;
    const secrets = union(widened(inputs.secrets), marked(shape, values));
    if (!imported) this.announce("warning", driftInWords(definition, inputs.values, found), request.urn, "not as declared:\n");
    return messages.readResponse({
      id: request.id,
      inputs: untouched && secrets === undefined && request.inputs !== undefined ? request.inputs : encode(values, secrets),
      properties: this.values.properties(
        definition,
        { values, secrets },
        outputs,
        untouched ? sent(request.inputs, request.urn) : undefined,
        hiddenInState(shape, request.properties, imported || untouched || isDeepStrictEqual(values, inputs.values)),
      ),
      refreshBeforeUpdate: definition.live,
    });
  }

  async update(request: Request<typeof messages.updateRequest>, caller: AbortSignal): Promise<Buffer> {
    const definition = this.resource(request.urn);
    const context = this.context(request.urn, request.timeout, caller);
    const updated = () => this.updated(request, definition, context);
    return request.preview ? updated() : expecting(definition, context, request.id, updated);
  }

  private async updated(request: Request<typeof messages.updateRequest>, definition: AnyResource, context: Context): Promise<Buffer> {
    const inputs = this.values.decoded(definition, request.news, request.urn);
    // A host that gets ready has an answer by now, and is heard before the inputs are thought about: each takes some milliseconds.
    await turn();
    const old = () => this.values.decoded(definition, request.oldInputs ?? request.olds, request.urn);
    const prior = this.values.state(definition, old, request.olds, request.urn);
    if (request.preview) {
      this.announce("info", changeInWords(definition, old().values, inputs.values), request.urn);
      const outputs = await foresee(definition, () => context, { inputs: inputs.values, prior });
      const properties = this.values.properties(definition, inputs, outputs);
      return messages.updateResponse({ properties, refreshBeforeUpdate: definition.live });
    }
    const applied = await update(definition, context, request.id, prior, inputs.values);
    if (applied.failure !== undefined) throw this.partial(definition, inputs, applied, applied.failure);
    const properties = this.values.properties(definition, inputs, applied.outputs, sent(request.news, request.urn));
    return messages.updateResponse({ properties, refreshBeforeUpdate: definition.live });
  }

  async delete(request: Request<typeof messages.deleteRequest>, caller: AbortSignal): Promise<Buffer> {
    const definition = this.resource(request.urn);
    const prior = this.values.state(
      definition,
      () => this.values.decoded(definition, request.oldInputs ?? request.properties, request.urn),
      request.properties,
      request.urn,
    );
    await remove(definition, this.context(request.urn, request.timeout, caller), request.id, prior);
    return messages.empty();
  }

  async invoke(request: Request<typeof messages.invokeRequest>, caller: AbortSignal): Promise<Buffer> {
    const definition = this.catalog.functions.find(({ token }) => token === request.token);
    if (definition === undefined) throw unknownToken("function", request.token);
    const { values, secrets } = decode(request.args);
    this.redactor.learn(values, union(secrets, marked(objectShape(definition.inputs), values)));
    const result = await ask(definition, () => this.context("", 0, caller), values);
    if (result.refused) return messages.invokeResponse({ result: undefined, failures: this.failures(result.refused) });
    return messages.invokeResponse({ result: encode(result.answer, undefined), failures: [] });
  }

  /** Every run of the engine ends with it, a good one too: it means "stop", not "failed". */
  cancel(): Buffer {
    this.operations.cancel();
    this.hosts?.close();
    return messages.empty();
  }

  pluginInfo(): Buffer {
    return messages.pluginInfo(version);
  }

  /** An error as the engine takes it, in words that may be shown. Our own faults leave their stack in the debug log. */
  refuse(error: unknown): Refusal {
    if (isRefusal(error)) return error;
    const trace = traceOf(error);
    if (trace !== undefined) this.log.log("debug", trace);
    return refusal(error, (text) => this.redactor.say(text), this.operations.cancelled);
  }

  private resource(urn: string): AnyResource {
    const type = typeOf(urn);
    const definition = this.catalog.resources.find(({ token }) => token === type);
    if (definition === undefined) throw unknownToken("resource", type);
    return definition;
  }

  private context(urn: string, timeoutSeconds: number, caller: AbortSignal): Context {
    if (this.hosts === undefined) throw notConfigured(urn === "" ? "provider" : ownerOf(urn));
    return {
      hosts: this.hosts,
      owner: urn === "" ? "" : ownerOf(urn),
      signal: this.operations.signal(timeoutSeconds, caller),
      status: (message) => this.log.status(message, urn),
      warn: (message) => this.log.log("warning", message, urn),
    };
  }

  /** Differences by name: a plain preview shows the top-level fields only, and one with --diff knows elements by index. */
  private announce(severity: "info" | "warning", lines: readonly string[], urn: string, heading = ""): void {
    if (lines.length > 0) this.log.log(severity, this.redactor.say(`${heading}${lines.join("\n")}`), urn);
  }

  private partial(definition: AnyResource, inputs: Decoded, { id, outputs }: Applied, failure: Error): Refusal {
    const message = this.redactor.say(failure.message);
    return incomplete(message, {
      id,
      properties: this.values.properties(definition, inputs, outputs),
      inputs: encode(inputs.values, inputs.secrets),
      reasons: [message],
      refreshBeforeUpdate: definition.live,
    });
  }

  /**
   * A failure names its field in the text and not as `property`: for that the engine prints the whole top-level value beside it, which for
   * a thousand guests is a book, and for a connection a password.
   */
  private failures(issues: readonly Issue[]): messages.Failure[] {
    return issues.map(({ path, cause, remedy }) => ({
      property: "",
      reason: this.redactor.say(`${path.length === 0 ? "inputs" : formatPath(path)}: ${cause}. ${asSentence(remedy)}`),
    }));
  }
}

function diffAnswer({ differences, drifted }: Change, deleteBeforeReplace = false): Buffer {
  return messages.diffResponse({
    // Whole fields only: paths here blank the preview.
    diffs: [...new Set([...differences.map(({ field }) => field), ...(drifted ? ["drift"] : [])])],
    replaces: [...new Set(differences.filter(({ replaces }) => replaces).map(({ field }) => field))],
    deleteBeforeReplace,
    detailed: [
      ...differences.map(({ path, kind, replaces }) => ({ path, kind: replaces ? (`${kind}Replace` as const) : kind })),
      ...(drifted ? [{ path: "drift", kind: "update" as const, output: true }] : []),
    ],
  });
}

const DRIFT: ReadonlySet<string> = new Set(["drift"]);
