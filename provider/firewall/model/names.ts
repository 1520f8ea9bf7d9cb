import { createHash } from "node:crypto";
import { memory } from "../../memory";

/**
 * Names in the kernel.
 *
 * - Every name of ours begins with `csp-` and continues as this file says ({@link isOurs}). csp never changes anything else, whatever its name.
 * - A name for something that the user declared ends in a hash of its identity, never in a shortened name, so that two identities have two names.
 * - Chains have at most 28 characters (iptables; ebtables 31, arptables 29), sets at most 31 (measured on 6.x kernels, reference 7).
 */
export const PREFIX = "csp-";
export const LONGEST_CHAIN = 28;
export const LONGEST_SET = 31;

/** Longest name of a Linux interface (IFNAMSIZ without the terminator). */
export const LONGEST_INTERFACE = 15;

const HASH_LENGTH = 16;

const hashes = memory.byText<string>({
  name: "hashes of names",
  reason: "a thousand guests' names are asked for several times in every run, and a digest costs a microsecond or two",
  most: 65536,
});

function hash(...identity: readonly string[]): string {
  // JSON keeps ["a", "bc"] apart from ["ab", "c"].
  const text = JSON.stringify(identity);
  let known = hashes.get(text);
  if (known === undefined) {
    known = createHash("sha256").update(text).digest("hex").slice(0, HASH_LENGTH);
    hashes.set(text, known);
  }
  return known;
}

/** Identifies one interface of one guest, whatever host it runs on. The guest's chains therefore keep their names when it reboots or moves. */
export function vifId(uuid: string, device: number): string {
  return hash("vif", uuid.toLowerCase(), String(device));
}

export const vifChain = {
  /** ebtables and arptables, or nft: what the interface may send at layer 2. */
  layer2: (id: string) => `${PREFIX}vif-${id}`,
  /** ebtables, or nft: what the interface receives at layer 2. */
  receive: (id: string) => `${PREFIX}rcv-${id}`,
  /** nft: which addresses the interface's neighbour advertisements may speak for. */
  targets: (id: string) => `${PREFIX}nda-${id}`,
  egress: (id: string) => `${PREFIX}out-${id}`,
  ingress: (id: string) => `${PREFIX}in-${id}`,
  /** The raw tables of iptables and ip6tables: which addresses the interface may use below a VLAN tag. */
  pin: (id: string) => `${PREFIX}pin-${id}`,
};

/** A security group's rules, shared by the guests of one resource. */
export const groupChain = {
  egress: (unit: string, group: string) => `${PREFIX}gout-${hash("group", unit, group)}`,
  ingress: (unit: string, group: string) => `${PREFIX}gin-${hash("group", unit, group)}`,
};

const SUFFIX = { inet: "4", inet6: "6" } as const;

/** The members of a security group, for one resource. */
export function groupSet(unit: string, group: string, family: "inet" | "inet6"): string {
  return `${PREFIX}g${hash("members", unit, group)}${SUFFIX[family]}`;
}

/** A rule's long list of CIDRs. `scope` is a guest's uuid or a group's name. */
export function ruleSet(unit: string, scope: string, list: string, rule: string, family: "inet" | "inet6"): string {
  return `${PREFIX}r${hash("rule", unit, scope, list, rule)}${SUFFIX[family]}`;
}

/** The set of nft's that equal octets are looked up in. */
export const SAME_OCTETS = `${PREFIX}same`;

/** The twin that a set is swapped with when it cannot be changed in place. */
export function swapSet(name: string): string {
  return `${PREFIX}t${hash("swap", name)}`;
}

/** What is for the host itself, and from it. */
export const HOST_IN = `${PREFIX}host-in`;
export const HOST_OUT = `${PREFIX}host-out`;

/** The chain of a RuleSet. The user chose its name, which is unique on its host and is used unchanged. */
export const USER_CHAIN = `${PREFIX}user-`;
export const LONGEST_USER_CHAIN = LONGEST_CHAIN - USER_CHAIN.length;

export function userChain(name: string): string {
  return `${USER_CHAIN}${name}`;
}

/** The chains every csp host has, in the tools that have them. */
export const FORWARD = `${PREFIX}forward`;
export const INGRESS = `${PREFIX}ingress`;
export const FROM = `${PREFIX}from`;
export const TO = `${PREFIX}to`;
export const EGRESS = `${PREFIX}egress`;
export const PINS = `${PREFIX}pins`;
export const RELATED = `${PREFIX}related`;
export const NEIGHBOURS = `${PREFIX}nd`;
export const NEIGHBOURS_FROM = `${PREFIX}nd-from`;
export const NEIGHBOURS_TO = `${PREFIX}nd-to`;
/** What guests' ports send past the bridge, and what no other rule has decided. */
export const REST = `${PREFIX}rest`;
export const INPUT = `${PREFIX}input`;
/** Claimed ports that have no tree: from them, and to them. */
export const NAMED = `${PREFIX}named`;
export const NAMED_TO = `${PREFIX}named-to`;
export const ZONES = `${PREFIX}zones`;
/** Where Ethernet frames come into nft's table of csp: from a port, to a port, and to the bridge itself. */
export const PREROUTING = `${PREFIX}prerouting`;
export const POSTROUTING = `${PREFIX}postrouting`;
export const LOCAL_IN = `${PREFIX}local-in`;
/** The chain that shuts guests' ports: at boot, and when the hook cannot do its work. */
export const SHUT = `${PREFIX}shut`;

/** The chain that tells apart the interfaces whose names begin with `prefix`. */
export function dispatchChain(root: string, prefix: string): string {
  return `${root}-${prefix}`;
}

const FIXED_CHAINS = [
  ...[
    FORWARD,
    INGRESS,
    FROM,
    TO,
    EGRESS,
    PINS,
    RELATED,
    NEIGHBOURS,
    NEIGHBOURS_FROM,
    NEIGHBOURS_TO,
    REST,
    INPUT,
    NAMED,
    NAMED_TO,
    ZONES,
    PREROUTING,
    POSTROUTING,
    LOCAL_IN,
    SHUT,
  ],
  ...[HOST_IN, HOST_OUT],
];

/** Names of our chains, as an extended regular expression that every awk takes (mawk has no repetition counts). */
export const OUR_CHAINS = `^(${[
  ...FIXED_CHAINS,
  `${PREFIX}(vif|rcv|nda|out|in|pin|gout|gin)-${"[0-9a-f]".repeat(HASH_LENGTH)}`,
  `(${[FROM, TO, EGRESS, INGRESS, PINS].join("|")})-[A-Za-z0-9._-]+`,
  `${USER_CHAIN}[A-Za-z0-9._-]+`,
].join("|")})$`;

const ourChain = new RegExp(OUR_CHAINS);
const ourSet = new RegExp(`^${PREFIX}([grt][0-9a-f]{${HASH_LENGTH}}[46]?|same)$`);

/** Whether a chain's name is one of csp's. A chain of others that is called csp-something is not. */
export function isOurs(chain: string): boolean {
  return chain.startsWith(PREFIX) && ourChain.test(chain);
}

export function isOurSet(set: string): boolean {
  return set.startsWith(PREFIX) && ourSet.test(set);
}
