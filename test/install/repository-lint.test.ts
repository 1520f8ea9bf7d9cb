import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Finding } from "../../provider/install/finding";
import { LAYOUTS, layoutOf } from "../../provider/install/repository/layouts";
import { lintRepository } from "../../provider/install/repository/lint";
import { generatedFile } from "../../provider/install/repository/media";
import { meets, parseVersion, TESTS } from "../../provider/install/repository/product-version";
import type { FileFacts, Tree } from "../../provider/install/repository/tree";
import { atLeast, TARGETS, type Target } from "../../provider/install/targets";

type Files = Record<string, string | undefined>;

/** A tree of texts. RPMs are what their names say; what one requires and provides of the product is its text, if it begins with "product". */
function treeOf(files: Files): Tree {
  const entries = Object.entries(files).flatMap(([path, text]): [string, FileFacts][] => {
    if (text === undefined) return [];
    const match = /([^/]+)-([^-/]+)-([^-/]+)\.(\w+)\.rpm$/.exec(path);
    const [, name = "", version = "", release = "", arch = ""] = match ?? [];
    const product = text.startsWith("product") ? { product: productOf(text) } : {};
    const rpm = match === null ? {} : { rpm: { name, version, release, arch, requires: [], provides: [], kernels: [], ...product } };
    return [[path, { ...generatedFile(text), ...rpm }]];
  });
  return { files: new Map(entries) };
}

/** "product requires product-version >= 8.2.1, provides ...". */
function productOf(text: string) {
  const of = (kind: string) =>
    [...text.matchAll(new RegExp(`${kind} (\\S+) (\\S+) ([^\\s,]+)`, "g"))].map(([, name = "", sign, version = ""]) => ({
      name,
      sign: sign as "=",
      version,
    }));
  return { requires: of("requires"), provides: of("provides") };
}

const md5 = (text: string) => createHash("md5").update(text).digest("hex");
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
const CONTENT = "content ".repeat(40);

const repository = (
  name: string,
  { originator = "xs", version = "5.6.100", build = ' build="47101p"', product = "XenServer", requires = "" } = {},
) =>
  `<repository originator="${originator}" name="${name}" product="${product}" version="${version}"${build}>\n<description>${name}</description>\n${requires}\n</repository>`;
const entry = (file: string, attributes = 'type="rpm"', content = CONTENT) =>
  `<package label="${file}" size="${content.length}" md5="${md5(content)}" ${attributes}>${file}</package>`;
const packages = (...entries: string[]) => `<packages>\n${entries.join("\n")}\n</packages>`;
const needsMain = (attributes = 'test="eq" version="5.6.100" build="47101p"') => `<requires originator="xs" name="main" ${attributes}/>`;

/** A 5.6 SP2 repository with the CSP pack, with nothing wrong. */
const LEGACY: Files = {
  "XS-REPOSITORY-LIST": "packages.transfer-vm\npackages.cloud-supp\n",
  "packages.main/XS-REPOSITORY": repository("main"),
  "packages.main/XS-PACKAGES": packages(entry("dom0fs.tar.bz2", 'type="tbz2" root="/"')),
  "packages.main/dom0fs.tar.bz2": CONTENT,
  "packages.transfer-vm/XS-REPOSITORY": repository("transfer-vm", { requires: needsMain() }),
  "packages.transfer-vm/XS-PACKAGES": packages(entry("vm.tar.bz2", 'type="tbz2" root="/"')),
  "packages.transfer-vm/vm.tar.bz2": CONTENT,
  "packages.cloud-supp/XS-REPOSITORY": repository("cloud-supp", { build: ' build="50867p"', requires: needsMain() }),
  "packages.cloud-supp/XS-PACKAGES": packages(
    ...[
      "kernel-csp-xen-2.6.32.12-0.7.1.csp.i686.rpm",
      "kernel-csp-kdump-2.6.32.12-0.7.1.csp.i686.rpm",
      "arptables-0.0.3-4.i686.rpm",
      "ebtables-2.0.9-1.i386.rpm",
      "ipset-4.5-1.i686.rpm",
    ].map((file) => entry(file)),
  ),
  "packages.cloud-supp/kernel-csp-xen-2.6.32.12-0.7.1.csp.i686.rpm": CONTENT,
  "packages.cloud-supp/kernel-csp-kdump-2.6.32.12-0.7.1.csp.i686.rpm": CONTENT,
  "packages.cloud-supp/arptables-0.0.3-4.i686.rpm": CONTENT,
  "packages.cloud-supp/ebtables-2.0.9-1.i386.rpm": CONTENT,
  "packages.cloud-supp/ipset-4.5-1.i686.rpm": CONTENT,
  "post-install.sh": "#!/bin/sh\n",
};

/** The same for 6.0: another main, no csp kernel. */
const LATER: Files = Object.fromEntries(
  Object.entries(LEGACY).map(([path, text]) => [
    path,
    text?.replace(/(originator|requires originator)="xs"/g, '$1="xcp"').replace(/5\.6\.100/g, "6.0.0"),
  ]),
);

const primary = (...files: [path: string, content: string, type?: string][]) =>
  `<metadata xmlns="http://linux.duke.edu/metadata/common">${files
    .map(
      ([path, content, type = "sha256"]) =>
        `<package type="rpm"><name>${path}</name><arch>x86_64</arch><version epoch="0" ver="1" rel="1"/><checksum type="${type}" pkgid="YES">${sha256(content)}</checksum><size package="${content.length}"/><location href="${path}"/></package>`,
    )
    .join("")}</metadata>`;
const repomd = (files: Record<string, string>) =>
  `<repomd xmlns="http://linux.duke.edu/metadata/repo">\n${Object.entries(files)
    .map(
      ([path, text]) =>
        `<data type="${path.includes("comps") ? "group" : "primary"}"><checksum type="sha256">${sha256(text)}</checksum><location href="${path}"/></data>`,
    )
    .join("\n")}</repomd>`;
