import { closeSync, openSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheKey, cacheRoot, fillOnce } from "../../engines/cache";
import { attempt } from "../netns/command";
import { LibvirtLabErrors } from "./errors";

/** What a guest's image is made of. */
const SOURCES = ["packages.sh", "image.sh", "../xen/guest/image.sh", "../xen/guest/init.sh", "../xen/guest/agent.pl"];

/** What image.sh makes, by its path on the host. */
export const GUEST_KERNEL = "/srv/guest/vmlinuz";
export const GUEST_INITRD = "/srv/guest/initrd.gz";

/**
 * The folders of a libvirt host's system, for `HostSpec.root`. All labs of this machine share them, and nothing writes to them. If they are not in the
 * cache, they are built from Debian packages, which takes a minute or two on an idle machine.
 */
export async function hostRoot(): Promise<[string, string]> {
  const missing = missingForLibvirt();
  if (missing !== undefined) throw LibvirtLabErrors.notHere(missing);
  const packages = await cached("packages", ["packages.sh"], (into) => build("packages.sh", into));
  const guest = await cached("guest", SOURCES, async (out) => {
    const work = `${out}.work`;
    await build("image.sh", packages, out, work).finally(() => rm(work, { recursive: true, force: true }));
  });
  return [guest, join(packages, "root")];
}

/** A folder of the cache, beside the engines'. Its name changes if its sources change. */
async function cached(name: string, sources: readonly string[], fill: (out: string) => Promise<void>): Promise<string> {
  const files = sources.map((source) => join(__dirname, source));
  const folder = join(dirname(cacheRoot()), "libvirt", cacheKey(name, "9.0", files));
  await fillOnce(folder, fill);
  return folder;
}

async function build(script: string, ...words: readonly string[]): Promise<void> {
  const { code, stderr } = await attempt(["bash", join(__dirname, script), ...words]);
  if (code !== 0) throw LibvirtLabErrors.imageFailed(stderr.slice(-2000));
}

/** Why there is no libvirt lab here; undefined if there can be one. */
export function missingForLibvirt(): string | undefined {
  if (process.platform !== "linux") return `this is ${process.platform}`;
  if (process.geteuid?.() !== 0) return "it needs root";
  try {
    closeSync(openSync("/dev/net/tun", "r+"));
  } catch (error) {
    return `no network devices can be made: ${(error as Error).message}`;
  }
  return undefined;
}
