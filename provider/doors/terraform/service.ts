import { ask } from "../../core/ask";
import { isPlain } from "../../core/defaults";
import { configInvalid } from "../../core/errors";
import { traceOf } from "../../core/failure";
import { type ProviderConfig, providerConfig } from "../../core/provider-config";
import { holdsUnknown, type Issue, validate } from "../../core/validate";
import type { Hosts } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import { UNKNOWN } from "../../schema/field";
import { type ObjectShape, objectShape } from "../../schema/shape";
import type { Catalog } from "../catalog";
import type { Operations } from "../operations";
import type { Redactor } from "../redactor";
import { marked } from "../secrets";
import type { Attribute } from "./attributes";
import { diagnosticOf, refusalOf, warningOf } from "./diagnostics";
import * as errors from "./errors";
import { Keys } from "./keys";
import type { Log } from "./log";
import * as messages from "./messages";
import { type Planned, type Private, ResourceCalls, readPrivate, type Surroundings, writePrivate } from "./resource-calls";
import { type DataSource, ID_FIELD, providerSchema, type ResourceType, STATE_VERSION, typesOf } from "./schema";
import { checkTimeouts, timeoutOf } from "./timeouts";
import { upgraded } from "./upgrade";
import { decodeJsonState, decodeValue, encodeValue, type Values } from "./values";
import { asGiven, checkWriteOnly, withWriteOnly } from "./write-only";

type Request<F extends (buffer: Buffer) => unknown> = ReturnType<F>;

/** The provider protocol, one method per call; each takes a request as messages.ts reads it and gives the bytes of the answer. */
export class Service {
  private readonly types: ReturnType<typeof typesOf>;
  private hosts: Hosts | undefined;
  /** Hosts that the configuration names but does not describe yet; all of them where it does not even name them. */
  private unknownHosts: ReadonlySet<string> | "all" = new Set();

  constructor(
    private readonly catalog: Catalog,
    private readonly operations: Operations,
    private readonly redactor: Redactor,
    private readonly log: Log,
  ) {
    this.types = typesOf({ ...catalog, config: providerConfig });
  }

  getProviderSchema(): Buffer {
    return messages.schemaResponse(providerSchema(this.types));
  }

  getMetadata(): Buffer {
    return messages.metadataResponse(providerSchema(this.types));
  }

  validateProviderConfig(request: Request<typeof messages.configRequest>): Buffer {
    const { attributes } = this.types.provider;
    return messages.diagnosticsResponse(
      2,
      this.diagnosed("read the provider's configuration", () => {
        const { values = {}, strays } = this.configured(attributes, request.config);
        return this.refusals(attributes, [...strays, ...validate({ inputs: providerConfig }, values)]);
      }),
    );
  }

  configure(request: Request<typeof messages.configureRequest>): Buffer {
    return messages.diagnosticsResponse(
      1,
      this.diagnosed("configure the provider", () => {
        const { values = {}, strays } = this.configured(this.types.provider.attributes, request.config);
        this.learn(objectShape(providerConfig), values);
        const [first] = [...strays, ...validate({ inputs: providerConfig }, values)];
        if (first !== undefined) throw configInvalid(first);
        this.hosts?.close();
        this.hosts = this.catalog.createHosts(this.known(values));
        return [];
      }),
    );
  }

  /** The part of the configuration that is known by now: a host that is still to be created is described later. */
  private known(values: Values): ProviderConfig {
    const { hosts, ...rest } = values;
    if (holdsUnknown(rest) || hosts === UNKNOWN) {
      this.unknownHosts = "all";
      return {};
    }
    const entries = isPlain(hosts) ? Object.entries(hosts) : [];
    this.unknownHosts = new Set(entries.filter(([, entry]) => holdsUnknown(entry)).map(([name]) => name));
    return { ...rest, hosts: Object.fromEntries(entries.filter(([, entry]) => !holdsUnknown(entry))) } as ProviderConfig;
  }

  validateResource(request: Request<typeof messages.validateResourceRequest>): Buffer {
    return messages.diagnosticsResponse(
      1,
      this.diagnosed(`validate ${request.typeName}`, () => {
        const type = this.resource(request.typeName);
        const { values = {}, strays } = this.configured(type.attributes, request.config);
        const shape = objectShape(type.definition.inputs);
        const given = withWriteOnly(shape, values);
        this.learn(shape, values);
        this.learn(shape, given);
        const { writeOnlyAttributes } = messages.clientCapabilities(request.clientCapabilities ?? Buffer.alloc(0));
        const issues = validate(type.definition, this.calls(type, []).inputsOf(given));
        return this.refusals(type.attributes, [
          ...strays,
          ...checkWriteOnly(shape, values, writeOnlyAttributes),
          ...issues.map((issue) => ({ ...issue, path: asGiven(shape, values, issue.path) })),
          ...checkTimeouts(values),
        ]);
      }),
    );
  }

