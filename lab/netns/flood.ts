/** A flood: packets of many kinds, sent all the time while something happens to the guests that they come from and go to. */
import { randomBytes } from "node:crypto";
import { Agent } from "./agent-process";
import { LabErrors } from "./errors";
import type { Endpoint } from "./lab";

/** The length of the tag at the end of a flood's frames, by which receivers recognize them; see agent/flood.py. */
const TAG_BYTES = 18;
/**
 * The source port that a fresh stream's frame must have at first. The sender then counts up, through 50,000 ports. Destination ports should be lower,
 * because a packet between the two ends of an earlier flow would count as an answer to that flow.
 */
export const FRESH_PORT = 10_000;
/** Where the source port of a UDP packet is in a frame without a VLAN tag. */
const SOURCE_PORT_AT = { 4: 34, 6: 54 } as const;

export interface FloodStream {
  readonly name: string;
  /** The endpoint that sends. It may be off, frozen or without its device for a while; the stream continues when it can. */
  readonly from: string;
  /** Makes the frame. `tag` must be its last bytes, and every checksum must include it. An ARP frame has just enough room for it as padding. */
  readonly frame: (tag: Buffer) => Buffer;
  /** Frames a second. Default 1000. */
  readonly perSecond?: number;
  /** UDP over this family, made with {@link FRESH_PORT}: each packet comes from another source port, and so is the first of a flow. Default: the frame as it is. */
  readonly fresh?: 4 | 6;
  /** The endpoint that notes the time at which every frame arrives. A frame may also arrive elsewhere, if a switch floods it. */
  readonly timedAt?: string;
}

export interface StreamCount {
  readonly name: string;
  readonly sent: number;
  /** The number of attempts for which the sender had no device, or its device was down. */
  readonly refused: number;
  /** The number of frames that arrived, by endpoint. Endpoints that are not listed received none. */
  readonly received: Readonly<Record<string, number>>;
  /** Unix milliseconds, for timed streams. */
  readonly receivedAt: readonly number[];
}

export interface RunningFlood {
  /** When the first frame of a timed stream arrived after a moment, both in Unix milliseconds; undefined if none arrived within the time. */
  arrival(stream: string, after: number, timeoutMs: number): Promise<number | undefined>;
  /** Ends it, and counts. Throws if a receiver was too slow to hear everything, because its counts then mean nothing. */
  stop(): Promise<StreamCount[]>;
}

/** Sends floods from its own process. Before the first frame, receivers begin to listen on every device of every endpoint's namespace. */
export class Flooder {
  private agent: Agent | undefined;

  constructor(private readonly endpoints: readonly Endpoint[]) {}

  async start(streams: readonly FloodStream[]): Promise<RunningFlood> {
    this.agent ??= new Agent();
    const own = randomBytes(8);
    const specs = streams.map(({ name, from, frame, perSecond = 1000, fresh, timedAt }, index) => {
      // The flood, the stream, number 0 and its complement. If ports change, the port's complement comes before them.
      const tag = Buffer.alloc(TAG_BYTES + (fresh === undefined ? 0 : 2));
      own.copy(tag, tag.length - TAG_BYTES);
      tag.writeUInt16BE(index, tag.length - 10);
      tag.fill(0xff, tag.length - 4);
      if (fresh !== undefined) {
        tag.writeUInt16BE(FRESH_PORT ^ 0xffff);
      }
      const bytes = frame(tag);
      const portAt = fresh && SOURCE_PORT_AT[fresh];
      if (!bytes.subarray(-tag.length).equals(tag) || (portAt !== undefined && bytes.readUInt16BE(portAt) !== FRESH_PORT)) {
        throw LabErrors.probeFailed(`flood ${name}`, "its frame does not end with the tag, or has another source port");
      }
      return { from: this.find(from), frame: bytes.toString("hex"), perSecond, timedAt: timedAt?.split("/")[0], portAt };
    });
    const ends = this.endpoints.filter((end, index, all) => all.findIndex(({ namespace }) => namespace === end.namespace) === index);
    const job = await this.agent.startReady("flood", "flood", { streams: specs, ends });
    const { agent } = this;
    return {
      arrival: async (stream, after, timeoutMs) => {
        const index = streams.findIndex(({ name }) => name === stream);
        const question = { flood: job.id, stream: index, after: after / 1000, timeoutMs };
        const { at } = (await agent.run("arrival", `arrival of ${stream}`, question)) as { at: number | null };
        return at === null ? undefined : at * 1000;
      },
      stop: async () => {
        const report = (await job.cancel()) as unknown as { overrun: number; streams: Omit<StreamCount, "name">[] };
        if (report.overrun > 0) {
          throw LabErrors.probeFailed("flood", `the receivers missed ${report.overrun} frames`);
        }
        return report.streams.map((count, index) => ({
          ...count,
          name: streams[index]?.name ?? "",
          receivedAt: count.receivedAt.map((seconds) => seconds * 1000),
        }));
      },
    };
  }

  async close(): Promise<void> {
    await this.agent?.close();
    this.agent = undefined;
  }

  private find(name: string): Endpoint {
    const found = this.endpoints.find((end) => end.name === name);
    if (found === undefined) {
      throw LabErrors.unknown(
        "endpoint",
        name,
        this.endpoints.map((end) => end.name),
      );
    }
    return found;
  }
}
