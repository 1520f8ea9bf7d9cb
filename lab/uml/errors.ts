import { CspError } from "../../provider/errors";

/** Errors of the second kernel. Each says what to do. */
export const SecondKernelErrors = {
  notHere: (problem: string) =>
    new CspError(
      "uml-lab-not-here",
      "second kernel",
      problem,
      "It is Debian's package user-mode-linux, on Linux on amd64: run `sh scripts/setup.sh kernels` as root",
    ),

  noVerdict: (console: string) =>
    new CspError(
      "uml-lab-no-status",
      "second kernel",
      `it ended before the command did; its console ends with:\n${console.trim() || "(nothing)"}`,
      "See lab/README.md. If the console shows nothing, it was killed, or its memory ran out",
    ),
};
