/**
 * Every recorded line of a tool's own words (test/install/cases/dialects.tsv) given to what stands for that tool in the lab: the stand-ins, and this machine's own tools
 * of the versions that they have. So a stand-in is as strict as the real one was, and prints as it did.
 */
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { prepareDebian, putDebian } from "../../lab/eras/debian";
import { buildTools, putTools, STAND_INS, type ToolVersions } from "../../lab/eras/tools";
import { describeWith } from "../support/needs";

interface Line {
  readonly tool: string;
  readonly version: string;
  readonly table: string;
  readonly given: string;
  readonly result: "taken" | "refused" | "kernel";
  readonly words: string;
}

const LINES = fs
  .readFileSync(path.join(__dirname, "../install/cases/dialects.tsv"), "utf8")
  .split("\n")
  .filter((line) => line !== "" && !line.startsWith("#"))
  .slice(1)
  .map((line): Line => {
    const [tool = "", version = "", table = "", given = "", result = "", words = ""] = line.split("\t");
    return { tool, version, table, given, result: result as Line["result"], words };
  });

const of = (tool: string, version: string): Line[] => LINES.filter((line) => line.tool === tool && line.version === version);

/** The result of a line: the tool's exit status, what it printed, and how it prints the rule (rules only). */
interface Outcome {
  readonly status: number;
  readonly said: readonly string[];
  readonly printed: string;
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Shell that does one line: what is to be there before, the line, and how its rule is asked for. */
interface Trial {
  readonly before?: string;
  readonly run: string;
  readonly printed?: string;
}

/** Does all trials in one shell, in a network namespace of their own. `bin`: in front of PATH. */
function outcomes(bin: string, setup: string, trials: readonly Trial[]): Outcome[] {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "csp-dialects-"));
  try {
    const script = trials.map(
      ({ before = ":", run, printed = ":" }) => `{ ${before}; } >/dev/null 2>&1
{ ${run}; } >"$w/said" 2>&1
echo "@@ $?"; cat "$w/said"; echo; echo "@@ printed"; { ${printed}; } 2>&1; echo
`,
    );
    const text = `PATH=${quote(bin)}:/usr/sbin:/usr/bin:/sbin:/bin; export PATH; mount -t tmpfs csp-dialects /run; w=${quote(folder)}\n{ ${setup}; } >/dev/null 2>&1\n${script.join("")}`;
    const { stdout, stderr, status } = spawnSync("unshare", ["--net", "--mount", "sh", "-s"], {
      input: text,
      encoding: "utf8",
      maxBuffer: 1 << 26,
    });
    if (status !== 0 && stdout === "") throw new Error(stderr);
    const parts = stdout.split(/^@@ (?=\d+$)/m).slice(1);
    return parts.map((part) => {
      const [said = "", printed = ""] = part.split(/^@@ printed$/m);
      const [code = "", ...lines] = said.split("\n");
      return {
        status: Number(code),
        said: lines.map((each) => each.trimEnd().replace(/ {2,}/g, " ")).filter(Boolean),
        printed: printed.trim(),
      };
    });
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** The tools of a lab: `bin` has the stand-ins of these versions. */
function installed(program: string, versions: ToolVersions): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "csp-era-"));
  putTools(program, folder, versions, { ebtables: "nft" });
  fs.mkdirSync(path.join(folder, "bin"));
  for (const name of STAND_INS) fs.symlinkSync(path.join(folder, "tools"), path.join(folder, "bin", name));
  return folder;
}

const JUMP = "*filter\\n:t - [0:0]\\n:a - [0:0]\\n-A t -m physdev --physdev-in vif1.0 -j a\\n-A t -j DROP\\n-A a -j ACCEPT\\nCOMMIT\\n";

