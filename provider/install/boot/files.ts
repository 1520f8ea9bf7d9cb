import { posix } from "node:path";
import { atLeast, isXcpNg, productOf, type Target } from "../targets";

/** How one host boots from the network into its installer. */
export interface BootSpec {
  readonly target: Target;
  /** Six pairs of hex digits, in any spelling. */
  readonly mac: string;
  /** The URL from which the installer fetches its answerfile. */
  readonly answerfile: string;
  /** Shows progress as text on the console instead of screens. */
  readonly textStatus: boolean;
  /** "eth0", a MAC or "all". Default: the host's MAC. */
  readonly networkDevice?: string;
  /** "dhcp:vlan=7", "static:ip=...;netmask=...". */
  readonly networkConfig?: string;
  /** Arguments for Xen, in place of the version's own. */
  readonly xenArguments?: string;
  /** Arguments for the control domain's kernel and the installer, in addition to the version's own. */
  readonly kernelArguments: readonly string[];
  /** The folder with xen.gz, vmlinuz and install.img, below the server's root. Default: the product's own. */
  readonly images?: string;
  /** The URL from which iPXE fetches: "http://192.0.2.1/tftpboot". Default: where it got its script from. */
  readonly baseUrl?: string;
}

/** The loaders; each is for one kind of firmware. */
export const LOADERS = ["pxelinux", "grub", "ipxe"] as const;
export type Loader = (typeof LOADERS)[number];

/** Where a host's file for a loader is, below the server's root. `mac`: any spelling. */
export function bootPath(mac: string, loader: Loader): string {
  const dashed = `01-${normalMac(mac).replaceAll(":", "-")}`;
  switch (loader) {
    case "pxelinux":
      return `pxelinux.cfg/${dashed}`;
    case "grub":
      // As GRUB's own variable has the MAC: its script language cannot replace a colon without `regexp`.
      return `${GRUB_FOLDER}/${normalMac(mac)}.cfg`;
    case "ipxe":
      return `ipxe/${dashed}.ipxe`;
  }
}

/** Whether a file of GRUB_FOLDER is a host's, by this version of csp or by an earlier one. */
export function isGrubFile(name: string): boolean {
  return /^(([0-9a-f]{2}:){5}[0-9a-f]{2}|01(-[0-9a-f]{2}){6})\.cfg$/.test(name);
}

/** Files of one host by path below the server's root. */
export function bootFiles(spec: BootSpec, loaders: readonly Loader[]): ReadonlyMap<string, string> {
  const write = { pxelinux, grub, ipxe };
  return new Map(LOADERS.filter((loader) => loaders.includes(loader)).map((loader) => [bootPath(spec.mac, loader), write[loader](spec)]));
}

/** The folder in which both XenServer's and XCP-ng's grubx64.efi look for files. */
const GRUB_FOLDER = "EFI/xenserver";

export const GRUB_DISPATCHER = `${GRUB_FOLDER}/grub.cfg`;

/** The products' own GRUB, which they have on their media. */
export const GRUB_LOADER = `${GRUB_FOLDER}/grubx64.efi`;

/**
 * What grubx64.efi reads for every host. It leads to the host's own file, by the MAC that the host booted from. The products' builds have the
 * modules that this takes, `configfile`, `echo` and `efinet` (xcp-ng-rpms/grub, grub.spec), and their media have no others to load.
 */
export const DISPATCHER = `# Made by csp: leads every host to its own file.
configfile /${GRUB_FOLDER}/$net_default_mac.cfg
echo "csp: there is no boot file /${GRUB_FOLDER}/$net_default_mac.cfg"
`;

/** What csp published in its place before. The products' builds stop at it: they have no `regexp`. */
const EARLIER_DISPATCHER = `# Made by csp: leads every host to its own file.
insmod regexp
regexp --set=1:a --set=2:b --set=3:c --set=4:d --set=5:e --set=6:f '^(..):(..):(..):(..):(..):(..)$' "$net_default_mac"
configfile /${GRUB_FOLDER}/01-$a-$b-$c-$d-$e-$f.cfg
`;

