import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { buildInstaller, type Outcome } from "../../../lab/installer";
import { lintAnswerfile } from "../../../provider/install/answerfile/lint";
import { productOf, TARGETS, type Target } from "../../../provider/install/targets";
import { describeWith } from "../../support/needs";
import { document, elementsFor, STATIC } from "../sample";

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

describeWith(["root", "netboot"], "the lab's installer and csp lint, written apart, about the same answerfiles", () => {
  const folder = mkdtempSync(join(tmpdir(), "csp-agreement-"));
  const installer = join(folder, "installer");
  beforeAll(() => buildInstaller(installer), 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function verdict({ target, text }: Sample): Outcome {
    const [release, file] = [join(folder, "release.json"), join(folder, "answers.xml")];
    writeFileSync(release, JSON.stringify({ target, product: productOf(target), csp: true }));
    writeFileSync(file, text);
    const said = execFileSync(installer, ["check", release, file], { encoding: "utf8" });
    return JSON.parse(/^csp-installer: (.*)$/m.exec(said)?.[1] ?? "null") as Outcome;
  }

  test("what lets an installation go through has no error that stops one; what stops it is among the findings, in the same words", () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const errors = lintAnswerfile(Buffer.from(sample.text), { target: sample.target }).filter(({ severity }) => severity === "error");
        const { result, rule, path = "", line, message = "" } = verdict(sample);
        if (result === "installed") {
          // What lint refuses beyond: words of another version, which installers skip; addresses, which they find out about later.
          expect(errors.filter((error) => !["E8", "E9"].includes(error.rule))).toEqual([]);
          return;
        }
        const same = errors.find((error) => error.rule === rule && error.path === path && error.message.includes(message));
        expect(same ?? errors).toMatchObject({ rule, path });
        if (rule !== "E1") expect(same?.line).toBe(line);
      }),
      { numRuns: 400 },
    );
  });
});
