/** The kernel that is a process: the lab's own, built from Debian's sources, or Debian's package where there are no sources. */
import { existsSync, readdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheKey, cacheRoot, fillOnce } from "../../engines/cache";
import { CspError } from "../../provider/errors";
import { attempt } from "../netns/command";
import { SecondKernelErrors } from "./errors";

export interface SecondKernel {
  readonly kind: "own" | "packaged";
  readonly program: string;
  /** What /lib/modules/RELEASE is to be. The own kernel has no modules; the folder says what is built in. */
  readonly modules: string;
}

const SOURCES = ["kernel.sh", "kernel.config"].map((file) => join(__dirname, file));
const PACKAGED = { program: "/usr/bin/linux.uml", modules: "/usr/lib/uml/modules" };

/**
 * The second kernel. If the own one is not in the cache, it is built, which takes a few minutes. If it cannot be had, `say` gets a sentence with the
 * reason, and Debian's package takes its place: that lacks iptables-nft, connection tracking zones and most of nft's bridge family.
 * CSP_UML_KERNEL=packaged asks for the package, CSP_UML_KERNEL=own for nothing else than the own one. Throws if there is no second kernel at all.
 */
export async function secondKernel(say: (sentence: string) => void): Promise<SecondKernel> {
  if (process.platform !== "linux" || process.geteuid?.() !== 0) throw SecondKernelErrors.notHere("it needs Linux and root");
  const wanted = process.env.CSP_UML_KERNEL;
  if (wanted === "packaged") return packaged() ?? raise(SecondKernelErrors.notHere(`there is no ${PACKAGED.program}`));
  try {
    return await own(say);
  } catch (error) {
    const instead = packaged();
    if (wanted === "own" || instead === undefined || !(error instanceof CspError)) throw error;
    say(`${error.message} Debian's package user-mode-linux takes its place`);
    return instead;
  }
}

async function own(say: (sentence: string) => void): Promise<SecondKernel> {
  const version = await sourceVersion();
  const folder = join(dirname(cacheRoot()), "uml", cacheKey("kernel", version, SOURCES));
  if (!existsSync(folder)) say(`the second kernel is built from linux-source-6.1 ${version}, once; it takes a few minutes`);
  await fillOnce(folder, async (out) => {
    const work = `${out}.work`;
    try {
      const { code, stdout, stderr } = await attempt(["bash", join(__dirname, "kernel.sh"), version, out, work]);
      if (code !== 0) throw SecondKernelErrors.notBuilt(version, (stderr || stdout).slice(-2000));
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  });
  return { kind: "own", program: join(folder, "linux"), modules: release(join(folder, "modules")) ?? "" };
}

/** The newest that apt knows. */
async function sourceVersion(): Promise<string> {
  const { stdout } = await attempt(["apt-cache", "show", "--no-all-versions", "linux-source-6.1"]).catch(() => ({ stdout: "" }));
  const [, version] = /^Version: (\S+)$/m.exec(stdout) ?? [];
  return version ?? raise(SecondKernelErrors.noSource());
}

function packaged(): SecondKernel | undefined {
  const modules = release(PACKAGED.modules);
  return existsSync(PACKAGED.program) && modules !== undefined ? { kind: "packaged", program: PACKAGED.program, modules } : undefined;
}

/** The one folder in `modules`, whose name is the kernel's release. */
function release(modules: string): string | undefined {
  const [name] = existsSync(modules) ? readdirSync(modules) : [];
  return name === undefined ? undefined : join(modules, name);
}

function raise(error: Error): never {
  throw error;
}
