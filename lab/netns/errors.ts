import { CspError } from "../../provider/errors";

/** Debian and Ubuntu packages that hold everything the lab runs. */
export const APT_PACKAGES = [
  "iproute2",
  "iptables",
  "ebtables",
  "arptables",
  "ipset",
  "openssh-server",
  "sudo",
  "python3",
  "util-linux",
  "perl-base",
  "nftables",
  "udev",
];

/** Errors of a lab. Each says what to do. */
export const LabErrors = {
  notLinux: (platform: string) =>
    new CspError(
      "lab-not-linux",
      "lab",
      `it needs Linux network namespaces, and this is ${platform}`,
      'Run it in a Linux virtual machine, or in a container: docker run --privileged -it -v "$PWD":/src -w /src node:20-bookworm bash',
    ),

  notRoot: () =>
    new CspError(
      "lab-not-root",
      "lab",
      "it needs root to make network namespaces",
      "Run the same command with sudo, or in a container started with --privileged",
    ),

  toolsMissing: (tools: readonly string[]) =>
    new CspError(
      "lab-tools-missing",
      "lab",
      `not found: ${tools.join(", ")}`,
      `Install them: apt-get install -y ${APT_PACKAGES.join(" ")}`,
    ),

  noBridgeNetfilter: (detail: string) =>
    new CspError(
      "lab-no-br-netfilter",
      "lab",
      `the kernel has no bridge netfilter (${detail})`,
      "Load it with: modprobe br_netfilter. In a container, load it on the machine that runs the container",
    ),

  kernelLacks: (subject: string, what: string, detail: string) =>
    new CspError(
      "lab-kernel-lacks",
      `lab ${subject}`,
      `this machine's kernel has no ${what} (${detail.trim() || "no reason given"})`,
      "Run the same under a kernel that has it: npm run lab:uml -- COMMAND",
    ),

  noBridge: (host: string, bridge: string, known: readonly string[]) =>
    new CspError(
      "lab-no-bridge",
      `lab host ${host}`,
      `it has no bridge ${bridge} for the guest's port`,
      `Its bridges are ${known.join(", ")}: give it a bridge with that name`,
    ),

  exists: (name: string) =>
    new CspError(
      "lab-exists",
      `lab ${name}`,
      "it is already up",
      `Use it (npm run lab -- status --name ${name}) or take it down (npm run lab -- down --name ${name})`,
    ),

  notUp: (name: string) => new CspError("lab-not-up", `lab ${name}`, "it is not up", `Start it: npm run lab -- up --name ${name}`),

  badSpec: (field: string, problem: string, remedy: string) => new CspError("lab-bad-spec", `lab ${field}`, problem, remedy),

  unknown: (kind: string, name: string, known: readonly string[]) =>
    new CspError("lab-unknown-name", `lab ${kind} ${name}`, `there is no such ${kind}`, `Known: ${known.join(", ") || "none"}`),

  guestState: (guest: string, problem: string, remedy: string) => new CspError("lab-guest-state", `guest ${guest}`, problem, remedy),

  commandFailed: (command: string, code: number | null, stderr: string) =>
    new CspError("lab-command-failed", "lab", `${command} ended with status ${code}: ${stderr.trim() || "no output"}`, "See lab/README.md"),

  hostFailed: (host: string, output: string) =>
    new CspError(
      "lab-host-failed",
      `lab host ${host}`,
      `it did not start: ${output.trim() || "no output"}`,
      "The lab needs overlayfs and the right to mount: in a container, start that with --privileged",
    ),

  portTaken: (host: string, problem: string) =>
    new CspError(
      "lab-port-taken",
      `lab host ${host}`,
      `its loopback port cannot be used: ${problem}`,
      "Give another sshPort, or none, so that the lab chooses one",
    ),

  relayFailed: (problem: string) =>
    new CspError("lab-relay-failed", "lab", `the relay to the hosts did not start: ${problem}`, "See lab/README.md"),

  probeFailed: (what: string, problem: string) =>
    new CspError(
      "lab-probe-failed",
      what,
      problem,
      "The probe could not be carried out, so there is no verdict: check that both ends are running",
    ),
};
