import type { Finding } from "../finding";
import { productOf, type Target } from "../targets";
import { layoutOf } from "./layouts";
import { folderOf, join, type Tree } from "./tree";
import { type MetadataFile, parseGroups, parsePrimary, parseRepomd, parseTreeInfo, parseUpdate, type Unreadable } from "./yum-repository";

const REPOMD = "repodata/repomd.xml";

/** Base media with .treeinfo, all yum metadata, and packs with update.xml. */
export function lintYum(tree: Tree, target: Target): Finding[] {
  const findings: Finding[] = [];
  lintMain(tree, target, findings);
  for (const path of tree.files.keys()) {
    if (path !== REPOMD && !path.endsWith(`/${REPOMD}`)) continue;
    lintMetadata(tree, path.slice(0, -REPOMD.length).replace(/\/$/, ""), findings);
  }
  const { packs } = layoutOf(target);
  for (const [path, { text }] of tree.files) {
    if (path !== "update.xml" && !path.endsWith("/update.xml")) continue;
    if (packs === "yum") lintPack(tree, folderOf(path), text ?? "", target, findings);
    else findings.push(otherForm(path, `it is a pack in the form of 7.1 and later, which ${productOf(target)} does not read`));
  }
  if (packs === "yum" && tree.files.has(".treeinfo")) {
    for (const path of tree.files.keys())
      if (path.endsWith("/XS-REPOSITORY"))
        findings.push(otherForm(path, `it is a pack in the form of 7.0 and before, which ${productOf(target)} does not read`));
  }
  return findings;
}

function otherForm(path: string, message: string): Finding {
  return { rule: "W22", severity: "warning", path, message, remedy: "use the pack that was made for this version" };
}

/** Whether it is a pack without base media. */
function isPack(tree: Tree, target: Target): boolean {
  return tree.files.has(layoutOf(target).packs === "yum" ? "update.xml" : "XS-REPOSITORY");
}

function lintMain(tree: Tree, target: Target, findings: Finding[]): void {
  const error = (rule: string, path: string, message: string, remedy: string) =>
    findings.push({ rule, severity: "error", path, message, remedy });
  const info = tree.files.get(".treeinfo");
  if (info === undefined) {
    if (tree.files.has("packages.main/XS-REPOSITORY"))
      error(
        "E17",
        ".treeinfo",
        `this is the layout of 6.5 and before; ${productOf(target)} finds no main repository in it`,
        "use the media of that version, or correct the target",
      );
    else if (isPack(tree, target)) error("E18", ".treeinfo", "this is a pack, not base media", "give it as a pack, beside the base media");
    else
      error(
        "E17",
        ".treeinfo",
        tree.files.has(REPOMD) ? withoutTreeInfo(target) : "there is neither .treeinfo nor repodata: these are not installation media",
        "copy the media with its hidden files (`cp -a /mnt/. DIR`, not `cp -a /mnt/* DIR`)",
      );
    return;
  }
  const read = parseTreeInfo(info.text ?? "");
  if (read === undefined)
    error(
      "E17",
      ".treeinfo",
      'the installer cannot read it ("Failed to read .treeinfo"): it names no product and version',
      "copy it from the media again",
    );
  else if (!isOf(target, read.productVersion))
    error(
      "E17",
      ".treeinfo",
      `it is ${read.productName} ${read.productVersion}, but the host boots the installer of ${productOf(target)}`,
      "boot the installer of these media, or correct the target",
    );
  if (!tree.files.has(REPOMD))
    error(
      "E17",
      REPOMD,
      "it is missing, so the installer finds no main repository",
      "copy the media's repodata folder, or make it with createrepo_c",
    );
}

/** From 7.1 on, yum metadata alone are a repository too, but not a main one. */
function withoutTreeInfo(target: Target): string {
  return layoutOf(target).packs === "yum"
    ? 'it is missing, so the installer takes this for an ordinary yum repository and ends with "No main repository found"'
    : "it is missing, so the installer finds no main repository";
}

function isOf(target: Target, version: string): boolean {
  const [major, minor] = version.split(".");
  if (target === "xs8") return major === "8";
  if (target === "xs9") return major === "9";
  return `${major}.${minor}` === target;
}

