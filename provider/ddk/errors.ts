import { CspError } from "../errors";

/** Errors of development kits. */

export function notKernel(path: string, flavour: string, found: string): CspError {
  return new CspError(
    "ddk-not-kernel",
    path,
    `it is ${found}, and must be the RPM of kernel-csp-${flavour}`,
    `give kernel-csp-${flavour}-....i686.rpm from the packages.cloud-supp folder of the Cloud Service Providers pack`,
  );
}

export function kernelsDiffer(xen: string, kdump: string): CspError {
  return new CspError(
    "ddk-kernels-differ",
    "kernels",
    `kernel-csp-xen is ${xen}, and kernel-csp-kdump is ${kdump}`,
    "take both from one build of the pack: drivers come in pairs, for both kernels of one version",
  );
}

export function noSources(host: string, wanted: string, there: readonly string[]): CspError {
  return new CspError(
    "ddk-no-sources",
    `development kit ${host}`,
    `/usr/src/kernels has no ${wanted}, which the csp sources are made from (it has ${there.join(", ") || "nothing"})`,
    "use the driver development kit of the same build as the pack's kernels, or the pack that goes with this kit",
  );
}

export function noMenuEntry(host: string, kernel: string): CspError {
  return new CspError(
    "ddk-no-menu-entry",
    `development kit ${host}`,
    `/boot/grub/menu.lst has no entry for ${kernel}: the kernel's package did not make one`,
    "look at the output of `rpm -V kernel-csp-xen` on it, and add an entry for the kernel by hand",
  );
}

export function noStockEntry(host: string): CspError {
  return new CspError(
    "ddk-no-menu-entry",
    `development kit ${host}`,
    "/boot/grub/menu.lst has no entry for a kernel other than the csp one, and `boot` is stock",
    "add an entry for the kit's own kernel by hand, or set `boot: csp`; /boot/grub/menu.lst.bck is the earlier menu",
  );
}

export function didNotBoot(host: string, wanted: string, minutes: number, last: string): CspError {
  return new CspError(
    "ddk-did-not-boot",
    `development kit ${host}`,
    `it was rebooted, and after ${minutes} minutes it does not run ${wanted} (${last})`,
    "look at its console; /boot/grub/menu.lst.bck is the earlier menu. The next run continues from here",
  );
}

export function rebootNeeded(host: string, wanted: string): CspError {
  return new CspError(
    "ddk-reboot-needed",
    `development kit ${host}`,
    `it must be rebooted to run ${wanted}, and \`reboot\` is false`,
    "reboot it yourself and run the operation again, or set `reboot: true`",
  );
}

export function notFinished(host: string, left: readonly string[]): CspError {
  return new CspError(
    "ddk-not-finished",
    `development kit ${host}`,
    `csp has done every step, but the kit is still not as it should be: ${left.join("; ")}`,
    "check whether somebody else is working on it, then run the operation again",
  );
}