const yum = (folder: string, ...files: [string, string, string?][]): Files => {
  const text = primary(...files);
  return {
    [`${folder}repodata/repomd.xml`]: repomd({ "repodata/1-primary.xml.gz": text }),
    [`${folder}repodata/1-primary.xml.gz`]: text,
    ...Object.fromEntries(files.map(([path, content]) => [`${folder}${path}`, content])),
  };
};

/** XCP-ng 8.3 media with nothing wrong. */
const MODERN: Files = {
  ".treeinfo": "[system-v1]\nplatform_name = XCP\nproduct_name = XCP-ng\nproduct_version = 8.3.0\n",
  ...yum("", ["Packages/xen-4.17-1.x86_64.rpm", CONTENT]),
};
const PACK = (label: string, uuid: string): Files => ({
  [`packs/${label}/update.xml`]: `<update control="update-${label}" name-label="${label}" uuid="${uuid}" version="1.0"/>`,
  [`packs/${label}/repodata/repomd.xml`]: repomd({
    "repodata/1-primary.xml.gz": primary(),
    "repodata/comps.xml": `<comps><group><id>drivers</id></group></comps>`,
  }),
  [`packs/${label}/repodata/1-primary.xml.gz`]: primary(),
  [`packs/${label}/repodata/comps.xml`]: `<comps><group><id>drivers</id></group></comps>`,
});

/** XenServer 7.0's media with a pack: the one is a yum repository, the other a folder that the list names. */
const HYBRID: Files = {
  ".treeinfo": "[platform]\nname = XCP\nversion = 2.1.0\n\n[branding]\nname = XenServer\nversion = 7.0.0\n\n[build]\nnumber = 125380c\n",
  ...yum("", ["Packages/xen-4.6-1.x86_64.rpm", CONTENT]),
  "XS-REPOSITORY-LIST": "packages.acme\n",
  "packages.acme/XS-REPOSITORY": repository("acme", {
    originator: "acme",
    version: "7.0.1",
    build: "",
    requires: '<requires originator="xs" name="main" test="ge" version="7.0.0"/>',
  }),
  "packages.acme/XS-PACKAGES": packages(entry("acme-1.2-1.x86_64.rpm", 'type="driver-rpm" kernel="3.10.0+10"')),
  "packages.acme/acme-1.2-1.x86_64.rpm": CONTENT,
};

const short = ({ rule, severity, path, line }: Finding) => `${rule} ${severity} ${path}${line === undefined ? "" : `:${line}`}`;
const lint = (files: Files, target: Target, csp = true) => lintRepository(treeOf(files), target, csp);

test("a repository with nothing wrong has no findings", () => {
  expect(lint(LEGACY, "5.6")).toEqual([]);
  for (const target of ["6.0", "6.1", "6.2", "6.5"] as const) expect(lint(LATER, target)).toEqual([]);
  expect(lint(HYBRID, "7.0")).toEqual([]);
  expect(lint({ ...HYBRID, "XS-REPOSITORY-LIST": undefined, ...without("packages.acme/") }, "7.0")).toEqual([]);
  expect(lint(MODERN, "8.3")).toEqual([]);
  expect(lint({ ...MODERN, ...PACK("one", "6854ab19-f807-4444-b94f-3ce7d64efe50") }, "8.3")).toEqual([]);
});

/** The files of a folder, taken away. */
function without(folder: string): Files {
  const paths = [...Object.keys(LEGACY), ...Object.keys(HYBRID)].filter((path) => path.startsWith(folder));
  return Object.fromEntries(paths.map((path) => [path, undefined]));
}

const MAIN = "packages.main/";
const SUPP = "packages.cloud-supp/";

const HYBRID_MEDIA: Files = { ".treeinfo": HYBRID[".treeinfo"] };
const PRODUCT_6 = `product requires product-version >= 6.0.0 ${"x".repeat(100)}`;

