import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import type { KeptDeclaration } from "../../host/records/declaration";
import { type ProgramName, withArguments } from "../../shell/program";
import { quote } from "../../shell/quote";
import * as errors from "../errors";
import type { MediaFile } from "../repository/media";
import { program } from "./program";
import type { RunOptions, Server } from "./server";

/** What a server has on record of a published tree. */
export interface PublishedRecord {
  /** What was declared; its maker's business. */
  readonly declaration: unknown;
  /** SHA-256 by path. */
  readonly files: Readonly<Record<string, string>>;
  /** What its maker knows of the files, kept for the next look. */
  readonly contents: unknown;
}

export interface Published {
  readonly owner: string;
  readonly record: PublishedRecord | undefined;
  /** Whether the path is a tree of ours, something else, or nothing (an empty folder is nothing). */
  readonly path: "ours" | "foreign" | "none";
}

export interface PublishOptions {
  readonly signal: AbortSignal;
  readonly status: (message: string) => void;
}

/** How many files are under way at a time; half of what sshd lets one connection do. */
const AT_ONCE = 4;
/** The slowest line, in bytes a millisecond, before an upload is given up. */
const SLOWEST = 50;
const LONG_MS = 600_000;

/**
 * A tree of files on a server, at one path, changed as a whole. What the server holds of it at PATH:
 *   NAME                 each file and folder at the tree's top: a symbolic link to .csp/current/NAME
 *   .csp/current         a symbolic link to the published tree, and the one thing that a publication changes, by one rename
 *   .csp/trees/ID/...    trees of hard links to objects; those before are kept for who still reads them, for as long as an installation takes
 *   .csp/objects/SUM     every file once, under its SHA-256; SUM.part while it arrives
 *   .csp/owner           who publishes here, written first; .csp/made when csp made PATH itself
 *   .csp/record          the tree's declaration and list, in JSON
 *   .csp/stamp           when all was as recorded: what changed after it, by its ctime, is looked at again
 * PATH is a folder and no link because NFS servers refuse to mount a link (seen of nfs-ganesha 4.3, MNT3ERR_ACCES), and the links are relative and
 * stay below PATH because an NFS client follows them in what it has mounted. What others put at PATH is theirs.
 */
export class PublishedTree {
  private readonly path: string;

  constructor(
    private readonly server: Server,
    path: string,
  ) {
    this.path = path.replace(/\/+$/, "");
  }

  /** Runs a program of this folder on the tree: its path is the first argument. */
  private run(name: ProgramName<typeof program>, words: readonly string[], purpose: string, options: RunOptions): Promise<string> {
    return this.server.run(withArguments(program(name), this.path, ...words), purpose, options);
  }

  async look(signal: AbortSignal): Promise<Published> {
    const { path } = this;
    const output = await this.run("look.sh", [], `looking at ${path}`, { signal });
    const [kind = "", owner = ""] = output.split("\n", 2);
    const record = output.slice(kind.length + owner.length + 2);
    return { path: kind as Published["path"], owner, record: record === "" ? undefined : parseRecord(record, this.server.name, path) };
  }

  /** Refuses a path that somebody else has. `fresh`: nothing is to be there yet, but for what this owner left half-done. */
  async admit(owner: string, signal: AbortSignal, fresh: boolean): Promise<Published> {
    const found = await this.look(signal);
    if (found.path === "foreign") throw errors.pathTaken(this.server.name, this.path);
    if (fresh && found.owner !== "" && found.owner !== owner) throw errors.treeOwned(this.server.name, this.path, found.owner);
    return found;
  }

  /** Publishes. What the server has already is not sent again; what was half sent goes on where it stopped. Gives the paths whose content was sent. */
  async publish(
    owner: string,
    files: ReadonlyMap<string, MediaFile>,
    record: Pick<PublishedRecord, "contents"> & { readonly declaration: KeptDeclaration },
    { signal, status }: PublishOptions,
  ): Promise<Set<string>> {
    await this.run("prepare.sh", [], `making ${this.path}/.csp`, { input: `${owner}\n`, signal });
    const bySum = new Map([...files].map(([path, file]) => [file.sha256, { path, file }]));
    const missing = await this.missing(bySum.keys(), signal);
    await this.send(missing, bySum, { signal, status });

    status("putting the tree together");
    const tree = treeId(files);
    const list = [...files].map(([path, { sha256 }]) => `${sha256} ${path}\n`).join("");
    await this.run("assemble.sh", [tree], "putting the tree together", { input: list, signal, deadlineMs: LONG_MS });
    const sums = Object.fromEntries([...files].map(([path, { sha256 }]) => [path, sha256]));
    const text = JSON.stringify({ ...record, files: sums } satisfies PublishedRecord);
    // From here on it must not stop half-way because somebody else is impatient.
    signal.throwIfAborted();
    await this.run("switch.sh", [tree], `switching ${this.path}`, { input: `${text}\n`, deadlineMs: LONG_MS });
    return new Set([...files].filter(([, { sha256 }]) => missing.has(sha256)).map(([path]) => path));
  }

