import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Client, credentials, Server, ServerCredentials } from "@grpc/grpc-js";
import { encode, type Values } from "../provider/doors/pulumi/codec";
import { BYTES, Reader, Writer } from "../provider/doors/wire";

export const PLUGIN = join(__dirname, "../dist/bin/pulumi-resource-csp");

const NO_LIMIT = { "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 };
/** gRPC for Go enlarges its window by itself when much data comes (grpc-go, internal/transport/bdp_estimator.go); this client needs a setting. */
const AS_THE_ENGINE = { ...NO_LIMIT, "grpc-node.flow_control_window": 1024 * 1024 };

/** The plugin as the engine runs it: its own process, called over gRPC, with an engine to log to. */
export class Plugin {
  private constructor(
    readonly process: ChildProcess,
    readonly port: number,
    private readonly client: Client,
    private readonly engine: Server,
  ) {}

  static async start(path = PLUGIN, environment: NodeJS.ProcessEnv = process.env): Promise<Plugin> {
    const { server, port } = await silentEngine();
    const child = spawn(path, [`127.0.0.1:${port}`], { stdio: ["ignore", "pipe", "inherit"], env: environment });
    const own = await new Promise<string>((resolve, reject) => {
      child.once("error", reject);
      child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    });
    return new Plugin(child, Number(own), new Client(`127.0.0.1:${own}`, credentials.createInsecure(), AS_THE_ENGINE), server);
  }

  call(method: string, request: Buffer): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        `/pulumirpc.ResourceProvider/${method}`,
        (bytes: Buffer) => bytes,
        (bytes: Buffer) => bytes,
        request,
        (error, answer) => (error === null ? resolve(answer ?? Buffer.alloc(0)) : reject(error)),
      );
    });
  }

  /** Resident memory in MB, now or (VmHWM) the maximum so far. */
  memory(which: "VmRSS" | "VmHWM" = "VmRSS"): number {
    const status = readFileSync(`/proc/${this.process.pid}/status`, "utf8");
    return Number(new RegExp(`${which}:\\s+(\\d+)`).exec(status)?.[1] ?? Number.NaN) / 1024;
  }

  async stop(): Promise<void> {
    await this.call("Cancel", Buffer.alloc(0)).catch(() => {});
    this.client.close();
    this.engine.forceShutdown();
    this.process.kill("SIGTERM");
  }
}

async function silentEngine(): Promise<{ server: Server; port: number }> {
  const server = new Server(NO_LIMIT);
  const bytes = (buffer: Buffer) => buffer;
  const log = { path: "/pulumirpc.Engine/Log", requestStream: false, responseStream: false };
  const codec = { requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes };
  server.addService(
    { Log: { ...log, ...codec } },
    { Log: (_: unknown, answer: (e: null, v: Buffer) => void) => answer(null, Buffer.alloc(0)) },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { server, port };
}

/** Bytes of a struct as the engine sends it. */
export function struct(values: Values): Buffer {
  return encode(asGoOrders(values) as Values, undefined);
}

/** In Go, a map with up to this number of entries is one group of slots (internal/runtime/maps). */
const GO_GROUP = 8;

/**
 * The engine puts an object's fields into a Go map, sorted, and writes them in the map's order, which differs every time. In a small map, this is the
 * order in which they came, beginning at a random slot; in a larger one, it is any order.
 */
function asGoOrders(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asGoOrders);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, entry]) => [key, asGoOrders(entry)] as const);
  if (entries.length > GO_GROUP) {
    const drawn = new Map(entries.map((entry) => [entry, Math.random()]));
    return Object.fromEntries(entries.sort((a, b) => (drawn.get(a) ?? 0) - (drawn.get(b) ?? 0)));
  }
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const first = Math.floor(Math.random() * GO_GROUP);
  return Object.fromEntries(first < sorted.length ? [...sorted.slice(first), ...sorted.slice(0, first)] : sorted);
}

/** A request by its field numbers. Its values are texts; numbers are not needed here. */
export function message(fields: Readonly<Record<number, string | Buffer | boolean>>): Buffer {
  const writer = new Writer();
  for (const [number, value] of Object.entries(fields)) {
    if (typeof value === "string") writer.string(Number(number), value);
    else if (typeof value === "boolean") writer.bool(Number(number), value);
    else writer.bytes(Number(number), value);
  }
  return writer.finish();
}

/** The first field of this number in an answer, as bytes. */
export function fieldOf(answer: Buffer, number: number): Buffer {
  const reader = new Reader(answer);
  while (!reader.done) {
    const { field, type } = reader.tag();
    if (field === number && type === BYTES) return reader.bytes();
    reader.skip(type);
  }
  throw new Error(`the answer has no field ${number}`);
}
