import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { type Frame, frameChains, frameTemplates } from "../../provider/firewall/compile/frame";
import { type Bridge, type Claim, formatTemplates, plant, type Templates } from "../../provider/firewall/compile/templates";
import { type ChainPart, chainsIn, PLANES, TABLES, type Table } from "../../provider/firewall/model/kernel";
import { comesBy, DROP, jump, leavesBy, rule } from "../../provider/firewall/model/rule";
import { nftText } from "../../provider/firewall/planes/nft/restore";
import { isNft } from "../../provider/firewall/planes/nft/tables";
import { printerOf } from "../../provider/firewall/planes/print";
import { restoreText } from "../../provider/firewall/planes/xtables/restore";
import { remotePart } from "../support/remote";

/** The hook's awk makes the same chains and rules as the core's TypeScript. */
const AWKS = ["mawk", "gawk", "original-awk", "busybox awk"].filter(
  (awk) => spawnSync("sh", ["-c", `${awk} 'BEGIN { exit 0 }'`]).status === 0,
);

const READ = `
mode == "claims" && $2 == "port" { n = ++count[$1]; list_port[$1, n] = $3; list_vif[$1, n] = $4; list_traits[$1, n] = $5 }
mode == "claims" && $2 == "bridge" { b = ++sites[$1]; list_site[$1, b] = $3; list_mac[$1, b] = $4; list_zone[$1, b] = $5 }
function grown(set,   i, p, v, t, s, m, z) {
  for (i = 1; i <= count[set]; i++) { p[i] = list_port[set, i]; v[i] = list_vif[set, i]; t[i] = list_traits[set, i] }
  for (i = 1; i <= sites[set]; i++) { s[i] = list_site[set, i]; m[i] = list_mac[set, i]; z[i] = list_zone[set, i] }
  plant(set, count[set] + 0, p, v, t, sites[set] + 0, s, m, z)
}`;

interface Ground {
  readonly claims: readonly Claim[];
  readonly bridges: readonly Bridge[];
}

