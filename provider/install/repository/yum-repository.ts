import { isMalformed, readXml, type XmlElement } from "../xml/document";
import { below } from "../xml/search";

/**
 * Yum metadata, with .treeinfo for base media (7.0 and later) and update.xml for packs (7.1 and later; host-installer, repository.py, since
 * 2016-09).
 */

/** The sections of an INI file, with keys and values as written. */
export type Ini = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Undefined if a line is not a section, a key, a comment or blank, because Python's parser then refuses the file. */
export function parseIni(text: string): Ini | undefined {
  const sections = new Map<string, Map<string, string>>();
  let section: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === "" || /^[#;]/.test(line)) continue;
    const header = /^\[([^\]]+)\]\s*$/.exec(line);
    const pair = /^([^=:\s][^=:]*?)\s*[=:]\s*(.*)$/.exec(line);
    if (header?.[1] !== undefined) {
      section = sections.get(header[1]) ?? new Map();
      sections.set(header[1], section);
    } else if (pair?.[1] !== undefined && section !== undefined) section.set(pair[1].toLowerCase(), (pair[2] ?? "").trim());
    else return undefined;
  }
  return sections;
}

export interface TreeInfo {
  readonly productName: string;
  /** "8.3.0". */
  readonly productVersion: string;
  /** "3.4.0", if it says so. */
  readonly platformVersion?: string;
}

/** What base media say about themselves; undefined if the installer fails with "Failed to read .treeinfo". */
export function parseTreeInfo(text: string): TreeInfo | undefined {
  const ini = parseIni(text);
  const system = ini?.get("system-v1");
  const old = ini?.get("branding") ?? ini?.get("platform");
  const name = system?.get("product_name") ?? system?.get("platform_name") ?? old?.get("name");
  const version = system?.get("product_version") ?? system?.get("platform_version") ?? old?.get("version");
  const platform = system?.get("platform_version") ?? ini?.get("platform")?.get("version");
  if (name === undefined || version === undefined) return undefined;
  return { productName: name, productVersion: version, ...(platform === undefined ? {} : { platformVersion: platform }) };
}

/** One file of repomd.xml. */
export interface MetadataFile {
  /** "primary", "group", ... */
  readonly type: string;
  readonly path: string;
  /** The checksum of the stored file: its type, "sha256", and its value. */
  readonly checksum?: { readonly type: string; readonly value: string };
  readonly line?: number;
}

/** A package of primary.xml. */
export interface YumPackage {
  readonly name: string;
  readonly version: string;
  readonly release: string;
  readonly arch: string;
  readonly path: string;
  /** Its size in bytes; undefined if the metadata do not say it. */
  readonly size?: number;
  readonly checksum?: { readonly type: string; readonly value: string };
}

/** update.xml of a pack. */
export interface UpdateInfo {
  readonly label: string;
  readonly uuid: string;
  readonly version: string;
  readonly control: string;
}

export interface Unreadable {
  readonly problem: string;
  readonly line?: number;
}

export function parseRepomd(text: string): MetadataFile[] | Unreadable {
  const root = readXml(text);
  if (isMalformed(root)) return root;
  return below(root, "data").map((element) => {
    const { line } = element;
    return {
      type: element.attributes.get("type") ?? "",
      path: hrefOf(element),
      ...checksumOf(element),
      ...(line === undefined ? {} : { line }),
    };
  });
}

export function parsePrimary(text: string): YumPackage[] | Unreadable {
  const root = readXml(text);
  if (isMalformed(root)) return root;
  return below(root, "package").map((element) => {
    const version = first(element, "version");
    const size = first(element, "size");
    const bytes = size?.attributes.get("package");
    return {
      name: textOfFirst(element, "name"),
      version: version?.attributes.get("ver") ?? "",
      release: version?.attributes.get("rel") ?? "",
      arch: textOfFirst(element, "arch"),
      path: hrefOf(element),
      ...(bytes === undefined ? {} : { size: Number(bytes) }),
      ...checksumOf(element),
    };
  });
}

export function parseUpdate(text: string): UpdateInfo | Unreadable {
  const root = readXml(text);
  if (isMalformed(root)) return root;
  const { line } = root;
  const where = line === undefined ? {} : { line };
  if (root.name !== "update") return { problem: `its root is <${root.name}> and must be <update>`, ...where };
  const missing = ["control", "name-label", "uuid", "version"].filter((name) => root.attributes.get(name) === undefined);
  if (missing.length > 0) return { problem: `<update> lacks ${missing.map((name) => `"${name}"`).join(", ")}`, ...where };
  const of = (name: string) => root.attributes.get(name) ?? "";
  return { label: of("name-label"), uuid: of("uuid"), version: of("version"), control: of("control") };
}

/** The packages of each group of a comps file, by the group's id. */
export function parseGroups(text: string): ReadonlyMap<string, readonly string[]> | Unreadable {
  const root = readXml(text);
  if (isMalformed(root)) return root;
  return new Map(below(root, "group").map((group) => [textOfFirst(group, "id"), below(group, "packagereq").map(({ text }) => text)]));
}

function first(element: XmlElement, tag: string): XmlElement | undefined {
  return below(element, tag)[0];
}

function textOfFirst(element: XmlElement, tag: string): string {
  return first(element, tag)?.text ?? "";
}

function hrefOf(element: XmlElement): string {
  return (first(element, "location")?.attributes.get("href") ?? "").replace(/^\.\//, "");
}

function checksumOf(element: XmlElement): { readonly checksum?: { readonly type: string; readonly value: string } } {
  const checksum = first(element, "checksum");
  return checksum === undefined ? {} : { checksum: { type: checksum.attributes.get("type") ?? "", value: checksum.text.toLowerCase() } };
}