/** What is done to a good repository, and all that is found then. */
const LEGACY_CASES: [title: string, target: Target, change: Files, found: string[], text: RegExp][] = [
  [
    "no list, 5.6 takes that; what it named is not installed",
    "5.6",
    { "XS-REPOSITORY-LIST": undefined },
    ["E20 error XS-REPOSITORY-LIST", "W21 warning packages.cloud-supp", "W21 warning packages.transfer-vm"],
    /kernel-csp-xen/,
  ],
  [
    "no list, 6.0",
    "6.0",
    { "XS-REPOSITORY-LIST": undefined },
    ["E10 error XS-REPOSITORY-LIST", "E20 error XS-REPOSITORY-LIST", "W21 warning packages.cloud-supp", "W21 warning packages.transfer-vm"],
    /Failed to open/,
  ],
  [
    "the list names a built-in folder",
    "5.6",
    { "XS-REPOSITORY-LIST": "packages.main\npackages.transfer-vm\npackages.cloud-supp\n" },
    ["W10 warning XS-REPOSITORY-LIST:1"],
    /so installs it twice/,
  ],
  [
    "the list has a blank line",
    "5.6",
    { "XS-REPOSITORY-LIST": "packages.transfer-vm\n\npackages.cloud-supp\n" },
    ["W10 warning XS-REPOSITORY-LIST:2"],
    /blank line/,
  ],
  [
    "the list names a folder twice",
    "5.6",
    { "XS-REPOSITORY-LIST": "packages.transfer-vm\npackages.cloud-supp\npackages.cloud-supp" },
    ["W10 warning XS-REPOSITORY-LIST:3"],
    /twice/,
  ],
  [
    "the list names a folder that is not there",
    "5.6",
    { "XS-REPOSITORY-LIST": `${LEGACY["XS-REPOSITORY-LIST"]}packages.gone\n` },
    ["E11 error packages.gone"],
    /no such folder/,
  ],
  [
    "the list forgets the pack",
    "5.6",
    { "XS-REPOSITORY-LIST": "packages.transfer-vm\n" },
    ["E20 error XS-REPOSITORY-LIST", "W21 warning packages.cloud-supp"],
    /arptables, ebtables, ipset, kernel-csp-xen/,
  ],
  [
    "a comment in the list is a folder",
    "5.6",
    { "XS-REPOSITORY-LIST": `# packs\n${LEGACY["XS-REPOSITORY-LIST"]}` },
    ["E11 error # packs"],
    /no such folder/,
  ],
  [
    "a repository without XS-PACKAGES",
    "5.6",
    { [`${SUPP}XS-PACKAGES`]: undefined },
    ["E11 error packages.cloud-supp", "E20 error XS-REPOSITORY-LIST"],
    /lacks XS-PACKAGES/,
  ],
  [
    "XS-REPOSITORY is no XML",
    "5.6",
    { [`${SUPP}XS-REPOSITORY`]: "<repository>\n<oops>" },
    [`E11 error ${SUPP}XS-REPOSITORY:2`, "E20 error XS-REPOSITORY-LIST"],
    /not XML/,
  ],
  [
    "XS-REPOSITORY lacks an attribute",
    "5.6",
    { [`${SUPP}XS-REPOSITORY`]: '<repository originator="xs" name="a" product="XenServer"><description/></repository>' },
    [`E11 error ${SUPP}XS-REPOSITORY:1`, "E20 error XS-REPOSITORY-LIST"],
    /lacks the attribute "version"/,
  ],
  [
    "XS-REPOSITORY lacks its description",
    "5.6",
    { [`${SUPP}XS-REPOSITORY`]: '<repository originator="xs" name="a" product="XenServer" version="1"/>' },
    [`E11 error ${SUPP}XS-REPOSITORY:1`, "E20 error XS-REPOSITORY-LIST"],
    /<description> is missing/,
  ],
  [
    "an unknown test",
    "5.6",
    { [`${SUPP}XS-REPOSITORY`]: repository("cloud-supp", { requires: needsMain('test="like" version="5.6.100"') }) },
    [`E13 error ${SUPP}XS-REPOSITORY:3`],
    /"like" is not a test/,
  ],
  [
    "an unknown type",
    "5.6",
    { [`${MAIN}XS-PACKAGES`]: packages(entry("dom0fs.tar.bz2", 'type="tgz" root="/"')) },
    [`E11 error ${MAIN}XS-PACKAGES:2`],
    /"tgz", which no installer knows/,
  ],
  [
    "a tbz2 without root",
    "5.6",
    { [`${MAIN}XS-PACKAGES`]: packages(entry("dom0fs.tar.bz2", 'type="tbz2"')) },
    [`E11 error ${MAIN}XS-PACKAGES:2`],
    /without the attribute "root"/,
  ],
  [
    "a driver without kernel",
    "5.6",
    { [`${MAIN}XS-PACKAGES`]: packages(entry("dom0fs.tar.bz2", 'type="driver-rpm"')) },
    [`E11 error ${MAIN}XS-PACKAGES:2`],
    /without the attribute "kernel"/,
  ],
  [
    "a size that is no number",
    "5.6",
    { [`${MAIN}XS-PACKAGES`]: '<packages><package label="x" type="rpm" size="12k" md5="">dom0fs.tar.bz2</package></packages>' },
    [`E11 error ${MAIN}XS-PACKAGES:1`],
    /"12k", which is not a number/,
  ],
  [
    "a package that is not there",
    "5.6",
    { [`${MAIN}dom0fs.tar.bz2`]: undefined },
    [`E12 error ${MAIN}dom0fs.tar.bz2`],
    /listed, but missing/,
  ],
  [
    "a package cut short",
    "5.6",
    { [`${MAIN}dom0fs.tar.bz2`]: CONTENT.slice(1) },
    [`E12 error ${MAIN}dom0fs.tar.bz2`],
    /has 319 bytes and must have 320/,
  ],
  [
    "a package with another sum",
    "5.6",
    { [`${MAIN}dom0fs.tar.bz2`]: CONTENT.replace("c", "C") },
    [`E12 error ${MAIN}dom0fs.tar.bz2`],
    /MD5 is [0-9a-f]{32} and must be/,
  ],
  [
    "the pack requires what is installed after it",
    "5.6",
    {
      [`${SUPP}XS-REPOSITORY`]: repository("cloud-supp", { requires: '<requires originator="xs" name="late" test="ge" version="1"/>' }),
      "XS-REPOSITORY-LIST": `${LEGACY["XS-REPOSITORY-LIST"]}packages.late\n`,
      "packages.late/XS-REPOSITORY": repository("late"),
      "packages.late/XS-PACKAGES": packages(),
    },
    [`E13 error ${SUPP}XS-REPOSITORY:3`],
    /installed only after it \(packages.late\)/,
  ],
  [
    "the pack requires what is not there",
    "5.6",
    { [`${SUPP}XS-REPOSITORY`]: repository("cloud-supp", { requires: '<requires originator="x" name="y" test="ge" version="1"/>' }) },
    [`E13 error ${SUPP}XS-REPOSITORY:3`],
    /x:y >= 1, which is not in the repository/,
  ],
  [
    "the pack is for another build",
    "5.6",
    { [`${SUPP}XS-REPOSITORY`]: repository("cloud-supp", { requires: needsMain('test="eq" version="5.6.100" build="50000p"') }) },
    [`E13 error ${SUPP}XS-REPOSITORY:3`],
    /= 5.6.100-50000p, and there is 5.6.100-47101p/,
  ],
  [
    "6.0 looks at no build",
    "6.0",
    {
      [`${SUPP}XS-REPOSITORY`]: repository("cloud-supp", {
        originator: "xcp",
        version: "6.0.0",
        requires: '<requires originator="xcp" name="main" test="eq" version="6.0.0" build="1"/>',
      }),
    },
    [],
    /^$/,
  ],
  [
    "a version 5.6 cannot read",
    "5.6",
    { [`${SUPP}XS-REPOSITORY`]: repository("cloud-supp", { build: ' build="rc"' }) },
    [`E13 error ${SUPP}XS-REPOSITORY`],
    /cannot read its version "5.6.100-rc"/,
  ],
  ["a build without a letter", "5.6", { [`${SUPP}XS-REPOSITORY`]: repository("cloud-supp", { build: ' build="50867"' }) }, [], /^$/],
  [
    "a required build without the letter is another version",
    "5.6",
    { [`${SUPP}XS-REPOSITORY`]: repository("cloud-supp", { requires: needsMain('test="eq" version="5.6.100" build="47101"') }) },
    [`E13 error ${SUPP}XS-REPOSITORY:3`],
    /= 5.6.100-47101, and there is 5.6.100-47101p/,
  ],
  [
    "a required version that cannot be compared",
    "5.6",
    { [`${SUPP}XS-REPOSITORY`]: repository("cloud-supp", { requires: needsMain('test="ge" version="5.x"') }) },
    [`E13 error ${SUPP}XS-REPOSITORY:3`],
    />= 5.x, which XenServer 5.6 SP2 cannot compare with 5.6.100-47101p/,
  ],
  [
    "another root element of XS-PACKAGES",
    "5.6",
    { [`${MAIN}XS-PACKAGES`]: LEGACY[`${MAIN}XS-PACKAGES`]?.replaceAll("packages>", "list>") },
    [],
    /^$/,
  ],
  ["another root element of XS-REPOSITORY", "6.5", { [`${SUPP}XS-REPOSITORY`]: `<pack>${LATER[`${SUPP}XS-REPOSITORY`]}</pack>` }, [], /^$/],
  [
    "a web server's page in place of XS-PACKAGES",
    "5.6",
    { [`${MAIN}XS-PACKAGES`]: "<html><body>moved</body></html>" },
    [`E11 error ${MAIN}XS-PACKAGES:1`],
    /no <package> in it: its root is <html>/,
  ],
  [
    "a web server's page in place of XS-REPOSITORY",
    "5.6",
    { [`${MAIN}XS-REPOSITORY`]: "<html><body>moved</body></html>" },
    [
      `E11 error ${MAIN}XS-REPOSITORY:1`,
      `E13 error ${SUPP}XS-REPOSITORY:3`,
      "E13 error packages.transfer-vm/XS-REPOSITORY:3",
      "E18 error packages.main",
    ],
    /no <repository> in it: its root is <html>/,
  ],
  [
    "a description outside ASCII",
    "5.6",
    { [`${SUPP}XS-REPOSITORY`]: LEGACY[`${SUPP}XS-REPOSITORY`]?.replace("<description>", "<description>Für ") },
    [`E11 error ${SUPP}XS-REPOSITORY:2`],
    /<description> has characters outside ASCII/,
  ],
  [
    "a file name outside ASCII",
    "6.5",
    {
      [`${SUPP}XS-PACKAGES`]: LATER[`${SUPP}XS-PACKAGES`]?.replace(
        "</packages>",
        '<package label="x" size="1" md5="" type="rpm">ä</package></packages>',
      ),
    },
    [`E11 error ${SUPP}XS-PACKAGES:7`],
    /the file name of package "x" has characters outside ASCII/,
  ],
  [
    "sizes as Python reads them",
    "5.6",
    { [`${MAIN}XS-PACKAGES`]: LEGACY[`${MAIN}XS-PACKAGES`]?.replace('size="320"', 'size=" +320L "') },
    [],
    /^$/,
  ],
  [
    "no list, and nothing lost, 6.2",
    "6.2",
    { "XS-REPOSITORY-LIST": undefined, ...without("packages.transfer-vm/"), ...without(SUPP) },
    [],
    /^$/,
  ],
  [
    "no list, and something lost, 6.5",
    "6.5",
    { "XS-REPOSITORY-LIST": undefined },
    ["E10 error XS-REPOSITORY-LIST", "W21 warning packages.cloud-supp", "W21 warning packages.transfer-vm"],
    /XenServer 6\.5 goes on without it: packages\.transfer-vm, packages\.cloud-supp will not be installed/,
  ],
  [
    "no list, 6.1",
    "6.1",
    { "XS-REPOSITORY-LIST": undefined, ...without("packages.transfer-vm/"), ...without(SUPP) },
    ["E10 error XS-REPOSITORY-LIST"],
    /finds no repository without it/,
  ],
  [
    "the media of 7.0",
    "6.5",
    { ...without(MAIN), ...without(SUPP), ...without("packages.transfer-vm/"), "XS-REPOSITORY-LIST": "", ...HYBRID_MEDIA },
    ["E18 error packages.main"],
    /no xcp:main/,
  ],
  [
    "an RPM for another product",
    "5.6",
    {
      [`${MAIN}XS-PACKAGES`]: packages(entry("tool-1-1.noarch.rpm", 'type="rpm"', PRODUCT_6)),
      [`${MAIN}tool-1-1.noarch.rpm`]: PRODUCT_6,
    },
    [`E13 error ${MAIN}tool-1-1.noarch.rpm`],
    /requires product-version >= 6\.0\.0, and these media of XenServer 5\.6 SP2 have 5\.6\.100/,
  ],
  [
    "a driver without its twin",
    "5.6",
    { [`${MAIN}XS-PACKAGES`]: packages(entry("dom0fs.tar.bz2", 'type="driver-rpm" kernel="2.6.32xen"')) },
    [`E14 error ${MAIN}XS-PACKAGES:2`],
    /no driver for 2\.6\.32kdump/,
  ],
  [
    "a driver with its twin",
    "5.6",
    {
      [`${MAIN}XS-PACKAGES`]: packages(
        entry("d-xen.rpm", 'type="driver-rpm" kernel="2.6.32xen"'),
        entry("d-kdump.rpm", 'type="driver-rpm" kernel="2.6.32kdump"'),
      ),
      [`${MAIN}d-xen.rpm`]: CONTENT,
      [`${MAIN}d-kdump.rpm`]: CONTENT,
    },
    [],
    /^$/,
  ],
  [
    "only one csp kernel",
    "5.6",
    {
      [`${SUPP}XS-PACKAGES`]: LEGACY[`${SUPP}XS-PACKAGES`]
        ?.split("\n")
        .filter((line) => !line.includes("csp-kdump"))
        .join("\n"),
    },
    [`E14 error ${SUPP}kernel-csp-xen-2.6.32.12-0.7.1.csp.i686.rpm`],
    /no kernel-csp-kdump/,
  ],
  [
    "another product",
    "5.6",
    { [`${SUPP}XS-REPOSITORY`]: repository("cloud-supp", { product: "VMware" }) },
    [`E15 error ${SUPP}XS-REPOSITORY`],
    /product "VMware"/,
  ],
  [
    "another main",
    "6.0",
    { [`${MAIN}XS-REPOSITORY`]: repository("main", { version: "6.0.0", build: "" }) },
    [`E13 error ${SUPP}XS-REPOSITORY:3`, `E13 error packages.transfer-vm/XS-REPOSITORY:3`, "E18 error packages.main"],
    /looks for xcp:main/,
  ],
  [
    "no main",
    "5.6",
    { [`${MAIN}XS-REPOSITORY`]: undefined, [`${MAIN}XS-PACKAGES`]: undefined },
    [`E13 error ${SUPP}XS-REPOSITORY:3`, `E13 error packages.transfer-vm/XS-REPOSITORY:3`, "E18 error packages.main"],
    /Main repository not found/,
  ],
  [
    "one repository twice",
    "5.6",
    {
      "XS-REPOSITORY-LIST": `${LEGACY["XS-REPOSITORY-LIST"]}packages.copy\n`,
      "packages.copy/XS-REPOSITORY": repository("cloud-supp"),
      "packages.copy/XS-PACKAGES": packages(),
    },
    ["E19 error packages.copy"],
    /xs:cloud-supp, as packages.cloud-supp is/,
  ],
  [
    "a package of less than a hundred bytes",
    "5.6",
    { [`${MAIN}XS-PACKAGES`]: packages(entry("dom0fs.tar.bz2", 'type="tbz2" root="/"', "tiny")), [`${MAIN}dom0fs.tar.bz2`]: "tiny" },
    [`W19 warning ${MAIN}XS-PACKAGES:2`],
    /less than 100 bytes/,
  ],
  ["the pack's script is not there", "5.6", { "post-install.sh": undefined }, ["E20 warning post-install.sh"], /no boot entry/],
  [
    "6.0 needs no csp kernel",
    "6.0",
    {
      [`${SUPP}XS-PACKAGES`]: LATER[`${SUPP}XS-PACKAGES`]
        ?.split("\n")
        .filter((line) => !line.includes("kernel-csp"))
        .join("\n"),
    },
    [],
    /^$/,
  ],
];

