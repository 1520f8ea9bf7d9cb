import { atLeast, productOf, type Target } from "./targets";

/** Why an installer cannot fetch something, and what to do. */
export interface UrlProblem {
  readonly problem: string;
  readonly remedy: string;
}

/** host-installer, util.py fetchFile: https since b3773ab (2014-06); 6.5 is the first version with it. */
const HTTPS_SINCE: Target = "6.5";

/**
 * Why an installer cannot fetch a script, an answerfile or a boot file's target from a URL. It takes http, https, ftp, file and nfs, each in small
 * letters and in its own form. Undefined if it can fetch it.
 */
export function fetchProblem(url: string, target: Target): UrlProblem | undefined {
  if (url === "") return { problem: "it has no address", remedy: "write one, like http://192.0.2.1/post-install.sh" };
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):\/\//.exec(url)?.[1];
  const schemes = atLeast(target, HTTPS_SINCE) ? ["http", "https", "ftp", "file", "nfs"] : ["http", "ftp", "file", "nfs"];
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
    if (scheme === undefined)
      return {
        problem: "it is not a URL",
        remedy: address.includes(":/") ? 'write type="nfs" for SERVER:/FOLDER' : "begin it with http:// or ftp://",
      };
    const schemes = ["http", "https", "ftp", "file"];
    if (!schemes.includes(scheme))
      return { problem: `the installer does not install from ${scheme}://`, remedy: `use ${schemes.join(", ")}, or nfs` };
    return /^[^\s]+$/.test(address.slice(scheme.length + 3))
      ? undefined
      : { problem: "it names no server, or contains a blank", remedy: `write it like ${scheme}://192.0.2.1/FOLDER` };
  }
  if (type === "url" && target === "5.6")
    return { problem: "5.6 takes nfs:// for a web address", remedy: 'write type="nfs" and SERVER:/FOLDER' };
  const path = type === "url" ? address.slice("nfs://".length) : address;
  if (/^[^:/\s]+:\/\S*$/.test(path)) return undefined;
  return { problem: "an NFS source is SERVER:/FOLDER, with an absolute path", remedy: "write it like 192.0.2.1:/srv/install" };
}
