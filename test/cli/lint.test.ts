import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { document, elementsFor } from "../install/sample";

const ROOT = join(__dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "csp-lint-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function lint(...argv: string[]) {
  return spawnSync(process.execPath, ["--import", "tsx", "cli/main.ts", "lint", ...argv], { cwd: ROOT, encoding: "utf8" });
}

function file(name: string, content: string | Buffer): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

test("a good file: status 0, and a line that says so", () => {
  const path = file("good.xml", document(elementsFor("8.3")));
  expect(lint("answerfile", path, "--target", "8.3", "--csp")).toMatchObject({ status: 0, stdout: `${path}: ok\n`, stderr: "" });
  const { status, stdout } = lint("answerfile", path, "--target", "8.3", "--csp", "--json");
  expect([status, JSON.parse(stdout)]).toEqual([0, { verdict: "ok", findings: [] }]);
});

test("warnings only: status 0", () => {
  const path = file("warnings.xml", document({ ...elementsFor("8.3"), more: "<oops/>" }));
  const { status, stdout } = lint("answerfile", path, "--target", "8.3", "--json");
  expect([status, JSON.parse(stdout)]).toEqual([
    0,
    {
      verdict: "warnings",
      findings: [
        {
          rule: "W1",
          severity: "warning",
          line: 9,
          path: "installation/oops",
          message: 'no installer knows an element "oops": it is skipped without a message',
          remedy: "remove it",
        },
      ],
    },
  ]);
});

test("errors: status 1, in JSON and as lines that an editor can follow", () => {
  const path = file(
    "errors.xml",
    document({
      ...elementsFor("8.3"),
      "admin-interface": '<admin-interface name="eth0" proto="static"><ip>192.0.2.10</ip><gateway>192.0.2.1</gateway></admin-interface>',
    }),
  );
  const json = lint("answerfile", path, "--target", "8.3", "--json");
  expect(json.status).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({
    verdict: "errors",
    findings: [{ rule: "E4", severity: "error", line: 6, path: "installation/admin-interface/subnet" }],
  });
  const { status, stdout } = lint("answerfile", path, "--target=8.3");
  expect(status).toBe(1);
  expect(stdout).toBe(
    `${path}:6: error E4 installation/admin-interface/subnet: a static address needs subnet, and the installer stops without it. Add <subnet> with a netmask like 255.255.255.0.\n1 error, 0 warnings\n`,
  );
});

test.each<[string, string | Buffer]>([
  ["empty", ""],
  ["binary", Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 255])],
  ["text", "hello"],
])("what is no XML is an error with a place: %s", (name, content) => {
  const { status, stdout } = lint("answerfile", file(name, content), "--target", "5.6", "--json");
  expect(status).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ verdict: "errors", findings: [{ rule: "E1", line: 1 }] });
});

test.each<[string, string[], string]>([
  ["a missing file", ["answerfile", join(folder, "none.xml"), "--target", "8.3", "--json"], "cannot be read: ENOENT"],
  ["a folder", ["answerfile", folder, "--target", "8.3"], "it is a folder"],
  ["an unknown version", ["answerfile", "x.xml", "--target", "8.4"], "It is one of 5.6, 6.0,"],
  ["no version", ["answerfile", "x.xml"], "required option '--target <version>' not specified"],
  ["no file", ["answerfile", "--target", "8.3"], "missing required argument 'path'"],
])("what cannot be read has no verdict: %s", (_name, argv, said) => {
  const result = lint(...argv);
  expect(result.status).toBe(2);
  expect(result.stdout).toBe("");
  expect(result.stderr.toLowerCase()).toContain(said.toLowerCase());
  expect(result.stderr).not.toContain("    at ");
});

describe("a repository", () => {
  const tree = (name: string, files: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name, path)), { recursive: true });
      writeFileSync(join(folder, name, path), text);
    }
    return join(folder, name);
  };
  const MAIN = '<repository originator="xcp" name="main" product="XenServer" version="6.2.0"><description>main</description></repository>';

  test("a folder with an error: status 1, rule, file, cause and remedy", () => {
    const path = tree("xs62", {
      "XS-REPOSITORY-LIST": "",
      "packages.main/XS-REPOSITORY": MAIN,
      "packages.main/XS-PACKAGES": '<packages>\n<package label="a" type="rpm" size="500" md5="0">a.rpm</package></packages>',
    });
    const { status, stdout } = lint("repository", path, "--target", "6.2", "--csp", "--json");
    expect([status, JSON.parse(stdout)]).toEqual([
      1,
      {
        verdict: "errors",
        findings: [
          {
            rule: "E12",
            severity: "error",
            path: "packages.main/a.rpm",
            message: "it is listed, but missing",
            remedy: "copy the package from the media or the pack again; packages.main/XS-PACKAGES, line 2, says what it must be",
          },
        ],
      },
    ]);
  });

  test("driver disks' settings that share a UUID: a warning", () => {
    const uuid = "PACK_UUID=6854ab19-f807-4444-b94f-3ce7d64efe50\n";
    const path = tree("disks", { "broadcom-bnxt-en-8.3.cfg": uuid, "mpi3mr-module-8.3.cfg": uuid });
    const { findings } = JSON.parse(lint("repository", path, "--target", "8.3", "--json").stdout);
    expect(findings).toContainEqual(expect.objectContaining({ rule: "W17", severity: "warning", path: "mpi3mr-module-8.3.cfg", line: 1 }));
  });

  test("a path that is not a folder, an image or an archive cannot be read: status 2", () => {
    const path = file("notes.txt", "no media");
    expect(lint("repository", path, "--target", "8.3")).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringContaining("neither a folder nor an ISO"),
    });
  });
});
