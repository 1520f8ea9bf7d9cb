import { DOMParser, type Element, onWarningStopParsing, ParseError } from "@xmldom/xmldom";

export type { Element } from "@xmldom/xmldom";

/** Why a text is no XML, and where. */
export interface XmlProblem {
  readonly problem: string;
  /** From 1; undefined when the parser does not say. */
  readonly line?: number;
}

/** The root element of a well-formed document, or what is wrong with it. Elements know their lines. */
export function parseXml(text: string): Element | XmlProblem {
  try {
    const document = new DOMParser({ onError: onWarningStopParsing, locator: true }).parseFromString(text, "text/xml");
    return document.documentElement ?? { problem: "there is no root element" };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const line = (error as { locator?: { lineNumber?: number } }).locator?.lineNumber;
    // 'Reporting warning "attribute ..." caused onWarningStopParsing'
    const problem = /^Reporting \w+ "(.*)" caused \w+$/s.exec(error.message)?.[1] ?? error.message;
    return { problem: problem.replace(/\s+/g, " ").trim(), ...(line === undefined || line < 1 ? {} : { line }) };
  }
}

export function isProblem(parsed: Element | XmlProblem): parsed is XmlProblem {
  return "problem" in parsed;
}

/** Direct text of an element without that of its children, trimmed, as the installer reads it. */
export function textOf(element: Element): string {
  let text = "";
  for (let node = element.firstChild; node !== null; node = node.nextSibling) {
    if (node.nodeType === node.TEXT_NODE || node.nodeType === node.CDATA_SECTION_NODE) text += node.nodeValue ?? "";
  }
  return text.trim();
}

/** The line an element begins in. */
export function lineOf(element: Element): number | undefined {
  return (element as { lineNumber?: number }).lineNumber;
}

/** Attribute's value; undefined when there is none. */
export function attribute(element: Element, name: string): string | undefined {
  return element.hasAttribute(name) ? (element.getAttribute(name) ?? "") : undefined;
}

/** As text of an element or a double-quoted attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[character] as string);
}
