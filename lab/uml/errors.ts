import { CspError } from "../../provider/errors";

/** Errors of the second kernel. Each says what to do. */
export const SecondKernelErrors = {
  notHere: (problem: string) =>
    new CspError(
      "uml-lab-not-here",
      "second kernel",
      problem,
      "It needs root on Linux on amd64, and Debian's packages: run `sh scripts/setup.sh kernels` as root",
    ),

  noSource: () =>
    new CspError(
      "uml-lab-no-source",
      "second kernel",
      "apt on this machine knows no package linux-source-6.1, which Debian 12 has",
      "On Debian 12, run `apt-get update`",
    ),

  notBuilt: (version: string, output: string) =>
    new CspError(
      "uml-lab-not-built",
      "second kernel",
      `it could not be built from linux-source-6.1 ${version}: ${output.trim() || "no output"}`,
      "Check that apt-get can download that version (`apt-get update`) and that the cache has 2 GB of room, and run `sh scripts/setup.sh kernels` as root",
    ),

  noVerdict: (console: string) =>
    new CspError(
      "uml-lab-no-status",
      "second kernel",
      `it ended before the command did; its console ends with:\n${console.trim() || "(nothing)"}`,
      "See lab/README.md. If the console shows nothing, it was killed, or its memory ran out",
    ),
};
