import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";

/**
 * The layers, from the ground up: a folder may import from the lines above it in this list, never from the lines below it, and never from
 * a neighbour on its own line. So no two folders can import each other.
 */
const LAYERS: readonly (readonly string[])[] = [
  ["provider"],
  ["provider/schema", "provider/shell"],
  ["provider/ssh", "provider/firewall/values"],
  ["provider/firewall/policy"],
  ["provider/firewall/model"],
  ["provider/firewall/planes/nft"],
  ["provider/firewall/planes/xtables"],
  ["provider/firewall/planes"],
  ["provider/firewall/compile"],
  ["provider/firewall/plan"],
  ["provider/firewall/drift", "provider/firewall/traffic"],
  ["provider/install/xml", "provider/install"],
  ["provider/install/answerfile", "provider/install/boot", "provider/install/post-install", "provider/install/repository", "provider/ddk"],
  ["provider/host", "provider/host/records"],
  ["provider/host/remote"],
  ["provider/host/look"],
  ["provider/host/state"],
  ["provider/host/transaction"],
  ["provider/host/session"],
  ["provider/host/adopt", "provider/install/publish"],
  ["provider/host/keeps"],
  ["provider/core"],
  ["provider/resources/shared"],
  ["provider/resources/*"],
  ["provider/resources/functions"],
  ["provider/resources"],
  ["provider/doors"],
  ["provider/doors/pulumi", "provider/doors/terraform"],
  ["provider/generate", "provider/bin"],
];

/** Resources that another one's fields are part of, or whose guests it moves. */
const BUILT_ON: Readonly<Record<string, readonly string[]>> = {
  "provider/resources/host-policy": ["provider/resources/guest-firewall"],
  "provider/resources/host": ["provider/resources/guest-firewall", "provider/resources/host-policy"],
  "provider/resources/post-install": ["provider/resources/host"],
  "provider/resources/driver-disk": ["provider/resources/repository"],
};

const root = join(__dirname, "..");
const files = readdirSync(join(root, "provider"), { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => join("provider", name));

function layerOf(folder: string): number {
  const exact = LAYERS.findIndex((layer) => layer.includes(folder));
  return exact >= 0
    ? exact
    : LAYERS.findIndex((layer) => layer.some((name) => name.endsWith("/*") && dirname(folder) === name.slice(0, -2)));
}

/** Files of the provider that a file imports, types too. */
function importsOf(file: string): string[] {
  return ts
    .preProcessFile(readFileSync(join(root, file), "utf8"), true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith("."))
    .flatMap(({ fileName }) => {
      const path = normalize(join(dirname(file), fileName));
      return [`${path}.ts`, join(path, "index.ts")].filter((one) => files.includes(one));
    });
}

test("every folder of the provider has its layer", () => {
  expect([...new Set(files.map(dirname))].filter((folder) => layerOf(folder) < 0)).toEqual([]);
});

test("imports point down", () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((imported) => {
        const [from, to] = [dirname(file), dirname(imported)];
        return from !== to && layerOf(to) >= layerOf(from) && !BUILT_ON[from]?.includes(to);
      })
      .map((imported) => `${file} imports ${imported}`),
  );
  expect(wrong).toEqual([]);
});

/** What iptables and its kin take: commands, targets, matches, the head of a table. */
const TOOL_TEXT =
  /(^|\s)(-[ADIN] [A-Za-z@]|-[jg] [A-Z@$]|-m [a-z]|--(match-set|physdev|ctstate|ip6?-(src|dst|proto)|arp-|[ds]port)\b)|^\*(filter|nat|raw|mangle|broute)\b/;

/** Where a user's own words of a tool are explained. */
const EXPLAINED = ["provider/resources/rule-set/fields.ts", "provider/resources/rule-set/errors.ts"];