const folder = mkdtempSync(join(tmpdir(), "csp-plant-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Text of each table that leads from `was` to `is`; without `was`, all of it. */
function awk(command: string, templates: Templates, is: Ground, was?: Ground): Map<Table, string> {
  const file = join(folder, "templates");
  writeFileSync(file, formatTemplates(templates, TABLES));
  const [name = "awk", ...words] = command.split(" ");
  const program = `${remotePart("plant.awk")}${READ}
    END { ${was === undefined ? "" : 'grown("old");'} grown("new")
      for (k = 1; k <= tables; k++) printf "@@%s\\n%s", table_of[k], table_text(table_of[k], "${was === undefined ? "" : "old"}", "new", "") }`;
  const run = spawnSync(name, [...words, program, "mode=templates", file, "mode=claims", "-"], {
    input: `${linesOf("old", was)}${linesOf("new", is)}`,
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  expect(run.stderr).toBe("");
  return new Map(
    run.stdout
      .split("@@")
      .slice(1)
      .map((text) => [text.slice(0, text.indexOf("\n")) as Table, text.slice(text.indexOf("\n") + 1)] as const),
  );
}

function linesOf(set: string, ground: Ground | undefined): string {
  if (ground === undefined) return "";
  const by = <T>(list: readonly T[], key: (one: T) => string) => [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return [
    ...by(ground.claims, ({ port }) => port).map(({ port, vif, traits }) => `${set} port ${port} ${vif} ${traits.join(",") || "-"}\n`),
    ...by(ground.bridges, ({ name }) => name).map(({ name, mac, zone }) => `${set} bridge ${name} ${mac} ${zone}\n`),
  ].join("");
}

type Chains = Map<string, readonly string[]>;

const chainsOf = (part: ChainPart, table: Table): Chains =>
  new Map([...chainsIn(part, table)].map(([name, rules]) => [name, rules.map(({ text }) => text)]));
const byName = (chains: Chains) => Object.fromEntries([...chains].sort(([a], [b]) => (a < b ? -1 : 1)));

/** A table after a restore text was committed on it. The text may write only chains that differ. */
function restored(text: string, before: Chains): Chains {
  const chains = new Map<string, string[]>();
  const gone: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith(":")) chains.set(line.slice(1).split(" ")[0] ?? "", []);
    const [, chain = "", rule = ""] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    chains.get(chain)?.push(rule);
    if (line.startsWith("-X ")) gone.push(line.slice(3));
  }
  for (const [chain, rules] of chains) expect([chain, before.get(chain)]).not.toEqual([chain, rules]);
  const result: Chains = new Map([...before, ...chains]);
  for (const chain of gone) expect(result.delete(chain)).toBe(true);
  return result;
}

/** The chains of arptables after the commands were run. */
function arp(commands: string, chains: Chains): Chains {
  const has = new Map([...chains].map(([name, rules]) => [name, [...rules]]));
  for (const line of commands.split("\n").filter(Boolean)) {
    const [word = "", ...rest] = line.split(" ");
    const chain = (word === "a" ? rest[1] : rest[0]) ?? "";
    const rules = has.get(chain) ?? [];
    if (word === "made") has.set(chain, rules);
    else if (word === "behind") rules.splice(Number(rest[1]) - 1);
    else if (rest[0] === "-N") {
      expect(has.has(chain)).toBe(false);
      has.set(chain, []);
    } else if (rest[0] === "-A") rules.push(rest.slice(2).join(" "));
    else if (rest[0] === "-I") rules.splice(Number(rest[2]) - 1, 0, rest.slice(3).join(" "));
    else if (rest[0] === "-D") {
      const at = rules.indexOf(rest.slice(2).join(" "));
      expect(at).toBeGreaterThanOrEqual(0);
      rules.splice(at, 1);
    } else if (rest[0] === "-F") rules.length = 0;
    else if (rest[0] === "-X") {
      expect([...has.values()].flat().some((rule) => rule.endsWith(` ${chain}`))).toBe(false);
      has.delete(chain);
    }
    // A chain of a tree that other chains lead to always ends in a drop.
    for (const [name, is] of has) if (chains.has(name) && is.length > 0 && /^csp-(from|to)-/.test(name)) expect(is.at(-1)).toBe("-j DROP");
  }
  return has;
}

/** nft's own text, as the planner has it for the same chains. */
function nft(table: "nft.csp" | "nft.bridge", is: Chains, was: Chains = new Map()): string {
  const chains = [...is]
    .map(([chain, after]) => ({ chain, before: was.get(chain), after }))
    .filter(({ before, after }) => JSON.stringify(before) !== JSON.stringify(after));
  // Whatever is in a map that the hook makes goes.
  return chains.length === 0 ? "" : nftText(table, { chains }).replace(/^add map (\S+ \S+ \S+) .*$/gm, "$&\nflush map $1");
}

const prefixes = fc.uniqueArray(fc.constantFrom("vif", "tap", "vnet", "vi", "web-"), { minLength: 1, maxLength: 3 });
const port = fc.oneof(
  fc.tuple(fc.nat(300), fc.nat(3)).map(([domain, device]) => `vif${domain}.${device}`),
  fc.nat(40).map((domain) => `vif${domain}.0-emu`),
  fc.nat(120).map((n) => `tap${n}i0`),
  fc.nat(500).map((n) => `vnet${n}`),
  fc.constantFrom("web1-lan", "veth100i0", "port7"),
  fc.stringMatching(/^(vif|web-|vi)[A-Za-z0-9._-]{0,6}$/),
);
const claims = fc.uniqueArray(
  fc.record({
    port,
    vif: fc.stringMatching(/^[0-9a-f]{4}$/),
    traits: fc.constantFrom<Claim["traits"]>([], ["rcv"], ["rcv", "pin"], ["pin"]),
  }),
  { selector: (one) => one.port, maxLength: 40 },
);
const bridges = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom("xenbr0", "xenbr1", "br-lan", "vmbr0", "fwbr100i0"),
    mac: fc.constantFrom("02:00:00:00:ff:01", "02:00:00:00:ff:02"),
    zone: fc.integer({ min: 50001, max: 65535 }),
  }),
  { selector: ({ name }) => name, maxLength: 4 },
);
const frames = fc.record({
  guestPorts: prefixes,
  zones: fc.constantFrom<Frame["zones"]>("nft", "raw", undefined),
  pins: fc.boolean(),
  print: fc.constantFrom(...PLANES.map((plane) => printerOf([], plane))),
}) as fc.Arbitrary<Frame>;

