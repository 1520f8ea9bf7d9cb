import { canonicalRule, canonicalText } from "../../../provider/firewall/planes/nft/canonical";
import { readRule } from "../../../provider/firewall/planes/nft/read";
import { saidInNft } from "./arbitrary";
import { ROWS } from "./cases";

/** What is listed is another rule than what was given: nft leaves out what it thinks is said twice. csp writes none of these (print.ts). */
const LOST = (given: string) =>
  /^(ether (saddr|daddr) \S+ )*(@ll,96,16 0x0800|meta protocol ip|ether type (ip6?|arp|0x0800))( ether daddr \S+)? .*(ip6?|arp|icmpv6|meta protocol) /.test(
    given,
  ) ||
  // 1.0.6 makes one comparison of two.
  given.split("!=").length > 2;

describe("listings of nft", () => {
  test.each(["bridge csp", "inet csp"])("of %s: both versions' are the rule that was given", (table) => {
    const rows = ROWS.filter((row) => row.table === table && !LOST(row.given));
    expect(rows.length).toBeGreaterThan(100);
    const wrong = rows.flatMap(({ given, listed }) => {
      const asked = canonicalRule(given);
      return listed.filter((one) => canonicalRule(one) !== asked).map((one) => ({ given, one, asked, is: canonicalRule(one) }));
    });
    expect(wrong).toEqual([]);
  });

  test("csp prints what it read as the same rule", () => {
    const texts = [...new Set(ROWS.flatMap(({ given, listed }) => (LOST(given) ? listed : [given, ...listed])))];
    const read = texts.map((text) => ({ text, rule: readRule(text) })).filter(({ rule }) => rule.matches.every(({ is }) => is !== "words"));
    expect(read.length).toBeGreaterThan(texts.length * 0.9);
    const wrong = read.flatMap(({ text, rule }) =>
      saidInNft(rule)
        .filter(({ one, text: again }) => canonicalRule(again) !== canonicalText(one))
        .map(({ text: again }) => `${text} -> ${again}`),
    );
    expect(wrong).toEqual([]);
  });
});
