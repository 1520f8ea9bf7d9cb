import { suggest } from "../../schema/suggest";
import type { Target } from "../targets";
import type { XmlElement } from "../xml/document";
import { descendants } from "../xml/search";

/** What a finding is about: an element, one of its attributes, or a missing child. */
export interface Place {
  readonly element: XmlElement;
  readonly attribute?: string;
  readonly child?: string;
}

/** A document as an installer reads it: the installer looks up elements by name, at any depth, and takes the first one. */
export class View {
  private readonly byName = new Map<string, XmlElement[]>();
  private readonly meant = new Map<string, string | undefined>();

  constructor(
    readonly root: XmlElement,
    readonly target: Target,
  ) {
    for (const element of descendants(root)) {
      const same = this.byName.get(element.name);
      if (same === undefined) this.byName.set(element.name, [element]);
      else same.push(element);
    }
  }

  /** All elements with these names, those with the first name first, as the installer reads aliases. */
  all(...names: string[]): XmlElement[] {
    return names.flatMap((name) => this.byName.get(name) ?? []);
  }

  /** The word that a misspelt one probably means. The answer is kept, because a file may have the same mistake a thousand times. */
  suggest(word: string, kind: string, candidates: () => readonly string[]): string | undefined {
    const key = `${kind} ${word}`;
    if (!this.meant.has(key)) this.meant.set(key, suggest(word, candidates()));
    return this.meant.get(key);
  }

  first(...names: string[]): XmlElement | undefined {
    return this.all(...names)[0];
  }
}

/** An attribute's value. An empty value counts as missing (xcp/xmlunwrap.py getStrAttribute). */
export function attributeOf(element: XmlElement, ...names: string[]): { readonly name: string; readonly value: string } | undefined {
  for (const name of names) {
    const value = element.attributes.get(name);
    if (value !== undefined && value !== "") return { name, value };
  }
  return undefined;
}

/** In deeper paths, the middle is left out. */
const DEEPEST_SHOWN = 12;

/** "installation/admin-interface/subnet", "installation/primary-disk@fs-type". */
export function pathOf({ element, attribute, child }: Place): string {
  const names: string[] = child === undefined ? [] : [child];
  let at: XmlElement | undefined = element;
  while (at !== undefined) {
    names.push(at.name);
    at = at.parent;
  }
  names.reverse();
  const shown = names.length <= DEEPEST_SHOWN ? names : [...names.slice(0, 4), "…", ...names.slice(-4)];
  return shown.join("/") + (attribute === undefined ? "" : `@${attribute}`);
}