/** iptables and ip6tables: a rule is put into chain c and saved; commands follow one another. */
function tablesTrial(line: Line): Trial {
  const { tool, table, given } = line;
  if (table !== "command") {
    return {
      before: `${tool} -t ${table} -F c`,
      run: `${tool} -t ${table} -A c ${given}`,
      printed: `${tool}-save -t ${table} | sed -n 's/^-A c //p'; ${tool} -t ${table} -F c`,
    };
  }
  const [command = "", input] = given.split(" <<< ");
  if (input === undefined) return { run: `${tool} ${command}` };
  const restore = (options: string, text: string): string => `printf ${quote(text.replaceAll("%", "%%"))} | ${tool}-restore ${options}`;
  if (!command.startsWith("restore")) {
    return {
      before: `${tool} -F; ${tool} -X; ${restore("--noflush", JUMP)}`,
      run: restore("--noflush", input),
      printed: `${tool}-save -t filter | sed -n '/^-A/p;/^:[a-z]/p'`,
    };
  }
  return {
    before: `${tool} -F; ${tool} -X`,
    run: restore(command.slice("restore".length), input),
    printed: `${tool}-save -t filter | sed -n '/^-A/p;/^:[a-z]/p'`,
  };
}

const TABLES_SETUP = `ipset create set4 hash:net; ipset create set6 hash:net family inet6; ipset -N set4 nethash
  for t in iptables ip6tables; do for table in filter raw; do $t -t $table -N c; $t -t $table -N c2; done; done`;

/** Said only where the tool is older than the kernel, which on a host of its age it is not. */
const TOO_NEW = "Kernel support protocol versions";

/** Random parts of a printed set. */
const CHANCE = / initval 0x[0-9a-f]+/g;

/**
 * Whether what was said begins with the recorded words, which have " | " between lines, and of which the last may be cut short. "Try ..." comes last: it may be on another
 * stream. The order of a set's members is chance.
 */
function says({ tool }: Line, lines: readonly string[], words: string): boolean {
  const hint = (line: string): boolean => line.startsWith("Try ");
  const said = [...lines.filter((line) => !hint(line)), ...lines.filter(hint)];
  if (tool !== "ipset" || words === "") return said.join(" | ").startsWith(words);
  const plain = said.map((line) => line.replace(CHANCE, ""));
  const expected = words
    .replace(CHANCE, "")
    .replace(new RegExp(`${TOO_NEW}.*? \\| `), "")
    .split(" | ");
  const last = expected.length - 1;
  return (
    plain[0]?.startsWith(expected[0] ?? "") === true &&
    expected.every((each, index) => plain.some((line) => (index === last ? line.startsWith(each) : line === each)))
  );
}

/** A line's difference from what was recorded; undefined if there is none. */
function difference(line: Line, { status, said, printed }: Outcome, expected: Pick<Line, "result" | "words"> = line): string | undefined {
  const taken = expected.result === "taken";
  const where = `${line.tool} ${line.version} ${line.table}: ${line.given}`;
  if ((status === 0) !== taken)
    return `${where}\n  expected ${expected.result} (${expected.words}), got status ${status}: ${said.join(" | ")}`;
  const rule = taken && line.table !== "command" && line.tool !== "ipset";
  if (rule && printed !== expected.words) return `${where}\n  expected ${expected.words}\n  printed  ${printed}`;
  if (!rule && !says(line, said, expected.words)) return `${where}\n  expected ${expected.words}\n  said     ${said.join(" | ")}`;
  return undefined;
}

const differences = (
  lines: readonly Line[],
  all: readonly Outcome[],
  expected: (line: Line) => Pick<Line, "result" | "words"> = (line) => line,
) => {
  expect(all).toHaveLength(lines.length);
  return lines.map((line, index) => difference(line, all[index]!, expected(line))).filter((each) => each !== undefined);
};

const words = (result: Line["result"], text = ""): Pick<Line, "result" | "words"> => ({ result, words: text });

/**
 * "kernel" lines: what a host of that age does, whose own kernel speaks what today's does not. Kernels from 2.6.32 on have no revision 0 of conntrack, mark
 * and iprange, so those stay refused in the recorded words.
 */
function atItsTime(line: Line): Pick<Line, "result" | "words"> {
  if (line.result !== "kernel" || !line.version.startsWith("1.3.5")) return line;
  if (/-m (?:conntrack|mark|iprange) /.test(line.given)) return words("refused", line.words);
  const text = line.given.replace(/-([sd]) (\S+)\/24/, "-$1 $2/255.255.255.0");
  return words("taken", line.tool === "ip6tables" ? `-s ::/0 ${text}` : text);
}

/** What nft's ebtables cannot carry on a kernel without its bridge meta expressions, and so no stand-in in front of it: the bridge by name. */
const onNft = (line: Line): Pick<Line, "result" | "words"> =>
  line.given.includes("--logical-in") ? words("refused", "RULE_APPEND failed (Operation not supported)") : line;

