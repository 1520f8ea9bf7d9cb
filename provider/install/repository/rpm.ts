/** What csp reads from an RPM: its name and version, what it contains and needs. The format is RPM's own, version 3 and later ("rpm-format" in its manual). */
export interface RpmHeader {
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly arch: string;
  readonly requires: readonly string[];
  readonly provides: readonly string[];
  /** The kernels that it has modules for: its folders below /lib/modules. */
  readonly kernels: readonly string[];
  /** What it requires and provides of {@link PRODUCT_NAMES}, with versions. Absent if it is nothing. */
  readonly product?: { readonly requires: readonly Versioned[]; readonly provides: readonly Versioned[] };
}

/** A name with a version: "product-version >= 8.2.1". */
export interface Versioned {
  readonly name: string;
  readonly sign: "<" | "<=" | "=" | ">=" | ">";
  readonly version: string;
}

/** What the release package of a product provides, and what packs of 7.1 and later require (build-update --base-requires). */
export const PRODUCT_NAMES: readonly string[] = ["product-version", "platform-version"];

const LEAD_BYTES = 96;
const LEAD_MAGIC = 0xedabeedb;
const HEADER_MAGIC = 0x8eade8;
const INTRO_BYTES = 16;
const ENTRY_BYTES = 16;
/** Tags, from rpmtag.h. */
const TAG = {
  name: 1000,
  version: 1001,
  release: 1002,
  arch: 1022,
  provides: 1047,
  requireFlags: 1048,
  requires: 1049,
  requireVersions: 1050,
  provideFlags: 1112,
  provideVersions: 1113,
  directories: 1118,
} as const;
/** The string types in rpmtag.h: one, many, and one for each language. */
const STRING_TYPES = [6, 8, 9];
const INT32 = 4;
/** How a version must compare, in the flags (rpmds.h): less 2, greater 4, equal 8. */
const SIGNS: Readonly<Record<number, Versioned["sign"]>> = { 2: "<", 10: "<=", 8: "=", 12: ">=", 4: ">" };

/** The longest header, in bytes from the beginning of the file. Drivers and kernels need a tenth of it. */
export const HEADER_LIMIT = 16 * 1024 * 1024;

/** Reads the header from the beginning of a file. Undefined if it is not an RPM, or if it is cut off. */
export function parseRpmHeader(bytes: Buffer): RpmHeader | undefined {
  if (bytes.length < LEAD_BYTES + INTRO_BYTES || bytes.readUInt32BE(0) !== LEAD_MAGIC) return undefined;
  const signature = extent(bytes, LEAD_BYTES);
  // The signature is padded to eight bytes.
  const header = signature === undefined ? undefined : extent(bytes, LEAD_BYTES + 8 * Math.ceil((signature.end - LEAD_BYTES) / 8));
  if (header === undefined || header.end > bytes.length) return undefined;
  const strings = readStrings(bytes, header);
  const one = (tag: number) => strings.get(tag)?.[0] ?? "";
  const kernels = (strings.get(TAG.directories) ?? []).flatMap((folder) => /^\/lib\/modules\/([^/]+)\//.exec(folder)?.[1] ?? []);
  return {
    name: one(TAG.name),
    version: one(TAG.version),
    release: one(TAG.release),
    arch: one(TAG.arch),
    requires: [...new Set(strings.get(TAG.requires) ?? [])],
    provides: [...new Set(strings.get(TAG.provides) ?? [])],
    kernels: [...new Set(kernels)],
    ...productOf(strings, readInts(bytes, header)),
  };
}

function productOf(strings: ReadonlyMap<number, string[]>, ints: ReadonlyMap<number, number[]>): Pick<RpmHeader, "product"> {
  const of = (names: number, flags: number, versions: number) =>
    (strings.get(names) ?? []).flatMap((name, index): Versioned[] => {
      const sign = SIGNS[(ints.get(flags)?.[index] ?? 0) & 14];
      return sign === undefined || !PRODUCT_NAMES.includes(name) ? [] : [{ name, sign, version: strings.get(versions)?.[index] ?? "" }];
    });
  const requires = of(TAG.requires, TAG.requireFlags, TAG.requireVersions);
  const provides = of(TAG.provides, TAG.provideFlags, TAG.provideVersions);
  return requires.length + provides.length === 0 ? {} : { product: { requires, provides } };
}

/** How many bytes must be read to get the whole header; undefined if `bytes` is not an RPM, or too short to know. */
export function rpmHeaderEnd(bytes: Buffer): number | undefined {
  if (bytes.length < LEAD_BYTES + INTRO_BYTES || bytes.readUInt32BE(0) !== LEAD_MAGIC) return undefined;
  const signature = extent(bytes, LEAD_BYTES);
  return signature === undefined ? undefined : extent(bytes, LEAD_BYTES + 8 * Math.ceil((signature.end - LEAD_BYTES) / 8))?.end;
}

interface Extent {
  readonly index: number;
  readonly entries: number;
  readonly store: number;
  readonly end: number;
}

function extent(bytes: Buffer, at: number): Extent | undefined {
  if (at + INTRO_BYTES > bytes.length || bytes.readUIntBE(at, 3) !== HEADER_MAGIC) return undefined;
  const entries = bytes.readUInt32BE(at + 8);
  const size = bytes.readUInt32BE(at + 12);
  const index = at + INTRO_BYTES;
  const store = index + entries * ENTRY_BYTES;
  return { index, entries, store, end: store + size };
}

function readStrings(bytes: Buffer, { index, entries, store, end }: Extent): Map<number, string[]> {
  const wanted = new Set<number>(Object.values(TAG));
  const found = new Map<number, string[]>();
  for (let entry = 0; entry < entries; entry++) {
    const at = index + entry * ENTRY_BYTES;
    const tag = bytes.readUInt32BE(at);
    if (!wanted.has(tag) || !STRING_TYPES.includes(bytes.readUInt32BE(at + 4))) continue;
    const values: string[] = [];
    let from = store + bytes.readUInt32BE(at + 8);
    for (let count = bytes.readUInt32BE(at + 12); count > 0 && from < end; count--) {
      const to = bytes.indexOf(0, from);
      if (to < 0 || to >= end) break;
      values.push(bytes.toString("utf8", from, to));
      from = to + 1;
    }
    found.set(tag, values);
  }
  return found;
}

function readInts(bytes: Buffer, { index, entries, store, end }: Extent): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (let entry = 0; entry < entries; entry++) {
    const at = index + entry * ENTRY_BYTES;
    const tag = bytes.readUInt32BE(at);
    if ((tag !== TAG.requireFlags && tag !== TAG.provideFlags) || bytes.readUInt32BE(at + 4) !== INT32) continue;
    const from = store + bytes.readUInt32BE(at + 8);
    const count = Math.min(bytes.readUInt32BE(at + 12), Math.max(0, Math.floor((end - from) / 4)));
    found.set(
      tag,
      Array.from({ length: count }, (_, each) => bytes.readUInt32BE(from + 4 * each)),
    );
  }
  return found;
}

/** "kernel-csp-xen-2.6.32.12-0.7.1.xs5.6.100.307.170586csp.i686". */
export function rpmLabel({ name, version, release, arch }: RpmHeader): string {
  return `${name}-${version}-${release}.${arch}`;
}
