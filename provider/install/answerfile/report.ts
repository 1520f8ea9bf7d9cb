import type { Finding } from "../finding";
import { type Place, pathOf } from "./view";

/** A finding that still knows its element, so that a resource can name the field that made the element. */
export interface PlacedFinding extends Finding {
  readonly place: Place;
}

/** Reports a broken rule: what is wrong, what happens because of it, and what to do. */
export type Report = (rule: string, place: Place, message: string, remedy: string) => void;

export function collector(): { readonly findings: PlacedFinding[]; readonly report: Report } {
  const findings: PlacedFinding[] = [];
  const report: Report = (rule, place, message, remedy) => {
    const { line } = place.element;
    findings.push({
      rule,
      severity: rule.startsWith("E") ? "error" : "warning",
      ...(line === undefined ? {} : { line }),
      path: pathOf(place),
      message,
      remedy,
      place,
    });
  };
  return { findings, report };
}

/** A value from a file, on one line and shortened. */
export function shown(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return JSON.stringify(line.length > 60 ? `${line.slice(0, 59)}…` : line);
}
