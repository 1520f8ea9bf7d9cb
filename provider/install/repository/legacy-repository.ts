import { isMalformed, readXml, type XmlElement } from "../xml/document";
import { escapeXml } from "../xml/escape";
import { below } from "../xml/search";
import { TESTS, type Test } from "./product-version";

/** One package source in the layout of 5.6 to 7.0: a folder with XS-REPOSITORY and XS-PACKAGES (host-installer, repository.py). */
export interface RepositoryInfo {
  readonly originator: string;
  readonly name: string;
  readonly product: string;
  readonly version: string;
  readonly build?: string;
  readonly description: string;
  readonly requires: readonly Requirement[];
}

export interface Requirement {
  readonly originator: string;
  readonly name: string;
  readonly test: Test;
  readonly version: string;
  readonly build?: string;
  readonly line?: number;
}

export const PACKAGE_TYPES = ["tbz2", "rpm", "driver-rpm", "driver", "firmware"] as const;
export type PackageType = (typeof PACKAGE_TYPES)[number];

export interface PackageEntry {
  readonly label: string;
  readonly type: PackageType;
  readonly size: number;
  readonly md5: string;
  readonly file: string;
  /** The folder into which a tbz2 (or an old driver) is unpacked. */
  readonly root?: string;
  /** The kernel a driver is for. */
  readonly kernel?: string;
  readonly options?: string;
  readonly line?: number;
}

/** What is wrong with one of the two files. */
export interface FormatProblem {
  /** Default: "E11", the file cannot be read. */
  readonly rule?: string;
  readonly message: string;
  readonly line?: number;
}

export interface Parsed<T> {
  /** Undefined if the installer could use nothing of it. */
  readonly value?: T;
  readonly problems: readonly FormatProblem[];
}

export function identifierOf({ originator, name }: Pick<RepositoryInfo, "originator" | "name">): string {
  return `${originator}:${name}`;
}

export function parseRepositoryInfo(text: string): Parsed<RepositoryInfo> {
  const root = readXml(text);
  if (isMalformed(root)) return { problems: [{ message: `it is not XML: ${root.problem}`, ...at(root.line) }] };
  const problems: FormatProblem[] = [];
  if (root.name !== "repository")
    return { problems: [{ message: `its root is <${root.name}> and must be <repository>`, ...at(root.line) }] };
  const required = mandatory(root, ["originator", "name", "product", "version"], problems);
  const descriptions = below(root, "description");
  if (descriptions.length === 0) problems.push({ message: "<description> is missing", ...at(root.line) });
  const requires: Requirement[] = [];
  for (const element of below(root, "requires")) {
    const fields = mandatory(element, ["originator", "name", "test", "version"], problems);
    const { test } = fields;
    if (!TESTS.some((known) => known === test)) {
      if (test !== "")
        problems.push({ rule: "E13", message: `"${test}" is not a test: it must be one of ${TESTS.join(", ")}`, ...at(element.line) });
      continue;
    }
    requires.push({
      originator: fields.originator,
      name: fields.name,
      version: fields.version,
      test: test as Test,
      ...optional(element, "build"),
      ...at(element.line),
    });
  }
  if (problems.some(({ rule }) => rule === undefined)) return { problems };
  return {
    value: {
      ...required,
      ...optional(root, "build"),
      description: descriptions[0]?.text ?? "",
      requires,
    },
    problems,
  };
}

export function parsePackages(text: string): Parsed<PackageEntry[]> {
  const root = readXml(text);
  if (isMalformed(root)) return { problems: [{ message: `it is not XML: ${root.problem}`, ...at(root.line) }] };
  const problems: FormatProblem[] = [];
  if (root.name !== "packages") problems.push({ message: `its root is <${root.name}> and must be <packages>`, ...at(root.line) });
  const entries: PackageEntry[] = [];
  for (const element of below(root, "package")) {
    const before = problems.length;
    const { label, type, size, md5 } = mandatory(element, ["label", "type", "size", "md5"], problems);
    const where = at(element.line);
    const file = element.text;
    if (file === "") problems.push({ message: `package "${label}" names no file`, ...where });
    if (size !== "" && !/^\d+$/.test(size))
      problems.push({ message: `package "${label}" has the size "${size}", which is not a number`, ...where });
    if (type !== "" && !PACKAGE_TYPES.some((known) => known === type))
      problems.push({
        message: `package "${label}" has the type "${type}", which no installer knows (${PACKAGE_TYPES.join(", ")})`,
        ...where,
      });
    const wanted = type === "tbz2" || type === "driver" ? "root" : type === "driver-rpm" ? "kernel" : undefined;
    if (wanted !== undefined && element.attributes.get(wanted) === undefined)
      problems.push({ message: `package "${label}" is a ${type} without the attribute "${wanted}"`, ...where });
    if (problems.length > before) continue;
    entries.push({
      label,
      type: type as PackageType,
      size: Number(size),
      md5,
      file,
      ...optional(element, "root"),
      ...optional(element, "kernel"),
      ...optional(element, "options"),
      ...where,
    });
  }
  return { value: entries, problems };
}

export function renderRepositoryInfo(info: RepositoryInfo): string {
  const lines = [
    '<?xml version="1.0" ?>',
    `<repository ${attributes({ originator: info.originator, name: info.name, product: info.product, version: info.version, build: info.build })}>`,
    `  <description>${escapeXml(info.description)}</description>`,
    ...info.requires.map(
      ({ originator, name, test, version, build }) => `  <requires ${attributes({ originator, name, test, version, build })}/>`,
    ),
    "</repository>",
  ];
  return `${lines.join("\n")}\n`;
}

export function renderPackages(entries: readonly PackageEntry[]): string {
  const lines = entries.map(
    ({ label, type, size, md5, root, kernel, options, file }) =>
      `  <package ${attributes({ label, type, size: String(size), md5, root, kernel, options })}>${escapeXml(file)}</package>`,
  );
  return ['<?xml version="1.0" ?>', "<packages>", ...lines, "</packages>", ""].join("\n");
}

function attributes(values: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(values)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}="${escapeXml(value)}"`]))
    .join(" ");
}

function mandatory<K extends string>(element: XmlElement, names: readonly K[], problems: FormatProblem[]): Record<K, string> {
  const values = {} as Record<K, string>;
  for (const name of names) {
    const value = element.attributes.get(name);
    if (value === undefined) problems.push({ message: `<${element.name}> lacks the attribute "${name}"`, ...at(element.line) });
    values[name] = value ?? "";
  }
  return values;
}

function optional<K extends string>(element: XmlElement, name: K): { readonly [key in K]?: string } {
  const value = element.attributes.get(name);
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in K]?: string };
}

function at(line: number | undefined): { readonly line?: number } {
  return line === undefined ? {} : { line };
}
