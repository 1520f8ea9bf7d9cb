import { createHash, getHashes } from "node:crypto";

/** A public key. */
export interface PublicKey {
  /** "ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", ... */
  readonly type: string;
  /** The key as on the wire; the type is its first field. */
  readonly blob: Buffer;
}

/** Reads "ssh-ed25519 AAAA... comment", also with the host before it, as `ssh-keyscan` prints it. */
export function readPublicKey(text: string): PublicKey | undefined {
  const words = text.trim().split(/[ \t]+/);
  const at = words.findIndex((word, index) => index < 2 && /^(ssh-|ecdsa-|sk-)[\w@.-]+$/.test(word));
  const encoded = words[at + 1];
  if (at < 0 || encoded === undefined || !/^[A-Za-z0-9+/]+={0,2}$/.test(encoded)) return undefined;
  const key = keyOfBlob(Buffer.from(encoded, "base64"));
  return key?.type === words[at] ? key : undefined;
}

/** A key as it comes over the wire. */
export function keyOfBlob(blob: Buffer): PublicKey | undefined {
  if (blob.length < 4) return undefined;
  const length = blob.readUInt32BE(0);
  if (length === 0 || length > 64 || blob.length <= 4 + length) return undefined;
  return { type: blob.toString("latin1", 4, 4 + length), blob };
}

/** "SHA256:...", as `ssh-keygen -l` prints it since 6.8. */
export function fingerprint(blob: Buffer): string {
  return `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`;
}

/** "MD5:3f:...", as `ssh-keygen -l` prints it before 6.8 (without the "MD5:"). Undefined where this machine's OpenSSL has no MD5 (FIPS). */
export function md5Fingerprint(blob: Buffer): string | undefined {
  if (!getHashes().includes("md5")) return undefined;
  return `MD5:${createHash("md5")
    .update(blob)
    .digest("hex")
    .replace(/..(?=.)/g, "$&:")}`;
}

/** Both fingerprints, so that a reader finds the one that the host's own ssh-keygen prints: "SHA256:..., MD5:3f:...". */
export function fingerprints(blob: Buffer): string {
  return [fingerprint(blob), md5Fingerprint(blob)].filter((text) => text !== undefined).join(", ");
}

export type Pin =
  | { readonly kind: "key"; readonly key: PublicKey }
  | { readonly kind: "fingerprint"; readonly fingerprint: string }
  | { readonly kind: "md5"; readonly fingerprint: string };

/** Reads a setting that names a key: a public key, or a fingerprint as any ssh-keygen prints it. */
export function parsePin(text: string): Pin | undefined {
  const trimmed = text.trim();
  const match = /^SHA256:([A-Za-z0-9+/]{43})=?$/.exec(trimmed);
  if (match !== null) return { kind: "fingerprint", fingerprint: `SHA256:${match[1]}` };
  const md5 = /^(?:MD5:)?([0-9a-f]{2}(?::[0-9a-f]{2}){15})$/i.exec(trimmed);
  if (md5 !== null) return { kind: "md5", fingerprint: `MD5:${md5[1]?.toLowerCase()}` };
  const key = readPublicKey(trimmed);
  return key === undefined ? undefined : { kind: "key", key };
}

/** Whether a pin names this key. */
export function isPinned(pin: Pin, blob: Buffer): boolean {
  if (pin.kind === "key") return pin.key.blob.equals(blob);
  return pin.fingerprint === (pin.kind === "md5" ? md5Fingerprint(blob) : fingerprint(blob));
}
