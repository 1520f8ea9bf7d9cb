import { type GrubCommand, grubCommands } from "./grub-commands";

/** How a boot file starts an installer: Xen, the control domain's kernel with its arguments, and the installer's root. */
export interface BootEntry {
  /** The name that a user chooses: "install", or the file's kind if there is only one entry. */
  readonly name: string;
  readonly line: number;
  readonly firmware: "bios" | "uefi" | "either";
  /** Each image with its arguments, Xen first. */
  readonly modules: readonly BootModule[];
}

export interface BootModule {
  readonly image: string;
  readonly arguments: readonly string[];
  readonly line: number;
}

/** A place where GRUB reads something else than what was meant. */
export interface Misread {
  readonly line: number;
  /** The name of the entry that it is in. */
  readonly entry: string;
  /** The character without quotes. */
  readonly character: string;
  /** What a semicolon cut off; undefined for a character at which GRUB stops. */
  readonly lost?: string;
}

export interface BootFile {
  readonly kind: "pxelinux" | "grub" | "ipxe";
  readonly entries: readonly BootEntry[];
  /** Whether the file leads to another file, which may have the entries. */
  readonly leadsOn: boolean;
  readonly misread: readonly Misread[];
}

interface Line {
  readonly words: readonly string[];
  readonly number: number;
}

/** Reads what starts installers in a PXELINUX, GRUB or iPXE file. Any text counts as one of the three. */
export function readBootFile(text: string): BootFile {
  const source = text.replace(/^\ufeff/, "");
  if (/^#!ipxe/.test(source)) return ipxe(linesOf(source));
  if (
    /^\s*(menuentry|multiboot2?|module2?|configfile|linux(efi)?|set\s+\w+=|insmod|search)\b/m.test(source) &&
    !/^\s*(label|append|kernel)\s/im.test(source)
  )
    return grub(grubCommands(source));
  return pxelinux(linesOf(source));
}

/** Lines with the number of their first line. A line that ends in a backslash continues on the next one. */
function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let pending: { text: string; number: number } | undefined;
  text.split(/\r\n|\n|\r/).forEach((raw, index) => {
    const joined: { text: string; number: number } =
      pending === undefined ? { text: raw, number: index + 1 } : { text: `${pending.text} ${raw}`, number: pending.number };
    if (joined.text.endsWith("\\")) {
      pending = { ...joined, text: joined.text.slice(0, -1) };
      return;
    }
    pending = undefined;
    const words = joined.text
      .trim()
      .split(/\s+/)
      .filter((word) => word !== "");
    if (words.length > 0 && !(words[0] ?? "").startsWith("#")) lines.push({ words, number: joined.number });
  });
  return lines;
}

/** `kernel mboot.c32`, then `append xen.gz ARGS --- vmlinuz ARGS --- install.img`. */
function pxelinux(lines: readonly Line[]): BootFile {
  const entries: BootEntry[] = [];
  let label: { name: string; line: number } = { name: "pxelinux", line: 1 };
  let multiboot = false;
  let leadsOn = false;
  for (const { words, number } of lines) {
    const [key = "", first = ""] = [words[0]?.toLowerCase() ?? "", words[1] ?? ""];
    if (key === "label") {
      label = { name: first === "" ? "label" : first, line: number };
      multiboot = false;
    } else if (key === "kernel" || key === "com32") multiboot = /(^|\/)mboot\.c32$/.test(first);
    else if (key === "include" || key === "config" || (key === "menu" && first.toLowerCase() === "include")) leadsOn = true;
    else if (key === "append" && (multiboot || words.includes("---") || words.some((word) => /^(rt_)?answerfile(_\w+)?=/.test(word))))
      entries.push({ ...label, firmware: "bios", modules: split(words.slice(1), number) });
  }
  return { kind: "pxelinux", entries, leadsOn, misread: [] };
}

/** mboot.c32 takes options of its own before the first image. */
const MBOOT_OPTIONS = ["-solo", "-aout"];

function split(words: readonly string[], line: number): BootModule[] {
  const modules: BootModule[] = [];
  let current: string[] = [];
  for (const word of [...words, "---"]) {
    if (word !== "---") {
      if (modules.length > 0 || current.length > 0 || !MBOOT_OPTIONS.includes(word)) current.push(word);
      continue;
    }
    const [image = "", ...rest] = current;
    if (image !== "") modules.push({ image, arguments: rest, line });
    current = [];
  }
  return modules;
}

