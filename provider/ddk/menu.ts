/**
 * /boot/grub/menu.lst of a development kit. The kit is a guest, and its host boots the first kernel and initrd found in the file: the csp
 * kernel for xen must be an ordinary entry, in front, and the one for kdump must be gone (the CSP pack's README, "Generating a CSP DDK", 3).
 *
 * The README's own command is
 *   sed -i.bck -e '/kdump/d;/xen.gz/d;/vmlinuz/s/module/kernel/;/initrd/s/module/initrd/' /boot/grub/menu.lst
 * This does the same by entries: no line of a deleted entry is left behind, and a menu that is right already stays as it is.
 */
export function cspMenu(text: string, kernel: string): string {
  const { head, entries } = parseMenu(text);
  const kept = entries.filter((entry) => !entry.some((line) => /kdump/.test(line))).map(plain);
  const first = kept.filter((entry) => boots(entry, kernel));
  const rest = kept.filter((entry) => !boots(entry, kernel));
  // An installer of boot loaders points at an entry by its number; the first is ours now.
  const start = head.map((line) => line.replace(/^(\s*default[\s=]+)\d+/, "$10"));
  return [...start, ...first.flat(), ...rest.flat()].join("\n").replace(/\n*$/, "\n");
}

/** The kernel that the first entry boots, by its name below /boot without "vmlinuz-"; undefined when it boots none without a hypervisor. */
export function bootedBy(text: string): string | undefined {
  const [first = []] = parseMenu(text).entries;
  return first.map((line) => /^\s*kernel\s+\S*\/?vmlinuz-(\S+)/.exec(line)?.[1]).find((name) => name !== undefined);
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
