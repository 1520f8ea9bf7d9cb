import type { AnyResource, Values } from "./define";
import { changeInWords } from "./plan";

/** What the last read found on the host that is not as declared, a sentence each (the output every live resource has). */
export function driftOf(outputs: object): readonly string[] {
  const { drift } = outputs as { readonly drift?: unknown };
  return Array.isArray(drift) ? drift.map(String) : [];
}

export function isDrifted(outputs: object): boolean {
  return driftOf(outputs).length > 0;
}

/** What somebody else changed, by name, as + and - on the host; and what no input can show. */
export function driftInWords(
  definition: AnyResource,
  declared: Values,
  found: { readonly inputs: Values; readonly outputs: Values },
): string[] {
  return [...changeInWords(definition, declared, found.inputs), ...driftOf(found.outputs)];
}
