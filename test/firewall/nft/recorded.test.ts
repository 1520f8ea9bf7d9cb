import { readFileSync, rmSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describeWith } from "../../support/needs";
import { layer2Rule, layer3Rule, SETS, saidInNft } from "./arbitrary";
import { FILE, ROWS, type Row } from "./cases";
import { apart, RELEASES, toolsOf } from "./tools";

describeWith(["root"], "listings of real nft", () => {
  const generated = (["bridge csp", "inet csp"] as const).flatMap((table) =>
    fc
      .sample(table === "bridge csp" ? layer2Rule : layer3Rule, { numRuns: 120, seed: 17 })
      .flatMap((rule) => saidInNft(rule))
      .map(({ text }) => ({ table, given: text })),
  );
  const hand =
    process.env.CSP_HAND === undefined
      ? []
      : readFileSync(process.env.CSP_HAND, "utf8")
          .split("\n")
          .filter((line) => line !== "");
  const given: readonly Pick<Row, "table" | "given">[] =
    process.env.CSP_RECORD === undefined
      ? ROWS
      : [...hand.map((line) => ({ table: line.split("\t")[0] ?? "", given: line.split("\t")[1] ?? "" })), ...generated];
  const found: string[][] = [];

  test.each(RELEASES)("%s lists what is recorded", async (release) => {
    const tools = await toolsOf(release);
    try {
      const listed = new Map<string, string[]>();
      for (const table of new Set(given.map((row) => row.table))) {
        const own = given.filter((row) => row.table === table);
        const text = [
          `add table ${table}\n${SETS(table)}add chain ${table} c`,
          ...own.map((row) => `add rule ${table} c ${row.given}`),
          "",
        ].join("\n");
        const printed = apart(tools, `nft -f - && nft -s -y -p list chain ${table} c`, text);
        listed.set(
          table,
          printed.split("\n").flatMap((line) => (line.startsWith("\t\t") ? [line.slice(2)] : [])),
        );
      }
      const all = given.map(({ table }) => listed.get(table)?.shift() ?? "");
      found.push(all);
      if (process.env.CSP_RECORD === undefined) expect(all).toEqual(ROWS.map((row) => row.listed[RELEASES.indexOf(release)]));
    } finally {
      rmSync(tools, { recursive: true });
    }
  });

  afterAll(() => {
    if (process.env.CSP_RECORD === undefined || found.length < RELEASES.length) return;
    const head = [
      "# What nft 1.0.6 (Debian 12) and 1.1.3 (Debian 13) list, `nft -s -y -p list chain`, of each rule that they are given, on a kernel of 2026 (6.18).",
      "table\tgiven\t1.0.6\t1.1.3",
    ];
    const rows = given.map(({ table, given: text }, index) => [table, text, ...found.map((all) => all[index] ?? "")].join("\t"));
    writeFileSync(FILE, `${[...head, ...rows].join("\n")}\n`);
  });
});
