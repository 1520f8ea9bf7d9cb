import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import * as errors from "../errors";
import { describesOthers, type FileFacts } from "../repository/tree";

/** Where a reader that is the installer's own kind finds the tree: "http://192.0.2.1/xs56", "nfs://192.0.2.1/srv/xs56". */
export type Served = string;

export interface NotServed {
  readonly url: string;
  readonly problem: string;
  readonly remedy: string;
}

/** The installer's own patience is longer; a server of files that lets one wait so long is as good as down. */
const ANSWER_MS = 30_000;
const BODY_MS = 600_000;
const AT_ONCE = 4;
const STALE_MS = 90_000;
const ASK_AGAIN_MS = 3_000;

export interface ReadBack {
  readonly files: ReadonlyMap<string, Pick<FileFacts, "size" | "sha256">>;
  /** What is read whole, beside what describes the packages. */
  readonly fresh: ReadonlySet<string>;
  /** Where the tree really is, below the base: ".csp/trees/ID". */
  readonly current: string;
}

/**
 * Reads a published tree as an installer will, over HTTP or NFS, and compares: what describes the packages and what is fresh whole, of the rest
 * the length (HTTP). Over NFS files at the top are read by their names, and what is in folders where the tree really is: nfs-cat mounts a file's folder,
 * and not the repository as an installer does, and NFS servers refuse to mount a link. Stops at the first file that is not as it must be.
 */
export async function readBack(
  base: Served,
  { files, fresh, current }: ReadBack,
  signal: AbortSignal,
  status: (message: string) => void = () => {},
): Promise<NotServed | undefined> {
  const nfs = base.startsWith("nfs:");
  const queue = [...files].filter(([path]) => !nfs || fresh.has(path) || describesOthers(path));
  const total = queue.length;
  let done = 0;
  let found: NotServed | undefined;
  const work = async () => {
    for (let next = queue.shift(); next !== undefined && found === undefined; next = queue.shift()) {
      const [path, facts] = next;
      const url = fileUrl(base, nfs && path.includes("/") ? `${current}/${path}` : path);
      const problem = nfs
        ? await patiently(
            () => readNfs(url, facts, signal),
            signal,
            () => status(`waiting for ${base} to show the new tree`),
          )
        : fresh.has(path) || describesOthers(path)
          ? await getWhole(url, facts, signal)
          : await askLength(url, facts, signal);
      if (problem !== undefined) found ??= { url, problem, remedy: remedyFor(path, problem, nfs) };
      if (++done % 25 === 0) status(`reading back ${base}: ${done}/${total} files`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

/** The URL of a file below a base, whose query (NFS ports) stays at the end. */
export function fileUrl(base: Served, path: string): string {
  const [place = "", query] = base.split("?", 2);
  // libnfs takes a path as it stands.
  const rest = base.startsWith("nfs:") ? path : path.split("/").map(encodeURIComponent).join("/");
  return `${place.replace(/\/+$/, "")}/${rest}${query === undefined ? "" : `?${query}`}`;
}

/** Of nfs-cat's own (characters): the first line is shown. */
const MOST_WORDS = 10_000;

type Expected = Pick<FileFacts, "size" | "sha256">;

async function getWhole(url: string, { sha256, size }: Expected, signal: AbortSignal): Promise<string | undefined> {
  return overHttp(url, "GET", BODY_MS, signal, async (response) => {
    const hash = createHash("sha256");
    let length = 0;
    for await (const chunk of response.body ?? []) {
      hash.update(chunk as Uint8Array);
      length += (chunk as Uint8Array).length;
      if (length > size) return `more bytes came than the ${size} that it has`;
    }
    if (length !== size) return `${length} bytes came, and it has ${size}`;
    return hash.digest("hex") === sha256 ? undefined : "other content came than was published";
  });
}

async function askLength(url: string, { size }: Expected, signal: AbortSignal): Promise<string | undefined> {
  return overHttp(url, "HEAD", ANSWER_MS, signal, async (response) => {
    const length = response.headers.get("content-length");
    return length === null || Number(length) === size ? undefined : `it is said to have ${length} bytes, and has ${size}`;
  });
}

async function overHttp(
  url: string,
  method: "GET" | "HEAD",
  limitMs: number,
  signal: AbortSignal,
  check: (response: Response) => Promise<string | undefined>,
): Promise<string | undefined> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
    const response = await fetch(url, { method, signal: limit, headers: { "accept-encoding": "identity" } });
    if (response.ok) return await check(response);
    await response.body?.cancel();
    return `HTTP status ${response.status}`;
  } catch (error) {
    signal.throwIfAborted();
    const cause = (error as { cause?: { code?: string; message?: string } }).cause;
    return cause?.code ?? cause?.message ?? (error as Error).message;
  }
}

/**
 * An NFS server may follow a link that was changed to its old place for as long as it keeps what it knows of files (nfs-ganesha: a minute). Only what
 * was answered, and wrongly, is asked again.
 */
async function patiently(read: () => Promise<string | undefined>, signal: AbortSignal, waiting: () => void): Promise<string | undefined> {
  for (const began = Date.now(); ; ) {
    const problem = await read();
    const stale = problem !== undefined && / came|NOENT|STALE|Failed to open/.test(problem);
    if (!stale || Date.now() - began > STALE_MS) return problem;
    waiting();
    await sleep(ASK_AGAIN_MS, undefined, { signal });
  }
}

/** By libnfs, which speaks the protocol itself: no mount, no root. */
function readNfs(url: string, { sha256, size }: Expected, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn("nfs-cat", [url], { signal: AbortSignal.any([signal, AbortSignal.timeout(BODY_MS)]) });
    const hash = createHash("sha256");
    let length = 0;
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      hash.update(chunk);
      length += chunk.length;
    });
    child.stderr.on("data", (chunk: Buffer) => {
      if (output.length < MOST_WORDS) output += chunk.toString("utf8");
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") reject(errors.toolMissing("nfs-cat", "reading back over NFS", "libnfs-utils"));
      else if (signal.aborted) reject(signal.reason);
      else resolve(error.message);
    });
    child.on("close", (code) => {
      if (code !== 0) resolve(output.trim().split("\n", 1)[0] || `nfs-cat ended with status ${code}`);
      else if (length !== size) resolve(`${length} bytes came, and it has ${size}`);
      else resolve(hash.digest("hex") === sha256 ? undefined : "other content came than was published");
    });
  });
}

function remedyFor(path: string, problem: string, nfs: boolean): string {
  if (path.split("/").some((part) => part.startsWith(".")) && /status 40[34]/.test(problem))
    return "let the web server give files that begin with a dot: without .treeinfo no installer finds the repository";
  if (/status 40[34]/.test(problem))
    return "compare the URL with the web server's root, and let it follow symbolic links and read the folder";
  if (nfs) return "compare the URL with the server's exports, and let this machine read them";
  if (/ECONN|ENOTFOUND|EAI_AGAIN|EHOST|ENET|timeout/i.test(problem))
    return "start the web server, or correct the URL; set `verify: false` where it cannot be reached from here";
  return "look for a cache or another server between here and it";
}
