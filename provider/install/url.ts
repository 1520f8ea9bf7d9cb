import { atLeast, productOf, type Target } from "./targets";

/** Why an installer cannot fetch something, and what to do. */
export interface UrlProblem {
  readonly problem: string;
  readonly remedy: string;
}

/**
 * The schemes by which installers fetch a file, and the first version with each (host-installer, util.py fetchFile; https: b3773ab, 2014-06), and
 * those by which they install.
 */
export const SCHEMES: readonly { readonly scheme: string; readonly fetches: Target; readonly installs?: Target }[] = [
  { scheme: "http", fetches: "5.6", installs: "5.6" },
  { scheme: "https", fetches: "6.5", installs: "5.6" },
  { scheme: "ftp", fetches: "5.6", installs: "5.6" },
  { scheme: "file", fetches: "5.6", installs: "5.6" },
  { scheme: "nfs", fetches: "5.6", installs: "6.0" },
];

function schemesFor(target: Target, use: "fetches" | "installs"): readonly string[] {
  return SCHEMES.filter((each) => each[use] !== undefined && atLeast(target, each[use])).map(({ scheme }) => scheme);
}

/** Until 7.1, an installer puts http:// before the address of a source that has no scheme. */
const ADDS_SCHEME_UNTIL: Target = "7.1";

/**
 * Why an installer cannot fetch a script, an answerfile or a boot file's target from a URL. It takes http, https, ftp, file and nfs, each in small
 * letters and in its own form. Undefined if it can fetch it.
 */
export function fetchProblem(url: string, target: Target): UrlProblem | undefined {
  if (url === "") return { problem: "it has no address", remedy: "write one, like http://192.0.2.1/post-install.sh" };
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(url)?.[1];
  const schemes = schemesFor(target, "fetches");
  if (scheme === undefined)
    return {
      problem: "it is not a URL, and the installer does not take a bare path",
      remedy: `begin it with ${schemes.map((each) => `${each}://`).join(", ")}`,
    };
  if (!schemes.includes(scheme)) {
    if (scheme === "https")
      return {
        problem: `${productOf(target)} cannot fetch over https; 6.5 is the first version that can`,
        remedy: "publish it over http, ftp or nfs",
      };
    return {
      problem: `the installer does not fetch from ${scheme}://`,
      remedy: schemes.includes(scheme.toLowerCase()) ? `write ${scheme.toLowerCase()}:// in small letters` : `use ${schemes.join(", ")}`,
    };
  }
  if (scheme === "nfs") {
    return /^nfs:\/\/[^:/\s]+:\/[^:]*[^:/]$/.test(url)
      ? undefined
      : {
          problem: "an NFS address is nfs://SERVER:/FOLDER/FILE, with a colon after the server and an absolute path",
          remedy: "write it like nfs://192.0.2.1:/srv/install/post-install.sh",
        };
  }
  const rest = url.slice(scheme.length + "://".length);
  if (scheme === "file")
    return rest.startsWith("/") && rest.length > 1
      ? undefined
      : { problem: "a file's path in the installer's own root begins with /", remedy: "write file:///FILE" };
  if (/^[/:?#]|^$|\s/.test(rest))
    return { problem: "it names no server, or contains a blank", remedy: `write it like ${scheme}://192.0.2.1/FILE` };
  if (target === "xs9" && /^[^/?#]*@/.test(rest))
    return { problem: "this installer fails on a user and password in a URL", remedy: "publish it where no password is asked for" };
  return undefined;
}

/**
 * Why an installer cannot get packages from a source. `type` is the answerfile's word; "url" may be nfs:// from 6.0 on. Undefined if it can.
 */
export function sourceProblem(type: "url" | "nfs", address: string, target: Target): UrlProblem | undefined {
  if (type === "url" && !address.startsWith("nfs://")) {
    const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(address)?.[1];
    if (scheme === undefined && atLeast(ADDS_SCHEME_UNTIL, target) && isHostAndPath(address)) return undefined;
    if (scheme === undefined)
      return {
        problem: "it is not a URL",
        remedy: address.includes(":/") ? 'write type="nfs" for SERVER:/FOLDER' : "begin it with http:// or ftp://",
      };
    const schemes = schemesFor(target, "installs").filter((each) => each !== "nfs");
    if (!schemes.includes(scheme))
      return { problem: `the installer does not install from ${scheme}://`, remedy: `use ${schemes.join(", ")}, or nfs` };
    return /^[^\s]+$/.test(address.slice(scheme.length + 3))
      ? undefined
      : { problem: "it names no server, or contains a blank", remedy: `write it like ${scheme}://192.0.2.1/FOLDER` };
  }
  if (type === "url" && target === "5.6")
    return { problem: "5.6 takes nfs:// for a web address", remedy: 'write type="nfs" and SERVER:/FOLDER' };
  const path = type === "url" ? address.slice("nfs://".length) : address;
  // With nfs:// before it, mount looks for a server of the name nfs.
  if (/^[^:/\s]+:\/(?!\/)\S*$/.test(path)) return undefined;
  return { problem: "an NFS source is SERVER:/FOLDER, with an absolute path", remedy: "write it like 192.0.2.1:/srv/install" };
}

/** "192.0.2.1/install", "mirror.example:8080/xs"; one word alone is rather a mistake. */
function isHostAndPath(address: string): boolean {
  return /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(:\d+)?(\/\S*)?$/.test(address) && /[./]/.test(address);
}
