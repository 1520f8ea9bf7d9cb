import { createHash } from "node:crypto";
import type { CompiledGuest } from "../../firewall/compile/unit";
import { chainsIn, type Sets, TABLES } from "../../firewall/model/kernel";
import { ruleLine, setText } from "../../firewall/planes/xtables/restore";

/** The lines that records are made of: one value a line, behind the word for what it is. */

/** One line of text: a record has one value a line. */
export function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}

/** The word that a line begins with, and the rest of the line. */
export function splitAt(line: string): [word: string, rest: string] {
  const space = line.indexOf(" ");
  return space < 0 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
}

export function words(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}

/** The chains of each table, as the hook loads them. */
export function chainLines(part: CompiledGuest["chains"]): string[] {
  const lines: string[] = [];
  for (const table of TABLES) {
    const chains = chainsIn(part, table);
    if (chains.size === 0) continue;
    lines.push(`== ${table}`);
    for (const [chain, rules] of chains) {
      lines.push(`:${chain}`);
      for (const rule of rules) lines.push(ruleLine(chain, rule.text));
    }
  }
  return lines;
}

/** Sets, as the hook loads them. */
export function setLines(sets: Sets): string[] {
  const { before } = setText([...sets].map(([name, after]) => ({ name, before: undefined, after, order: "add-first" as const })));
  return before === "" ? [] : before.trimEnd().split("\n");
}

/** The text of a record whose digest its second line is. */
export function withDigest(head: string, lines: readonly string[]): string {
  const body = `${lines.join("\n")}\nend\n`;
  const digest = createHash("sha256").update(body).digest("hex").slice(0, 32);
  return `${head}\ndigest ${digest}\n${body}`;
}

/** The digest that a file of ours says it has. A copy, because a part of a string keeps the whole string in memory. */
export function digestOf(text: string): string | undefined {
  const digest = /^digest (\S+)$/m.exec(text)?.[1];
  return digest === undefined ? undefined : Buffer.from(digest).toString();
}

/** The lines of one record, as they are read. */
export class RecordLines {
  private readonly fields: (readonly [word: string, rest: string])[] = [];

  /** `isWhole`: whether it has its last line; files of earlier versions have none. */
  constructor(
    readonly kind: string,
    public isWhole: boolean,
  ) {}

  add(word: string, rest: string): void {
    this.fields.push([word, rest]);
  }

  has(word: string): boolean {
    return this.fields.some(([name]) => name === word);
  }

  /** What stands behind the first such word; "" if there is none. */
  value(word: string): string {
    return this.fields.find(([name]) => name === word)?.[1] ?? "";
  }

  values(word: string): string[] {
    return this.fields.filter(([name]) => name === word).map(([, rest]) => rest);
  }
}

/** Records, one's lines after another's. */
export function splitRecords(text: string): RecordLines[] {
  const records: RecordLines[] = [];
  for (const line of text.split("\n")) {
    const [word, rest] = splitAt(line);
    const record = records.at(-1);
    if (word.startsWith("csp-")) records.push(new RecordLines(word, rest === "1"));
    else if (word === "end" && record !== undefined) record.isWhole = true;
    else if (word !== "") record?.add(word, rest);
  }
  return records;
}
