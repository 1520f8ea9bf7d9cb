import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { type Claim, frameChains, frameHooks } from "../../provider/firewall/frame";
import type { ChainPart, Tool } from "../../provider/firewall/kernel";
import { restoreText } from "../../provider/firewall/restore";
import { TREES_AWK } from "../../provider/host/hook/trees-awk";

/** The hook makes in awk what the core makes in TypeScript: chain by chain, rule by rule. */
const AWKS = ["awk", "busybox awk"].filter((awk) => spawnSync("sh", ["-c", `${awk} 'BEGIN { exit 0 }'`]).status === 0);

const READ = `
$1 == "old" { old_port[++olds] = $2; old_vif[olds] = $3 }
$1 == "new" { new_port[++news] = $2; new_vif[news] = $3 }`;

function awk(command: string, program: string, guestPorts: readonly string[], input: string): string {
  const [name = "awk", ...words] = command.split(" ");
  const run = spawnSync(name, [...words, "-v", `guest_ports=${guestPorts.join(" ")}`, `${TREES_AWK}${READ}${program}`], {
    input,
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C" },
  });
  expect(run.stderr).toBe("");
  return run.stdout;
}

const sorted = (claims: readonly Claim[]) => [...claims].sort((a, b) => (a.port < b.port ? -1 : 1));
const lines = (set: string, claims: readonly Claim[]) => sorted(claims).map(({ port, vif }) => `${set} ${port} ${vif}\n`);

/** Chains as a restore text has them. */
function parsed(text: string): { chains: Map<string, string[]>; gone: string[] } {
  const chains = new Map<string, string[]>();
  const gone: string[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith(":")) chains.set(line.slice(1).split(" ")[0] ?? "", []);
    const [, chain = "", rule = ""] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    chains.get(chain)?.push(rule);
    if (line.startsWith("-X ")) gone.push(line.slice(3));
  }
  for (const chain of gone) chains.delete(chain);
  return { chains, gone };
}

const expected = (chains: ChainPart[Tool]) => new Map([...chains].map(([name, rules]) => [name, rules.map(({ text }) => text)]));
const byName = (chains: ReadonlyMap<string, readonly string[]>) => Object.fromEntries([...chains].sort(([a], [b]) => (a < b ? -1 : 1)));

/** What arptables has once the commands are run on it. */
function arp(commands: string, chains: Map<string, string[]>): Map<string, string[]> {
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
    // A chain that others lead to always ends in what drops.
    for (const [name, is] of has)
      if (chains.has(name) && is.length > 0 && name !== "csp-forward" && name !== "csp-to") expect(is.at(-1)).toBe("-j DROP");
  }
  return has;
}

const prefixes = fc.uniqueArray(fc.constantFrom("vif", "tap", "vnet", "vi", "web-"), { minLength: 1, maxLength: 3 });
const port = fc.oneof(
  fc.tuple(fc.nat(300), fc.nat(3)).map(([domain, device]) => `vif${domain}.${device}`),
  fc.nat(120).map((n) => `tap${n}i0`),
  fc.nat(500).map((n) => `vnet${n}`),
  fc.stringMatching(/^(vif|web-|vi)[A-Za-z0-9._-]{0,6}$/),
);
const claims = fc.uniqueArray(fc.record({ port, vif: fc.stringMatching(/^[0-9a-f]{4}$/) }), { selector: (one) => one.port, maxLength: 40 });

