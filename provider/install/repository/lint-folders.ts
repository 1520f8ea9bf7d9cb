import type { Finding } from "../finding";
import { productOf, type Target } from "../targets";
import { cspKernelFindings, cspPackFindings } from "./csp-pack";
import {
  identifierOf,
  type PackageEntry,
  type Parsed,
  parsePackages,
  parseRepositoryInfo,
  type RepositoryInfo,
  type Requirement,
} from "./folder-repository";
import { flavourOf, layoutOf, otherFlavour } from "./layouts";
import { meets, parseVersion } from "./product-version";
import { folderOf, join, type Tree } from "./tree";
import { parseTreeInfo } from "./yum-repository";

/** The folders that an installer always reads, whatever XS-REPOSITORY-LIST says, in this order (host-installer, repository.py). */
export const BUILT_IN = ["", "packages", "packages.main", "packages.linux", "packages.site"];
export const LIST = "XS-REPOSITORY-LIST";
const BOTH = ["XS-REPOSITORY", "XS-PACKAGES"] as const;
/** The products that a repository may be for. */
const PRODUCTS = ["XenServer", "XCP"];
/** With smaller packages, the installer's own check divides by zero. */
const SMALLEST = 100;

/** A repository in the tree, as the installer reads it. */
interface Found {
  readonly folder: string;
  readonly info: RepositoryInfo;
  readonly packages: readonly PackageEntry[];
}

/** Repositories that are folders with XS-REPOSITORY and XS-PACKAGES: everything up to 6.5, and the packs of 7.0. */
export function lintFolders(tree: Tree, target: Target, csp: boolean): Finding[] {
  const findings: Finding[] = [];
  const list = lintList(tree, target, findings);
  const repositories: Found[] = [];
  for (const folder of [...BUILT_IN, ...list.filter((entry) => !BUILT_IN.includes(entry))]) {
    const found = readRepository(tree, folder, list.includes(folder), findings);
    if (found !== undefined) repositories.push(found);
  }
  for (const repository of repositories) lintPackages(tree, repository, findings);
  if (layoutOf(target).base === "folders") lintMain(tree, repositories, target, findings);
  lintIdentities(repositories, findings);
  lintRequirements(tree, repositories, target, findings);
  for (const repository of repositories) lintKernels(repository, target, findings);
  lintUnlisted(tree, [...BUILT_IN, ...list], findings);
  findings.push(...cspKernelFindings(tree, repositories));
  if (csp) findings.push(...cspPackFindings(tree, repositories, target));
  return findings;
}

/** The folders that the list names, each once, in its order. */
function lintList(tree: Tree, target: Target, findings: Finding[]): string[] {
  const file = tree.files.get(LIST);
  if (file === undefined) {
    const lost = withoutList(tree, target);
    if (lost !== undefined)
      findings.push({
        rule: "E10",
        severity: "error",
        path: LIST,
        message: lost,
        remedy: "copy it from the media, and add a line for each pack's folder",
      });
    return [];
  }
  const folders: string[] = [];
  const lines = (file.text ?? "").split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const [index, line] of lines.entries()) {
    const entry = line.trim();
    const repeated = BUILT_IN.includes(entry) || folders.includes(entry);
    if (!repeated) folders.push(entry);
    else
      findings.push({
        rule: "W10",
        severity: "warning",
        line: index + 1,
        path: LIST,
        message:
          entry === ""
            ? "a blank line means the top folder, which the installer then reads a second time"
            : `the installer reads "${entry}" anyway, and so installs it twice`,
        remedy: "remove the line; there are no comments in this file",
      });
  }
  return folders;
}

/** What the target's installer makes of a tree without the list; undefined if nothing is wrong with that. */
function withoutList(tree: Tree, target: Target): string | undefined {
  const missing = `it is missing, and ${productOf(target)}`;
  switch (layoutOf(target).withoutList) {
    case "stops":
      return `${missing} finds no repository without it ("Failed to open ${LIST}")`;
    case "logged": {
      const lost = unlisted(tree, BUILT_IN);
      return lost.length === 0 ? undefined : `${missing} goes on without it: ${lost.join(", ")} will not be installed`;
    }
    default:
      return undefined;
  }
}

function readRepository(tree: Tree, folder: string, listed: boolean, findings: Finding[]): Found | undefined {
  const files = BOTH.map((name) => tree.files.get(join(folder, name)));
  if (files.every((file) => file === undefined) && !listed) return undefined;
  const missing = BOTH.filter((_, index) => files[index] === undefined);
  if (missing.length > 0) {
    const gone = ![...tree.files.keys()].some((path) => folder === "" || path.startsWith(`${folder}/`));
    findings.push({
      rule: "E11",
      severity: "error",
      path: folder || "/",
      message: gone
        ? `${LIST} names it, but there is no such folder`
        : `it lacks ${missing.join(" and ")}, so the installer skips it without a message`,
      remedy: `copy the whole folder from the media or the pack${listed ? `, or remove its line from ${LIST}` : ""}`,
    });
    return undefined;
  }
  const [repositoryFile, packagesFile] = files;
  const info = reported(parseRepositoryInfo(repositoryFile?.text ?? ""), join(folder, BOTH[0]), findings);
  const packages = reported(parsePackages(packagesFile?.text ?? ""), join(folder, BOTH[1]), findings);
  return info === undefined || packages === undefined ? undefined : { folder, info, packages };
}

