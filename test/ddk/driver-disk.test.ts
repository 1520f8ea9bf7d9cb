import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createLab, type Lab } from "../../lab/netns";
import type { Context } from "../../provider/host/session/task";
import { lintRepository } from "../../provider/install/repository/lint";
import { describeFolder, readMedia } from "../../provider/install/repository/media";
import { merge } from "../../provider/install/repository/merge";
import { driverDisk } from "../../provider/resources/driver-disk";
import { driverDiskInputs } from "../../provider/resources/driver-disk/fields";
import { createrepo, filesBelow, hybridMedia, legacyMedia, modernMedia } from "../install/support/media";
import { buildRpm, CSP_UNAME, type RpmSpec } from "../install/support/rpms";
import { describeWith } from "../support/needs";

const MINUTES = 60_000;

const driver = (flavour: string, more: Partial<RpmSpec> = {}): RpmSpec => ({
  name: `acme-nic-modules-${flavour}`,
  version: "1.2",
  release: "1",
  arch: "i386",
  files: { [`/lib/modules/${CSP_UNAME}${flavour}/extra/acme.ko`]: `a driver for ${flavour}\n` },
  ...more,
});

describeWith(["root"], "csp.ddk.DriverDisk, built by the real tools", () => {
  let folder: string;
  let xen: string;
  let kdump: string;
  let tool: string;
  const context = {
    hosts: undefined as never,
    owner: "shop/prod disk",
    signal: new AbortController().signal,
    status: () => {},
    warn: () => {},
  } satisfies Context;
  const declared = (more: Record<string, unknown> = {}) =>
    driverDiskInputs.parse({
      path: join(folder, "packs/acme-nic.iso"),
      target: "5.6",
      rpms: [xen, kdump, tool],
      vendorCode: "acme",
      vendor: "Acme, Inc.",
      label: "acme-nic",
      text: "Acme's <NIC> driver",
      version: "1.2.0",
      build: "7p",
      requires: [{ originator: "xs", name: "main", version: "5.6.100", build: "47101p" }],
      ...more,
    });
  const failure = (more: Record<string, unknown>) => driverDisk.create(context, declared(more)).then(() => "nothing failed", String);

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "csp-disk-"));
    process.env.XDG_CACHE_HOME = join(folder, "cache");
    const make = (spec: RpmSpec) => join(folder, buildRpm(folder, spec));
    [xen, kdump] = [make(driver("xen")), make(driver("kdump"))];
    // First by name, last by what it requires.
    tool = make({
      name: "aaa-tool",
      version: "1",
      release: "1",
      files: { "/usr/share/aaa": "tool\n" },
      requires: ["acme-nic-modules-xen"],
    });
  }, MINUTES);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    delete process.env.XDG_CACHE_HOME;
  });

  test(
    "for 5.6: image and checksums on the server, in the order that packages need, valid by every rule of a repository",
    async () => {
      const inputs = declared();
      const { id, outputs } = await driverDisk.create(context, inputs);
      expect(id).toBe(`localhost${inputs.path}`);
      const packs = join(folder, "packs");
      expect(filesBelow(packs)).toEqual([".acme-nic.iso.csp", "acme-nic.iso", "acme-nic.iso.md5", "acme-nic.metadata.md5"]);
      execFileSync("md5sum", ["-c", "acme-nic.iso.md5"], { cwd: packs });
      const { files } = await readMedia(inputs.path);
      expect([...files.keys()].sort()).toEqual(
        ["XS-PACKAGES", "XS-REPOSITORY", basename(tool), basename(kdump), basename(xen), "install.sh"].sort(),
      );
      const list = files.get("XS-PACKAGES")?.text ?? "";
      expect([...list.matchAll(/type="([^"]*)".*>(.*)<\/package>/g)].map(([, type, file]) => [type, file])).toEqual([
        ["driver-rpm", basename(xen)],
        ["rpm", basename(tool)],
        ["driver-rpm", basename(kdump)],
      ]);
      expect(list).toContain(`kernel="${CSP_UNAME}xen"`);
      expect(files.get("XS-REPOSITORY")?.text).toContain("<description>Acme's &lt;NIC&gt; driver</description>");
      const both = Buffer.concat(["XS-REPOSITORY", "XS-PACKAGES"].map((name) => Buffer.from(files.get(name)?.text ?? "")));
      const md5 = execFileSync("md5sum", { input: both, encoding: "utf8" }).split(" ")[0];
      expect(readFileSync(join(packs, "acme-nic.metadata.md5"), "utf8")).toBe(`${md5}\n`);
      const base = await describeFolder(legacyMedia(join(folder, "media")), "media", () => {});
      expect(lintRepository(merge(base, [await readMedia(inputs.path)], "5.6"), "5.6", false)).toEqual([]);
      expect(
        execFileSync("xorriso", ["-indev", inputs.path, "-pvd_info"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
      ).toContain("ACME, INC.");

      // Equal packages, equal image.
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      expect((await driverDisk.update(context, id, { inputs, outputs }, inputs)).sha256).toBe(outputs.sha256);
    },
    MINUTES,
  );

  test(
    "a changed or missing file is reported; import has the declaration; delete leaves nothing",
    async () => {
      const inputs = declared({ path: join(folder, "other/acme-nic.iso") });
      const { id, outputs } = await driverDisk.create(context, inputs);
      const known = { inputs, outputs };
      expect((await driverDisk.read(context, id, known))?.outputs.drift).toEqual([]);
      writeFileSync(inputs.path, "changed");
      unlinkSync(`${inputs.path}.md5`);
      expect((await driverDisk.read(context, id, known))?.outputs.drift).toEqual([
        `${inputs.path} has other content`,
        `${inputs.path}.md5 is not as it was written`,
      ]);
      expect(driverDiskInputs.parse(await driverDisk.recall(context, id))).toEqual(inputs);
      await expect(driverDisk.create({ ...context, owner: "somebody else" }, inputs)).rejects.toThrow("it is published by shop/prod disk");
      await driverDisk.delete(context, id, known);
      expect(filesBelow(join(folder, "other"))).toEqual([]);
      writeFileSync(inputs.path, "not ours");
      await expect(driverDisk.create(context, inputs)).rejects.toThrow("csp did not put there");
    },
    MINUTES,
  );

  test(
    "refused, with the reason: no pair, no flavour, a circle, no RPM, no file",
    async () => {
      const make = (spec: RpmSpec) => join(folder, buildRpm(folder, spec));
      expect(await failure({ rpms: [xen] })).toMatch(/no driver of the same name and version for .*cspkdump/);
      expect(await failure({ rpms: [xen, make(driver("kdump", { version: "1.3" }))] })).toMatch(/no driver of the same name and version/);
      const pae = make({ name: "acme-pae", version: "1", release: "1", files: { "/lib/modules/2.6.32pae/extra/a.ko": "a" } });
      expect(await failure({ rpms: [pae] })).toContain("flavour is neither xen nor kdump");
      const one = make({ name: "one", version: "1", release: "1", requires: ["two"] });
      const two = make({ name: "two", version: "1", release: "1", requires: ["one"] });
      expect(await failure({ rpms: [one, two] })).toMatch(/one-1-1.*requires two-1-1.*requires one-1-1/);
      writeFileSync(join(folder, "text.rpm"), "no rpm");
      expect(await failure({ rpms: [join(folder, "text.rpm")] })).toContain("text.rpm is not an RPM");
      expect(await failure({ rpms: [join(folder, "nowhere.rpm")] })).toContain("it cannot be read");
    },
    MINUTES,
  );

  test.each([
    ["6.5", "3.10.0+2"],
    ["7.0", "3.10.0+10"],
  ] as const)(
    "for %s: one driver for the one kernel, %s, valid by every rule of a repository",
    async (target, kernel) => {
      const rpm = (name: string, of: string) =>
        join(folder, buildRpm(folder, { name, version: "1.2", release: target, files: { [`/lib/modules/${of}/extra/acme.ko`]: of } }));
      const alone = { target, rpms: [rpm("acme-nic-modules", kernel)], build: undefined, requires: [] };
      const inputs = declared({ ...alone, path: join(folder, `${target}/acme-nic.iso`) });
      await driverDisk.create(context, inputs);
      const pack = await readMedia(inputs.path);
      expect(pack.files.get("XS-PACKAGES")?.text).toMatch(`type="driver-rpm"`);
      expect(pack.files.get("XS-PACKAGES")?.text).toContain(`kernel="${kernel}"`);
      const place = join(folder, `media-${target}`);
      const base = await describeFolder(target === "7.0" ? hybridMedia(place) : legacyMedia(place, "xcp:main", "6.5.0"), "media", () => {});
      expect(lintRepository(merge(base, [pack], target), target, true)).toEqual([]);
      // What was built for an older version.
      const product = `XenServer ${target}`;
      expect(
        await failure({ ...alone, rpms: [rpm("acme-nic-modules-xen", "2.6.32.43xen"), rpm("acme-nic-modules-kdump", "2.6.32.43kdump")] }),
      ).toContain(`${product} has no kernel whose name ends in`);
      // The product's own kernel is no driver.
      const kernels = declared({ ...alone, rpms: [rpm("kernel", kernel)], path: join(folder, `${target}/kernel.iso`) });
      await driverDisk.create(context, kernels);
      expect((await readMedia(kernels.path)).files.get("XS-PACKAGES")?.text).toMatch(/type="rpm".* options="-i"/);
    },
    MINUTES,
  );

  test.each([
    ["5.6", { build: "7" }, []],
    ["5.6", { build: "7p" }, []],
    ["6.5", { build: "7" }, []],
    ["5.6", { text: "Für Acme" }, ["text: the installer of XenServer 5.6 SP2 cannot read a description with characters outside ASCII"]],
    ["7.0", { text: "Für Acme" }, ["text: the installer of XenServer 7.0 cannot read a description with characters outside ASCII"]],
    ["8.3", { text: "Für Acme", build: undefined, uuid: undefined }, []],
  ] as const)("what a declaration for %s may say: %j", (target, more, expected) => {
    const found: string[] = [];
    driverDisk.crossCheck?.({ ...declared({ target }), ...more }, (path, problem) => found.push(`${path.join(".")}: ${problem}`));
    expect(found).toEqual(expected);
  });

  test(
    "a pack that is made for another version of the product, by what its RPM requires",
    async () => {
      const place = join(folder, "product");
      const media = modernMedia(join(place, "xcp-ng"));
      buildRpm(join(media, "Packages"), { name: "release", version: "1", release: "1", provides: ["product-version = 8.3.0"] });
      createrepo(media);
      const base = await describeFolder(media, "xcp-ng", () => {});
      const verdict = async (...requires: string[]) => {
        const pack = join(place, requires.join().replace(/\W/g, "_"));
        buildRpm(join(pack, "Packages"), { name: "update-acme", version: "1", release: "1", requires });
        writeFileSync(join(pack, "update.xml"), '<update control="update-acme" name-label="acme" uuid="u" version="1"/>');
        createrepo(pack);
        const merged = merge(base, [await describeFolder(pack, "pack", () => {})], "8.3");
        return lintRepository(merged, "8.3", true).flatMap(({ rule, severity, message }) =>
          severity === "error" ? [`${rule} ${message}`] : [],
        );
      };
      expect(await verdict("product-version = 8.3.0", "anything = 9")).toEqual([]);
      expect(await verdict("product-version >= 8.2", "product-version < 8.4")).toEqual([]);
      expect(await verdict("product-version")).toEqual([]);
      for (const required of ["product-version = 8.2.1", "product-version < 8.3.0", "product-version > 8.3", "platform-version > 3.4.0"]) {
        const found = await verdict(required);
        if (required === "product-version > 8.3") expect(found).toEqual([]);
        else
          expect(found).toEqual([expect.stringMatching(`^E13 it requires ${required}, and these media of XCP-ng 8.3 have (8.3.0|3.4.0)$`)]);
      }
    },
    2 * MINUTES,
  );

  test(
    "for XCP-ng 8.3: a driver disk by its groups, valid by every rule, with its own UUID",
    async () => {
      const rpm = join(
        folder,
        buildRpm(folder, {
          name: "acme-module",
          version: "2.0",
          release: "1",
          arch: "x86_64",
          files: { "/lib/modules/4.19.0+1/updates/acme.ko": "acme\n" },
        }),
      );
      const modern = { target: "8.3", rpms: [rpm], build: undefined, requires: [], version: "2.0", label: "acme-module" };
      const made = await Promise.all(
        ["a", "b"].map(async (name) =>
          driverDisk.create(context, declared({ ...modern, label: `acme-${name}`, path: join(folder, `xcp/${name}.iso`) })),
        ),
      );
      expect(made[0]?.outputs.packUuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(made[0]?.outputs.packUuid).not.toBe(made[1]?.outputs.packUuid);
      const packs = await Promise.all(["a", "b"].map((name) => readMedia(join(folder, `xcp/${name}.iso`))));
      const control = [...(packs[0]?.files.values() ?? [])].find(({ rpm: header }) => header?.name === "update-acme-a");
      expect(control?.rpm?.requires).toContain("acme-module");
      const base = await describeFolder(modernMedia(join(folder, "xcp-ng")), "xcp-ng", () => {});
      const merged = merge(base, packs, "8.3");
      expect(merged.sources).toEqual(["", "packs/acme-a", "packs/acme-b"]);
      expect(lintRepository(merged, "8.3", true)).toEqual([]);
      // The control: one UUID for both breaks the rule.
      const uuid = made[0]?.outputs.packUuid;
      await driverDisk.create(context, declared({ ...modern, label: "acme-c", uuid, path: join(folder, "xcp/c.iso") }));
      const clashing = merge(base, [...packs, await readMedia(join(folder, "xcp/c.iso"))], "8.3");
      expect(lintRepository(clashing, "8.3", true).map(({ rule, path }) => `${rule} ${path}`)).toEqual(["W17 packs/acme-c/update.xml"]);
      // Not a driver disk: the installer of 8.3 would pass over it.
      await driverDisk.create(context, declared({ ...modern, label: "acme-d", driver: false, path: join(folder, "xcp/d.iso") }));
      const plain = merge(base, [await readMedia(join(folder, "xcp/d.iso"))], "8.3");
      expect(lintRepository(plain, "8.3", true).map(({ rule }) => rule)).toEqual(["W22"]);
    },
    MINUTES,
  );

  describe("install.sh on a host", () => {
    let lab: Lab;
    beforeAll(async () => {
      lab = await createLab({ name: `disk-${process.pid}`, hosts: [{ name: "hv-01" }], guests: [] });
    }, MINUTES);
    afterAll(() => lab?.down());

    test(
      "installs with the real rpm, once; refuses another product and damaged packages",
      async () => {
        const inputs = declared({ path: join(folder, "run/acme-nic.iso") });
        await driverDisk.create(context, inputs);
        const host = lab.host("hv-01");
        await host.run("mkdir /var/pack");
        execFileSync("bsdtar", ["-x", "-f", inputs.path, "-C", host.file("/var/pack")]);
        await host.run(`rm -rf /var/lib/rpm; mkdir -p /var/lib/rpm; /usr/bin/rpm --initdb
cat >/usr/local/bin/rpm <<'RPM'
#!/bin/sh
# Debian's rpm installs only when told that it may, and knows of no /bin/sh.
case $1 in -i|-U) exec /usr/bin/rpm "$@" --force-debian --nodeps --ignorearch ;; *) exec /usr/bin/rpm "$@" ;; esac
RPM
chmod 755 /usr/local/bin/rpm`);
        const install = () => host.exec("bash /var/pack/install.sh");
        expect(await install()).toMatchObject({ code: 2, stderr: expect.stringContaining("no XenServer host") });
        await host.run("printf \"PRODUCT_BRAND='XCP-ng'\\n\" >/etc/xensource-inventory");
        expect(await install()).toMatchObject({
          code: 2,
          stderr: expect.stringContaining("the pack is for XenServer, and this host is XCP-ng"),
        });
        await host.run(
          `printf "PRODUCT_BRAND='XenServer'\\n" >/etc/xensource-inventory; chmod -R u+w /var/pack; cp /var/pack/${basename(tool)} /var/kept; echo x >>/var/pack/${basename(tool)}`,
        );
        expect(await install()).toMatchObject({
          code: 1,
          stderr: expect.stringContaining(`FATAL: MD5 mismatch on ${basename(tool)} (expected`),
        });
        expect(await host.run("rpm -qa")).toBe("");
        await host.run(`rm /var/pack/${basename(tool)}`);
        expect(await install()).toMatchObject({ code: 1, stderr: expect.stringContaining(`FATAL: ${basename(tool)} missing`) });
        await host.run(`cp /var/kept /var/pack/${basename(tool)}`);
        expect(await install()).toMatchObject({ code: 0, stdout: expect.stringContaining("Pack installation successful.") });
        expect((await host.run("rpm -qa --qf '%{NAME}\\n'")).split("\n").sort().join(" ").trim()).toBe(
          "aaa-tool acme-nic-modules-kdump acme-nic-modules-xen",
        );
        expect(await host.run(`cat /lib/modules/${CSP_UNAME}xen/extra/acme.ko`)).toBe("a driver for xen\n");
        expect(await host.run("ls /etc/xensource/installed-repos/acme:acme-nic")).toBe("XS-PACKAGES\nXS-REPOSITORY\n");
        expect(await install()).toMatchObject({ code: 3, stderr: expect.stringContaining("already installed") });
        expect(existsSync("/etc/xensource/installed-repos")).toBe(false);
      },
      MINUTES,
    );
  });
});
