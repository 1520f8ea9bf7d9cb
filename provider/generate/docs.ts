import type { AnyResource } from "../core/define";
import { describe } from "../schema/describe";
import { type EnumShape, inputOnly, type ObjectShape, objectShape, type Shape } from "../schema/shape";

/** The documentation page of a resource. `example` is a program, in TypeScript. */
export function resourcePage(resource: AnyResource, example: string | undefined): string {
  const inputs = objectShape(resource.inputs);
  const outputs = objectShape(resource.outputs);
  const parts = [
    `<!-- Made by \`npm run generate\` from provider/resources; changes here are lost. -->`,
    `# ${titleOf(resource)}`,
    `\`${resource.token}\``,
    resource.description,
    ...(example === undefined ? [] : ["## Example", `\`\`\`ts\n${example.trim()}\n\`\`\``]),
    "## Inputs",
    table(inputs),
    "## Outputs",
    `${allInputs(inputs)}, and:`,
    table(outputs),
    ...typeSections([inputs, outputs]),
    "## Import",
    `The ID is \`${resource.importId}\`:`,
    `\`\`\`sh\npulumi import ${resource.token} NAME '${resource.importId}'\n\`\`\``,
  ];
  return `${parts.join("\n\n")}\n`;
}

function allInputs(inputs: ObjectShape): string {
  const hidden = [...inputOnly(inputs)].map((name) => `\`${name}\``);
  if (hidden.length === 0) return "All inputs";
  return `All inputs but ${hidden.length === 1 ? hidden[0] : `${hidden.slice(0, -1).join(", ")} and ${hidden.at(-1)}`}`;
}

/** "SecurityGroup". */
export function titleOf(resource: AnyResource): string {
  return resource.token.slice(resource.token.lastIndexOf(":") + 1);
}

/** "security-group": the page's file name. */
export function slugOf(resource: AnyResource): string {
  return titleOf(resource)
    .replace(/([a-z])([A-Z])/g, "$1-$2")
    .toLowerCase();
}

function table(shape: ObjectShape): string {
  const rows = [...shape.fields].map(([name, field]) => {
    const signs = [
      field.optional ? undefined : "required",
      field.meta.identity === true ? "replaces" : undefined,
      field.meta.secret === true ? "secret" : undefined,
    ];
    return `| \`${name}\` | ${typeText(field)} | ${signs.filter((sign) => sign !== undefined).join(", ")} | ${cell(describe(field) + enumText(field))} |`;
  });
  return ["| field | type | | |", "|---|---|---|---|", ...rows].join("\n");
}

function typeText(shape: Shape): string {
  switch (shape.kind) {
    case "list":
      return `list of ${typeText(shape.element)}`;
    case "record":
      return `map to ${typeText(shape.value)}`;
    case "object": {
      const name = shape.meta.token?.split(":").at(-1);
      return name === undefined ? "object" : `[${name}](#${name.toLowerCase()})`;
    }
    case "enum":
      return "enum";
    case "union":
      return shape.options.map(typeText).join(" or ");
    default:
      return shape.kind;
  }
}

function enumText(shape: Shape): string {
  const values = enumOf(shape);
  if (values === undefined) return "";
  return ` ${values.values.map((value) => `\`${value}\`${values.meta.values?.[String(value)] === undefined ? "" : `: ${values.meta.values[String(value)]}`}`).join("; ")}.`;
}

function enumOf(shape: Shape): EnumShape | undefined {
  if (shape.kind === "enum") return shape;
  return shape.kind === "list" ? enumOf(shape.element) : undefined;
}

/** A section for each named type that is in use, in the order of first use. */
function typeSections(shapes: readonly ObjectShape[]): string[] {
  const seen = new Map<string, ObjectShape>();
  const visit = (shape: Shape) => {
    if (shape.kind === "list") visit(shape.element);
    else if (shape.kind === "record") visit(shape.value);
    else if (shape.kind === "union") shape.options.forEach(visit);
    else if (shape.kind === "object") {
      const token = shape.meta.token;
      if (token !== undefined) {
        if (seen.has(token)) return;
        seen.set(token, shape);
      }
      shape.fields.forEach(visit);
    }
  };
  for (const shape of shapes) visit(shape);
  if (seen.size === 0) return [];
  return [
    "## Types",
    ...[...seen]
      .flatMap(([token, shape]) => [`### ${token.split(":").at(-1)}`, shape.source.meta()?.description ?? "", table(shape)])
      .filter((part) => part !== ""),
  ];
}

function cell(text: string): string {
  return text
    .replace(/\|/g, "\\|")
    .replace(/\s*\n\s*/g, " ")
    .trim();
}
