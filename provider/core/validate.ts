import type { z } from "zod";
import { quote } from "../firewall/policy/fields";
import { memory } from "../memory";
import { type Path, parseProblem } from "../schema/field";
import { holdsObjects, type ObjectShape, objectShape, optionFor, type Shape, shapeAt } from "../schema/shape";
import { suggest } from "../schema/suggest";
import { isPlain, withDefaults } from "./defaults";
import { type PartiallyKnown, type Report, UNKNOWN } from "./define";

/** One refusal: which field, what is wrong with it, what to do. */
export interface Issue {
  readonly path: Path;
  readonly cause: string;
  readonly remedy: string;
}

interface Checked {
  readonly inputs: z.ZodObject;
  readonly crossCheck?: (inputs: PartiallyKnown, report: Report) => void;
}

/**
 * Everything that is wrong with inputs, as far as it can be known: fields that hold {@link UNKNOWN} are left out of it. In order: unknown
 * fields, then what zod says of each field, then what the definition's `crossCheck` says of all together (only when every type is right).
 */
export function validate(definition: Checked, inputs: PartiallyKnown): Issue[] {
  const shape = objectShape(definition.inputs);
  const issues: Issue[] = [];
  findUnknownFields(shape, inputs, [], issues);
  let typesRight = true;
  for (const issue of definition.inputs.safeParse(inputs).error?.issues ?? []) {
    const found = explain(shape, inputs, issue);
    if (found === undefined) continue;
    if (issue.code === "invalid_type" || issue.code === "invalid_union") typesRight = false;
    issues.push(found);
  }
  if (typesRight) definition.crossCheck?.(withDefaults(shape, inputs), (path, cause, remedy) => issues.push({ path, cause, remedy }));
  return issues;
}

function findUnknownFields(declared: Shape, value: unknown, path: Path, issues: Issue[]): void {
  const shape = optionFor(declared, value);
  if (shape.kind === "list") {
    if (Array.isArray(value) && holdsObjects(shape.element))
      for (const [index, element] of value.entries()) findUnknownFields(shape.element, element, [...path, index], issues);
  } else if (shape.kind === "record") {
    if (isPlain(value) && holdsObjects(shape.value))
      for (const key of Object.keys(value)) findUnknownFields(shape.value, value[key], [...path, key], issues);
  } else if (shape.kind === "object" && isPlain(value)) {
    for (const key of Object.keys(value)) {
      const field = shape.fields.get(key);
      if (field !== undefined) {
        if (holdsObjects(field)) findUnknownFields(field, value[key], [...path, key], issues);
      } else if (value[key] !== undefined) issues.push({ path: [...path, cut(key)], ...unknownField(shape, key) });
    }
  }
}

function unknownField(shape: ObjectShape, key: string): { cause: string; remedy: string } {
  const meant = suggest(key, shape.fields.keys());
  return {
    cause: `there is no field ${quote(key)} here`,
    remedy:
      meant === undefined
        ? `the fields are ${[...shape.fields.keys()].map((name) => `\`${name}\``).join(", ")}`
        : `did you mean \`${meant}\`?`,
  };
}

/** A zod issue in words; undefined when the field, or part of it, is not known yet. */
function explain(shape: Shape, inputs: unknown, issue: z.core.$ZodIssue): Issue | undefined {
  let value = inputs;
  for (const step of issue.path) {
    if (value === UNKNOWN) return undefined;
    value = (value as Record<PropertyKey, unknown> | undefined)?.[step];
  }
  if (value === UNKNOWN || ((issue.code === "invalid_union" || issue.code === "custom") && holdsUnknown(value))) return undefined;
  const path = issue.path.map((step) => (typeof step === "number" ? step : cut(String(step))));
  return { path, ...reason(shapeAt(shape, issue.path), value, issue) };
}

const holding = memory.byObject<object, boolean>({ name: "inputs that hold unknowns", reason: "every check of a thousand guests asks it" });

