import { productOf, type Target } from "../targets";
import type { XmlElement } from "../xml/document";
import { type Report, shown } from "./report";
import { attributeOf } from "./view";
import { type Values, valuesOf } from "./vocabulary";

/**
 * E3, W16: an attribute that takes only certain words, spelt as in the table. Returns the value that counts; undefined if it is left out or wrong.
 * `names`: the attribute's names in the version's order.
 */
export function checkWordOf(target: Target, element: XmlElement, names: readonly string[], report: Report): string | undefined {
  const found = attributeOf(element, ...names);
  const values = valuesOf(target, element.name, found?.name);
  if (found === undefined || values === undefined) return found?.value;
  return checkValue(target, found.value, values, { element, attribute: found.name }, report);
}

/** E3, W16: the same for an element's text. */
export function checkTextOf(target: Target, element: XmlElement, report: Report): string | undefined {
  const values = valuesOf(target, element.name);
  return values === undefined ? element.text : checkValue(target, element.text, values, { element }, report);
}

function checkValue(target: Target, value: string, values: Values, place: Parameters<Report>[1], report: Report): string | undefined {
  const given = values.anyCase ? value.toLowerCase() : value;
  if (values.values.includes(given)) return given;
  const stays = values.default === undefined ? "" : `, and takes ${values.default}`;
  if (values.otherwise === "stops")
    report("E3", place, `${shown(value)} is not one of ${listed(values.values)}, and the installer stops`, remedyFor(value, values.values));
  else
    report(
      "W16",
      place,
      `${shown(value)} is not one of ${listed(values.values)}, so ${productOf(target)} ignores it${stays}`,
      remedyFor(value, values.values),
    );
  return undefined;
}

function listed(allowed: readonly string[]): string {
  return allowed.map((each) => (each === "" ? "nothing" : each)).join(", ");
}

export function remedyFor(value: string, allowed: readonly string[]): string {
  const meant = allowed.find((each) => each.toLowerCase() === value.trim().toLowerCase());
  return meant === undefined ? `write ${allowed.find((each) => each !== "") ?? "another"}` : `write it in small letters: ${meant}`;
}

/**
 * W4: everything except yes and true means no (xcp/xmlunwrap.py getBoolAttribute), also "1" and "on". Returns what the installer understands;
 * undefined if it is left out.
 */
export function booleanOf(element: XmlElement, names: readonly string[], report: Report): boolean | undefined {
  const found = attributeOf(element, ...names);
  if (found === undefined) return undefined;
  const value = found.value.toLowerCase();
  if (!["yes", "true", "no", "false"].includes(value))
    report(
      "W4",
      { element, attribute: found.name },
      `${shown(found.value)} means no: only yes and true mean yes`,
      'write "true" or "false"',
    );
  return value === "yes" || value === "true";
}

/** E2: an attribute that the installer requires. */
export function requireAttribute(element: XmlElement, name: string, why: string, report: Report): string | undefined {
  const found = attributeOf(element, name);
  if (found === undefined) report("E2", { element, attribute: name }, `the attribute is missing: ${why}`, `add ${name}="..."`);
  return found?.value;
}
