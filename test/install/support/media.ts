import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildRpm, cspKernel, type RpmSpec } from "./rpms";

/**
 * Installation media made for tests: the layout and the metadata of the real ones, small files in place of a system. Nothing of
 * the code under test makes them.
 */

export interface LegacyPackage {
  readonly file: string;
  readonly attributes: string;
}

/** Writes a legacy repository's two files over what is in its folder. */
export function legacyRepository(folder: string, repository: string, packages: readonly LegacyPackage[]): void {
  const lines = packages.map(({ file, attributes }) => {
    const bytes = readFileSync(join(folder, file));
    const md5 = createHash("md5").update(bytes).digest("hex");
    return `  <package ${attributes} size="${bytes.length}" md5="${md5}">${file}</package>`;
  });
  writeFileSync(join(folder, "XS-REPOSITORY"), `<?xml version="1.0" ?>\n${repository}\n`);
  writeFileSync(join(folder, "XS-PACKAGES"), `<?xml version="1.0" ?>\n<packages>\n${lines.join("\n")}\n</packages>\n`);
}

const blob = (seed: string, bytes: number) => Buffer.alloc(bytes, `${seed} `);

/** A package that unpacks: one file, /etc/lab/NAME, with the package's path in it; the system's own also with the folders of SysV's init. */
function tarball(file: string, name: string): void {
  const folder = mkdtempSync(join(tmpdir(), "csp-tarball-"));
  try {
    for (const each of ["etc/lab", ...(name.endsWith("/dom0fs.tar.bz2") ? ["etc/init.d", "etc/rc3.d"] : [])])
      mkdirSync(join(folder, each), { recursive: true });
    writeFileSync(join(folder, "etc/lab", name.split("/").at(-1)?.split(".")[0] ?? name), blob(name, 20_000));
    execFileSync("bsdtar", ["-cjf", file, "-C", folder, "etc"], { stdio: "pipe" });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The media of XenServer up to 6.5, and 5.6 SP2's by default: main, linux and transfer-vm. */
export function legacyMedia(folder: string, identity: "xs:main" | "xcp:main" = "xs:main", version = "5.6.100", build = "47101p"): string {
  const originator = identity.split(":")[0];
  const add = (name: string, files: readonly string[], repository: string) => {
    const place = join(folder, name);
    mkdirSync(place, { recursive: true });
    for (const file of files) tarball(join(place, file), `${name}/${file}`);
    legacyRepository(
      place,
      repository,
      files.map((file) => ({ file, attributes: `label="${file.split(".")[0]}" type="tbz2" root="/"` })),
    );
  };
  const of = (name: string, requires: string) =>
    `<repository originator="${originator}" name="${name}" product="XenServer" version="${version}" build="${build}">\n<description>${name}</description>${requires}</repository>`;
  const main = `<requires originator="${originator}" name="main" test="eq" version="${version}" build="${build}"/>`;
  add("packages.main", ["dom0fs.tar.bz2", "xapi.tar.bz2"], of("main", ""));
  add("packages.linux", ["templates-debian.tar.bz2"], of("linux", main));
  add("packages.transfer-vm", ["transfer-vm.tar.bz2"], of("transfer-vm", main));
  writeFileSync(join(folder, "XS-REPOSITORY-LIST"), "packages.transfer-vm\n");
  mkdirSync(join(folder, "boot"));
  writeFileSync(join(folder, "boot/vmlinuz"), "not part of the repository\n");
  return folder;
}

const USERLAND: readonly RpmSpec[] = [
  { name: "arptables", version: "0.0.3", release: "4", arch: "i686" },
  { name: "ebtables", version: "2.0.9", release: "1.el5.1.xs", arch: "i386" },
  { name: "ipset", version: "4.5", release: "1.xs26", arch: "i686" },
  { name: "csp-pack", version: "5.6.100", release: "50867p", arch: "noarch" },
];

/** The Cloud Service Providers pack for 5.6 SP2 as its tarball unpacks, with the names of its README and its public traces. */
export function cspPack(folder: string, build?: string): string {
  const place = join(folder, "packages.cloud-supp");
  const rpms = [
    cspKernel("kdump", build),
    cspKernel("xen", build),
    ...USERLAND.map((spec) => ({ ...spec, files: { [`/usr/share/${spec.name}/readme`]: `${spec.name}\n` } })),
  ];
  const files = rpms.map((spec) => buildRpm(place, spec));
  legacyRepository(
    place,
    '<repository originator="xs" name="cloud-supp" product="XenServer" version="5.6.100" build="50867p">\n<description>Cloud Service Providers</description>\n<requires originator="xs" name="main" test="eq" version="5.6.100" build="47101p"/>\n</repository>',
    files.map((file) => ({
      file,
      attributes: `label="${file.replace(/-[^-]+-[^-]+$/, "")}" type="rpm"${file.startsWith("kernel") ? ' options="-i"' : ""}`,
    })),
  );
  writeFileSync(join(folder, "post-install.sh"), '#!/bin/sh\n[ "$1" = 0 ] || exit 0\nexit 0\n');
  writeFileSync(join(folder, "README"), "Cloud Service Providers Supplemental Pack\n");
  writeFileSync(join(folder, "example-answerfile"), "<installation/>\n");
  return folder;
}

/** XCP-ng's media, as small as they can be: .treeinfo, packages and metadata made by the real createrepo_c. */
export function modernMedia(folder: string, version = "8.3.0"): string {
  mkdirSync(join(folder, "boot"), { recursive: true });
  writeFileSync(
    join(folder, ".treeinfo"),
    `[general]\nname = XCP-ng ${version}\n\n[system-v1]\nplatform_name = XCP\nplatform_version = 3.4.0\nproduct_name = XCP-ng\nproduct_version = ${version}\n\n[keys]\nkey1 = RPM-GPG-KEY-xcpng\n`,
  );
  writeFileSync(join(folder, "RPM-GPG-KEY-xcpng"), "no key\n");
  writeFileSync(join(folder, "install.img"), blob("install.img", 50_000));
  writeFileSync(join(folder, "boot/xen.gz"), blob("xen.gz", 10_000));
  for (const name of ["xen-hypervisor", "xcp-ng-release"])
    buildRpm(join(folder, "Packages"), {
      name,
      version: "4.17.5",
      release: "3",
      arch: "x86_64",
      files: { [`/usr/share/${name}/x`]: name },
    });
  createrepo(folder);
  return folder;
}

/** XenServer 7.0's media: .treeinfo in its old form, packages and metadata. Its packs come by XS-REPOSITORY-LIST. */
export function hybridMedia(folder: string): string {
  mkdirSync(join(folder, "boot"), { recursive: true });
  writeFileSync(
    join(folder, ".treeinfo"),
    "[platform]\nname = XCP\nversion = 2.1.0\n\n[branding]\nname = XenServer\nversion = 7.0.0\n\n[build]\nnumber = 125380c\n\n[keys]\nkey1 = RPM-GPG-KEY-Citrix\n",
  );
  writeFileSync(join(folder, "RPM-GPG-KEY-Citrix"), "no key\n");
  writeFileSync(join(folder, "install.img"), blob("install.img", 50_000));
  writeFileSync(join(folder, "boot/xen.gz"), blob("xen.gz", 10_000));
  for (const name of ["xen-hypervisor", "xenserver-release"])
    buildRpm(join(folder, "Packages"), {
      name,
      version: "7.0.0",
      release: "125380c",
      arch: "x86_64",
      files: { [`/usr/share/${name}/x`]: name },
    });
  createrepo(folder);
  return folder;
}

/** A supplemental pack of 5.6 to 7.0, in a folder of its own, with one RPM. */
export function folderPack(folder: string, name: string, requires: string): string {
  const place = join(folder, `packages.${name}`);
  const file = buildRpm(place, { name, version: "1", release: "1", files: { [`/usr/share/${name}/x`]: `${name}\n` } });
  legacyRepository(
    place,
    `<repository originator="acme" name="${name}" product="XenServer" version="1.0">\n<description>${name}</description>\n${requires}\n</repository>`,
    [{ file, attributes: `label="${name}" type="rpm"` }],
  );
  return folder;
}

export function createrepo(folder: string, ...options: string[]): void {
  rmSync(join(folder, "repodata"), { recursive: true, force: true });
  execFileSync("createrepo_c", ["-q", "--no-database", "--checksum=sha256", "--general-compress-type=gz", ...options, folder], {
    stdio: "pipe",
  });
}

/** An image of a folder, as the media come: Rock Ridge and Joliet, long names. */
export function makeIso(folder: string, iso: string): string {
  execFileSync("xorriso", ["-as", "mkisofs", "-quiet", "-r", "-J", "-joliet-long", "-V", "TEST", "-o", iso, folder], { stdio: "pipe" });
  return iso;
}

export function makeTgz(folder: string, tgz: string): string {
  execFileSync("tar", ["-czf", tgz, "-C", folder, "."]);
  return tgz;
}

export function copyTree(from: string, to: string): string {
  cpSync(from, to, { recursive: true });
  return to;
}

/** Every file below a folder, links followed, sorted. */
export function filesBelow(folder: string, prefix = ""): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(join(folder, prefix))
    .flatMap((name) => {
      const path = prefix === "" ? name : `${prefix}/${name}`;
      return statSync(join(folder, path)).isDirectory() ? filesBelow(folder, path) : [path];
    })
    .sort();
}