export function holdsUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(holdsUnknown);
  if (!isPlain(value)) return false;
  const earlier = holding.get(value);
  if (earlier !== undefined) return earlier;
  const entries = Object.values(value);
  const holds = entries.some(holdsUnknown);
  // A rule is as quickly looked at as looked up, and there are twenty times as many as guests.
  if (entries.some(hasObjects)) holding.set(value, holds);
  return holds;
}

function hasObjects(value: unknown): boolean {
  return Array.isArray(value) ? typeof value[0] === "object" : isPlain(value);
}

function reason(shape: Shape | undefined, value: unknown, issue: z.core.$ZodIssue): { cause: string; remedy: string } {
  const hint = shape?.meta.description === undefined ? "" : firstSentence(shape.meta.description);
  switch (issue.code) {
    case "invalid_type":
    case "invalid_value":
    case "invalid_union": {
      if (value === undefined || value === null)
        return { cause: "it is required, and missing", remedy: hint === "" ? "set it" : `set it: ${hint}` };
      if (shape?.kind === "enum") {
        const meant = typeof value === "string" ? suggest(value, shape.values.map(String)) : undefined;
        const choices = shape.values.map((choice) => JSON.stringify(choice)).join(", ");
        return {
          cause: `${quote(value)} is not one of ${choices}`,
          remedy: meant === undefined ? "write one of them" : `did you mean ${JSON.stringify(meant)}?`,
        };
      }
      if (shape?.kind === "integer" && typeof value === "number")
        return { cause: `${value} is not a whole number`, remedy: "write it without a fraction" };
      return {
        cause: `it must be ${shape === undefined ? "of another type" : noun(shape)}, and is ${nounOf(value)}`,
        remedy: hint === "" ? "change its type" : `it means: ${hint}`,
      };
    }
    case "too_small":
    case "too_big": {
      const custom = parseProblem(issue.message);
      if (custom.remedy !== "") return custom;
      const bound = issue.code === "too_small" ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
      const what =
        issue.origin === "array"
          ? `it has ${(value as unknown[]).length} elements`
          : issue.origin === "string"
            ? `it has ${(value as string).length} characters`
            : String(value);
      return {
        cause: `${what}, and ${issue.origin === "array" || issue.origin === "string" ? "must have" : "must be"} ${bound}`,
        remedy: hint === "" ? `use ${bound}` : `it means: ${hint}`,
      };
    }
    case "invalid_key":
      return parseProblem(issue.issues[0]?.message ?? "the key is not valid");
    default: {
      const custom = parseProblem(issue.message);
      return custom.remedy === ""
        ? { cause: `${quote(value)} is not valid`, remedy: hint === "" ? "correct it" : `it means: ${hint}` }
        : custom;
    }
  }
}

function noun(shape: Shape): string {
  switch (shape.kind) {
    case "string":
    case "enum":
      return "a string";
    case "number":
      return "a number";
    case "integer":
      return "a whole number";
    case "boolean":
      return "true or false";
    case "list":
      return `a list of ${plural(shape.element)}`;
    case "object":
      return `an object with ${
        [...shape.fields]
          .filter(([, field]) => !field.optional)
          .map(([key]) => `\`${key}\``)
          .join(", ") || "named fields"
      }`;
    case "record":
      return `a map of names to ${plural(shape.value)}`;
    case "union":
      return shape.options.map(noun).join(" or ");
    case "any":
      return "a value";
  }
}

function plural(shape: Shape): string {
  if (shape.kind === "object") return "objects";
  if (shape.kind === "list") return "lists";
  if (shape.kind === "boolean") return "booleans";
  return shape.kind === "number" || shape.kind === "integer" ? "numbers" : "strings";
}

function nounOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "string" || typeof value === "number") return `the ${typeof value} ${quote(value)}`;
  return typeof value === "boolean" ? String(value) : `a ${typeof value}`;
}

function firstSentence(text: string): string {
  return text.replace(/\.(\s.*)?$/s, "");
}

/** Keys come from the user as well: a 10 kB name must not fill the screen. */
function cut(key: string): string {
  return key.length > 60 ? `${key.slice(0, 59)}…` : key;
}