test.each(LEGACY_CASES)("5.6 to 7.0: %s (%s)", (_title, target, change, found, text) => {
  const findings = lint({ ...(target === "5.6" ? LEGACY : LATER), ...change }, target);
  expect(findings.map(short).sort()).toEqual([...found].sort());
  expect(findings.map(({ message }) => message).join("\n")).toMatch(text);
  for (const { remedy } of findings) expect(remedy).not.toBe("");
});

const MODERN_CASES: [title: string, target: Target, files: Files, found: string[], text: RegExp][] = [
  ["no .treeinfo", "8.3", { ...MODERN, ".treeinfo": undefined }, ["E17 error .treeinfo"], /No main repository found/],
  ["a .treeinfo that names nothing", "8.3", { ...MODERN, ".treeinfo": "[general]\nname = x\n" }, ["E17 error .treeinfo"], /Failed to read/],
  ["a .treeinfo that is no INI", "8.3", { ...MODERN, ".treeinfo": "<html>404</html>" }, ["E17 error .treeinfo"], /Failed to read/],
  [
    "the media of another version",
    "8.2",
    MODERN,
    ["E17 error .treeinfo"],
    /XCP-ng 8\.3\.0, but the host boots the installer of XCP-ng 8\.2/,
  ],
  [
    "the old .treeinfo of 7.1",
    "7.1",
    { ...MODERN, ".treeinfo": "[platform]\nname = XCP\nversion = 2.2.0\n[branding]\nname = XenServer\nversion = 7.1.0\n" },
    [],
    /^$/,
  ],
  ["the media of 6.5 and before", "8.3", LEGACY, ["E17 error .treeinfo"], /layout of 6\.5 and before/],
  [
    "a pack of 7.0 and before",
    "8.3",
    { ...MODERN, "packages.acme/XS-REPOSITORY": HYBRID["packages.acme/XS-REPOSITORY"] },
    ["W22 warning packages.acme/XS-REPOSITORY"],
    /the form of 7\.0 and before, which XCP-ng 8\.3 does not read/,
  ],
  [
    "a pack for another product",
    "8.3",
    { ...MODERN, ...PACK("p", "u"), "packs/p/Packages/update-p-1-1.noarch.rpm": "product requires product-version = 8.2.1" },
    ["E13 error packs/p/Packages/update-p-1-1.noarch.rpm"],
    /requires product-version = 8\.2\.1, and these media of XCP-ng 8\.3 have 8\.3\.0/,
  ],
  [
    "a pack for this product, as its release package says it",
    "8.3",
    {
      ...MODERN,
      ...PACK("p", "u"),
      "Packages/xcp-ng-release-8.3.1-1.x86_64.rpm": "product provides product-version = 8.3.1, provides platform-version = 3.4.1",
      "packs/p/Packages/update-p-1-1.noarch.rpm": "product requires product-version = 8.3.1, requires platform-version > 3.4",
    },
    [],
    /^$/,
  ],
  [
    "a pack for a platform of which nothing is known",
    "8.3",
    { ...MODERN, ...PACK("p", "u"), "packs/p/Packages/update-p-1-1.noarch.rpm": "product requires platform-version = 9" },
    [],
    /^$/,
  ],
  ["nothing at all", "8.3", {}, ["E17 error .treeinfo"], /not installation media/],
  [
    "a pack in place of media",
    "8.3",
    { "update.xml": '<update control="c" name-label="l" uuid="u" version="1"/>', ...yum("") },
    ["E18 error .treeinfo"],
    /a pack, not base media/,
  ],
  ["no repodata", "8.3", { ".treeinfo": MODERN[".treeinfo"] }, ["E17 error repodata/repomd.xml"], /no main repository/],
  ["repomd.xml is no XML", "8.3", { ...MODERN, "repodata/repomd.xml": "<repomd>" }, ["E17 error repodata/repomd.xml:1"], /not XML/],
  [
    "a metadata file that is not there",
    "8.3",
    { ...MODERN, "repodata/1-primary.xml.gz": undefined },
    ["E17 error repodata/repomd.xml:2"],
    /names repodata\/1-primary\.xml\.gz/,
  ],
  [
    "a metadata file with another sum",
    "8.3",
    { ...MODERN, "repodata/1-primary.xml.gz": `${MODERN["repodata/1-primary.xml.gz"]} ` },
    ["E17 error repodata/1-primary.xml.gz"],
    /repomd\.xml says/,
  ],
  [
    "primary metadata that are not gzipped",
    "8.3",
    { ...MODERN, "repodata/repomd.xml": repomd({ "repodata/p-primary.xml.xz": "x" }), "repodata/p-primary.xml.xz": "x" },
    ["E17 error repodata/p-primary.xml.xz:2"],
    /only gzipped primary metadata/,
  ],
  [
    "no primary metadata",
    "8.3",
    { ...MODERN, "repodata/repomd.xml": "<repomd/>" },
    ["E17 error repodata/repomd.xml"],
    /no primary metadata/,
  ],
  [
    "sums of another kind",
    "8.3",
    { ...MODERN, ...yum("", ["Packages/xen-4.17-1.x86_64.rpm", CONTENT, "md5"]) },
    ["E17 error repodata/1-primary.xml.gz"],
    /no SHA-256 of/,
  ],
  [
    "a package that is not there",
    "8.3",
    { ...MODERN, "Packages/xen-4.17-1.x86_64.rpm": undefined },
    ["E12 error Packages/xen-4.17-1.x86_64.rpm"],
    /listed, but missing/,
  ],
  [
    "a package cut short",
    "8.3",
    { ...MODERN, "Packages/xen-4.17-1.x86_64.rpm": "" },
    ["E12 error Packages/xen-4.17-1.x86_64.rpm"],
    /has 0 bytes and must have 320/,
  ],
  [
    "a package with another sum",
    "8.3",
    { ...MODERN, "Packages/xen-4.17-1.x86_64.rpm": CONTENT.toUpperCase() },
    ["E12 error Packages/xen-4.17-1.x86_64.rpm"],
    /SHA-256 is/,
  ],
  [
    "two packs of one UUID",
    "8.3",
    { ...MODERN, ...PACK("bnxt", "6854ab19-f807-4444-b94f-3ce7d64efe50"), ...PACK("mpi3mr", "6854AB19-f807-4444-b94f-3ce7d64efe50") },
    ["W17 warning packs/mpi3mr/update.xml:1"],
    /also that of packs\/bnxt\/update\.xml/,
  ],
  [
    "driver disks' settings of one UUID",
    "8.3",
    {
      ...MODERN,
      "a.cfg": "PACK_UUID=6854ab19-f807-4444-b94f-3ce7d64efe50\n",
      "b.cfg": 'PACK_DESC="b"\nPACK_UUID="6854ab19-f807-4444-b94f-3ce7d64efe50"\n',
    },
    ["W17 warning b.cfg:2"],
    /also that of a\.cfg/,
  ],
  [
    "update.xml without a UUID",
    "8.3",
    { ...MODERN, ...PACK("p", "u"), "packs/p/update.xml": '<update control="c" name-label="l" version="1"/>' },
    ["E11 error packs/p/update.xml:1"],
    /lacks "uuid"/,
  ],
  [
    "a pack without repodata",
    "8.3",
    { ...MODERN, "packs/p/update.xml": '<update control="c" name-label="l" uuid="u" version="1"/>' },
    ["E11 error packs/p/update.xml"],
    /does not see the pack/,
  ],
  [
    "a pack that is no driver disk, for 8.3",
    "8.3",
    { ...MODERN, "packs/p/update.xml": '<update control="c" name-label="l" uuid="u" version="1"/>', ...yum("packs/p/") },
    ["W22 warning packs/p/update.xml"],
    /only driver disks/,
  ],
  [
    "a csp host on XenServer 9",
    "xs9",
    { ...MODERN, ".treeinfo": "[system-v1]\nproduct_name = XenServer\nproduct_version = 9.0.0\n" },
    ["E16 error "],
    /Open vSwitch only/,
  ],
];

