/**
 * Whether two encoded structs (google.protobuf.Struct) are the same but for the order of their fields, which Go chooses anew every time. Compared
 * where they lie: nothing is decoded, and nothing is guessed. `b` is {@link isRegular}.
 */
export function sameStruct(a: Uint8Array, b: Uint8Array): boolean {
  // An order alone changes no length.
  return a.length === b.length && new Pair(a, b).sameFields(0, 0, a.length);
}

/**
 * Whether a struct is of the form in which order makes no difference: no name stands twice in any struct in it (of two, the later counts).
 * What {@link sameStruct} could not tick off, or was not written as Go writes it, is not regular either.
 */
export function isRegular(struct: Uint8Array): boolean {
  return hasRegularFields(new DataView(struct.buffer, struct.byteOffset, struct.length), 0, struct.length);
}

/** Tags: field number times 8, plus wire type. Struct's entries and their keys, and a list's elements, are all field 1. */
const FIRST = 0x0a;
const ENTRY_VALUE = 0x12;
const STRUCT = 0x2a;
const LIST = 0x32;

/** As many as a number has bits to tick them off. */
const MOST_FIELDS = 31;

function hasRegularFields(bytes: DataView, from: number, end: number): boolean {
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

function hasRegularValue(bytes: DataView, from: number, end: number): boolean {
  const tag = from < end ? bytes.getUint8(from) : undefined;
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

/** Two structs side by side: lengths are read from the bytes, texts are compared four bytes at a time. */
class Pair {
  private readonly a: DataView;
  private readonly b: DataView;

  constructor(a: Uint8Array, b: Uint8Array) {
    this.a = new DataView(a.buffer, a.byteOffset, a.length);
    this.b = new DataView(b.buffer, b.byteOffset, b.length);
  }

  // Offsets go by position and not in objects: this walks megabytes for every change.
  sameFields(aFrom: number, bFrom: number, length: number): boolean {
    const { a, b } = this;
    const aEnd = aFrom + length;
    const bEnd = bFrom + length;
    let ticked = 0;
    // Orders often differ by a rotation: the search goes on where the last one ended.
    let bAt = bFrom;
    let field = 0;
    for (let aAt = aFrom; aAt < aEnd; ) {
      const entry = enter(a, aAt, aEnd, FIRST);
      if (entry < 0) return false;
      const entryLength = size;
      const entryEnd = entry + entryLength;
      const key = enter(a, entry, entryEnd, FIRST);
      if (key < 0) return false;
      // The name with its length: what lies behind it in one lies as far behind it in the other.
      const nameLength = key + size - entry;
      for (let rounds = 0; ; ) {
        if (bAt === bEnd) {
          if (rounds === 2) return false;
          rounds++;
          bAt = bFrom;
          field = 0;
        }
        const other = enter(b, bAt, bEnd, FIRST);
        if (other < 0) return false;
        const bit = field++;
        bAt = other + size;
        if (size !== entryLength || !this.sameBytes(entry, other, nameLength)) continue;
        if (bit >= MOST_FIELDS || (ticked & (1 << bit)) !== 0) return false;
        ticked |= 1 << bit;
        if (!this.sameContent(entry + nameLength, other + nameLength, entryLength - nameLength, ENTRY_VALUE)) return false;
        break;
      }
      aAt = entryEnd;
    }
    // The lengths are the same, and every field of one is another field of the other.
    return true;
  }

  /** Two fields, tags and all, of this length: the same bytes, or values that are the same in another order. */
  private sameContent(aAt: number, bAt: number, length: number, tag: number): boolean {
    if (this.sameBytes(aAt, bAt, length)) return true;
    const value = enter(this.a, aAt, aAt + length, tag);
    if (value < 0) return false;
    const head = value - aAt;
    // The same head, and so the same length of what follows.
    return head + size === length && this.sameBytes(aAt, bAt, head) && this.sameValue(value, bAt + head, size);
  }

  private sameValue(aAt: number, bAt: number, length: number): boolean {
    if (length < 2) return false;
    const tag = this.a.getUint8(aAt);
    if (tag !== STRUCT && tag !== LIST) return false;
    const inner = enter(this.a, aAt, aAt + length, tag);
    if (inner < 0) return false;
    const head = inner - aAt;
    if (head + size !== length || !this.sameBytes(aAt, bAt, head)) return false;
    return tag === STRUCT ? this.sameFields(inner, bAt + head, size) : this.sameElements(inner, bAt + head, size);
  }

  private sameElements(aFrom: number, bFrom: number, length: number): boolean {
    const aEnd = aFrom + length;
    for (let aAt = aFrom; aAt < aEnd; ) {
      const element = enter(this.a, aAt, aEnd, FIRST);
      if (element < 0) return false;
      const end = element + size;
      if (!this.sameContent(aAt, bFrom + aAt - aFrom, end - aAt, FIRST)) return false;
      aAt = end;
    }
    return true;
  }

  private sameBytes(aAt: number, bAt: number, length: number): boolean {
    const { a, b } = this;
    let i = 0;
    for (; i + 4 <= length; i += 4) if (a.getInt32(aAt + i, true) !== b.getInt32(bAt + i, true)) return false;
    for (; i < length; i++) if (a.getUint8(aAt + i) !== b.getUint8(bAt + i)) return false;
    return true;
  }
}

/** How long what {@link enter} entered is. */
let size = 0;

/** Where the content of the field at `at` begins, if it has this tag and ends before `end`; otherwise -1. */
function enter(bytes: DataView, at: number, end: number, tag: number): number {
  if (at + 1 >= end || bytes.getUint8(at) !== tag) return -1;
  let value = bytes.getUint8(at + 1);
  let from = at + 2;
  if (value > 127) {
    value &= 127;
    for (let shift = 7; ; shift += 7) {
      if (from >= end || shift > 21) return -1;
      const byte = bytes.getUint8(from++);
      value |= (byte & 127) << shift;
      if (byte < 128) break;
    }
  }
  size = value;
  return from + value > end ? -1 : from;
}
