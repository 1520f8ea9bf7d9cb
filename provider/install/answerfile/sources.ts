import { atLeast, productOf, type Target } from "../targets";
import { fetchProblem, sourceProblem } from "../url";
import type { XmlElement } from "../xml/document";
import type { Mode } from "./mode";
import { type Report, shown } from "./report";
import { booleanOf, checkWordOf, requireAttribute } from "./values";
import { attributeOf, type View } from "./view";
import { isIn, OLD, reads } from "./vocabulary";

/** E2, E3, E9, W16: where packages and drivers come from. */
export function checkSources(view: View, mode: Mode, report: Report): void {
  const { target } = view;
  const sources = mode === "restore" ? [] : view.all("source");
  const [read, ignored] = atLeast(target, "7.1") ? [sources, []] : [sources.slice(0, 1), sources.slice(1)];
  for (const element of ignored)
    report(
      "W16",
      { element },
      `${productOf(target)} reads the first source only, and ignores this one`,
      "remove it; XS-REPOSITORY-LIST of the first source names the packs",
    );
  // Before driver disks were loaded ahead of everything else (7.0), only an installation read them.
  const drivers = mode === "restore" && !atLeast(target, "7.0") ? [] : view.all("driver-source");
  for (const element of [...read, ...drivers]) checkSource(view, element, report);
}

function checkSource({ target }: View, element: XmlElement, report: Report): void {
  if (requireAttribute(element, "type", "it says whether it is local, url or nfs", report) === undefined) return;
  const type = checkWordOf(target, element, ["type"], report);
  if (type !== "url" && type !== "nfs") return;
  if (element.text === "") report("E2", { element }, "it has no address", type === "nfs" ? "write SERVER:/FOLDER" : "write a URL");
  else {
    const problem = sourceProblem(type, element.text, target);
    if (problem !== undefined) report("E9", { element }, `${shown(element.text)}: ${problem.problem}`, problem.remedy);
  }
}

const CHECKS = ["netinstall-gpg-check", "repo-gpgcheck", "gpgcheck"];

/** W4, W15: whether the installer checks packages' signatures. */
export function checkSignatures(view: View, report: Report): void {
  for (const element of [view.root, ...view.all("source")]) {
    for (const attribute of CHECKS) {
      // checkWords reports what the version does not read.
      if (!reads(view.target, element.name, attribute)) continue;
      if (booleanOf(element, [attribute], report) === false)
        report(
          "W15",
          { element, attribute },
          "the installer does not check the packages' signatures",
          "remove it, and publish packages with signatures",
        );
    }
  }
}

/** The stages at which an installer runs scripts (host-installer: bb0fc9a for installation-start, 8051bac for packages-installed). */
export function stagesOf(target: View["target"]): readonly string[] {
  return [
    ...(atLeast(target, "6.0") ? ["installation-start"] : []),
    ...(target === "xs9" ? ["packages-installed"] : []),
    "filesystem-populated",
    "installation-complete",
  ];
}

/** E2, E9, W2, W3: scripts, which an installer stores by stage and runs when the stage comes. */
export function checkScripts(view: View, report: Report): void {
  const { target } = view;
  const stages = stagesOf(target);
  for (const element of view.all("script")) {
    const strict = atLeast(target, "6.1");
    if (strict) requireAttribute(element, "type", "the installer stops without it", report);
    const stage = attributeOf(element, "stage");
    if (stage === undefined && strict) requireAttribute(element, "stage", "it says when the script runs", report);
    else if (stage === undefined || !stages.includes(stage.value.toLowerCase()))
      report(
        "W2",
        { element, attribute: "stage" },
        `${productOf(target)} has no stage ${shown(stage?.value ?? "")}: the script never runs`,
        `write ${stages.join(" or ")}`,
      );
    checkScript(view, element, report);
  }
  for (const name of ["post-install-script", "install-failed-script"]) {
    const elements = view.all(name);
    // Of two, none is read.
    if (elements.length === 1) for (const element of elements) checkScript(view, element, report);
    if (elements.length > 1)
      for (const element of elements.slice(1))
        report(
          "W3",
          { element },
          `there are ${elements.length} ${name} elements, so none of them runs`,
          "keep one, or write `script` elements: all of these run",
        );
  }
}

/** The old parser takes the address of post-install-script and install-failed-script as it stands, whatever their type says. */
export function readsType(target: Target, { name }: XmlElement): boolean {
  return name === "script" || !isIn(OLD, target);
}

function checkScript({ target }: View, element: XmlElement, report: Report): void {
  const isNfs = readsType(target, element) && attributeOf(element, "type")?.value.toLowerCase() === "nfs";
  const { text } = element;
  if (isNfs && isIn(OLD, target) && text.startsWith("nfs://")) {
    report(
      "E9",
      { element },
      `${productOf(target)} puts nfs:// before a script's address of the type nfs, and does not find ${shown(`nfs://${text}`)}`,
      'write type="url" and leave the address as it is',
    );
    return;
  }
  const prefixed = isNfs && text !== "" && !text.startsWith("nfs://");
  const problem = fetchProblem(prefixed ? `nfs://${text}` : text, target);
  if (problem !== undefined) report("E9", { element }, `${shown(text)}: ${problem.problem}`, problem.remedy);
}
