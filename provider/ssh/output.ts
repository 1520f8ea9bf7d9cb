const NEWLINE = 0x0a;
/** A chunk of one byte needs a hundred bytes of memory, and keeps the packet that it was cut from. So many chunks are joined into one. */
const MOST_CHUNKS = 256;

/** What a command has printed and nobody has read yet. */
export class Output {
  /** The chunks as they came; they follow `buffer`. A long text is joined once, when somebody needs it. */
  private chunks: Buffer[] = [];
  private buffer = Buffer.alloc(0);
  private start = 0;
  private end = 0;
  /** No complete line equal to `wanted` begins before this position. */
  private searched = 0;
  private wanted: string | undefined;

  push(chunk: Buffer): void {
    this.chunks.push(chunk);
    if (this.chunks.length === MOST_CHUNKS) this.gather();
  }

  /** Everything up to and including the first line equal to `line`, or undefined if there is none yet. At the end of all output, the last line needs no newline. */
  take(line: string, atEnd = false): string | undefined {
    this.gather();
    if (line !== this.wanted) {
      this.wanted = line;
      this.searched = this.start;
    }
    const needle = Buffer.from(line);
    const filled = this.buffer.subarray(0, this.end);
    for (let at = filled.indexOf(needle, this.searched); at >= 0; at = filled.indexOf(needle, at + 1)) {
      const after = at + needle.length;
      const begins = at === this.start || filled[at - 1] === NEWLINE;
      if (begins && (filled[after] === NEWLINE || (atEnd && after === this.end))) return this.consume(Math.min(after + 1, this.end));
      if (needle.length === 0 && at >= this.end) break;
    }
    this.searched = Math.max(this.start, this.end - needle.length);
    return undefined;
  }

  /** Takes the rest. */
  rest(): string {
    this.gather();
    return this.consume(this.end);
  }

  /** Reads the rest without taking it. */
  peek(): string {
    this.gather();
    return this.buffer.toString("utf8", this.start, this.end);
  }

  /** Joins all chunks into one buffer, with room for as much again, so that asking for a line at every chunk does not copy everything each time. */
  private gather(): void {
    if (this.chunks.length === 0) return;
    const more = this.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    if (this.end + more > this.buffer.length) {
      const kept = this.end - this.start;
      const grown = Buffer.allocUnsafe(kept === 0 ? more : 2 * (kept + more));
      this.buffer.copy(grown, 0, this.start, this.end);
      this.searched -= this.start;
      this.end -= this.start;
      this.start = 0;
      this.buffer = grown;
    }
    for (const chunk of this.chunks) {
      chunk.copy(this.buffer, this.end);
      this.end += chunk.length;
    }
    this.chunks = [];
  }

  private consume(upTo: number): string {
    const text = this.buffer.toString("utf8", this.start, upTo);
    this.start = upTo;
    this.wanted = undefined;
    return text;
  }
}