  validateData(request: Request<typeof messages.validateRequest>): Buffer {
    return messages.diagnosticsResponse(
      1,
      this.diagnosed(`validate ${request.typeName}`, () => {
        const { definition, schema } = this.dataSource(request.typeName);
        const { values = {}, strays } = this.configured(schema.attributes, request.config);
        return this.refusals(schema.attributes, [...strays, ...validate(definition, values)]);
      }),
    );
  }

  /** Called for every resource of every state, whatever its version: a state file's JSON becomes a value of the schema. */
  upgrade(request: Request<typeof messages.upgradeRequest>): Buffer {
    let state: Uint8Array | undefined;
    const diagnostics = this.diagnosed(`read the state of ${request.typeName}`, () => {
      const { attributes } = this.resource(request.typeName);
      if (request.version > STATE_VERSION) throw errors.stateFromLater(request.typeName, request.version, STATE_VERSION);
      state = encodeValue(attributes, upgraded(attributes, request.version, messages.rawState(request.rawState ?? Buffer.alloc(0))));
      return [];
    });
    return messages.upgradeResponse(state, diagnostics);
  }

  async read(request: Request<typeof messages.readRequest>, caller: AbortSignal): Promise<Buffer> {
    const diagnostics: messages.Diagnostic[] = [];
    const current = bytesOf(request.currentState);
    let state = current;
    await this.attempt(`read ${request.typeName}`, diagnostics, async () => {
      const type = this.resource(request.typeName);
      const values = this.decoded(type.attributes, request.currentState);
      if (values === undefined) return;
      const found = await this.calls(type, diagnostics, caller).read(values, readPrivate(request.private));
      state = encodeValue(type.attributes, found);
    });
    return messages.readResponse(state, diagnostics, request.private);
  }

  async plan(request: Request<typeof messages.planRequest>, caller: AbortSignal): Promise<Buffer> {
    const diagnostics: messages.Diagnostic[] = [];
    let planned: Planned | undefined;
    let state: Uint8Array | undefined;
    await this.attempt(`plan ${request.typeName}`, diagnostics, async () => {
      const type = this.resource(request.typeName);
      const { values: configured, strays } = this.configured(type.attributes, request.config);
      diagnostics.push(...this.refusals(type.attributes, strays));
      if (strays.length > 0) return;
      if (configured === undefined) {
        state = encodeValue(type.attributes, undefined);
        return;
      }
      const prior = this.decoded(type.attributes, request.priorState);
      planned = await this.calls(type, diagnostics, caller).plan(configured, prior, readPrivate(request.priorPrivate));
      const like = holdsUnknown(configured) ? bytesOf(request.config) : undefined;
      state = encodeValue(type.attributes, planned.values, like);
    });
    return messages.planResponse({
      state,
      requiresReplace: planned?.requiresReplace ?? [],
      private: planned === undefined ? request.priorPrivate : writePrivate(planned.private),
      diagnostics,
    });
  }

  /** After an error, the state is what is there: nothing, what was there before, or the part that was made. */
  async apply(request: Request<typeof messages.applyRequest>, caller: AbortSignal): Promise<Buffer> {
    const diagnostics: messages.Diagnostic[] = [];
    const type = this.resource(request.typeName);
    const prior = this.decoded(type.attributes, request.priorState);
    const planned = this.decoded(type.attributes, request.plannedState);
    const configured = this.decoded(type.attributes, request.config) ?? {};
    const memory: Private = readPrivate(request.plannedPrivate) ?? { mark: "" };
    const doing = planned === undefined ? "delete" : prior === undefined ? "create" : "update";
    let after = prior;
    await this.attempt(`${doing} ${request.typeName}${idOf(prior)}`, diagnostics, async () => {
      const calls = this.calls(type, diagnostics, caller);
      if (planned === undefined) {
        if (prior !== undefined) await calls.delete(prior, memory);
        after = undefined;
        return;
      }
      const settled = await (prior === undefined
        ? calls.create(planned, configured, memory)
        : calls.update(planned, prior, configured, memory));
      after = settled.values;
      if (settled.failure !== undefined) throw settled.failure;
    });
    return messages.applyResponse(encodeValue(type.attributes, after), diagnostics, request.plannedPrivate);
  }

  /** Only the ID; what it is of, the read says that Terraform does next. */
  import(request: Request<typeof messages.importRequest>): Buffer {
    let state: Uint8Array | undefined;
    const diagnostics = this.diagnosed(`import ${request.typeName}`, () => {
      const { attributes, definition } = this.resource(request.typeName);
      const parts = request.id.split("/");
      const wanted = definition.importId.split("/").length;
      if (parts.length < wanted || parts.some((part) => part === ""))
        throw errors.importIdMalformed(request.typeName, request.id, definition.importId);
      state = encodeValue(attributes, { [ID_FIELD]: request.id });
      return [];
    });
    return messages.importResponse(request.typeName, state, diagnostics);
  }