describe.each(AWKS)("trees in %s", (command) => {
  test("from nothing: the frame's chains in every tool", () => {
    fc.assert(
      fc.property(prefixes, claims, (guestPorts, is) => {
        const program = `END { plant("new", news, new_port, new_vif)
          printf "%s@@%s@@", restore_text("iptables", "", "new"), restore_text("ip6tables", "", "new")
          printf "%s@@%s", restore_text("ebtables", "", "new"), arp_whole("new") }`;
        const [inet = "", inet6 = "", layer2 = "", arptables = ""] = awk(command, program, guestPorts, lines("new", is).join("")).split(
          "@@",
        );
        const chains = frameChains({ guestPorts }, is);
        expect(byName(parsed(inet).chains)).toEqual(byName(expected(chains.iptables)));
        expect(byName(parsed(inet6).chains)).toEqual(byName(expected(chains.ip6tables)));
        expect(byName(parsed(layer2).chains)).toEqual(byName(expected(chains.ebtables)));
        expect(byName(arp(arptables, new Map()))).toEqual(byName(expected(chains.arptables)));
      }),
      { numRuns: 60 },
    );
  });

  test("from some claims to others: only chains that differ, and all of them", () => {
    fc.assert(
      fc.property(prefixes, claims, claims, fc.integer({ min: 0, max: 40 }), (guestPorts, was, other, kept) => {
        // Most of the old claims stay, as after a plug.
        const fresh = other.slice(0, 5);
        const is = [...was.slice(0, kept).filter(({ port: old }) => !fresh.some(({ port: one }) => one === old)), ...fresh];
        const program = `END { plant("old", olds, old_port, old_vif); plant("new", news, new_port, new_vif)
          printf "%s@@%s@@%s", restore_text("iptables", "old", "new"), restore_text("ebtables", "old", "new"), arp_commands("old", "new") }`;
        const input = [...lines("old", was), ...lines("new", is)].join("");
        const texts = awk(command, program, guestPorts, input).split("@@");
        const before = frameChains({ guestPorts }, was);
        const after = frameChains({ guestPorts }, is);
        for (const [index, tool] of (["iptables", "ebtables"] as const).entries()) {
          const { chains, gone } = parsed(texts[index] ?? "");
          const [old, next] = [expected(before[tool]), expected(after[tool])];
          const result = new Map([...old, ...chains]);
          for (const chain of gone) result.delete(chain);
          expect(byName(result)).toEqual(byName(next));
          for (const [chain, rules] of chains) {
            // A tree is compared as a whole: the receiving side's chain may be written although only the sender's changed.
            const twin = chain.replace(/^csp-(from|to|egress|ingress)-/, "");
            const changed = [...old, ...next].some(
              ([name]) => name.endsWith(`-${twin}`) && JSON.stringify(old.get(name)) !== JSON.stringify(next.get(name)),
            );
            expect([chain, rules, changed]).toEqual([chain, rules, true]);
          }
        }
        expect(byName(arp(texts[2] ?? "", expected(before.arptables)))).toEqual(byName(expected(after.arptables)));
      }),
      { numRuns: 60 },
    );
  });

  test("the rules that lead into the frame", () => {
    const guestPorts = ["vif", "tap"];
    for (const tool of ["iptables", "ebtables", "arptables"] as const) {
      const program = `END { n = hooks_of("${tool}", hook); for (i = n; i >= 1; i--) print hook[i] }`;
      const made = awk(command, program, guestPorts, "").split("\n").filter(Boolean);
      const asked = frameHooks({ guestPorts }).filter((hook) => hook.tool === tool);
      expect([...made].sort()).toEqual(asked.map(({ chain, text }) => `${chain} ${text}`).sort());
    }
  });

  test("text in the tools' own form", () => {
    const program = `END { plant("new", news, new_port, new_vif); plant("old", olds, old_port, old_vif); printf "%s", restore_text("iptables", "old", "new") }`;
    const chain = (name: string, after: readonly string[] | undefined) => ({ chain: name, before: [], after });
    expect(awk(command, program, ["vif"], lines("new", [{ port: "vif1.0", vif: "a" }]).join(""))).toBe(
      restoreText("iptables", {
        chains: [
          chain("csp-egress-vif", ["-m physdev --physdev-in vif1.0 -j csp-out-a", "-j DROP"]),
          chain("csp-ingress-vif", ["-m physdev --physdev-out vif1.0 -j csp-in-a", "-j DROP"]),
        ],
        hooks: [],
      }),
    );
  });
});
