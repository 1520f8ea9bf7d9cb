import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { remotePart } from "../support/remote";

const TABLES_SHELL = remotePart("tables.sh");

/** What `ebtables -t nat -L --Lc` of 2.0.11 prints (kept from a real host), and the partial text a transaction makes. */
const LISTING = `Bridge table: nat

Bridge chain: PREROUTING, entries: 2, policy: ACCEPT
-s 2:16:3e:0:0:9 -j DROP , pcnt = 3 -- bcnt = 144
-i vif+ -j csp-from-vif, pcnt = 5 -- bcnt = 6

Bridge chain: OUTPUT, entries: 0, policy: ACCEPT

Bridge chain: POSTROUTING, entries: 1, policy: DROP
-o eth9 -j ACCEPT , pcnt = 0 -- bcnt = 0

Bridge chain: csp-from-vif, entries: 1, policy: RETURN
-j DROP , pcnt = 0 -- bcnt = 0

Bridge chain: foreign, entries: 3, policy: DROP
--log-level notice --log-prefix "a b  c" --log-ip -j CONTINUE , pcnt = 0 -- bcnt = 0
-p 802_1Q --vlan-id 7 -j mark --mark-set 0x5 --mark-target ACCEPT, pcnt = 0 -- bcnt = 0
--among-src 0:16:3e:77:0:c=10.0.0.1,0:16:3e:77:0:d, -j DROP , pcnt = 18446744073709551615 -- bcnt = 1
`;

