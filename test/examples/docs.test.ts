import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./program";

const PAGES = ["README.md", ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).map((file) => `docs/${file}`)].filter(
  (file) => file.endsWith(".md"),
);
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

/** As GitHub makes them, and those that the page makes itself. */
const anchors = (markdown: string) => [
  ...[...markdown.matchAll(/^#+ (.*)$/gm)].map(([, title = ""]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  ),
  ...[...markdown.matchAll(/<a id="([^"]+)">/g)].map(([, id = ""]) => id),
];

test.each(PAGES)("%s: its links lead somewhere", (page) => {
  const dead = [...read(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
    if (/^[a-z]+:/.test(link)) return [];
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, target))) return [link];
    return anchor === undefined || anchors(read(target)).includes(anchor) ? [] : [link];
  });
  expect(dead).toEqual([]);
});

test("troubleshooting.md knows every error code of the provider, the components and the command, and no others", () => {
  const sources = ["provider", "components", "cli"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).flatMap((file) =>
      file.endsWith(".ts") ? [`${folder}/${file}`] : [],
    ),
  );
  const codes = new Set(
    sources.flatMap((file) => [...read(file).matchAll(/new CspError\(\s*"([a-z-]+)"/g)].map((match) => match[1] ?? "")),
  );
  const cells = [...read("docs/troubleshooting.md").matchAll(/^\| (`[^|]*`) \|/gm)].map((match) => match[1] ?? "");
  const described = cells.flatMap((cell) => [...cell.matchAll(/`([a-z-]+)`/g)].map((match) => match[1] ?? ""));
  expect(described.sort()).toEqual([...codes].sort());
});
