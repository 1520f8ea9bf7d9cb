/**
 * Makes text from outside safe to print. A host's text may move a terminal's cursor, reverse the direction of writing, contain invisible
 * characters, or begin a line that looks like one of csp's. The hidden characters are:
 * - controls (C0, C1, DEL), formats (direction, joiners, soft hyphens), separators of lines and paragraphs;
 * - invisible characters (fillers, selectors, the blank of Braille), and spaces other than the ordinary one;
 * - characters without a fixed shape (private use), and halves of surrogate pairs, which are not text.
 */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800]|(?! )\p{Zs}/gu;
/** Nearly all text has only these characters and needs no closer check. */
const PLAIN = /^[ -~]*$/;
const PLAIN_LINES = /^[\n -~]*$/;

/** The longest text that is printed or passed on as one (characters). */
export const LONGEST_TEXT = 8000;
/** Room for what {@link shortened} puts at the end. */
const NOTE_ROOM = 40;

/** Hidden characters as `\u{1b}`; lines stay lines. */
export function printable(text: string): string {
  return PLAIN_LINES.test(text) ? text : text.replace(HIDDEN, (char) => (char === "\n" ? char : escaped(char)));
}

/** The same for what must stay on one line. */
export function printableLine(text: string): string {
  return PLAIN.test(text) ? text : text.replace(HIDDEN, escaped);
}

/** The same for JSON. It stays JSON of the same value, with JSON's own escapes, and with line breaks only if it is indented. */
export function printableJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replace(HIDDEN, (char) => (char === "\n" ? char : inJson(char)));
}

/** The text; if it is very long, cut between two characters, with a count of what is left out. */
export function shortened(text: string, longest = LONGEST_TEXT): string {
  if (text.length <= longest) return text;
  const end = longest - NOTE_ROOM;
  const kept = text.slice(0, isLead(text.charCodeAt(end - 1)) ? end - 1 : end);
  return `${kept}… (${text.length - kept.length} more characters)`;
}

function escaped(char: string): string {
  return `\\u{${char.codePointAt(0)?.toString(16)}}`;
}

function inJson(char: string): string {
  return Array.from({ length: char.length }, (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");
}

function isLead(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
