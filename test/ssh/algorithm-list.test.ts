import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type AlgorithmOption, applyList, keepsOwnOrder, unknownNames } from "../../provider/ssh/algorithm-list";

/** How ssh itself reads a list, or its error message. */
const home = mkdtempSync(join(tmpdir(), "csp-lists-"));
afterAll(() => rmSync(home, { recursive: true }));

function ssh(option: AlgorithmOption, list?: string): string[] | { readonly refused: string } {
  const file = join(home, "config");
  writeFileSync(file, `Host a\n${list === undefined ? "" : `  ${option} ${list}\n`}`);
  try {
    const text = execFileSync("ssh", ["-G", "-F", file, "a"], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    const line = new RegExp(`^${option} (.*)$`, "im").exec(text);
    return (line?.[1] ?? "").split(",").filter((name) => name !== "");
  } catch (error) {
    return { refused: String((error as { stderr: string }).stderr) };
  }
}

const query = (what: string) => execFileSync("ssh", ["-Q", what], { encoding: "utf8" }).trim().split("\n");
const QUERIES: readonly (readonly [AlgorithmOption, string])[] = [
  ["KexAlgorithms", "kex"],
  ["Ciphers", "cipher"],
  ["MACs", "mac"],
  ["HostKeyAlgorithms", "key-sig"],
  ["PubkeyAcceptedAlgorithms", "key-sig"],
];

describe.each(QUERIES)("%s", (option, what) => {
  const all = query(what);
  const defaults = ssh(option) as string[];
  const keys = what === "key-sig";
  const ours = (list: string) => applyList(list, defaults, all);

  test("ssh has defaults to begin with, and csp knows every name that ssh knows", () => {
    expect(defaults.length).toBeGreaterThan(3);
    expect(unknownNames(option, all.join(","))).toEqual([]);
  });

  test("a list means what ssh takes it for", () => {
    const name = fc.constantFrom(...all);
    const pattern = fc.oneof(
      name,
      name.map((text) => `${text.slice(0, 5)}*`),
      name.map((text) => `*${text.slice(-4)}`),
      name.map((text) => text.replace(/[0-9]/g, "?")),
      name.map((text) => `!${text}`),
      fc.constant("*"),
    );
    const list = fc.oneof(
      fc.tuple(
        fc.constantFrom("", "+", "^"),
        fc.array(
          keys
            ? fc.oneof(
                name,
                name.map((text) => `${text.slice(0, 6)}*`),
              )
            : name,
          { minLength: 1, maxLength: 5 },
        ),
      ),
      fc.tuple(fc.constant("-"), fc.array(pattern, { minLength: 1, maxLength: 5 })),
    );
    fc.assert(
      fc.property(list, ([sign, names]) => {
        const text = `${sign}${names.join(",")}`;
        const theirs = ssh(option, text);
        // Some releases refuse an empty list here, others when they connect.
        if (Array.isArray(theirs)) expect([text, ours(text)]).toEqual([text, theirs]);
        else expect([text, ours(text), theirs.refused]).toEqual([text, [], expect.any(String)]);
      }),
      { numRuns: 60 },
    );
  });

  test.each(["none-such", `${all[0]},none-such`, "+none-such", "^none-such"])("%s: ssh stops at the name, and so does csp", (list) => {
    expect(ssh(option, list)).toEqual({ refused: expect.stringMatching(/Bad|unsupported/i) });
    expect(unknownNames(option, list)).toEqual(["none-such"]);
  });
  test("a name that is removed may be any", () => {
    expect(ssh(option, "-none-such")).toEqual(defaults);
    expect(unknownNames(option, "-none-such")).toEqual([]);
  });
});

test.each([
  ["a,b", true],
  ["^a", true],
  ["+a", false],
  ["-a", false],
])("%s keeps its order: %s", (list, keeps) => expect(keepsOwnOrder(list)).toBe(keeps));

test("names of older and newer releases are known", () => {
  expect(unknownNames("Ciphers", "arcfour256,blowfish-cbc,cast128-cbc,rijndael-cbc@lysator.liu.se")).toEqual([]);
  expect(unknownNames("MACs", "hmac-ripemd160@openssh.com,hmac-sha2-256-96")).toEqual([]);
  expect(unknownNames("KexAlgorithms", "mlkem768x25519-sha256")).toEqual([]);
});
