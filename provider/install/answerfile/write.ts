import type { XmlElement } from "../xml/document";

/** A document as a file: UTF-8, one element on each line. */
export function writeXml(root: XmlElement): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element(root, "\n")}\n`;
}

/** `line` is a new line, indented as far as the element is. */
function element({ name, attributes, text, children }: XmlElement, line: string): string {
  const start = [name, ...[...attributes].map(([key, value]) => `${key}="${inAttribute(value)}"`)].join(" ");
  if (text === "" && children.length === 0) return `<${start}/>`;
  const inner = `${line}  `;
  const below = children.map((child) => inner + element(child, inner)).join("");
  return `<${start}>${inText(text)}${below}${children.length === 0 ? "" : line}</${name}>`;
}

const SIGNS: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function inText(text: string): string {
  return text.replace(/[&<>]/g, (sign) => SIGNS[sign] ?? sign);
}

/** White space too, by number: a reader takes every other kind of it for a blank. */
function inAttribute(value: string): string {
  return value.replace(/[&<>"\t\n\r]/g, (sign) => SIGNS[sign] ?? `&#${sign.charCodeAt(0)};`);
}
