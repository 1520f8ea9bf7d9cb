const NEWLINE = 0x0a;
/** A chunk of one byte keeps a hundred busy, and the packet that it was cut from: of so many, one piece is made. */
const MOST_CHUNKS = 256;

/** What a command has printed and nobody has read yet. */
export class Output {
  /** As it came, behind what is in `buffer`: a long text is put together once, when somebody wants it. */
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

  /** Everything up to and including the first line equal to `line`, or undefined when there is none yet. At the end of all output a last line needs no newline. */
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

  /** The rest. */
  rest(): string {
    this.gather();
    return this.consume(this.end);
  }

  /** The rest, left where it is. */
  peek(): string {
    this.gather();
    return this.buffer.toString("utf8", this.start, this.end);
  }

  /** Brings what has come into one piece. Room for as much again, so that asking for a line at every chunk does not copy all of it every time. */
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
