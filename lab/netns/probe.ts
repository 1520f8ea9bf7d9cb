/** Tests with real packets what gets through the network. */
import { randomInt } from "node:crypto";
import { Agent, type RunningJob } from "./agent-process";
import { LabErrors } from "./errors";
import { type DhcpMessage, dhcp, readDhcp } from "./frames";
import type { Endpoint } from "./lab";

export type Verdict = "passed" | "blocked";

export interface Flow {
  /** Endpoints: "web-1", "web-1/1" for a second interface, "office". */
  readonly from: string;
  readonly to: string;
  /** A number is a raw IP protocol. Default tcp. */
  readonly proto?: "tcp" | "udp" | "icmp" | "arp" | number;
  /** For tcp and udp. */
  readonly port?: number;
  /** Default 4. */
  readonly family?: 4 | 6;
  /** Default: the endpoints' first addresses of the family. A target address must be the receiver's own. */
  readonly sourceAddress?: string;
  readonly targetAddress?: string;
  readonly sourcePort?: number;
  /** After how many milliseconds without an answer a flow counts as blocked. Default: 300. */
  readonly timeoutMs?: number;
}

export interface FlowReport {
  /**
   * tcp, icmp and arp pass if the answer came back; udp and raw protocols if the receiver saw the packet. The verdict is "blocked" only if the packet was
   * seen to leave the sender and (for tcp, udp) the receiver's port was seen to answer locally; otherwise the flow throws.
   */
  readonly verdict: Verdict;
  /** The receiver got the packet. */
  readonly seen: boolean;
  /** The sender got the answer. */
  readonly replied: boolean;
  /** What an ICMP error or a reset said, if the packet was rejected and not only dropped. */
  readonly rejected: string | null;
  readonly elapsedMs: number;
}

export interface StreamOptions extends Omit<Flow, "proto"> {
  /** Default 5. */
  readonly intervalMs?: number;
  /** Each packet comes from another port, so that each counts as a new flow. Default: false. */
  readonly fresh?: boolean;
  /** Default: until stopped. */
  readonly count?: number;
}

export interface StreamReport {
  readonly sent: number;
  /** How many were not sent, because the sender's interface was down. */
  readonly refused: number;
  /** When each packet was sent, in Unix seconds; null if it was not sent. */
  readonly sentAt: readonly (number | null)[];
  /** Numbers of the packets that arrived, and when. */
  readonly received: readonly number[];
  readonly receivedAt: readonly number[];
}

/** One frame of a {@link Probe.volley}. */
export interface Shot {
  readonly from: string;
  readonly frame: Buffer;
  /** Bytes of the frame by which it is also recognized if it was tagged, rewritten or put into another frame. */
  readonly marker?: Buffer | string;
}

export interface Volley {
  /** For each shot, the endpoints that received exactly this frame, and those that received a frame with its marker. */
  readonly hits: readonly { readonly exact: readonly string[]; readonly marked: readonly string[] }[];
  /** Every frame that each watched endpoint received meanwhile, whoever sent it. */
  readonly heard: Readonly<Record<string, readonly Buffer[]>>;
}

export interface Lease {
  readonly address: string;
  readonly serverIp: string;
}

/** Sends real packets between a lab's endpoints. Any number of calls may run at once. */
export class Probe {
  private started: Agent | undefined;

  constructor(private readonly find: (name: string) => Endpoint) {}

  /** Tries one flow as a program would: "passed" or "blocked", or an error if it cannot decide. */
  async flow(flow: Flow): Promise<Verdict> {
    return (await this.flowReport(flow)).verdict;
  }

  /** The same as {@link flow}, with what was seen where. */
  async flowReport(flow: Flow): Promise<FlowReport> {
    return (await this.agent.run("flow", describe(flow), this.addressed(flow, { timeoutMs: 300 }))) as unknown as FlowReport;
  }

