import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import fc from "fast-check";
import type { SetChange } from "../../../provider/firewall/model/change";
import type { KernelSet, Sets } from "../../../provider/firewall/model/kernel";
import { type Condition, goTo, jump, type Rule, rule } from "../../../provider/firewall/model/rule";
import { hookOf, mapKeyOf } from "../../../provider/firewall/planes/nft/base";
import { printRule } from "../../../provider/firewall/planes/nft/print";
import { nftText } from "../../../provider/firewall/planes/nft/restore";
import { setForNft } from "../../../provider/firewall/planes/nft/sets";
import type { NftTable } from "../../../provider/firewall/planes/nft/tables";
import { sameRule } from "../../../provider/firewall/planes/same";
import { parseSaved, parseSets } from "../../../provider/firewall/planes/xtables/saved";
import { describeWith } from "../../support/needs";
import { remotePart } from "../../support/remote";
import { apart, RELEASES, saidApart, toolsOf } from "./tools";

/** Plans carried out by nft, and read back by the script that reads hosts. */

const AWKS = ["mawk", "gawk", "original-awk", "busybox awk"].filter(
  (awk) => spawnSync("sh", ["-c", `${awk} 'BEGIN { exit 0 }'`]).status === 0,
);

/** The host's own function, with this awk. */
const saving = (awk?: string) => `${awk === undefined ? "" : `awk() { ${awk} "$@"; }\n`}${remotePart("tables.sh")}\n`;

type Chains = ReadonlyMap<string, readonly string[]>;
interface Content {
  readonly chains: Chains;
  readonly sets: Sets;
}
const NOTHING: Content = { chains: new Map(), sets: new Map() };

/** What leads from one content to the other. */
function change(table: NftTable, from: Content, to: Content): string {
  const keys = <V>(a: ReadonlyMap<string, V>, b: ReadonlyMap<string, V>) => [...new Set([...a.keys(), ...b.keys()])];
  const chains = keys(from.chains, to.chains)
    .map((chain) => ({ chain, before: from.chains.get(chain), after: to.chains.get(chain) }))
    .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));
  const sets = keys(from.sets, to.sets).map(
    (name): SetChange => ({ name, before: from.sets.get(name), after: to.sets.get(name), order: "add-first" }),
  );
  return nftText(table, { chains }, sets);
}

/** Sorted, to be compared. */
const told = ({ chains, sets }: Content) => ({
  chains: [...chains].sort(),
  sets: [...sets].map(([name, { type, family, members }]) => [name, type, family, [...members].sort()]).sort(),
});

function read(saved: string): Content {
  return { chains: parseSaved("nft", saved)["nft.bridge"]?.chains ?? new Map(), sets: parseSets(saved) };
}

const vif = (n: number) => `csp-vif-${n.toString(16).padStart(16, "0")}`;
const comesBy = (name: string): Condition => ({ is: "interface", direction: "in", name });
const leavesBy = (name: string): Condition => ({ is: "interface", direction: "out", name });
const lines = (...rules: readonly Rule[]) => rules.map(printRule);

const octet = fc.nat(255);
const v4 = fc.tuple(octet, octet, octet, octet, fc.nat(32)).map(([a, b, c, d, prefix]) => `${a}.${b}.${c}.${d}/${prefix}`);
const v6 = fc.tuple(fc.ipV6(), fc.oneof(fc.constant(128), fc.nat(128))).map(([text, prefix]) => `${text}/${prefix}`);
const v4Host = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join("."));
const mac = fc.tuple(octet, octet).map(([a, b]) => `02:00:00:00:${a.toString(16).padStart(2, "0")}:${b.toString(16).padStart(2, "0")}`);
const port = fc.tuple(fc.constantFrom("tcp", "udp", "sctp"), fc.integer({ min: 1, max: 65535 })).map(([one, number]) => `${one}:${number}`);
const joined = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((all) => all.join(","));
const members = (one: fc.Arbitrary<string>) => fc.array(one, { maxLength: 8 }).map((all) => new Set(all));
const near = fc.tuple(fc.nat(3), fc.integer({ min: 29, max: 32 })).map(([d, prefix]) => `10.0.0.${d}/${prefix}`);
const withHoles = fc
  .array(fc.tuple(near, fc.boolean()), { maxLength: 6 })
  .map((all) => new Set([...new Map(all)].map(([cidr, hole]) => (hole ? `${cidr} nomatch` : cidr))));
