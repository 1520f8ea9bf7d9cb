import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
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
import { type Certificate, selfSigned } from "./certificate";
import { Log } from "./log";
import * as messages from "./messages";
import type { Service } from "./service";

export interface ServeOptions {
  /** The one client's certificate, in PEM; without it anybody who can open the socket is served, and nothing is encrypted. */
  readonly clientCertificate?: string;
  /** Where the socket's folder goes. Default: the system's temporary folder. */
  readonly socketParent?: string;
  /** Called when the client has asked to end, or is gone. */
  readonly onEnd: () => void;
  readonly catalog?: () => Promise<Catalog>;
}

export interface Serving {
  readonly socket: string;
  readonly certificate: Certificate | undefined;
  /** Lets go of everything, the socket's folder included. */
  stop(): void;
}

type Handler = (service: Service, request: never, caller: AbortSignal) => Buffer | Promise<Buffer>;

/** The protocol's calls that csp answers; the server itself says UNIMPLEMENTED to the others. */
const CALLS: Readonly<Record<string, readonly [read: (buffer: Buffer) => unknown, handle: Handler]>> = {
  GetMetadata: [messages.emptyRequest, (service) => service.getMetadata()],
  GetProviderSchema: [messages.emptyRequest, (service) => service.getProviderSchema()],
  ValidateProviderConfig: [messages.configRequest, (service, request) => service.validateProviderConfig(request)],
  ValidateResourceConfig: [messages.validateResourceRequest, (service, request) => service.validateResource(request)],
  ValidateDataResourceConfig: [messages.validateRequest, (service, request) => service.validateData(request)],
  UpgradeResourceState: [messages.upgradeRequest, (service, request) => service.upgrade(request)],
  ConfigureProvider: [messages.configureRequest, (service, request) => service.configure(request)],
  ReadResource: [messages.readRequest, (service, request, caller) => service.read(request, caller)],
  PlanResourceChange: [messages.planRequest, (service, request, caller) => service.plan(request, caller)],
  ApplyResourceChange: [messages.applyRequest, (service, request, caller) => service.apply(request, caller)],
  ImportResourceState: [messages.importRequest, (service, request) => service.import(request)],
  ReadDataSource: [messages.validateRequest, (service, request, caller) => service.readData(request, caller)],
  StopProvider: [messages.emptyRequest, (service) => service.stop()],
};

/** What terraform-plugin-go allows as well (tf6server). */
const LARGEST_MESSAGE = 256 * 1024 * 1024;

/** Serves the provider protocol on a socket of its own. Answers before anything heavy is loaded. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const operations = new Operations();
  const log = new Log();
  let loading: Promise<Service> | undefined;
  const service = () => {
    loading ??= (async () => {
      const { Service, productCatalog } = await import("./core");
      return new Service(await (options.catalog ?? productCatalog)(), operations, new Redactor(), log);
    })();
    return loading;
  };

  const server = new Server({ "grpc.max_receive_message_length": LARGEST_MESSAGE, "grpc.max_send_message_length": LARGEST_MESSAGE });
  const definition: Record<string, ServiceDefinition[string]> = {};
  const handlers: UntypedServiceImplementation = {};
  for (const [name, [read, handle]] of Object.entries(CALLS)) {
    definition[name] = methodOf(`/tfplugin6.Provider/${name}`, read);
    const handler: handleUnaryCall<never, Buffer> = (call: ServerUnaryCall<never, Buffer>, answer: sendUnaryData<Buffer>) => {
      const caller = new Caller(call);
      void (async () => {
        try {
          const bytes = await handle(await service(), call.request, caller.signal);
          caller.answered();
          answer(null, bytes);
        } catch (error) {
          log.error(printable(error instanceof Error ? (error.stack ?? error.message) : String(error)));
          caller.answered();
          answer({ code: 13, details: printable(`csp met an error of its own: ${error instanceof Error ? error.message : error}`) });
        }
      })();
    };
    handlers[name] = handler as UntypedServiceImplementation[string];
  }
  server.addService(definition, handlers);
  addPluginServices(server, options.onEnd);

  const folder = mkdtempSync(join(options.socketParent ?? tmpdir(), "csp-terraform-"));
  const socket = join(folder, "provider.sock");
  const certificate = options.clientCertificate === undefined ? undefined : selfSigned();
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${socket}`, credentials(options.clientCertificate, certificate), (error) =>
      error === null ? resolve() : reject(error),
    );
  });
  widenFlow(server);
  return {
    socket,
    certificate,
    stop: () => {
      operations.cancel();
      void loading?.then((started) => started.close());
      server.forceShutdown();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Both sides show a certificate, and each takes that one of the other and no further. */
function credentials(clientCertificate: string | undefined, own: Certificate | undefined): ServerCredentials {
  if (clientCertificate === undefined || own === undefined) return ServerCredentials.createInsecure();
  const pair = { cert_chain: Buffer.from(own.pem), private_key: Buffer.from(own.privateKeyPem) };
  return ServerCredentials.createSsl(Buffer.from(clientCertificate), [pair], true);
}

/**
 * What go-plugin itself asks of a plugin. The stream for output stays open and silent until the end: a client waits for its end before it
 * takes the plugin for gone. The broker's is of no use here but to notice that the client is gone.
 */
function addPluginServices(server: Server, onEnd: () => void): void {
  const outputs = new Set<ServerWritableStream<unknown, Buffer>>();
  const unary = (path: string, answer: () => Buffer, then?: () => void) => ({
    definition: methodOf(path, (buffer) => buffer),
    handler: (_call: unknown, send: sendUnaryData<Buffer>) => {
      send(null, answer());
      then?.();
    },
  });
  const shutdown = unary(
    "/plugin.GRPCController/Shutdown",
    () => Buffer.alloc(0),
    () => {
      for (const output of outputs) output.end();
      // After the answer has gone out.
      setTimeout(onEnd, 10);
    },
  );
  server.addService({ Shutdown: shutdown.definition }, { Shutdown: shutdown.handler });
  // HealthCheckResponse: SERVING.
  const check = unary("/grpc.health.v1.Health/Check", () => Buffer.of(0x08, 0x01));
  server.addService({ Check: check.definition }, { Check: check.handler });
  server.addService(
    { StreamStdio: { ...methodOf("/plugin.GRPCStdio/StreamStdio", (buffer) => buffer), responseStream: true } },
    { StreamStdio: (call: ServerWritableStream<unknown, Buffer>) => void outputs.add(call) },
  );
  server.addService(
    { StartStream: { ...methodOf("/plugin.GRPCBroker/StartStream", (buffer) => buffer), requestStream: true, responseStream: true } },
    {
      StartStream: (call: ServerDuplexStream<Buffer, Buffer>) => {
        call.on("data", () => {});
        call.on("end", () => call.end());
        call.on("error", () => {});
        call.on("cancelled", onEnd);
      },
    },
  );
}

function methodOf(path: string, read: (buffer: Buffer) => unknown): ServiceDefinition[string] {
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestDeserialize: read,
    requestSerialize: unused,
    responseSerialize: (bytes: Buffer) => bytes,
    responseDeserialize: unused,
  };
}

function unused(): never {
  throw new Error("the server side of a call does not do this");
}
