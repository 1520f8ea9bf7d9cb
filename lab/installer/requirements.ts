import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { goMissing } from "../../engines/go";
import { PXELINUX } from "./loaders";
import { OVMF } from "./machine";

const COMMANDS = ["qemu-system-x86_64", "setpriv", "mmdebstrap", "grub-mkimage", "depmod", "cpio", "debugfs"];

/** Why no network boot can be tried here; undefined if it can. `scripts/setup.sh netboot` installs what it needs, except Go. */
export function missingForBoot(): string | undefined {
  if (process.platform !== "linux" || process.geteuid?.() !== 0) return "it needs Linux and root";
  const folders = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`.split(delimiter);
  const there = (file: string) => {
    try {
      accessSync(file, constants.R_OK);
      return true;
    } catch {
      return false;
    }
  };
  const missing = [
    ...COMMANDS.filter((command) => !folders.some((folder) => there(join(folder, command)))),
    ...[...PXELINUX, "/usr/lib/ipxe/qemu/pxe-e1000.rom", OVMF.code, OVMF.variables, "/usr/lib/grub/x86_64-efi"].filter(
      (file) => !there(file),
    ),
  ];
  return missing.length > 0 ? `it lacks ${missing.join(", ")}` : goMissing();
}
