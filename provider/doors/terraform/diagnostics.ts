import { failureOf } from "../../core/failure";
import type { Issue } from "../../core/validate";
import { asSentence } from "../../errors";
import type { Path } from "../../schema/field";
import type { Attribute, AttributeType } from "./attributes";
import type { Diagnostic, Step } from "./messages";
import { inTerms } from "./wording";

/** Where a field of the core stands in a configuration, as far as Terraform has a word for the place: members of sets have none. */
export function attributePath(attributes: readonly Attribute[], path: Path): Step[] | undefined {
  const { steps } = placeIn(attributes, path);
  return steps.length === 0 ? undefined : steps;
}

/** The same, and how much of it Terraform finds in a source: blocks, and the attribute in them. */
function placeIn(attributes: readonly Attribute[], path: Path): { readonly steps: Step[]; readonly inSource: number } {
  const steps: Step[] = [];
  let inSource: number | undefined;
  let type: AttributeType | undefined = { kind: "object", attributes };
  for (const [index, step] of path.entries()) {
    if (type?.kind === "dynamic") type = type.of;
    if (type?.kind === "object") {
      const attribute = attributeOf(type.attributes, step, index < path.length - 1);
      if (attribute === undefined) {
        // A key that there is not (keys.ts).
        if (inSource !== undefined) steps.push({ attribute: String(step) });
        break;
      }
      steps.push({ attribute: attribute.name });
      if (!attribute.block) inSource ??= steps.length;
      type = attribute.type;
    } else if (type?.kind === "list" || type?.kind === "map") {
      steps.push(typeof step === "number" ? { index: step } : { key: step });
      type = type.element;
    } else break;
  }
  return { steps, inSource: inSource ?? steps.length };
}

/** Of a field with two attributes a path goes on in the one that is an object. */
function attributeOf(attributes: readonly Attribute[], step: string | number, goesOn: boolean): Attribute | undefined {
  const own = attributes.filter(({ field }) => field === step);
  return own.find(({ takes }) => takes === (goesOn ? "object" : "plain")) ?? own[0];
}

/**
 * A refusal of a field. The summary says the whole path, and the path itself ends with the first attribute: of anything deeper Terraform shows
 * no source but the resource's first line (tried with 1.11), and of this the attribute.
 */
export function refusalOf(attributes: readonly Attribute[], { path, cause, remedy }: Issue): Diagnostic {
  const { steps, inSource } = placeIn(attributes, path);
  return {
    severity: "error",
    summary: `Invalid ${placeOf(steps)}`,
    detail: `${inTerms(asSentence(cause))} ${inTerms(asSentence(remedy))}`.trim(),
    ...(steps.length === 0 ? {} : { attribute: steps.slice(0, inSource) }),
  };
}

/** `ingress[0].ports`, `guests["web-1"].interfaces[0].mac`. */
export function placeOf(steps: readonly Step[]): string {
  if (steps.length === 0) return "configuration";
  return steps.reduce((text, step) => {
    if ("index" in step) return `${text}[${step.index}]`;
    if ("key" in step) return `${text}[${JSON.stringify(step.key)}]`;
    return text === "" ? step.attribute : `${text}.${step.attribute}`;
  }, "");
}

/** What went wrong, while `doing` ("create csp_ip_set"). */
export function diagnosticOf(error: unknown, doing: string, aborted: boolean): Diagnostic {
  const failure = failureOf(error, aborted);
  const diagnostic = (detail: string): Diagnostic => ({ severity: "error", summary: `Unable to ${doing}`, detail });
  switch (failure.kind) {
    case "refused":
      return diagnostic(inTerms(failure.message));
    case "stopped":
      return diagnostic("It was stopped before it was done.");
    case "fault":
      return diagnostic(`${failure.message}.`);
  }
}

export function warningOf(message: string): Diagnostic {
  const [clause = message] = message.split(/[;:\n]/);
  const summary = clause.length > 100 ? `${clause.slice(0, 99)}…` : clause;
  return {
    severity: "warning",
    summary: inTerms(summary.charAt(0).toUpperCase() + summary.slice(1)),
    detail: inTerms(asSentence(message)),
  };
}
