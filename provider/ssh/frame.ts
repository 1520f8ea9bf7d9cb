import { programsOf } from "../shell/program";

const program = programsOf("ssh");

/**
 * What runs a command between its marks (frame.sh), as one word that every login shell takes in single quotes: sh, bash, zsh, tcsh, fish.
 * Its arguments are the mark and the command, {@link asFormat}.
 */
export const FRAME = program("frame.sh")
  .replace(/^#.*\n/gm, "")
  .trim()
  .replaceAll("\n", " ");

/** A command as a format of printf, without what is special between single quotes in any login shell: quotes, line ends, `!`, backslashes. */
export function asFormat(command: string): string {
  return command
    .replace(/[\\'!]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`)
    .replaceAll("%", "%%")
    .replaceAll("\n", "\\n")
    .replace(/^-/, "\\055");
}

/** How much of what comes before a command begins is kept, for the error if it never does (bytes). */
const KEPT = 1000;
/** No status takes more (bytes). */
const LONGEST_STATUS = 16;
const NOTHING = Buffer.alloc(0);
const NEWLINE = 0x0a;

/** One stream of a command from where it begins: what a login prints before that is not the command's. */
export class Opening {
  private readonly line: Buffer;
  private held = NOTHING;
  private kept = NOTHING;
  /** Whether the command has begun. */
  begun = false;

  constructor(mark: string) {
    this.line = Buffer.from(`csp begins ${mark}\n`);
  }

  /** What was printed before the command began; the first of it, if that is much. */
  get before(): string {
    return this.kept.toString("utf8");
  }

  /** Takes what came, and gives what of it is the command's. */
  push(chunk: Buffer): Buffer {
    if (this.begun) return chunk;
    const seen = Buffer.concat([this.held, chunk]);
    const at = seen.indexOf(this.line);
    const fresh = seen.subarray(this.held.length, at < 0 ? undefined : Math.max(at, this.held.length));
    if (this.kept.length < KEPT) this.kept = Buffer.concat([this.kept, fresh.subarray(0, KEPT - this.kept.length)]);
    if (at < 0) {
      this.held = Buffer.from(seen.subarray(Math.max(0, seen.length - this.line.length + 1)));
      return NOTHING;
    }
    this.begun = true;
    this.held = NOTHING;
    return seen.subarray(at + this.line.length);
  }
}

/** The answer of a command that has begun, up to where it says how it ended. */
export class Closing {
  private readonly words: Buffer;
  private held = NOTHING;
  private over = false;
  /** The command's exit status; undefined as long as its answer is not known to be whole, and if a signal ended it. */
  code: number | undefined;

  constructor(mark: string) {
    this.words = Buffer.from(`csp ends ${mark} `);
  }

  /** Takes what came, and gives what of it is the answer. What may be the beginning of the end waits. */
  push(chunk: Buffer): Buffer {
    if (this.over || chunk.length === 0) return NOTHING;
    const seen = this.held.length === 0 ? chunk : Buffer.concat([this.held, chunk]);
    const at = seen.indexOf(this.words);
    if (at < 0) return this.hold(seen, seen.length - overlap(seen, this.words));
    const status = at + this.words.length;
    const end = seen.indexOf(NEWLINE, status);
    if (end < 0 && seen.length - status < LONGEST_STATUS) return this.hold(seen, at);
    this.over = true;
    this.held = NOTHING;
    this.code = exitStatus(seen.toString("latin1", status, Math.max(end, status)));
    return seen.subarray(0, at);
  }

  /** What is still held when nothing more comes. */
  rest(): Buffer {
    const { held } = this;
    this.held = NOTHING;
    return held;
  }

  private hold(seen: Buffer, from: number): Buffer {
    this.held = Buffer.from(seen.subarray(from));
    return seen.subarray(0, from);
  }
}

/** How many bytes at the end of `text` are the first of `words`. */
function overlap(text: Buffer, words: Buffer): number {
  for (let length = Math.min(text.length, words.length - 1); length > 0; length--)
    if (text.subarray(text.length - length).equals(words.subarray(0, length))) return length;
  return 0;
}

/** A shell adds 128 to the number of the signal that ended a command. */
function exitStatus(text: string): number | undefined {
  if (!/^\d{1,3}$/.test(text)) return undefined;
  return Number(text) > 128 ? undefined : Number(text);
}
