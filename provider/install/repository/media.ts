import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { chmod, mkdir, mkdtemp, open, readdir, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { memory } from "../../memory";
import * as errors from "../errors";
import { HEADER_LIMIT, parseRpmHeader, type RpmHeader, rpmHeaderEnd } from "./rpm";
import { describesOthers, type FileFacts, type Tree } from "./tree";

/** Base media or a pack on this machine: what it contains, and where each file is. */
export interface Media extends Tree {
  readonly files: ReadonlyMap<string, MediaFile>;
  /** The path that the user gave. */
  readonly origin: string;
}

export interface MediaFile extends FileFacts {
  /** Where the file is on this machine; undefined for a generated file, which has its text. */
  readonly source: string | undefined;
  /** The file's mode in an image, if it is not 644. */
  readonly mode?: string;
}

/** How many files are read at a time. */
const AT_ONCE = 4;

/**
 * Reads a folder, an ISO image or a tar archive. bsdtar unpacks images and archives once, into the user's cache. It reads all their formats (ISO 9660
 * with Rock Ridge or Joliet, tar with any compression) and exists on Linux, macOS and Windows.
 */
export async function readMedia(path: string, status: (message: string) => void = () => {}): Promise<Media> {
  const found = await stat(path).catch((error: unknown) => {
    throw errors.mediaMissing(path, error);
  });
  const folder = found.isDirectory() ? path : await unpacked(path, status);
  return describeFolder(folder, path, status);
}

/** Every file below a folder, links followed, with its checksums and, for some, the content. */
export async function describeFolder(folder: string, origin: string, status: (message: string) => void): Promise<Media> {
  const paths = await listFiles(folder);
  const files = new Map<string, MediaFile>();
  let next = 0;
  let done = 0;
  const work = async () => {
    for (let path = paths[next++]; path !== undefined; path = paths[next++]) {
      files.set(path, await describeFile(join(folder, path), path));
      if (++done % 50 === 0) status(`reading ${basename(origin)}: ${done}/${paths.length} files`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { origin, files: new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** A file that csp writes itself. */
export function generatedFile(text: string): MediaFile {
  const bytes = Buffer.from(text);
  return {
    size: bytes.length,
    md5: createHash("md5").update(bytes).digest("hex"),
    sha256: createHash("sha256").update(bytes).digest("hex"),
    text,
    source: undefined,
  };
}

async function listFiles(folder: string, prefix = ""): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    const found = entry.isSymbolicLink() ? await stat(join(folder, path)).catch(() => undefined) : entry;
    if (found?.isDirectory()) paths.push(...(await listFiles(folder, path)));
    else if (found?.isFile()) paths.push(path);
  }
  return paths;
}

/** What a file was when it was read last. */
const readings = memory.byText<{ readonly stamp: string; readonly facts: MediaFile }>({
  name: "sums of media",
  reason: "a preview and the update after it read gigabytes once",
  most: 65536,
});

async function describeFile(source: string, path: string): Promise<MediaFile> {
  const { size, mtimeMs, ctimeMs, ino, dev } = await stat(source);
  const stamp = `${size} ${mtimeMs} ${ctimeMs} ${ino} ${dev} ${path}`;
  const before = readings.get(source);
  if (before?.stamp === stamp) return before.facts;
  const [md5, sha256] = [createHash("md5"), createHash("sha256")];
  for await (const chunk of createReadStream(source, { highWaterMark: 1 << 20 })) {
    md5.update(chunk as Buffer);
    sha256.update(chunk as Buffer);
  }
  const text = describesOthers(path) ? await readText(source) : undefined;
  const rpm = path.endsWith(".rpm") ? await readHeader(source) : undefined;
  const facts: MediaFile = {
    size,
    md5: md5.digest("hex"),
    sha256: sha256.digest("hex"),
    ...(text === undefined ? {} : { text }),
    ...(rpm === undefined ? {} : { rpm }),
    source,
  };
  readings.set(source, { stamp, facts });
  return facts;
}

/** Undefined if a gzipped file is not what its name says. A rule then reports it by its checksum. */
async function readText(source: string): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(source)) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (!source.endsWith(".gz")) return bytes.toString("utf8");
  try {
    return gunzipSync(bytes).toString("utf8");
  } catch {
    return undefined;
  }
}

/** The header of one RPM; undefined if the file is not an RPM. */
export async function readRpm(path: string): Promise<RpmHeader | undefined> {
  return readHeader(path).catch((error: unknown) => {
    throw errors.mediaMissing(path, error);
  });
}

async function readHeader(source: string): Promise<RpmHeader | undefined> {
  const file = await open(source, "r");
  try {
    let bytes = Buffer.alloc(64 * 1024);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    bytes = bytes.subarray(0, bytesRead);
    const end = rpmHeaderEnd(bytes);
    // The main header may begin after what was read; its end is then not known yet.
    const wanted = end ?? HEADER_LIMIT;
    if (wanted > bytes.length && wanted <= HEADER_LIMIT && bytesRead === 64 * 1024) {
      bytes = Buffer.alloc(wanted);
      bytes = bytes.subarray(0, (await file.read(bytes, 0, wanted, 0)).bytesRead);
    }
    return parseRpmHeader(bytes);
  } finally {
    await file.close();
  }
}

/** The folder that an image or archive was unpacked to. Its name depends on the file, so a changed file is unpacked again and replaces the old folder. */
async function unpacked(path: string, status: (message: string) => void): Promise<string> {
  if (!/\.(iso|tar|tgz|tar\.(gz|bz2|xz|zst))$/i.test(path)) throw errors.mediaKind(path);
  const { size, mtimeMs, ino, dev } = await stat(path);
  const short = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 12);
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  const folder = join(cache, "csp", "media", `${basename(path)}-${short(path)}-${short(`${size} ${mtimeMs} ${ino} ${dev}`)}`);
  if (await stat(folder).catch(() => undefined)) return folder;
  status(`unpacking ${basename(path)}`);
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(join(dirname(folder), ".unpacking-"));
  try {
    await promisify(execFile)("bsdtar", ["-x", "-f", path, "-C", draft, "--no-same-owner"], { maxBuffer: 1 << 24 });
    // An image's folders are read-only and could otherwise not be removed again.
    await makeWritable(draft);
    await rename(draft, folder).catch(async (error: NodeJS.ErrnoException) => {
      // Another process was faster.
      if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw errors.toolMissing("bsdtar", "reading an image or archive", "libarchive-tools");
    throw errors.unpackFailed(path, (error as { stderr?: string }).stderr || String(error));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  await forget(dirname(folder), `${basename(path)}-${short(path)}-`, basename(folder));
  return folder;
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
}

/** Removes what earlier contents of the same file were unpacked to. */
async function forget(cache: string, prefix: string, keep: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (name.startsWith(prefix) && name !== keep) await rm(join(cache, name), { recursive: true, force: true });
  }
}
