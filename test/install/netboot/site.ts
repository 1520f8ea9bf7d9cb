import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Booted, bootFromNetwork, type Firmware, putImages, putLoader, SERVER_ADDRESS } from "../../../lab/installer";
import { bootPath, type Loader } from "../../../provider/install/boot/files";
import type { Target } from "../../../provider/install/targets";
import { Declared } from "../../acceptance/stack";
import { type Trial, trial } from "../../doors/workspace";
import { type FileServer, nginx } from "../support/servers";

type Fields = Readonly<Record<string, unknown>>;

export interface SiteOptions {
  readonly name: string;
  readonly target: Target;
  readonly loader: Loader;
  readonly mac: string;
  /** Of the computer; what the boot file gives to dom0 and a little. MiB. */
  readonly memory: number;
}

/**
 * A place that a host is installed from: one nginx, one TFTP root with loaders and images, a Pulumi stack that publishes all the rest, and the
 * computer to boot.
 */
export class InstallSite {
  readonly folder: string;
  readonly www: string;
  readonly tftp: string;
  private booted = 0;

  private constructor(
    readonly options: SiteOptions,
    readonly web: FileServer,
    readonly engine: Trial,
    folder: string,
  ) {
    this.folder = folder;
    this.www = join(folder, "www");
    // iPXE has it by HTTP.
    this.tftp = join(this.www, "boot");
  }

  static async open(options: SiteOptions): Promise<InstallSite> {
    const folder = mkdtempSync(join(tmpdir(), `csp-netboot-${options.name}-`));
    mkdirSync(join(folder, "www"));
    const site = new InstallSite(options, await nginx(join(folder, "www")), await trial(options.name), folder);
    // Where the plugin unpacks media; the engine itself was found before.
    process.env.XDG_CACHE_HOME = join(folder, "cache");
    return site;
  }

  private get firmware(): Firmware {
    return this.options.loader === "grub" ? "uefi" : "bios";
  }

  /** Copies loader and images, as from a release's media. They are cached outside of the site. */
  async putMedia(images: string): Promise<void> {
    const { target, loader } = this.options;
    const cache = process.env.XDG_CACHE_HOME;
    delete process.env.XDG_CACHE_HOME;
    if (loader !== "ipxe") await putLoader(this.tftp, this.firmware);
    await putImages(join(this.tftp, images), { target, csp: true });
    process.env.XDG_CACHE_HOME = cache;
  }

  /** An address as the computer has it. */
  url(path: string): string {
    return this.web.url(path).replace("127.0.0.1", SERVER_ADDRESS);
  }

  /** What the stack declares from now on. */
  declare(resources: {
    readonly repository: Fields;
    readonly postInstall: Fields;
    readonly answerfile: Fields;
    readonly boot?: Fields;
  }): void {
    const { target, mac, loader } = this.options;
    this.engine.program = async () => {
      const repository = new Declared("csp:install:Repository", "media", {
        path: join(this.www, "media"),
        target,
        urls: [this.web.url("/media")],
        ...resources.repository,
      });
      const script = new Declared("csp:install:PostInstall", "finish", {
        path: join(this.www, "finish.sh"),
        target,
        ...resources.postInstall,
      });
      const answers = new Declared(
        "csp:install:Answerfile",
        "hv-01",
        {
          path: join(this.www, "hv-01.xml"),
          target,
          sources: [{ type: "url", address: this.url("/media") }],
          primaryDisk: { device: "sda" },
          adminInterface: { mac, ipv4: { method: "dhcp" } },
          hostname: "hv-01",
          timezone: "Europe/Berlin",
          rootPassword: "correct horse",
          ...resources.answerfile,
        },
        { dependsOn: [repository, script] },
      );
      new Declared(
        "csp:install:NetworkBoot",
        "hv-01",
        {
          root: this.tftp,
          mac,
          target,
          loaders: [loader],
          answerfile: this.url("/hv-01.xml"),
          ...resources.boot,
        },
        { dependsOn: answers },
      );
      return {};
    };
  }

  /** Turns the computer on, with an empty disk, and waits for its installer's last line. */
  async boot(): Promise<Booted> {
    const { loader, mac, memory } = this.options;
    const folder = join(this.folder, `computer-${++this.booted}`);
    mkdirSync(folder);
    const firstFile = loader === "ipxe" ? { firstFile: this.url(`/boot/${bootPath(mac, loader)}`) } : {};
    return await bootFromNetwork({ firmware: this.firmware, ...firstFile, mac, memory, folder, tftpRoot: this.tftp });
  }

  async close(): Promise<void> {
    this.engine.dispose();
    await this.web.stop();
    delete process.env.XDG_CACHE_HOME;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A file of an installed computer's disk, read from outside. */
export function onDisk({ disk }: Booted, path: string): string {
  if (!existsSync(disk)) throw new Error(`no disk ${disk}`);
  return execFileSync("/usr/sbin/debugfs", ["-R", `cat ${path}`, disk], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
}

export function listOnDisk({ disk }: Booted, folder: string): string[] {
  const text = execFileSync("/usr/sbin/debugfs", ["-R", `ls -p ${folder}`, disk], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  // "/13/100644/0/0/NAME/SIZE/"
  return text
    .split("\n")
    .map((line) => line.split("/")[5] ?? "")
    .filter((name) => name !== "" && name !== "." && name !== "..")
    .sort();
}
