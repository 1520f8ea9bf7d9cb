import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import * as errors from "../errors";
import type { Target } from "../targets";
import { escapeXml } from "../xml/escape";
import { layoutOf } from "./layouts";
import { describeFolder, type MediaFile } from "./media";
import { folderPack, metadataSum, type PackIdentity, type PackRpm } from "./packs";
import { folderOf } from "./tree";

/** A built pack, ready for a server. */
export interface BuiltPack {
  readonly iso: Buffer;
  /** Files with checksums, by name: "acme-nic.iso.md5". */
  readonly sums: Readonly<Record<string, string>>;
  /** What is in the image, for rules and diffs. */
  readonly files: ReadonlyMap<string, MediaFile>;
}

export interface PackOptions {
  readonly target: Target;
  readonly identity: PackIdentity;
  /** Only for 7.1 and later. */
  readonly uuid: string;
  /** Whether it is a driver disk. The installer loads driver disks itself; their packages are in the group "drivers". */
  readonly driver: boolean;
  readonly rpms: readonly string[];
}

/** The time of all files in an image, so that images with the same content are the same, byte by byte. */
const EPOCH = new Date("2010-01-01T00:00:00Z");

/** Builds a pack's image. `name`: the image's file name. */
export async function buildPack(name: string, options: PackOptions): Promise<BuiltPack> {
  const { identity, target, rpms } = options;
  const work = await mkdtemp(join(tmpdir(), "csp-pack-"));
  try {
    const content = join(work, "content");
    const modern = layoutOf(target).packs === "yum";
    const place = modern ? join(content, "Packages") : content;
    await mkdir(place, { recursive: true });
    for (const rpm of rpms) {
      await copyFile(rpm, join(place, basename(rpm))).catch((error: unknown) => {
        throw errors.mediaMissing(rpm, error);
      });
    }
    const packed = await readRpms(place, identity.label);
    if (modern) await writeModern(content, packed, options);
    else {
      for (const [path, { text, mode }] of folderPack(identity, packed, target))
        if (text !== undefined) await writeFile(join(content, path), text, { mode: Number.parseInt(mode ?? "644", 8) });
    }
    const files = (await describeFolder(content, name, () => {})).files;
    const folders = new Set([...files.keys()].map(folderOf));
    for (const path of [...files.keys(), ...folders, ""]) await utimes(join(content, path), EPOCH, EPOCH);
    const iso = join(work, "pack.iso");
    await run(identity.label, "xorriso", isoArguments(content, iso, identity), { SOURCE_DATE_EPOCH: String(EPOCH.getTime() / 1000) });
    const bytes = await readFile(iso);
    const md5 = createHash("md5").update(bytes).digest("hex");
    const stem = name.replace(/\.iso$/, "");
    const sums = { [`${name}.md5`]: `${md5}  ${name}\n`, ...(modern ? {} : { [`${stem}.metadata.md5`]: `${metadataSum(files)}\n` }) };
    return { iso: bytes, sums, files };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function readRpms(folder: string, label: string): Promise<PackRpm[]> {
  const { files } = await describeFolder(folder, label, () => {});
  return [...files].map(([file, facts]) => {
    if (facts.rpm === undefined) throw errors.packRpm(label, file);
    return { file, facts: { ...facts, rpm: facts.rpm } };
  });
}

/** The arguments of the vendors' own builder: publisher, volume, long names for every system. */
function isoArguments(content: string, iso: string, { vendor, label }: PackIdentity): string[] {
  const volume = label
    .toUpperCase()
    .replace(/[^A-Z0-9_]/g, "_")
    .slice(0, 32);
  return ["-as", "mkisofs", "-quiet", "-A", vendor.slice(0, 128), "-V", volume, "-J", "-joliet-long", "-r", "-o", iso, content];
}

/**
 * The form of 7.1 and later (the developer guide of XenServer 7.1 and later; XCP-ng, driver-disks): update.xml, a control package that requires the
 * others, and yum metadata with a group that names it. A driver disk has the groups "update" and "drivers", both with the control package.
 */
async function writeModern(content: string, rpms: readonly PackRpm[], { identity, uuid, driver }: PackOptions): Promise<void> {
  const { label, version, text, vendor } = identity;
  const control = `update-${label}`;
  await buildControl(join(content, "Packages"), control, rpms, identity);
  const attributes = { control, "name-label": label, uuid, version, "after-apply-guidance": "restartHost" };
  const list = Object.entries(attributes).map(([key, value]) => `${key}="${escapeXml(value)}"`);
  await writeFile(
    join(content, "update.xml"),
    `<update ${list.join(" ")}>\n  <name-description>${escapeXml(`${text} (${vendor})`)}</name-description>\n</update>\n`,
  );
  const groups = ["update", ...(driver ? ["drivers"] : [])].map(
    (id) => `  <group>
    <id>${id}</id>
    <name>${id}</name>
    <default>true</default>
    <uservisible>true</uservisible>
    <packagelist>
      <packagereq type="mandatory">${escapeXml(control)}</packagereq>
    </packagelist>
  </group>`,
  );
  const comps = join(dirname(content), "comps.xml");
  await writeFile(
    comps,
    `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE comps PUBLIC "-//Red Hat, Inc.//DTD Comps info//EN" "comps.dtd">\n<comps>\n${groups.join("\n")}\n</comps>\n`,
  );
  const stamp = String(EPOCH.getTime() / 1000);
  await run(label, "createrepo_c", [
    "--quiet",
    "--no-database",
    "--checksum=sha256",
    "--general-compress-type=gz",
    `--revision=${stamp}`,
    "--set-timestamp-to-revision",
    `--groupfile=${comps}`,
    content,
  ]);
}

/** Builds an empty package that requires the pack's packages. A host is told to install this one. */
async function buildControl(folder: string, control: string, rpms: readonly PackRpm[], { version, text }: PackIdentity): Promise<void> {
  const top = await mkdtemp(join(tmpdir(), "csp-control-"));
  try {
    const spec = [
      `Name: ${control}`,
      `Version: ${version}`,
      "Release: 1",
      `Summary: ${text.replace(/\s+/g, " ").slice(0, 200)}`,
      "License: see the packages it requires",
      "BuildArch: noarch",
      ...rpms.map(({ facts: { rpm } }) => `Requires: ${rpm.name} = ${rpm.version}-${rpm.release}`),
      "%description",
      "Installs the packages of this pack.",
      "%files",
      "",
    ];
    await writeFile(join(top, "control.spec"), spec.join("\n"));
    const defines = {
      _topdir: top,
      _rpmdir: folder,
      _build_name_fmt: "%{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm",
      _buildhost: "csp",
      use_source_date_epoch_as_buildtime: "1",
      clamp_mtime_to_source_date_epoch: "1",
      _binary_payload: "w6.gzdio",
    };
    const words = Object.entries(defines).flatMap(([key, value]) => ["--define", `${key} ${value}`]);
    await run(control, "rpmbuild", ["-bb", "--quiet", ...words, join(top, "control.spec")], {
      SOURCE_DATE_EPOCH: String(EPOCH.getTime() / 1000),
    });
  } finally {
    await rm(top, { recursive: true, force: true });
  }
}

const PACKAGES: Readonly<Record<string, string>> = { xorriso: "xorriso", createrepo_c: "createrepo-c", rpmbuild: "rpm" };

async function run(label: string, tool: string, argv: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<void> {
  try {
    await promisify(execFile)(tool, argv, { env: { ...process.env, ...environment }, maxBuffer: 1 << 24 });
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    if (code === "ENOENT") throw errors.toolMissing(tool, "building a pack", PACKAGES[tool] ?? tool);
    throw errors.packTool(label, tool, stderr || String(error));
  }
}
