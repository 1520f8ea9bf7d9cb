import { spawn } from "node:child_process";
import { existsSync, openSync, readFileSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "../netns/command";
import { identify, isAlive, type ProcessIdentity } from "../netns/state";
import { XenLabErrors } from "./errors";
import type { Image } from "./image";

/** A cable from dom0's bridge to a tap device of this machine. */
export interface Cable {
  readonly tap: string;
  /** The MAC of dom0's end, an uplink. */
  readonly mac: string;
}

export interface MachineOptions {
  readonly name: string;
  /** The folder for the machine's own files: disk, sockets, console. */
  readonly folder: string;
  readonly image: Image;
  /** Loopback port that leads to dom0's sshd. */
  readonly sshPort: number;
  /** The key that dom0 lets in as root: base64 of an ed25519 public key. */
  readonly publicKey: string;
  readonly cables: readonly Cable[];
  /** True: it continues when this process ends. */
  readonly keep: boolean;
}

/** In MiB: for Xen, dom0 and the guests. A guest takes 192. QEMU itself needs about 1,300 more for translated code. */
const MEMORY = 2048;
const DOM0_MEMORY = 768;

/** An emulated computer (QEMU without KVM) that boots Xen. */
export class Machine {
  constructor(
    private readonly folder: string,
    readonly process: ProcessIdentity,
  ) {}

  static async start(options: MachineOptions): Promise<Machine> {
    const { folder, image } = options;
    const disk = join(folder, "disk.qcow2");
    await run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", join(image.folder, "dom0.ext4"), disk]);
    const log = openSync(join(folder, "qemu.log"), "a");
    // Unless the machine is to stay, it must end with this process, even if this process is killed.
    const tied = options.keep ? [] : ["setpriv", "--pdeathsig", "KILL"];
    // It is emulated, and this machine may be busy, but it must meet time limits: libxl gives a hotplug script 40 seconds.
    const [command = "", ...args] = [...tied, "nice", "-n", "-5", "qemu-system-x86_64", ...qemuArguments(options, disk)];
    const child = spawn(command, args, { stdio: ["ignore", log, log], detached: options.keep });
    child.unref();
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", reject);
    });
    const identity = identify(child.pid ?? 0);
    if (identity === undefined) throw XenLabErrors.bootFailed(options.name, "QEMU ended at once", tail(join(folder, "qemu.log")));
    const machine = new Machine(folder, identity);
    // Once it answers, its devices are there, including the taps.
    while (!(await machine.answers())) {
      if (!machine.running) throw XenLabErrors.bootFailed(options.name, "QEMU ended at once", machine.console());
      await sleep(50);
    }
    return machine;
  }

  private answers(): Promise<boolean> {
    return this.monitor("info status").then(
      () => true,
      () => false,
    );
  }

  get running(): boolean {
    return isAlive(this.process);
  }

  /** Last lines of Xen's and dom0's console, and of QEMU's own complaints. */
  console(): string {
    return `${tail(join(this.folder, "qemu.log"))}${tail(join(this.folder, "console.log"))}`;
  }

  /** Ends the machine at once. */
  async stop(): Promise<void> {
    if (!this.running) return;
    process.kill(this.process.pid, "SIGTERM");
    for (let n = 0; n < 100 && this.running; n++) await sleep(50);
    if (this.running) process.kill(this.process.pid, "SIGKILL");
  }

  private monitor(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(join(this.folder, "monitor.sock"));
      let text = "";
      let sent = false;
      const fail = (problem: string) => {
        socket.destroy();
        reject(XenLabErrors.commandFailed(`QEMU's ${command}`, null, problem));
      };
      socket.setTimeout(120_000, () => fail("no answer within two minutes"));
      socket.on("error", (error) => fail(error.message));
      socket.on("close", () => fail("QEMU ended"));
      socket.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (!text.endsWith("(qemu) ")) return;
        if (!sent) {
          sent = true;
          text = "";
          socket.write(`${command}\n`);
          return;
        }
        socket.removeAllListeners("close");
        socket.destroy();
        if (/Error|unknown command|does not have/i.test(text)) fail(text);
        else resolve(text);
      });
    });
  }
}

function qemuArguments({ name, folder, image, sshPort, publicKey, cables }: MachineOptions, disk: string): string[] {
  const file = (entry: string) => join(image.folder, entry);
  const xen = `console=com1 com1=115200 dom0_mem=${DOM0_MEMORY}M,max:${DOM0_MEMORY}M dom0_max_vcpus=2 spec-ctrl=no xpti=no loglvl=warning guest_loglvl=warning`;
  const linux = `root=/dev/vda console=hvc0 quiet mitigations=off net.ifnames=0 panic=5 lab.key=${publicKey}`;
  return [
    ...["-name", `csp-xen-${name}`, "-nodefaults", "-no-user-config", "-display", "none"],
    // "-cpu max" crashes dom0 under emulation.
    ...["-accel", "tcg,thread=multi", "-cpu", "qemu64", "-smp", "2", "-m", String(MEMORY)],
    ...["-chardev", `file,id=console,path=${join(folder, "console.log")}`, "-serial", "chardev:console"],
    ...["-chardev", `socket,id=monitor,path=${join(folder, "monitor.sock")},server=on,wait=off`, "-mon", "monitor,mode=readline"],
    // Commas in QEMU's options are doubled; the -initrd list has them between modules.
    ...["-kernel", file("xen"), "-append", xen, "-initrd", `${file("vmlinux")} ${linux},${file("dom0.cpio.gz")}`],
    ...["-drive", `file=${disk},if=none,id=disk,format=qcow2,cache=unsafe`, "-device", "virtio-blk-pci,drive=disk"],
    // Nothing leaves it: the only way in or out is the forwarded port.
    ...["-netdev", `user,id=management,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:${sshPort}-:22`],
    ...["-device", "virtio-net-pci,netdev=management,mac=02:fe:00:00:00:00,romfile="],
    ...cables.flatMap(({ tap, mac }, index) => [
      ...["-netdev", `tap,id=cable${index},ifname=${tap},script=no,downscript=no`],
      ...["-device", `virtio-net-pci,netdev=cable${index},mac=${mac},romfile=`],
    ]),
  ];
}

/** A loopback port that nobody uses now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function tail(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8").slice(-1500) : "";
}
