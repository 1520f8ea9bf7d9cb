/** Text from outside, safe to print: control and direction characters escaped, cut when it is very long. */
export function printable(text: string): string {
  const safe = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => (char === "\n" ? char : `\\u{${char.codePointAt(0)?.toString(16)}}`));
  return safe.length > 8000 ? `${safe.slice(0, 8000)}… (${safe.length - 8000} more characters)` : safe;
}