/** Checks a yum repository: every file that the metadata name must be there, with the right size and checksum. */
function lintMetadata(tree: Tree, folder: string, findings: Finding[]): void {
  const path = join(folder, REPOMD);
  const error = (rule: string, where: string, message: string, remedy: string, line?: number) =>
    findings.push({ rule, severity: "error", ...(line === undefined ? {} : { line }), path: where, message, remedy });
  const again = "copy the repodata folder again, or make it with createrepo_c";
  const files = parseRepomd(tree.files.get(path)?.text ?? "");
  if (isUnreadable(files)) return void error("E17", path, `it is not XML: ${files.problem}`, again, files.line);
  for (const file of files) lintSum(tree, folder, file, path, findings);
  const primary = files.find(({ type }) => type === "primary");
  if (primary === undefined) return void error("E17", path, "it names no primary metadata, so there are no packages", again);
  const primaryPath = join(folder, primary.path);
  if (!primary.path.endsWith(".gz"))
    return void error(
      "E17",
      primaryPath,
      "the installer reads only gzipped primary metadata",
      "make it with `createrepo_c --general-compress-type=gz`",
      primary.line,
    );
  const text = tree.files.get(primaryPath)?.text;
  if (text === undefined) return;
  const packages = parsePrimary(text);
  if (isUnreadable(packages)) return void error("E17", primaryPath, `it is not XML: ${packages.problem}`, again);
  for (const entry of packages) {
    const where = join(folder, entry.path);
    if (entry.checksum?.type !== "sha256") {
      error(
        "E17",
        primaryPath,
        `it has no SHA-256 of ${entry.path}, and the installer takes no other checksum`,
        "make it with `createrepo_c --checksum=sha256`",
      );
      continue;
    }
    const file = tree.files.get(where);
    const copy = "copy the package from the media or the pack again, with its metadata";
    if (file === undefined) error("E12", where, "it is listed, but missing", copy);
    else if (entry.size !== undefined && file.size !== entry.size)
      error("E12", where, `it has ${file.size} bytes and must have ${entry.size}`, copy);
    else if (file.sha256 !== entry.checksum.value)
      error("E12", where, `its SHA-256 is ${file.sha256} and must be ${entry.checksum.value}`, copy);
  }
}

function lintSum(tree: Tree, folder: string, { path, checksum, line }: MetadataFile, repomd: string, findings: Finding[]): void {
  const file = tree.files.get(join(folder, path));
  const where = line === undefined ? {} : { line };
  const remedy = "copy the repodata folder again, or make it with createrepo_c";
  if (file === undefined)
    findings.push({ rule: "E17", severity: "error", ...where, path: repomd, message: `it names ${path}, which is not there`, remedy });
  else if (checksum?.type === "sha256" && checksum.value !== file.sha256)
    findings.push({
      rule: "E17",
      severity: "error",
      path: join(folder, path),
      message: `its SHA-256 is ${file.sha256}, and repomd.xml says ${checksum.value}`,
      remedy,
    });
}

function lintPack(tree: Tree, folder: string, text: string, target: Target, findings: Finding[]): void {
  const path = join(folder, "update.xml");
  const error = (message: string, remedy: string, line?: number) =>
    findings.push({ rule: "E11", severity: "error", ...(line === undefined ? {} : { line }), path, message, remedy });
  const update = parseUpdate(text);
  if (isUnreadable(update)) return void error(update.problem, "build the pack again", update.line);
  const files = parseRepomd(tree.files.get(join(folder, REPOMD))?.text ?? "");
  if (isUnreadable(files) || files.length === 0)
    return void error("there is no repodata beside it, so the installer does not see the pack", "build the pack again");
  const group = files.find(({ type }) => type === "group" || type === "group_gz");
  const groups = group === undefined ? undefined : parseGroups(tree.files.get(join(folder, group.path))?.text ?? "");
  if (target === "8.3" && folder !== "" && (groups === undefined || isUnreadable(groups) || !groups.has("drivers")))
    findings.push({
      rule: "W22",
      severity: "warning",
      path,
      message: `${productOf(target)}'s installer takes only driver disks, and this pack has no group "drivers"`,
      remedy: "install its packages on the running host with yum, or build it as a driver disk",
    });
}

function isUnreadable(value: object): value is Unreadable {
  return "problem" in value;
}
