import type { Issue } from "../../core/validate";
import type { Path } from "../../schema/field";
import type { ObjectShape } from "../../schema/shape";
import type { Attribute } from "./attributes";
import { attributeName } from "./names";
import type { Values } from "./values";

/**
 * An input that may also be given write-only: as `<name>_wo`, which the client passes on from the configuration and keeps in no plan and no
 * state (protocol 6.8), with `<name>_wo_version` beside it, which is kept. While the version is the same, what was written stays as it is;
 * another one means that the value is to be taken again.
 */
interface WriteOnly {
  /** The core's field. */
  readonly field: string;
  /** Keys under which the core's values carry the two attributes; no field of the core begins so. */
  readonly value: string;
  readonly version: string;
  /** The attributes' names. */
  readonly names: { readonly value: string; readonly version: string };
  /** Switches beside it that would put the value into an output, and by that into the state. */
  readonly shownBy: readonly string[];
}

function writeOnlyOf(shape: ObjectShape): WriteOnly[] {
  return [...shape.fields].flatMap(([field, { meta }]) => {
    if (meta.writeOnly === undefined) return [];
    const name = `${attributeName(field, true)}_wo`;
    const names = { value: name, version: `${name}_version` };
    return [{ field, value: `$writeOnly.${field}`, version: `$version.${field}`, names, shownBy: meta.writeOnly.shownBy ?? [] }];
  });
}

/** The two attributes of each such input, to stand behind its own. */
export function writeOnlyAttributes(shape: ObjectShape): Attribute[] {
  return writeOnlyOf(shape).flatMap(({ field, value, version, names }): Attribute[] => [
    {
      name: names.value,
      field: value,
      description: `As \`${attributeName(field, true)}\`, and neither in a plan nor in the state. From Terraform 1.11 and OpenTofu 1.11. Needs \`${names.version}\`.`,
      mode: "optional",
      sensitive: true,
      writeOnly: true,
      type: { kind: "string" },
    },
    {
      name: names.version,
      field: version,
      description: `Any text or number, kept in the state. \`${names.value}\` is taken when this is another than before; until then what was written stays.`,
      mode: "optional",
      sensitive: false,
      type: { kind: "string" },
    },
  ]);
}

/** Keys of what the state keeps of write-only inputs. */
export const versionFields = (shape: ObjectShape): string[] => writeOnlyOf(shape).map(({ version }) => version);

/** A configuration with every value in its own field, whichever way it was given. */
export function withWriteOnly(shape: ObjectShape, configured: Values): Values {
  const given = writeOnlyOf(shape).filter(({ value }) => configured[value] !== undefined);
  return { ...configured, ...Object.fromEntries(given.map(({ field, value }) => [field, configured[value]])) };
}

/** What is to be done with write-only inputs, by the versions in a configuration and in a state. */
export interface Taken {
  /** By the core's field, for those that are to be written. May be unknown. */
  readonly values: Values;
  /** The core's fields that stay as they were written. */
  readonly kept: ReadonlySet<string>;
}

export function takenOf(shape: ObjectShape, configured: Values, prior: Values | undefined): Taken {
  const given = writeOnlyOf(shape).filter(({ version }) => configured[version] !== undefined);
  const kept = given.filter(({ version }) => prior?.[version] === configured[version]).map(({ field }) => field);
  const taken = given.filter(({ field }) => !kept.includes(field));
  return { values: Object.fromEntries(taken.map(({ field, value }) => [field, configured[value]])), kept: new Set(kept) };
}

/** `supported`: whether the client keeps write-only values out of its files. */
export function checkWriteOnly(shape: ObjectShape, values: Values, supported: boolean): Issue[] {
  return writeOnlyOf(shape).flatMap(({ field, value, version, names, shownBy }): Issue[] => {
    const issue = (at: string, cause: string, remedy: string): Issue[] => [{ path: [at], cause, remedy }];
    if (values[value] === undefined) {
      if (values[version] === undefined) return [];
      return issue(version, `there is no \`${names.value}\` that this could be the version of`, "set that too, or leave this out");
    }
    if (!supported)
      return issue(
        value,
        "this client cannot keep a value out of plan and state",
        `use \`${field}\`, or Terraform 1.11, OpenTofu 1.11 or later`,
      );
    if (values[field] !== undefined) return issue(value, `\`${field}\` and \`${names.value}\` are both set`, "set one of them");
    const shown = shownBy.find((key) => values[key] === true);
    if (shown !== undefined)
      return issue(value, `\`${shown}\` would put the value into the state after all`, `leave that out, or use \`${field}\``);
    if (values[version] === undefined)
      return issue(value, "it has no version", `set \`${names.version}\`, and another one whenever the value is to be taken again`);
    return [];
  });
}

/** Where what is wrong with an input was written: in its write-only attribute, where that gave it. */
export function asGiven(shape: ObjectShape, configured: Values, path: Path): Path {
  const own = writeOnlyOf(shape).find(({ field, value }) => field === path[0] && configured[value] !== undefined);
  return own === undefined ? path : [own.value, ...path.slice(1)];
}
