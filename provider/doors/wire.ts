/**
 * The protocol buffer wire format, as much of it as the provider protocol uses. Written by hand because the generated classes cost more
 * to load than everything else together (the plugin is started for every command) and seconds for inputs of a thousand guests; tests hold
 * it against the generated ones. https://protobuf.dev/programming-guides/encoding/
 */

export const VARINT = 0;
const FIXED64 = 1;
export const BYTES = 2;
const FIXED32 = 5;

/** Walks the fields of one message. */
export class Reader {
  constructor(
    private readonly buffer: Buffer,
    private position = 0,
    private end = buffer.length,
  ) {}

  /** Where it is (bytes from the beginning of the buffer). */
  get at(): number {
    return this.position;
  }

  get done(): boolean {
    return this.position >= this.end;
  }

  /** The next field's number and wire type. */
  tag(): { readonly field: number; readonly type: number } {
    const tag = this.varint();
    return { field: Math.floor(tag / 8), type: tag & 7 };
  }

  varint(): number {
    const first = this.buffer[this.position];
    if (first !== undefined && first < 0x80 && this.position < this.end) {
      this.position++;
      return first;
    }
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.buffer[this.position++];
      if (byte === undefined || this.position > this.end) throw new Error("a message ends in the middle of a number");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
  }

  double(): number {
    const value = this.buffer.readDoubleLE(this.position);
    this.position += 8;
    return value;
  }

  string(): string {
    const end = this.length();
    const text = end - this.position < 48 ? shortText(this.buffer, this.position, end) : this.buffer.toString("utf8", this.position, end);
    this.position = end;
    return text;
  }

  bytes(): Buffer {
    const end = this.length();
    const slice = this.buffer.subarray(this.position, end);
    this.position = end;
    return slice;
  }

  /** From here on until {@link leave}, the reader is inside a nested message. Gives what `leave` wants. */
  enter(): number {
    const outer = this.end;
    this.end = this.length();
    return outer;
  }

  leave(outer: number): void {
    this.position = this.end;
    this.end = outer;
  }

  /** What is left of the message the reader is in, unread. */
  rest(): Buffer {
    return this.buffer.subarray(this.position, this.end);
  }

  /** Field number times 8, plus wire type: {@link tag} without an object to carry it. */
  key(): number {
    return this.varint();
  }

  message(): Reader {
    const end = this.length();
    const inner = new Reader(this.buffer, this.position, end);
    this.position = end;
    return inner;
  }

  skip(type: number): void {
    if (type === VARINT) this.varint();
    else if (type === FIXED64) this.position += 8;
    else if (type === BYTES) this.position = this.length();
    else if (type === FIXED32) this.position += 4;
    else throw new Error(`a message holds wire type ${type}`);
  }

  private length(): number {
    const size = this.varint();
    const end = this.position + size;
    if (end > this.end) throw new Error("a message ends in the middle of a field");
    return end;
  }
}

/** Short texts seen lately, by hash: fields' names and most values come thousands of times, and making a string costs more than knowing it. */
const SEEN = 1 << 14;
const seen: (string | undefined)[] = new Array(SEEN);

function shortText(buffer: Buffer, start: number, end: number): string {
  let hash = end - start;
  for (let i = start; i < end; i++) {
    const byte = buffer[i] ?? 0;
    if (byte > 127) return buffer.toString("utf8", start, end);
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  const slot = (hash ^ (hash >>> 15)) & (SEEN - 1);
  const earlier = seen[slot];
  if (earlier !== undefined && isText(earlier, buffer, start, end)) return earlier;
  const text = buffer.toString("latin1", start, end);
  seen[slot] = text;
  return text;
}

function isText(text: string, buffer: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== buffer[start + i]) return false;
  return true;
}

/** Builds one message; nested ones get their length when they are closed. */
export class Writer {
  private buffer = Buffer.allocUnsafe(1024);
  private at = 0;

  uint(field: number, value: number): void {
    if (value === 0) return;
    this.tag(field, VARINT);
    this.varint(value);
  }

  /** Written also when it is 0: a member of a oneof. */
  presentUint(field: number, value: number): void {
    this.tag(field, VARINT);
    this.varint(value);
  }

  bool(field: number, value: boolean): void {
    if (value) this.uint(field, 1);
  }

  /** Written also when it is false: a member of a oneof. */
  presentBool(field: number, value: boolean): void {
    this.tag(field, VARINT);
    this.varint(value ? 1 : 0);
  }

  double(field: number, value: number): void {
    this.tag(field, FIXED64);
    this.room(8);
    this.at = this.buffer.writeDoubleLE(value, this.at);
  }

  string(field: number, value: string): void {
    if (value !== "") this.presentString(field, value);
  }

  presentString(field: number, value: string): void {
    this.tag(field, BYTES);
    const size = Buffer.byteLength(value);
    this.varint(size);
    this.room(size);
    this.at += this.buffer.write(value, this.at);
  }

  bytes(field: number, value: Uint8Array): void {
    this.tag(field, BYTES);
    this.varint(value.length);
    this.room(value.length);
    this.buffer.set(value, this.at);
    this.at += value.length;
  }

  message(field: number, write: () => void): void {
    this.tag(field, BYTES);
    const start = this.at;
    // One byte is kept for the length; messages over 127 bytes move up to make room for it.
    this.room(1);
    this.at++;
    write();
    const size = this.at - start - 1;
    const extra = varintSize(size) - 1;
    if (extra > 0) {
      this.room(extra);
      this.buffer.copyWithin(start + 1 + extra, start + 1, this.at);
    }
    const end = this.at + extra;
    this.at = start;
    this.varint(size);
    this.at = end;
  }

  finish(): Buffer {
    return this.buffer.subarray(0, this.at);
  }

  private tag(field: number, type: number): void {
    this.varint(field * 8 + type);
  }

  private varint(value: number): void {
    this.room(10);
    let rest = value;
    while (rest > 127) {
      this.buffer[this.at++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.buffer[this.at++] = rest;
  }

  private room(size: number): void {
    if (this.at + size <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.buffer.length * 2, this.at + size));
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }
}

function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) size++;
  return size;
}