function reported<T>(parsed: Parsed<T>, path: string, findings: Finding[]): T | undefined {
  for (const { rule = "E11", message, line } of parsed.problems)
    findings.push({
      rule,
      severity: "error",
      ...(line === undefined ? {} : { line }),
      path,
      message,
      remedy: "copy the file from the media or the pack again, or build the pack again",
    });
  return parsed.value;
}

function lintPackages(tree: Tree, { folder, packages }: Found, findings: Finding[]): void {
  const listPath = join(folder, "XS-PACKAGES");
  for (const entry of packages) {
    const path = join(folder, entry.file);
    const file = tree.files.get(path);
    const broken = (message: string) =>
      findings.push({
        rule: "E12",
        severity: "error",
        path,
        message,
        remedy: `copy the package from the media or the pack again; ${listPath}${entry.line === undefined ? "" : `, line ${entry.line},`} says what it must be`,
      });
    if (file === undefined) broken("it is listed, but missing");
    else if (file.size !== entry.size) broken(`it has ${file.size} bytes and must have ${entry.size}`);
    else if (file.md5 !== entry.md5.toLowerCase()) broken(`its MD5 is ${file.md5} and must be ${entry.md5.toLowerCase()}`);
    if (entry.size < SMALLEST)
      findings.push({
        rule: "W19",
        severity: "warning",
        ...(entry.line === undefined ? {} : { line: entry.line }),
        path: listPath,
        message: `package "${entry.label}" has less than ${SMALLEST} bytes: the installer's own check of this repository fails on it ("integer division")`,
        remedy: "leave the package out, or put it into another one",
      });
  }
}

function lintMain(tree: Tree, repositories: readonly Found[], target: Target, findings: Finding[]): void {
  const { main } = layoutOf(target);
  const ids = repositories.map(({ info }) => identifierOf(info));
  if (ids.includes(main)) return;
  const other = ids.find((id) => id === "xs:main" || id === "xcp:main");
  findings.push({
    rule: "E18",
    severity: "error",
    path: "packages.main",
    message:
      other === undefined
        ? `there is no ${main}: "Main repository not found at the specified location"`
        : `it is ${other}, and ${productOf(target)} looks for ${main}`,
    remedy:
      other === undefined && !tree.files.has(".treeinfo")
        ? "copy packages.main from the media"
        : "use the media of that version, or correct the target",
  });
}

function lintIdentities(repositories: readonly Found[], findings: Finding[]): void {
  for (const { folder, info } of repositories) {
    const first = repositories.find((other) => identifierOf(other.info) === identifierOf(info));
    if (first !== undefined && first.folder !== folder)
      findings.push({
        rule: "E19",
        severity: "error",
        path: folder || "/",
        message: `it is ${identifierOf(info)}, as ${first.folder || "the top folder"} is: one replaces the other in the host's records`,
        remedy: "keep one of the two",
      });
    if (!PRODUCTS.some((product) => product.toLowerCase() === info.product.toLowerCase()))
      findings.push({
        rule: "E15",
        severity: "error",
        path: join(folder, "XS-REPOSITORY"),
        message: `it is for the product "${info.product}", and must be for one of ${PRODUCTS.join(", ")}`,
        remedy: "use a pack that was made for this product",
      });
  }
}

/** What is installed at some point, by identifier. A requirement is met if one of the versions meets it. */
type Installed = Map<string, readonly Pick<RepositoryInfo, "version" | "build">[]>;

/** In the installer's order: what a repository requires must come before it. */
function lintRequirements(tree: Tree, repositories: readonly Found[], target: Target, findings: Finding[]): void {
  const installed = installedFirst(tree, target);
  for (const { folder, info } of repositories) {
    const path = join(folder, "XS-REPOSITORY");
    if (parseVersion(info.version, info.build, target) === undefined)
      findings.push({
        rule: "E13",
        severity: "error",
        path,
        message: `${productOf(target)} cannot read its version "${versionText(info)}"`,
        remedy: 'write it like "5.6.100", with a build like "50867p"',
      });
    for (const requirement of info.requires) {
      const problem = unmet(requirement, installed, repositories, target);
      if (problem !== undefined)
        findings.push({
          rule: "E13",
          severity: "error",
          ...(requirement.line === undefined ? {} : { line: requirement.line }),
          path,
          ...problem,
        });
    }
    const id = identifierOf(info);
    installed.set(id, [...(installed.get(id) ?? []), info]);
  }
}

