/** What the hosts of each age are: which tools, what is not there yet, which OpenSSH, which product. */
import type { Product } from "../netns/product";
import type { ToolVersions } from "./tools";

/** Ages of hosts, by the product that brought them. */
export const ERAS = ["5.6", "6.x", "7", "xcp-ng-8", "debian-11", "debian-12", "debian-13"] as const;

export type Era = (typeof ERAS)[number];

/** What an sshd of an age offers and takes, in sshd_config's words. */
export interface SshAge {
  /** As its banner says it. */
  readonly version: string;
  readonly keyType: "rsa" | "ed25519";
  readonly config: Readonly<Record<string, string>>;
  /** Whether it says which signatures it takes (RFC 8308), as OpenSSH does since 7.2. */
  readonly extensionInfo: boolean;
}

export interface Age {
  /** Stand-ins. Without them, the tools are real: this machine's, or those of `debian`. */
  readonly tools?: ToolVersions;
  /** The Debian release whose packages the tools are from. */
  readonly debian?: "bullseye" | "trixie";
  readonly init: "systemd" | "sysv";
  readonly product?: Product;
  readonly ssh?: SshAge;
  /** Files of /etc that say what it is. With stand-ins, one that is not named is not there. */
  readonly releases?: Readonly<Record<string, string>>;
  /** CentOS: sh is bash. */
  readonly shell?: "bash";
  /** Commands of this machine that the age does not have. */
  readonly lacks?: readonly string[];
}

const AGE_OF_CENTOS_5: ToolVersions = { iptables: "1.3.5", ebtables: "2.0.9", arptables: "0.0.3", ipset: "4.5" };
const AGE_OF_CENTOS_7: ToolVersions = { iptables: "1.4.21", ebtables: "2.0.10", arptables: "0.0.4", ipset: "6.14" };

/** Of those, what this machine's OpenSSH can still do. */
const OPENSSH_4_3: SshAge = {
  version: "OpenSSH_4.3",
  keyType: "rsa",
  extensionInfo: false,
  config: {
    KexAlgorithms: "diffie-hellman-group-exchange-sha1,diffie-hellman-group14-sha1,diffie-hellman-group1-sha1",
    Ciphers: "aes128-cbc,3des-cbc,aes192-cbc,aes256-cbc,aes128-ctr,aes192-ctr,aes256-ctr",
    MACs: "hmac-md5,hmac-sha1,hmac-sha1-96,hmac-md5-96",
    HostKeyAlgorithms: "ssh-rsa",
    PubkeyAcceptedAlgorithms: "ssh-rsa",
  },
};

const OPENSSH_7_4: SshAge = {
  version: "OpenSSH_7.4",
  keyType: "ed25519",
  extensionInfo: true,
  config: {
    KexAlgorithms:
      "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group-exchange-sha1,diffie-hellman-group14-sha256,diffie-hellman-group14-sha1,diffie-hellman-group1-sha1",
    Ciphers:
      "chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-cbc,aes192-cbc,aes256-cbc,3des-cbc",
    MACs: "umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,hmac-sha1-etm@openssh.com,umac-64@openssh.com,umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1",
    HostKeyAlgorithms: "ssh-ed25519,rsa-sha2-512,rsa-sha2-256,ssh-rsa",
    PubkeyAcceptedAlgorithms: "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256,ssh-rsa",
  },
};

/** coreutils 5.97, util-linux 2.13, iproute2 2.6.18, udev 095, SysV init: what came later. */
const LATER_THAN_CENTOS_5 = [
  "timeout",
  "nproc",
  "stdbuf",
  "truncate",
  "realpath",
  "base64",
  "unshare",
  "nsenter",
  "findmnt",
  "lsblk",
  "bridge",
  "udevadm",
];
const SYSTEMD = ["systemctl", "journalctl", "systemd-run", "systemd-tmpfiles", "systemd-analyze", "loginctl"];
/** nftables is on none of them, nor the names that tell Debian's variants apart. */
const LATER_THAN_CENTOS_7 = ["nft"];

const installation = (last: string): string => `5b1c0a53-6f1c-4a57-9c7e-0c7bb6c2f${last}`;

const debianReleases = (version: number, name: string) => ({
  "os-release": `PRETTY_NAME="Debian GNU/Linux ${version} (${name})"\nNAME="Debian GNU/Linux"\nVERSION_ID="${version}"\nVERSION_CODENAME=${name}\nID=debian\n`,
  debian_version: `${version}.0\n`,
});

const ON_CENTOS_5 = {
  tools: AGE_OF_CENTOS_5,
  init: "sysv",
  shell: "bash",
  ssh: OPENSSH_4_3,
  lacks: [...LATER_THAN_CENTOS_5, ...SYSTEMD, ...LATER_THAN_CENTOS_7],
} satisfies Age;

const ON_CENTOS_7 = {
  tools: AGE_OF_CENTOS_7,
  init: "systemd",
  shell: "bash",
  ssh: OPENSSH_7_4,
  lacks: LATER_THAN_CENTOS_7,
} satisfies Age;

export const AGES: Readonly<Record<Era, Age>> = {
  "5.6": {
    ...ON_CENTOS_5,
    releases: { "redhat-release": "XenServer release 5.6.100-47101p (xenenterprise)\n" },
    product: {
      brand: "XenServer",
      version: "5.6.100",
      installation: installation("056"),
      kernel: "2.6.32.12-0.7.1.xs5.6.100.307.170586cspxen",
      backend: "bridge",
      packs: [{ originator: "xs", name: "xenserver-cloud-supp", version: "5.6.100", build: "50867p" }],
    },
  },
  // Its dom0 is CentOS 5 as 5.6's is, with a newer kernel.
  "6.x": {
    ...ON_CENTOS_5,
    releases: { "redhat-release": "XenServer release 6.2.0-70446c (xenenterprise)\n" },
    product: {
      brand: "XenServer",
      version: "6.2.0",
      installation: installation("062"),
      kernel: "2.6.32.43-0.4.1.xs1.8.0.835.170778xen",
      backend: "bridge",
    },
  },
  "7": {
    ...ON_CENTOS_7,
    releases: {
      "redhat-release": "XenServer release 7.0.0-125380c (xenenterprise)\n",
      "os-release": 'NAME="XenServer"\nVERSION_ID="7.0.0"\nPRETTY_NAME="XenServer 7.0.0"\n',
    },
    product: { brand: "XenServer", version: "7.0.0", installation: installation("070"), kernel: "3.10.0+10", backend: "bridge" },
  },
  "xcp-ng-8": {
    ...ON_CENTOS_7,
    releases: {
      "redhat-release": "XCP-ng release 8.3.0 (xenenterprise)\n",
      "os-release": 'NAME="XCP-ng"\nVERSION_ID="8.3.0"\nPRETTY_NAME="XCP-ng 8.3.0"\n',
    },
    product: { brand: "XCP-ng", version: "8.3.0", installation: installation("083"), kernel: "4.19.0+1", backend: "bridge" },
  },
  "debian-11": { debian: "bullseye", init: "systemd", releases: debianReleases(11, "bullseye") },
  "debian-12": { init: "systemd" },
  "debian-13": { debian: "trixie", init: "systemd", releases: debianReleases(13, "trixie") },
};
