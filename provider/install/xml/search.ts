import type { XmlElement } from "./document";

/** Every element below one, in document order. It uses no recursion, because a file may nest elements to any depth. */
export function* descendants(root: XmlElement): Generator<XmlElement> {
  const pending: XmlElement[] = [...root.children].reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    for (let index = next.children.length - 1; index >= 0; index--) pending.push(next.children[index] as XmlElement);
  }
}

/** The elements with these names below an element, at any depth. */
export function below(element: XmlElement, ...names: string[]): XmlElement[] {
  const found = [...descendants(element)];
  return names.flatMap((name) => found.filter((each) => each.name === name));
}

/** The same with the element itself, which a search of the document finds too. */
export function selfOrBelow(element: XmlElement, name: string): XmlElement[] {
  return [...(element.name === name ? [element] : []), ...below(element, name)];
}
