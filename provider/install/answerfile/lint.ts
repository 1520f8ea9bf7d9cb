import { type Finding, inOrder } from "../finding";
import type { Target } from "../targets";
import { isMalformed, readXml, type XmlElement } from "../xml/document";
import { checkCspHost } from "./csp";
import { checkBackup, checkDisks, checkExisting, checkPartitions } from "./disks";
import { modeOf, replacesByDisk } from "./mode";
import { checkAdminInterface, checkFcoe } from "./network";
import { collector, type PlacedFinding } from "./report";
import { checkCommon, checkSettings, checkSetup, mandatoryElements } from "./settings";
import { checkScripts, checkSignatures, checkSources } from "./sources";
import { checkTexts } from "./text";
import { View } from "./view";
import { checkWords } from "./words";

export interface AnswerfileOptions {
  /** The version whose installer will read it. */
  readonly target: Target;
  /** Also check what only a CSP host needs. */
  readonly csp?: boolean;
}

/** Everything that is wrong with a file as an answerfile, by line. It accepts any bytes. */
export function lintAnswerfile(bytes: Buffer, options: AnswerfileOptions): Finding[] {
  const document = readXml(bytes);
  if (isMalformed(document)) {
    const { problem, line } = document;
    return [
      {
        rule: "E1",
        severity: "error",
        line,
        path: "",
        message: `it is not well-formed XML (${problem}), and the installer says "Answerfile is incorrectly formatted."`,
        remedy: "correct it; `xmllint --noout FILE` shows the place too",
      },
    ];
  }
  return inOrder(lintDocument(document, options).map(({ place: _, ...finding }) => finding));
}

/** The same for a document, with the element that each finding belongs to. */
export function lintDocument(root: XmlElement, { target, csp = false }: AnswerfileOptions): PlacedFinding[] {
  const view = new View(root, target);
  const { findings, report } = collector();
  const mode = modeOf(view, report);
  checkWords(view, report);
  if (mode === undefined) return findings;
  checkTexts(view, report);
  for (const child of mandatoryElements(view, mode)) {
    if (view.first(child) === undefined)
      report("E2", { element: root, child }, `${child} is missing, and the installer stops: ${mode} needs it`, `add <${child}>`);
  }
  // Every run of an installer reads these first.
  checkSetup(view, report);
  checkFcoe(view, report);
  checkScripts(view, report);
  checkSources(view, mode, report);
  if (mode !== "restore") {
    checkSignatures(view, report);
    checkCommon(view, report);
  }
  if (mode === "fresh" || mode === "reinstall") {
    checkDisks(view, mode, report);
    checkPartitions(view, report);
    checkAdminInterface(view, report);
    checkSettings(view, report);
  }
  if (replacesByDisk(mode, target)) checkExisting(view, mode, report);
  if (mode === "restore") checkBackup(view, report);
  if (csp) checkCspHost(view, mode, report);
  return findings;
}
