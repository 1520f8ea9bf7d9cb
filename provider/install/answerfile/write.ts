import { DOMImplementation, type Document, type Element, XMLSerializer } from "@xmldom/xmldom";
import type { XmlElement } from "../xml/document";

/** A document as a file: UTF-8, one element on each line. */
export function writeXml(root: XmlElement): string {
  const document = new DOMImplementation().createDocument(null, "");
  document.appendChild(build(document, root, 0));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(document)}\n`;
}

function build(document: Document, { name, attributes, text, children }: XmlElement, depth: number): Element {
  const element = document.createElement(name);
  for (const [key, value] of attributes) element.setAttribute(key, value);
  if (text !== "") element.appendChild(document.createTextNode(text));
  for (const child of children) {
    element.appendChild(document.createTextNode(`\n${"  ".repeat(depth + 1)}`));
    element.appendChild(build(document, child, depth + 1));
  }
  if (children.length > 0) element.appendChild(document.createTextNode(`\n${"  ".repeat(depth)}`));
  return element;
}
