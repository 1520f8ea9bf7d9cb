import { CspError } from "../../provider/errors";

/** Errors of the Xen lab. Each says what to do. */
export const XenLabErrors = {
  notHere: (problem: string) =>
    new CspError(
      "xen-lab-not-here",
      "xen lab",
      problem,
      "It needs root on Linux, /dev/net/tun and Debian packages: run `sh scripts/setup.sh xen` as root, in a container with --privileged",
    ),

  imageFailed: (output: string) =>
    new CspError(
      "xen-lab-image",
      "xen lab",
      `its image could not be built: ${output.trim() || "no output"}`,
      "It is made from Debian 12's packages: check that apt-get can reach a mirror, and run it again",
    ),

  exists: (name: string) =>
    new CspError("xen-lab-exists", `xen lab ${name}`, "it is already up", `Take it down: npm run lab:xen -- down --name ${name}`),

  notUp: (name: string) =>
    new CspError("xen-lab-not-up", `xen lab ${name}`, "it is not up", `Start it: npm run lab:xen -- up --name ${name}`),

  badSpec: (field: string, problem: string, remedy: string) => new CspError("xen-lab-bad-spec", `xen lab ${field}`, problem, remedy),

  bootFailed: (name: string, problem: string, console: string) =>
    new CspError("xen-lab-boot", `xen lab ${name}`, `${problem}; its console ends with:\n${console.trim()}`, "See lab/README.md"),

  commandFailed: (command: string, code: number | null, output: string) =>
    new CspError(
      "xen-lab-command",
      "xen lab",
      `${command} ended with status ${code}: ${output.trim() || "no output"}`,
      "See lab/README.md",
    ),

  noAnswer: (guest: string, request: string, problem: string) =>
    new CspError(
      "xen-lab-no-answer",
      `guest ${guest}`,
      `its agent did not do "${request}": ${problem.trim() || "no answer"}`,
      "Check that the guest runs: npm run lab:xen -- status",
    ),

  unknown: (kind: string, name: string, known: readonly string[]) =>
    new CspError("xen-lab-unknown", `xen lab ${kind} ${name}`, `there is no such ${kind}`, `Known: ${known.join(", ") || "none"}`),
};
