import { type Attribute, type AttributeType, insideOf } from "../doors/terraform/attributes";
import type { Schema } from "../doors/terraform/messages";
import type { Types } from "../doors/terraform/schema";

/**
 * Constructs for CDKTN; those for CDKTF differ only in the library's name. One module has a class for the provider, for each resource ("IpSet") and
 * for each data source ("DataCspHost"). Fields are attributes in camel case. In place of any value, there may be one that Terraform only knows
 * later.
 */
export function cdkBindings(types: Types): string {
  const parts: string[] = [];
  parts.push(...element({ kind: "provider", name: "csp", className: "CspProvider" }, types.provider));
  for (const { name, schema } of types.resources.values())
    parts.push(...element({ kind: "resource", name, className: pascal(name) }, schema));
  for (const { name, schema } of types.dataSources.values())
    parts.push(...element({ kind: "data", name, className: `DataCsp${pascal(name)}` }, schema));
  return `${HEAD}\n${parts.join("\n")}`;
}

const HEAD = `// Made by \`npm run generate\` from provider/resources; changes here are lost.
import { type IResolvable, TerraformDataSource, type TerraformMetaArguments, TerraformProvider, TerraformResource } from "cdktn";
import type { Construct } from "constructs";
import { asTheyAre, attributesOf, checkFields, type Fields, hclOf } from "./element";

const METADATA = { providerName: "csp" };
`;

interface Kind {
  readonly kind: "provider" | "resource" | "data";
  readonly name: string;
  readonly className: string;
}

const BASES = { provider: "TerraformProvider", resource: "TerraformResource", data: "TerraformDataSource" } as const;

function element({ kind, name, className }: Kind, { attributes, description }: Schema): string[] {
  const inputs = attributes.filter(({ mode }) => mode !== "computed");
  const outputs = attributes.filter(({ mode, type, writeOnly }) => !writeOnly && (mode === "computed" || isPlainOutput(type)));
  const interfaces: string[] = [];
  const config = `${className}Config`;
  interfaces.push(
    interfaceText(config, kind === "provider" ? "" : " extends TerraformMetaArguments", inputs, className, interfaces, kind === "provider"),
  );
  const fields = `${className.charAt(0).toLowerCase()}${className.slice(1)}Fields`;
  const source = kind === "provider" ? `, terraformProviderSource: "csp-iac/csp"` : "";
  const passed = kind === "provider" ? "" : ", ...config";
  const getters = kind === "provider" ? [] : outputs.filter(({ name: own }) => own !== "id").map(getter);
  return [
    ...interfaces,
    `const ${fields}: Fields = ${JSON.stringify(fieldsOf(inputs))};\n`,
    `${comment(description, "")}export class ${className} extends ${BASES[kind]} {
  static readonly tfResourceType = "${name}";
  private readonly config: ${config};

  constructor(scope: Construct, id: string, config: ${config}${kind === "provider" ? " = {}" : ""}) {
    super(scope, id, { terraformResourceType: "${name}", terraformGeneratorMetadata: METADATA${source}${passed} });
    checkFields("${className}", this.node.path, ${fields}, config);
    this.config = config;${kind === "provider" ? "\n    this.alias = config.alias;" : ""}
  }
${kind === "resource" ? `\n  get id(): string {\n    return this.getStringAttribute("id");\n  }\n` : ""}${getters.map((text) => `\n${text}\n`).join("")}
  protected override synthesizeAttributes(): Record<string, unknown> {
    return ${kind === "provider" ? `asTheyAre(attributesOf(${fields}, this.config))` : `attributesOf(${fields}, this.config)`};
  }

  protected override synthesizeHclAttributes(): Record<string, unknown> {
    return hclOf(${fields}, this.config);
  }
}
`,
  ];
}

/** Inputs that others can refer to: `csp_host.hv.host`. */
function isPlainOutput(type: AttributeType): boolean {
  return type.kind === "string" || type.kind === "number";
}