test.each(MODERN_CASES)("7.1 and later: %s (%s)", (_title, target, files, found, text) => {
  const findings = lint(files, target);
  expect(findings.map(short)).toEqual(found);
  expect(findings.map(({ message }) => message).join("\n")).toMatch(text);
  for (const { remedy } of findings) expect(remedy).not.toBe("");
});

/** What is done to 7.0's media with a pack, and all that is found then. */
const HYBRID_CASES: [title: string, change: Files, found: string[], text: RegExp][] = [
  ["no .treeinfo", { ".treeinfo": undefined }, ["E17 error .treeinfo"], /it is missing, so the installer finds no main repository/],
  ["no repodata", { ...without("repodata/") }, ["E17 error repodata/repomd.xml"], /no main repository/],
  [
    "a package is missing",
    { "Packages/xen-4.6-1.x86_64.rpm": undefined },
    ["E12 error Packages/xen-4.6-1.x86_64.rpm"],
    /listed, but missing/,
  ],
  [
    "a pack's package is missing",
    { "packages.acme/acme-1.2-1.x86_64.rpm": undefined },
    ["E12 error packages.acme/acme-1.2-1.x86_64.rpm"],
    /listed, but missing/,
  ],
  [
    "the list is missing",
    { "XS-REPOSITORY-LIST": undefined },
    ["E10 error XS-REPOSITORY-LIST", "W21 warning packages.acme"],
    /XenServer 7\.0 goes on without it: packages\.acme will not be installed/,
  ],
  ["the list names nothing", { "XS-REPOSITORY-LIST": "" }, ["W21 warning packages.acme"], /does not name it/],
  [
    "media of 6.5",
    { ...without("repodata/"), ...without("packages.acme/"), ...LATER, ".treeinfo": undefined },
    ["E17 error .treeinfo"],
    /layout of 6\.5 and before; XenServer 7\.0 finds no main repository/,
  ],
  [
    "a driver for a kernel with a flavour",
    flavoured("2.6.32xen"),
    ["E14 error packages.acme/XS-PACKAGES:2"],
    /XenServer 7\.0 has no kernel whose name ends in xen/,
  ],
  ["a pack for the platform's version", requiring("xcp", "eq", "2.1.0"), [], /^$/],
  [
    "a pack for the next version",
    requiring("xs", "ge", "7.1"),
    ["E13 error packages.acme/XS-REPOSITORY:3"],
    />= 7\.1, and there is 7\.0\.0 and 2\.1\.0/,
  ],
  ["a pack of 7.1 and later", { "packs/p/update.xml": "<update/>" }, ["W22 warning packs/p/update.xml"], /form of 7\.1 and later/],
  [
    "a pack in place of media",
    { ...without("repodata/"), ".treeinfo": undefined, "XS-REPOSITORY-LIST": undefined, ...without("packages.acme/"), ...topLevel() },
    ["E18 error .treeinfo"],
    /a pack, not base media/,
  ],
];

