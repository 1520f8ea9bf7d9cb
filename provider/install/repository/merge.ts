import * as errors from "../errors";
import { productOf, type Target } from "../targets";
import { POST_INSTALL } from "./csp-pack";
import { identifierOf, parseRepositoryInfo, type RepositoryInfo } from "./folder-repository";
import { type Form, layoutOf } from "./layouts";
import { BUILT_IN, LIST } from "./lint-folders";
import { generatedFile, type Media, type MediaFile } from "./media";
import { folderOf, join } from "./tree";
import { parseUpdate } from "./yum-repository";

/** What csp publishes: the base media with the packs beside them. */
export interface Merged {
  readonly files: ReadonlyMap<string, MediaFile>;
  /** The folders that an answerfile names as sources, "" for the base. Packs that are folders are not among them: installers find them through XS-REPOSITORY-LIST. */
  readonly sources: readonly string[];
}

/**
 * Merges base media with packs in the form that a target's installer needs (layouts.ts):
 * - 5.6 to 6.5, as the CSP pack's README says: from the base, its repositories and XS-REPOSITORY-LIST; from a pack, its repositories and its
 *   post-install.sh. The list names each repository after those that it requires. If an image is itself a repository, its folder gets the
 *   repository's name: "packages.cloud-supp".
 * - 7.0: the base unchanged, and packs as before.
 * - 7.1 and later: the base unchanged, and each pack as its own yum repository below `packs/`, which an answerfile names as a source.
 */
export function merge(base: Media, packs: readonly Media[], target: Target): Merged {
  const layout = layoutOf(target);
  for (const pack of packs) checkForm(pack, layout.packs, target);
  if (layout.packs === "yum") return withYumPacks(base, packs);
  const entries = (base.files.get(LIST)?.text ?? "").split("\n").map((line) => line.trim());
  // Without a list, nobody knows which repositories the media mean: all stay, and the rules report those that nothing names.
  const repositories = base.files.has(LIST) ? [] : [...base.files.keys()].filter((path) => path.endsWith("/XS-REPOSITORY")).map(folderOf);
  const own = [...BUILT_IN, ...entries, ...repositories];
  const files = new Map([...base.files].filter(([path]) => path !== LIST && (layout.base === "yum" || isBelow(path, own))));
  return withFolderPacks(base, files, entries, packs);
}

/** Whether the pack has what the installer looks for. */
function checkForm(pack: Media, wanted: Form, target: Target): void {
  const paths = [...pack.files.keys()];
  const forms: Readonly<Record<Form, boolean>> = {
    folders: paths.some((path) => /(^|\/)XS-REPOSITORY$/.test(path) && pack.files.has(join(folderOf(path), "XS-PACKAGES"))),
    yum: paths.some((path) => /(^|\/)update\.xml$/.test(path) || path.endsWith("repodata/repomd.xml")),
  };
  if (forms[wanted]) return;
  if (wanted === "folders" && forms.yum)
    throw errors.packForm(pack.origin, productOf(target), "7.1 and later", "XS-REPOSITORY and XS-PACKAGES");
  if (wanted === "yum" && forms.folders) throw errors.packForm(pack.origin, productOf(target), "7.0 and before", "update.xml and repodata");
  throw errors.noPack(pack.origin);
}