  async readData(request: Request<typeof messages.validateRequest>, caller: AbortSignal): Promise<Buffer> {
    const diagnostics: messages.Diagnostic[] = [];
    let state: Uint8Array | undefined;
    await this.attempt(`read ${request.typeName}`, diagnostics, async () => {
      const { definition, schema } = this.dataSource(request.typeName);
      const shape = objectShape(definition.inputs);
      const { values: config = {}, strays } = this.configured(schema.attributes, request.config);
      this.learn(shape, config);
      diagnostics.push(...this.refusals(schema.attributes, strays));
      if (strays.length > 0) return;
      const inputs = Object.fromEntries(Object.entries(config).filter(([key]) => shape.fields.has(key)));
      const result = await ask(definition, () => this.context(request.typeName, "", 0, diagnostics, caller), inputs);
      if (result.refused) diagnostics.push(...this.refusals(schema.attributes, result.refused));
      else state = encodeValue(schema.attributes, { ...inputs, ...result.answer }, bytesOf(request.config));
    });
    return messages.dataResponse(state, diagnostics);
  }

  /** Ctrl-C: what waits is given up, what is in flight comes to its end or is undone; the calls answer when that is done. */
  stop(): Buffer {
    this.operations.cancel();
    return messages.stopResponse("");
  }

  close(): void {
    this.operations.cancel();
    this.hosts?.close();
  }

  private resource(name: string): ResourceType {
    const type = this.types.resources.get(name);
    if (type === undefined) throw errors.unknownType(name);
    return type;
  }

  private dataSource(name: string): DataSource {
    const source = this.types.dataSources.get(name);
    if (source === undefined) throw errors.unknownType(name);
    return source;
  }

  private calls(type: ResourceType, diagnostics: messages.Diagnostic[], caller?: AbortSignal): ResourceCalls {
    const around: Surroundings = {
      context: (mark, operation, values) => {
        this.learn(objectShape(type.definition.inputs), values);
        return this.context(type.name, mark, timeoutOf(values, operation), diagnostics, caller);
      },
      reachable: ({ host, connection }) => {
        if (isPlain(connection) && connection.address !== undefined) return true;
        return this.unknownHosts === "all" ? host === undefined : !this.unknownHosts.has(String(host));
      },
    };
    return new ResourceCalls(type, around);
  }

  private context(name: string, mark: string, timeoutSeconds: number, diagnostics: messages.Diagnostic[], caller?: AbortSignal): Context {
    if (this.hosts === undefined) throw errors.notConfigured(name);
    return {
      hosts: this.hosts,
      owner: `Terraform in ${process.cwd()} (${name}${mark === "" ? "" : `, mark ${mark}`})`,
      signal: this.operations.signal(timeoutSeconds, caller),
      status: (message) => this.log.debug(this.redactor.say(message)),
      warn: (message) => diagnostics.push(this.said(warningOf(message))),
    };
  }

  private decoded(attributes: readonly Attribute[], value: Uint8Array | undefined, keys?: Keys): Values | undefined {
    if (value === undefined) return undefined;
    const { msgpack, json } = messages.dynamicValue(Buffer.from(value));
    if (msgpack !== undefined && msgpack.length > 0) return decodeValue(attributes, msgpack, keys);
    return json === "" ? undefined : decodeJsonState(attributes, json, keys);
  }

  /** A configuration, and keys of it that nothing else refuses. */
  private configured(
    attributes: readonly Attribute[],
    value: Uint8Array | undefined,
  ): { readonly values: Values | undefined; readonly strays: readonly Issue[] } {
    const keys = new Keys(attributes);
    return { values: this.decoded(attributes, value, keys), strays: keys.strays };
  }

  private learn(shape: ObjectShape, values: Values): void {
    this.redactor.learn(values, marked(shape, values));
  }

  private refusals(attributes: readonly Attribute[], issues: readonly Issue[]): messages.Diagnostic[] {
    return issues.map((issue) => this.said(refusalOf(attributes, issue)));
  }

  private diagnosed(doing: string, work: () => messages.Diagnostic[]): messages.Diagnostic[] {
    try {
      return work();
    } catch (error) {
      return [this.failure(error, doing)];
    }
  }

  private async attempt(doing: string, diagnostics: messages.Diagnostic[], work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      diagnostics.push(this.failure(error, doing));
    }
  }

  /** Our own faults leave their stack in the log. */
  private failure(error: unknown, doing: string): messages.Diagnostic {
    const trace = traceOf(error);
    if (trace !== undefined) this.log.debug(this.redactor.say(trace));
    return this.said(diagnosticOf(error, doing, this.operations.cancelled));
  }

  private said(diagnostic: messages.Diagnostic): messages.Diagnostic {
    return { ...diagnostic, summary: this.redactor.say(diagnostic.summary), detail: this.redactor.say(diagnostic.detail ?? "") };
  }
}

function idOf(values: Values | undefined): string {
  return values === undefined ? "" : ` ${String(values[ID_FIELD])}`;
}

/** The msgpack inside a value, to be sent back as it came. */
function bytesOf(value: Uint8Array | undefined): Uint8Array {
  return messages.dynamicValue(Buffer.from(value ?? [])).msgpack ?? Uint8Array.of(0xc0);
}
