import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import type { Host } from "../../host/session/host";
import type { ConnectionFields, Hosts } from "../../host/session/hosts";
import { withArguments } from "../../shell/program";
import { quote } from "../../shell/quote";
import { OUTPUT_LIMITS } from "../../ssh/connection";
import * as errors from "../errors";
import { program } from "./program";

/**
 * Where files for installers are put: this machine, or one reached over SSH. All is done by its own shell and core tools, as root on a
 * machine reached over SSH (so a web server's folder need not belong to the login user, which SFTP would ask for), and the same scripts run in both places.
 */
export interface Server {
  /** The server's name in errors. */
  readonly name: string;
  /** Runs a shell script with `input` on its stdin; gives what it printed. Rejects when it fails. `purpose` is for errors: "copying kernel.rpm". */
  run(script: string, purpose: string, options?: RunOptions): Promise<string>;
}

export interface RunOptions {
  readonly input?: string | Readable;
  readonly signal?: AbortSignal;
  /** Default two minutes. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 120_000;

/** This machine, as the user csp runs as. */
export const localServer: Server = {
  name: "this machine",
  run(script, purpose, { input, signal, deadlineMs = DEADLINE_MS } = {}) {
    return new Promise((resolve, reject) => {
      const limit = AbortSignal.timeout(deadlineMs);
      const child = spawn("sh", ["-c", script], { signal: signal === undefined ? limit : AbortSignal.any([signal, limit]) });
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      let broken: unknown;
      let printed = 0;
      const collect = (chunks: Buffer[]) => (chunk: Buffer) => {
        printed += chunk.length;
        if (printed <= OUTPUT_LIMITS.listing) chunks.push(chunk);
        else if (broken === undefined) {
          broken = `it printed more than ${OUTPUT_LIMITS.listing / 1024 / 1024} MiB`;
          child.kill();
          // What it has started may hold the pipes open.
          for (const pipe of [child.stdout, child.stderr]) pipe.destroy();
        }
      };
      child.stdout.on("data", collect(stdout));
      child.stderr.on("data", collect(stderr));
      child.on("error", (error) => reject(errors.serverStep("this machine", purpose, error.message)));
      child.on("close", (code) => {
        if (input instanceof Readable) input.destroy();
        if (broken !== undefined) return reject(errors.serverStep("this machine", purpose, String(broken)));
        if (code === 0) resolve(Buffer.concat(stdout).toString("utf8"));
        else reject(errors.serverStep("this machine", purpose, Buffer.concat(stderr).toString("utf8")));
      });
      // A script that ends before it has read everything says why by its status.
      child.stdin.on("error", () => {});
      if (input instanceof Readable) {
        input.on("error", (error) => {
          broken = error;
          child.kill();
        });
        input.pipe(child.stdin);
      } else child.stdin.end(input ?? "");
    });
  },
};

/** A machine of the inventory. */
export function sshServer(host: Host): Server {
  return {
    name: host.name,
    async run(script, purpose, { input, signal, deadlineMs = DEADLINE_MS } = {}) {
      try {
        const process = await host.start(script, { purpose, signal, deadlineMs, prints: "listing" });
        // Its end is heard below; while input is still going out, a write says it first.
        process.result.catch(() => {});
        if (input instanceof Readable) for await (const chunk of input) await process.write(chunk as Buffer);
        else if (input !== undefined && input !== "") await process.write(input);
        process.end();
        const { code, stdout, stderr } = await process.result;
        if (code !== 0) throw errors.serverStep(host.name, purpose, stderr || stdout);
        return stdout;
      } finally {
        // One that was never read from would report its own troubles to nobody.
        if (input instanceof Readable) input.on("error", () => {}).destroy();
      }
    },
  };
}

/** What stands for the machine csp runs on, where a server is named. */
export const THIS_MACHINE = "localhost";

/** By name: "localhost" without a `connection` is this machine, anything else a machine of the provider's `hosts`. */
export function openServer(hosts: Hosts, name: string, connection?: ConnectionFields): Server {
  return name === THIS_MACHINE && connection === undefined ? localServer : sshServer(hosts.get(name, connection));
}

/** The text of a file; undefined when there is none. */
export async function readFile(server: Server, path: string, signal?: AbortSignal): Promise<string | undefined> {
  const text = await server.run(withArguments(program("read-file.sh"), path), `reading ${path}`, { signal });
  return text === "" ? undefined : text.slice("there\n".length);
}

/** Writes a file, its folders included, so that a reader sees the old content or the new one. */
export async function writeFile(
  server: Server,
  path: string,
  content: string,
  options: { readonly mode?: string; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const folder = path.replace(/\/[^/]*$/, "") || "/";
  const script = withArguments(program("write-file.sh"), path, folder, options.mode ?? "644");
  await server.run(script, `writing ${path}`, { input: content, signal: options.signal });
}

/** Writes what comes to a file, when all of it has come: what is there is the old content or has this sum. */
export async function receiveFile(
  server: Server,
  path: string,
  sha256: string,
  purpose: string,
  options: RunOptions & { readonly input: Readable },
): Promise<void> {
  await server.run(withArguments(program("receive-file.sh"), path, sha256), purpose, options);
}

/** Removes a file; nothing happens when there is none. */
export async function removeFile(server: Server, path: string, signal?: AbortSignal): Promise<void> {
  await server.run(`rm -f ${quote(path)}`, `removing ${path}`, { signal });
}
