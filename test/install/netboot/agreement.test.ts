import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { buildInstaller, type Outcome } from "../../../lab/installer";
import { run } from "../../../lab/netns/command";
import { lintAnswerfile } from "../../../provider/install/answerfile/lint";
import { lintBoot } from "../../../provider/install/boot/lint";
import type { Finding } from "../../../provider/install/finding";
import { lintPostInstall } from "../../../provider/install/post-install/lint";
import { layoutOf } from "../../../provider/install/repository/layouts";
import { lintRepository } from "../../../provider/install/repository/lint";
import { describeFolder } from "../../../provider/install/repository/media";
import { meets, parseVersion, TESTS } from "../../../provider/install/repository/product-version";
import { atLeast, productOf, TARGETS, type Target } from "../../../provider/install/targets";
import { describeWith } from "../../support/needs";
import { document, elementsFor, STATIC } from "../sample";
import { cspPack, folderPack, hybridMedia, legacyMedia, modernMedia } from "../support/media";
import { type FileServer, nginx } from "../support/servers";

/** What an element of the sample may be instead, right and wrong. Of what the lab's installer does not do (nfs, clear passwords), nothing. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  "primary-disk": ["", "<primary-disk/>", "<primary-disk>/dev/sda</primary-disk>", "<primary-disk><![CDATA[sda]]></primary-disk>"],
  source: [
    "",
    "<source>http://192.0.2.1/x</source>",
    '<source type="ftp">x</source>',
    '<source type="url"/>',
    '<source type="URL">x</source>',
  ],
  "admin-interface": [
    "",
    STATIC.old,
    STATIC.new,
    STATIC.old.replace(/<gateway>.*<\/gateway>/, ""),
    STATIC.new.replace(/<subnet>.*<\/subnet>/, ""),
    '<admin-interface name="eth0"/>',
    '<admin-interface proto="dhcp"/>',
    '<admin-interface name="eth0" proto="none"/>',
    '<admin-interface name="eth0" proto="none" protov6="autoconf"/>',
    '<admin-interface name="eth0" proto="dhcp" vlan="5000"/>',
    '<admin-interface name="eth0" proto="dhcp" vlan="07"/>',
  ],
  timezone: ["", "<timezone>Nowhere/Land</timezone>"],
  "root-password": ["", '<root-password type="md5">x</root-password>'],
  "network-backend": ["", "<network-backend>vswitch</network-backend>", "<network-backend>bridges</network-backend>"],
  script: [
    "",
    "<script>http://192.0.2.1/x</script>",
    '<script stage="x">http://192.0.2.1/x</script>',
    '<script type="url">http://192.0.2.1/x</script>',
  ],
  hostname: [
    "<hostname>a_b</hostname>",
    "<hostname/>",
    "<hostname>x</hostname",
    "<hostname>&amp;</hostname>",
    "<hostname>&nope;</hostname>",
  ],
};
const ROOTS = ["installation", 'installation mode="fresh"', 'installation mode="Fresh"', "setup", 'installation mode="a" mode="b"'];

interface Sample {
  readonly target: Target;
  readonly text: string;
}

const samples: fc.Arbitrary<Sample> = fc
  .record({
    target: fc.constantFrom(...TARGETS),
    root: fc.constantFrom("installation", "installation", "installation", ...ROOTS),
    changes: fc.uniqueArray(
      fc
        .constantFrom(...Object.keys(OTHERS))
        .chain((name) => fc.record({ name: fc.constant(name), text: fc.constantFrom(...(OTHERS[name] ?? [])) })),
      { maxLength: 3, selector: ({ name }) => name },
    ),
  })
  .map(({ target, root, changes }) => ({
    target,
    text: document({ ...elementsFor(target), ...Object.fromEntries(changes.map(({ name, text }) => [name, text])) }, root),
  }));

/** Arguments of a kernel, right and wrong, each once or twice. */
const lines: fc.Arbitrary<{ readonly target: Target; readonly words: readonly string[] }> = fc.record({
  target: fc.constantFrom(...TARGETS),
  words: fc
    .array(
      fc.oneof(
        fc.constantFrom("install", "answerfile=http://192.0.2.1/a.xml", "rt_answerfile=file:///a.xml", "quiet"),
        fc.constantFrom("eth0", "ALL", "00:16:3E:01:02:03").map((value) => `network_device=${value}`),
        fc.constantFrom("eth1", "all").map((value) => `answerfile_device=${value}`),
        fc
          .constantFrom("Enabled", "disabled", "TRUE", "false", "1", "0", "yes", "No", "force", "if-multiple", "on", "off", "2")
          .map((value) => `device_mapper_multipath=${value}`),
        fc
          .tuple(
            fc.constantFrom("dhcp", "DHCP", "static", "Static"),
            fc.subarray([
              "ip=192.0.2.2",
              "NETMASK=255.255.255.0",
              "gateway=192.0.2.1",
              "dns=192.0.2.3",
              "vlan=7",
              "vlan=5000",
              "nothing",
              "",
            ]),
          )
          .map(([method, parts]) => `network_config=${method}${parts.length === 0 ? "" : `:${parts.join(";")}`}`),
      ),
      { maxLength: 6 },
    )
    .map((words) => ["answerfile=http://192.0.2.1/b.xml", ...words]),
});

