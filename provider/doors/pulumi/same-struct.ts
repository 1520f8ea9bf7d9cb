/**
 * Whether two encoded structs (google.protobuf.Struct) are the same but for the order of their fields, which Go chooses anew every time. Compared
 * where they lie: nothing is decoded, and nothing is guessed. `b` is {@link isRegular}.
 */
export function sameStruct(a: Uint8Array, b: Uint8Array): boolean {
  return sameFields(a, 0, a.length, b, 0, b.length);
}

/**
 * Whether a struct is of the form in which order makes no difference: no name stands twice in any struct in it (of two, the later counts).
 * What {@link sameStruct} could not tick off, or was not written as Go writes it, is not regular either.
 */
export function isRegular(struct: Uint8Array): boolean {
  return hasRegularFields(struct, 0, struct.length);
}

/** Tags: field number times 8, plus wire type. Struct's entries and their keys, and a list's elements, are all field 1. */
const FIRST = 0x0a;
const ENTRY_VALUE = 0x12;
const STRUCT = 0x2a;
const LIST = 0x32;

/** As many as a number has bits to tick them off. */
const MOST_FIELDS = 31;

function hasRegularFields(bytes: Uint8Array, from: number, end: number): boolean {
  const names = new Set<string>();
  let fields = 0;
  for (let at = from; at < end; fields++) {
    const entry = enter(bytes, at, end, FIRST);
    if (entry < 0) return false;
    at = entry + size;
    const key = enter(bytes, entry, at, FIRST);
    if (key < 0) return false;
    const keyEnd = key + size;
    const value = enter(bytes, keyEnd, at, ENTRY_VALUE);
    if (value < 0 || value + size !== at || !hasRegularValue(bytes, value, at)) return false;
    names.add(Buffer.from(bytes.buffer, bytes.byteOffset + key, keyEnd - key).toString("latin1"));
  }
  return fields <= MOST_FIELDS && names.size === fields;
}

function hasRegularValue(bytes: Uint8Array, from: number, end: number): boolean {
  const tag = bytes[from];
  if (tag !== STRUCT && tag !== LIST) return true;
  const inner = enter(bytes, from, end, tag);
  if (inner < 0 || inner + size !== end) return false;
  if (tag === STRUCT) return hasRegularFields(bytes, inner, end);
  for (let at = inner; at < end; ) {
    const element = enter(bytes, at, end, FIRST);
    if (element < 0) return false;
    at = element + size;
    if (!hasRegularValue(bytes, element, at)) return false;
  }
  return true;
}

// Offsets go by position and not in objects: this walks megabytes for every change.
function sameFields(a: Uint8Array, aFrom: number, aEnd: number, b: Uint8Array, bFrom: number, bEnd: number): boolean {
  // An order alone changes no length.
  if (aEnd - aFrom !== bEnd - bFrom) return false;
  let ticked = 0;
  // Orders often differ by a rotation: the search goes on where the last one ended.
  let bAt = bFrom;
  let field = 0;
  for (let aAt = aFrom; aAt < aEnd; ) {
    const entry = enter(a, aAt, aEnd, FIRST);
    if (entry < 0) return false;
    const entryEnd = entry + size;
    const key = enter(a, entry, entryEnd, FIRST);
    if (key < 0) return false;
    const keyEnd = key + size;
    const value = enter(a, keyEnd, entryEnd, ENTRY_VALUE);
    if (value < 0 || value + size !== entryEnd) return false;

    for (let rounds = 0; ; ) {
      if (bAt === bEnd) {
        if (rounds === 2) return false;
        rounds++;
        bAt = bFrom;
        field = 0;
      }
      const other = enter(b, bAt, bEnd, FIRST);
      if (other < 0) return false;
      const otherEnd = other + size;
      bAt = otherEnd;
      const bit = field++;
      const otherKey = enter(b, other, otherEnd, FIRST);
      if (otherKey < 0) return false;
      const otherKeyEnd = otherKey + size;
      if (otherEnd - other !== entryEnd - entry || !sameBytes(a, key, keyEnd, b, otherKey, otherKeyEnd)) continue;
      if (bit >= MOST_FIELDS || (ticked & (1 << bit)) !== 0) return false;
      ticked |= 1 << bit;
      const otherValue = enter(b, otherKeyEnd, otherEnd, ENTRY_VALUE);
      if (otherValue < 0 || otherValue + size !== otherEnd) return false;
      if (!sameValue(a, value, entryEnd, b, otherValue, otherEnd)) return false;
      break;
    }
    aAt = entryEnd;
  }
  // The lengths are the same, and every field of one is another field of the other.
  return true;
}

function sameValue(a: Uint8Array, aFrom: number, aEnd: number, b: Uint8Array, bFrom: number, bEnd: number): boolean {
  const tag = a[aFrom];
  if (tag !== STRUCT && tag !== LIST) return sameBytes(a, aFrom, aEnd, b, bFrom, bEnd);
  const inner = enter(a, aFrom, aEnd, tag);
  if (inner < 0 || inner + size !== aEnd) return false;
  const other = enter(b, bFrom, bEnd, tag);
  if (other < 0 || other + size !== bEnd) return false;
  return (tag === STRUCT ? sameFields : sameElements)(a, inner, aEnd, b, other, bEnd);
}

function sameElements(a: Uint8Array, aFrom: number, aEnd: number, b: Uint8Array, bFrom: number, bEnd: number): boolean {
  let bAt = bFrom;
  for (let aAt = aFrom; aAt < aEnd; ) {
    const element = enter(a, aAt, aEnd, FIRST);
    if (element < 0) return false;
    aAt = element + size;
    const other = enter(b, bAt, bEnd, FIRST);
    if (other < 0) return false;
    bAt = other + size;
    if (!sameValue(a, element, aAt, b, other, bAt)) return false;
  }
  return bAt === bEnd;
}

function sameBytes(a: Uint8Array, aFrom: number, aEnd: number, b: Uint8Array, bFrom: number, bEnd: number): boolean {
  if (aEnd - aFrom !== bEnd - bFrom) return false;
  for (let i = aFrom, j = bFrom; i < aEnd; i++, j++) if (a[i] !== b[j]) return false;
  return true;
}

/** How long what {@link enter} entered is. */
let size = 0;

/** Where the content of the field at `at` begins, if it has this tag and ends before `end`; otherwise -1. */
function enter(bytes: Uint8Array, at: number, end: number, tag: number): number {
  if (at + 1 >= end || bytes[at] !== tag) return -1;
  let value = 0;
  let shift = 0;
  for (let i = at + 1; i < end && shift < 28; i++) {
    const byte = bytes[i] ?? 0;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      size = value;
      return i + 1 + value > end ? -1 : i + 1;
    }
    shift += 7;
  }
  return -1;
}