/** `files`: what is taken from the base. `entries`: what its list names. */
function withFolderPacks(base: Media, files: Map<string, MediaFile>, entries: readonly string[], packs: readonly Media[]): Merged {
  const listed: string[] = [];
  for (const entry of entries) if (!BUILT_IN.includes(entry) && !listed.includes(entry)) listed.push(entry);

  const added: { folder: string; info: RepositoryInfo | undefined }[] = [];
  for (const pack of packs) {
    const repositories = [...pack.files.keys()].filter((path) => /(^|\/)XS-REPOSITORY$/.test(path)).map(folderOf);
    for (const folder of repositories.filter((each) => pack.files.has(join(each, "XS-PACKAGES")))) {
      const info = parseRepositoryInfo(pack.files.get(join(folder, "XS-REPOSITORY"))?.text ?? "").value;
      const name = folder === "" ? `packages.${info?.name ?? "pack"}` : (folder.split("/").at(-1) as string);
      for (const [path, file] of pack.files) {
        if (folder === "" ? isOfImage(path) : path.startsWith(`${folder}/`))
          add(files, `${name}/${folder === "" ? path : path.slice(folder.length + 1)}`, file, base, pack);
      }
      added.push({ folder: name, info });
      const script = pack.files.get(join(folderOf(folder), POST_INSTALL));
      if (script !== undefined) add(files, POST_INSTALL, script, base, pack);
    }
  }
  for (const folder of inOrder(added)) if (!listed.includes(folder) && !BUILT_IN.includes(folder)) listed.push(folder);
  if (base.files.has(LIST) || listed.length > 0) files.set(LIST, generatedFile(listed.map((folder) => `${folder}\n`).join("")));
  return { files: sorted(files), sources: [""] };
}

/** Files directly in one of the folders that are looked at; at the top only what makes a repository. */
function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => folder !== "" && path.startsWith(`${folder}/`)) || /^(XS-REPOSITORY|XS-PACKAGES)$/.test(path);
}

/** Of an image that is a repository, everything; the script has its own place. */
function isOfImage(path: string): boolean {
  return path !== POST_INSTALL;
}

function add(files: Map<string, MediaFile>, path: string, file: MediaFile, base: Media, pack: Media): void {
  const earlier = files.get(path);
  if (earlier !== undefined && earlier.sha256 !== file.sha256) throw errors.packsCollide(path, base.origin, pack.origin);
  files.set(path, file);
}

/** Each pack behind those it requires; else as given. What requires one another in a circle stays as given, for the rules to report. */
function inOrder(packs: readonly { readonly folder: string; readonly info: RepositoryInfo | undefined }[]): string[] {
  const done: string[] = [];
  const visit = (pack: (typeof packs)[number], trail: readonly string[]) => {
    if (done.includes(pack.folder) || trail.includes(pack.folder)) return;
    for (const requirement of pack.info?.requires ?? []) {
      const needed = packs.find(({ info }) => info !== undefined && identifierOf(info) === identifierOf(requirement));
      if (needed !== undefined) visit(needed, [...trail, pack.folder]);
    }
    done.push(pack.folder);
  };
  for (const pack of packs) visit(pack, []);
  return done;
}

function withYumPacks(base: Media, packs: readonly Media[]): Merged {
  const files = new Map<string, MediaFile>(base.files);
  const sources = [""];
  for (const pack of packs) {
    const updates = [...pack.files.keys()].filter((path) => /(^|\/)update\.xml$/.test(path));
    const roots =
      updates.length > 0
        ? updates.map(folderOf)
        : [...pack.files.keys()].filter((path) => path.endsWith("repodata/repomd.xml")).map((path) => folderOf(folderOf(path)));
    for (const root of roots) {
      const folder = `packs/${packName(pack, root)}`;
      for (const [path, file] of pack.files) {
        if (root === "" || path.startsWith(`${root}/`))
          add(files, `${folder}/${root === "" ? path : path.slice(root.length + 1)}`, file, base, pack);
      }
      if (!sources.includes(folder)) sources.push(folder);
    }
  }
  return { files: sorted(files), sources };
}

function packName(pack: Media, root: string): string {
  const update = parseUpdate(pack.files.get(join(root, "update.xml"))?.text ?? "");
  const label = "problem" in update ? (root || pack.origin).split("/").at(-1) : update.label;
  return (label ?? "pack").replace(/\.(iso|tgz|tar(\.\w+)?)$/i, "").replace(/[^A-Za-z0-9_.-]/g, "_");
}

function sorted(files: ReadonlyMap<string, MediaFile>): ReadonlyMap<string, MediaFile> {
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}
