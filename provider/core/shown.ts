import { printable, printableLine, shortened } from "../printable";
import { objectShape } from "../schema/shape";
import { isPlain } from "./defaults";
import type { AnyFunction, AnyResource, State, Values } from "./define";

/**
 * What a host says, on its way into a state, a diff or an answer: names, rules and files that somebody on the host wrote. All of it ends on a
 * terminal, so none of it gets there as it came.
 */

/** A host that makes up drift without end is as bad as one that names it. */
const MOST_DRIFT = 1000;

/** Outputs before and after a change, printable. Resources that are not about a host say only what they were told. */
export function shownOutputs(definition: AnyResource, outputs: Values): Values {
  return definition.live ? printableOutputs(definition, outputs) : outputs;
}

/** The same of a function's answer; one that asks no host says only what it was told. */
export function shownAnswer<A>(definition: AnyFunction, answer: A): A {
  return objectShape(definition.inputs).fields.has("host") ? (eachText(answer, line) as A) : answer;
}

/**
 * What was read back. A text that the user wrote, or that an earlier run made of it, stays as it is: a joiner in a name is no attack, and would
 * be a difference for ever.
 */
export function shownState(definition: AnyResource, { inputs, outputs }: State, known: State | undefined): State {
  let own: ReadonlySet<string> | undefined;
  const unlessOwn = (show: (text: string) => string) => (text: string) => {
    const safe = show(text);
    if (safe === text) return text;
    own ??= textsOf(known);
    return own.has(text) ? text : safe;
  };
  const shownInputs = inputs === known?.inputs ? inputs : (eachText(inputs, unlessOwn(lines)) as State["inputs"]);
  return { inputs: shownInputs, outputs: printableOutputs(definition, outputs, unlessOwn(lines)) as State["outputs"] };
}

function printableOutputs(definition: AnyResource, outputs: Values, file: (text: string) => string = (text) => text): Values {
  const { fields } = objectShape(definition.outputs);
  const shown = Object.entries(outputs).map(([key, value]) => {
    if (key === "drift" && Array.isArray(value)) return [key, eachText(few(value), line)] as const;
    return [key, eachText(value, fields.get(key)?.meta.fileText === true ? file : line)] as const;
  });
  return Object.fromEntries(shown);
}

function few(findings: readonly unknown[]): readonly unknown[] {
  if (findings.length <= MOST_DRIFT) return findings;
  return [...findings.slice(0, MOST_DRIFT), `… and ${findings.length - MOST_DRIFT} more`];
}

const line = (text: string) => shortened(printableLine(text));
/** Of scripts and other files: their lines and tabs are theirs. */
const lines = (text: string) => text.split("\t").map(printable).join("\t");

/** Every text in a value, keys of maps too; the same object where none of them changes. */
function eachText(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) {
    const changed = value.map((entry) => eachText(entry, change));
    return changed.every((entry, index) => entry === value[index]) ? value : changed;
  }
  if (!isPlain(value)) return value;
  const entries = Object.entries(value);
  const changed = entries.map(([key, entry]) => [change(key), eachText(entry, change)] as const);
  return changed.every(([key, entry], index) => key === entries[index]?.[0] && entry === entries[index][1])
    ? value
    : Object.fromEntries(changed);
}

function textsOf(value: unknown, found = new Set<string>()): ReadonlySet<string> {
  if (typeof value === "string") found.add(value);
  else if (Array.isArray(value)) for (const entry of value) textsOf(entry, found);
  else if (isPlain(value))
    for (const [key, entry] of Object.entries(value)) {
      found.add(key);
      textsOf(entry, found);
    }
  return found;
}
