import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareDebian, putDebian } from "../../../lab/eras/debian";

/** nft of this machine, and of Debian 13: the folder that comes first in the PATH of what runs. */
export const RELEASES = ["this machine", "trixie"] as const;
export type Release = (typeof RELEASES)[number];

/** Makes ready what the release's nft needs. Who calls it removes the folder. */
export async function toolsOf(release: Release): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "csp-nft-"));
  if (release === "trixie") {
    await prepareDebian(release);
    putDebian(folder, release, { backend: "nft", ebtables: "nft" });
  }
  return folder;
}

/** Runs a shell's program in a network namespace of its own, and gives what it prints. Throws with what it says if it fails. */
export function apart(tools: string, program: string, input = ""): string {
  return execFileSync("unshare", ["-n", "sh", "-e", "-c", program], { ...options(tools), input });
}

/** The same, for a program that may fail: what it says. */
export function saidApart(tools: string, program: string, input: string): string {
  const { stdout, stderr } = spawnSync("unshare", ["-n", "sh", "-c", program], { ...options(tools), input });
  return `${stdout}${stderr}`;
}

const options = (tools: string) =>
  ({
    encoding: "utf8",
    env: { ...process.env, PATH: `${tools}:${process.env.PATH}` },
    maxBuffer: 256 * 1024 * 1024,
    stdio: "pipe",
  }) as const;
