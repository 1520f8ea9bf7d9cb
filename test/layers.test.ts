import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import ts from "typescript";

/**
 * The house, from the ground up: a folder may import from what stands above it in this list, never from what stands below it, and never from
 * a neighbour of its own line. So no two folders can import each other.
 */
const LAYERS: readonly (readonly string[])[] = [
  ["provider", "provider/schema"],
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
  ["provider/host/adopt", "provider/host/keeps", "provider/install/publish"],
  ["provider/core"],
  ["provider/resources/shared"],
  ["provider/resources/*"],
  ["provider/resources/functions"],
  ["provider/resources"],
  ["provider/doors"],
  ["provider/doors/pulumi"],
  ["provider/doors/terraform"],
  ["provider/generate", "provider/bin"],
];

/** Resources that another one's fields are part of. */
const BUILT_ON: Readonly<Record<string, readonly string[]>> = {
  "provider/resources/host-policy": ["provider/resources/guest-firewall"],
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
    .filter((file) => file !== "provider/host/remote/texts.ts")
    .flatMap((file) => textsOf(file).flatMap((text) => (TOOL_TEXT.test(text) ? [`${file}: ${text.slice(0, 100)}`] : [])));
  expect(wrong).toEqual([]);
});
