import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { buildInstaller, type Outcome } from "../../../lab/installer";
import { run } from "../../../lab/netns/command";
import { lintAnswerfile } from "../../../provider/install/answerfile/lint";
import { lintBoot } from "../../../provider/install/boot/lint";
import type { Finding } from "../../../provider/install/finding";
import { lintRepository } from "../../../provider/install/repository/lint";
import { describeFolder } from "../../../provider/install/repository/media";
import { atLeast, productOf, TARGETS, type Target } from "../../../provider/install/targets";
import { describeWith } from "../../support/needs";
import { document, elementsFor, STATIC } from "../sample";
import { cspPack, legacyMedia, modernMedia } from "../support/media";
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
  readonly rule: string;
}

const gone = () => undefined;
const MAIN = "packages.main/XS-REPOSITORY";
const PACK = "packages.cloud-supp/XS-REPOSITORY";
const LIST = "XS-REPOSITORY-LIST";
const DAMAGES: readonly Damage[] = [
  { what: "the list is missing", target: "7.0", path: LIST, change: gone, rule: "E10" },
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
  { what: "a package is another", target: "7.0", path: "packages.main/xapi.tar.bz2", change: (text) => `${text.slice(1)}x`, rule: "E12" },
  { what: "the pack is for another build", target: "5.6", path: MAIN, change: (text) => text.replace("47101p", "47102p"), rule: "E13" },
  {
    what: "what is required has another name",
    target: "5.6",
    path: PACK,
    change: (text) => text.replace('name="main"', 'name="base"'),
    rule: "E13",
  },
  { what: "a build that 6.0 and later do not look at", target: "7.0", path: MAIN, change: (text) => text.replace("47101p", "1"), rule: "" },
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

  async function check(target: Target, kind: "answerfile" | "repository" | "cmdline", what: string): Promise<Outcome> {
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

  describe("of a repository that nginx serves", () => {
    const root = join(folder, "www");
    const media = (target: Target) => join(root, target);
    let web: FileServer;
    beforeAll(async () => {
      cspPack(legacyMedia(media("5.6")));
      writeFileSync(join(media("5.6"), LIST), "packages.transfer-vm\npackages.cloud-supp\n");
      legacyMedia(media("7.0"), "xcp:main", "7.0.0");
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

    test.each(["5.6", "7.0", "8.3"] as const)("%s: nothing wrong", async (target) => {
      const { errors, outcome } = await both(target);
      expect(errors).toEqual([]);
      expect(outcome).toMatchObject({ result: "installed", target });
    });

    test.each(DAMAGES)("$target: $what ($rule)", async ({ target, path, change, rule }) => {
      const file = join(media(target), path);
      const kept = readFileSync(file, "latin1");
      const text = change(kept);
      expect(text).not.toBe(kept);
      if (text === undefined) rmSync(file);
      else writeFileSync(file, text, "latin1");
      try {
        const { errors, outcome } = await both(target);
        if (rule === "") {
          expect({ errors, result: outcome.result }).toEqual({ errors: [], result: "installed" });
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
