import { printable, printableJson, printableLine, shortened } from "../provider/printable";

/**
 * The only way from a command to a terminal. What a host or a file says is in nearly everything that is printed, and a line that it has part in
 * stays one line.
 */
export function printLines(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${shortened(printableLine(line))}\n`).join(""));
}

/** For programs: the same value as it was found, none of it in a form that acts on a terminal. */
export function printJson(value: unknown): void {
  process.stdout.write(`${printableJson(value, 2)}\n`);
}

/** Why a command cannot do what it was asked, on stderr. */
export function complain(text: string): void {
  process.stderr.write(`${shortened(printable(text))}\n`);
}
