import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { KeptDeclaration } from "../../host/records/declaration";
import * as errors from "../errors";
import { readFile, removeFile, type Server, writeFile } from "./server";

/** One file of those a resource has on a server. */
export interface PublishedFile {
  readonly content: string;
  /** As chmod takes it. Default "644". */
  readonly mode?: string;
}

/** What stands beside the files, hidden, without secrets: who put them there and why. */
export interface PublicationRecord {
  /** "project/stack name (csp:install:Answerfile)". */
  readonly owner: string;
  readonly declaration: unknown;
  /** SHA-256 by path. */
  readonly files: Readonly<Record<string, string>>;
}

/** A few text files that belong to one resource, and its record. */
export class PublishedFiles {
  /** `record`: where the record is kept. */
  constructor(
    private readonly server: Server,
    private readonly record: string,
  ) {}

  /** The record of a single file: "/srv/www/hv-01.xml" has "/srv/www/.hv-01.xml.csp". */
  static of(server: Server, path: string): PublishedFiles {
    return new PublishedFiles(server, posix.join(posix.dirname(path), `.${posix.basename(path)}.csp`));
  }

  /** Undefined where nothing was published. */
  async look(signal?: AbortSignal): Promise<PublicationRecord | undefined> {
    const text = await readFile(this.server, this.record, signal);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as PublicationRecord;
    } catch {
      throw errors.recordUnreadable(this.server.name, this.record);
    }
  }

  /** What an import finds: the record; undefined where there is nothing. Refuses files of `paths` that nobody recorded. */
  async find(paths: readonly string[], signal?: AbortSignal): Promise<PublicationRecord | undefined> {
    const record = await this.look(signal);
    if (record !== undefined) return record;
    for (const path of paths)
      if ((await readFile(this.server, path, signal)) !== undefined) throw errors.fileUnrecorded(this.server.name, path);
    return undefined;
  }

  /** Refuses what is somebody else's: another resource's files, and, for a new resource, files that nobody recorded. */
  async admit(owner: string, paths: readonly string[], fresh: boolean, signal?: AbortSignal): Promise<void> {
    const record = await this.look(signal);
    if (record !== undefined) {
      if (record.owner !== owner && fresh) throw errors.filesOwned(this.server.name, paths[0] ?? this.record, record.owner);
      return;
    }
    if (!fresh) return;
    for (const path of paths)
      if ((await readFile(this.server, path, signal)) !== undefined) throw errors.fileInTheWay(this.server.name, path);
  }

  /** Writes the files and then the record; what an earlier record names and is no longer wanted goes. Read back and compared. */
  async put(owner: string, declaration: KeptDeclaration, files: ReadonlyMap<string, PublishedFile>, signal?: AbortSignal): Promise<void> {
    const before = await this.look(signal);
    // First the record, so that files of a run that dies are known to be ours.
    const names = { ...before?.files, ...Object.fromEntries([...files].map(([path, { content }]) => [path, sumOf(content)])) };
    await this.write({ owner, declaration, files: names }, signal);
    for (const [path, { content, mode }] of files) {
      await writeFile(this.server, path, content, { signal, ...(mode === undefined ? {} : { mode }) });
      if ((await readFile(this.server, path, signal)) !== content) throw errors.writtenOtherwise(this.server.name, path);
    }
    const stale = Object.keys(names).filter((path) => !files.has(path));
    for (const path of stale) await removeFile(this.server, path, signal);
    if (stale.length > 0)
      await this.write(
        { owner, declaration, files: Object.fromEntries(Object.entries(names).filter(([path]) => files.has(path))) },
        signal,
      );
  }

  /** What is there now of the recorded files; undefined for one that is gone. */
  async read(record: PublicationRecord, signal?: AbortSignal): Promise<ReadonlyMap<string, string | undefined>> {
    const paths = Object.keys(record.files);
    return new Map(await Promise.all(paths.map(async (path) => [path, await readFile(this.server, path, signal)] as const)));
  }

  async remove(signal?: AbortSignal): Promise<void> {
    const record = await this.look(signal);
    for (const path of Object.keys(record?.files ?? {})) await removeFile(this.server, path, signal);
    await removeFile(this.server, this.record, signal);
  }

  private async write(record: PublicationRecord, signal?: AbortSignal): Promise<void> {
    await writeFile(this.server, this.record, `${JSON.stringify(record)}\n`, { signal, mode: "600" });
  }
}

function sumOf(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Where two texts part, in words: "line 3 is ... instead of ...". Undefined when they are the same. `hide`: lines nobody should read. */
export function firstDifference(
  path: string,
  wanted: string,
  actual: string | undefined,
  hide: (line: string) => boolean = () => false,
): string | undefined {
  if (actual === undefined) return `${path} is gone`;
  if (actual === wanted) return undefined;
  const [before, after] = [wanted.split("\n"), actual.split("\n")];
  const index = before.findIndex((line, place) => line !== after[place]);
  const at = index < 0 ? before.length : index;
  const word = (line: string | undefined) =>
    line === undefined ? "missing" : hide(line) ? "another" : JSON.stringify(line.length > 80 ? `${line.slice(0, 79)}…` : line);
  return `${path}: line ${at + 1} is ${word(after[at])} instead of ${word(before[at])}`;
}