function getter({ name, description, type }: Attribute): string {
  const body = (returns: string, call: string) =>
    `${comment(description, "  ")}  get ${camel(name)}(): ${returns} {\n    return this.${call};\n  }`;
  if (type.kind === "string") return body("string", `getStringAttribute("${name}")`);
  if (type.kind === "number") return body("number", `getNumberAttribute("${name}")`);
  if ((type.kind === "list" || type.kind === "set") && type.element.kind === "string")
    return body("string[]", `getListAttribute("${name}")`);
  if (type.kind === "map" && type.element.kind === "string") return body("{ [key: string]: string }", `getStringMapAttribute("${name}")`);
  return body("IResolvable", `interpolationForAttribute("${name}")`);
}

/** Adds the interfaces of nested objects to `interfaces`, before the one that it returns. */
function interfaceText(
  name: string,
  base: string,
  attributes: readonly Attribute[],
  prefix: string,
  interfaces: string[],
  alias = false,
): string {
  const fields = attributes.map((attribute) => {
    const field = fieldName(attribute);
    const own = `${prefix}${field.charAt(0).toUpperCase()}${field.slice(1)}`;
    const nesting = insideOf(attribute.type);
    if (nesting !== undefined) interfaces.push(interfaceText(own, "", nesting.attributes, own, interfaces));
    const optional = attribute.mode === "required" ? "" : "?";
    return `${comment(attribute.description, "  ")}  readonly ${field}${optional}: ${typeText(attribute.type, own, attribute.block)};`;
  });
  if (alias) fields.push("  /** Tells several configurations of the provider apart. */\n  readonly alias?: string;");
  return `export interface ${name}${base} {\n${fields.join("\n")}\n}\n`;
}

function typeText(type: AttributeType, own: string, block = false): string {
  switch (type.kind) {
    case "string":
      return "string";
    case "number":
      return "number";
    case "bool":
      return "boolean | IResolvable";
    case "dynamic":
      return type.of === undefined ? "unknown" : typeText(type.of, own);
    case "object":
      // A block is there or not; no expression can stand for one.
      return block ? own : `${own} | IResolvable`;
    case "map": {
      const inner = typeText(type.element, own);
      return `{ readonly [key: string]: ${inner} } | IResolvable`;
    }
    default: {
      const inner = typeText(type.element, own, block);
      return type.element.kind === "string" ? "readonly string[]" : `readonly (${inner})[] | IResolvable`;
    }
  }
}

type Nested = "object" | "list" | "map" | "block" | "blocks";

interface FieldTree {
  [field: string]: string | [string, FieldTree, Nested];
}

function fieldsOf(attributes: readonly Attribute[]): FieldTree {
  return Object.fromEntries(
    attributes.map((attribute): [string, FieldTree[string]] => {
      const { name, type, block } = attribute;
      const inside = insideOf(type);
      if (inside === undefined) return [fieldName(attribute), name];
      const nested = inside.nesting === "single" ? "object" : inside.nesting;
      const nesting = !block ? nested : nested === "list" ? "blocks" : "block";
      return [fieldName(attribute), [name, fieldsOf(inside.attributes), nesting]];
    }),
  );
}

/** Several blocks are a list, whose name is the plural. */
function fieldName({ name, field, type, block }: Attribute): string {
  return block && type.kind === "list" ? field : camel(name);
}

function comment(text: string, indent: string): string {
  return text === "" ? "" : `${indent}/** ${text.replace(/\s*\n\s*/g, " ").replaceAll("*/", "*\\/")} */\n`;
}

const pascalWord = (name: string): string => name.replace(/(^|_)([a-z0-9])/g, (_, _gap, letter: string) => letter.toUpperCase());
const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
/** "csp_ip_set" is "IpSet". */
const pascal = (type: string): string => pascalWord(type.replace(/^csp_/, ""));
