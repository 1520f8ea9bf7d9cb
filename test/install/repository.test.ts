import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Context } from "../../provider/host/session/task";
import { repository } from "../../provider/resources/repository";
import { repositoryInputs } from "../../provider/resources/repository/fields";
import { Declared, failureOf } from "../acceptance/stack";
import { type Trial, trial } from "../doors/workspace";
import { describeWith } from "../support/needs";
import { copyTree, cspPack, filesBelow, legacyMedia, legacyRepository, makeIso, makeTgz, modernMedia } from "./support/media";
import { type FileServer, ganesha, nginx } from "./support/servers";

const MINUTES = 60_000;

describeWith(["root", "pulumi", "plugin"], "csp.install.Repository under the engine, served by nginx and nfs-ganesha", () => {
  let folder: string;
  let path: string;
  let web: FileServer;
  let nfs: FileServer;
  let engine: Trial;
  let inputs: Record<string, unknown>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "csp-repository-"));
    path = join(folder, "www/xs56");
    // An NFS server needs the folder that it exports when it starts.
    mkdirSync(path, { recursive: true });
    makeIso(legacyMedia(join(folder, "media")), join(folder, "media.iso"));
    makeTgz(cspPack(join(folder, "pack")), join(folder, "pack.tgz"));
    [web, nfs] = await Promise.all([nginx(join(folder, "www")), ganesha(path)]);
    engine = await trial("repository");
    // The folder in which the plugin unpacks media; the engine was found before.
    process.env.XDG_CACHE_HOME = join(folder, "cache");
    inputs = { path, target: "5.6", csp: true, base: join(folder, "media.iso"), urls: [web.url("/xs56"), nfs.url(path)] };
    engine.program = async () => {
      new Declared("csp:install:Repository", "xs56", { ...inputs, host: undefined, packages: undefined, sources: undefined });
      return {};
    };
  }, 2 * MINUTES);
  afterAll(async () => {
    engine?.dispose();
    await Promise.all([web?.stop(), nfs?.stop()]);
    rmSync(folder, { recursive: true, force: true });
    delete process.env.XDG_CACHE_HOME;
  });

  const published = () => filesBelow(path).filter((name) => !name.startsWith(".csp/"));

  test(
    "media without the pack are refused in the preview, and nothing is published",
    async () => {
      const said = await failureOf(engine.stack.preview());
      expect(said).toContain("E20 XS-REPOSITORY-LIST: a csp host on XenServer 5.6 SP2 needs arptables, ebtables, ipset, kernel-csp-xen");
      inputs = { ...inputs, packs: [join(folder, "nowhere.tgz")] };
      expect(await failureOf(engine.stack.preview())).toMatch(/nowhere\.tgz: it cannot be read: ENOENT/);
      expect(filesBelow(path)).toEqual([]);
    },
    MINUTES,
  );

  test(
    "the README's steps 1 to 3, from an image and a tarball: published, read back, and nothing left to do",
    async () => {
      inputs = { ...inputs, packs: [join(folder, "pack.tgz")] };
      await engine.stack.up();
      expect(published()).toEqual(
        [
          "XS-REPOSITORY-LIST",
          ...filesBelow(join(folder, "media")).filter((name) => name.startsWith("packages.")),
          ...filesBelow(join(folder, "pack")).filter((name) => name.startsWith("packages.")),
          "post-install.sh",
        ].sort(),
      );
      expect(readFileSync(join(path, "XS-REPOSITORY-LIST"), "utf8")).toBe("packages.transfer-vm\npackages.cloud-supp\n");
      // nginx has served what an installer asks for.
      expect(web.log()).toMatch(
        /"GET \/xs56\/packages\.cloud-supp\/kernel-csp-xen-2\.6\.32\.12-0\.7\.1\.xs5\.6\.100\.307\.170586csp\.i686\.rpm HTTP\/1\.1" 200/,
      );
      const given = Buffer.from(await (await fetch(web.url("/xs56/packages.main/dom0fs.tar.bz2"))).arrayBuffer());
      expect(given.equals(readFileSync(join(folder, "media/packages.main/dom0fs.tar.bz2")))).toBe(true);
      await engine.stack.up({ expectNoChanges: true });
    },
    2 * MINUTES,
  );

  test(
    "an import finds the declaration and the packages on the server, and a second owner is refused",
    async () => {
      const context = {
        hosts: undefined as never,
        owner: "shop/other xs56",
        signal: new AbortController().signal,
        status: () => {},
        warn: () => {},
      } satisfies Context;
      const id = `localhost${path}`;
      const declaration = repositoryInputs.parse(await repository.recall(context, id));
      expect(declaration).toEqual(repositoryInputs.parse(inputs));
      const found = await repository.read(context, id, { inputs: declaration, outputs: {} });
      expect(found?.outputs.drift).toEqual([]);
      expect(Object.keys(found?.outputs.packages ?? {})).toContain("packages.cloud-supp/kernel-csp-xen");
      await expect(repository.create(context, declaration)).rejects.toThrow(/it is published by .*xs56 \(csp:install:Repository\)/);
      expect(await repository.read(context, `localhost${path}-other`, { inputs: declaration, outputs: {} })).toBeUndefined();
    },
    MINUTES,
  );

  test(
    "another build of the pack at the same path: the diff is by package, and only that package is copied",
    async () => {
      const other = cspPack(join(folder, "pack-327"), "327.170613");
      for (const name of [
        "arptables-0.0.3-4.i686.rpm",
        "ipset-4.5-1.xs26.i686.rpm",
        "ebtables-2.0.9-1.el5.1.xs.i386.rpm",
        "csp-pack-5.6.100-50867p.noarch.rpm",
      ])
        copyTree(join(folder, "pack/packages.cloud-supp", name), join(other, "packages.cloud-supp", name));
      relist(other);
      makeTgz(other, join(folder, "pack.tgz"));
      const { stdout } = await engine.stack.preview({ diff: true });
      expect(stdout).toMatch(
        /packages\.cloud-supp\/kernel-csp-xen.*307\.170586csp\.i686 sha256:[0-9a-f]{12}" => "2\.6\.32\.12-0\.7\.1\.xs5\.6\.100\.327\.170613csp/,
      );
      expect(stdout).toContain("packages.cloud-supp/kernel-csp-kdump");
      expect(stdout).not.toMatch(/ebtables|dom0fs/);
      const said: string[] = [];
      await engine.stack.up({ onOutput: (text) => said.push(text) });
      expect(said.join("")).toMatch(/copying to this machine: \d\/3 files/);
      expect(published().filter((name) => name.includes("kernel-csp"))).toEqual(
        ["kdump", "xen"].map((kind) => `packages.cloud-supp/kernel-csp-${kind}-2.6.32.12-0.7.1.xs5.6.100.327.170613csp.i686.rpm`),
      );
    },
    2 * MINUTES,
  );

  test(
    "a package damaged and one removed on the server are found, and repaired",
    async () => {
      const before = Object.fromEntries(published().map((name) => [name, sum(join(path, name))]));
      writeFileSync(join(path, "packages.main/xapi.tar.bz2"), "damaged");
      unlinkSync(join(path, ".csp/current/packages.linux/templates-debian.tar.bz2"));
      expect(await failureOf(engine.stack.preview({ expectNoChanges: true }))).toMatch(/changes/);
      const { stdout } = await engine.stack.refresh();
      expect(stdout).toContain("packages.main/xapi.tar.bz2 has other content");
      expect(stdout).toContain("packages.linux/templates-debian.tar.bz2 is gone");
      await engine.stack.up();
      expect(Object.fromEntries(published().map((name) => [name, sum(join(path, name))]))).toEqual(before);
      await engine.stack.up({ expectNoChanges: true });
    },
    2 * MINUTES,
  );

  test(
    "destroy removes everything",
    async () => {
      writeFileSync(join(path, "answers.xml"), "somebody else's");
      await engine.stack.destroy();
      expect(filesBelow(path)).toEqual(["answers.xml"]);
      expect(existsSync(join(path, ".csp"))).toBe(false);
    },
    MINUTES,
  );

  test(
    "XCP-ng 8.3 behind a web server that hides files with a dot: the error says so; once they are served, it succeeds",
    async () => {
      const media = modernMedia(join(folder, "xcp-ng"));
      const hiding = await nginx(join(folder, "www"), "location ~ /\\. { deny all; }");
      const target = join(folder, "www/xcp83");
      inputs = { path: target, target: "8.3", csp: true, base: media, urls: [hiding.url("/xcp83")] };
      expect(await failureOf(engine.stack.up())).toMatch(
        /xcp83\/\.treeinfo: it is published, but an installer could not read it: HTTP status 403[\s\S]*begin with a dot/,
      );
      // It is on record, and the next run continues from it.
      inputs = { ...inputs, urls: [web.url("/xcp83")] };
      const { summary } = await engine.stack.up();
      expect(summary.resourceChanges).toMatchObject({ update: 1 });
      await engine.stack.up({ expectNoChanges: true });
      unlinkSync(join(media, "install.img"));
      writeFileSync(join(media, "Packages/xen-hypervisor-4.17.5-3.x86_64.rpm"), "cut");
      expect(await failureOf(engine.stack.preview())).toContain(
        "E12 Packages/xen-hypervisor-4.17.5-3.x86_64.rpm: it has 3 bytes and must have",
      );
      expect(existsSync(join(target, "install.img"))).toBe(true);
      await hiding.stop();
      await engine.stack.destroy();
      expect(existsSync(target)).toBe(false);
    },
    2 * MINUTES,
  );
});

/** The pack's list, for the packages that are in its folder now. */
function relist(pack: string): void {
  const place = join(pack, "packages.cloud-supp");
  const repository = readFileSync(join(place, "XS-REPOSITORY"), "utf8")
    .replace(/^<\?xml.*\n/, "")
    .trimEnd();
  const files = filesBelow(place).filter((name) => name.endsWith(".rpm"));
  legacyRepository(
    place,
    repository,
    files.map((file) => ({ file, attributes: `label="${file.replace(/-[^-]+-[^-]+$/, "")}" type="rpm"` })),
  );
}

function sum(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
