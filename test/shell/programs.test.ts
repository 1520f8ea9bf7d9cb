import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { assemble, FILES, formatTexts, programs } from "../../provider/shell/assemble";
import { fill, withArguments } from "../../provider/shell/program";
import { TEXTS } from "../../provider/shell/texts";
import { describeWith } from "../support/needs";

const PROVIDER = join(__dirname, "../../provider");
const shells = FILES.filter((path) => path.endsWith(".sh"));

/** Those of `commands` that this machine has. */
const here = (...commands: string[]) => commands.filter((command) => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0);

function outcome(command: string, input: string, ...words: string[]) {
  const [name = "", ...own] = command.split(" ");
  const { status, stderr } = spawnSync(name, [...own, ...words], { input, encoding: "utf8" });
  return [command, status, stderr];
}

describe("programs for hosts and servers", () => {
  test("are as their files say: `npm run generate` writes them into texts.ts", () => {
    expect(Object.keys(TEXTS)).toEqual(programs());
    for (const [path, text] of Object.entries(TEXTS)) expect([path, text]).toEqual([path, assemble(path)]);
    expect(formatTexts()).toContain(JSON.stringify(assemble("host/remote/hook.sh")));
  });

  const sources = readdirSync(PROVIDER, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && path !== "shell/texts.ts")
    .map((path) => readFileSync(join(PROVIDER, path), "utf8"));
  test.each(Object.keys(TEXTS))("%s is run by something", (path) => {
    const name = `"${path.slice(path.lastIndexOf("/") + 1)}"`;
    expect(sources.some((text) => text.includes(name))).toBe(true);
  });

  test.each(shells)("%s is read by every shell of theirs", (path) => {
    for (const shell of here("sh", "dash", "bash --posix", "busybox sh"))
      expect(outcome(shell, assemble(path), "-n")).toEqual([shell, 0, ""]);
  });

  test.each(shells)("%s has no `case` that bash 3.2 would cut off in a substitution", (path) => {
    expect(substitutionsOfBash3(readFileSync(join(PROVIDER, path), "utf8")).filter(isCutOff)).toEqual([]);
  });

  const awks = here("mawk", "gawk", "original-awk", "busybox awk");
  test.each(awkPrograms(assemble("host/remote/hook.sh")))("%s is read by every awk of theirs", (_, program) => {
    // Read, and ended before anything of it runs.
    for (const awk of awks) expect(outcome(awk, "", `BEGIN { exit } END { exit }${program}`)).toEqual([awk, 0, ""]);
  });
});

test.each<[string, string, string[]]>([
  ["a pattern's parenthesis", "a=$(case $b in\n  x) echo 1 ;;\nesac)", ["case $b in\n  x"]],
  ["one in quotes", 'a="$(case $b in x) echo 1 ;; esac)"', ["case $b in x"]],
  ["a pattern with both", "a=$(case $b in (x) echo 1 ;; esac)", []],
  ["parentheses that are quoted", "a=$(case $(echo ')') in (')') echo \")\" ;; (\\)) ;; esac) # case in )", []],
  ["an apostrophe in a comment", "a=$(echo 1 # it's\n)", []],
])("what bash 3.2 takes for the end of a substitution: %s", (_, script, cut) => {
  expect(substitutionsOfBash3(script).filter(isCutOff)).toEqual(cut);
});

/**
 * The text of each `$(...)` as bash before 4.0 finds its end: it counts parentheses outside of quotes and comments, and does not know that one of
 * `case` stands alone. Since 4.0 it parses what is inside (bash's CHANGES).
 */
function substitutionsOfBash3(script: string): string[] {
  const found: string[] = [];
  /** Reads on to what ends a quotation, a substitution or the script (undefined), and says where. */
  const read = (from: number, end: string | undefined): number => {
    let open = 0;
    for (let at = from; at < script.length; at++) {
      const char = script[at];
      if (char === "\\") at++;
      else if (char === end && open === 0) return at;
      else if (script.startsWith("$(", at) && script[at + 2] !== "(") {
        const last = read(at + 2, ")");
        found.push(script.slice(at + 2, last));
        at = last;
      } else if (char === '"') {
        if (end !== '"') at = read(at + 1, '"');
      } else if (end === '"') continue;
      else if (char === "'") at = script.indexOf("'", at + 1);
      else if (char === "#" && /\s/.test(script[at - 1] ?? "\n")) at = ((script.indexOf("\n", at) + script.length) % script.length) - 1;
      else if (char === "(") open++;
      else if (char === ")") open--;
      if (at < 0) return script.length;
    }
    return script.length;
  };
  read(0, undefined);
  return found;
}

function isCutOff(text: string): boolean {
  const count = (word: string) => text.match(new RegExp(`(?:^|[\\s;(])${word}(?=[\\s;)]|$)`, "g"))?.length ?? 0;
  return count("case") > count("esac");
}

/** What a script gives to awk: `"$plant_awk$leads_awk"`, put together of what it has in its variables. */
function awkPrograms(script: string): [name: string, program: string][] {
  const parts = new Map([...script.matchAll(/^(\w+_awk)='\n([^']*)'$/gm)].map(([, name = "", text = ""]) => [name, text]));
  const names = new Set([...script.matchAll(/"((?:\$\w+_awk)+)"/g)].map(([, name = ""]) => name));
  return [...names].map((name) => [
    name,
    name
      .slice(1)
      .split("$")
      .map((part) => parts.get(part) ?? `no ${part}`)
      .join(""),
  ]);
}

describeWith(["root"], "shellcheck minds nothing", () => {
  // The files as they are written, with what they say to it.
  test.each(shells)("of %s", (path) => {
    expect(spawnSync("shellcheck", [join(PROVIDER, path)], { encoding: "utf8" }).stdout).toBe("");
  });
});

test("a place takes a value; one that is a line of its own, any number of lines", () => {
  expect(fill("a=%A%\n", { A: "'%B%'" })).toBe("a='%B%'\n");
  for (const [lines, expected] of [
    ["", "end\n"],
    ["one", "one\nend\n"],
    ["one\n", "one\nend\n"],
    ["one\ntwo", "one\ntwo\nend\n"],
  ] as const)
    expect([lines, fill("%LINES%\nend\n", { LINES: lines })]).toEqual([lines, expected]);
  expect(() => fill("%A%", {})).toThrow("nothing is said of %A%");
});

test("arguments arrive as they are", () => {
  const words = ["", "a b", "it's", "$HOME `id`\n%s", "-n"];
  const { stdout } = spawnSync("sh", ["-c", withArguments('printf "<%s>" "$@"', ...words)], { encoding: "utf8" });
  expect(stdout).toBe(words.map((word) => `<${word}>`).join(""));
});
