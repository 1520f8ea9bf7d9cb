/**
 * A Terraform provider with csp's schema that does nothing at all. It shows what a run of Terraform costs by itself, with a provider that is a Node
 * program. It returns every state unchanged, and every plan is the state. It reads its schema from the file beside it.
 */
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Server, ServerCredentials, type ServerWritableStream, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { selfSigned } from "../provider/doors/terraform/certificate";
import { handshakeLine } from "../provider/doors/terraform/handshake";
import { BYTES, Reader, Writer } from "../provider/doors/wire";

function field(message: Buffer, number: number): Buffer {
  const reader = new Reader(message);
  while (!reader.done) {
    const { field: own, type } = reader.tag();
    if (own === number && type === BYTES) return reader.bytes();
    reader.skip(type);
  }
  return Buffer.alloc(0);
}

function message(number: number, content: Buffer): Buffer {
  const writer = new Writer();
  writer.bytes(number, content);
  return writer.finish();
}

const nothing = () => Buffer.alloc(0);
const schema = readFileSync(join(__dirname, "schema.bin"));

const CALLS: Readonly<Record<string, (request: Buffer) => Buffer>> = {
  GetProviderSchema: () => schema,
  ValidateProviderConfig: nothing,
  ValidateResourceConfig: nothing,
  ConfigureProvider: nothing,
  StopProvider: nothing,
  // Returns the state file's JSON unchanged.
  UpgradeResourceState: (request) => message(1, message(2, field(field(request, 3), 1))),
  ReadResource: (request) => message(1, field(request, 2)),
  PlanResourceChange: (request) => message(1, field(request, 2)),
};

const bytes = (buffer: Buffer) => buffer;
const codec = { requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes };
const unary = (path: string) => ({ path, requestStream: false, responseStream: false, ...codec });

const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
for (const [name, answer] of Object.entries(CALLS)) {
  const handler = (call: { request: Buffer }, send: (error: null, value: Buffer) => void) => send(null, answer(call.request));
  server.addService({ [name]: unary(`/tfplugin6.Provider/${name}`) }, { [name]: handler } as unknown as UntypedServiceImplementation);
}
let output: ServerWritableStream<Buffer, Buffer> | undefined;
const stdio = { ...unary("/plugin.GRPCStdio/StreamStdio"), responseStream: true };
server.addService({ StreamStdio: stdio }, {
  StreamStdio: (call: ServerWritableStream<Buffer, Buffer>) => {
    output = call;
  },
} as unknown as UntypedServiceImplementation);
server.addService({ Shutdown: unary("/plugin.GRPCController/Shutdown") }, {
  Shutdown: (_: unknown, send: (error: null, value: Buffer) => void) => {
    send(null, nothing());
    output?.end();
    setTimeout(() => process.exit(0), 10);
  },
} as unknown as UntypedServiceImplementation);

const own = selfSigned();
const socket = join(mkdtempSync(join(tmpdir(), "csp-noop-")), "s");
const pair = { cert_chain: Buffer.from(own.pem), private_key: Buffer.from(own.privateKeyPem) };
const secure = ServerCredentials.createSsl(Buffer.from(process.env.PLUGIN_CLIENT_CERT ?? ""), [pair], true);
process.on("SIGINT", () => {});
server.bindAsync(`unix:${socket}`, secure, () => process.stdout.write(`${handshakeLine(socket, own.der)}\n`));