describeWith(["root", "go", "nft", "legacy", "debian12"], "every recorded line, given to the lab's stand-ins", () => {
  let early: string;
  let late: string;
  beforeAll(async () => {
    const program = await buildTools();
    early = installed(program, { iptables: "1.3.5", ebtables: "2.0.9", arptables: "0.0.3", ipset: "4.5" });
    late = installed(program, { iptables: "1.4.21", ebtables: "2.0.10", arptables: "0.0.4", ipset: "6.14" });
  });
  afterAll(() => {
    for (const folder of [early, late]) if (folder) fs.rmSync(folder, { recursive: true });
  });
  const bin = (folder: string): string => path.join(folder, "bin");

  test.each(["iptables", "ip6tables"])("%s 1.3.5", (tool) => {
    const lines = of(tool, "1.3.5");
    expect(differences(lines, outcomes(bin(early), TABLES_SETUP, lines.map(tablesTrial)), atItsTime)).toEqual([]);
  });

  test.each(["iptables", "ip6tables"])("%s 1.4.21", (tool) => {
    const lines = of(tool, "1.4.21");
    expect(differences(lines, outcomes(bin(late), TABLES_SETUP, lines.map(tablesTrial)), atItsTime)).toEqual([]);
  });

  const ebtables = (line: Line): Trial => ({
    before: `ebtables -t ${line.table} -F c`,
    run: `ebtables -t ${line.table} -A c ${line.given}`,
    printed: `ebtables -t ${line.table} -L c | sed '1,/^Bridge chain/d'`,
  });
  test.each([
    ["2.0.9", () => early],
    ["2.0.10", () => late],
  ])("ebtables %s", (version, folder) => {
    const lines = of("ebtables", version);
    expect(differences(lines, outcomes(bin(folder()), "ebtables -t nat -N c; ebtables -t nat -N c2", lines.map(ebtables)), onNft)).toEqual(
      [],
    );
  });

  const arptables = (line: Line): Trial => ({
    before: "arptables -F c",
    run: `arptables -A c ${line.given}`,
    printed: `arptables ${line.table.startsWith("-") ? line.table : "-nL"} | sed '1,/^Chain c /d;/^$/,$d;s/ $//'`,
  });
  test.each([
    ["0.0.3", () => early],
    ["0.0.4", () => late],
  ])("arptables %s", (version, folder) => {
    const lines = of("arptables", version);
    expect(differences(lines, outcomes(bin(folder()), "arptables -N c2; arptables -N c", lines.map(arptables)))).toEqual([]);
  });

  /** Sets are made, filled, shown and removed line by line, as the lines were recorded. */
  const sets = (line: Line): Trial => {
    const [command, input] = line.given.split(" <<< ");
    const clean = "ipset -X r1; ipset -X r2";
    return input === undefined ? { run: `ipset ${command}` } : { before: clean, run: `printf -- ${quote(input)} | ipset ${command}` };
  };

  // The recorded kernel spoke no protocol 4. A host of that age does; what its own tool says then is upstream's source (ipset 4.5).
  const WITH_MODULE: Readonly<Record<string, Pick<Line, "result" | "words">>> = {
    "-N s14 ipporthash": words("refused", "ipset v4.5: Need to specify --from and --to, or --network"),
    "-A s12 10.0.0.5": words("refused", "ipset v4.5: Missing cidr from `10.0.0.5'"),
    "-S s1": words("refused", "ipset v4.5: Unknown set"),
    "-T s1 10.0.0.7": words("refused", "ipset v4.5: Unknown set"),
    "-W s12 s13": words("refused", "ipset v4.5: Sets with different types cannot be swapped"),
    "-L -n": words(
      "taken",
      "Name: s12 | Type: nethash | References: 0 | Header: hashsize: 1024 probes: 4 resize: 50 | Members: | 10.0.0.0/8",
    ),
    "-S": words("taken", "# Generated by ipset 4.5 on "),
    "-S s12": words("taken", "# Generated by ipset 4.5 on "),
    "-R <<< create r1 hash:net\\nadd r1 10.0.0.0/8\\n": words("refused", "ipset v4.5: Line 1 does not start as a valid restore command"),
  };
  test("ipset 4.5", () => {
    const lines = of("ipset", "4.5");
    const expected = (line: Line) => (line.result === "kernel" ? (WITH_MODULE[line.given] ?? words("taken")) : line);
    expect(differences(lines, outcomes(bin(early), ":", lines.map(sets)), expected)).toEqual([]);
  });

  test("ipset 6.14", () => {
    const lines = of("ipset", "6.14");
    expect(differences(lines, outcomes(bin(late), ":", lines.map(sets)))).toEqual([]);
  });

  /** This machine's own tools, by their usual names. */
  function own(variant: "legacy" | "nft"): string {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "csp-own-"));
    const link = (name: string, program: string) => fs.symlinkSync(`/usr/sbin/${program}`, path.join(folder, name));
    for (const suffix of ["", "-save", "-restore"]) {
      for (const tool of ["iptables", "ip6tables"]) link(`${tool}${suffix}`, `${tool}-${variant}${suffix}`);
      link(`ebtables${suffix}`, `ebtables-nft${suffix}`);
    }
    link("arptables", "arptables-legacy");
    link("ipset", "ipset");
    return folder;
  }
  // The trials are correct only if the real tools pass them.
  describe.each(["this machine's", "Debian 13's"] as const)("and to %s real tools, as far as they have been recorded", (whose) => {
    let folders: Record<"legacy" | "nft", string>;
    beforeAll(async () => {
      if (whose === "this machine's") {
        folders = { legacy: own("legacy"), nft: own("nft") };
        return;
      }
      await prepareDebian("trixie");
      const put = (backend: "legacy" | "nft"): string => {
        const folder = fs.mkdtempSync(path.join(os.tmpdir(), "csp-own-"));
        putDebian(folder, "trixie", { backend, ebtables: "nft" });
        return folder;
      };
      folders = { legacy: put("legacy"), nft: put("nft") };
    }, 300_000);
    afterAll(() => {
      for (const folder of Object.values(folders ?? {})) fs.rmSync(folder, { recursive: true });
    });
    const recorded = (tool: string, variant: "legacy" | "nft", suffix = ""): Line[] => {
      const version = /v?(\d[\d.]+)/.exec(spawnSync(path.join(folders[variant], tool), ["-V"], { encoding: "utf8" }).stdout)?.[1] ?? "";
      return of(tool, `${version}${suffix}`);
    };
    test.each([
      ["iptables", "legacy"],
      ["ip6tables", "legacy"],
      ["iptables", "nft"],
      ["ip6tables", "nft"],
    ] as const)("%s, %s", (tool, variant) => {
      const lines = recorded(tool, variant, `-${variant}`);
      // Of 1.8.11, nft's alone were recorded.
      expect(lines.length > 0).toBe(whose === "this machine's" || variant === "nft");
      if (lines.length > 0) expect(differences(lines, outcomes(folders[variant], TABLES_SETUP, lines.map(tablesTrial)))).toEqual([]);
    });
    test("ebtables", () => {
      const lines = recorded("ebtables", "nft", "-nft");
      expect(lines.length).toBeGreaterThan(0);
      expect(differences(lines, outcomes(folders.nft, "ebtables -t nat -N c; ebtables -t nat -N c2", lines.map(ebtables)))).toEqual([]);
    });
    test("arptables", () => {
      const lines = recorded("arptables", "legacy");
      expect(lines.length).toBeGreaterThan(0);
      expect(differences(lines, outcomes(folders.legacy, "arptables -N c2; arptables -N c", lines.map(arptables)))).toEqual([]);
    });
    test("ipset", () => {
      const lines = recorded("ipset", "legacy");
      expect(lines.length).toBeGreaterThan(0);
      expect(differences(lines, outcomes(folders.legacy, ":", lines.map(sets)))).toEqual([]);
    });
  });

  test("there is no line that none of these is for", () => {
    const here = [
      "0.0.3",
      "0.0.4",
      "0.0.5",
      "1.3.5",
      "1.4.21",
      "1.8.11-nft",
      "1.8.9-legacy",
      "1.8.9-nft",
      "2.0.10",
      "2.0.9",
      "4.5",
      "6.14",
      "7.17",
      "7.22",
    ];
    expect([...new Set(LINES.map(({ version }) => version))].sort()).toEqual(here);
  });
});
