import { atLeast } from "../targets";
import type { XmlElement } from "../xml/document";
import { type Report, shown } from "./report";
import { attributeOf, type View } from "./view";

/** E3: an attribute that takes only certain words, spelt as here. Returns the value; undefined if it is left out or wrong. */
export function checkWordOf(element: XmlElement, names: readonly string[], allowed: readonly string[], report: Report): string | undefined {
  const found = attributeOf(element, ...names);
  if (found === undefined) return undefined;
  if (allowed.includes(found.value)) return found.value;
  report("E3", { element, attribute: found.name }, notOneOf(found.value, allowed), remedyFor(found.value, allowed));
  return undefined;
}

export function notOneOf(value: string, allowed: readonly string[]): string {
  return `${shown(value)} is not one of ${allowed.map((each) => (each === "" ? "nothing" : each)).join(", ")}, and the installer stops`;
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

/**
 * E3: before Python 3, installers convert what they read to ASCII, and stop if they cannot (getText, getStrAttribute: `.encode()`). It is reported
 * once for each element.
 */
export function checkAscii(view: View, elements: Iterable<XmlElement>, report: Report): void {
  if (atLeast(view.target, "8.3")) return;
  for (const element of elements) {
    const text = [element.text, ...element.attributes.values()].find((each) => /[^\0-\x7f]/.test(each));
    if (text !== undefined)
      report(
        "E3",
        { element },
        `${shown(text)} has a character that is not ASCII, and this installer stops at it`,
        "write it with ASCII letters only",
      );
  }
}
