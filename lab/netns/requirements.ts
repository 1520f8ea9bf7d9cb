import * as fs from "node:fs";
import { attempt } from "./command";
import { LabErrors } from "./errors";

/** The tools that the lab and its hosts call, with their places in Debian. */
const TOOLS = [
  "/usr/sbin/ip /sbin/ip /usr/bin/ip",
  "/usr/bin/nsenter",
  "/usr/bin/unshare",
  "/usr/sbin/pivot_root /sbin/pivot_root",
  "/usr/bin/perl",
  "/usr/bin/python3",
  "/usr/sbin/sshd",
  "/usr/sbin/iptables-nft",
  "/usr/sbin/iptables-legacy",
  "/usr/sbin/ip6tables-nft",
  "/usr/sbin/ebtables-nft",
  "/usr/sbin/arptables-legacy",
  "/usr/sbin/ipset /sbin/ipset",
  "/usr/bin/sudo",
  "/usr/sbin/nft",
  "/lib/systemd/systemd-udevd",
];

/** Python by its full path, because the shim of a version manager takes longer than the program. */
export const PYTHON = "/usr/bin/python3";

/** Throws the first reason why no lab can run here. */
export async function checkRequirements(): Promise<void> {
  if (process.platform !== "linux") {
    throw LabErrors.notLinux(process.platform);
  }
  if (process.geteuid?.() !== 0) {
    throw LabErrors.notRoot();
  }
  const missing = TOOLS.filter((places) => !places.split(" ").some((place) => fs.existsSync(place)));
  if (missing.length > 0) {
    throw LabErrors.toolsMissing(missing.map((places) => places.split(" ")[0]?.split("/").pop() ?? places));
  }
  if (!fs.existsSync("/proc/sys/net/bridge")) {
    const loaded = await attempt(["modprobe", "br_netfilter"]).catch((error: Error) => ({ stderr: error.message }));
    if (!fs.existsSync("/proc/sys/net/bridge")) {
      throw LabErrors.noBridgeNetfilter(loaded.stderr.trim() || "no /proc/sys/net/bridge");
    }
  }
}
