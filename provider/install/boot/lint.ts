import ipaddr from "ipaddr.js";
import { suggest } from "../../schema/suggest";
import { type Finding, inOrder } from "../finding";
import { atLeast, productOf, type Target } from "../targets";
import { fetchProblem } from "../url";
import { type BootEntry, type BootModule, readBootFile } from "./entries";

export interface BootOptions {
  readonly target: Target;
  readonly csp?: boolean;
}

type Report = (rule: string, at: { readonly line: number; readonly path: string }, message: string, remedy: string) => void;

/** Everything that is wrong with a PXELINUX, GRUB or iPXE file that starts an installer, by line. */
export function lintBoot(bytes: Buffer, { target, csp = false }: BootOptions): Finding[] {
  const findings: Finding[] = [];
  const report: Report = (rule, { line, path }, message, remedy) =>
    findings.push({ rule, severity: rule.startsWith("E") ? "error" : "warning", line, path, message, remedy });
  const { kind, entries, leadsOn } = readBootFile(bytes.toString("utf8"));
  if (entries.length === 0 && !leadsOn)
    report(
      "E2",
      { line: 1, path: kind },
      "it starts no installer: there is no Xen with modules in it",
      "PXELINUX: kernel mboot.c32 and append xen.gz --- vmlinuz --- install.img; GRUB: multiboot2 and two module2",
    );
  if (csp && target === "xs9")
    report(
      "E16",
      { line: 1, path: kind },
      "XenServer 9 has Open vSwitch only: it cannot be a CSP host",
      "install XCP-ng 8.3 or XenServer 8",
    );
  for (const entry of entries) checkEntry(entry, target, report);
  return inOrder(findings);
}

function checkEntry(entry: BootEntry, target: Target, report: Report): void {
  const [, kernel] = entry.modules;
  const place = { line: entry.line, path: entry.name };
  if (entry.firmware === "bios" && target === "xs9")
    report("E8", place, "XenServer 9 cannot be installed by BIOS (legacy boot)", "boot by UEFI: grubx64.efi and EFI/xenserver/grub.cfg");
  if (entry.firmware === "uefi" && !atLeast(target, "7.0"))
    report("E8", place, `${productOf(target)} cannot be installed by UEFI; 7.0 is the first version that can`, "boot by BIOS: pxelinux.0");
  if (entry.modules.length < 3)
    report(
      "E2",
      place,
      `it needs Xen, a kernel and the installer's root, and it has ${entry.modules.map(({ image }) => image).join(", ") || "none of them"}`,
      "add what is missing: xen.gz, vmlinuz, install.img",
    );
  if (kernel !== undefined) checkArguments(entry, kernel, target, report);
}

/** The arguments that installers read from the kernel's command line (host-installer, doc/parameters.txt), and which versions read them. */
const ARGUMENTS: Readonly<Record<string, (target: Target) => boolean>> = {
  answerfile: () => true,
  rt_answerfile: () => true,
  answerfile_generator: () => true,
  network_device: () => true,
  answerfile_device: () => true,
  network_config: () => true,
  map_netdev: () => true,
  device_mapper_multipath: () => true,
  boot_console: () => true,
  extrarepo: () => true,
  start: (target) => atLeast(target, "6.0"),
  atexit: (target) => atLeast(target, "6.1"),
  "disable-uefi": (target) => target === "7.0",
  "cc-preparations": (target) => target !== "xs9",
};

const ANSWERFILES = ["answerfile", "rt_answerfile", "answerfile_generator"];

function checkArguments(entry: BootEntry, kernel: BootModule, target: Target, report: Report): void {
  const at = (name?: string) => ({ line: kernel.line, path: name === undefined ? entry.name : `${entry.name}@${name}` });
  const given = kernel.arguments
    .map((word) => /^([^=]*)(?:=(.*))?$/s.exec(word))
    .map((match) => ({ name: match?.[1] ?? "", value: match?.[2] }));
  const argument = (...names: string[]) => given.find(({ name }) => names.includes(name))?.value;
  for (const { name } of given) {
    const known = Object.hasOwn(ARGUMENTS, name) ? ARGUMENTS[name] : undefined;
    if (known === undefined) {
      const meant = name.length > 5 ? suggest(name, Object.keys(ARGUMENTS)) : undefined;
      if (meant !== undefined && meant !== name)
        report("W1", at(name), `the installer does not know an argument ${JSON.stringify(name)}`, `did you mean ${meant}?`);
    } else if (!known(target)) report("E8", at(name), `${productOf(target)} does not read ${name}`, "remove it");
    if (name === "no-gpgcheck" || name === "no-repo-gpgcheck")
      report("W15", at(name), "the installer does not check the packages' signatures", "remove it, and publish packages with signatures");
  }
  const sources = given.filter(({ name }) => ANSWERFILES.includes(name));
  const names = new Set(sources.map(({ name }) => name));
  if (names.has("answerfile_generator") && names.size > 1)
    report("E1", at("answerfile_generator"), "an answerfile and a generator are both given, and the installer stops", "keep one");
  checkNetworkConfig(argument("network_config"), at("network_config"), report);
  checkChoices(argument, at, target, report);
  if (sources.length === 0) return;
  for (const { name, value = "" } of sources) {
    const problem = fetchProblem(value, target);
    if (problem !== undefined) report("E9", at(name), `${JSON.stringify(value)}: ${problem.problem}`, problem.remedy);
  }
  if (!atLeast(target, "8.3") && !given.some(({ name }) => name === "install"))
    report(
      "W12",
      at(),
      `without the word install, ${productOf(target)} ignores the answerfile and asks at its console`,
      "add install to the kernel's arguments",
    );
  checkDevice(
    argument("network_device", "answerfile_device"),
    sources.map(({ value = "" }) => value),
    argument("network_config"),
    at,
    report,
  );
}

