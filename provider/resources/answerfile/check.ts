import { isPlain } from "../../core/defaults";
import { type PartiallyKnown, type Report, UNKNOWN } from "../../core/define";
import { checkDeclaration } from "../../install/answerfile/check";
import { answerfileDeclaration } from "../../install/answerfile/fields";
import type { Rendered } from "../../install/answerfile/render";
import { isTarget } from "../../install/targets";
import { formatPath, type Path } from "../../schema/field";
import { objectShape, type Shape } from "../../schema/shape";

/** Warnings of what an installer skips. In a file that somebody wrote, it may be meant for another version; in a declaration, it is a mistake. */
const SKIPPED = ["W2", "W16"];

/** Refuses, field by field, what the version's installer would stop at or misunderstand. Values that are not known yet are not checked. */
export function checkAnswerfile(inputs: PartiallyKnown, report: Report): void {
  if (inputs.rootPassword !== undefined && inputs.rootPasswordHash !== undefined)
    report(["rootPasswordHash"], "the password is given twice: as text and as a hash", "keep one of the two");
  if (inputs.rootPasswordInClear === true && inputs.rootPassword === undefined)
    report(["rootPasswordInClear"], "there is no `rootPassword` to put into the file", "set it, or leave this out");
  const { rootPassword } = inputs;
  if (inputs.rootPasswordInClear === true && typeof rootPassword === "string" && rootPassword.trim() !== rootPassword)
    report(
      ["rootPassword"],
      "it begins or ends with a blank, which not all installers read",
      "leave rootPasswordInClear out, so that the file has its hash",
    );
  const unknown: Path[] = [];
  const filled = fillIn(objectShape(answerfileDeclaration), inputs, [], unknown);
  if (filled === UNKNOWN || !isTarget(inputs.target) || typeof inputs.csp !== "boolean") return;
  const given = { declaration: filled, target: inputs.target, csp: inputs.csp } as Omit<Rendered, "password">;
  const covered = new Set(unknown.map(formatPath));
  for (const { rule, severity, field, message, remedy } of checkDeclaration({ ...given, password: passwordOf(inputs) })) {
    if ((severity === "error" || SKIPPED.includes(rule)) && !covered.has(formatPath(field))) report(field, message, remedy);
  }
}

/** The password as the file will have it, for the rules: of a hash that is given, as it is; of one that csp makes, only that it is one. */
function passwordOf(inputs: PartiallyKnown): Rendered["password"] {
  if (inputs.rootPassword === undefined && inputs.rootPasswordHash === undefined) return undefined;
  if (inputs.rootPasswordInClear === true)
    return { type: "plaintext", text: typeof inputs.rootPassword === "string" ? inputs.rootPassword : "known later" };
  return { type: "hash", text: typeof inputs.rootPasswordHash === "string" ? inputs.rootPasswordHash : "$6$known$later" };
}

/** Puts a placeholder for every leaf that is not known, and notes its path. UNKNOWN if more than a leaf is missing, or a value that the rules depend on. */
function fillIn(shape: Shape, value: unknown, path: Path, unknown: Path[]): unknown {
  if (value === UNKNOWN) {
    if (shape.kind === "object" || shape.kind === "list" || shape.kind === "record" || formatPath(path) === "mode") return UNKNOWN;
    unknown.push(path);
    return shape.kind === "boolean" ? true : shape.kind === "integer" ? 1 : shape.kind === "enum" ? shape.values[0] : "csp-unknown";
  }
  if (shape.kind === "object" && isPlain(value)) {
    const filled: Record<string, unknown> = {};
    for (const [key, field] of shape.fields) {
      if (value[key] === undefined) continue;
      filled[key] = fillIn(field, value[key], [...path, key], unknown);
      if (filled[key] === UNKNOWN) return UNKNOWN;
    }
    return filled;
  }
  if (shape.kind === "list" && Array.isArray(value)) {
    const filled = value.map((element, index) => fillIn(shape.element, element, [...path, index], unknown));
    return filled.includes(UNKNOWN) ? UNKNOWN : filled;
  }
  if (shape.kind === "record" && isPlain(value)) {
    const filled = Object.entries(value).map(([key, entry]) => [key, fillIn(shape.value, entry, [...path, key], unknown)] as const);
    return filled.some(([, entry]) => entry === UNKNOWN) ? UNKNOWN : Object.fromEntries(filled);
  }
  return value;
}
