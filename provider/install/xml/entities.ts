/** No answerfile needs a longer entity. The limit stops a document that doubles its entities again and again. */
const LONGEST = 1000;
const DEEPEST = 20;

const DECLARATION = /<!ENTITY\s+([A-Za-z_:][\w:.-]*)\s+(?:"([^"]*)"|'([^']*)')\s*>/g;
const REFERENCE = /&(?:#(\d+)|#x([0-9A-Fa-f]+)|([A-Za-z_:][\w:.-]*));/g;
const PREDEFINED: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/**
 * The entities that a document type declares itself, as text; the installers' parser replaces them. An entity that contains markup or refers to
 * itself is left out and so is unknown where it is used. No installer fetches entities from other files.
 */
export function readEntities(doctype: string): Readonly<Record<string, string>> {
  const raw = new Map<string, string>();
  for (const [, name = "", double, single = ""] of doctype.replace(/<!--.*?-->/gs, "").matchAll(DECLARATION)) {
    // The first declaration of a name counts (XML 1.0, 4.2).
    if (!raw.has(name)) raw.set(name, double ?? single);
  }
  const expand = (name: string, depth: number): string | undefined => {
    const value = raw.get(name);
    if (value === undefined || value.includes("<") || depth > DEEPEST) return undefined;
    let text = "";
    let last = 0;
    for (const reference of value.matchAll(REFERENCE)) {
      const [whole, decimal, hex, inner] = reference;
      const replaced = inner === undefined ? character(decimal, hex) : (PREDEFINED[inner] ?? expand(inner, depth + 1));
      if (replaced === undefined) return undefined;
      text += value.slice(last, reference.index) + replaced;
      last = reference.index + whole.length;
      if (text.length > LONGEST) return undefined;
    }
    text += value.slice(last);
    if (text.length > LONGEST) return undefined;
    raw.set(
      name,
      text.replace(/[&<]/g, (sign) => (sign === "&" ? "&amp;" : "&lt;")),
    );
    return text;
  };
  const entities: Record<string, string> = {};
  for (const name of [...raw.keys()]) {
    const text = expand(name, 0);
    if (text !== undefined) entities[name] = text;
  }
  return entities;
}

function character(decimal: string | undefined, hex: string | undefined): string | undefined {
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : undefined;
}
