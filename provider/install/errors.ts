import { asSentence, CspError } from "../errors";
import { shortened } from "../printable";
import type { Finding } from "./finding";

/** Errors of installing: servers, media, packs, publishing. Each says where it happened, the cause and the remedy. */

export function serverStep(server: string, purpose: string, said: string): CspError {
  const text =
    said
      .slice(-500)
      .trim()
      .replace(/\s*\n\s*/g, "; ") || "it said nothing";
  return new CspError("server-step-failed", server, `${purpose} failed: ${text}`, "correct what it reports, then run the operation again");
}

export function mediaMissing(path: string, cause: unknown): CspError {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new CspError(
    "media-missing",
    path,
    `it cannot be read: ${text}`,
    "correct the path; it is a path on the machine that csp runs on",
    {
      cause,
    },
  );
}

export function mediaKind(path: string): CspError {
  return new CspError(
    "media-kind",
    path,
    "it is neither a folder nor an ISO image nor a tar archive",
    "give a folder, or the .iso or .tgz file of the media or the pack",
  );
}

export function unpackFailed(path: string, said: string): CspError {
  const text = shortened(said.trim().split("\n").slice(-3).join("; "), 500) || "bsdtar said nothing";
  return new CspError(
    "unpack-failed",
    path,
    `it cannot be unpacked: ${text}`,
    "get the file again and compare its sum with the publisher's",
  );
}

export function toolMissing(tool: string, what: string, debianPackage: string): CspError {
  return new CspError(
    "tool-missing",
    "this machine",
    `\`${tool}\` is not installed, and ${what} needs it`,
    `install it: \`apt-get install ${debianPackage}\`, or the package of your system that contains it`,
  );
}

export function noPack(path: string): CspError {
  return new CspError(
    "no-pack",
    path,
    "there is no supplemental pack in it: no folder with XS-REPOSITORY and XS-PACKAGES, and none with update.xml",
    "give the pack's .tgz or .iso, or the folder that you unpacked it to",
  );
}

/** A pack that the target's installer cannot find, because it is in the form of other versions. */
export function packForm(path: string, product: string, versions: string, wanted: string): CspError {
  return new CspError(
    "pack-form",
    path,
    `it is a pack in the form of ${versions}, and ${product} looks for packs with ${wanted}`,
    "give the pack that was made for this version, or correct the target",
  );
}

export function packsCollide(path: string, one: string, other: string): CspError {
  return new CspError("packs-collide", path, `${one} and ${other} both contain it, with different content`, "leave one of them out");
}

export function pathTaken(server: string, path: string): CspError {
  return new CspError(
    "path-taken",
    `${path} on ${server}`,
    "something is there that csp did not put there",
    "choose another path, or move what is there out of the way",
  );
}

export function treeOwned(server: string, path: string, owner: string): CspError {
  return new CspError(
    "tree-owned",
    `${path} on ${server}`,
    `it is published by ${owner}`,
    "use another path, or remove it in that stack; if that stack is gone, `pulumi import` takes it over",
  );
}

export function recordBroken(server: string, path: string, cause: unknown): CspError {
  return new CspError(
    "record-broken",
    `${path} on ${server}`,
    `csp's record of it cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    "remove the link and the hidden folder beside it, then publish again",
    { cause },
  );
}

export function notServed(url: string, problem: string, remedy: string): CspError {
  return new CspError("not-served", url, `it is published, but an installer could not read it: ${problem}`, remedy);
}

/** Everything that is wrong with a repository. Nothing has been published yet. */
export function repositoryRefused(subject: string, findings: readonly Finding[]): CspError {
  const lines = findings.map(
    ({ rule, path, line, message, remedy }) =>
      `  ${rule} ${path || "/"}${line === undefined ? "" : `:${line}`}: ${message}. ${asSentence(remedy)}`,
  );
  return new CspError(
    "repository-refused",
    subject,
    `an installation from it would fail:\n${lines.join("\n")}\n`,
    "nothing was published; correct what is listed",
  );
}

export function packOrder(label: string, circle: readonly string[]): CspError {
  return new CspError(
    "pack-order",
    `pack ${label}`,
    `its packages require each other in a circle: ${circle.join(" requires ")}`,
    "remove one of these requirements from its RPM",
  );
}

export function packKernel(label: string, file: string, kernel: string): CspError {
  return new CspError(
    "pack-kernel",
    `pack ${label}`,
    `${file} has modules for the kernel ${kernel}, whose flavour is neither xen nor kdump`,
    "build it in the driver development kit, against the trees whose names end in xen and kdump",
  );
}

export function packFlavour(label: string, file: string, kernel: string, flavour: string, product: string): CspError {
  return new CspError(
    "pack-kernel",
    `pack ${label}`,
    `${file} has modules for the kernel ${kernel}, and ${product} has no kernel whose name ends in ${flavour}`,
    `build it in the driver development kit of ${product}`,
  );
}

export function packPair(label: string, file: string, kernel: string, twin: string): CspError {
  return new CspError(
    "pack-pair",
    `pack ${label}`,
    `${file} is for ${kernel}, and there is no driver of the same name and version for ${twin}`,
    `build it for ${twin} too: without it, the host does not find its disks after a crash`,
  );
}

export function packRpm(label: string, path: string): CspError {
  return new CspError("pack-rpm", `pack ${label}`, `${path} is not an RPM`, "give the files that rpmbuild made (RPMS/*/*.rpm)");
}

export function packTool(label: string, tool: string, said: string): CspError {
  const text = shortened(said.trim().split("\n").slice(-3).join("; "), 500);
  return new CspError("pack-tool", `pack ${label}`, `${tool} failed: ${text}`, "correct what it reports, then run the operation again");
}
const on = (server: string, path: string) => `${path} on ${server}`;

export function writtenOtherwise(server: string, path: string): CspError {
  return new CspError(
    "file-changed-meanwhile",
    on(server, path),
    "csp read back something other than it wrote",
    "another program writes this file: stop it, then run the operation again",
  );
}

/** When csp creates a resource, a file is there that csp did not put there. */
export function fileInTheWay(server: string, path: string): CspError {
  return new CspError(
    "file-exists",
    on(server, path),
    "a file with this name is there already, and csp did not put it there",
    "choose another path, or move it away",
  );
}

/** For an import: the record would say what was declared, and there is no record. */
export function fileUnrecorded(server: string, path: string): CspError {
  return new CspError(
    "file-unrecorded",
    on(server, path),
    "it cannot be imported: csp did not put it there, so there is no record of its declaration",
    "declare what it says (`csp lint` reads it by the same rules), move it away, run the update, and compare the two files",
  );
}

export function filesOwned(server: string, path: string, owner: string): CspError {
  return new CspError(
    "file-owned",
    on(server, path),
    `it belongs to ${owner}`,
    "declare each file in one place; if that stack is gone, import it or remove it with the hidden record beside it",
  );
}

export function recordUnreadable(server: string, path: string): CspError {
  return new CspError(
    "record-unreadable",
    on(server, path),
    "csp's record of its files is damaged",
    "remove the record and move its files away; then run the update, which writes them again",
  );
}
