import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The programs that run on hosts, from the files of this folder: `# include: FILE` lines are replaced by what the file holds without its
 * shellcheck directives. `npm run generate` writes them into texts.ts, from which the bundle has them; a test says when it is stale.
 */
export const PROGRAMS = [
  "clear-other.sh",
  "facts.sh",
  "hook.sh",
  "macs.sh",
  "other-tables.sh",
  "printed.sh",
  "repair.sh",
  "snapshot.sh",
  "surroundings.sh",
  "transaction.sh",
] as const;
export type Program = (typeof PROGRAMS)[number];

/** A file of this folder with all that it includes. */
export function assemble(file: string): string {
  return include(file).replace(/^# shellcheck .*\n/gm, "");
}

function include(file: string): string {
  return readFileSync(join(__dirname, file), "utf8").replace(/^# include: (\S+)\n/gm, (_, name: string) => {
    const text = include(name);
    if (!name.endsWith(".awk")) return text;
    // It stands in a shell's single quotes, which an apostrophe in a comment would end.
    const program = text.replace(/^\s*#.*\n/gm, "");
    if (program.includes("'")) throw new Error(`${name} has a single quote, which would end the shell's`);
    return program;
  });
}

export function formatTexts(): string {
  const entries = PROGRAMS.map((program) => `  ${JSON.stringify(program)}: ${JSON.stringify(assemble(program))},\n`);
  return `// Made by \`npm run generate\` from the files of this folder; changes here are lost.\n// biome-ignore format: texts of programs\nexport const TEXTS = {\n${entries.join("")}} as const;\n`;
}
