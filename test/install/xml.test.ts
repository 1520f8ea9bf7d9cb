import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { lintAnswerfile } from "../../provider/install/answerfile/lint";
import { writeXml } from "../../provider/install/answerfile/write";
import { verdictOf } from "../../provider/install/finding";
import { TARGETS } from "../../provider/install/targets";
import { isMalformed, readXml, type XmlElement } from "../../provider/install/xml/document";
import { describeWith } from "../support/needs";

const wellFormed = (bytes: Buffer) => !isMalformed(readXml(bytes));

const NAMES = [
  "installation",
  "upgrade",
  "restore",
  "source",
  "driver-source",
  "script",
  "primary-disk",
  "guest-disk",
  "guest-disks",
  "admin-interface",
  "ip",
  "ipaddr",
  "subnet",
  "gateway",
  "ipv6",
  "root-password",
  "timezone",
  "hostname",
  "ntp",
  "ntp-server",
  "service",
  "network-backend",
  "bootloader",
  "raid",
  "disk",
  "existing-installation",
  "post-install-script",
  "initial-partitions",
  "partition",
  "oops",
  "constructor",
  "__proto__",
  "_",
  "a.b-c",
  "\u00e9l\u00e9ment",
];
const ATTRIBUTES = [
  "mode",
  "type",
  "stage",
  "name",
  "hwaddr",
  "proto",
  "protov6",
  "vlan",
  "sr-type",
  "state",
  "source",
  "location",
  "guest-storage",
  "swraid",
  "gpgcheck",
  "oops",
  "toString",
];
const VALUES = [
  "",
  "upgrade",
  "reinstall",
  "url",
  "nfs",
  "static",
  "dhcp",
  "none",
  "0",
  "1",
  "true",
  "false",
  "http://192.0.2.1/x",
  "nfs://a:/b",
  "file:///x",
  "sda",
  "bridge",
  "Europe/Berlin",
  "sda,sdb",
  "iscsi:x",
];

const escaped = (text: string) => text.replace(/[&<>"\t\n\r]/g, (sign) => `&#${sign.charCodeAt(0)};`);
const character = fc.oneof(
  { weight: 8, arbitrary: fc.string({ unit: "grapheme-ascii", maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
);
const value = fc
  .oneof(fc.constantFrom(...VALUES), character)
  .map((text) => text.replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, ""));

/** Well-formed XML with an answerfile's words in places where they may or may not belong. */
const xml = fc.letrec<{ element: string; content: string }>((tie) => ({
  element: fc
    .tuple(
      fc.constantFrom(...NAMES),
      fc.uniqueArray(fc.tuple(fc.constantFrom(...ATTRIBUTES), value), { selector: ([name]) => name, maxLength: 4 }),
      fc.array(tie("content"), { maxLength: 5 }),
    )
    .map(
      ([name, attributes, content]) =>
        `<${name}${attributes.map(([key, text]) => ` ${key}="${escaped(text)}"`).join("")}>${content.join("\n")}</${name}>`,
    ),
  content: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    value.map(escaped),
    value.map((text) => `<!--${text.replace(/-/g, "")}-->`),
    value.map((text) => `<![CDATA[${text.replace(/]]>/g, "")}]]>`),
    fc.constant("<?php what ?>"),
    tie("element"),
  ),
})).element;

const options = fc.record({ target: fc.constantFrom(...TARGETS), csp: fc.boolean() });

test("any well-formed document gets a verdict, and every finding says what and where", () => {
  fc.assert(
    fc.property(xml, options, (text, { target, csp }) => {
      const bytes = Buffer.from(`<?xml version="1.0" encoding="utf-8"?>\n${text}`);
      expect(wellFormed(bytes)).toBe(true);
      const findings = lintAnswerfile(bytes, { target, csp });
      expect(["ok", "warnings", "errors"]).toContain(verdictOf(findings));
      const lines = text.split("\n").length + 1;
      for (const { rule, severity, line, path, message, remedy } of findings) {
        expect(rule).toMatch(/^(E([1-9]|16)|W([1-9]|14|15|16|20))$/);
        expect(severity).toBe(rule.startsWith("E") ? "error" : "warning");
        expect(line).toBeGreaterThanOrEqual(2);
        expect(line).toBeLessThanOrEqual(lines);
        expect(path).toMatch(/^[^\s/@]+(\/[^\s/@]+)*(@[^\s/@]+)?$/u);
        expect([message, remedy].filter((words) => words === "" || words.includes("\n") || words.endsWith("."))).toEqual([]);
      }
    }),
    { numRuns: 1500 },
  );
});

test("any bytes get a verdict", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        xml.chain((text) => fc.nat(text.length).map((cut) => Buffer.from(text).subarray(0, cut))),
      ),
      options,
      (bytes, { target, csp }) => {
        verdictOf(lintAnswerfile(Buffer.from(bytes), { target, csp }));
      },
    ),
    { numRuns: 1500 },
  );
});

