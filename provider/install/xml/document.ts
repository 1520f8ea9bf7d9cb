import { SaxesParser } from "saxes";
import type { Path } from "../../schema/field";
import { decodeXml, type Unreadable } from "./encoding";
import { readEntities } from "./entities";

/** An element of an answerfile or of a repository's metadata. If it was read from a file, it has lines; if it was made from a declaration, it has fields. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly parent?: XmlElement;
  /**
   * The text between its own tags, without the text of its children, trimmed. CDATA is not part of it: installers read only text nodes
   * (python-libs, xcp/xmlunwrap.py getText).
   */
  readonly text: string;
  /** The same with the white space around it, if there is any: installers up to 6.0 take it as part of the text. */
  readonly rawText?: string;
  /** Whether some of its text is in a CDATA section, which no installer reads. */
  readonly hasCdata: boolean;
  /** The line in which its start tag begins, from 1. */
  readonly line?: number;
  /** The field of the declaration that it was made from. */
  readonly field?: Path;
  readonly attributeFields?: ReadonlyMap<string, Path>;
}

/** Why the text is not a document. */
export interface Malformed {
  readonly problem: string;
  readonly line: number;
}

export function isMalformed(parsed: XmlElement | Malformed): parsed is Malformed {
  return "problem" in parsed;
}

interface Growing extends XmlElement {
  readonly children: Growing[];
  readonly attributes: Map<string, string>;
  readonly parent?: Growing;
  text: string;
  rawText?: string;
  hasCdata: boolean;
}

/** Installers look up elements by a recursive search (xml.dom.minidom), and Python stops at a depth of 1000. */
const DEEPEST = 900;

class Stop extends Error {}

/**
 * Reads a document as strictly as the installers' own parser (expat under minidom): both refuse the same documents. It accepts any bytes. A string
 * is a text that is already decoded.
 */
export function readXml(source: Buffer | string): XmlElement | Malformed {
  const decoded = typeof source === "string" ? source.replace(/^\ufeff/, "") : decodeXml(source);
  if (typeof decoded !== "string") return unreadable(decoded);
  // Namespaces are checked, as expat does for minidom, but otherwise ignored.
  const parser = new SaxesParser({ xmlns: true, position: true });
  let root: Growing | undefined;
  let at: Growing | undefined;
  let depth = 0;
  let tagLine = 1;
  let problem: Malformed | undefined;
  const stop = (reason: string): never => {
    problem = { problem: reason, line: parser.line };
    throw new Stop();
  };
  parser.on("error", (error) => stop(error.message.replace(/^\d+:\d+: /, "").replace(/\.$/, "")));
  parser.on("doctype", (doctype) => {
    Object.assign(parser.ENTITIES, readEntities(doctype));
  });
  parser.on("opentagstart", () => {
    // The parser calls this after the character that ends the name, which may also end the line.
    tagLine = parser.columnIndex === 0 ? parser.line - 1 : parser.line;
  });
  parser.on("opentag", (tag) => {
    const attributes = new Map(Object.entries(tag.attributes).map(([name, { value }]) => [name, value]));
    const element: Growing = {
      name: tag.name,
      attributes,
      children: [],
      text: "",
      hasCdata: false,
      line: tagLine,
      ...(at === undefined ? {} : { parent: at }),
    };
    if (++depth > DEEPEST) stop(`its elements are nested more than ${DEEPEST} deep, which no installer can follow`);
    root ??= element;
    at?.children.push(element);
    at = element;
  });
  parser.on("text", (text) => {
    if (at !== undefined) at.text += text;
  });
  parser.on("cdata", (text) => {
    if (at !== undefined && text.trim() !== "") at.hasCdata = true;
  });
  parser.on("closetag", () => {
    if (at === undefined) return;
    depth--;
    const text = at.text.trim();
    if (text !== at.text) at.rawText = at.text;
    at.text = text;
    at = at.parent;
  });
  try {
    parser.write(decoded).close();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  if (problem !== undefined) return problem;
  return root ?? { problem: "there is no element in it", line: 1 };
}

function unreadable({ problem }: Unreadable): Malformed {
  return { problem, line: 1 };
}