/** What somebody's hand does to a published tree, and the release whose installer meets it. */
interface Damage {
  readonly what: string;
  readonly target: Target;
  readonly path: string;
  /** Gives the file's new text; undefined removes it. */
  readonly change: (text: string) => string | undefined;
  /** "" if both find nothing wrong. */
  readonly rule: string;
  /** What lint alone reports, where the installer goes on and something is lost. */
  readonly lost?: string;
}

const gone = () => undefined;
const MAIN = "packages.main/XS-REPOSITORY";
const PACK = "packages.cloud-supp/XS-REPOSITORY";
const ACME = "packages.tool/XS-REPOSITORY";
const LIST = "XS-REPOSITORY-LIST";
const DAMAGES: readonly Damage[] = [
  { what: "the list is missing", target: "6.0", path: LIST, change: gone, rule: "E10" },
  { what: "the list is missing", target: "6.1", path: LIST, change: gone, rule: "E10" },
  { what: "the list is missing", target: "6.2", path: LIST, change: gone, rule: "", lost: "E10" },
  { what: "the list is missing", target: "6.5", path: LIST, change: gone, rule: "", lost: "E10" },
  { what: "the list is missing", target: "7.0", path: LIST, change: gone, rule: "", lost: "E10" },
  { what: "the pack is not listed", target: "5.6", path: LIST, change: () => "packages.transfer-vm\n", rule: "E20" },
  { what: "a listed folder is not there", target: "5.6", path: LIST, change: (text) => `${text}packages.nowhere\n`, rule: "E11" },
  { what: "a folder lacks its packages' list", target: "5.6", path: "packages.linux/XS-PACKAGES", change: gone, rule: "E11" },
  { what: "a description that is no XML", target: "5.6", path: PACK, change: (text) => text.replace("</repository>", ""), rule: "E11" },
  {
    what: "a description without a version",
    target: "5.6",
    path: PACK,
    change: (text) => text.replace(/ version="5.6.100"/, ""),
    rule: "E11",
  },
  { what: "another root", target: "5.6", path: PACK, change: (text) => text.replaceAll("repository", "repo"), rule: "E11" },
  { what: "a package is missing", target: "5.6", path: "packages.linux/templates-debian.tar.bz2", change: gone, rule: "E12" },
  { what: "a package is longer", target: "5.6", path: "packages.main/xapi.tar.bz2", change: (text) => `${text}x`, rule: "E12" },
  { what: "a package is another", target: "6.5", path: "packages.main/xapi.tar.bz2", change: (text) => `${text.slice(1)}x`, rule: "E12" },
  { what: "the pack is for another build", target: "5.6", path: MAIN, change: (text) => text.replace("47101p", "47102p"), rule: "E13" },
  {
    what: "what is required has another name",
    target: "5.6",
    path: PACK,
    change: (text) => text.replace('name="main"', 'name="base"'),
    rule: "E13",
  },
  {
    what: "a required build without its letter",
    target: "5.6",
    path: PACK,
    change: (text) => text.replace("47101p", "47101"),
    rule: "E13",
  },
  { what: "a build without a letter", target: "5.6", path: PACK, change: (text) => text.replace("50867p", "50867"), rule: "" },
  { what: "a build that is no number", target: "5.6", path: PACK, change: (text) => text.replace("50867p", "rc"), rule: "E13" },
  {
    what: "a required version that cannot be compared",
    target: "5.6",
    path: PACK,
    change: (text) => text.replace(/5\.6\.100" build="47101p/, "5.6.x"),
    rule: "E13",
  },
  {
    what: "another root of XS-PACKAGES",
    target: "5.6",
    path: "packages.main/XS-PACKAGES",
    change: (text) => text.replaceAll("packages>", "list>"),
    rule: "",
  },
  {
    what: "a description outside ASCII",
    target: "5.6",
    path: PACK,
    change: (text) => text.replace("<description>", "<description>F\u00c3\u00bcr "),
    rule: "E11",
  },
  {
    what: "a description outside ASCII",
    target: "7.0",
    path: ACME,
    change: (text) => text.replace("<description>", "<description>F\u00c3\u00bcr "),
    rule: "E11",
  },
  { what: "no .treeinfo", target: "7.0", path: ".treeinfo", change: gone, rule: "E17" },
  { what: "another version's .treeinfo", target: "7.0", path: ".treeinfo", change: (text) => text.replace("7.0.0", "7.1.0"), rule: "E17" },
  { what: "no metadata", target: "7.0", path: "repodata/repomd.xml", change: gone, rule: "E17" },
  { what: "a package is missing", target: "7.0", path: "Packages/xenserver-release-7.0.0-125380c.x86_64.rpm", change: gone, rule: "E12" },
  { what: "a pack's package is missing", target: "7.0", path: "packages.tool/tool-1-1.noarch.rpm", change: gone, rule: "E12" },
  { what: "a listed folder is not there", target: "7.0", path: LIST, change: (text) => `${text}packages.nowhere\n`, rule: "E11" },
  {
    what: "a pack for the next version",
    target: "7.0",
    path: ACME,
    change: (text) => text.replace('version="7.0.0"', 'version="7.1"'),
    rule: "E13",
  },
  {
    what: "a pack for the platform's version",
    target: "7.0",
    path: ACME,
    change: (text) => text.replace('"xs" name="main" test="ge" version="7.0.0"', '"xcp" name="main" test="eq" version="2.1.0"'),
    rule: "",
  },
  { what: "a build that 6.0 and later do not look at", target: "6.5", path: MAIN, change: (text) => text.replace("47101p", "1"), rule: "" },
  { what: "no main repository", target: "5.6", path: MAIN, change: (text) => text.replace('name="main"', 'name="base"'), rule: "E18" },
  { what: "a later release's main", target: "5.6", path: MAIN, change: (text) => text.replace('"xs"', '"xcp"'), rule: "E18" },
  { what: "no .treeinfo", target: "8.3", path: ".treeinfo", change: gone, rule: "E17" },
  {
    what: "another version's .treeinfo",
    target: "8.3",
    path: ".treeinfo",
    change: (text) => text.replaceAll("8.3.0", "8.2.1"),
    rule: "E17",
  },
  { what: "a .treeinfo without a product", target: "8.3", path: ".treeinfo", change: () => "[general]\n", rule: "E17" },
  { what: "no metadata", target: "8.3", path: "repodata/repomd.xml", change: gone, rule: "E17" },
  { what: "a package is missing", target: "8.3", path: "Packages/xcp-ng-release-4.17.5-3.x86_64.rpm", change: gone, rule: "E12" },
  {
    what: "a package is another",
    target: "8.3",
    path: "Packages/xcp-ng-release-4.17.5-3.x86_64.rpm",
    change: (text) => `${text.slice(1)}x`,
    rule: "E12",
  },
];

