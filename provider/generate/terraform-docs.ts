import { type Attribute, insideOf, typeExpression } from "../doors/terraform/attributes";
import type { Schema } from "../doors/terraform/messages";
import type { DataSource, ResourceType } from "../doors/terraform/schema";

/**
 * Pages in the form of the Terraform and OpenTofu registries: front matter, example, schema with the required attributes first, import. `example` is
 * a configuration.
 */
export function terraformResourcePage({ name, definition, schema }: ResourceType, example: string | undefined): string {
  return page(name, "Resource", schema, example, [
    "## Import",
    `The ID is \`${definition.importId}\`. With a block, from Terraform 1.5:`,
    code(`import {\n  to = ${name}.example\n  id = "${definition.importId}"\n}`),
    "Or by command:",
    `\`\`\`shell\nterraform import ${name}.example '${definition.importId}'\n\`\`\``,
  ]);
}

export function terraformDataPage({ name, schema }: DataSource, example: string | undefined): string {
  return page(name, "Data Source", schema, example, []);
}

export function terraformIndexPage(schema: Schema, example: string | undefined): string {
  const parts = [
    '---\npage_title: "Provider: csp"\ndescription: |-\n  Infrastructure as code for the virtualization hosts of cloud service providers.\n---',
    MADE,
    "# csp Provider",
    "What each guest of a Xen, KVM or Proxmox host may send and receive, declared, compared with what is in the kernel of every host, and changed in one transaction a host, over SSH.",
    schema.description,
    ...(example === undefined ? [] : ["## Example Usage", code(example)]),
    ...schemaParts(schema),
  ];
  return `${parts.join("\n\n")}\n`;
}

const MADE = "<!-- Made by `npm run generate` from provider/resources; changes here are lost. -->";
const code = (text: string): string => `\`\`\`terraform\n${text.trim()}\n\`\`\``;

function page(name: string, kind: string, schema: Schema, example: string | undefined, last: readonly string[]): string {
  const [first = ""] = schema.description.split(/(?<=\.)\s/);
  const parts = [
    `---\npage_title: "${name} ${kind} - csp"\nsubcategory: ""\ndescription: |-\n  ${first}\n---`,
    MADE,
    `# ${name} (${kind})`,
    schema.description,
    ...(example === undefined ? [] : ["## Example Usage", code(example)]),
    ...schemaParts(schema),
    ...last,
  ];
  return `${parts.join("\n\n")}\n`;
}

function schemaParts({ attributes }: Schema): string[] {
  const nested: string[] = [];
  return ["## Schema", ...groups(attributes, "", nested), ...nested];
}

/** Lists of attributes under their headings. Nested attributes go to `nested`, in sections of their own. */
function groups(attributes: readonly Attribute[], path: string, nested: string[], heading = "###"): string[] {
  return (["required", "optional", "computed"] as const).flatMap((mode) => {
    const own = attributes.filter((attribute) => attribute.mode === mode);
    if (own.length === 0) return [];
    const title = { required: "Required", optional: "Optional", computed: "Read-Only" }[mode];
    return [heading === "" ? `${title}:` : `${heading} ${title}`, own.map((attribute) => item(attribute, path, nested)).join("\n")];
  });
}

function item(attribute: Attribute, path: string, nested: string[]): string {
  const { name, description, sensitive, writeOnly, type } = attribute;
  const inner = insideOf(type);
  const own = path === "" ? name : `${path}.${name}`;
  if (inner !== undefined) nested.push(...section(own, inner.attributes));
  const below = inner === undefined ? "" : ` (see [below](#${anchor(own)}))`;
  return `- \`${name}\` (${typeText(attribute)}${sensitive ? ", Sensitive" : ""}${writeOnly ? ", Write-only" : ""}) ${description.replace(/\s*\n\s*/g, " ")}${below}`.trimEnd();
}

function section(path: string, attributes: readonly Attribute[]): string[] {
  const deeper: string[] = [];
  return [`<a id="${anchor(path)}"></a>\n### \`${path}\``, ...groups(attributes, path, deeper, ""), ...deeper];
}

const anchor = (path: string): string => `nested--${path.replaceAll(".", "--")}`;

function typeText({ block, type }: Attribute): string {
  const inner = insideOf(type);
  if (inner === undefined) return expressionText(typeExpression(type));
  if (block) return inner.nesting === "list" ? "Blocks" : "Block";
  return { single: "Object", list: "List of Object", map: "Map of Object" }[inner.nesting];
}

const WORDS: Readonly<Record<string, string>> = { string: "String", number: "Number", bool: "Boolean", dynamic: "Dynamic" };

function expressionText(expression: unknown): string {
  if (typeof expression === "string") return WORDS[expression] ?? expression;
  const [kind, element] = expression as readonly [string, unknown];
  return kind === "object" ? "Object" : `${kind.charAt(0).toUpperCase()}${kind.slice(1)} of ${expressionText(element)}`;
}