function flavoured(kernel: string): Files {
  return { "packages.acme/XS-PACKAGES": HYBRID["packages.acme/XS-PACKAGES"]?.replace("3.10.0+10", kernel) };
}
function requiring(originator: string, kind: string, version: string): Files {
  const text = HYBRID["packages.acme/XS-REPOSITORY"]?.replace(
    /<requires[^>]*>/,
    `<requires originator="${originator}" name="main" test="${kind}" version="${version}"/>`,
  );
  return { "packages.acme/XS-REPOSITORY": text };
}
function topLevel(): Files {
  return Object.fromEntries(
    Object.entries(HYBRID).flatMap(([path, text]) =>
      path.startsWith("packages.acme/") ? [[path.slice("packages.acme/".length), text]] : [],
    ),
  );
}

test.each(HYBRID_CASES)("7.0: %s", (_title, change, found, text) => {
  const findings = lint({ ...HYBRID, ...change }, "7.0");
  expect(findings.map(short).sort()).toEqual([...found].sort());
  expect(findings.map(({ message }) => message).join("\n")).toMatch(text);
  for (const { remedy } of findings) expect(remedy).not.toBe("");
});

describe("layouts", () => {
  test("each version has one", () => {
    for (const target of TARGETS) {
      const own = LAYOUTS.filter(({ from, to }) => atLeast(target, from) && atLeast(to, target));
      expect([target, own.length]).toEqual([target, 1]);
      expect(layoutOf(target)).toBe(own[0]);
    }
  });

  test("the documentation has the same table", () => {
    const docs = readFileSync(join(__dirname, "../../docs/repository.md"), "utf8");
    const media = { folders: "folders with XS-REPOSITORY", yum: "`.treeinfo` and yum metadata" };
    const packs = { folders: "folders that `XS-REPOSITORY-LIST` names", yum: "`update.xml` and yum metadata; a source of its own" };
    const list = {
      silent: "installs what it always reads",
      logged: "installs what it always reads, and logs it",
      stops: "stops",
      unread: "does not look for it",
    };
    const rows = LAYOUTS.map((layout) => {
      const last = layout.to === "xs9" ? `${layout.from} and later` : `${layout.from} and ${layout.to}`;
      const kernels = layout.flavours.length === 0 ? "one" : "xen, kdump";
      return `| ${layout.from === layout.to ? layout.from : last} | ${media[layout.base]} | ${packs[layout.packs]} | ${list[layout.withoutList]} | \`${layout.main}\` | ${kernels} |`;
    });
    expect(docs.split("\n").filter((line) => /^\| \d/.test(line))).toEqual(rows);
  });
});

