import { credentials, Metadata, Server, ServerCredentials, type ServiceError } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import type { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";

export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
export const secret = (value: JavaScriptValue) => ({ [SIGNATURE]: "1b47061264138c4ac30d75fd1eb44270", value });

type Values = Record<string, JavaScriptValue>;
const struct = (values: Values) => Struct.fromJavaScript(values);
const plain = (from: Struct | undefined) => from?.toJavaScript();
export const urn = (type: string, name = "one") => `urn:pulumi:dev::shop::${type}::${name}`;

/** The engine's side of the protocol, by Pulumi's own generated stubs. */
export class EngineSide {
  private readonly client: ResourceProviderClient;

  constructor(port: number) {
    this.client = new ResourceProviderClient(`127.0.0.1:${port}`, credentials.createInsecure());
  }

  close(): void {
    this.client.close();
  }

  async handshake(engineAddress = "127.0.0.1:1"): Promise<pb.ProviderHandshakeResponse.AsObject> {
    const request = new pb.ProviderHandshakeRequest();
    request.setEngineAddress(engineAddress);
    return (await this.call<pb.ProviderHandshakeResponse>("handshake", request)).toObject();
  }

  async checkConfig(news: Values) {
    const request = new pb.CheckRequest();
    request.setUrn(urn("pulumi:providers:csp"));
    request.setNews(struct(news));
    const response = await this.call<pb.CheckResponse>("checkConfig", request);
    return { inputs: plain(response.getInputs()), failures: response.getFailuresList().map((failure) => failure.toObject()) };
  }

  async configure(args: Values = {}) {
    const request = new pb.ConfigureRequest();
    request.setArgs(struct(args));
    request.setAcceptsecrets(true);
    return (await this.call<pb.ConfigureResponse>("configure", request)).toObject();
  }

  async diffConfig(olds: Values, news: Values) {
    const request = new pb.DiffRequest();
    request.setOldInputs(struct(olds));
    request.setNews(struct(news));
    return (await this.call<pb.DiffResponse>("diffConfig", request)).toObject();
  }

  async schema(): Promise<string> {
    return (await this.call<pb.GetSchemaResponse>("getSchema", new pb.GetSchemaRequest())).getSchema();
  }

  async check(type: string, news: Values) {
    const request = new pb.CheckRequest();
    request.setUrn(urn(type));
    request.setNews(struct(news));
    const response = await this.call<pb.CheckResponse>("check", request);
    return { inputs: plain(response.getInputs()), failures: response.getFailuresList().map((failure) => failure.toObject()) };
  }

  async diff(type: string, oldInputs: Values, news: Values, ignoreChanges: string[] = []) {
    const request = new pb.DiffRequest();
    request.setUrn(urn(type));
    request.setId("id");
    request.setOlds(struct(oldInputs));
    request.setOldInputs(struct(oldInputs));
    request.setNews(struct(news));
    request.setIgnorechangesList(ignoreChanges);
    return (await this.call<pb.DiffResponse>("diff", request)).toObject();
  }

  async create(type: string, properties: Values, options: { preview?: boolean; timeout?: number } = {}) {
    const request = new pb.CreateRequest();
    request.setUrn(urn(type));
    request.setProperties(struct(properties));
    request.setPreview(options.preview ?? false);
    request.setTimeout(options.timeout ?? 0);
    const response = await this.call<pb.CreateResponse>("create", request);
    return { id: response.getId(), properties: plain(response.getProperties()), refreshBeforeUpdate: response.getRefreshBeforeUpdate() };
  }

  async read(type: string, id: string, inputs: Values = {}, properties: Values = {}) {
    const request = new pb.ReadRequest();
    request.setUrn(urn(type));
    request.setId(id);
    request.setInputs(struct(inputs));
    request.setProperties(struct(properties));
    const response = await this.call<pb.ReadResponse>("read", request);
    return { id: response.getId(), inputs: plain(response.getInputs()), properties: plain(response.getProperties()) };
  }

  async update(type: string, id: string, oldInputs: Values, news: Values, options: { preview?: boolean } = {}) {
    const request = new pb.UpdateRequest();
    request.setUrn(urn(type));
    request.setId(id);
    request.setOlds(struct(oldInputs));
    request.setOldInputs(struct(oldInputs));
    request.setNews(struct(news));
    request.setPreview(options.preview ?? false);
    return plain((await this.call<pb.UpdateResponse>("update", request)).getProperties());
  }

  async delete(type: string, id: string, inputs: Values): Promise<void> {
    const request = new pb.DeleteRequest();
    request.setUrn(urn(type));
    request.setId(id);
    request.setOldInputs(struct(inputs));
    request.setProperties(struct(inputs));
    await this.call<Empty>("delete", request);
  }

  async invoke(token: string, args: Values) {
    const request = new pb.InvokeRequest();
    request.setTok(token);
    request.setArgs(struct(args));
    const response = await this.call<pb.InvokeResponse>("invoke", request);
    return { result: plain(response.getReturn()), failures: response.getFailuresList().map((failure) => failure.toObject()) };
  }

  async cancel(): Promise<void> {
    await this.call<Empty>("cancel", new Empty());
  }

  async info(): Promise<string> {
    return (await this.call<{ getVersion(): string }>("getPluginInfo", new Empty())).getVersion();
  }

  private call<R>(method: string, request: unknown): Promise<R> {
    return new Promise((resolve, reject) => {
      const stub = (this.client as unknown as Record<string, (...args: unknown[]) => void>)[method];
      stub?.call(this.client, request, new Metadata(), (error: ServiceError | null, response: R) =>
        error === null ? resolve(response) : reject(error),
      );
    });
  }
}

/** What the engine does with an error that says that a resource exists in part. */
export function partOf(error: ServiceError): { id: string; properties: unknown; inputs: unknown; reasons: string[] } | undefined {
  const [details] = error.metadata.get("grpc-status-details-bin");
  if (details === undefined) return undefined;
  const [detail] = Status.deserializeBinary(details as Buffer).getDetailsList();
  const failed = detail?.unpack(pb.ErrorResourceInitFailed.deserializeBinary, "pulumirpc.ErrorResourceInitFailed");
  return failed === null || failed === undefined
    ? undefined
    : {
        id: failed.getId(),
        properties: plain(failed.getProperties()),
        inputs: plain(failed.getInputs()),
        reasons: failed.getReasonsList(),
      };
}

export interface Said {
  readonly severity: number;
  readonly message: string;
  readonly urn: string;
  readonly ephemeral: boolean;
}

/** An engine that only listens. */
export async function listeningEngine(): Promise<{ address: string; said: Said[]; close: () => void }> {
  const said: Said[] = [];
  const server = new Server();
  server.addService(EngineService, {
    log: (call: { request: LogRequest }, answer: (error: null, empty: Empty) => void) => {
      const { severity, message, urn: about, ephemeral } = call.request.toObject();
      said.push({ severity, message, urn: about, ephemeral });
      answer(null, new Empty());
    },
    getRootResource: () => {},
    setRootResource: () => {},
    startDebugging: () => {},
    requirePulumiVersion: () => {},
  } as never);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    ),
  );
  return { address: `127.0.0.1:${port}`, said, close: () => server.forceShutdown() };
}
