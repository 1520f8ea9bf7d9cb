import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { buildInstaller, type Outcome } from "../../lab/installer";
import { run } from "../../lab/netns/command";
import { answerfileDeclaration } from "../../provider/install/answerfile/fields";
import { lintAnswerfile } from "../../provider/install/answerfile/lint";
import { isStopped, readAnswerfile } from "../../provider/install/answerfile/reading";
import { renderAnswerfile } from "../../provider/install/answerfile/render";
import { writeXml } from "../../provider/install/answerfile/write";
import { productOf, TARGETS, type Target } from "../../provider/install/targets";
import { isMalformed, readXml } from "../../provider/install/xml/document";
import { describeWith } from "../support/needs";
import { document, elementsFor, STATIC } from "./sample";
import { type Declared, declarations, isOld } from "./support/declarations";
import { Cut, parsePython, type Recorded, type RecordedCase, recordedCases, Unprinted } from "./support/recorded";
import { FIELDS } from "./support/understood";

/** What the lab's installer prints for one answerfile. */
interface Read {
  readonly stops?: string;
  readonly rule?: string;
  readonly path?: string;
  readonly understood?: Readonly<Record<string, unknown>>;
  readonly stages?: readonly string[];
  readonly unfetchable?: readonly string[];
}

const cases = recordedCases();

describe("the recorder's values", () => {
  test.each([
    ["None", null],
    ["[True, False, 12, -1]", [true, false, 12, -1]],
    [`u'it\\'s \\xe9' `, "it's é"],
    [`("a", ['b'], ())`, ["a", ["b"], []]],
    ["{'a': {'b': None}, 1: (2,)}", { a: { b: null }, 1: [2] }],
    ["[<__main__.Inst object at 0x7f0>]", [new Unprinted("<__main__.Inst object at 0x7f0>")]],
    ["[{'a': 'b'}, {'a': 'ccc", new Cut([{ a: "b" }])],
  ] as const)("%s", (text, value) => {
    expect(parsePython(text)).toEqual(value);
  });

  test.each(["", "nonsense", "[1] 2", "{'a' 1}"])("%j is none", (text) => {
    expect(() => parsePython(text)).toThrow("not a Python value");
  });
});

