import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { differingFiles, generateSdk, type SdkLanguage } from "../../engines/sdk";
import { describeWith } from "../support/needs";

const SCHEMA = {
  name: "csp",
  version: "1.2.3",
  language: { nodejs: { packageName: "csp-iac", respectSchemaVersion: true } },
  resources: {
    "csp:firewall:Wall": {
      description: "A wall.",
      inputProperties: { key: { type: "string", secret: true } },
      requiredInputs: ["key"],
      properties: { key: { type: "string", secret: true } },
    },
  },
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "csp-sdk-test-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function generate(schema: unknown, language: SdkLanguage): Promise<void> {
  writeFileSync(join(root, "schema.json"), JSON.stringify(schema));
  return generateSdk(join(root, "schema.json"), language, join(root, "sdk"), () => {});
}

describeWith(["generator"], "the generator", () => {
  test.each<[SdkLanguage, string]>([
    ["nodejs", "firewall/wall.ts"],
    ["python", "pulumi_csp/firewall/wall.py"],
    ["go", "csp/firewall/wall.go"],
  ])(
    "writes an SDK for %s",
    async (language, file) => {
      mkdirSync(join(root, "sdk"));
      await generate(SCHEMA, language);
      expect(existsSync(join(root, "sdk", file))).toBe(true);
    },
    300_000,
  );

  test("takes the version of the schema and keeps secrets secret", async () => {
    await generate(SCHEMA, "nodejs");
    expect(JSON.parse(readFileSync(join(root, "sdk/package.json"), "utf8"))).toMatchObject({ name: "csp-iac", version: "1.2.3" });
    expect(readFileSync(join(root, "sdk/firewall/wall.ts"), "utf8")).toContain('additionalSecretOutputs: ["key"]');
  }, 300_000);

  test("a schema the generator refuses is an error that names the offender", async () => {
    const bad = { ...SCHEMA, resources: { "csp:firewall:Wall": { inputProperties: { key: { $ref: "#/types/csp:index:Nowhere" } } } } };
    await expect(generate(bad, "nodejs")).rejects.toMatchObject({
      name: "CspError",
      code: "sdk-generator-failed",
      problem: expect.stringContaining("Nowhere"),
    });
  }, 300_000);
});

test("differing files are those on one side only and those with another content", () => {
  for (const side of ["a", "b"]) mkdirSync(join(root, side, "sub"), { recursive: true });
  writeFileSync(join(root, "a/same"), "1");
  writeFileSync(join(root, "b/same"), "1");
  writeFileSync(join(root, "a/sub/other"), "1");
  writeFileSync(join(root, "b/sub/other"), "2");
  writeFileSync(join(root, "a/left"), "");
  writeFileSync(join(root, "b/right"), "");
  expect(differingFiles(join(root, "a"), join(root, "b"))).toEqual(["left", "right", "sub/other"]);
});