let folder: string;
/** Every awk of this machine, under the name that the script calls. */
const awks: string[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "csp-ebtables-"));
  for (const name of ["mawk", "gawk", "original-awk", "busybox"]) {
    const { stdout, status } = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" });
    if (status !== 0) continue;
    const place = mkdtempSync(join(folder, `${name}-`));
    symlinkSync(stdout.trim(), join(place, "awk"));
    awks.push(place);
  }
  expect(awks.length).toBeGreaterThan(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The output, which must be the same from every awk. */
function shell(script: string, input: string): Ran {
  const all = awks.map((place) => {
    const PATH = `${place}:${process.env.PATH}`;
    const { status, stdout, stderr } = spawnSync("sh", ["-c", `${TABLES_SHELL}${script}`], { input, encoding: "utf8", env: { PATH } });
    return { status, stdout, stderr };
  });
  for (const one of all) expect(one).toEqual(all[0]);
  return all[0] as Ran;
}

function merge(partial: string, listing = LISTING, table = "nat"): Ran {
  const file = join(folder, "partial");
  writeFileSync(file, partial);
  return shell(`eb_merge ${table} '${file}'`, listing);
}

test("a change of csp leaves every chain, rule, policy and counter of others unchanged", () => {
  const { status, stdout } = merge(`*nat
:csp-from-vif ACCEPT
:csp-vif-1 ACCEPT
-A csp-from-vif -i vif1.0 -j csp-vif-1
-A csp-from-vif -j DROP
-A csp-vif-1 -s ! 02:00:00:00:00:01 -j DROP
-D PREROUTING -i vif+ -j csp-from-vif
-I PREROUTING 1 -i vif+ -j csp-from-vif
`);
  expect(status).toBe(0);
  expect(stdout).toBe(`*nat
:PREROUTING ACCEPT
:OUTPUT ACCEPT
:POSTROUTING DROP
:csp-from-vif RETURN
:foreign DROP
:csp-vif-1 RETURN
-A PREROUTING -i vif+ -j csp-from-vif
-A PREROUTING -s 2:16:3e:0:0:9 -j DROP -c 3 144
-A POSTROUTING -o eth9 -j ACCEPT -c 0 0
-A csp-from-vif -i vif1.0 -j csp-vif-1
-A csp-from-vif -j DROP
-A foreign --log-level notice --log-prefix "a b  c" --log-ip -j CONTINUE -c 0 0
-A foreign -p 802_1Q --vlan-id 7 -j mark --mark-set 0x5 --mark-target ACCEPT -c 0 0
-A foreign --among-src 0:16:3e:77:0:c=10.0.0.1,0:16:3e:77:0:d, -j DROP -c 18446744073709551615 1
-A csp-vif-1 -s ! 02:00:00:00:00:01 -j DROP
# whole
`);
});

test("broute has one built-in chain, and is a table all the same", () => {
  // As 2.0.11 lists it, from a kernel that has it.
  const listing = "Bridge table: broute\n\nBridge chain: BROUTING, entries: 0, policy: ACCEPT\n";
  const { status, stdout } = merge(
    "*broute\n:csp-user-r RETURN\n-A csp-user-r -p IPv6 -j DROP\n-I BROUTING 1 -j csp-user-r\n",
    listing,
    "broute",
  );
  expect([status, stdout]).toEqual([
    0,
    "*broute\n:BROUTING ACCEPT\n:csp-user-r RETURN\n-A BROUTING -j csp-user-r\n-A csp-user-r -p IPv6 -j DROP\n# whole\n",
  ]);
  expect(merge("*broute\n:csp-a RETURN\n", "", "broute").status).toBe(1);
});

test("a removed chain is gone with its rules", () => {
  const { stdout } = merge("*nat\n:csp-from-vif ACCEPT\n-D PREROUTING -i vif+ -j csp-from-vif\n-X csp-from-vif\n");
  expect(stdout).not.toContain("csp-");
  expect(stdout.match(/^-A /gm)).toHaveLength(5);
});

test.each([
  ["a rule that is not there", "-D PREROUTING -i tap+ -j csp-from-tap", "chain PREROUTING has no rule -i tap+ -j csp-from-tap"],
  ["a place that is not there", "-I PREROUTING 4 -j DROP", "no position 4 in chain PREROUTING"],
  ["a chain that is not there", "-A csp-nowhere -j DROP", "no position 1 in chain csp-nowhere"],
  ["a chain that still has rules", "-X foreign", "cannot do -X foreign"],
  ["what it does not know", "-F foreign", "cannot do -F foreign"],
])("%s is refused, and nothing is printed", (_, line, problem) => {
  expect(merge(`*nat\n${line}\n`)).toEqual({ status: 1, stdout: "", stderr: `ebtables: ${problem}\n` });
});

test.each([
  ["nothing", ""],
  ["a tool that failed half-way", LISTING.slice(0, 60)],
  ["something else", "The kernel doesn't support the ebtables 'nat' table.\n"],
])("%s is not a listing", (_, listing) => {
  const { status, stdout } = merge("*nat\n:csp-a ACCEPT\n", listing);
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
});

test("the policy of a chain of csp shows as its last rule; that of others' chains does not", () => {
  const listing = LISTING.replace("csp-from-vif, entries: 1, policy: RETURN", "csp-from-vif, entries: 1, policy: ACCEPT");
  // The listing takes the place of the tool's output; the rest is the script itself.
  const script = "ebtables=legacy; eb_loaded() { :; }; eb_list() { cat; }; eb_save nat";
  expect(shell(script, LISTING).stdout).toContain("-A csp-from-vif -j DROP\n-A foreign --log-level");
  expect(shell(script, listing).stdout).toContain("-A csp-from-vif -j DROP\n-A csp-from-vif -j ACCEPT\n-A foreign --log-level");
});

test("the part of a table that belongs to others is the same with our chains anywhere in it and without them", () => {
  const ours = /Bridge chain: csp-from-vif.*\n.*\n\n/.exec(LISTING)?.[0] ?? "";
  const file = join(folder, "listing");
  const foreign = (listing: string) => {
    writeFileSync(file, listing);
    return shell(`eb_foreign '${file}'`, "").stdout;
  };
  const without = LISTING.replace(ours, "")
    .replace(/^-i vif\+ .*\n/m, "")
    .replace("entries: 2", "entries: 1");
  expect(foreign(LISTING)).toBe(foreign(without));
  expect(foreign(`${LISTING}\n${ours}`)).toBe(foreign(without));
  expect(foreign(LISTING).split("\n")).toHaveLength(4 + 5 + 1);
  expect(foreign(LISTING.replace("foreign, entries: 3, policy: DROP", "foreign, entries: 3, policy: ACCEPT"))).not.toBe(foreign(without));
});

/** A table as chains of rules; the model that the script's awk is held against. */
type Table = Map<string, string[]>;

const listingOf = (table: Table): string =>
  `Bridge table: nat\n\n${[...table]
    .map(([chain, rules]) => {
      const policy = chain.startsWith("csp-") ? "RETURN" : "ACCEPT";
      const lines = rules.map((rule, index) => `${rule} , pcnt = ${index} -- bcnt = ${index * 60}\n`);
      return `Bridge chain: ${chain}, entries: ${rules.length}, policy: ${policy}\n${lines.join("")}`;
    })
    .join("\n")}`;

test("any sequence of changes gives the table that a partial restore would", () => {
  const rule = fc.stringMatching(/^(-p (IPv4|ARP|0x88b5) )?(-s ! 2:0:0:0:0:[1-9a-f] )?-j (DROP|ACCEPT|csp-x)$/);
  const rules = fc.array(rule, { maxLength: 4 });
  const tables = fc.record({ PREROUTING: rules, OUTPUT: rules, POSTROUTING: rules, others: rules, "csp-a": rules, "csp-b": rules });
  const change = fc.oneof(
    fc.record({ kind: fc.constant("write" as const), chain: fc.constantFrom("csp-a", "csp-b", "csp-new"), rules }),
    fc.record({ kind: fc.constant("insert" as const), chain: fc.constantFrom("PREROUTING", "others"), at: fc.nat(8), rule }),
    fc.record({ kind: fc.constant("delete" as const), chain: fc.constantFrom("PREROUTING", "others"), at: fc.nat(8) }),
    fc.record({ kind: fc.constant("remove" as const), chain: fc.constantFrom("csp-a", "csp-b") }),
  );
  fc.assert(
    fc.property(tables, fc.array(change, { maxLength: 6 }), (start, changes) => {
      const table: Table = new Map(Object.entries(start).map(([chain, list]) => [chain, [...list]]));
      const listing = listingOf(table);
      const partial = ["*nat"];
      for (const one of changes) {
        const there = table.get(one.chain);
        if (one.kind === "write") {
          partial.push(`:${one.chain} ACCEPT`, ...one.rules.map((text) => `-A ${one.chain} ${text}`));
          table.set(one.chain, [...one.rules]);
        } else if (one.kind === "remove" && there !== undefined) {
          // A name is not used again after its chain was removed, as in a plan.
          if (changes.filter(({ chain }) => chain === one.chain).length > 1) continue;
          partial.push(`:${one.chain} ACCEPT`, `-X ${one.chain}`);
          table.delete(one.chain);
        } else if (one.kind === "insert" && there !== undefined) {
          const at = one.at % (there.length + 1);
          partial.push(`-I ${one.chain} ${at + 1} ${one.rule}`);
          there.splice(at, 0, one.rule);
        } else if (one.kind === "delete" && there !== undefined && there.length > 0) {
          const text = there[one.at % there.length] ?? "";
          partial.push(`-D ${one.chain} ${text}`);
          there.splice(there.indexOf(text), 1);
        }
      }
      const { status, stdout } = merge(`${partial.join("\n")}\n`, listing);
      expect(status).toBe(0);
      const printed: Table = new Map();
      for (const line of stdout.split("\n")) {
        const [, header] = /^:(\S+) /.exec(line) ?? [];
        if (header !== undefined) printed.set(header, []);
        const [, chain = "", text = ""] = /^-A (\S+) (.*?)(?: -c \d+ \d+)?$/.exec(line) ?? [];
        if (chain !== "") printed.get(chain)?.push(text);
      }
      expect(Object.fromEntries(printed)).toEqual(Object.fromEntries(table));
    }),
    { numRuns: 60 },
  );
});
