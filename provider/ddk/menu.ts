/**
 * /boot/grub/menu.lst of a development kit. The kit is a guest, and its host boots the first kernel and initrd found in the file: the csp
 * kernel for xen must be an ordinary entry, in front, and the one for kdump must be gone (the CSP pack's README, "Generating a CSP DDK", 3).
 *
 * The README's own command is
 *   sed -i.bck -e '/kdump/d;/xen.gz/d;/vmlinuz/s/module/kernel/;/initrd/s/module/initrd/' /boot/grub/menu.lst
 * This does the same by entries: no line of a deleted entry is left behind, and a menu that is right already stays as it is.
 */
export function cspMenu(text: string, kernel: string): string {
  return withFirst(plainMenu(text), (entry) => boots(entry, kernel));
}

/**
 * The same menu with a stock kernel in front, and the csp kernel behind it: "If you want to boot the stock kernel, switch the order of the two
 * kernel definitions" (step 3 of the README). Of several other kernels, the first one counts.
 */
export function stockMenu(text: string, kernel: string): string {
  const menu = plainMenu(text);
  const stock = menu.entries.find((entry) => kernelOf(entry) !== undefined && !boots(entry, kernel));
  return withFirst(menu, (entry) => entry === stock);
}

/** The menu as entries that boot without a hypervisor, without those for kdump. */
function plainMenu(text: string): Menu {
  const { head, entries } = parseMenu(text);
  return { head, entries: entries.filter((entry) => !entry.some((line) => /kdump/.test(line))).map(plain) };
}

function withFirst({ head, entries }: Menu, isFirst: (entry: readonly string[]) => boolean): string {
  const ordered = [...entries.filter(isFirst), ...entries.filter((entry) => !isFirst(entry))];
  // An installer of boot loaders points at an entry by its number; the first is ours now.
  const start = head.map((line) => line.replace(/^(\s*default[\s=]+)\d+/, "$10"));
  return [...start, ...ordered.flat()].join("\n").replace(/\n*$/, "\n");
}

/** The kernel that the first entry boots, by its name below /boot without "vmlinuz-"; undefined when it boots none without a hypervisor. */
export function bootedBy(text: string): string | undefined {
  return kernelOf(parseMenu(text).entries[0] ?? []);
}

function kernelOf(entry: readonly string[]): string | undefined {
  return entry.map((line) => /^\s*kernel\s+\S*\/?vmlinuz-(\S+)/.exec(line)?.[1]).find((name) => name !== undefined);
}

/** Whether there is an entry for a kernel at all. */
export function hasEntry(text: string, kernel: string): boolean {
  return parseMenu(text).entries.some((entry) => entry.some((line) => line.includes(`vmlinuz-${kernel}`)));
}

interface Menu {
  readonly head: readonly string[];
  readonly entries: readonly (readonly string[])[];
}

function parseMenu(text: string): Menu {
  const lines = text.replace(/\n+$/, "").split("\n");
  const starts = lines.flatMap((line, index) => (/^\s*title\b/.test(line) ? [index] : []));
  return {
    head: lines.slice(0, starts[0] ?? lines.length),
    entries: starts.map((start, index) => lines.slice(start, starts[index + 1] ?? lines.length)),
  };
}

/** An entry that Xen boots, as one that boots without it. */
function plain(entry: readonly string[]): string[] {
  return entry
    .filter((line) => !/xen\.gz/.test(line))
    .map((line) => {
      if (/vmlinuz/.test(line)) return line.replace("module", "kernel");
      return /initrd/.test(line) ? line.replace("module", "initrd") : line;
    });
}

function boots(entry: readonly string[], kernel: string): boolean {
  return entry.some((line) => new RegExp(`^\\s*kernel\\s+\\S*vmlinuz-${kernel.replace(/[.+]/g, "\\$&")}(\\s|$)`).test(line));
}
