import { CspError } from "../../provider/errors";

/** Errors of trying a network boot. */
export const installerLabErrors = {
  notHere: (why: string) =>
    new CspError(
      "boot-lab-not-here",
      "boot lab",
      `a network boot cannot be tried here: ${why}`,
      "It needs Linux, root, Go 1.21 or later, and Debian packages: sh scripts/setup.sh netboot",
    ),

  noRoot: (folder: string) =>
    new CspError(
      "boot-lab-no-root",
      `TFTP root ${folder}`,
      "there is no such folder",
      "Name the `root` of a csp.install.NetworkBoot on this machine",
    ),

  imageFailed: (output: string) =>
    new CspError(
      "boot-lab-image",
      "boot lab",
      `the installer's image could not be built: ${output.trim() || "no output"}`,
      "It is made from Debian 12's packages: check that apt-get can reach a mirror, and run it again",
    ),

  commandFailed: (command: string, output: string) =>
    new CspError("boot-lab-command", "boot lab", `${command} failed: ${output.trim() || "no output"}`, "See lab/README.md"),

  noEnd: (problem: string, console: string) =>
    new CspError(
      "boot-lab-no-end",
      "boot lab",
      `the installer did not report its end: ${problem}; the console ends with:\n${console.trim()}`,
      "Check that the boot files lead to loaders and images that exist; see lab/README.md",
    ),
};
