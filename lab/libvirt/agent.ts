import { randomBytes } from "node:crypto";
import { createConnection } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Agent } from "../xen/agent";
import { LibvirtLabErrors } from "./errors";

/** How long an answer may take: the guest may still boot, emulated and perhaps on a busy machine. */
const PATIENCE_MS = 120_000;

/** The packet agent in a guest, reached over its console's socket on the host, so that no firewall is in between. */
export class ConsoleAgent implements Agent {
  constructor(
    private readonly guest: string,
    /** Where this machine sees the socket now: it moves with the guest. */
    private readonly socket: () => string,
  ) {}

  async ask(...request: readonly (string | number)[]): Promise<string> {
    const id = randomBytes(6).toString("hex");
    let problem = "no answer";
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(100)) {
      try {
        const answer = await this.once(id, request.join(" "));
        if (answer === undefined) continue;
        const [, verdict, words = ""] = /^(ok|error) ?(.*)$/.exec(answer) ?? [];
        if (verdict === "ok") return words;
        problem = words || answer;
        break;
      } catch (error) {
        problem = (error as Error).message;
      }
    }
    throw LibvirtLabErrors.noAnswer(this.guest, request.join(" ").slice(0, 80), problem);
  }

  async close(): Promise<void> {}

  /** One call over the console, which carries one at a time; undefined if nothing came. The agent does a request that comes twice once. */
  private once(id: string, request: string): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const line = createConnection(this.socket());
      let said = "";
      const timer = setInterval(() => line.write(`\n${id} ${request}\n`), 3000);
      const done = (answer?: string) => {
        clearInterval(timer);
        line.destroy();
        resolve(answer);
      };
      line.setTimeout(15_000, () => done());
      line.on("connect", () => line.write(`\n${id} ${request}\n`));
      line.on("error", (error) => {
        clearInterval(timer);
        reject(error);
      });
      line.on("close", () => done());
      line.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        const [, answer] = new RegExp(`@${id} ((?:ok|error)[^\\r\\n]*)\\r?\\n`).exec(said) ?? [];
        if (answer !== undefined) done(answer);
      });
    });
  }
}