/** What may follow a semicolon on purpose: GRUB's own words and the commands of the products' builds. */
const GRUB_COMMANDS = new Set(
  "} if elif else fi for while until do done function menuentry submenu set unset export insmod multiboot multiboot2 module module2 boot configfile source normal chainloader linux linuxefi initrd initrdefi search echo cat sleep test [ halt reboot exit return true false terminal_input terminal_output serial".split(
    " ",
  ),
);

/** The command that adds a module to what another one has started. GRUB refuses any other pair. */
const MODULE_OF: Readonly<Record<string, string>> = { multiboot: "module", multiboot2: "module2", xen_hypervisor: "xen_module" };

/** `menuentry NAME { multiboot2 xen.gz ARGS`, `module2 vmlinuz ARGS`, `module2 install.img }`. */
function grub(commands: readonly GrubCommand[]): BootFile {
  const entries: BootEntry[] = [];
  const misread: Misread[] = [];
  let name = "grub";
  let start = 1;
  let firmware: BootEntry["firmware"] = "uefi";
  let modules: BootModule[] = [];
  let leadsOn = false;
  let adding = "";
  let cut = false;
  const close = () => {
    if (modules.length > 0) entries.push({ name, line: start, firmware, modules });
    modules = [];
  };
  for (const { words, line, behind, stopsAt } of commands) {
    const [key = "", ...rest] = words;
    const starts = Object.hasOwn(MODULE_OF, key);
    const adds = Object.values(MODULE_OF).includes(key);
    if (key === "menuentry") {
      close();
      name = (rest[0] ?? key).replace(/[\s/@]+/g, "-");
      start = line;
    } else if (starts) {
      close();
      if (name === "grub") start = line;
      // Xen's first kind of Multiboot has no UEFI.
      firmware = key === "multiboot" ? "bios" : "uefi";
      modules = [module(rest, line)];
      adding = MODULE_OF[key] ?? "";
    } else if (key === adding)
      modules.push(
        module(
          rest.filter((word) => word !== "--nounzip"),
          line,
        ),
      );
    else if (key === "configfile" || key === "source" || key === "chainloader") leadsOn = true;
    else if (key === "}") close();
    if (stopsAt !== undefined) misread.push({ line, entry: name, character: stopsAt });
    // What one semicolon cut off, another can cut again.
    cut = starts || adds || (cut && behind && !GRUB_COMMANDS.has(key));
    if (cut && !starts && !adds) misread.push({ line, entry: name, character: ";", lost: words.join(" ") });
  }
  close();
  return { kind: "grub", entries, leadsOn, misread };
}

function module([image = "", ...rest]: readonly string[], line: number): BootModule {
  return { image, arguments: rest, line };
}

/** `kernel URL ARGS`, `module URL ARGS`; or `chain`, which leads to GRUB. */
function ipxe(lines: readonly Line[]): BootFile {
  const entries: BootEntry[] = [];
  let label = { name: "ipxe", line: 1 };
  let modules: BootModule[] = [];
  let leadsOn = false;
  const close = () => {
    if (modules.length > 0) entries.push({ ...label, firmware: "either", modules });
    modules = [];
  };
  for (const { words, number } of lines) {
    const [key = "", ...rest] = words;
    if (key.startsWith(":")) {
      close();
      label = { name: key.slice(1), line: number };
    } else if (key === "kernel") {
      close();
      modules = [module(withoutOptions(rest), number)];
    } else if (key === "module" || key === "initrd") modules.push(module(withoutOptions(rest), number));
    else if (key === "chain" || key === "imgload") leadsOn = true;
  }
  close();
  return { kind: "ipxe", entries, leadsOn, misread: [] };
}

/** The words of an iPXE command, without its options and what comes if it succeeds or fails. */
function withoutOptions(words: readonly string[]): readonly string[] {
  let index = 0;
  while ((words[index] ?? "").startsWith("--")) index += words[index] === "--name" || words[index] === "-n" ? 2 : 1;
  const end = words.findIndex((word) => word === "||" || word === "&&");
  return words.slice(index, end < 0 ? undefined : end);
}
