import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { attempt } from "../netns/command";
import { installerLabErrors } from "./errors";

/** A computer's firmware, which decides what it loads first. */
export type Firmware = "bios" | "uefi";

/** Where Debian's packages pxelinux and syslinux-common put the files. They must be of one release. */
export const PXELINUX = [
  "/usr/lib/PXELINUX/pxelinux.0",
  ...["ldlinux.c32", "mboot.c32", "libcom32.c32"].map((name) => `/usr/lib/syslinux/modules/bios/${name}`),
];

/**
 * GRUB like the products' grubx64.efi: it reads EFI/xenserver/grub.cfg of the server that it came from, and has no modules but theirs (xcp-ng-rpms/grub,
 * grub.spec, XenServer 7.5 to XCP-ng 8.3) and what these depend on, such as `normal`. None of the list brings `regexp`.
 */
const GRUB = "EFI/xenserver/grubx64.efi";
export const GRUB_MODULES =
  "all_video boot btrfs cat chain configfile echo efifwsetup efinet ext2 fat font gfxmenu gfxterm gzio halt hfsplus http iso9660 search_fs_file search_label serial sleep test video xfs mdraid09 mdraid1x multiboot2 multiboot tftp".split(
    " ",
  );

/** The file that DHCP names, below the server's root. */
export const FIRST_FILE: Readonly<Record<Firmware, string>> = { bios: "/pxelinux.0", uefi: `/${GRUB}` };

/** Puts a firmware's loader below a TFTP root, beside the files that NetworkBoot publishes. */
export async function putLoader(root: string, firmware: Firmware): Promise<void> {
  await mkdir(root, { recursive: true });
  if (firmware === "bios") {
    for (const file of PXELINUX) await copyFile(file, join(root, file.slice(file.lastIndexOf("/") + 1)));
    return;
  }
  await mkdir(dirname(join(root, GRUB)), { recursive: true });
  const make = ["grub-mkimage", "-O", "x86_64-efi", "-p", `/${dirname(GRUB)}`, "-o", join(root, GRUB), ...GRUB_MODULES];
  const { code, stderr } = await attempt(make);
  if (code !== 0) throw installerLabErrors.commandFailed("grub-mkimage", stderr);
}
