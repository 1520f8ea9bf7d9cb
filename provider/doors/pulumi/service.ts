import { setImmediate as turn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { version } from "../../../package.json";
import { withDefaults } from "../../core/defaults";
import type { AnyFunction, AnyResource } from "../../core/define";
import { Incomplete, type State } from "../../core/define";
import { type Difference, diffShape } from "../../core/diff";
import { type ProviderConfig, providerConfig } from "../../core/provider-config";
import { isDrifted, readBack } from "../../core/read-back";
import { respell } from "../../core/respell";
import { summary } from "../../core/summary";
import { holdsUnknown, type Issue, validate } from "../../core/validate";
import { asSentence, CspError } from "../../errors";
import type { Hosts } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import { printable, shortened } from "../../printable";
import { formatPath, UNKNOWN } from "../../schema/field";
import { type ObjectShape, objectShape } from "../../schema/shape";
import type { Catalog } from "../catalog";
import type { Operations } from "../operations";
import type { Redactor } from "../redactor";
import { marked, union, widened } from "../secrets";
import { type Decoded, decode, encode, type Values } from "./codec";
import { readConfig } from "./config";
import type { EngineLog } from "./engine";
import { incomplete, isRefusal, type Refusal, refusal } from "./errors";
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
    return this.diffAnswer(diffShape(objectShape(providerConfig), before, after).map((difference) => ({ ...difference, replaces: false })));
  }

  configure(request: Request<typeof messages.configureRequest>): Buffer {
    const { values, secrets, issues } = readConfig(decode(request.args));
    this.redactor.learn(values, union(secrets, marked(objectShape(providerConfig), values)));
    const [first] = issues;
    if (first !== undefined)
      throw new CspError("config-invalid", `provider configuration: ${formatPath(first.path)}`, first.cause, first.remedy);
    this.hosts?.close();
    this.hosts = this.catalog.createHosts((holdsUnknown(values) ? {} : values) as ProviderConfig);
    return messages.configureResponse({ acceptSecrets: true, supportsPreview: true });
  }

  /** Inputs go back in the user's own spelling, defaults left out: state and diffs hold what was written, and no more. */
  async check(request: Request<typeof messages.checkRequest>): Promise<Buffer> {
    const definition = this.resource(request.urn);
    const inputs = this.values.decoded(definition, request.news, request.urn);
    const issues = validate(definition, inputs.values);
    const contents = issues.length > 0 ? {} : await this.contents(definition, inputs.values, issues);
    return messages.checkResponse({
      inputs: encode({ ...inputs.values, ...contents }, inputs.secrets),
      failures: this.failures(issues),
    });
  }

  /** What the files that inputs name have in them; an issue when they cannot be read. */
  private async contents(definition: AnyResource, values: Values, issues: Issue[]): Promise<Values> {
    try {
      return ((await definition.contents?.(withDefaults(objectShape(definition.inputs), values))) ?? {}) as Values;
    } catch (error) {
      if (!(error instanceof CspError)) throw error;
      issues.push({ path: [], cause: `${error.subject}: ${error.problem}`, remedy: error.remedy });
      return {};
    }
  }

  diff(request: Request<typeof messages.diffRequest>): Buffer {
    const definition = this.resource(request.urn);
    const shape = comparedShape(definition);
    const before = this.values.decoded(definition, request.oldInputs ?? request.olds, request.urn).values;
    const after = this.values.decoded(definition, request.news, request.urn).values;
    const differences = diffShape(shape, before, after).filter(({ path }) => !isIgnored(path, request.ignoreChanges));
    const replaced = differences.some(({ replaces }) => replaces);
    const oldFirst = replaced && definition.deleteBeforeReplace?.(withDefaults(shape, before), withDefaults(shape, after)) === true;
    // Drift that no input can show: a built-in rule, a dispatch chain, a set.
    const drifted = definition.live && isDrifted(decode(request.olds, DRIFT).values) && !isIgnored("drift", request.ignoreChanges);
    return this.diffAnswer(differences, oldFirst, drifted);
  }

  async create(request: Request<typeof messages.createRequest>, caller: AbortSignal): Promise<Buffer> {
    const definition = this.resource(request.urn);
    const inputs = this.values.decoded(definition, request.properties, request.urn);
    const context = this.context(request.urn, request.timeout, caller);
    if (request.preview) {
      const properties = await this.previewed(definition, context, inputs, undefined);
      return messages.createResponse({ id: "", properties, refreshBeforeUpdate: definition.live });
    }
    try {
      const { id, outputs } = await definition.create(context, this.values.filled(definition, inputs));
      return messages.createResponse({
        id,
        properties: this.values.properties(definition, inputs, outputs, sent(request.properties, request.urn)),
        refreshBeforeUpdate: definition.live,
      });
    } catch (error) {
      throw error instanceof Incomplete ? this.partial(definition, inputs, error) : error;
    }
  }

  async read(request: Request<typeof messages.readRequest>, caller: AbortSignal): Promise<Buffer> {
    const definition = this.resource(request.urn);
    const shape = objectShape(definition.inputs);
    const inputs = this.values.decoded(definition, request.inputs, request.urn);
    const imported = Object.keys(inputs.values).length === 0;
    const context = this.context(request.urn, request.timeout, caller);
    const known = imported ? undefined : this.values.state(definition, () => inputs, request.properties, request.urn);
    const drifted = isDrifted(decode(request.properties, DRIFT).values);
    const found = await readBack(definition, context, request.id, known, drifted);
    if (found === undefined) return messages.readResponse({ id: "", refreshBeforeUpdate: false });
    const { prior, state } = found;
    const untouched = prior === known && state.inputs === known?.inputs;
    const values = untouched ? inputs.values : (respell(shape, state.inputs, imported ? undefined : inputs.values) as Values);
    const secrets = union(widened(inputs.secrets), marked(shape, values));
    if (!imported) this.announceDrift(definition, inputs.values, values, state.outputs, request.urn);
    return messages.readResponse({
      id: request.id,
      inputs: untouched && secrets === undefined && request.inputs !== undefined ? request.inputs : encode(values, secrets),
      properties: this.values.properties(
        definition,
        { values, secrets },
        state.outputs,
        untouched ? sent(request.inputs, request.urn) : undefined,
        hiddenInState(shape, request.properties, imported || untouched || isDeepStrictEqual(values, inputs.values)),
      ),
      refreshBeforeUpdate: definition.live,
    });
  }

  async update(request: Request<typeof messages.updateRequest>, caller: AbortSignal): Promise<Buffer> {
    const definition = this.resource(request.urn);
    const context = this.context(request.urn, request.timeout, caller);
    const asked = request.preview ? undefined : definition.expect?.(context, request.id);
    try {
      // The word goes out before the inputs are read, and its answer is heard before they are thought about: each takes some milliseconds.
      if (asked !== undefined) await turn();
      return await this.updated(request, definition, context);
    } finally {
      asked?.();
    }
  }

  private async updated(request: Request<typeof messages.updateRequest>, definition: AnyResource, context: Context): Promise<Buffer> {
    const inputs = this.values.decoded(definition, request.news, request.urn);
    await turn();
    const old = () => this.values.decoded(definition, request.oldInputs ?? request.olds, request.urn);
    const prior = this.values.state(definition, old, request.olds, request.urn);
    if (request.preview) {
      this.announce(definition, old().values, inputs.values, request.urn);
      return messages.updateResponse({
        properties: await this.previewed(definition, context, inputs, prior),
        refreshBeforeUpdate: definition.live,
      });
    }
    try {
      const outputs = await definition.update(context, request.id, prior, this.values.filled(definition, inputs));
      const properties = this.values.properties(definition, inputs, outputs, sent(request.news, request.urn));
      return messages.updateResponse({ properties, refreshBeforeUpdate: definition.live });
    } catch (error) {
      throw error instanceof Incomplete ? this.partial(definition, inputs, error) : error;
    }
  }

  async delete(request: Request<typeof messages.deleteRequest>, caller: AbortSignal): Promise<Buffer> {
    const definition = this.resource(request.urn);
    const prior = this.values.state(
      definition,
      () => this.values.decoded(definition, request.oldInputs ?? request.properties, request.urn),
      request.properties,
      request.urn,
    );
    await definition.delete(this.context(request.urn, request.timeout, caller), request.id, prior);
    return messages.empty();
  }

  async invoke(request: Request<typeof messages.invokeRequest>, caller: AbortSignal): Promise<Buffer> {
    const definition = this.catalog.functions.find(({ token }) => token === request.token) as AnyFunction | undefined;
    if (definition === undefined) throw unknownToken("function", request.token);
    const shape = objectShape(definition.inputs);
    const { values, secrets } = decode(request.args);
    this.redactor.learn(values, union(secrets, marked(shape, values)));
    const issues = validate(definition, values);
    if (issues.length > 0) return messages.invokeResponse({ result: undefined, failures: this.failures(issues) });
    const result = await definition.invoke(this.context("", 0, caller), withDefaults(shape, values));
    return messages.invokeResponse({ result: encode(result as Values, undefined), failures: [] });
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
    if (error instanceof Error && !(error instanceof CspError)) this.log.log("debug", error.stack ?? error.message);
    return refusal(error, (text) => this.say(text), this.operations.cancelled);
  }

  /** Text on its way out: no secret, nothing that confuses a terminal. */
  say(text: string): string {
    return shortened(printable(this.redactor.redact(text)));
  }

  private resource(urn: string): AnyResource {
    const type = typeOf(urn);
    const definition = this.catalog.resources.find(({ token }) => token === type);
    if (definition === undefined) throw unknownToken("resource", type);
    return definition;
  }

  private context(urn: string, timeoutSeconds: number, caller: AbortSignal): Context {
    if (this.hosts === undefined)
      throw new CspError(
        "not-configured",
        urn === "" ? "provider" : ownerOf(urn),
        "the provider is not configured yet",
        "let the engine configure it first",
      );
    return {
      hosts: this.hosts,
      owner: urn === "" ? "" : ownerOf(urn),
      signal: this.operations.signal(timeoutSeconds, caller),
      status: (message) => this.log.status(message, urn),
      warn: (message) => this.log.log("warning", message, urn),
    };
  }

  /** What a create or update will give, as far as that is known before it is done. */
  private async previewed(definition: AnyResource, context: Context, inputs: Decoded, prior: State | undefined): Promise<Buffer> {
    const unknown = Object.fromEntries([...objectShape(definition.outputs).fields.keys()].map((key) => [key, UNKNOWN]));
    const known = holdsUnknown(inputs.values) ? {} : await definition.preview?.(context, this.values.filled(definition, inputs), prior);
    return this.values.properties(definition, inputs, { ...unknown, ...known });
  }

  /** What will change, by name: a plain preview shows the top-level fields only, and one with --diff knows elements by index. */
  private announce(definition: AnyResource, before: Values, after: Values, urn: string): void {
    const shape = comparedShape(definition);
    const lines = summary(shape, before, after, diffShape(shape, before, after));
    if (lines.length > 0) this.log.log("info", this.say(lines.join("\n")), urn);
  }

  /** What somebody else changed, by name, as + and - on the host; and what no input shows. */
  private announceDrift(definition: AnyResource, before: Values, after: Values, outputs: Values, urn: string): void {
    const shape = comparedShape(definition);
    const lines = summary(shape, before, after, diffShape(shape, before, after));
    if (isDrifted(outputs)) lines.push(...(outputs.drift as readonly unknown[]).map(String));
    if (lines.length > 0) this.log.log("warning", this.say(`not as declared:\n${lines.join("\n")}`), urn);
  }

  private partial(definition: AnyResource, inputs: Decoded, error: Incomplete): Refusal {
    const message = this.say(error.cause.message);
    return incomplete(message, {
      id: error.id,
      properties: this.values.properties(definition, inputs, error.outputs),
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
      reason: this.say(`${path.length === 0 ? "inputs" : formatPath(path)}: ${cause}. ${asSentence(remedy)}`),
    }));
  }

  private diffAnswer(differences: readonly Difference[], deleteBeforeReplace = false, drifted = false): Buffer {
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
}

const DRIFT: ReadonlySet<string> = new Set(["drift"]);

/** Inputs, and what stands beside them in the state. */
function comparedShape({ inputs, outputs, contents }: AnyResource): ObjectShape {
  const shape = objectShape(inputs);
  return contents === undefined ? shape : { ...shape, fields: new Map([...objectShape(outputs).fields, ...shape.fields]) };
}

function unknownToken(what: string, token: string): CspError {
  return new CspError("unknown-token", token, `this version of csp has no such ${what}`, "update csp-iac, or correct the token");
}
