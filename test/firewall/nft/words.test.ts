import { rmSync } from "node:fs";
import fc from "fast-check";
import type { Rule } from "../../../provider/firewall/model/rule";
import { canonicalRule, canonicalText } from "../../../provider/firewall/planes/nft/canonical";
import { readRule } from "../../../provider/firewall/planes/nft/read";
import { describeWith } from "../../support/needs";
import { layer2Rule, layer3Rule, SETS, saidInNft } from "./arbitrary";
import { apart, RELEASES, saidApart, toolsOf } from "./tools";

/** Rules at a time: nft is started once for all of them. */
const AT_ONCE = 150;
const RUNS = Number(process.env.CSP_RUNS ?? 4);

/** What nft lists in a chain, a rule a line. */
function listed(tools: string, table: string, lines: readonly string[]): string[] {
  const input = `add table ${table}\n${SETS(table)}add chain ${table} c\n${lines.map((line) => `add rule ${table} c ${line}\n`).join("")}`;
  const text = apart(tools, `nft -f - && nft -s -y -p list chain ${table} c`, input);
  return text.split("\n").flatMap((line) => (line.startsWith("\t\t") ? [line.slice(2)] : []));
}

/** What nft has against one of the lines, alone. */
function refused(tools: string, table: string, lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const input = `add table ${table}\n${SETS(table)}add chain ${table} c\nadd rule ${table} c ${line}\n`;
    const said = saidApart(tools, "nft -f -", input);
    return said === "" ? [] : [`${line}: ${said}`];
  });
}

const KINDS: readonly (readonly [what: string, table: string, rules: fc.Arbitrary<Rule>])[] = [
  ["layer 2", "bridge csp", layer2Rule],
  ["layers 3 and 4", "inet csp", layer3Rule],
];

/** A failure tells the rules that it is about, and not all that were tried. */
const untold = (many: readonly Rule[]) => ({ many, [fc.toStringMethod]: () => `${many.length} rules` });

describeWith(["root"], "rules in the words of nft", () => {
  describe.each(RELEASES)("of %s", (release) => {
    let tools: string;
    beforeAll(async () => {
      tools = await toolsOf(release);
    });
    afterAll(() => rmSync(tools, { recursive: true }));

    test.each(KINDS)(
      "%s: what nft lists is what was written, reads as the same rule, and loads as the same rule again",
      (_, table, rules) => {
        let all = 0;
        let unsaid = 0;
        fc.assert(
          fc.property(fc.array(rules, { minLength: AT_ONCE, maxLength: AT_ONCE }).map(untold), ({ many }) => {
            const lines = many.flatMap((rule) => {
              const own = saidInNft(rule);
              all++;
              if (own.length === 0) unsaid++;
              return own;
            });
            const texts = lines.map(({ text }) => text);
            let printed: string[];
            try {
              printed = listed(tools, table, texts);
            } catch (error) {
              throw new Error(refused(tools, table, texts).slice(0, 5).join("\n"), { cause: error });
            }
            const wrong = lines.flatMap(({ one, text }, index) => {
              const is = printed[index] ?? "";
              const [asked, found, meant] = [canonicalRule(text), canonicalRule(is), canonicalText(one)];
              return asked === found && asked === meant ? [] : [{ text, is, asked, found, meant, read: readRule(is) }];
            });
            expect(wrong.slice(0, 5)).toEqual([]);
            expect(printed.length).toBe(lines.length);
            expect(listed(tools, table, printed)).toEqual(printed);
          }),
          { numRuns: RUNS, endOnFailure: true },
        );
        expect(unsaid).toBeLessThan(all / 4);
      },
    );
  });
});
