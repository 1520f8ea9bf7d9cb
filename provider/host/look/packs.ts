import { parseRepositoryInfo } from "../../install/repository/folder-repository";
import { withArguments } from "../../shell/program";
import { program } from "../remote/program";

/** A pack that is installed on a host, with the name that a declaration may use for it. */
export interface InstalledPack {
  /** "xs:xenserver-cloud-supp" as XenServer lists it, or the name of an RPM: "csp-pack". */
  readonly name: string;
  /** "5.6.100-50867p": version, and build or release. */
  readonly version: string;
}

/** What an installed XS-REPOSITORY says; undefined if it cannot be read. */
export function packOf(xml: string): InstalledPack | undefined {
  const { value } = parseRepositoryInfo(xml);
  if (value === undefined) return undefined;
  const { originator, name, version, build } = value;
  return { name: `${originator}:${name}`, version: build === undefined ? version : `${version}-${build}` };
}

/** Prints the RPMs of these names that are installed. From 7.1 on, nothing else on the host says a pack's version. */
export function rpmScript(names: readonly string[]): string {
  return withArguments(program("rpms.sh"), ...names);
}

export function parseRpms(said: string): InstalledPack[] {
  return [...said.matchAll(/^rpm (\S+) (\S+)$/gm)].map(([, name = "", version = ""]) => ({ name, version }));
}

/** Whether a declared name is this pack's name, with or without the originator. */
export function isCalled(pack: InstalledPack, name: string): boolean {
  return pack.name === name || pack.name.slice(pack.name.indexOf(":") + 1) === name;
}

/** Whether a pack has the declared version, with or without build and release. */
export function hasVersion(pack: InstalledPack, version: string): boolean {
  return pack.version === version || pack.version.split("-", 1)[0] === version;
}