describe.each(AWKS)("templates planted by %s", (command) => {
  test("from nothing: every chain of the frame in every table", () => {
    fc.assert(
      fc.property(frames, claims, bridges, (frame, one, two) => {
        const texts = awk(command, frameTemplates(frame), { claims: one, bridges: two });
        const chains = frameChains(frame, one, two);
        for (const table of TABLES) {
          const [is, text] = [chainsOf(chains, table), texts.get(table) ?? ""];
          if (isNft(table)) expect(text).toBe(nft(table, is));
          else if (table === "arptables.filter") expect(byName(arp(text, new Map()))).toEqual(byName(is));
          else expect(byName(restored(text, new Map()))).toEqual(byName(is));
        }
      }),
      { numRuns: 60 },
    );
  });

  test("from some ports and bridges to others: exactly the chains that differ", () => {
    fc.assert(
      fc.property(frames, claims, claims, bridges, bridges, fc.integer({ min: 0, max: 40 }), (frame, was, other, sites, newSites, kept) => {
        // Most of the old claims stay, as they do when one port is plugged in.
        const fresh = other.slice(0, 5);
        const is = [...was.slice(0, kept).filter(({ port: old }) => !fresh.some(({ port: one }) => one === old)), ...fresh];
        const [before, after] = [
          { claims: was, bridges: sites },
          { claims: is, bridges: newSites },
        ];
        const texts = awk(command, frameTemplates(frame), after, before);
        const [old, next] = [frameChains(frame, was, sites), frameChains(frame, is, newSites)];
        for (const table of TABLES) {
          const [from, to, text] = [chainsOf(old, table), chainsOf(next, table), texts.get(table) ?? ""];
          const same = JSON.stringify(byName(from)) === JSON.stringify(byName(to));
          if (same) expect([table, text]).toEqual([table, ""]);
          else if (isNft(table)) expect(text).toBe(nft(table, to, from));
          else if (table === "arptables.filter") expect(byName(arp(text, from))).toEqual(byName(to));
          else expect(byName(restored(text, from))).toEqual(byName(to));
        }
      }),
      { numRuns: 60 },
    );
  });

  test("any templates: it knows no rules, only where ports and bridges go", () => {
    const port = fc.constantFrom(comesBy("@port"), leavesBy("@port"), comesBy("@vif"));
    const own = fc.record({ matches: fc.tuple(port), verdict: fc.constantFrom(DROP, jump("@vif")) });
    const selector = fc.constantFrom("*" as const, "+rcv" as const, "-rcv" as const, "+pin" as const);
    const template = fc.oneof(
      fc.record({ each: fc.constant("once" as const), rule: fc.constantFrom(rule([], DROP), rule([comesBy("vif+")], jump("x"))) }),
      fc.record({ each: fc.constantFrom("named" as const, "port" as const), of: selector, rule: own }),
      fc.record({
        each: fc.constant("bridge" as const),
        rule: fc.constantFrom(rule([comesBy("@bridge")], jump("@zone")), rule([leavesBy("@bridge")], jump("@mac"))),
      }),
    );
    const table = fc.constantFrom<Table>("iptables.raw", "ip6tables.filter", "ebtables.nat");
    const templates = fc.record({
      prefixes,
      chains: fc.uniqueArray(
        fc.record({ table, chain: fc.constantFrom("csp-a", "csp-b", "csp-c"), rules: fc.array(template, { maxLength: 6 }) }),
        {
          selector: ({ table: of, chain }) => `${of} ${chain}`,
          maxLength: 4,
        },
      ),
      trees: fc.uniqueArray(
        fc.record(
          {
            table,
            root: fc.constantFrom("csp-t", "csp-u"),
            leaves: fc.array(fc.record({ of: selector, rule: own }), { maxLength: 3 }),
            branch: fc.constant(rule([comesBy("@below+")], jump("@chain"))),
            close: fc.constant(rule([], DROP)),
          },
          { requiredKeys: ["table", "root", "leaves", "branch"] },
        ),
        { selector: ({ table: of, root }) => `${of} ${root}`, maxLength: 3 },
      ),
      jumps: fc.constant([]),
      settings: fc.constant([]),
    });
    fc.assert(
      fc.property(templates, claims, bridges, (some, one, two) => {
        const texts = awk(command, some, { claims: one, bridges: two });
        const chains = plant(some, one, two);
        for (const of of TABLES) expect(byName(restored(texts.get(of) ?? "", new Map()))).toEqual(byName(chainsOf(chains, of)));
      }),
      { numRuns: 60 },
    );
  });

  test("text in the tools' own form", () => {
    const claim: Claim = { port: "vif1.0", vif: "a", traits: ["rcv"] };
    const texts = awk(command, frameTemplates({ guestPorts: ["vif"] }), { claims: [], bridges: [] }, { claims: [claim], bridges: [] });
    const chain = (name: string) => ({ chain: name, before: [], after: ["-j DROP"] });
    for (const [table, names] of [
      ["iptables.filter", ["csp-egress-vif", "csp-ingress-vif"]],
      ["ebtables.nat", ["csp-from-vif", "csp-to-vif"]],
    ] as const)
      expect(texts.get(table)).toBe(restoreText(table, { chains: names.map(chain), jumps: [] }));
  });
});
