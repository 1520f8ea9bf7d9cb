import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { XenLabErrors } from "./errors";
import type { XenHost } from "./host";

/** A program that sends and receives packets on request; guest/agent.pl lists the requests. */
export interface Agent {
  /** Returns the words of the answer. Throws if the agent cannot do it. */
  ask(...request: readonly (string | number)[]): Promise<string>;
  close(): Promise<void>;
}

/** The agent in a guest, reached over its console through dom0, so that no firewall is in between. */
export class GuestAgent implements Agent {
  constructor(
    private readonly host: XenHost,
    private readonly guest: string,
  ) {}

  async ask(...request: readonly (string | number)[]): Promise<string> {
    const { code, stdout, stderr } = await this.host.exec(`guest-call 120 ${this.guest} ${request.join(" ")}`);
    if (code !== 0) throw XenLabErrors.noAnswer(this.guest, request.join(" ").slice(0, 80), stderr || stdout);
    return stdout.trim();
  }

  async close(): Promise<void> {}
}

/** The same program in a network namespace of this machine. */
export class OutsideAgent implements Agent {
  private child: ChildProcess | undefined;
  private readonly waiting = new Map<string, (answer: string) => void>();

  constructor(
    private readonly name: string,
    private readonly namespace: string,
  ) {}

  ask(...request: readonly (string | number)[]): Promise<string> {
    const child = this.started();
    const id = randomBytes(6).toString("hex");
    return new Promise((resolve, reject) => {
      this.waiting.set(id, (answer) => {
        const [, verdict, words = ""] = /^(ok|error) ?(.*)$/.exec(answer) ?? [];
        if (verdict === "ok") resolve(words);
        else reject(XenLabErrors.noAnswer(this.name, request.join(" ").slice(0, 80), words || answer));
      });
      child.stdin?.write(`${id} ${request.join(" ")}\n`);
    });
  }

  private started(): ChildProcess {
    if (this.child !== undefined) return this.child;
    const child = spawn("ip", ["netns", "exec", this.namespace, "perl", join(__dirname, "guest/agent.pl")], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.child = child;
    child.stdin?.on("error", () => undefined);
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      const [, id = "", answer = ""] = /^@([0-9a-f]+) (.*)$/.exec(line) ?? [];
      this.waiting.get(id)?.(answer);
      this.waiting.delete(id);
    });
    child.on("close", () => {
      for (const tell of this.waiting.values()) tell("error the agent ended");
      this.waiting.clear();
      this.child = undefined;
    });
    return child;
  }

  async close(): Promise<void> {
    const { child } = this;
    if (child === undefined) return;
    await new Promise((resolve) => {
      child.once("close", resolve);
      child.stdin?.end();
    });
  }
}