test("what only a csp host needs is required of no other host", () => {
  const withoutPack = { ...LEGACY, "XS-REPOSITORY-LIST": "packages.transfer-vm\n" };
  expect(lint(withoutPack, "5.6", false).map(short)).toEqual(["W21 warning packages.cloud-supp"]);
  expect(lint({ ...MODERN, ".treeinfo": "[system-v1]\nproduct_name = XenServer\nproduct_version = 9.0.0\n" }, "xs9", false)).toEqual([]);
});

describe("versions", () => {
  /** What the installer says: met, not met, or "stops" because it cannot compare the two. */
  const CASES: [there: string, test: string, required: string, target: Target, outcome: boolean | "stops"][] = [
    ["5.6.100-50867p", "eq", "5.6.100", "5.6", true],
    ["5.6.100-50867p", "eq", "5.6.100-50867p", "5.6", true],
    ["5.6.100-50867p", "eq", "5.6.100-50867x", "5.6", true],
    ["5.6.100-50867p", "eq", "5.6.100-50868p", "5.6", false],
    ["5.6.100-50867p", "lt", "5.6.100-50868p", "5.6", true],
    ["5.6.100", "lt", "5.6.100-1p", "5.6", true],
    ["5.6.100", "eq", "5.6.100-1p", "5.6", false],
    ["5.6", "lt", "5.6.0", "5.6", true],
    ["5.6.100", "gt", "5.6.9", "5.6", true],
    ["5.06.100", "eq", "5.6.100", "5.6", true],
    // A build without a letter is part of the version.
    ["5.6.100-50867", "eq", "5.6.100-50867", "5.6", true],
    ["5.6.100-50867", "gt", "5.6.100", "5.6", true],
    ["5.6.100", "lt", "5.6.100-50867", "5.6", true],
    ["5.6.100-50867", "lt", "5.6.101", "5.6", true],
    ["5.6.100-50867", "lt", "5.6.100-50868", "5.6", true],
    ["5.6.100-9", "lt", "5.6.100-50868", "5.6", true],
    ["5.6.100-50867", "eq", "5.6.100-50867p", "5.6", false],
    ["5.6.100-50867p", "ge", "5.6.100-50867", "5.6", false],
    ["5.6.100-1-2", "lt", "5.6.100-1-3", "5.6", true],
    ["5.6.100-1-2", "gt", "5.6.100-1", "5.6", true],
    ["5.6-1.100", "gt", "5.6.200", "5.6", true],
    // With lists of different lengths, a build meets a number.
    ["5.6-200p", "gt", "5.6.100-3p", "5.6", true],
    ["5.6-7p", "lt", "5.6.100-3p", "5.6", true],
    ["5.6.100", "lt", "5.6-200p", "5.6", true],
    ["5.6.100", "gt", "5.6-50p", "5.6", true],
    ["5.6-200p", "lt", "5.6.100", "5.6", true],
    // int() takes blanks and a sign.
    ["5.6.100- 12p", "eq", "5.6.100-+12p", "5.6", true],
    // What it cannot compare matters only where it comes to it.
    ["5.6.x", "lt", "5.7", "5.6", true],
    ["5.6.x", "eq", "5.6.x", "5.6", "stops"],
    ["5.6.0", "eq", "5.6.x", "5.6", "stops"],
    ["5.6.1-2", "lt", "5.6.x", "5.6", true],
    ["5.6.1-2", "ge", "5.6.x", "5.6", false],
    ["5.6.x", "ge", "5.6.1-2", "5.6", "stops"],
    ["", "eq", "5", "5.6", "stops"],
    ["5..6", "lt", "6", "5.6", true],
    ["5.6 ", "eq", "5.6", "5.6", "stops"],
    ["2147483647", "eq", "2147483647", "5.6", true],
    ["2147483648", "eq", "2147483648", "5.6", "stops"],
    ["2147483648", "eq", "2147483648", "6.0", true],
    ["6.0.0-1", "eq", "6.0.0-2", "6.0", true],
    ["6.0.0-rc1", "ge", "6.0.0", "6.0", true],
    ["6.0.0-1", "eq", "6.0.0-2p", "6.5", true],
    ["6.1", "ne", "6.1.0", "6.2", true],
    ["6.1.x", "lt", "6.2", "6.2", true],
    ["6.1.x", "eq", "6.1.x", "6.2", "stops"],
  ];
  const answer = (there: string, kind: string, required: string, target: Target) => {
    const [a, b] = [parseVersion(there, undefined, target), parseVersion(required, undefined, target)];
    return a === undefined || b === undefined ? "unreadable" : (meets(a, kind as (typeof TESTS)[number], b) ?? "stops");
  };
  test.each(CASES)("%s %s %s on %s: %p", (there, kind, required, target, outcome) => {
    expect(answer(there, kind, required, target)).toBe(outcome);
  });

  test.each(["5.6-p", "5.6.100-rc", "5.6.100-12pp", "5.6.100-1.p-q", "5.6.100-12Lp", "x-y"])(
    "5.6 stops at %p, later ones do not",
    (text) => {
      expect(parseVersion(text, undefined, "5.6")).toBeUndefined();
      expect(parseVersion(text, undefined, "6.0")).toBeDefined();
    },
  );

  test("a build is what stands behind the version; an empty one is none", () => {
    for (const target of ["5.6", "6.5"] as const) {
      expect(parseVersion("5.6.100", "50867p", target)).toEqual(parseVersion("5.6.100-50867p", undefined, target));
      expect(parseVersion("5.6.100", "", target)).toEqual(parseVersion("5.6.100", undefined, target));
    }
  });

  test("tests are opposites of each other, and follow one order", () => {
    const version = fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }).map((arcs) => arcs.join("."));
    fc.assert(
      fc.property(version, version, fc.constantFrom<Target>("5.6", "6.0", "7.0"), (a, b, target) => {
        const [x, y] = [parseVersion(a, undefined, target), parseVersion(b, undefined, target)];
        if (x === undefined || y === undefined) throw new Error("both are versions");
        const holds = Object.fromEntries(TESTS.map((kind) => [kind, meets(x, kind, y)]));
        expect(holds).toEqual({ eq: !holds.ne, ne: !holds.eq, lt: !holds.ge, ge: !holds.lt, gt: !holds.le, le: !holds.gt });
        expect(Number(holds.eq) + Number(holds.lt) + Number(holds.gt)).toBe(1);
        expect(holds.lt).toBe(meets(y, "gt", x));
      }),
    );
  });
});

test("no text in a metadata file makes the rules crash", () => {
  const paths = [...Object.keys(LEGACY), ...Object.keys(MODERN)].filter((path) => !path.endsWith(".rpm"));
  fc.assert(
    fc.property(
      fc.constantFrom(...paths),
      fc.string({ unit: "grapheme" }),
      fc.constantFrom<Target>("5.6", "6.0", "7.0", "8.3"),
      (path, text, target) => {
        for (const finding of lint({ ...LEGACY, ...MODERN, [path]: text }, target)) expect(finding.message).not.toBe("");
      },
    ),
    { numRuns: 300 },
  );
});
