import { createHmac } from "node:crypto";
import { type PublicKey, readPublicKey } from "./public-key";

/**
 * known_hosts as sshd(8) "SSH_KNOWN_HOSTS FILE FORMAT" defines it: patterns with * and ?, negation, hashed names, [host]:port, and the
 * markers @revoked and @cert-authority.
 */
export interface KnownHost {
  readonly marker: "@revoked" | "@cert-authority" | undefined;
  /** As written: "hv-01,10.0.0.5", "|1|salt|hash". */
  readonly names: string;
  readonly key: PublicKey;
  /** "~/.ssh/known_hosts:12", for errors. */
  readonly source: string;
}

/** Lines that are not entries (comments, key types that csp cannot read) are left out, as in ssh. */
export function parseKnownHosts(text: string, file: string): KnownHost[] {
  const entries: KnownHost[] = [];
  text.split("\n").forEach((raw, index) => {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) return;
    const words = line.split(/[ \t]+/);
    const marker = words[0]?.startsWith("@") ? words.shift() : undefined;
    if (marker !== undefined && marker !== "@revoked" && marker !== "@cert-authority") return;
    const [names, type, blob] = words;
    if (names === undefined || type === undefined || blob === undefined) return;
    const key = readPublicKey(`${type} ${blob}`);
    if (key !== undefined) entries.push({ marker, names, key, source: `${file}:${index + 1}` });
  });
  return entries;
}

/** The name that known_hosts has for a host: the plain name on port 22, "[host]:port" on other ports. */
export function knownHostsName(address: string, port: number): string {
  const host = address.toLowerCase();
  return port === 22 ? host : `[${host}]:${port}`;
}

/**
 * The entries for a host. On other ports than 22, keys under the plain name count too, as in ssh. A different key under the plain name says nothing
 * about this port, so `bare` entries can only confirm.
 */
export function findKnownHost(
  entries: readonly KnownHost[],
  address: string,
  port: number,
): { readonly exact: KnownHost[]; readonly bare: KnownHost[] } {
  const name = knownHostsName(address, port);
  const exact = entries.filter((entry) => matchesName(entry.names, name));
  const bare =
    port === 22 ? [] : entries.filter((entry) => entry.marker !== "@cert-authority" && matchesName(entry.names, address.toLowerCase()));
  return { exact, bare };
}

export function matchesName(names: string, name: string): boolean {
  if (names.startsWith("|1|")) return matchesHash(names, name);
  return matchesPatterns(names.toLowerCase().split(","), name);
}

/** Whether one of the patterns matches and none that begins with "!" does: ssh_config(5), PATTERNS. */
export function matchesPatterns(patterns: readonly string[], text: string): boolean {
  let found = false;
  for (const pattern of patterns) {
    const negated = pattern.startsWith("!");
    if (!globToRegExp(negated ? pattern.slice(1) : pattern).test(text)) continue;
    if (negated) return false;
    found = true;
  }
  return found;
}

function matchesHash(hashed: string, name: string): boolean {
  const [, , salt, hash] = hashed.split("|");
  if (salt === undefined || hash === undefined) return false;
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === hash;
}

function globToRegExp(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`, "s");
}
