import { CspError } from "../../provider/errors";

/** Errors of the lab's hosts of other ages. */
export const eraErrors = {
  noPackages: (suite: string, output: string) =>
    new CspError(
      "lab-era-packages",
      "lab",
      `the packages of Debian's ${suite} could not be had: ${output.trim()}`,
      "Check that apt-get can reach a mirror that has this release, and run it again",
    ),

  notDebian12: () =>
    new CspError(
      "lab-era-machine",
      "lab, era debian-12",
      "its tools are this machine's, and this machine is not Debian 12",
      "Leave the era out to have this machine's tools, or take another one",
    ),

  toolsFailed: (output: string) =>
    new CspError("lab-era-tools", "lab", `the stand-ins for old tools could not be built: ${output.trim()}`, "They need Go 1.21 or later"),
};
