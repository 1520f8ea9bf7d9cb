import { createHash } from "node:crypto";

/**
 * Texts of people in nft: comments and prefixes. A text of nft's ends at the next quotation mark, nothing in it is an escape, and in a prefix a
 * dollar sign begins a variable. So csp writes \' for a quotation mark, \s for a dollar sign and \\ for a backslash, and reads them back.
 */
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", '"': "\\'", $: "\\s", "\n": "\\n" };
const ESCAPED: Readonly<Record<string, string>> = { "\\\\": "\\", "\\'": '"', "\\s": "$", "\\n": "\n" };

export function quoted(text: string): string {
  return `"${text.replace(/[\\"$\n]/g, (one) => ESCAPES[one] ?? one)}"`;
}

/** What is between the quotation marks, as it was meant. */
export function unquoted(text: string): string {
  return text.replace(/\\[\\'sn]/g, (one) => ESCAPED[one] ?? one);
}

/** The kernel keeps this many bytes of a rule's comment (NFTNL_UDATA_COMMENT_MAXLEN); nft refuses a longer one. */
const LONGEST_COMMENT = 128;

/**
 * A comment as nft keeps it: unchanged, or, if it is too long, its beginning and a hash of all of it, so that two comments stay two. A policy's
 * comments are never that long (a group's name has 63 characters, a rule's 40).
 */
export function keptComment(text: string): string {
  const bytes = (one: string) => Buffer.byteLength(quoted(one)) - 2;
  if (bytes(text) <= LONGEST_COMMENT) return text;
  const mark = `~${createHash("sha256").update(text).digest("hex").slice(0, 16)}`;
  let kept = "";
  for (const one of text) {
    if (bytes(kept + one) + mark.length > LONGEST_COMMENT) break;
    kept += one;
  }
  return kept + mark;
}