/** Whether a dispatcher is csp's own, of any version. */
export function isOwnDispatcher(text: string): boolean {
  return text === DISPATCHER || text === EARLIER_DISPATCHER;
}

export function normalMac(mac: string): string {
  return (mac.toLowerCase().match(/[0-9a-f]{2}/g) ?? []).join(":");
}

/** The arguments of the products' own boot files: 752 MB up to 7.0; the 64-bit control domain of later versions needs more. */
function xenArguments({ target, xenArguments }: BootSpec): string {
  if (xenArguments !== undefined) return xenArguments;
  const console = "com1=115200,8n1 console=com1,vga";
  if (!atLeast(target, "7.1")) return `dom0_max_vcpus=2 dom0_mem=752M ${console}`;
  return `dom0_mem=2048M,max:2048M watchdog dom0_max_vcpus=4 ${console}`;
}

function kernelArguments(spec: BootSpec): string {
  const { target, answerfile, networkDevice, networkConfig, mac } = spec;
  // The old name is the only one that all earlier versions have.
  const device = atLeast(target, "7.1") ? "network_device" : "answerfile_device";
  const own = spec.kernelArguments.flatMap((argument) => argument.split(/\s+/)).filter((word) => word !== "");
  // An installer would run twice on a console that is there twice. The user's place in the order decides which one is the host's.
  const consoles = ["console=hvc0", "console=tty0"].filter((console) => !own.includes(console));
  return [
    ...(atLeast(target, "7.1") ? [] : ["xencons=hvc"]),
    ...consoles,
    `${spec.textStatus ? "rt_answerfile" : "answerfile"}=${answerfile}`,
    "install",
    `${device}=${networkDevice ?? normalMac(mac)}`,
    ...(networkConfig === undefined ? [] : [`network_config=${networkConfig}`]),
    ...own,
  ].join(" ");
}

function images({ target, images }: BootSpec): string {
  return images ?? (isXcpNg(target) ? "xcp-ng" : "xenserver");
}

const head = (spec: BootSpec) => `Made by csp: ${productOf(spec.target)} on ${normalMac(spec.mac)}.`;

function pxelinux(spec: BootSpec): string {
  const folder = images(spec);
  return `# ${head(spec)}
DEFAULT install
PROMPT 0
LABEL install
  KERNEL mboot.c32
  APPEND ${folder}/xen.gz ${xenArguments(spec)} --- ${folder}/vmlinuz ${kernelArguments(spec)} --- ${folder}/install.img
`;
}

/** Puts arguments in quotes, because the semicolon of network_config would otherwise end the command. */
function grub(spec: BootSpec): string {
  const folder = posix.join("/", images(spec));
  const words = (text: string) =>
    text
      .split(" ")
      .map((word) => (/[;'"$&|<>{}#\\]/.test(word) ? `'${word.replaceAll("'", "'\\''")}'` : word))
      .join(" ");
  return `# ${head(spec)}
set timeout=0
menuentry "install" {
  multiboot2 ${folder}/xen.gz ${words(xenArguments(spec))}
  module2 ${folder}/vmlinuz ${words(kernelArguments(spec))}
  module2 ${folder}/install.img
}
`;
}

/** With a BIOS, it starts Xen by Multiboot; with UEFI, it leads to GRUB, which knows Multiboot 2. */
function ipxe(spec: BootSpec): string {
  const base = (spec.baseUrl ?? "").replace(/\/$/, "");
  const folder = `${base}/${images(spec)}`;
  return `#!ipxe
# ${head(spec)}
iseq \${platform} efi && goto uefi ||
kernel ${folder}/xen.gz ${xenArguments(spec)}
module ${folder}/vmlinuz ${kernelArguments(spec)}
module ${folder}/install.img
boot
:uefi
chain ${base}/${GRUB_LOADER}
`;
}
