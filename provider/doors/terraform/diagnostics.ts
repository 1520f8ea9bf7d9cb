import { asSentence, CspError } from "../../errors";
import type { Issue } from "../../resources/validate";
import type { Path } from "../../schema/field";
import type { Attribute, AttributeType } from "./attributes";
import type { Diagnostic, Step } from "./messages";
import { TIMEOUTS_FIELD } from "./schema";
import { inTerms } from "./wording";

/** Where a field of the core stands in a configuration, as far as Terraform has a word for the place: members of sets have none. */
export function attributePath(attributes: readonly Attribute[], path: Path): Step[] | undefined {
  const steps: Step[] = [];
  let type: AttributeType | undefined = { kind: "object", attributes };
  for (const step of path) {
    if (type?.kind === "object") {
      const attribute: Attribute | undefined = type.attributes.find(({ field }) => field === step);
      if (attribute === undefined) break;
      steps.push({ attribute: attribute.name });
      // Of a field with two attributes the path goes on in the one that is an object.
      type = attribute.takes === undefined ? attribute.type : undefined;
    } else if (type?.kind === "list" || type?.kind === "map") {
      steps.push(typeof step === "number" ? { index: step } : { key: step });
      type = type.element;
    } else break;
  }
  return steps.length === 0 ? undefined : steps;
}

/**
 * A refusal of a field. The summary says the whole path, and the path itself is that of the attribute it begins with: of anything deeper
 * Terraform shows no source but the resource's first line (tried with 1.11), and of this the attribute.
 */
export function refusalOf(attributes: readonly Attribute[], { path, cause, remedy }: Issue): Diagnostic {
  const steps = attributePath(attributes, path);
  return {
    severity: "error",
    summary: `Invalid ${placeOf(steps)}`,
    detail: `${inTerms(asSentence(cause))} ${inTerms(asSentence(remedy))}`.trim(),
    ...(steps === undefined ? {} : { attribute: path[0] === TIMEOUTS_FIELD ? steps : steps.slice(0, 1) }),
  };
}

/** `ingress[0].ports`, `guests["web-1"].interfaces[0].mac`. */
function placeOf(steps: readonly Step[] | undefined): string {
  if (steps === undefined) return "configuration";
  return steps.reduce((text, step) => {
    if ("index" in step) return `${text}[${step.index}]`;
    if ("key" in step) return `${text}[${JSON.stringify(step.key)}]`;
    return text === "" ? step.attribute : `${text}.${step.attribute}`;
  }, "");
}

/**
 * What went wrong, while `doing` ("create csp_ip_set"). A CspError is well understood; anything else is a fault of ours.
 */
export function failureOf(error: unknown, doing: string, aborted: boolean): Diagnostic {
  const summary = `Unable to ${doing}`;
  if (error instanceof CspError) return { severity: "error", summary, detail: inTerms(error.message) };
  if (aborted) return { severity: "error", summary, detail: "It was stopped before it was done." };
  const message = error instanceof Error ? error.message : String(error);
  return { severity: "error", summary, detail: `csp met an error of its own: ${message}. Please report it with what was being done.` };
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