const setOf = (type: string, all: fc.Arbitrary<Set<string>>, family?: "inet" | "inet6"): fc.Arbitrary<KernelSet> =>
  all.map((some) => setForNft("csp-g", { type, ...(family === undefined ? {} : { family }), members: some }));
const SET_OF: Readonly<Record<string, fc.Arbitrary<KernelSet>>> = {
  "csp-g00000000000000014": setOf("hash:net", members(fc.oneof(v4, near, fc.constant("0.0.0.0/0"))), "inet"),
  "csp-g00000000000000016": setOf("hash:net", members(fc.oneof(v6, fc.constant("::/0"))), "inet6"),
  "csp-g00000000000000024": setOf("hash:net", withHoles, "inet"),
  "csp-g00000000000000034": setOf("hash:ip,port", members(joined(v4Host, port)), "inet"),
  "csp-g00000000000000044": setOf("hash:ip,port,ip", members(joined(v4Host, port, v4Host)), "inet"),
  "csp-g00000000000000056": setOf("hash:ip,port", members(joined(fc.ipV6(), port)), "inet6"),
  "csp-g00000000000000064": setOf("hash:mac", members(mac)),
  "csp-g00000000000000074": setOf("hash:ip,mac", members(joined(v4Host, mac)), "inet"),
};

const IDS = [1, 2, 3, 4, 5];
const portName = fc.oneof(
  fc.tuple(fc.nat(30), fc.nat(1)).map(([a, b]) => `vif${a}.${b}`),
  fc.constantFrom("tap1i0", "web1-lan", "vnet7"),
);
const verdicts = fc.oneof(
  fc.constantFrom(...IDS).map((id) => jump(vif(id))),
  fc.constantFrom(...IDS).map((id) => goTo(vif(id))),
  fc.constantFrom({ do: "accept" } as const, { do: "drop" } as const),
);
const map = (match: (name: string) => Condition) =>
  fc
    .uniqueArray(fc.tuple(portName, verdicts), { selector: ([name]) => name, maxLength: 12 })
    .map((all) => lines(...all.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, verdict]) => rule([match(name)], verdict))));
const body = fc.subarray(
  lines(
    rule(
      [
        { is: "address", end: "source", cidrs: ["10.0.0.1"] },
        { is: "ethertype", type: 0x0800 },
      ],
      { do: "accept" },
    ),
    rule([{ is: "in-set", set: "csp-g00000000000000014", ends: ["source"], family: "inet" }], { do: "drop" }, "a {brace} and a }"),
    rule([], { do: "drop" }),
  ),
);

const content: fc.Arbitrary<Content> = fc
  .record({
    base: body,
    from: map(comesBy),
    to: map(leavesBy),
    vifs: fc.array(body, { minLength: IDS.length, maxLength: IDS.length }),
    sets: fc.record(SET_OF),
    left: fc.subarray(["csp-named", "csp-named-to", "csp-g00000000000000034", "csp-g00000000000000064"]),
  })
  .map(({ base, from, to, vifs, sets, left }) => {
    const chains = new Map<string, readonly string[]>([
      ["csp-prerouting", [...base, "iifname vmap @csp-from", "oifname vmap @csp-to"]],
      ["csp-from", from],
      ["csp-to", to],
      ...IDS.map((id, index): [string, string[]] => [vif(id), vifs[index] ?? []]),
    ]);
    const named = left.filter((name) => mapKeyOf("nft.bridge", name) !== undefined);
    for (const name of named) chains.set(name, name === "csp-named" ? from : to);
    return { chains, sets: new Map(Object.entries(sets).filter(([name]) => !left.includes(name))) };
  });

