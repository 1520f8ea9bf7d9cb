import {
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { printable } from "../../printable";
import { Caller } from "../caller";
import type { Catalog } from "../catalog";
import { widenFlow } from "../flow-window";
import { Operations } from "../operations";
import { Redactor } from "../redactor";
import { EngineLog } from "./engine";
import type { Refusal } from "./errors";
import * as messages from "./messages";
import type { Service } from "./service";

export interface ServeOptions {
  /** The engine's own address, for its log; without it the engine tells with Attach or Handshake. */
  readonly engineAddress?: string;
  readonly catalog?: () => Promise<Catalog>;
}

export interface Serving {
  readonly port: number;
  /** Stops work in flight and lets go of everything. */
  stop(): void;
}

type Handler = (service: Service, request: never, caller: AbortSignal) => Buffer | Promise<Buffer>;

/** The protocol's calls that csp answers; the server itself says UNIMPLEMENTED to the others. */
const CALLS: Readonly<Record<string, readonly [read: (buffer: Buffer) => unknown, handle: Handler]>> = {
  GetSchema: [messages.getSchemaRequest, (service) => service.getSchema()],
  CheckConfig: [messages.checkRequest, (service, request) => service.checkConfig(request)],
  DiffConfig: [messages.diffRequest, (service, request) => service.diffConfig(request)],
  Configure: [messages.configureRequest, (service, request) => service.configure(request)],
  Check: [messages.checkRequest, (service, request) => service.check(request)],
  Diff: [messages.diffRequest, (service, request) => service.diff(request)],
  Create: [messages.createRequest, (service, request, caller) => service.create(request, caller)],
  Read: [messages.readRequest, (service, request, caller) => service.read(request, caller)],
  Update: [messages.updateRequest, (service, request, caller) => service.update(request, caller)],
  Delete: [messages.deleteRequest, (service, request, caller) => service.delete(request, caller)],
  Invoke: [messages.invokeRequest, (service, request, caller) => service.invoke(request, caller)],
  GetPluginInfo: [messages.emptyRequest, (service) => service.pluginInfo()],
};

/** One run of an engine: ends with Cancel. A server that is attached to (PULUMI_DEBUG_PROVIDERS) sees several, one after the other. */
class Session {
  readonly operations = new Operations();
  readonly redactor = new Redactor();
  readonly log: EngineLog;
  private loading: Promise<Service> | undefined;

  constructor(
    readonly engineAddress: string,
    private readonly catalog: (() => Promise<Catalog>) | undefined,
  ) {
    this.log = new EngineLog(engineAddress === "" ? undefined : engineAddress, (text) => this.redactor.say(text));
  }

  service(): Promise<Service> {
    this.loading ??= (async () => {
      const { Service, productCatalog } = await import("./core");
      return new Service(await (this.catalog ?? productCatalog)(), this.operations, this.log, this.redactor);
    })();
    return this.loading;
  }

  async refuse(error: unknown): Promise<Refusal> {
    try {
      return (await this.service()).refuse(error);
    } catch (unloadable) {
      return { code: 13, details: printable(`csp cannot be loaded: ${unloadable instanceof Error ? unloadable.message : unloadable}`) };
    }
  }

  async cancel(): Promise<Buffer> {
    this.operations.cancel();
    if (this.loading !== undefined) (await this.loading).cancel();
    return messages.empty();
  }
}

/** Serves the provider protocol on a port of the loopback. Answers Handshake before anything heavy is loaded. */
export async function serve(options: ServeOptions = {}): Promise<Serving> {
  const begin = (address: string) => new Session(address, options.catalog);
  let session = begin(options.engineAddress ?? "");
  const engineAt = (address: string) => {
    if (options.engineAddress !== undefined || address === "" || (address === session.engineAddress && !session.operations.cancelled))
      return;
    session.log.close();
    session = begin(address);
  };

  const definition: Record<string, ServiceDefinition[string]> = {};
  const handlers: UntypedServiceImplementation = {};
  const add = (
    name: string,
    read: (buffer: Buffer) => unknown,
    handle: (request: never, caller: AbortSignal) => Buffer | Promise<Buffer>,
  ) => {
    definition[name] = {
      path: `/pulumirpc.ResourceProvider/${name}`,
      requestStream: false,
      responseStream: false,
      requestDeserialize: read,
      requestSerialize: unused,
      responseSerialize: (bytes: Buffer) => bytes,
      responseDeserialize: unused,
    };
    const handler: handleUnaryCall<never, Buffer> = (call: ServerUnaryCall<never, Buffer>, answer: sendUnaryData<Buffer>) => {
      const caller = new Caller(call);
      void (async () => {
        try {
          const bytes = await handle(call.request, caller.signal);
          await session.log.flush();
          caller.answered();
          answer(null, bytes);
        } catch (error) {
          const refused = await session.refuse(error);
          await session.log.flush();
          const metadata = new Metadata();
          caller.answered();
          if (refused.status !== undefined) metadata.set("grpc-status-details-bin", refused.status);
          answer({ code: refused.code, details: refused.details, metadata });
        }
      })();
    };
    handlers[name] = handler as UntypedServiceImplementation[string];
  };

  add("Handshake", messages.handshakeRequest, (request: ReturnType<typeof messages.handshakeRequest>) => {
    engineAt(request.engineAddress);
    return messages.handshakeResponse({ acceptSecrets: true });
  });
  add("Attach", messages.attachRequest, (request: ReturnType<typeof messages.attachRequest>) => {
    engineAt(request.address);
    return messages.empty();
  });
  add("Cancel", messages.emptyRequest, () => session.cancel());
  for (const [name, [read, handle]] of Object.entries(CALLS))
    add(name, read, async (request, caller) => handle(await session.service(), request, caller));

  // A thousand guests are tens of megabytes.
  const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
  server.addService(definition, handlers);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  widenFlow(server);
  return {
    port,
    stop: () => {
      void session.cancel();
      session.log.close();
      server.forceShutdown();
    },
  };
}

function unused(): never {
  throw new Error("the server side of a call does not do this");
}