/** What every part of XML can do wrong or right. */
const DOCUMENTS: Readonly<Record<string, string>> = {
  ok: "<a/>",
  empty: "",
  blank: "  ",
  text: "hello",
  unquoted: "<a b=c/>",
  repeated: '<a b="1" b="2"/>',
  "two roots": "<a/><b/>",
  trailing: "<a/>x",
  leading: "x<a/>",
  ampersand: "<a>&</a>",
  "unknown entity": "<a>&foo;</a>",
  entity: '<!DOCTYPE a [<!ENTITY foo "bar">]><a>&foo;</a>',
  doctype: '<!DOCTYPE a SYSTEM "x.dtd"><a/>',
  "less in value": '<a b="<"/>',
  control: "<a>\u0001</a>",
  reference: "<a>&#1;</a>",
  "good reference": "<a>&#x41;</a>",
  cdata: "<a><![CDATA[x<y]]></a>",
  "stray end": "<a>x]]>y</a>",
  comment: "<a><!-- x -- y --></a>",
  "declaration after blank": ' <?xml version="1.0"?><a/>',
  open: "<a>",
  crossed: "<a></b>",
  case: "<a></A>",
  "bad name": "<1a/>",
  prefix: "<x:a/>",
  "prefixed attribute": '<a x:b="1"/>',
  namespace: '<a xmlns="urn:x"/>',
  "bound prefix": '<x:a xmlns:x="urn:x"/>',
  nul: "<a>\0</a>",
  "no blank": '<a b="1"c="2"/>',
  greater: "<a>></a>",
  "inner declaration": '<a><?xml version="1.0"?></a>',
  instruction: "<a><?php foo ?></a>",
  standalone: '<?xml version="1.0" encoding="UTF-8" standalone="yes"?><a/>',
  "bad standalone": '<?xml version="1.0" standalone="maybe"?><a/>',
  nested: '<!DOCTYPE a [<!ENTITY b "bbb"><!ENTITY c "&b;&b;">]><a>&c;</a>',
  itself: '<!DOCTYPE a [<!ENTITY b "&b;">]><a>&b;</a>',
  surrogate: "<a>\u{1f600}</a>",
  "no character": "<a>\uffff</a>",
  "no value": "<a b/>",
  "attribute at end": '<a></a b="1">',
  html: "<html><br></html>",
  less: "<a>1 < 2</a>",
  cut: '<a b="1',
  element: "<!DOCTYPE a [<!ELEMENT a ANY>]><a/>",
  "two doctypes": "<!DOCTYPE a><!DOCTYPE a><a/>",
  "late doctype": "<a/><!DOCTYPE a>",
  nameless: "<>x</>",
  blankname: "< a/>",
  "comments around": "<!-- a --><a/><!-- b -->",
  "unfinished entity": "<a>&amp</a>",
  mark: "\ufeff<a/>",
};

describeWith(["root"], "the installers' own parser", () => {
  test("agrees on what is well-formed", () => {
    const script =
      "import json,sys,xml.dom.minidom\ndef good(t):\n  try: xml.dom.minidom.parseString(t.encode('utf-8')); return True\n  except Exception: return False\nprint(json.dumps({k: good(v) for k, v in json.load(sys.stdin).items()}))";
    const expat: unknown = JSON.parse(execFileSync("python3", ["-c", script], { input: JSON.stringify(DOCUMENTS), encoding: "utf8" }));
    const ours = Object.fromEntries(Object.entries(DOCUMENTS).map(([name, text]) => [name, wellFormed(Buffer.from(text))]));
    expect(ours).toEqual(expat);
  });
});