/** Every text in a file that a program may print. */
function textsOf(file: string): string[] {
  const found: string[] = [];
  const source = ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.ES2022, true);
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) found.push(node.text);
    else if (ts.isTemplateExpression(node))
      found.push([node.head.text, ...node.templateSpans.map(({ literal }) => `$${literal.text}`)].join(""));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

test("the text of a tool is only in planes/", () => {
  const elsewhere = files.filter((file) => !file.startsWith("provider/firewall/planes/") && !EXPLAINED.includes(file));
  const wrong = elsewhere
    .filter((file) => file !== "provider/shell/texts.ts")
    .flatMap((file) => textsOf(file).flatMap((text) => (TOOL_TEXT.test(text) ? [`${file}: ${text.slice(0, 100)}`] : [])));
  expect(wrong).toEqual([]);
});

/** Doors, and the commands beside them. */
const ABOVE_THE_CORE = [
  ...files.filter((file) => file.startsWith("provider/doors/")),
  ...readdirSync(join(root, "cli")).map((name) => join("cli", name)),
];

test("doors and commands ask the core for a resource's life, and never its definition", () => {
  const asked = /\bdefinition\??\.(crossCheck|contents|preview|create|recall|read|expect|update|delete|deleteBeforeReplace|invoke)\b/;
  expect(ABOVE_THE_CORE.filter((file) => asked.test(readFileSync(join(root, file), "utf8")))).toEqual([]);
});

test("commands stand beside the doors, and not on them", () => {
  expect(
    ABOVE_THE_CORE.filter((file) => file.startsWith("cli/") && importsOf(file).some((one) => one.startsWith("provider/doors/"))),
  ).toEqual([]);
});

/** WeakMaps that are no memory: what Terraform gave is part of the value, and cannot be made again. */
const NO_MEMORY = ["provider/memory.ts", "provider/doors/terraform/values.ts"];

test("what is remembered between calls is the memory's", () => {
  const own = /^(export )?(const|let) \w+(: [^=]+)? = new (WeakMap\b|Map<[^>]*>\(\))/m;
  expect(files.filter((file) => !NO_MEMORY.includes(file) && own.test(readFileSync(join(root, file), "utf8")))).toEqual([]);
});

/** What a line of a shell program has and a text for people does not have: control flow, settings, functions, redirections, an awk. */
const SHELL_LINE =
  /^\s*(if|elif|for|while|until|case|trap|exec|set|cd|umask)\s|^\s*(then|else|do|done|fi|esac)\b|^\s*\w+\(\) *[{(]|\bawk '|2>|>&2|<<'|\|\| exit\b/m;
/** Control flow within a line. */
const SHELL_FLOW = /\b(if|for|while|until)\s.*;\s*(then|do)\b|\bcase \S+ in\b/;

/** Texts that look like shell and are not, or that cannot be a file. */
const NO_PROGRAM: Readonly<Record<string, string>> = {
  "provider/install/boot/files.ts": "GRUB's and iPXE's languages, of whose files each line has a value",
  "provider/firewall/planes/shut.ts": "a unit's command lines, which want no file: one for each layer, made of the plane's commands",
  "provider/firewall/planes/xtables/arptables.ts": "what stands for the restore text of a tool that has none: commands, a line each",
};

test("programs that run on hosts are files of shell and awk, and no texts in TypeScript", () => {
  const shell = (text: string) => SHELL_FLOW.test(text) || (text.trim().includes("\n") && SHELL_LINE.test(text));
  const wrong = new Map(
    files
      .filter((file) => file !== "provider/shell/texts.ts")
      .flatMap((file) => textsOf(file).flatMap((text) => (shell(text) ? [[file, text.slice(0, 200)] as const] : []))),
  );
  expect([...wrong].filter(([file]) => NO_PROGRAM[file] === undefined)).toEqual([]);
  // An exception that is no longer needed.
  expect(Object.keys(NO_PROGRAM).filter((file) => !wrong.has(file))).toEqual([]);
});
