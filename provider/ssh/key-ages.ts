/**
 * Which types of user keys an OpenSSH can know, by its version. From its release notes: ECDSA came with 5.7, Ed25519 with 6.5, keys on security
 * tokens with 8.2; DSA is off since 7.0 and gone since 10.0.
 */
interface Age {
  readonly type: RegExp;
  /** As ssh-keygen calls it. */
  readonly name: string;
  readonly since?: Version;
  readonly until?: Version;
}

type Version = readonly [major: number, minor: number];

const AGES: readonly Age[] = [
  { type: /^ecdsa-/, name: "ECDSA", since: [5, 7] },
  { type: /^ssh-ed25519$/, name: "Ed25519", since: [6, 5] },
  { type: /^sk-/, name: "security token", since: [8, 2] },
  { type: /^ssh-dss$/, name: "DSA", until: [7, 0] },
];

/** "OpenSSH 4.3 does not know Ed25519 keys, which came with 6.5"; undefined if the host can know them, or is no OpenSSH. */
export function keyTypeFault(software: string | undefined, keyType: string): string | undefined {
  const version = versionOf(software);
  const age = AGES.find(({ type }) => type.test(keyType));
  if (version === undefined || age === undefined) return undefined;
  const host = `OpenSSH ${version.join(".")}`;
  if (age.since !== undefined && before(version, age.since))
    return `${host} does not know ${age.name} keys, which came with ${age.since.join(".")}`;
  if (age.until !== undefined && !before(version, age.until))
    return `${host} takes no ${age.name} keys by default: they are off since ${age.until.join(".")}`;
  return undefined;
}

/** What to make a key with that a host can know: "ssh-keygen -t rsa -b 3072". */
export function keyToMake(software: string | undefined): string {
  const version = versionOf(software);
  return version !== undefined && before(version, [6, 5]) ? "ssh-keygen -t rsa -b 3072" : "ssh-keygen -t ed25519";
}

/** Of the version line's software: "OpenSSH_4.3", "OpenSSH_9.2p1". */
function versionOf(software: string | undefined): Version | undefined {
  const match = /^OpenSSH_(\d+)\.(\d+)/.exec(software ?? "");
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

function before(version: Version, other: Version): boolean {
  return version[0] < other[0] || (version[0] === other[0] && version[1] < other[1]);
}
