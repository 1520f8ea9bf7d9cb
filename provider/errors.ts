import { printable, printableLine } from "./printable";

/** With a capital first letter and a full stop. */
export function asSentence(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) || sentence === "" ? sentence : `${sentence}.`;
}

/**
 * An error for the reader: where it happened, why, and what to do. Every error this project throws on purpose is one. Whatever a host or a file said
 * of it is printable here already.
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

/** A line that somebody else wrote does not begin where ours do: it could be taken for one. */
function indented(text: string): string {
  return text.replace(/\n(?! )/g, "\n  ");
}
