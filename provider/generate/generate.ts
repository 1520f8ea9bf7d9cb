import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { version } from "../../package.json";
import { providerConfig } from "../core/provider-config";
import { pulumiSchema } from "../doors/pulumi/schema";
import { typesOf } from "../doors/terraform/schema";
import { functions, resources } from "../resources";
import { formatTexts } from "../shell/assemble";
import { answerfileWordsPage } from "./answerfile-words";
import { bootArgumentsPage } from "./boot-arguments";
import { cdkBindings } from "./cdk";
import { resourcePage, slugOf } from "./docs";
import { terraformDataPage, terraformIndexPage, terraformResourcePage } from "./terraform-docs";

/**
 * Files made from others, by path from the root of the checkout: from the definitions the schema, the constructs and, for each door, a page for each
 * resource; from their own files the programs that run on hosts and servers.
 */
export function generated(root: string): ReadonlyMap<string, string> {
  const files = new Map([
    ["provider/schema.json", `${JSON.stringify(pulumiSchema({ resources, functions, config: providerConfig, version }), null, 2)}\n`],
  ]);
  for (const resource of resources) {
    const example = join(root, "docs/resources/examples", `${slugOf(resource)}.ts`);
    files.set(
      `docs/resources/${slugOf(resource)}.md`,
      resourcePage(resource, existsSync(example) ? readFileSync(example, "utf8") : undefined),
    );
  }
  files.set("docs/boot-arguments.md", bootArgumentsPage());
  files.set("docs/answerfile-words.md", answerfileWordsPage());
  files.set("provider/shell/texts.ts", formatTexts());
  files.set("cdk/bindings.ts", cdkBindings(typesOf({ resources, functions, config: providerConfig })));
  for (const [path, text] of terraformPages(join(root, "docs/terraform/examples"))) files.set(`docs/terraform/${path}`, text);
  return files;
}

/** The pages for the Terraform registry, by path below its folder `docs`. */
function terraformPages(examples: string): ReadonlyMap<string, string> {
  const types = typesOf({ resources, functions, config: providerConfig });
  const example = (name: string) => {
    const path = join(examples, `${name}.tf`);
    return existsSync(path) ? readFileSync(path, "utf8") : undefined;
  };
  const slug = (name: string) => name.replace(/^csp_/, "");
  return new Map([
    ["index.md", terraformIndexPage(types.provider, example("provider"))],
    ...[...types.resources.values()].map(
      (type) => [`resources/${slug(type.name)}.md`, terraformResourcePage(type, example(`resources/${type.name}`))] as const,
    ),
    ...[...types.dataSources.values()].map(
      (source) => [`data-sources/${slug(source.name)}.md`, terraformDataPage(source, example(`data-sources/${source.name}`))] as const,
    ),
  ]);
}

/** The paths of files that differ from what the definitions give, including pages without a resource. */
export function outdated(root: string): string[] {
  const files = generated(root);
  const differing = [...files]
    .filter(([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), "utf8") !== text)
    .map(([path]) => path);
  return [...differing, ...strayPages(root, files)];
}

function strayPages(root: string, files: ReadonlyMap<string, string>): string[] {
  return ["docs/resources", "docs/terraform/resources", "docs/terraform/data-sources"]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))
    .filter((path) => path.endsWith(".md") && !path.endsWith("README.md") && !files.has(path));
}

function main(args: readonly string[]): number {
  const root = resolve(__dirname, "../..");
  const differing = outdated(root);
  if (args.includes("--check")) {
    for (const path of differing) console.error(`${path} is not what the definitions produce; run \`npm run generate\``);
    return differing.length === 0 ? 0 : 1;
  }
  const files = generated(root);
  for (const path of differing) {
    const text = files.get(path);
    if (text === undefined) rmSync(join(root, path));
    else {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    console.log(`${text === undefined ? "removed" : "wrote"} ${relative(process.cwd(), join(root, path))}`);
  }
  return 0;
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
