import type { Values } from "../../core/define";
import { memory } from "../../memory";
import { UNKNOWN } from "../../schema/field";
import type { SecretPlaces } from "../secrets";
import { BYTES, Reader, Writer } from "../wire";
import { assetRefused } from "./errors";
import { isRegular, sameStruct } from "./same-struct";
import { SeenStructs } from "./seen-structs";

/**
 * Property values: google.protobuf.Struct with Pulumi's own signs for what JSON has no word for (sdk/nodejs/runtime/rpc.ts).
 * Secrets are taken out of their wrapping here and remembered by place, so that nothing below the door ever sees one; they are put back in
 * on the way out.
 */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";

/** One sign for each type of value that is not known yet (sdk/go/common/resource/plugin/rpc.go). */
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWNS: ReadonlySet<string> = new Set([
  UNKNOWN_STRING,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

export type { Values };

export interface Decoded {
  /** Plain values; UNKNOWN where the engine does not know yet. */
  readonly values: Values;
  readonly secrets: SecretPlaces;
}

const EMPTY: Decoded = { values: {}, secrets: undefined };

/**
 * Reads a struct; with `only`, just these top-level keys (the rest is skipped at no cost). Whatever is the same as in `like`, an earlier
 * reading, is that very object: who works on a thousand guests finds the ones that did not change by identity.
 */
export function decode(struct: Uint8Array | undefined, only?: ReadonlySet<string>, like?: Values): Decoded {
  if (struct === undefined) return EMPTY;
  const { value, secrets } = readStruct(new Reader(Buffer.from(struct.buffer, struct.byteOffset, struct.byteLength)), only, like);
  if (typeof value !== "object" || value === null) throw assetRefused();
  return { values: value as Values, secrets };
}

interface Read {
  readonly value: unknown;
  readonly secrets: SecretPlaces;
}

const NULL: Read = { value: undefined, secrets: undefined };
const UNKNOWN_READ: Read = { value: UNKNOWN, secrets: undefined };

/** Tags of the fields below: number times 8, plus wire type. */
const ENTRY = 8 + BYTES;
const ENTRY_KEY = 8 + BYTES;
const ENTRY_VALUE = 16 + BYTES;
const ELEMENT = 8 + BYTES;

function readStruct(reader: Reader, only?: ReadonlySet<string>, like?: unknown): Read {
  const before = typeof like === "object" && like !== null && !Array.isArray(like) ? (like as Values) : undefined;
  const value: Record<string, unknown> = {};
  let secrets: Map<string, SecretPlaces> | undefined;
  let count = 0;
  let same = before !== undefined;
  while (!reader.done) {
    const tag = reader.key();
    if (tag !== ENTRY) {
      reader.skip(tag & 7);
      continue;
    }
    const outer = reader.enter();
    let key = "";
    let read = NULL;
    while (!reader.done) {
      const part = reader.key();
      if (part === ENTRY_KEY) key = reader.string();
      else if (part === ENTRY_VALUE && (only === undefined || only.has(key))) {
        const entry = reader.enter();
        read = readValue(reader, before?.[key]);
        reader.leave(entry);
      } else reader.skip(part & 7);
    }
    reader.leave(outer);
    if (read.value === undefined) continue;
    count++;
    if (same && !(read.value === before?.[key] && Object.hasOwn(before, key))) same = false;
    // A key of this name would otherwise set the prototype.
    if (key === "__proto__") Object.defineProperty(value, key, { value: read.value, enumerable: true, configurable: true, writable: true });
    else value[key] = read.value;
    if (read.secrets !== undefined) {
      secrets ??= new Map();
      secrets.set(key, read.secrets);
    }
  }
  if (Object.hasOwn(value, SIGNATURE)) return signed(value);
  if (same && before !== undefined && secrets === undefined && Object.keys(before).length === count) return { value: before, secrets };
  return { value, secrets };
}

function readValue(reader: Reader, like: unknown): Read {
  let read = NULL;
  while (!reader.done) {
    const tag = reader.key();
    const field = tag >>> 3;
    if (field === 2) read = { value: reader.double(), secrets: undefined };
    else if (field === 3) {
      const text = reader.string();
      read = text.length === UNKNOWN_STRING.length && UNKNOWNS.has(text) ? UNKNOWN_READ : { value: text, secrets: undefined };
    } else if (field === 4) read = { value: reader.varint() !== 0, secrets: undefined };
    else if (field === 5 || field === 6) {
      const outer = reader.enter();
      read = field === 5 ? readNested(reader, like) : readList(reader, like);
      reader.leave(outer);
    } else reader.skip(tag & 7);
  }
  return read;
}

/** A struct's bytes without the entries of these names. */
export function entriesBut(struct: Uint8Array, names: ReadonlySet<string>): Uint8Array[] {
  return names.size === 0 ? [struct] : entriesOf(struct).flatMap(({ name, bytes }) => (names.has(name) ? [] : [bytes]));
}

export function entryNames(struct: Uint8Array): string[] {
  return entriesOf(struct).map(({ name }) => name);
}

/** The entries of a struct, their values unread. */
function entriesOf(struct: Uint8Array): { readonly name: string; readonly bytes: Uint8Array }[] {
  const bytes = Buffer.from(struct.buffer, struct.byteOffset, struct.byteLength);
  const reader = new Reader(bytes);
  const entries: { readonly name: string; readonly bytes: Uint8Array }[] = [];
  while (!reader.done) {
    const from = reader.at;
    if (reader.key() !== ENTRY) throw new Error("a struct holds something that is no entry");
    const outer = reader.enter();
    const name = reader.key() === ENTRY_KEY ? reader.string() : "";
    reader.leave(outer);
    entries.push({ name, bytes: bytes.subarray(from, reader.at) });
  }
  return entries;
}

const sources = memory.byObject<object, Buffer>({
  name: "bytes that objects were read from",
  reason: "the engine sends a thousand guests again for each call, and the same bytes, but for their order, need not be read again",
});

/** Smaller ones are parts of a larger one, and as quickly read; of larger ones, some part has changed more often than not. */
const [SMALLEST_SOURCE, LARGEST_SOURCE] = [256, 1 << 16];

const seen = new SeenStructs();

function readNested(reader: Reader, like: unknown): Read {
  const bytes = reader.rest();
  if (bytes.length < SMALLEST_SOURCE) return readSmall(reader, bytes, like);
  if (bytes.length > LARGEST_SOURCE) return readStruct(reader, undefined, like);
  if (typeof like === "object" && like !== null) {
    const source = sources.get(like);
    if (source !== undefined && sameStruct(bytes, source)) return { value: like, secrets: undefined };
  }
  const read = readStruct(reader, undefined, like);
  const { value, secrets } = read;
  // A copy: the request that this is a part of goes.
  if (typeof value === "object" && value !== null && secrets === undefined && sources.get(value) === undefined && isRegular(bytes))
    sources.set(value, Buffer.from(bytes));
  return read;
}

function readSmall(reader: Reader, bytes: Buffer, like: unknown): Read {
  // What was there before is the better find: who holds it knows it again.
  const known = like === undefined ? seen.find(bytes) : undefined;
  if (known !== undefined) return { value: known, secrets: undefined };
  const read = readStruct(reader, undefined, like);
  const { value, secrets } = read;
  if (like === undefined && typeof value === "object" && value !== null && secrets === undefined) seen.keep(bytes, value);
  return read;
}

function readList(reader: Reader, like: unknown): Read {
  const before = Array.isArray(like) ? (like as readonly unknown[]) : undefined;
  const value: unknown[] = [];
  let secrets: Map<number, SecretPlaces> | undefined;
  let same = before !== undefined;
  while (!reader.done) {
    const tag = reader.key();
    if (tag !== ELEMENT) {
      reader.skip(tag & 7);
      continue;
    }
    const outer = reader.enter();
    const read = readValue(reader, before?.[value.length]);
    reader.leave(outer);
    if (read.secrets !== undefined) {
      secrets ??= new Map();
      secrets.set(value.length, read.secrets);
    }
    if (same && read.value !== before?.[value.length]) same = false;
    value.push(read.value);
  }
  if (same && before !== undefined && secrets === undefined && before.length === value.length) return { value: before, secrets };
  // A copy has room for what is in it; a list that grew has room for seventeen and more, and most of a thousand guests' hold one.
  return { value: value.slice(), secrets };
}

/** What an object with Pulumi's signature stands for. Its parts are decoded already. */
function signed(object: Values): Read {
  switch (object[SIGNATURE]) {
    case SECRET:
      return { value: object.value, secrets: true };
    case OUTPUT:
      return { value: Object.hasOwn(object, "value") ? object.value : UNKNOWN, secrets: object.secret === true ? true : undefined };
    case RESOURCE:
      return { value: object.id === "" ? UNKNOWN : (object.id ?? object.urn), secrets: undefined };
    default:
      throw assetRefused();
  }
}

/**
 * A plain value that came as JSON (provider configuration does) with Pulumi's signs in it, decoded like the rest.
 */
export function decodeJson(value: unknown): Read {
  if (typeof value === "string" && UNKNOWNS.has(value)) return UNKNOWN_READ;
  if (Array.isArray(value)) {
    const reads = value.map(decodeJson);
    return { value: reads.map((read) => read.value), secrets: places(reads.map((read, index) => [index, read.secrets])) };
  }
  if (typeof value !== "object" || value === null) return { value: value ?? undefined, secrets: undefined };
  const reads = Object.entries(value).map(([key, entry]) => [key, decodeJson(entry)] as const);
  const plain = Object.fromEntries(reads.map(([key, read]) => [key, read.value]));
  return Object.hasOwn(plain, SIGNATURE)
    ? signed(plain)
    : { value: plain, secrets: places(reads.map(([key, read]) => [key, read.secrets])) };
}

function places(entries: readonly (readonly [string | number, SecretPlaces])[]): SecretPlaces {
  const present = entries.filter(([, secrets]) => secrets !== undefined);
  return present.length === 0 ? undefined : new Map(present);
}

/** A struct of plain values; `secrets` are wrapped, UNKNOWN becomes Pulumi's sign, undefined entries are left out. */
export function encode(values: Values, secrets: SecretPlaces): Buffer {
  const writer = new Writer();
  writeStruct(writer, values, secrets);
  return writer.finish();
}

function writeStruct(writer: Writer, values: Values, secrets: SecretPlaces): void {
  for (const key of Object.keys(values)) {
    const value = values[key];
    if (value === undefined || value === null) continue;
    writer.message(1, () => {
      writer.presentString(1, key);
      writer.message(2, () => writeValue(writer, value, secrets === true ? true : secrets?.get(key)));
    });
  }
}

function writeValue(writer: Writer, value: unknown, secrets: SecretPlaces): void {
  if (secrets === true) writer.message(5, () => writeStruct(writer, { [SIGNATURE]: SECRET, value }, undefined));
  else if (value === UNKNOWN) writer.presentString(3, UNKNOWN_STRING);
  else if (typeof value === "string") writer.presentString(3, value);
  else if (typeof value === "number") writer.double(2, value);
  else if (typeof value === "boolean") writer.presentBool(4, value);
  else if (Array.isArray(value)) {
    writer.message(6, () => {
      value.forEach((element, index) => {
        writer.message(1, () => writeValue(writer, element, secrets?.get(index)));
      });
    });
  } else if (typeof value === "object" && value !== null) writer.message(5, () => writeStruct(writer, value as Values, secrets));
  else writer.presentBool(1, false); // null_value
}