describe("writing", () => {
  const made = (name: string, attributes: Readonly<Record<string, string>>, text: string, ...children: XmlElement[]): XmlElement => ({
    name,
    attributes: new Map(Object.entries(attributes)),
    text,
    children,
    hasCdata: false,
  });
  /** As much of an element as is written. */
  const written = ({ name, attributes, text, children }: XmlElement): unknown => [name, [...attributes], text, children.map(written)];

  test("one element a line, and every sign escaped where it would mean something", () => {
    const root = made(
      "installation",
      { mode: "fresh" },
      "",
      made("a", {}, ""),
      made("b", { c: 'x"<&>\t\n\r' }, "1 < 2 & \"3\" > '0'", made("d", {}, "e")),
    );
    expect(writeXml(root)).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<installation mode="fresh">
  <a/>
  <b c="x&quot;&lt;&amp;&gt;&#9;&#10;&#13;">1 &lt; 2 &amp; "3" &gt; '0'
    <d>e</d>
  </b>
</installation>
`);
  });

  test("what is written is read as it was", () => {
    const { element } = fc.letrec<{ element: XmlElement }>((tie) => ({
      element: fc
        .tuple(
          fc.constantFrom(...NAMES),
          fc.dictionary(fc.constantFrom(...ATTRIBUTES), value),
          // A reader makes a line end of a carriage return, as XML has it (2.11).
          value.map((text) => text.replaceAll("\r", "").trim()),
          fc.oneof({ maxDepth: 4 }, fc.constant<XmlElement[]>([]), fc.array(tie("element"), { maxLength: 3 })),
        )
        .map(([name, attributes, text, children]) => made(name, attributes, text, ...children)),
    }));
    fc.assert(
      fc.property(element, (root) => {
        const read = readXml(writeXml(root));
        if (isMalformed(read)) throw new Error(`${read.line}: ${read.problem}`);
        expect(written(read)).toEqual(written(root));
      }),
      { numRuns: 500 },
    );
  });
});

describe("encodings", () => {
  const host = "<installation><hostname>h\u00f6st</hostname></installation>";
  const hostname = (bytes: Buffer) => {
    const root = readXml(bytes);
    return isMalformed(root) ? root.problem : root.children[0]?.text;
  };
  const utf16 = (text: string, order: "le" | "be", mark = true) => {
    const bytes = Buffer.from((mark ? "\ufeff" : "") + text, "utf16le");
    return order === "le" ? bytes : bytes.swap16();
  };
  test.each<[string, Buffer, string]>([
    ["UTF-8", Buffer.from(host), "h\u00f6st"],
    ["UTF-8 with a mark", Buffer.from(`\ufeff${host}`), "h\u00f6st"],
    ["UTF-16 with a mark", utf16(host, "le"), "h\u00f6st"],
    ["UTF-16, the other way round", utf16(host, "be"), "h\u00f6st"],
    ["UTF-16 by its first characters", utf16(`<?xml version="1.0" encoding="UTF-16"?>${host}`, "be", false), "h\u00f6st"],
    ["declared", Buffer.from(`<?xml version="1.0" encoding='ISO-8859-1'?>${host}`, "latin1"), "h\u00f6st"],
    [
      "declared otherwise",
      Buffer.from(`<?xml version="1.0" encoding="UTF-16"?>${host}`),
      "it declares the encoding UTF-16, and is written in another",
    ],
    ["unknown", Buffer.from(`<?xml version="1.0" encoding="klingon"?>${host}`), "it declares the encoding klingon, which is not known"],
    ["undeclared", Buffer.from(host, "latin1"), "it is not UTF-8, and declares no other encoding"],
    ["nothing", Buffer.alloc(0), "the file is empty"],
  ])("%s", (_name, bytes, result) => {
    expect(hostname(bytes)).toBe(result);
  });
});

describe("large files", () => {
  test("a hundred thousand elements", () => {
    const text = `<installation>\n${"<oops a='1'>x</oops>\n".repeat(100_000)}</installation>`;
    const found = lintAnswerfile(Buffer.from(text), { target: "8.3" });
    expect(found.filter(({ rule }) => rule === "W1").at(-1)?.line).toBe(100_001);
  });

  test("nested deeper than an installer can follow", () => {
    const nested = (depth: number) => Buffer.from("<installation>".repeat(depth) + "</installation>".repeat(depth));
    expect(wellFormed(nested(900))).toBe(true);
    expect(lintAnswerfile(nested(100_000), { target: "8.3" })).toMatchObject([
      { rule: "E1", line: 1, message: expect.stringContaining("nested more than 900 deep") },
    ]);
    expect(verdictOf(lintAnswerfile(nested(900), { target: "8.3" }))).toBe("errors");
  });

  test("entities that double again and again", () => {
    const entities = Array.from({ length: 40 }, (_, index) => `<!ENTITY e${index + 1} "&e${index};&e${index};">`).join("");
    expect(wellFormed(Buffer.from(`<!DOCTYPE a [<!ENTITY e0 "ha">${entities}]><a>&e40;</a>`))).toBe(false);
    expect(wellFormed(Buffer.from(`<!DOCTYPE a [<!ENTITY e0 "ha">${entities}]><a>&e5;</a>`))).toBe(true);
  });
});