describeWith(["root"], "tables of nft", () => {
  describe.each(RELEASES)("of %s", (release) => {
    let tools: string;
    beforeAll(async () => {
      tools = await toolsOf(release);
    });
    afterAll(() => rmSync(tools, { recursive: true }));

    test.each(AWKS)("what a plan wants is there afterwards, read by %s, and gone after the way back", (awk) => {
      fc.assert(
        fc.property(fc.array(content, { minLength: 2, maxLength: 4 }), (steps) => {
          const states = [...steps, NOTHING];
          const texts = states.map((to, index) => change("nft.bridge", states[index - 1] ?? NOTHING, to));
          const program = [saving(awk), ...texts.map((text) => `nft -f - <<'@@END'\n${text}@@END\necho @@step; nft_save`)].join("\n");
          const [, ...saved] = apart(tools, program).split("@@step\n");
          expect(saved.map((one) => told(read(one)))).toEqual(states.map(told));
        }),
        { numRuns: Number(process.env.CSP_RUNS ?? 8) },
      );
    });

    /** A host's listing after somebody's commands. */
    const listedAfter = (...commands: readonly string[]) => {
      const start: Content = {
        chains: new Map([
          ["csp-prerouting", ["iifname vmap @csp-from"]],
          ["csp-from", ['iifname "vif1.0" jump csp-vif-0000000000000001']],
          [vif(1), ["drop"]],
        ]),
        sets: new Map(),
      };
      const text = change("nft.bridge", NOTHING, start);
      return apart(tools, `${saving()}nft -f - <<'@@END'\n${text}@@END\n${commands.join("\n")}\nnft_save`)
        .trim()
        .split("\n");
    };
    const HOOK = hookOf("nft.bridge", "csp-prerouting") ?? "";

    test("a base chain that somebody put elsewhere, or nowhere, shows it as its first rule, and a plan puts it back", () => {
      const moved = (to: string) => [
        "nft flush chain bridge csp csp-prerouting",
        "nft delete chain bridge csp csp-prerouting",
        `nft 'add chain bridge csp csp-prerouting { ${to} }'`,
        "nft add rule bridge csp csp-prerouting iifname vmap @csp-from",
      ];
      const rulesAfter = (...commands: readonly string[]) =>
        parseSaved("nft", listedAfter(...commands).join("\n"))["nft.bridge"]?.chains.get("csp-prerouting") ?? [];
      const rest = ["iifname vmap @csp-from"];
      expect(rulesAfter()).toEqual(rest);
      for (const [to, shown] of [
        ["type filter hook prerouting priority 0; policy accept;", "type filter hook prerouting priority 0; policy accept;"],
        ["type filter hook prerouting priority -300; policy drop;", "type filter hook prerouting priority -300; policy drop;"],
        ["type filter hook forward priority -300; policy accept;", "type filter hook forward priority -300; policy accept;"],
        ["", "no hook"],
      ] as const) {
        expect(rulesAfter(...moved(to))).toEqual([shown, ...rest]);
        const back = nftText("nft.bridge", { chains: [{ chain: "csp-prerouting", before: [shown, ...rest], after: rest }] });
        expect(rulesAfter(...moved(to), `nft -f - <<'@@END'\n${back}@@END`)).toEqual(rest);
        const undone = nftText("nft.bridge", { chains: [{ chain: "csp-prerouting", before: rest, after: [shown, ...rest] }] });
        expect(rulesAfter(`nft -f - <<'@@END'\n${undone}@@END`)).toEqual([shown, ...rest]);
      }
      expect(HOOK).toMatch(/-300/);
    });

    test("pairs of octets that somebody took away are shown, and come back", () => {
      const rules = (...commands: readonly string[]) =>
        parseSaved("nft", listedAfter(...commands).join("\n"))["nft.bridge"]?.chains.get("csp-prerouting") ?? [];
      const lose = "nft 'delete element bridge csp csp-same { 0x5 . 0x5 }'";
      const shown = ["csp-same is not whole", "iifname vmap @csp-from"];
      expect(rules(lose)).toEqual(shown);
      const back = nftText("nft.bridge", { chains: [{ chain: "csp-prerouting", before: shown, after: shown.slice(1) }] });
      expect(rules(lose, `nft -f - <<'@@END'\n${back}@@END`)).toEqual(shown.slice(1));
    });

    test("a chain that became a base chain, and a table out of force, show it", () => {
      const shown = listedAfter(
        `nft flush chain bridge csp csp-prerouting`,
        "nft flush map bridge csp csp-from",
        `nft delete chain bridge csp ${vif(1)}`,
        `nft 'add chain bridge csp ${vif(1)} { type filter hook output priority 0; policy drop; }'`,
        "nft 'add table bridge csp { flags dormant; }'",
      );
      expect(shown).toEqual([
        "*bridge",
        ":csp-from -",
        ":csp-prerouting -",
        "-A csp-prerouting flags dormant",
        `:${vif(1)} -`,
        `-A ${vif(1)} type filter hook output priority 0; policy drop;`,
        `-A ${vif(1)} flags dormant`,
      ]);
      const back = nftText("nft.bridge", { chains: [{ chain: "csp-prerouting", before: ["flags dormant"], after: ["drop"] }] });
      expect(listedAfter("nft 'add table bridge csp { flags dormant; }'", `nft -f - <<'@@END'\n${back}@@END`)).toContain(
        "-A csp-prerouting drop",
      );
      expect(listedAfter("nft 'add table bridge csp { flags dormant; }'", `nft -f - <<'@@END'\n${back}@@END`).join()).not.toContain(
        "dormant",
      );
    });

    test("what others put into the table is read as far as it is one of our kinds, over several lines too", () => {
      const ports = Array.from({ length: 40 }, (_, index) => 1000 + 2 * index).join(", ");
      const saved = listedAfter(
        `nft 'add rule bridge csp ${vif(1)} tcp dport { ${ports} } accept comment "}"'`,
        `nft 'add rule bridge csp ${vif(1)} counter packets 5 bytes 7 accept'`,
        `nft 'add counter bridge csp mine'`,
        `nft 'add map bridge csp other { type ipv4_addr : verdict; elements = { 10.0.0.1 : drop } }'`,
        `nft 'add chain bridge csp theirs { comment "with a comment"; }'`,
        `nft 'add table inet csp; add chain inet csp csp-zones { type filter hook prerouting priority -450; policy accept; }'`,
        `nft 'add element bridge csp csp-from { "aaa" : drop, "vif0.0" : accept, "zz" : goto csp-vif-0000000000000001 }'`,
      );
      expect(saved.filter((line) => line.startsWith("*")).sort()).toEqual(["*bridge", "*csp"]);
      expect(saved).toContain(":theirs -");
      expect(saved[saved.indexOf("*csp") + 1]).toBe(":csp-zones -");
      expect(saved.filter((line) => line.startsWith("-A csp-from "))).toEqual([
        '-A csp-from iifname "aaa" drop',
        '-A csp-from iifname "vif0.0" accept',
        '-A csp-from iifname "vif1.0" jump csp-vif-0000000000000001',
        '-A csp-from iifname "zz" goto csp-vif-0000000000000001',
      ]);
      const own = saved.filter((line) => line.startsWith(`-A ${vif(1)} `)).map((line) => line.slice(`-A ${vif(1)} `.length));
      expect(own).toEqual(["drop", `tcp dport { ${ports} } accept comment "}"`, "counter accept"]);
      expect(sameRule("nft", own[2] ?? "", "accept")).toBe(true);
    });

    test("nothing is there: nothing is printed; nft fails: it is said", () => {
      expect(apart(tools, `${saving()}nft_save`)).toBe("");
      expect(saidApart(tools, `${saving()}nft() { return 1; }\nlimit=''\nnft_save`, "")).toContain("@@csp failed nft");
    });
  });
});
