import { closeSync, openSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheKey, cacheRoot, fillOnce } from "../../engines/cache";
import { attempt } from "../netns/command";
import { XenLabErrors } from "./errors";

/** What a Xen host boots from. All labs of this machine share it, and nothing writes to it. */
export interface Image {
  readonly folder: string;
  /** "ssh-ed25519 AAAA...": the host key of every host of this image. */
  readonly hostKey: string;
}

const SOURCES = [
  "image.sh",
  "dom0/initrd.sh",
  "dom0/inittab",
  "dom0/rc.sh",
  "dom0/guest-call.pl",
  "guest/image.sh",
  "guest/init.sh",
  "guest/agent.pl",
];

/** The image. If it is not in the cache, it is built from Debian packages, which takes a minute or two on an idle machine. */
export async function xenImage(): Promise<Image> {
  checkRequirements();
  const folder = await cached("image", ["packages.sh", ...SOURCES], async (out) => {
    const packages = await cached("packages", ["packages.sh"], (into) => build("packages.sh", into));
    const work = `${out}.work`;
    await build("image.sh", packages, out, work).finally(() => rm(work, { recursive: true, force: true }));
  });
  return { folder, hostKey: readFileSync(join(folder, "host-key.pub"), "utf8").trim() };
}

/** A folder of the cache, beside the engines'. Its name changes if its sources change. */
async function cached(name: string, sources: readonly string[], fill: (out: string) => Promise<void>): Promise<string> {
  const files = sources.map((source) => join(__dirname, source));
  const folder = join(dirname(cacheRoot()), "xen", cacheKey(name, "4.17", files));
  await fillOnce(folder, fill);
  return folder;
}

async function build(script: string, ...words: readonly string[]): Promise<void> {
  const { code, stderr } = await attempt(["bash", join(__dirname, script), ...words]);
  if (code !== 0) throw XenLabErrors.imageFailed(stderr.slice(-2000));
}

function checkRequirements(): void {
  if (process.platform !== "linux") throw XenLabErrors.notHere(`this is ${process.platform}`);
  if (process.geteuid?.() !== 0) throw XenLabErrors.notHere("it needs root");
  try {
    closeSync(openSync("/dev/net/tun", "r+"));
  } catch (error) {
    throw XenLabErrors.notHere(`no network devices can be made: ${(error as Error).message}`);
  }
}
