import { suggest } from "../../schema/suggest";
import { type Finding, inOrder } from "../finding";
import { atLeast, productOf, type Target } from "../targets";
import { fetchProblem } from "../url";
import { BOOT_ARGUMENTS, bootArgument, isRead, nameFor } from "./arguments";
import { type BootEntry, type BootModule, type Misread, readBootFile } from "./entries";
import { networkConfigProblems } from "./network-config";

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
  const { kind, entries, leadsOn, misread } = readBootFile(bytes.toString("utf8"));
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
  for (const each of misread) checkMisread(each, entries, report);
  for (const entry of entries) checkEntry(entry, target, report);
  return inOrder(findings);
}

/** E21: GRUB's language has characters that need quotes. */
function checkMisread({ line, entry, character, lost }: Misread, entries: readonly BootEntry[], report: Report): void {
  const at = { line, path: entry };
  if (lost !== undefined)
    report(
      "E21",
      at,
      `GRUB ends a command at a semicolon, so ${JSON.stringify(lost)} does not reach the installer`,
      "put the argument with the semicolon in single quotes",
    );
  // A placeholder says more clearly what is wrong.
  else if (!entries.some(({ modules }) => modules.some((module) => module.line === line && wordsOf(module).some(isPlaceholder))))
    report(
      "E21",
      at,
      `GRUB does not read a line with ${JSON.stringify(character)} in it`,
      /['"]/.test(character) ? "close the quotes" : "put the argument in single quotes",
    );
}

const wordsOf = ({ image, arguments: given }: BootModule) => [image, ...given];

/** "<ANSWERFILE>": no address and no argument has an angle bracket. */
const isPlaceholder = (word: string) => /[<>]/.test(word);

function checkEntry(entry: BootEntry, target: Target, report: Report): void {
  const { modules } = entry;
  const [xen, kernel] = modules;
  const place = { line: entry.line, path: entry.name };
  if (entry.firmware === "bios" && target === "xs9")
    report("E8", place, "XenServer 9 cannot be installed by BIOS (legacy boot)", "boot by UEFI: grubx64.efi and EFI/xenserver/grub.cfg");
  if (entry.firmware === "uefi" && !atLeast(target, "7.0"))
    report(
      "E8",
      place,
      `${productOf(target)} cannot be installed by UEFI; 7.0 is the first version that can`,
      "boot by BIOS: pxelinux.0, or GRUB with multiboot in place of multiboot2",
    );
  if (modules.length < 3)
    report(
      "E2",
      place,
      `it needs Xen, a kernel and the installer's root, and it has ${modules.map(({ image }) => image).join(", ") || "none of them"}`,
      "add what is missing: xen.gz, vmlinuz, install.img",
    );
  else checkImages(entry, report);
  for (const module of modules) checkWords(entry, module, report);
  if (xen !== undefined) checkXen(entry, xen, report);
  if (kernel !== undefined) checkArguments(entry, kernel, target, report);
}

/** E3: a template that nobody filled in. */
function checkWords(entry: BootEntry, module: BootModule, report: Report): void {
  for (const word of wordsOf(module).filter(isPlaceholder)) {
    const name = /^[\w.-]+(?==)/.exec(word)?.[0];
    report(
      "E3",
      { line: module.line, path: name === undefined ? entry.name : `${entry.name}@${name}` },
      `${JSON.stringify(word)} is still to be filled in`,
      "write what it stands for, without the angle brackets",
    );
  }
}

/** E2: each image must be where its own loader looks for it, and the installer's arguments with the kernel. */
function checkImages(entry: BootEntry, report: Report): void {
  const [xen, kernel, root] = entry.modules;
  const expected = [
    { module: xen, is: "Xen", file: "xen.gz", others: /^vmlinu|^install\.img/ },
    { module: kernel, is: "the control domain's kernel", file: "vmlinuz", others: /^xen([.-]|$)|^install\.img/ },
    { module: root, is: "the installer's root", file: "install.img", others: /^xen([.-]|$)|^vmlinu/ },
  ];
  for (const { module, is, file, others } of expected) {
    if (module === undefined || isPlaceholder(module.image)) continue;
    const at = { line: module.line, path: entry.name };
    const argument = /^[\w-]+=/.test(module.image) || bootArgument(module.image) !== undefined;
    if (argument || others.test(module.image.slice(module.image.lastIndexOf("/") + 1)))
      report(
        "E2",
        at,
        `${JSON.stringify(module.image)} stands where ${is} must be, and the loader looks for a file of this name`,
        `write the path of ${file} before its arguments, and keep the order: xen.gz, vmlinuz, install.img`,
      );
    for (const word of module === kernel ? [] : module.arguments) {
      const name = word.split("=")[0] ?? "";
      if (ANSWERFILES.includes(name))
        report(
          "E2",
          at,
          `${name} is an argument of ${module.image}, and only the kernel's arguments reach the installer`,
          "write it behind vmlinuz",
        );
    }
  }
}

/** Arguments of Xen of which the last one counts (Xen's command line documentation). */
const XEN_ONCE = ["console", "com1", "com2", "dom0_mem", "dom0_max_vcpus"];

function checkXen(entry: BootEntry, xen: BootModule, report: Report): void {
  const names = xen.arguments.map((word) => word.split("=")[0] ?? "");
  for (const name of XEN_ONCE)
    if (names.indexOf(name) !== names.lastIndexOf(name))
      report("W23", { line: xen.line, path: `${entry.name}@${name}` }, `Xen gets ${name} twice, and the last one counts`, "keep one");
}

const ANSWERFILES = ["answerfile", "rt_answerfile", "answerfile_generator"];
const ARGUMENT_NAMES = BOOT_ARGUMENTS.map(({ name }) => name);

interface Given {
  readonly name: string;
  readonly value?: string | undefined;
}

type Place = (name?: string) => { readonly line: number; readonly path: string };

function checkArguments(entry: BootEntry, kernel: BootModule, target: Target, report: Report): void {
  const at: Place = (name) => ({ line: kernel.line, path: name === undefined ? entry.name : `${entry.name}@${name}` });
  const all: readonly Given[] = kernel.arguments
    .filter((word) => !isPlaceholder(word))
    .map((word) => /^([^=]*)(?:=(.*))?$/s.exec(word))
    .map((match) => ({ name: match?.[1] ?? "", value: match?.[2] }));
  checkRepeated(all, at, report);
  // Of an argument that is there twice, the last one counts.
  const last = new Map(all.map((one) => [one.name, one]));
  const given = all.filter((one) => bootArgument(one.name)?.several === true || last.get(one.name) === one);
  const named = new Set(kernel.arguments.map((word) => word.split("=")[0]));
  for (const { name, value } of given) checkArgument(name, value, target, at, report);
  const sources = given.filter(({ name }) => ANSWERFILES.includes(name));
  const names = new Set(sources.map(({ name }) => name));
  if (names.has("answerfile_generator") && names.size > 1)
    report("E1", at("answerfile_generator"), "an answerfile and a generator are both given, and the installer stops", "keep one");
  const argument = (...of: string[]) => given.findLast(({ name }) => of.includes(name) && isRead(bootArgument(name) ?? {}, target))?.value;
  const config = argument("network_config");
  if (config !== undefined)
    for (const { rule, message, remedy } of networkConfigProblems(config, target)) report(rule, at("network_config"), message, remedy);
  if (sources.length === 0) return;
  for (const { name, value = "" } of sources) {
    const problem = fetchProblem(value, target);
    if (problem !== undefined) report("E9", at(name), `${JSON.stringify(value)}: ${problem.problem}`, problem.remedy);
  }
  if (!atLeast(target, "8.3") && !named.has("install"))
    report(
      "W12",
      at(),
      `without the word install, ${productOf(target)} ignores the answerfile and asks at its console`,
      "add install to the kernel's arguments",
    );
  // A device that is not read, or still to be filled in, has been reported.
  const device = argument("network_device", "answerfile_device");
  if (device === undefined && (named.has("network_device") || named.has("answerfile_device"))) return;
  const urls = sources.map(({ value = "" }) => value);
  checkDevice({ device, urls, config, name: nameFor("network_device", target) }, at, report);
}

/** E8, E3, W1, W15: one argument, by the table. */
function checkArgument(name: string, value: string | undefined, target: Target, at: Place, report: Report): void {
  const argument = bootArgument(name);
  if (argument === undefined) {
    const meant = name.length > 5 ? suggest(name, ARGUMENT_NAMES) : undefined;
    if (meant !== undefined && meant !== name)
      report("W1", at(name), `the installer does not know an argument ${JSON.stringify(name)}`, `did you mean ${meant}?`);
    return;
  }
  if (!isRead(argument, target)) {
    const other = nameFor(name, target);
    report("E8", at(name), `${productOf(target)} does not read ${name}`, other === name ? "remove it" : `write ${other}`);
  } else if (argument.oneOf !== undefined && !argument.oneOf.includes((value ?? "").toLowerCase()))
    report("E3", at(name), `${JSON.stringify(value ?? "")} is not one of ${argument.oneOf.join(", ")}`, `write ${argument.usual}`);
  if (name === "no-gpgcheck" || name === "no-repo-gpgcheck")
    report("W15", at(name), "the installer does not check the packages' signatures", "remove it, and publish packages with signatures");
}

/** W23: what is there twice. */
function checkRepeated(given: readonly Given[], at: Place, report: Report): void {
  for (const { name, several = false } of BOOT_ARGUMENTS) {
    const values = given.filter((each) => each.name === name).map(({ value = "" }) => value);
    if (name === "console") {
      for (const value of new Set(values))
        if (values.indexOf(value) !== values.lastIndexOf(value))
          report(
            "W23",
            at(name),
            `the console ${value} is given twice`,
            "keep the one behind the others if it is to be the host's console",
          );
    } else if (!several && values.length > 1) report("W23", at(name), `${name} is given twice, and the last one counts`, "keep one");
  }
}

/** W11, W13: the interface that the installer sets up before it has the answerfile. */
function checkDevice(
  { device, urls, config, name }: { device: string | undefined; urls: readonly string[]; config: string | undefined; name: string },
  at: Place,
  report: Report,
): void {
  const fromImage = urls.every((url) => url.startsWith("file://"));
  if (device === undefined && fromImage) {
    report(
      "W11",
      at(name),
      "with an answerfile in its own image, the installer sets up no network, and so cannot reach a source by url or nfs",
      `add ${name}=eth0, or the interface's MAC`,
    );
    return;
  }
  if (device === undefined)
    report(
      "W13",
      at(name),
      `without ${name}, the installer tries DHCP on one interface after the other, a minute for each`,
      `add ${name}=MAC of the interface that reaches the server`,
    );
  else if (device.toLowerCase() === "all")
    report(
      "W13",
      at(name),
      `with all, the installer tries DHCP on one interface after the other, a minute for each${/^static/i.test(config ?? "") ? ", and ignores network_config=static" : ""}`,
      `name one interface: ${name}=eth0, or its MAC`,
    );
  else if (!/^(eth\d+|([0-9a-f]{2}:){5}[0-9a-f]{2})$/i.test(device))
    report("E3", at(name), `${JSON.stringify(device)} is not an interface: it must be one like eth0, a MAC or all`, `write ${name}=eth0`);
}
