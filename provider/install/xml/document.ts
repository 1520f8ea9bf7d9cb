import { SaxesParser } from "saxes";
import type { Path } from "../../schema/field";
import { decodeXml, type Unreadable } from "./encoding";
import { readEntities } from "./entities";

/** An element of an answerfile or of a repository's metadata: read from a file, when it has lines, or made from a declaration, when it has fields. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  readonly parent?: XmlElement;
  /**
   * The text between its own tags, that of its children left out, trimmed. CDATA is not in it: installers take text nodes only
   * (python-libs, xcp/xmlunwrap.py getText).
   */
  readonly text: string;
  /** Some of its text stands in a CDATA section, where no installer looks. */
  readonly hasCdata: boolean;
  /** Where its start tag begins, from 1. */
  readonly line?: number;
  /** The declaration's field it was made of. */
  readonly field?: Path;
  readonly attributeFields?: ReadonlyMap<string, Path>;
}

/** Why there is no element to look at. */
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
  hasCdata: boolean;
}

/** Installers look elements up by a recursive search (xml.dom.minidom), and Python gives up at a depth of 1000. */
const DEEPEST = 900;

class Stop extends Error {}

/**
 * Reads a document as strictly as the installers' own parser (expat under minidom): what is not well-formed there is not here. Any bytes
 * give an answer. A string is a text that has been decoded.
 */
export function readXml(source: Buffer | string): XmlElement | Malformed {
  const decoded = typeof source === "string" ? source.replace(/^\ufeff/, "") : decodeXml(source);
  if (typeof decoded !== "string") return unreadable(decoded);
  // Namespaces are checked, as expat does for minidom, and otherwise ignored.
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
    // Said after the character that ends the name, which may end the line too.
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
    at.text = at.text.trim();
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