describeWith(["go"], "the lab's installer reads answerfiles as the real parsers did", () => {
  const folder = mkdtempSync(join(tmpdir(), "csp-cases-"));
  const reads = new Map<string, Read>();

  beforeAll(async () => {
    const installer = join(folder, "installer");
    await buildInstaller(installer);
    for (const target of TARGETS) {
      const of = cases.filter((each) => each.target === target);
      if (of.length > 0) for (const [index, read] of (await readAll(installer, target, of)).entries()) reads.set(of[index]?.id ?? "", read);
    }
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function releaseOf(target: Target): string {
    mkdirSync(join(folder, target), { recursive: true });
    const release = join(folder, target, "release.json");
    writeFileSync(release, JSON.stringify({ target, product: productOf(target), csp: true }));
    return release;
  }

  async function readAll(installer: string, target: Target, of: readonly Pick<RecordedCase, "id" | "bytes">[]): Promise<Read[]> {
    const release = releaseOf(target);
    const files = of.map(({ id, bytes }) => {
      const file = join(folder, target, `${id}.xml`);
      writeFileSync(file, bytes);
      return file;
    });
    const lines = (await run([installer, "read", release, ...files])).trimEnd().split("\n");
    expect(lines).toHaveLength(of.length);
    return lines.map((line) => JSON.parse(line) as Read);
  }

  const described = cases.map(
    (recorded) =>
      [recorded.id, recorded.target, recorded.why ?? "accepted", recorded.changed.join("; ") || "as csp wrote it", recorded] as const,
  );
  test.each(described)("%s of %s: %s (%s)", (id, _target, _why, _changed, recorded) => {
    const read = reads.get(id) ?? {};
    const { stops, understood = {}, stages, unfetchable = [] } = read;
    if (recorded.why?.includes("cannot be fetched")) {
      // The recorder fetched all scripts at once. In an installation, that comes later than the reading.
      expect({ stops, unfetchable: unfetchable.length > 0 }).toEqual({ stops: undefined, unfetchable: true });
      return;
    }
    if (!recorded.accepted) {
      expect(read).toEqual({ stops: expect.any(String), rule: expect.stringMatching(/^E\d+$/), path: expect.any(String) });
      expect(`${read.path}: ${stops}`).toMatch(whereOf(recorded.why ?? ""));
      return;
    }
    expect({ stops, unfetchable }).toEqual({ stops: undefined, unfetchable: [] });
    expect(stages).toEqual(recorded.stages);
    expect(comparable(understood)).toEqual(expected(recorded, understood));
  });

  const MALFORMED = "Answerfile is incorrectly formatted.";

  /** Expat's word for these was asked of expat itself. */
  test.each([
    { what: "an entity's text", bytes: upgrade("&d;", '<!DOCTYPE installation [<!ENTITY d "sda">]>'), disk: "/dev/sda" },
    { what: "no CDATA", bytes: upgrade("a<![CDATA[sda]]>b"), disk: "/dev/ab" },
    { what: "Latin 1", bytes: upgrade("\xe9", '<?xml version="1.0" encoding="iso-8859-1"?>', "latin1"), disk: "/dev/é" },
    { what: "UTF-16 with its mark", bytes: upgrade("sda", "\ufeff", "utf16le"), disk: "/dev/sda" },
    { what: "UTF-16 without it", bytes: upgrade("sda", "", "utf16le"), disk: MALFORMED },
    { what: "Latin 1 that does not say so", bytes: upgrade("\xe9", "", "latin1"), disk: MALFORMED },
    { what: "an é in ASCII", bytes: upgrade("é", '<?xml version="1.0" encoding="us-ascii"?>'), disk: MALFORMED },
    { what: "a word with a prefix, which is another word", bytes: upgrade('<x:source xmlns:x="u"/>sda'), disk: "/dev/sda" },
    { what: "a prefix that nobody declared", bytes: upgrade("<x:y/>sda"), disk: MALFORMED },
    { what: "no blank between attributes", bytes: upgrade('<y a="1"b="2"/>sda'), disk: MALFORMED },
    { what: "a declaration in the middle", bytes: upgrade('<?xml version="1.0"?>sda'), disk: MALFORMED },
  ])("XML: $what", async ({ bytes, disk }) => {
    const [read] = await readAll(join(folder, "installer"), "xs9", [{ id: "xml", bytes }]);
    expect(read?.understood?.["primary-disk"] ?? read?.stops).toBe(disk);
  });

  const NFS = '<source type="nfs">192.0.2.1:/srv</source>';
  const É_STAGE = '<script stage="é" type="url">http://192.0.2.1/p.sh</script>';

  /** What no case shows: the sources of the parsers do. "later": read without a word, but the installation comes to it. */
  test.each<[Target, string, "taken" | "stops" | "later", string, (target: Target) => string]>([
    ["8.3", "an empty address", "later", "E2 installation/source", withElement("source", '<source type="url"/>')],
    ["8.3", "an empty disk", "later", "E2 installation/primary-disk", withElement("primary-disk", "<primary-disk/>")],
    ["6.0", "no time zone", "stops", "E2 installation/timezone", withElement("timezone", "")],
    ["6.1", "no time zone", "later", "E2 installation/timezone", withElement("timezone", "")],
    ["8.3", "a script at a bare path", "later", "E9 installation/script", withScript("url", "/post.sh")],
    ["6.2", "https", "later", "E9 installation/script", withScript("url", "https://192.0.2.1/p.sh")],
    ["6.5", "https", "taken", "", withScript("url", "https://192.0.2.1/p.sh")],
    ["6.0", "nfs:// twice", "later", "E9 installation/script", withScript("nfs", "nfs://192.0.2.1:/srv/p.sh")],
    ["6.0", "nfs:// once", "taken", "", withScript("nfs", "192.0.2.1:/srv/p.sh")],
    ["8.3", "an NFS server without its colon", "later", "E9 installation/script", withScript("url", "nfs://192.0.2.1/srv/p.sh")],
    ["6.0", "a later version's address", "stops", "E8 installation/admin-interface/ipaddr", withElement("admin-interface", STATIC.new)],
    ["6.1", "an earlier version's address", "taken", "", withElement("admin-interface", STATIC.old)],
    ["6.0", "a reinstallation by its disk", "stops", "E2 installation/existing-installation", reinstallation],
    ["6.1", "a reinstallation by its disk", "taken", "", reinstallation],
    ["6.0", "é in an attribute", "taken", "", withElement("script", É_STAGE)],
    ["8.3", "é in an attribute", "stops", "E3 installation/script", withElement("script", É_STAGE)],
    ["xs9", "é in an attribute", "taken", "", withElement("script", É_STAGE)],
    [
      "6.0",
      "vswitch",
      "stops",
      "E3 installation/network-backend",
      withElement("network-backend", "<network-backend>vswitch</network-backend>"),
    ],
    ["6.1", "vswitch", "taken", "", withElement("network-backend", "<network-backend>vswitch</network-backend>")],
    ["6.0", "another root", "taken", "", (target) => document(elementsFor(target), "setup")],
    ["6.1", "another root", "stops", "E1 setup", (target) => document(elementsFor(target), "setup")],
    ["6.1", "a restoration", "stops", "E1 restore", () => "<restore/>"],
    ["6.2", "a restoration", "taken", "", () => "<restore/>"],
    ["8.3", "an upgrade", "taken", "", () => upgrade("sda").toString()],
    ["8.3", "NFS", "taken", "", withElement("source", NFS)],
    ["8.3", "a clear password", "taken", "", withElement("root-password", "<root-password>secret</root-password>")],
  ])("%s and %s: %s %s", async (target, _what, how, where, text) => {
    const file = join(folder, "checked.xml");
    writeFileSync(file, text(target));
    const said = await run([join(folder, "installer"), "check", releaseOf(target), "answerfile", file]);
    const { result, rule, path } = JSON.parse(/^csp-installer: (.*)$/m.exec(said)?.[1] ?? "null") as Outcome;
    const [read] = await readAll(join(folder, "installer"), target, [{ id: "checked", bytes: Buffer.from(text(target)) }]);
    const stops = read?.stops !== undefined;
    expect([result === "installed" ? "taken" : stops ? "stops" : "later", [rule, path].filter(Boolean).join(" ")]).toEqual([how, where]);
  });

  test("of what csp writes, csp and the lab's installer understand the same", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(declarations, { minLength: 60, maxLength: 60 }), async (all) => {
        for (const target of TARGETS) {
          const files = all
            .filter((each) => each.target === target)
            .map((given, index) => ({ id: `random-${index}`, bytes: written(given) }));
          if (files.length === 0) continue;
          const theirs = await readAll(join(folder, "installer"), target, files);
          for (const [index, { bytes }] of files.entries()) {
            const root = readXml(bytes);
            const ours = isMalformed(root) ? root : readAnswerfile(root, target);
            if ("problem" in ours || isStopped(ours)) throw new Error(`csp wrote what it does not read: ${bytes}`);
            expect(fieldsOf(theirs[index]?.understood ?? {}, target)).toEqual(
              fieldsOf(Object.fromEntries(Object.entries(FIELDS).map(([name, of]) => [name, of(ours, target)])), target),
            );
          }
        }
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });

  describe("every form of an address, in every element that names a script", () => {
    const addresses = [
      "http://h/p",
      "https://h/p",
      "ftp://h/p",
      "file:///p",
      "file://p",
      "nfs://h:/d/p",
      "nfs://h/d/p",
      "h:/d/p",
      "h/p",
      "/p",
    ];
    const odd = [
      "",
      "HTTP://h/p",
      "Nfs://h:/p",
      "tftp://h/p",
      "smb://h/p",
      "http:/h/p",
      "http://",
      "http://u:w@h/p",
      "nfs://h:/d:e/p",
      "nfs://nfs://h:/p",
    ];
    const elements = ["script", "post-install-script", "install-failed-script"];
    const types = ["url", "nfs", "NFS", "other"];

    test.each(TARGETS)("%s: lint refuses what the installer cannot fetch, and nothing else", async (target) => {
      const files = elements.flatMap((element) =>
        types.flatMap((type) =>
          [...addresses, ...odd].map((address) => {
            const stage = element === "script" ? ' stage="filesystem-populated"' : "";
            const text = document({ ...elementsFor(target), script: `<${element}${stage} type="${type}">${address}</${element}>` });
            return { id: `${element}-${type}-${encodeURIComponent(address)}`, type, address, bytes: Buffer.from(text) };
          }),
        ),
      );
      const theirs = await readAll(join(folder, "installer"), target, files);
      const refused = files.map(({ bytes }) => lintAnswerfile(bytes, { target }).some(({ rule }) => rule === "E9"));
      const unfetched = theirs.map(({ unfetchable = [] }) => unfetchable.length > 0);
      const differing = files.filter((_, index) => refused[index] !== unfetched[index]);
      expect(differing.filter(({ address, type }) => !(FAILS_LATER.test(address) || (isOld(target) && isTwice(type, address))))).toEqual(
        [],
      );
      expect(new Set(unfetched).size).toBe(2);
    });
  });

  test("white space around a text counts until 6.0", async () => {
    const bytes = (target: Target) => Buffer.from(withElement("timezone", "<timezone> UTC </timezone>")(target));
    for (const [target, timezone] of [
      ["6.0", " UTC "],
      ["6.1", "UTC"],
    ] as const) {
      const [read] = await readAll(join(folder, "installer"), target, [{ id: "white", bytes: bytes(target) }]);
      expect(read?.understood).toMatchObject({ timezone });
    }
  });
});

function written(given: Declared): Buffer {
  return Buffer.from(writeXml(renderAnswerfile({ ...given, declaration: answerfileDeclaration.parse(given.inputs) })));
}

/** Addresses that an installer gives to urllib2, which opens none of them: lint refuses them, too. */
const FAILS_LATER = /^(http:\/h\/p|http:\/\/|file:\/\/p)$/;

/** Of "nfs://" before "nfs://SERVER/FOLDER", the old parser makes a server of the name nfs. Lint does not let it come to that. */
function isTwice(type: string, address: string): boolean {
  return type.toLowerCase() === "nfs" && address === "nfs://h/d/p";
}

/** What FIELDS has, of which each word means the same in every parser: sources as pairs, sets sorted. */
function fieldsOf(understood: Readonly<Record<string, unknown>>, target: Target): Record<string, unknown> {
  const pairs = (value: unknown) =>
    (value as readonly unknown[]).map((item) =>
      Array.isArray(item) ? item.slice(0, 2) : [(item as { media: string }).media, (item as { address: string }).address],
    );
  const comparable: Record<string, unknown> = {};
  for (const name of Object.keys(FIELDS)) {
    const value = understood[name];
    if (value === undefined || value === null) continue;
    if (name === "initial-partitions" && !isOld(target)) continue;
    const word = typeof value === "number" ? CONSTANTS[name]?.[value] : undefined;
    comparable[name] = word ?? (name === "sources" || name === "extra-repos" ? pairs(value) : SETS.includes(name) ? sorted(value) : value);
  }
  return comparable;
}

/** An upgrade of the installation on a disk. */
function upgrade(disk: string, before = "", encoding: BufferEncoding = "utf8"): Buffer {
  const source = '<source type="local"/>';
  return Buffer.from(
    `${before}<installation mode="upgrade">${source}<existing-installation>${disk}</existing-installation></installation>`,
    encoding,
  );
}

function reinstallation(target: Target): string {
  return document(elementsFor(target), 'installation mode="reinstall"');
}

/** A fresh installation with another element in place of its own. */
function withElement(name: string, text: string): (target: Target) => string {
  return (target) => document({ ...elementsFor(target), [name]: text });
}

function withScript(type: string, address: string): (target: Target) => string {
  return withElement("script", `<script stage="installation-complete" type="${type}">${address}</script>`);
}

/** The recorder's short words for where a parser stopped, and what the lab's installer says there, after the path. */
const WHERE: readonly (readonly [RegExp, (word: string) => RegExp])[] = [
  [/^no well-formed XML/, () => /^: Answerfile is incorrectly formatted/],
  [/^the root element/, () => /^[\w-]+: the top level element/],
  [/^the mode/, () => /^\w+@mode: /],
  [/^no (?:element|attribute) ([\w-]+)/, (word) => new RegExp(`[/@]${word}: `)],
  [/^a source's type or media/, () => /source(@type)?: /],
  [/^the admin interface's proto/, () => /admin-interface@proto: /],
  [/^neither name nor hwaddr/, () => /-interface@name: neither/],
  [/^neither IPv4 nor IPv6/, () => /admin-interface@protov6: .*neither/],
  [/^the VLAN/, () => /admin-interface@vlan: /],
  [/^the boot loader/, () => /\/bootloader: /],
  [/^a service's state/, () => /service@state: /],
  [/^a character outside ASCII/, () => /not ASCII/],
  [/^an attribute's value "(.*)" is none/, (word) => new RegExp(`@[\\w-]+: "${word}" is not one of`)],
  // A failure of the parser itself, of which nothing else was recorded.
  [/^it (?:crashes|stops)$/, () => /: /],
];

function whereOf(why: string): RegExp {
  for (const [pattern, where] of WHERE) {
    const found = pattern.exec(why);
    if (found !== null) return where(found[1] ?? "");
  }
  throw new Error(`unknown: ${why}`);
}

/** The fields in which the order says nothing: in most versions they are sets. */
const SETS = ["guest-disks"];

function comparable(understood: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return {
    ...understood,
    ...Object.fromEntries(SETS.filter((name) => name in understood).map((name) => [name, sorted(understood[name])])),
  };
}

const sorted = (value: unknown) => [...(value as string[])].sort();

/** Numbers of Python's constants, for which the lab's installer has words. */
const CONSTANTS: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  "install-type": { 1: "fresh", 2: "reinstall" },
  "sr-type": { 1: "lvm", 2: "ext" },
  bootloader: { 1: "grub" },
  mode: { 1: "static", 2: "dhcp" },
  modev6: { 1: "static", 2: "dhcp", 3: "autoconf" },
};

/** The recorded values, in the words of the lab's installer. Where the recorder had a thing of its own machine, what was read stands for it. */
function expected({ understood = {} }: RecordedCase, read: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(understood)) {
    // The same interface is printed a second time, as a text that was often cut.
    if (name === "net-admin-configuration") continue;
    if (name === "nic") fields[name] = interfaceOf(value, understood, read[name]);
    else if (name === "net-admin-interface" && value === UNKNOWN_CARD) fields[name] = null;
    else fields[name] = SETS.includes(name) ? sorted(value) : inWords(name, value, read[name]);
  }
  return fields;
}

function inWords(name: string, value: Recorded, read: unknown): unknown {
  if (typeof value === "number") return CONSTANTS[name]?.[value] ?? value;
  return withoutObjects(value, read);
}

/** Python objects that do not print their value (backups, installations, URLs) are taken as they were read, and so is what was cut off. */
function withoutObjects(value: Recorded, read: unknown): unknown {
  if (value instanceof Unprinted) return read;
  const inside = (index: number | string) => (read as Readonly<Record<number | string, unknown>> | null | undefined)?.[index];
  if (value instanceof Cut) {
    const items = value.items.map((item, index) => withoutObjects(item, inside(index)));
    return [...items, ...((read as readonly unknown[] | undefined) ?? []).slice(items.length)];
  }
  if (Array.isArray(value)) {
    if (value.some((item) => item instanceof Unprinted) && read === null) return null;
    return value.map((item: Recorded, index) => withoutObjects(item, inside(index)));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutObjects(item, inside(key))]));
}

/** The recorder's machine had eth0 to eth3, and called the card of every other address this. */
const UNKNOWN_CARD = "eth20";
const CARD = /^eth([0-3])$/;

function interfaceOf(nic: Recorded, understood: Readonly<Record<string, Recorded>>, read: unknown): unknown {
  const fields = Object.fromEntries(
    Object.entries(nic as Record<string, Recorded>).map(([name, value]) => [name, inWords(name, value, read)]),
  );
  const [, number] = CARD.exec(String(understood["net-admin-interface"])) ?? [];
  // Who names a card gets the address of the one in the machine.
  return fields.hwaddr === `00:16:3e:00:00:0${number}` ? { ...fields, hwaddr: null } : fields;
}
