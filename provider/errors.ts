/** With a capital first letter and a full stop. */
export function asSentence(text: string): string {
  const sentence = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) || sentence === "" ? sentence : `${sentence}.`;
}

/** An error for the reader: where it happened, why, and what to do. Every error this project throws on purpose is one. */
export class CspError extends Error {
  override readonly name = "CspError";

  constructor(
    /** Stable, for tests and tools: "host-key-unknown". */
    readonly code: string,
    /** Where: the host, the guest, the field. */
    readonly subject: string,
    readonly problem: string,
    readonly remedy: string,
    options?: { readonly cause?: unknown },
  ) {
    super(`${subject}: ${problem}. ${asSentence(remedy)}`, options);
  }
}