  /** The files that are published now: SHA-256 by path. Only what was touched since it was published is read again. */
  async read(record: PublishedRecord, signal: AbortSignal): Promise<Map<string, string>> {
    const output = await this.run("tree.sh", [], `reading ${this.path}`, { signal, deadlineMs: LONG_MS });
    const links = new Set<string>();
    const found = new Map<string, string>();
    for (const line of output.split("\n")) {
      const space = line.indexOf(" ");
      if (space < 0) continue;
      const [kind, path] = [line.slice(0, space), line.slice(space + 1)];
      if (kind === "link") links.add(path);
      // A file that nobody can come to is not there.
      else if (links.has(path.split("/", 1)[0] as string)) found.set(path, kind === "=" ? (record.files[path] ?? "unknown") : kind);
    }
    return found;
  }

  /** Where the published tree really is, below the path: ".csp/trees/ID". */
  async current(signal: AbortSignal): Promise<string> {
    const link = await this.server.run(`readlink ${quote(`${this.path}/.csp/current`)}`, `reading ${this.path}`, { signal });
    return `.csp/${link.trim()}`;
  }

  async remove(signal: AbortSignal): Promise<void> {
    await this.run("remove.sh", [], `removing ${this.path}`, { signal, deadlineMs: LONG_MS });
  }

  private async missing(sums: Iterable<string>, signal: AbortSignal): Promise<Map<string, number>> {
    const output = await this.run("missing.sh", [], `comparing ${this.path}`, {
      input: [...sums].map((sum) => `${sum}\n`).join(""),
      signal,
      deadlineMs: LONG_MS,
    });
    return new Map(
      output
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => line.split(" ") as [string, string])
        .map(([sum, part]) => [sum, Number(part)]),
    );
  }

  private async send(
    missing: ReadonlyMap<string, number>,
    bySum: ReadonlyMap<string, { readonly path: string; readonly file: MediaFile }>,
    { signal, status }: PublishOptions,
  ): Promise<void> {
    const queue = [...missing];
    const total = queue.reduce((bytes, [sum, part]) => bytes + (bySum.get(sum)?.file.size ?? 0) - part, 0);
    let sent = 0;
    let done = 0;
    const say = () => status(`copying to ${this.server.name}: ${done}/${missing.size} files, ${megabytes(sent)} of ${megabytes(total)}`);
    const work = async () => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [sum, part] = next;
        const { path, file } = bySum.get(sum) as { path: string; file: MediaFile };
        const rest = Math.max(0, file.size - part);
        await this.run("receive-object.sh", [sum], `copying ${path}`, {
          // More than all of it: then its sum is wrong, it is dropped, and the next run begins it anew.
          input: part > file.size ? "" : content(file, part),
          signal,
          deadlineMs: 60_000 + Math.ceil(rest / SLOWEST),
        });
        sent += rest;
        done++;
        say();
      }
    };
    if (missing.size > 0) say();
    // After a failure nothing new is begun, and what is under way ends first: it would go on behind an error otherwise.
    const stop = (error: unknown) => {
      queue.length = 0;
      throw error;
    };
    const outcomes = await Promise.allSettled(Array.from({ length: AT_ONCE }, () => work().catch(stop)));
    for (const outcome of outcomes) if (outcome.status === "rejected") throw outcome.reason;
  }
}

function content(file: MediaFile, from: number): string | Readable {
  if (file.source !== undefined) return createReadStream(file.source, { start: from, highWaterMark: 1 << 18 });
  return Buffer.from(file.text ?? "")
    .subarray(from)
    .toString("utf8");
}

/** New for every publication, so that a tree is never changed once it can be seen. */
function treeId(files: ReadonlyMap<string, MediaFile>): string {
  const hash = createHash("sha256");
  for (const [path, { sha256 }] of files) hash.update(`${sha256} ${path}\n`);
  return `${hash.digest("hex").slice(0, 16)}-${Date.now().toString(36)}`;
}

function parseRecord(text: string, server: string, path: string): PublishedRecord {
  try {
    return JSON.parse(text) as PublishedRecord;
  } catch (error) {
    throw errors.recordBroken(server, path, error);
  }
}

function megabytes(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(0)} MB`;
}
