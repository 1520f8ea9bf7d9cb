import { spawn } from "node:child_process";
import { appendFileSync, copyFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installerLabErrors } from "./errors";
import { FIRST_FILE, type Firmware } from "./loaders";

/** The address of this machine for the computer that boots. There it finds what listens on this machine's loopback. */
export const SERVER_ADDRESS = "10.0.2.2";

export interface BootOptions {
  readonly firmware: Firmware;
  /** The folder that TFTP serves as its root. */
  readonly tftpRoot: string;
  /** The file that DHCP names, by its path there or a URL. Default the firmware's loader. */
  readonly firstFile?: string;
  readonly mac: string;
  /** The folder for the computer's own files: its disk (disk.img), its console's text (console.log). */
  readonly folder: string;
  /** In MiB: what Xen and the control domain take according to the boot file, and a little more. */
  readonly memory: number;
  /** Default 240. */
  readonly seconds?: number;
  /** Gets the console's text as it comes. */
  readonly onConsole?: (text: string) => void;
}

/** The installer's last line. */
export interface Outcome {
  readonly result: "installed" | "failed";
  readonly target: string;
  /** The rule of csp that says what stopped it; undefined if no file was wrong. */
  readonly rule?: string;
  readonly path?: string;
  readonly line?: number;
  readonly message?: string;
  readonly repositories?: readonly string[];
  readonly packages: number;
  readonly scripts?: readonly {
    readonly stage: string;
    readonly url: string;
    readonly arguments: readonly string[] | null;
    readonly status: number;
  }[];
  /** What a check of a kernel's command line understood. */
  readonly options?: {
    readonly answerfile: string;
    readonly device: string;
    readonly network: boolean;
    readonly config: string;
    readonly multipath: string;
  };
}

export interface Booted {
  readonly outcome: Outcome;
  readonly console: string;
  /** The computer's disk, a file with one ext file system on it: `debugfs` reads it. */
  readonly disk: string;
  readonly seconds: number;
}

const DISK_BYTES = 256 * 1024 * 1024;
/** UEFI for an emulated computer (Debian's package ovmf). */
export const OVMF = { code: "/usr/share/OVMF/OVMF_CODE_4M.fd", variables: "/usr/share/OVMF/OVMF_VARS_4M.fd" };

/** Boots an emulated computer (QEMU without KVM) from the network, and waits until its installer has ended. */
export async function bootFromNetwork(options: BootOptions): Promise<Booted> {
  const { folder, seconds = 240, onConsole } = options;
  const disk = join(folder, "disk.img");
  writeFileSync(disk, "");
  truncateSync(disk, DISK_BYTES);
  const log = join(folder, "console.log");
  const started = Date.now();
  // The computer must end with this process, even if this process is killed.
  const child = spawn("setpriv", ["--pdeathsig", "KILL", "qemu-system-x86_64", ...qemuArguments(options, disk)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let console = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    console += text.replaceAll("\r", "");
    appendFileSync(log, text);
    onConsole?.(text);
  });
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
  const problem = await new Promise<string | undefined>((resolve) => {
    child.on("error", (error) => resolve(error.message));
    child.on("close", (code, signal) =>
      resolve(signal === null ? (code === 0 ? undefined : `QEMU ended with status ${code}: ${complaints}`) : `stopped after ${seconds} s`),
    );
  });
  clearTimeout(timer);
  const last = console
    .split("\n")
    .flatMap((line) => /^csp-installer: (\{.*\})$/.exec(line)?.[1] ?? [])
    .at(-1);
  if (last === undefined) throw installerLabErrors.noEnd(problem ?? "it turned the computer off", console.slice(-3000));
  return { outcome: JSON.parse(last) as Outcome, console, disk, seconds: (Date.now() - started) / 1000 };
}

function qemuArguments({ firmware, tftpRoot, firstFile = FIRST_FILE[firmware], mac, folder, memory }: BootOptions, disk: string): string[] {
  return [
    ...["-name", "csp-netboot", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"],
    // "-cpu max" crashes dom0 under emulation.
    ...["-accel", "tcg", "-cpu", "qemu64", "-m", String(memory)],
    ...["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
    ...[
      "-netdev",
      `user,id=net,tftp=${quoted(tftpRoot)},bootfile=${quoted(firstFile)}`,
      "-device",
      `e1000,netdev=net,mac=${mac},bootindex=1`,
    ],
    ...["-drive", `file=${quoted(disk)},if=none,id=disk,format=raw,cache=unsafe`],
    ...["-device", "ich9-ahci,id=sata", "-device", "ide-hd,drive=disk,bus=sata.0"],
    ...(firmware === "uefi" ? uefi(folder) : ["-machine", "pc"]),
  ];
}

function uefi(folder: string): string[] {
  const variables = join(folder, "firmware.fd");
  copyFileSync(OVMF.variables, variables);
  const flash = (file: string, more: string) => ["-drive", `if=pflash,format=raw,file=${quoted(file)}${more}`];
  return ["-machine", "q35", ...flash(OVMF.code, ",readonly=on"), ...flash(variables, "")];
}

/** Doubles commas, because a single comma ends a value in QEMU's options. */
function quoted(path: string): string {
  return path.replaceAll(",", ",,");
}
