import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { CspError } from "../errors";
import type { SshTarget } from "./connection";
import * as errors from "./errors";
import { findKnownHost, type KnownHost, knownHostsName, parseKnownHosts } from "./known-hosts";
import { fingerprints, isPinned, md5Fingerprint, type Pin, type PublicKey, parsePin } from "./public-key";

/** What a target's host key is compared with. */
export interface Trust {
  /** Types of key to ask the host for first, because csp can check them. */
  readonly knownTypes: readonly string[];
  /** The only type of key that can be the right one. */
  readonly pinnedType?: string;
  /** A fingerprint alone does not say the type of the key: on a mismatch, csp tries the host's other keys. */
  readonly tryOtherTypes: boolean;
  /** Undefined if the key is the right one. */
  check(key: PublicKey): CspError | undefined;
}

export async function loadTrust(target: SshTarget): Promise<Trust> {
  if (target.hostKey !== undefined) {
    const pin = parsePin(target.hostKey);
    // Without MD5 there is nothing to compare such a fingerprint with.
    if (pin === undefined || (pin.kind === "md5" && md5Fingerprint(Buffer.alloc(0)) === undefined)) throw errors.hostKeyMalformed(target);
    return pinned(target, pin);
  }
  if (target.insecureIgnoreHostKey === true) return { knownTypes: [], tryOtherTypes: false, check: () => undefined };
  const files = target.knownHostsFiles ?? defaultKnownHostsFiles();
  const entries = (await Promise.all(files.map(readKnownHosts))).flat();
  return fromKnownHosts(target, files, entries);
}

export function defaultKnownHostsFiles(home: string = homedir()): string[] {
  return [join(home, ".ssh", "known_hosts"), "/etc/ssh/ssh_known_hosts"];
}

async function readKnownHosts(file: string): Promise<KnownHost[]> {
  try {
    return parseKnownHosts(await readFile(file, "utf8"), file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw errors.sshConfigUnreadable(file, error);
  }
}

function pinned(target: SshTarget, pin: Pin): Trust {
  const expected = pin.kind === "key" ? fingerprints(pin.key.blob) : pin.fingerprint;
  return {
    knownTypes: pin.kind === "key" ? [pin.key.type] : [],
    ...(pin.kind === "key" ? { pinnedType: pin.key.type } : {}),
    tryOtherTypes: pin.kind !== "key",
    check: (key) => {
      if (!isPinned(pin, key.blob)) return errors.hostKeyChanged(target, shown(key), [expected], "the `hostKey` setting");
      return pin.kind === "md5" ? errors.hostKeyPinnedByMd5(target, shown(key)) : undefined;
    },
  };
}

export function fromKnownHosts(target: SshTarget, files: readonly string[], entries: readonly KnownHost[]): Trust {
  const address = target.hostKeyAlias ?? target.address;
  // An alias is used as it is, whatever the port (ssh_config(5), HostKeyAlias).
  const port = target.hostKeyAlias === undefined ? target.port : 22;
  const { exact, bare } = findKnownHost(entries, address, port);
  const plain = exact.filter((entry) => entry.marker === undefined);
  const confirming = [...plain, ...bare.filter((entry) => entry.marker === undefined)];
  return {
    knownTypes: [...new Set(confirming.map((entry) => entry.key.type))],
    tryOtherTypes: false,
    check: (key) => {
      const same = (entry: KnownHost) => entry.key.blob.equals(key.blob);
      const revoked = [...exact, ...bare].find((entry) => entry.marker === "@revoked" && same(entry));
      if (revoked !== undefined) return errors.hostKeyRevoked(target, shown(key), revoked.source);
      if (confirming.some(same)) return undefined;
      const other = plain.filter((entry) => entry.key.type === key.type);
      if (other.length > 0) {
        return errors.hostKeyChanged(
          target,
          shown(key),
          other.map((entry) => fingerprints(entry.key.blob)),
          other.map((entry) => entry.source).join(" and "),
        );
      }
      return errors.hostKeyUnknown(target, shown(key), { files, name: knownHostsName(address, port), note: noteOn(exact, plain) });
    },
  };
}

function noteOn(exact: readonly KnownHost[], plain: readonly KnownHost[]): string | undefined {
  if (plain.length > 0) return `known_hosts has only other types of key for it (${plain.map((entry) => entry.key.type).join(", ")})`;
  // ssh2 does not support host certificates, so an authority's line cannot confirm the host here.
  if (exact.some((entry) => entry.marker === "@cert-authority"))
    return "a @cert-authority line covers it, but csp does not check host certificates";
  return undefined;
}

function shown(key: PublicKey): errors.ShownKey {
  return { type: key.type, fingerprints: fingerprints(key.blob), line: `${key.type} ${key.blob.toString("base64")}` };
}
