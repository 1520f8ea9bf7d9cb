import { CspError } from "../errors";
import { objectShape } from "../schema/shape";
import { withDefaults } from "./defaults";
import type { AnyResource, Values } from "./define";
import { type Issue, validate } from "./validate";

/** What is said of inputs before any host is asked. */
export interface Checked {
  readonly issues: readonly Issue[];
  /** What the files that the inputs name have in them, to be kept beside the inputs. */
  readonly contents: Values;
}

/** All that is wrong with inputs; where nothing is, what is in their files, or why that cannot be read. Values may be UNKNOWN. */
export async function check(definition: AnyResource, inputs: Values): Promise<Checked> {
  const issues = validate(definition, inputs);
  if (issues.length > 0) return { issues, contents: {} };
  try {
    return { issues, contents: await contentsOf(definition, inputs) };
  } catch (error) {
    if (!(error instanceof CspError)) throw error;
    return { issues: [{ path: [], cause: `${error.subject}: ${error.problem}`, remedy: error.remedy }], contents: {} };
  }
}

/** What files that the inputs name have in them, by the names of the outputs that say it. Throws a {@link CspError} where one cannot be read. */
export async function contentsOf(definition: AnyResource, inputs: Values): Promise<Values> {
  return (await definition.contents?.(withDefaults(objectShape(definition.inputs), inputs))) ?? {};
}