  /** Tries many flows, at most 16 at a time, so that none looks blocked only because it waits for a processor. Verdicts are in the given order. */
  async matrix(flows: readonly Flow[]): Promise<Verdict[]> {
    const verdicts: Verdict[] = new Array(flows.length);
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < flows.length) {
        const index = next++;
        verdicts[index] = await this.flow(flows[index] as Flow);
      }
    };
    await Promise.all(Array.from({ length: Math.min(16, flows.length) }, lane));
    return verdicts;
  }

  /** Sends a frame unchanged from an endpoint, and says which of `watch` received exactly this one. It waits 200 ms by default for those that do not. */
  async inject(frame: Buffer, from: string, watch: readonly string[], timeoutMs = 200): Promise<string[]> {
    const { received } = (await this.agent.run("inject", `frame from ${from}`, {
      from: this.find(from),
      watch: watch.map((name) => this.find(name)),
      frames: [frame.toString("hex")],
      timeoutMs,
    })) as { received: Record<string, number[]> };
    return watch.filter((name) => (received[name] ?? []).length > 0);
  }

  /**
   * Sends many frames at once, in their order, each from its own endpoint, and says what every watched endpoint received. It waits once, until none of
   * them has arrived for `waitMs` (default 200). It recognizes a frame by its exact bytes, including VLAN tags; equal frames count as one.
   */
  async volley(shots: readonly Shot[], watch: readonly string[], waitMs = 200): Promise<Volley> {
    for (const [index, { frame, marker }] of shots.entries()) {
      if (marker !== undefined && !frame.includes(marker)) {
        throw LabErrors.probeFailed("volley", `frame ${index} does not hold its marker`);
      }
    }
    const report = (await this.agent.run("volley", `volley of ${shots.length} frames`, {
      from: [...new Set(shots.map(({ from }) => from))].map((name) => this.find(name)),
      watch: watch.map((name) => this.find(name)),
      shots: shots.map(({ from, frame, marker }) => ({
        from,
        frame: frame.toString("hex"),
        marker: marker === undefined ? "" : Buffer.from(marker).toString("hex"),
      })),
      waitMs,
    })) as { exact: string[][]; marked: string[][]; heard: Record<string, string[]> };
    const inOrder = (names: readonly string[] = []): string[] => watch.filter((name) => names.includes(name));
    return {
      hits: shots.map((_, index) => ({ exact: inOrder(report.exact[index]), marked: inOrder(report.marked[index]) })),
      heard: Object.fromEntries(Object.entries(report.heard).map(([name, all]) => [name, all.map((frame) => Buffer.from(frame, "hex"))])),
    };
  }

  /** Calls back with every frame that an endpoint receives, until the returned job is cancelled. It listens from the moment when this resolves. */
  sniff(at: string, onFrame: (frame: Buffer) => void): Promise<RunningJob> {
    return this.agent.startReady("sniff", `capture at ${at}`, { at: this.find(at) }, (event) =>
      onFrame(Buffer.from(String(event.frame), "hex")),
    );
  }

  /** A steady stream of UDP packets. `stop` ends it and says which packets arrived. With a count, `result` settles by itself. */
  async stream(options: StreamOptions): Promise<{ readonly result: Promise<StreamReport>; stop(): Promise<StreamReport> }> {
    const { intervalMs = 5, fresh, count, ...flow } = options;
    const fields = { ...this.addressed({ ...flow, proto: "udp" }, {}), intervalMs, fresh, count };
    const job = await this.agent.startReady("stream", `stream of ${describe({ ...flow, proto: "udp" })}`, fields);
    return { result: job.result as unknown as Promise<StreamReport>, stop: () => job.cancel() as unknown as Promise<StreamReport> };
  }

  /** Opens a TCP connection that stays open; undefined if it does not succeed within the timeout (default 500 ms). */
  async connect(flow: Omit<Flow, "proto">): Promise<Connection | undefined> {
    const { agent } = this;
    const what = `connection ${describe(flow)}`;
    const job = agent.start("connect", what, this.addressed({ ...flow, proto: "tcp" }, { timeoutMs: 500 }));
    const opened = (await job.result) as { connected: boolean; localPort: number };
    if (!opened.connected) {
      return undefined;
    }
    return {
      localPort: opened.localPort,
      say: async (timeoutMs = 300) => Boolean((await agent.run("say", what, { connection: job.id, timeoutMs })).echoed),
      close: async () => {
        await agent.run("hang-up", what, { connection: job.id });
      },
    };
  }

  /** Keeps an echo server open at an endpoint until the returned job is cancelled. */
  listen(at: string, proto: "tcp" | "udp", port: number, family: 4 | 6 = 4): Promise<RunningJob> {
    return this.agent.startReady("listen", `${proto} port ${port} at ${at}`, {
      at: this.find(at),
      proto,
      port,
      family,
      address: family === 6 ? "::" : "0.0.0.0",
    });
  }

  /** Answers DHCPDISCOVER and DHCPREQUEST at an endpoint with one address, until the returned job is cancelled. */
  async dhcpServer(at: string, offer: { readonly address: string; readonly serverIp?: string }): Promise<RunningJob> {
    const { mac } = this.find(at);
    const serverIp = offer.serverIp ?? this.addressOf(at, 4);
    return this.sniff(at, (frame) => {
      const question = readDhcp(frame);
      if (question?.kind === "discover" || (question?.kind === "request" && question.serverIp === serverIp)) {
        const kind = question.kind === "discover" ? "offer" : "ack";
        const answer = dhcp({
          kind,
          from: mac,
          clientMac: question.clientMac,
          transaction: question.transaction,
          address: offer.address,
          serverIp,
        });
        // When the agent ends, the server ends too, and nobody waits for its last answer.
        this.inject(answer, at, [], 0).catch(() => undefined);
      }
    });
  }

  /** Asks for a lease as a booting guest would; undefined if no server answered within the timeout (default 500 ms). */
  async dhcpClient(at: string, timeoutMs = 500): Promise<Lease | undefined> {
    const { mac } = this.find(at);
    const transaction = randomInt(2 ** 32);
    let answered: (message: DhcpMessage | undefined) => void = () => undefined;
    const job = await this.sniff(at, (frame) => {
      const message = readDhcp(frame);
      if (message?.transaction === transaction) {
        answered(message);
      }
    });
    const ask = async (kind: "discover" | "request", address?: string, serverIp?: string): Promise<DhcpMessage | undefined> => {
      const wanted = kind === "discover" ? "offer" : "ack";
      let timer: NodeJS.Timeout | undefined;
      const answer = new Promise<DhcpMessage | undefined>((resolve) => {
        timer = setTimeout(resolve, timeoutMs, undefined);
        answered = (message) => message?.kind === wanted && resolve(message);
      });
      await this.inject(dhcp({ kind, from: mac, clientMac: mac, transaction, address, serverIp }), at, [], 0);
      try {
        return await answer;
      } finally {
        clearTimeout(timer);
      }
    };
    try {
      const offer = await ask("discover");
      const ack = offer && (await ask("request", offer.address, offer.serverIp));
      return ack && { address: ack.address, serverIp: ack.serverIp ?? "" };
    } finally {
      await job.cancel();
    }
  }

  /** Empties a host's connection table: what comes next is new. */
  async forget(host: string): Promise<void> {
    await this.agent.run("forget", `connection table of ${host}`, { at: this.find(host) });
  }

  async close(): Promise<void> {
    await this.started?.close();
    this.started = undefined;
  }

  private get agent(): Agent {
    this.started ??= new Agent();
    return this.started;
  }

  private addressed(flow: Flow, defaults: { readonly timeoutMs?: number }): Record<string, unknown> {
    const family = flow.family ?? 4;
    return {
      from: this.find(flow.from),
      to: this.find(flow.to),
      proto: flow.proto ?? "tcp",
      port: flow.port ?? 0,
      family,
      source: flow.sourceAddress ?? this.addressOf(flow.from, family),
      target: flow.targetAddress ?? this.addressOf(flow.to, family),
      sourcePort: flow.sourcePort ?? 0,
      timeoutMs: flow.timeoutMs ?? defaults.timeoutMs,
    };
  }

  private addressOf(name: string, family: 4 | 6): string {
    const match = this.find(name).addresses.find((address) => address.includes(":") === (family === 6));
    if (match === undefined) {
      throw LabErrors.probeFailed(name, `it has no IPv${family} address`);
    }
    return match.split("/")[0] ?? "";
  }
}

/** A TCP connection to an echo server, kept open. */
export interface Connection {
  readonly localPort: number;
  /** Sends something and waits for its echo; false if none came within the timeout (default 300 ms). */
  say(timeoutMs?: number): Promise<boolean>;
  close(): Promise<void>;
}

function describe(flow: Flow): string {
  const port = flow.port === undefined ? "" : ` port ${flow.port}`;
  return `${flow.proto ?? "tcp"}${port} over IPv${flow.family ?? 4} from ${flow.from} to ${flow.to}`;
}
