import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cacheKey, cacheRoot, fillOnce } from "../../engines/cache";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "csp-cache-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("the cache is below XDG_CACHE_HOME when it is set", () => {
  expect(cacheRoot({ XDG_CACHE_HOME: "/somewhere" })).toBe("/somewhere/csp/engines");
  expect(cacheRoot({ XDG_CACHE_HOME: "" })).toMatch(/\/\.cache\/csp\/engines$/);
});

test("a changed source makes another key, an unchanged one the same", () => {
  const source = join(root, "go.mod");
  writeFileSync(source, "one");
  const one = cacheKey("tool", "1.2.3", [source]);
  expect(one).toMatch(/^tool-1\.2\.3-[0-9a-f]{8}$/);
  expect(cacheKey("tool", "1.2.3", [source])).toBe(one);
  writeFileSync(source, "two");
  expect(cacheKey("tool", "1.2.3", [source])).not.toBe(one);
});

test("a folder is filled once, and then left alone", async () => {
  const folder = join(root, "deep", "tool");
  await fillOnce(folder, async (work) => writeFileSync(join(work, "file"), "first"));
  await fillOnce(folder, async (work) => writeFileSync(join(work, "file"), "second"));
  expect(readFileSync(join(folder, "file"), "utf8")).toBe("first");
});

test("two at once both succeed, and one complete result is left", async () => {
  const folder = join(root, "tool");
  let arrived = 0;
  let bothAreHere: () => void = () => {};
  const both = new Promise<void>((resolve) => {
    bothAreHere = resolve;
  });
  const fill = (content: string) => async (work: string) => {
    arrived += 1;
    if (arrived === 2) bothAreHere();
    await both;
    writeFileSync(join(work, "a"), content);
    writeFileSync(join(work, "b"), content);
  };
  await Promise.all([fillOnce(folder, fill("x")), fillOnce(folder, fill("y"))]);
  expect(readFileSync(join(folder, "a"), "utf8")).toBe(readFileSync(join(folder, "b"), "utf8"));
  expect(readdirSync(root)).toEqual(["tool"]);
});

test("a failed fill leaves nothing and says why", async () => {
  const folder = join(root, "tool");
  const failing = fillOnce(folder, async (work) => {
    writeFileSync(join(work, "half"), "");
    throw new Error("no disk left");
  });
  await expect(failing).rejects.toThrow("no disk left");
  expect(readdirSync(root)).toEqual([]);
});
