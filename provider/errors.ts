import { printable, printableLine } from "./printable";

/** The text with a capital first letter and a full stop. */
export function asSentence(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) || sentence === "" ? sentence : `${sentence}.`;
}

/**
 * An error for the reader: where it happened, why, and what to do. Every error that csp throws on purpose is one. Text that comes from a host or a
 * file is already printable here.
 */
export class CspError extends Error {
  override readonly name = "CspError";
  /** Where: the host, the guest, the field. */
  readonly subject: string;
  readonly problem: string;
  readonly remedy: string;

  constructor(
    /** Stable, for tests and tools: "host-key-unknown". */
    readonly code: string,
    subject: string,
    problem: string,
    remedy: string,
    options?: { readonly cause?: unknown },
  ) {
    const [where, why, what] = [printableLine(subject), indented(printable(problem)), indented(printable(remedy))];
    super(`${where}: ${why}. ${asSentence(what)}`, options);
    this.subject = where;
    this.problem = why;
    this.remedy = what;
  }
}

/** Indents lines that csp did not write, so that nobody takes them for lines of csp. */
function indented(text: string): string {
  return text.replace(/\n(?! )/g, "\n  ");
}
