import { Client, credentials } from "@grpc/grpc-js";
import { type LogEntry, logRequest } from "./messages";

/**
 * The engine's log: the only way to a user's eyes, as a plugin's own output is hidden. Messages of one resource keep their order; of the
 * status lines only the newest waits while one is on its way.
 */
export class EngineLog {
  private client: Client | undefined;
  private readonly waiting = new Map<string, LogEntry>();
  private readonly sending = new Set<string>();
  private readonly inFlight = new Set<Promise<void>>();

  constructor(
    private readonly address: string | undefined,
    private readonly redact: (text: string) => string,
  ) {}

  log(severity: LogEntry["severity"], message: string, urn = ""): void {
    this.send({ severity, message, urn, ephemeral: false });
  }

  /** The resource's status line; replaced by the next. */
  status(message: string, urn: string): void {
    const entry: LogEntry = { severity: "info", message, urn, ephemeral: true };
    if (this.sending.has(urn)) {
      this.waiting.set(urn, entry);
      return;
    }
    this.sending.add(urn);
    void this.send(entry).finally(() => {
      this.sending.delete(urn);
      const next = this.waiting.get(urn);
      this.waiting.delete(urn);
      if (next !== undefined) this.status(next.message, urn);
    });
  }

  /** Resolves when everything said so far has arrived: an answer must not overtake what was said before it. */
  async flush(): Promise<void> {
    await Promise.allSettled([...this.inFlight]);
  }

  close(): void {
    this.client?.close();
    this.client = undefined;
  }

  private send(entry: LogEntry): Promise<void> {
    if (this.address === undefined) return Promise.resolve();
    this.client ??= new Client(this.address, credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
      "grpc.max_send_message_length": -1,
    });
    const client = this.client;
    const bytes = logRequest({ ...entry, message: this.redact(entry.message) });
    const sent = new Promise<void>((resolve) => {
      client.makeUnaryRequest(
        "/pulumirpc.Engine/Log",
        (value: Buffer) => value,
        () => undefined,
        bytes,
        // Nobody is left to tell when the engine does not take a message.
        () => resolve(),
      );
    });
    this.inFlight.add(sent);
    void sent.finally(() => this.inFlight.delete(sent));
    return sent;
  }
}
