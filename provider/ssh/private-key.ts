import type { ParsedKey } from "ssh2";
import type { SshTarget } from "./connection";
import * as errors from "./errors";

type Ssh2 = typeof import("ssh2");

/** Opens the target's private key with its passphrase. Line ends may be those of Windows. */
export function readPrivateKey(ssh2: Ssh2, target: SshTarget, text: string): ParsedKey {
  const plain = ssh2.utils.parseKey(text);
  if (!(plain instanceof Error)) return privatePart(target, plain);
  const fault = faultOf(text);
  if (fault !== undefined) throw errors.privateKeyUnusable(target, fault);
  if (!isEncrypted(text)) throw errors.privateKeyUnreadable(target, plain);
  if (target.privateKeyPassword === undefined) throw errors.privateKeyEncrypted(target);
  const opened = ssh2.utils.parseKey(text, target.privateKeyPassword);
  if (opened instanceof Error) {
    if (/unsupported/i.test(opened.message)) throw errors.privateKeyUnreadable(target, opened);
    throw errors.privateKeyPassphraseWrong(target, opened);
  }
  return privatePart(target, opened);
}

function privatePart(target: SshTarget, parsed: ParsedKey | ParsedKey[]): ParsedKey {
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || !key.isPrivateKey()) throw errors.privateKeyUnusable(target, "public");
  return key;
}

/** What stands in a private key's place, or happened to it on its way into a setting. */
export type KeyFault =
  | "empty"
  | "path"
  | "public"
  | "escaped"
  | "quoted"
  | "joined"
  | "indented"
  | "cut-off"
  | "putty"
  | "pkcs8"
  | "base64"
  | "utf-16";

const BEGIN = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/;
const END = /-----END [A-Z0-9 ]*PRIVATE KEY-----/;

/** One line that begins like a path, or ends like the name of a key file. */
const PATH = /^(?:(?:~|\.{1,2})?[/\\]|[A-Za-z]:[/\\]).*$|^.*(?:\.pem|\.key|\.ppk|id_[a-z0-9_]+)$/;

/** What is wrong with a text that the library cannot read as a key; undefined if nothing is known of it. */
export function faultOf(text: string): KeyFault | undefined {
  const trimmed = text.trim();
  if (trimmed === "") return "empty";
  if (trimmed.includes("\0")) return "utf-16";
  if (/^(ssh-|ecdsa-|sk-)\S+ AAAA|-----BEGIN [A-Z ]*PUBLIC KEY-----|---- BEGIN SSH2 PUBLIC KEY ----/.test(trimmed)) return "public";
  if (/\\r?\\?n/.test(trimmed) && /BEGIN|PuTTY-User-Key-File/.test(trimmed)) return "escaped";
  if (/^["'][\s\S]*["']$/.test(trimmed) && BEGIN.test(trimmed)) return "quoted";
  if (trimmed.startsWith("PuTTY-User-Key-File-")) {
    const ours = /^PuTTY-User-Key-File-2: ssh-(rsa|dss)\s/.test(trimmed);
    return !ours ? "putty" : /^Private-MAC: /m.test(trimmed) ? undefined : "cut-off";
  }
  // "-----BEGIN" in base64.
  if (trimmed.startsWith("LS0tLS1CRUdJTi")) return "base64";
  if (!BEGIN.test(trimmed)) return PATH.test(trimmed) ? "path" : undefined;
  if (!END.test(trimmed)) return "cut-off";
  if (!/-----\r?\n[\s\S]*\n[ \t]*-----END/.test(trimmed)) return "joined";
  if (/^[ \t]+\S/m.test(trimmed)) return "indented";
  if (/-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(trimmed)) return "pkcs8";
  return undefined;
}

/** Whether a private key needs a passphrase. PEM and PuTTY say so in a header, OpenSSH's own format in the name of its cipher. */
export function isEncrypted(text: string): boolean {
  if (/ENCRYPTED/.test(text)) return true;
  if (/^\s*PuTTY-User-Key-File-/.test(text)) return !/^Encryption: none\s*$/m.test(text);
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)?.[1];
  if (body === undefined) return false;
  const MAGIC = "openssh-key-v1\0";
  const blob = Buffer.from(body, "base64");
  if (blob.length < MAGIC.length + 4) return false;
  const length = blob.readUInt32BE(MAGIC.length);
  return blob.toString("latin1", MAGIC.length + 4, MAGIC.length + 4 + length) !== "none";
}
