import { isMalformed, readXml, type XmlElement } from "../xml/document";
import { escapeXml } from "../xml/escape";
import { selfOrBelow } from "../xml/search";
import { TESTS, type Test } from "./product-version";

/** A repository of 5.6 to 6.5, or a pack of 5.6 to 7.0: a folder with XS-REPOSITORY and XS-PACKAGES (host-installer, repository.py). */
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

/** Reads the first <repository> and <description> of the file, wherever they are: installers search the document for them. */
export function parseRepositoryInfo(text: string): Parsed<RepositoryInfo> {
  const document = readXml(text);
  if (isMalformed(document)) return { problems: [{ message: `it is not XML: ${document.problem}`, ...at(document.line) }] };
  const problems: FormatProblem[] = [];
  const [repository] = selfOrBelow(document, "repository");
  if (repository === undefined)
    return { problems: [{ message: `there is no <repository> in it: its root is <${document.name}>`, ...at(document.line) }] };
  const required = mandatory(repository, ["originator", "name", "product", "version"], problems);
  const [description] = selfOrBelow(document, "description");
  if (description === undefined) problems.push({ message: "<description> is missing", ...at(repository.line) });
  else checkAscii("<description>", description.text, description.line, problems);
  checkAttributes(repository, ["originator", "name", "product", "version", "build"], problems);
  const requires: Requirement[] = [];
  for (const element of selfOrBelow(document, "requires")) {
    const fields = mandatory(element, ["originator", "name", "test", "version"], problems);
    checkAttributes(element, ["originator", "name", "version", "build"], problems);
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
      ...optional(repository, "build"),
      description: description?.text ?? "",
      requires,
    },
    problems,
  };
}

/** Reads every <package> of the file. What the root element is called does not matter to installers. */
export function parsePackages(text: string): Parsed<PackageEntry[]> {
  const document = readXml(text);
  if (isMalformed(document)) return { problems: [{ message: `it is not XML: ${document.problem}`, ...at(document.line) }] };
  const problems: FormatProblem[] = [];
  const elements = selfOrBelow(document, "package");
  // An installer would install nothing of it, without a message: a web server's page, for example.
  if (document.name !== "packages" && elements.length === 0)
    problems.push({ message: `there is no <package> in it: its root is <${document.name}>`, ...at(document.line) });
  const entries: PackageEntry[] = [];
  for (const element of elements) {
    const before = problems.length;
    const { label, type, size, md5 } = mandatory(element, ["label", "type", "size", "md5"], problems);
    const where = at(element.line);
    const file = element.text;
    if (file === "") problems.push({ message: `package "${label}" names no file`, ...where });
    checkAscii(`the file name of package "${label}"`, file, element.line, problems);
    if (size !== "" && !PYTHON_LONG.test(size))
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
      size: Number.parseInt(size.trim(), 10),
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

/** What Python 2 reads as a long. */
const PYTHON_LONG = /^[ \t\n\v\f\r]*[+-]?\d+[lL]?[ \t\n\v\f\r]*$/;

/** Installers encode what they read of these files as ASCII (Python 2, `.encode()`), and stop with "XS-REPOSITORY format error" where they cannot. */
function checkAscii(what: string, text: string, line: number | undefined, problems: FormatProblem[]): void {
  if (!isAscii(text))
    problems.push({ rule: "E11", message: `${what} has characters outside ASCII, which the installer cannot read`, ...at(line) });
}

export function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

function checkAttributes(element: XmlElement, names: readonly string[], problems: FormatProblem[]): void {
  for (const name of names)
    checkAscii(`the attribute "${name}" of <${element.name}>`, element.attributes.get(name) ?? "", element.line, problems);
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
