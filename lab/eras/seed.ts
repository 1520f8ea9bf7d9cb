/** The files by which a lab host is of another age than the machine it runs on. */
import * as fs from "node:fs";
import * as path from "node:path";
import type { Age, SshAge } from "./ages";
import { putTools, STAND_INS, TOOL_NAMES, type ToolsBelow } from "./tools";

/** Where a host has its stand-ins, and what they stand in front of. */
export const ERA_PLACE = "/usr/local/lib/csp-lab/era";

/** A list of what this machine has and the host has not; hostroot.sh removes it before the host's own files come. */
export const LACKS = "usr/local/lib/csp-lab/lacks";

const UDEVD = "usr/lib/systemd/systemd-udevd";

const ASSETS = path.join(__dirname, "root");

/** Writes them below `directory`. `program`: of buildTools. */
export function writeAge(directory: string, age: Age, program: string, below: ToolsBelow): void {
  const { tools, releases = {}, lacks = [], ssh, shell } = age;
  if (tools === undefined) return;
  const put = (file: string, text: string | Buffer, mode = 0o644): void => {
    const place = path.join(directory, file);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, text, { mode });
  };
  const own = path.join(directory, ERA_PLACE);
  putTools(program, own, tools, below);
  fs.mkdirSync(path.join(directory, "usr/sbin"), { recursive: true });
  for (const name of STAND_INS) fs.symlinkSync(`${ERA_PLACE}/tools`, path.join(directory, "usr/sbin", name));
  // These two are the real tool's own scripts, of a later version.
  for (const suffix of ["-save", "-restore"])
    put(`usr/sbin/arptables${suffix}`, fs.readFileSync(`/usr/sbin/arptables-legacy${suffix}`), 0o755);
  // coreutils before 8.24 can sync only all.
  fs.copyFileSync("/usr/bin/sync", path.join(own, "below/sync"));
  put("usr/bin/sync", fs.readFileSync(path.join(ASSETS, "sync")), 0o755);
  if (shell !== undefined) fs.symlinkSync(shell, path.join(directory, "usr/bin/sh"));
  for (const [name, text] of Object.entries(releases)) put(`etc/${name}`, text);
  if (ssh !== undefined)
    for (const file of SSHD_FILES.filter((each) => fs.existsSync(each))) put(file, aged(fs.readFileSync(file), ssh), 0o755);
  // Debian's udevd is udevadm by another name. It goes on without that.
  if (lacks.includes("udevadm")) put(UDEVD, fs.readFileSync(`/${UDEVD}`), 0o755);
  const commands = lacks.flatMap((name) => ["usr/bin", "usr/sbin"].map((folder) => `${folder}/${name}`));
  const gone = [...commands, ...otherVariants(), "etc/os-release", "usr/lib/os-release", "etc/debian_version", "etc/lsb-release"];
  put(LACKS, gone.map((each) => `${each}\n`).join(""));
}

/** This machine's tools under the names that tell its variants apart, which hosts with one variant do not have. */
function otherVariants(): string[] {
  const families = TOOL_NAMES.join("|");
  const name = new RegExp(`^(?:(?:${families})-(?:legacy|nft|translate|restore-translate|apply)|xtables-|ipset-translate|ebtables[du]$)`);
  return fs.readdirSync("/usr/sbin").flatMap((each) => (name.test(each) ? [`usr/sbin/${each}`] : []));
}

const SSHD_FILES = ["/usr/sbin/sshd", "/usr/lib/openssh/sshd-session"];

/** This machine's sshd with another version in its banner, and one that does not know what a client means by `ext-info-c`. */
export function aged(sshd: Buffer, { version, extensionInfo }: Pick<SshAge, "version" | "extensionInfo">): Buffer {
  const copy = Buffer.from(sshd);
  const each = (text: string, change: (at: number) => void): void => {
    for (let at = copy.indexOf(text); at >= 0; at = copy.indexOf(text, at + text.length)) change(at);
  };
  each("OpenSSH_", (at) => {
    const end = copy.indexOf(0, at);
    const own = copy.subarray(at, end).toString("latin1");
    // Not in the patterns by which a peer's version is recognised.
    if (/^OpenSSH_\d+\.\d+p\d+( |$)/.test(own) && version.length < own.length) copy.write(`${version}\0`, at, "latin1");
  });
  // Its first letter: linkers let the end of one text be another one, and "-c" is.
  if (!extensionInfo) each("ext-info-c", (at) => copy.write("X", at, "latin1"));
  return copy;
}

/** sshd_config's lines of an age. */
export const sshdLines = ({ config }: SshAge): string =>
  Object.entries(config)
    .map(([key, value]) => `${key} ${value}\n`)
    .join("");