describeWith(["root", "netboot"], "the lab's installer and csp lint, written separately, judge the same files", () => {
  const folder = mkdtempSync(join(tmpdir(), "csp-agreement-"));
  const installer = join(folder, "installer");
  beforeAll(() => buildInstaller(installer), 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function check(target: Target, kind: "answerfile" | "repository" | "script" | "cmdline", what: string): Promise<Outcome> {
    const release = join(folder, "release.json");
    writeFileSync(release, JSON.stringify({ target, product: productOf(target), csp: true }));
    const said = await run([installer, "check", release, kind, what]);
    return JSON.parse(/^csp-installer: (.*)$/m.exec(said)?.[1] ?? "null") as Outcome;
  }
  const errorsOf = (findings: readonly Finding[]) => findings.filter(({ severity }) => severity === "error");
  const sameAs =
    ({ rule, path = "", message = "" }: Outcome) =>
    (error: Finding) =>
      error.rule === rule && error.path === path && error.message.includes(message);

  test("an accepted answerfile has no error that stops an installer; a reason to stop is among the findings, in the same words", async () => {
    const file = join(folder, "answers.xml");
    await fc.assert(
      fc.asyncProperty(samples, async ({ target, text }) => {
        writeFileSync(file, text);
        const errors = errorsOf(lintAnswerfile(Buffer.from(text), { target }));
        const outcome = await check(target, "answerfile", file);
        if (outcome.result === "installed") {
          // What lint refuses beyond: words of another version, which installers skip; addresses, which they find out about later.
          expect(errors.filter((error) => !["E8", "E9"].includes(error.rule))).toEqual([]);
          return;
        }
        const same = errors.find(sameAs(outcome));
        expect(same ?? errors).toMatchObject({ rule: outcome.rule, path: outcome.path ?? "" });
        if (outcome.rule !== "E1") expect(same?.line).toBe(outcome.line);
      }),
      { numRuns: 400 },
    );
  });

  test("a kernel's command line: what stops the installer is found, and so is every argument that it does not read", async () => {
    const file = join(folder, "cmdline");
    await fc.assert(
      fc.asyncProperty(lines, async ({ target, words }) => {
        writeFileSync(file, words.join(" "));
        const text = `LABEL a\nKERNEL mboot.c32\nAPPEND xen.gz --- vmlinuz ${words.join(" ")} --- install.img\n`;
        const findings = lintBoot(Buffer.from(text), { target });
        const rules = (name: string) => findings.filter(({ path }) => path === `a@${name}`).map(({ rule }) => rule);
        const { result, rule, path, options } = await check(target, "cmdline", file);
        if (result !== "installed" && rule !== undefined)
          expect(findings.map((each) => `${each.rule} ${each.path}`)).toContain(`${rule} ${["a", path].filter(Boolean).join("@")}`);
        if (options === undefined) return;
        const last = (name: string) => words.findLast((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
        // A value that installers do not take is refused, and one that they take is not.
        const multipath = last("device_mapper_multipath");
        if (multipath !== undefined) expect(rules("device_mapper_multipath").includes("E3")).toBe(options.multipath === "");
        const config = last("network_config");
        if (config !== undefined && options.device !== "all")
          expect(rules("network_config").includes("E8")).toBe(
            options.config === "" || (config.includes("vlan") && !atLeast(target, "7.1")),
          );
        const device = last("network_device");
        if (device !== undefined && last("answerfile_device") === undefined)
          expect(rules("network_device").includes("E8")).toBe(options.device === "");
      }),
      { numRuns: 300 },
    );
  });

  test("an accepted script has no error; a reason to stop is the same, in the same words", async () => {
    const file = join(folder, "script");
    const firsts = [
      ...["/bin/sh", "/bin/bash", "/usr/bin/python", "/usr/bin/python3", "/usr/bin/env python", "/usr/bin/env python3"],
      ...["/usr/bin/env", "/usr/bin/perl", "/bin/shfoo", "/bin/sh -e", "/usr/bin/env python -u", "/usr/bin/env  python3", " /bin/sh"],
      ...[`${" ".repeat(40)}/bin/sh`, `/bin/bash${" ".repeat(40)}-e`, "", "  "],
    ].map((name) => `#!${name}\n`);
    for (const text of [...firsts, "# /bin/sh\n", ""].map((first) => `${first}[ "$1" = 0 ] || exit 0\n`)) {
      writeFileSync(file, text);
      for (const target of TARGETS) {
        const errors = errorsOf(lintPostInstall(Buffer.from(text), { target }));
        const outcome = await check(target, "script", file);
        // What no installer stops at, and what runs nothing: a first line without an interpreter, on XenServer 9.
        if (target === "xs9") expect([target, outcome.result]).toEqual([target, "installed"]);
        else if (outcome.result === "installed") expect([target, text, errors]).toEqual([target, text, []]);
        else expect([target, text, errors.some(sameAs(outcome))]).toEqual([target, text, true]);
      }
    }
  });

  describe("the tables of both", () => {
    interface Tables {
      readonly layouts: Readonly<Record<Target, object>>;
      readonly answers: readonly string[];
    }
    const tables = async (asked: readonly object[]) => JSON.parse(await run([installer, "tables"], JSON.stringify(asked))) as Tables;

    test("the layout of each version", async () => {
      const { layouts } = await tables([]);
      expect(Object.keys(layouts).sort()).toEqual([...TARGETS].sort());
      for (const target of TARGETS) {
        const { base, packs, withoutList, main, flavours } = layoutOf(target);
        expect([target, layouts[target]]).toEqual([target, { base, packs, withoutList, main, flavours }]);
      }
    });

    test("how versions compare", async () => {
      const atom = fc.constantFrom("0", "5", "6", "100", "007", "47101", "x", "", "-", "+3", " 4", "2147483647", "2147483648", "p");
      const free = fc.array(
        fc.array(atom, { minLength: 1, maxLength: 3 }).map((atoms) => atoms.join("-")),
        { minLength: 1, maxLength: 4 },
      );
      const usual = fc.array(fc.constantFrom("5", "6", "100", "0"), { minLength: 2, maxLength: 3 });
      const version = fc.oneof(free, usual, usual).map((parts) => parts.join("."));
      const build = fc.constantFrom("", "", "47101p", "50867p", "50867", "1", "200p", "p", "rc", " 12p", "+12p");
      const question = fc.record({
        target: fc.constantFrom<Target>("5.6", "5.6", "6.0", "6.5", "7.0"),
        there: version,
        build,
        test: fc.constantFrom(...TESTS),
        required: version,
        requiredBuild: build,
      });
      const asked = fc.sample(question, 5_000);
      const { answers } = await tables(asked);
      const ours = asked.map(({ target, there, build: own, test: kind, required, requiredBuild }) => {
        const [a, b] = [parseVersion(there, own, target), parseVersion(required, requiredBuild, target)];
        if (a === undefined || b === undefined) return "unreadable";
        const met = meets(a, kind, b);
        return met === undefined ? "incomparable" : met ? "yes" : "no";
      });
      expect(asked.flatMap((each, at) => (ours[at] === answers[at] ? [] : [{ ...each, ours: ours[at], theirs: answers[at] }]))).toEqual([]);
      // The sample has all of them.
      expect([...new Set(ours)].sort()).toEqual(["incomparable", "no", "unreadable", "yes"]);
    });
  });

  describe("of a repository that nginx serves", () => {
    const root = join(folder, "www");
    const media = (target: Target) => join(root, target);
    let web: FileServer;
    beforeAll(async () => {
      cspPack(legacyMedia(media("5.6")));
      writeFileSync(join(media("5.6"), LIST), "packages.transfer-vm\npackages.cloud-supp\n");
      for (const [target, version] of [
        ["6.0", "6.0.0"],
        ["6.1", "6.1.0"],
        ["6.2", "6.2.0"],
        ["6.5", "6.5.0"],
      ] as const)
        legacyMedia(media(target), "xcp:main", version);
      cspPack(media("6.0"));
      {
        const path = join(media("6.0"), PACK);
        writeFileSync(
          path,
          readFileSync(path, "utf8")
            .replace(/originator="xs"/g, 'originator="xcp"')
            .replaceAll("5.6.100", "6.0.0"),
        );
      }
      writeFileSync(join(media("6.0"), LIST), "packages.transfer-vm\npackages.cloud-supp\n");
      folderPack(hybridMedia(media("7.0")), "tool", '<requires originator="xs" name="main" test="ge" version="7.0.0"/>');
      writeFileSync(join(media("7.0"), LIST), "packages.tool\n");
      modernMedia(media("8.3"));
      web = await nginx(root);
    }, 60_000);
    afterAll(() => web?.stop());

    /** What both say of a release's media as they are now. */
    async function both(target: Target): Promise<{ errors: readonly Finding[]; outcome: Outcome }> {
      const tree = await describeFolder(media(target), "media", () => {});
      return {
        errors: errorsOf(lintRepository(tree, target, true)),
        outcome: await check(target, "repository", web.url(`/${target}`)),
      };
    }

    test.each(["5.6", "6.0", "6.1", "6.2", "6.5", "7.0", "8.3"] as const)("%s: nothing wrong", async (target) => {
      const { errors, outcome } = await both(target);
      expect(errors).toEqual([]);
      expect(outcome).toMatchObject({ result: "installed", target });
    });

    test.each(DAMAGES)("$target: $what ($rule)", async ({ target, path, change, rule, lost }) => {
      const file = join(media(target), path);
      const kept = readFileSync(file, "latin1");
      const text = change(kept);
      expect(text).not.toBe(kept);
      if (text === undefined) rmSync(file);
      else writeFileSync(file, text, "latin1");
      try {
        const { errors, outcome } = await both(target);
        if (rule === "") {
          expect({ errors: errors.map((error) => error.rule), result: outcome.result }).toEqual({
            errors: lost === undefined ? [] : [lost],
            result: "installed",
          });
          return;
        }
        expect(outcome).toMatchObject({ result: "failed", rule });
        expect(errors.filter(sameAs(outcome))).not.toEqual([]);
      } finally {
        writeFileSync(file, kept, "latin1");
      }
    });
  });
});
