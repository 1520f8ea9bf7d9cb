import { CspError } from "../../provider/errors";

/** Errors of the libvirt lab. Each says what to do. */
export const LibvirtLabErrors = {
  notHere: (problem: string) =>
    new CspError(
      "libvirt-lab-not-here",
      "libvirt lab",
      problem,
      "It needs root on Linux, /dev/net/tun and Debian packages: run `sh scripts/setup.sh libvirt` as root, in a container with --privileged",
    ),

  imageFailed: (output: string) =>
    new CspError(
      "libvirt-lab-image",
      "libvirt lab",
      `its hosts' root could not be built: ${output.trim() || "no output"}`,
      "It is made from Debian 12's packages: check that apt-get can reach a mirror, and run it again",
    ),

  badSpec: (field: string, problem: string, remedy: string) =>
    new CspError("libvirt-lab-bad-spec", `libvirt lab ${field}`, problem, remedy),

  notUp: (name: string) =>
    new CspError("libvirt-lab-not-up", `libvirt lab ${name}`, "it is not up", `Start it: npm run lab:libvirt -- up --name ${name}`),

  noLibvirtd: (host: string, log: string) =>
    new CspError(
      "libvirt-lab-no-libvirtd",
      `host ${host}`,
      `its libvirtd does not answer: ${log.trim() || "no output"}`,
      "See lab/README.md",
    ),

  noAnswer: (guest: string, request: string, problem: string) =>
    new CspError(
      "libvirt-lab-no-answer",
      `guest ${guest}`,
      `its agent did not do "${request}": ${problem.trim() || "no answer"}`,
      "Check that the guest runs: npm run lab:libvirt -- status",
    ),

  guestState: (guest: string, problem: string, remedy: string) => new CspError("libvirt-lab-guest", `guest ${guest}`, problem, remedy),

  unknown: (kind: string, name: string, known: readonly string[]) =>
    new CspError("libvirt-lab-unknown", `libvirt lab ${kind} ${name}`, `there is no such ${kind}`, `Known: ${known.join(", ") || "none"}`),
};
