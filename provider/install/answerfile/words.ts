import { productOf } from "../targets";
import type { XmlElement } from "../xml/document";
import { descendants } from "../xml/search";
import { type Report, shown } from "./report";
import type { View } from "./view";
import { attributeWord, isIn, knownIn, namesFor, reads, STRANGERS, type Word, wordOf } from "./vocabulary";

/** E8, W1: elements and attributes that this version does not read. Below an element that no version knows, nothing more is reported. */
export function checkWords(view: View, report: Report): void {
  const { root, target } = view;
  checkAttributes(view, root, report);
  const foreign = new Set<XmlElement>();
  for (const element of descendants(root)) {
    if (element.parent !== undefined && foreign.has(element.parent) && wordOf(element.name) === undefined) {
      foreign.add(element);
      continue;
    }
    const word = wordOf(element.name);
    if (word === undefined) {
      foreign.add(element);
      report(
        "W1",
        { element },
        `no installer knows an element ${shown(element.name)}: it is skipped without a message`,
        strangerRemedy(element.name, () => view.suggest(element.name, "", () => namesFor(target))),
      );
      continue;
    }
    if (!isIn(word.span, target)) report("E8", { element }, unread("element", element.name, word, target), alternative(element.name, word));
    else if (word.within !== undefined && !isWithin(element, word.within))
      report(
        "W1",
        { element },
        `installers read ${element.name} only inside ${word.within}, and skip it here`,
        `move it into <${word.within}>`,
      );
    if (element.hasCdata)
      report(
        "W1",
        { element },
        "its text is in a CDATA section, which installers skip: they read it as empty",
        "write the text directly, with &lt; and &amp;",
      );
    checkAttributes(view, element, report);
  }
}

function checkAttributes(view: View, element: XmlElement, report: Report): void {
  const { target } = view;
  const owner = wordOf(element.name);
  if (owner === undefined) return;
  for (const name of element.attributes.keys()) {
    // Namespaces have no meaning for an installer, and are not typing mistakes.
    if (name.includes(":") || name === "xmlns") continue;
    const place = { element, attribute: name };
    const word = attributeWord(owner, name);
    if (word === undefined) {
      const names = () => Object.keys(owner.attributes).filter((each) => reads(target, element.name, each));
      const meant = () => view.suggest(name, element.name, names);
      report(
        "W1",
        place,
        `no installer knows an attribute ${shown(name)} of ${element.name}: it is skipped without a message`,
        strangerRemedy(name, meant),
      );
    } else if (name === "netinstall-gpg-check" && target === "8.3")
      report("W15", place, "XCP-ng 8.3 no longer reads it: signatures are checked", "remove it; 8.3 has `repo-gpgcheck` and `gpgcheck`");
    else if (!isIn(word.span, target)) report("E8", place, unread("attribute", name, word, target), alternative(name, word));
  }
}

function isWithin(element: XmlElement, name: string): boolean {
  for (let at = element.parent; at !== undefined; at = at.parent) if (at.name === name) return true;
  return false;
}

function unread(kind: string, name: string, word: Word, target: View["target"]): string {
  return `${productOf(target)} does not read the ${kind} ${shown(name)}: known in ${knownIn(word)}`;
}

function alternative(name: string, word: Word): string {
  return word.instead === undefined ? `remove ${shown(name)}, or install a version that knows it` : `write ${shown(word.instead)} instead`;
}

function strangerRemedy(name: string, suggestion: () => string | undefined): string {
  const stranger = Object.hasOwn(STRANGERS, name) ? STRANGERS[name] : undefined;
  if (stranger !== undefined) return stranger;
  const meant = suggestion();
  return meant === undefined ? "remove it" : `did you mean ${shown(meant)}?`;
}
