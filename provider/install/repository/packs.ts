import { createHash } from "node:crypto";
import { programsOf } from "../../shell/program";
import * as errors from "../errors";
import { productOf, type Target } from "../targets";
import { type PackageEntry, type RepositoryInfo, renderPackages, renderRepositoryInfo } from "./folder-repository";
import { flavourOf, layoutOf, otherFlavour } from "./layouts";
import { generatedFile, type MediaFile } from "./media";
import type { RpmHeader } from "./rpm";

const program = programsOf("install/repository");

/** What a pack says of itself. */
export interface PackIdentity {
  /** The vendor's code: letters, digits, ".", "_" and "-". */
  readonly originator: string;
  /** The vendor's name for people, which becomes the image's publisher. */
  readonly vendor: string;
  readonly label: string;
  readonly text: string;
  readonly version: string;
  readonly build?: string;
  readonly product: string;
  readonly requires: RepositoryInfo["requires"];
}

/** An RPM that goes into a pack. */
export interface PackRpm {
  readonly file: string;
  readonly facts: MediaFile & { readonly rpm: RpmHeader };
}

/**
 * The files of a supplemental pack for 5.6 to 7.0 (supp-pack-build): XS-REPOSITORY, XS-PACKAGES, install.sh and the RPMs, each after those that it
 * requires. A driver is an RPM with modules for one kernel. Up to 6.2, each driver needs its twin for the other flavour (xen and kdump), so that
 * the host finds its disks after a crash. The kernels of 6.5 and 7.0 have no flavours.
 */
export function folderPack(identity: PackIdentity, rpms: readonly PackRpm[], target: Target): ReadonlyMap<string, MediaFile> {
  const ordered = inOrder(identity.label, rpms);
  const drivers = ordered.filter(({ facts }) => facts.rpm.kernels.length > 0 && !isKernel(facts.rpm));
  checkKernels(identity.label, drivers, target);
  const entries = ordered.map(({ file, facts }): PackageEntry => {
    const common = { label: facts.rpm.name, size: facts.size, md5: facts.md5, file };
    const [kernel] = isKernel(facts.rpm) ? [] : facts.rpm.kernels;
    if (kernel !== undefined) return { ...common, type: "driver-rpm", kernel };
    // A kernel is installed beside the running one and never replaces it.
    return { ...common, type: "rpm", ...(isKernel(facts.rpm) ? { options: "-i" } : {}) };
  });
  const { originator, label, product, version, build, text, requires } = identity;
  const info = { originator, name: label, product, version, ...(build === undefined ? {} : { build }), description: text, requires };
  return new Map([
    ["XS-REPOSITORY", generatedFile(renderRepositoryInfo(info))],
    ["XS-PACKAGES", generatedFile(renderPackages(entries))],
    ["install.sh", { ...generatedFile(installScript(identity)), mode: "755" }],
    ...ordered.map(({ file, facts }) => [file, facts] as const),
  ]);
}

/** MD5 of XS-REPOSITORY and XS-PACKAGES, one after the other: `<label>.metadata.md5`. */
export function metadataSum(files: ReadonlyMap<string, MediaFile>): string {
  const text = ["XS-REPOSITORY", "XS-PACKAGES"].map((name) => files.get(name)?.text ?? "").join("");
  return createHash("md5").update(text).digest("hex");
}

function isKernel({ name }: RpmHeader): boolean {
  return /^kernel(-csp)?(-(xen|kdump))?$/.test(name);
}

/** Each RPM comes after the pack's RPMs that it requires; otherwise they are sorted by name. */
export function inOrder(label: string, rpms: readonly PackRpm[]): PackRpm[] {
  const sorted = [...rpms].sort((a, b) => (a.file < b.file ? -1 : 1));
  const providers = new Map<string, PackRpm>();
  for (const rpm of sorted) for (const what of [rpm.facts.rpm.name, ...rpm.facts.rpm.provides]) providers.set(what, rpm);
  const done: PackRpm[] = [];
  const visit = (rpm: PackRpm, trail: readonly PackRpm[]) => {
    if (done.includes(rpm)) return;
    if (trail.includes(rpm))
      throw errors.packOrder(
        label,
        [...trail.slice(trail.indexOf(rpm)), rpm].map(({ file }) => file),
      );
    for (const what of rpm.facts.rpm.requires) {
      const needed = providers.get(what);
      if (needed !== undefined && needed !== rpm) visit(needed, [...trail, rpm]);
    }
    done.push(rpm);
  };
  for (const rpm of sorted) visit(rpm, []);
  return done;
}

/** Where kernels have flavours, drivers come in pairs: with the same label and version, for xen and kdump of the same kernel. */
function checkKernels(label: string, drivers: readonly PackRpm[], target: Target): void {
  const { flavours } = layoutOf(target);
  const keyOf = ({ facts: { rpm } }: PackRpm, kernel: string) =>
    `${rpm.name.replace(/(xen|kdump)/g, "*")} ${rpm.version} ${rpm.release.replace(/(xen|kdump)/g, "*")} ${kernel}`;
  const present = new Set(drivers.flatMap((driver) => driver.facts.rpm.kernels.map((kernel) => keyOf(driver, kernel))));
  for (const driver of drivers) {
    for (const kernel of driver.facts.rpm.kernels) {
      const flavour = flavourOf(kernel);
      if (flavours.length === 0) {
        if (flavour !== undefined) throw errors.packFlavour(label, driver.file, kernel, flavour, productOf(target));
        continue;
      }
      if (flavour === undefined) throw errors.packKernel(label, driver.file, kernel);
      const twin = `${kernel.slice(0, -flavour.length)}${otherFlavour(flavour)}`;
      if (!present.has(keyOf(driver, twin))) throw errors.packPair(label, driver.file, kernel, twin);
    }
  }
}

/**
 * The script that `xe-install-supplemental-pack` runs on a host, written for old shells. Exit status: 1 something is missing or damaged, 2 not for this
 * product, 3 already installed, 4 refused by the operator (never here).
 */
function installScript({ originator, label, version, build, product }: PackIdentity): string {
  return program("install.sh", {
    LABEL: label,
    VERSION: build === undefined ? version : `${version}-${build}`,
    ID: `${originator}:${label}`,
    PRODUCT: product,
  });
}