/**
 * 7.0's packs come after its main, which is not a folder. It is xcp:main. Inferred: it is also what packs for XenServer require as xs:main, and
 * has the version of the product or that of the platform, as xs:main and xcp:main of 6.2 had.
 */
function installedFirst(tree: Tree, target: Target): Installed {
  if (layoutOf(target).base === "folders") return new Map();
  const info = parseTreeInfo(tree.files.get(".treeinfo")?.text ?? "");
  // Of media that do not say what they are, another rule reports that.
  const main = [info?.productVersion, info?.platformVersion].flatMap((version) => (version === undefined ? [] : [{ version }]));
  return new Map(["xcp:main", "xs:main"].map((id) => [id, main]));
}

const SIGNS = { eq: "=", ne: "!=", lt: "<", gt: ">", le: "<=", ge: ">=" } as const;

function unmet(
  requirement: Requirement,
  installed: Installed,
  repositories: readonly Found[],
  target: Target,
): Pick<Finding, "message" | "remedy"> | undefined {
  const id = identifierOf(requirement);
  const what = `it requires ${id} ${SIGNS[requirement.test]} ${versionText(requirement)}`;
  const again = "build the pack again with a version like 5.6.100 and a build like 50867p";
  const required = parseVersion(requirement.version, requirement.build, target);
  if (required === undefined) return { message: `${what}, a version that ${productOf(target)} cannot read`, remedy: again };
  const there = installed.get(id);
  if (there === undefined) {
    const later = repositories.find(({ info }) => identifierOf(info) === id);
    return later === undefined
      ? { message: `${what}, which is not in the repository`, remedy: `add the pack or media that has ${id}` }
      : {
          message: `${what}, which is installed only after it (${later.folder})`,
          remedy: `in ${LIST}, move it below ${later.folder}`,
        };
  }
  const outcomes = there.flatMap((each) => {
    const version = parseVersion(each.version, each.build, target);
    return version === undefined ? [] : [meets(version, requirement.test, required)];
  });
  if (outcomes.length === 0 || outcomes.includes(true)) return undefined;
  const versions = there.map(versionText).join(" and ");
  if (outcomes.includes(undefined))
    return { message: `${what}, which ${productOf(target)} cannot compare with ${versions}`, remedy: again };
  return { message: `${what}, and there is ${versions}`, remedy: "use the pack that was made for these media" };
}

function versionText({ version, build }: { readonly version: string; readonly build?: string }): string {
  return build === undefined ? version : `${version}-${build}`;
}

/**
 * Where kernels have flavours, every driver for the xen kernel needs its twin for the kdump kernel, which must find the disks after a crash
 * (supp-pack-build). Where they have none, a driver for a flavour is for an older version, and its kernel is nowhere.
 */
function lintKernels({ folder, packages }: Found, target: Target, findings: Finding[]): void {
  const drivers = packages.filter(({ type }) => type === "driver-rpm");
  const flavours = layoutOf(target).flavours;
  for (const entry of drivers) {
    const { label, kernel = "", line } = entry;
    const flavour = flavourOf(kernel);
    if (flavour === undefined) continue;
    const twin = `${kernel.slice(0, -flavour.length)}${otherFlavour(flavour)}`;
    const paired = drivers.some((other) => other.kernel === twin && stem(other.label) === stem(label));
    if (flavours.length > 0 && paired) continue;
    findings.push({
      rule: "E14",
      severity: "error",
      ...(line === undefined ? {} : { line }),
      path: join(folder, "XS-PACKAGES"),
      ...(flavours.length > 0
        ? { message: `driver "${label}" is for ${kernel}, and there is no driver for ${twin}`, remedy: `build it for ${twin} too` }
        : {
            message: `driver "${label}" is for ${kernel}, and ${productOf(target)} has no kernel whose name ends in ${flavour}`,
            remedy: "use the driver that was built for this version",
          }),
    });
  }
}

/** A driver's label without the kernel flavour. */
function stem(label: string): string {
  return label.replace(/(xen|kdump)/g, "");
}

/** Folders that are repositories, but that no installer reads. */
function lintUnlisted(tree: Tree, looked: readonly string[], findings: Finding[]): void {
  for (const folder of unlisted(tree, looked)) {
    findings.push({
      rule: "W21",
      severity: "warning",
      path: folder,
      message: `it is a repository, but ${LIST} does not name it, so it is not installed`,
      remedy: `add the line "${folder}" to ${LIST}`,
    });
  }
}

function unlisted(tree: Tree, looked: readonly string[]): string[] {
  return [...tree.files.keys()]
    .filter((path) => path.endsWith("/XS-REPOSITORY"))
    .map(folderOf)
    .filter((folder) => !looked.includes(folder));
}