/** W11, W13: the interface that the installer sets up before it has the answerfile. */
function checkDevice(
  device: string | undefined,
  urls: readonly string[],
  config: string | undefined,
  at: (name?: string) => { line: number; path: string },
  report: Report,
): void {
  const fromImage = urls.every((url) => url.startsWith("file://"));
  if (device === undefined && fromImage) {
    report(
      "W11",
      at("network_device"),
      "with an answerfile in its own image, the installer sets up no network, and so cannot reach a source by url or nfs",
      "add network_device=eth0, or the interface's MAC",
    );
    return;
  }
  if (device === undefined)
    report(
      "W13",
      at("network_device"),
      "without network_device, the installer tries DHCP on one interface after the other, a minute for each",
      "add network_device=MAC of the interface that reaches the server",
    );
  else if (device.toLowerCase() === "all")
    report(
      "W13",
      at("network_device"),
      `with all, the installer tries DHCP on one interface after the other, a minute for each${config?.startsWith("static") ? ", and ignores network_config=static" : ""}`,
      "name one interface: network_device=eth0, or its MAC",
    );
  else if (!/^(eth\d+|([0-9a-f]{2}:){5}[0-9a-f]{2})$/i.test(device))
    report(
      "E3",
      at("network_device"),
      `${JSON.stringify(device)} is not an interface: it must be one like eth0, a MAC or all`,
      "write network_device=eth0",
    );
}

function checkChoices(
  argument: (...names: string[]) => string | undefined,
  at: (name?: string) => { line: number; path: string },
  target: Target,
  report: Report,
): void {
  const exit = argument("atexit");
  if (exit !== undefined && atLeast(target, "6.1") && !["reboot", "poweroff", "shell"].includes(exit))
    report("E3", at("atexit"), `${JSON.stringify(exit)} is not one of reboot, poweroff, shell`, "write reboot");
  const multipath = argument("device_mapper_multipath");
  if (multipath !== undefined && !["disabled", "enabled", "if-multiple"].includes(multipath))
    report(
      "E3",
      at("device_mapper_multipath"),
      `${JSON.stringify(multipath)} is not one of disabled, enabled, if-multiple`,
      "write enabled",
    );
}

/** E3, E4, E5: dhcp[:vlan=N] or static:ip=..;netmask=..[;gateway=..][;dns=..][;domain=..][;vlan=N]. */
function checkNetworkConfig(config: string | undefined, at: { line: number; path: string }, report: Report): void {
  if (config === undefined) return;
  const [, method = "", , rest = ""] = /^([^:]*)(:(.*))?$/s.exec(config) ?? [];
  if (method !== "dhcp" && method !== "static") {
    report("E3", at, `${JSON.stringify(method)} is neither dhcp nor static`, "write dhcp, or static:ip=ADDRESS;netmask=MASK");
    return;
  }
  const fields = new Map(
    rest
      .split(";")
      .filter((field) => field !== "")
      .map((field) => [field.slice(0, field.indexOf("=")), field.slice(field.indexOf("=") + 1)] as const),
  );
  if (method === "static") {
    for (const key of ["ip", "netmask"]) {
      const value = fields.get(key);
      if (value === undefined || !ipaddr.IPv4.isValidFourPartDecimal(value))
        report(
          "E4",
          at,
          `static needs ${key}, and ${value === undefined ? "it is missing" : `${JSON.stringify(value)} is not an address`}`,
          `write static:ip=ADDRESS;netmask=MASK`,
        );
    }
  }
  const vlan = fields.get("vlan");
  if (vlan !== undefined && (!/^\d+$/.test(vlan) || Number(vlan) < 1 || Number(vlan) > 4094))
    report("E5", at, `${JSON.stringify(vlan)} is not a VLAN from 1 to 4094`, "write a number from 1 to 4094");
}
