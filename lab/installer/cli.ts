/** `npm run lab:boot -- ...`: tries a network boot on this machine. */
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Command, Option } from "commander";
import { CspError } from "../../provider/errors";
import { isXcpNg, TARGETS, type Target } from "../../provider/install/targets";
import { installerLabErrors } from "./errors";
import { putImages } from "./image";
import { type Firmware, putLoader } from "./loaders";
import { bootFromNetwork } from "./machine";

interface Options {
  readonly root: string;
  readonly mac: string;
  readonly target: Target;
  readonly firmware: Firmware;
  readonly images?: string;
  readonly memory: number;
  readonly csp: boolean;
}

new Command("npm run lab:boot --")
  .description(
    "Boots an emulated computer from a TFTP root that csp.install.NetworkBoot published to, with the lab's own Xen, kernel and installer in place of the release's. This machine's loopback is 10.0.2.2 for it.",
  )
  .requiredOption("--root <folder>", "the TFTP root; it is copied, and stays as it is")
  .requiredOption("--mac <mac>", "of the computer: whose boot files these are")
  .addOption(new Option("--target <release>", "the release whose installer it is").choices(TARGETS).makeOptionMandatory())
  .addOption(new Option("--firmware <kind>", "what boots").choices(["bios", "uefi"]).default("bios"))
  .option("--images <folder>", "where the boot files have xen.gz, vmlinuz and install.img, below the root (default: xcp-ng or xenserver)")
  .addOption(new Option("--memory <MiB>", "more than the boot file gives to dom0").default(2560).argParser(Number))
  .option("--no-csp", "a host that is to be no csp host")
  .action(async ({ root, mac, target, firmware, images, memory, csp }: Options) => {
    const folder = mkdtempSync(join(tmpdir(), "csp-boot-"));
    try {
      const tftpRoot = join(folder, "tftp");
      if (!existsSync(root)) throw installerLabErrors.noRoot(root);
      cpSync(resolve(root), tftpRoot, { recursive: true });
      await putLoader(tftpRoot, firmware);
      await putImages(join(tftpRoot, images ?? (isXcpNg(target) ? "xcp-ng" : "xenserver")), { target, csp });
      const onConsole = (text: string) => process.stdout.write(text);
      const { outcome, seconds } = await bootFromNetwork({ firmware, tftpRoot, mac, folder, memory, onConsole });
      const { result, rule, path, message } = outcome;
      const said = result === "installed" ? `${outcome.packages} packages` : [rule, path, message].filter(Boolean).join(" ");
      console.log(`\n${result} after ${seconds.toFixed(0)} s: ${said}`);
      process.exitCode = result === "installed" ? 0 : 1;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  })
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error instanceof CspError ? error.message : error);
    process.exitCode = 1;
  });
