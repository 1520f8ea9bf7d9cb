import { readdirSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { cacheKey, cacheRoot, fillOnce } from "../../engines/cache";
import { productOf, type Target } from "../../provider/install/targets";
import { attempt } from "../netns/command";
import { installerLabErrors } from "./errors";
import { missingForBoot } from "./requirements";

/** The version whose installer an image contains. */
export interface Release {
  readonly target: Target;
  /** Whether the hosts that it installs are to be csp hosts. */
  readonly csp: boolean;
  /** Those of the NFS server, for the computer. It asks no portmapper. */
  readonly ports?: { readonly nfs: number; readonly mount: number };
}

/**
 * Puts xen.gz, vmlinuz and install.img of a release into a folder, as if they were copied from its media. They come from Debian and from us: Xen 4.17,
 * Linux 6.1, and the lab's own installer. They are built once, in half a minute.
 */
export async function putImages(folder: string, { target, csp, ports }: Release): Promise<void> {
  const common = await commonImage();
  await mkdir(folder, { recursive: true });
  for (const name of ["xen.gz", "vmlinuz"]) await copyFile(join(common, name), join(folder, name));
  const own = await mkdtemp(join(tmpdir(), "csp-release-"));
  try {
    await mkdir(join(own, "etc/installer"), { recursive: true });
    await writeFile(join(own, "etc/installer/release.json"), JSON.stringify({ target, product: productOf(target), csp, ports }));
    // Linux takes several archives, one after the other, but loaders unpack only one gzip stream.
    const script = 'cd "$1" && find etc | cpio -o -H newc --quiet -R 0:0 | cat "$2" - | gzip -1 >"$3"';
    await checked(["sh", "-c", script, "sh", own, join(common, "common.cpio"), resolve(folder, "install.img")]);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

/** A folder of the cache with what is the same for all releases. */
async function commonImage(): Promise<string> {
  const missing = missingForBoot();
  if (missing !== undefined) throw installerLabErrors.notHere(missing);
  const own = (name: string) => join(__dirname, name);
  const go = readdirSync(__dirname).filter((name) => name.endsWith(".go") || name === "go.mod");
  const cached = (name: string, sources: readonly string[]) =>
    join(dirname(cacheRoot()), "installer", cacheKey(name, "4.17", sources.map(own)));
  const packages = cached("packages", ["packages.sh"]);
  await fillOnce(packages, async (out) => {
    await checked(["bash", own("packages.sh"), out]);
  });
  const image = cached("image", ["packages.sh", "image.sh", "root/init.sh", "root/lease.sh", ...go.sort()]);
  await fillOnce(image, async (out) => {
    const work = await mkdtemp(join(tmpdir(), "csp-installer-"));
    try {
      const program = join(work, "installer");
      await buildInstaller(program);
      await checked(["bash", own("image.sh"), packages, program, out, join(work, "root")]);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
  return image;
}

/** The installer by itself, which needs no library and no other file. */
export async function buildInstaller(program: string): Promise<void> {
  const build = ["go", "build", "-C", __dirname, "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", program, "."];
  await checked(["env", "CGO_ENABLED=0", ...build]);
}

async function checked(argv: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await attempt(argv);
  if (code !== 0) throw installerLabErrors.imageFailed((stderr || stdout).slice(-2000));
}
