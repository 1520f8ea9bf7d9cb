import { createSpinner } from "nanospinner";
import colour from "picocolors";

/** The demo's output: with colours and spinners on a terminal, plain lines everywhere else. */
const TERMINAL = process.stdout.isTTY === true && !process.env.CI;
const WIDTH = Math.min(process.stdout.columns ?? 100, 120);

let headings = 0;

export function heading(text: string): void {
  headings += 1;
  console.log(`\n${colour.bold(colour.cyan(`${headings}. ${text}`))}`);
}

export function say(text: string): void {
  console.log(wrap(text, WIDTH));
}

/** A command as the reader could type it. */
export function typed(command: string): void {
  console.log(`\n  ${colour.bold(`$ ${command}`)}`);
}

/** A program's own output, unchanged and indented. */
export function quoted(output: string): void {
  console.log(
    output
      .replace(/^\n+|\s+$/g, "")
      .split("\n")
      .map((line) => `  ${colour.dim("│")} ${line}`.trimEnd())
      .join("\n"),
  );
}

/** Whether something is as expected. */
export function verdict(ok: boolean, text: string): void {
  console.log(`  ${ok ? colour.green("ok") : colour.red("NOT AS EXPECTED")}: ${text}`);
}

/** Runs one piece of work and shows that it is running; `progress` says how far it is. */
export async function working<T>(text: string, work: (progress: (state: string) => void) => Promise<T>): Promise<T> {
  const started = Date.now();
  const seconds = () => colour.dim(`${((Date.now() - started) / 1000).toFixed(1)} s`);
  if (!TERMINAL) {
    console.log(`  ${text} ...`);
    const result = await work(() => {});
    console.log(`  ${text}: done, ${seconds()}`);
    return result;
  }
  const spinner = createSpinner(text).start();
  try {
    const result = await work((state) => spinner.update(cut(`${text} ${colour.dim(state)}`)));
    spinner.success(`${text} ${seconds()}`);
    return result;
  } catch (error) {
    spinner.error(text);
    throw error;
  }
}

/** The same as {@link working}, for work that may take minutes: without a spinner, each progress line is printed. */
export function workingLong<T>(text: string, work: (progress: (state: string) => void) => Promise<T>): Promise<T> {
  return working(text, (progress) => work(TERMINAL ? progress : (state) => console.log(`  ${state}`)));
}

/** A table with columns as wide as necessary; `paint` colours a cell after it was padded. */
export function table(head: readonly string[], rows: readonly (readonly string[])[], paint: (cell: string, row: number) => string): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], row: number) => {
    const padded = cells.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    return `  ${padded.map((cell) => (row < 0 ? colour.bold(cell) : paint(cell, row))).join("  ")}`.trimEnd();
  };
  console.log([line(head, -1), ...rows.map(line)].join("\n"));
}

export { colour };

function wrap(text: string, width: number): string {
  const lines: string[] = [];
  for (const paragraph of text.split("\n")) {
    let line = "";
    for (const word of paragraph.split(" ")) {
      if (line !== "" && line.length + word.length >= width) {
        lines.push(line);
        line = word;
      } else line = line === "" ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines.join("\n");
}

/** One line that does not wrap, so that the spinner can overwrite it. */
function cut(text: string): string {
  const room = (process.stdout.columns ?? 100) - 4;
  return text.length > room ? text.slice(0, room) : text;
}
