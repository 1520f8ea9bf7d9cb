/**
 * A provider with csp's resources that does nothing at all. It shows what a run of the engine costs by itself. apply.ts bundles it, and the engine starts
 * it like csp.
 */
import { Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { widenFlow } from "../provider/doors/flow-window";
import { entriesBut } from "../provider/doors/pulumi/codec";
import { BYTES, Reader, Writer } from "../provider/doors/wire";

const bytes = (buffer: Buffer) => buffer;

function fields(request: Buffer): Map<number, Buffer> {
  const reader = new Reader(request);
  const found = new Map<number, Buffer>();
  while (!reader.done) {
    const { field, type } = reader.tag();
    if (type === BYTES) found.set(field, reader.bytes());
    else reader.skip(type);
  }
  return found;
}

function answer(write: (writer: Writer) => void): Buffer {
  const writer = new Writer();
  write(writer);
  return writer.finish();
}

const flags = (...numbers: number[]) =>
  answer((writer) => {
    for (const field of numbers) writer.bool(field, true);
  });

const inputsBack = (from: number, to: number) => (request: Buffer) =>
  answer((w) => w.bytes(to, fields(request).get(from) ?? Buffer.alloc(0)));

/** Inputs that csp does not repeat among its outputs. */
const INPUT_ONLY = new Set(["groups", "guests", "interfaces", "ingress", "egress", "peerGroups"]);

const outputs = (from: number, request: Buffer) => Buffer.concat(entriesBut(fields(request).get(from) ?? Buffer.alloc(0), INPUT_ONLY));

const CALLS: Readonly<Record<string, (request: Buffer) => Buffer>> = {
  Handshake: () => flags(1, 2, 3),
  GetPluginInfo: () => answer((w) => w.string(1, "0.1.0")),
  CheckConfig: inputsBack(3, 1),
  DiffConfig: () => answer((w) => w.uint(4, 1)),
  Configure: () => flags(1, 2),
  Check: inputsBack(3, 1),
  Diff: () => answer((w) => w.uint(4, 1)),
  Create: (request) =>
    answer((w) => {
      w.string(1, "made");
      w.bytes(2, outputs(2, request));
    }),
  Update: (request) => answer((w) => w.bytes(1, outputs(4, request))),
  Delete: () => Buffer.alloc(0),
  Cancel: () => Buffer.alloc(0),
};

const server = new Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
const handlers: UntypedServiceImplementation = {};
const definition = Object.fromEntries(
  Object.entries(CALLS).map(([name, call]) => {
    handlers[name] = ((request: { request: Buffer }, done: (error: null, value: Buffer) => void) =>
      done(null, call(request.request))) as never;
    const path = `/pulumirpc.ResourceProvider/${name}`;
    const codec = { requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes };
    return [name, { path, requestStream: false, responseStream: false, ...codec }];
  }),
);
server.addService(definition, handlers);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error !== null) throw error;
  widenFlow(server);
  process.stdout.write(`${port}\n`);
});
