import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** provider/: programs are files in the folder of what runs them, and are called by their paths from here. */
const ROOT = join(__dirname, "..");

/** Every file of shell and awk. */
export const FILES: readonly string[] = readdirSync(ROOT, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.(sh|awk)$/.test(path))
  .sort();

/** Those that run by themselves: shell that no other file takes in. */
export function programs(): string[] {
  const parts = new Set(FILES.flatMap((path) => [...read(path).matchAll(INCLUDE)].map(([, name = ""]) => beside(path, name))));
  return FILES.filter((path) => path.endsWith(".sh") && !parts.has(path));
}

/**
 * A file with all that it takes in, without what it says to shellcheck. `# include: FILE` stands for a file of the same folder. `npm run generate` writes the programs
 * into texts.ts, from which the bundle has them: no file is read when csp runs.
 */
export function assemble(path: string): string {
  return include(path).replace(/^ *# shellcheck .*\n/gm, "");
}

const INCLUDE = /^# include: (\S+)\n/gm;

function include(path: string): string {
  return read(path).replace(INCLUDE, (_, name: string) => {
    const text = include(beside(path, name));
    if (!name.endsWith(".awk")) return text;
    // It stands in a shell's single quotes, which an apostrophe in a comment would end.
    const program = text.replace(/^\s*#.*\n/gm, "");
    if (program.includes("'")) throw new Error(`${name} has a single quote, which would end the shell's`);
    return program;
  });
}

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const beside = (path: string, name: string) => join(dirname(path), name);

export function formatTexts(): string {
  const entries = programs().map((path) => `  ${JSON.stringify(path)}: ${JSON.stringify(assemble(path))},\n`);
  return `// Made by \`npm run generate\` from the files of shell and awk below provider/; changes here are lost.\n// biome-ignore format: texts of programs\nexport const TEXTS = {\n${entries.join("")}} as const;\n`;
}
