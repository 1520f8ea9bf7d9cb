import { atLeast, TARGETS, type Target } from "../targets";

/**
 * The words of an answerfile: every element and attribute that any installer reads, which installers read it, and what they take it for. Lint, the
 * generator and docs/install.md have it from here. An installer skips what it does not know, without a message.
 *
 * Sources: host-installer, answerfile.py, by revision (until 2011-08: 5.6 and 6.0; 8ba98e7 and later: 6.1 on), xcp-ng/host-installer for what XCP-ng
 * added, and the recorded words of these parsers (test/install/cases). `source` names what is not evident from them.
 */

/** The first and the last version, both included. */
export type Span = readonly [first: Target, last: Target];

/** What installers make of a value that is not one of a word's values. */
export type Otherwise = "stops" | "ignores";

/** The values that some versions take, in the words of the file. */
export interface Values {
  readonly span: Span;
  readonly values: readonly string[];
  /** What it is without the word; undefined if the word must be there, or if there is no single answer. */
  readonly default?: string;
  readonly otherwise: Otherwise;
  /** Whether versions of this span read the value in small letters. */
  readonly anyCase?: boolean;
}

export interface Word {
  readonly span: Span;
  /** The name with the same meaning, for versions that do not read this one. */
  readonly instead?: string;
  /** "flag": yes and true mean yes, in any case, and everything else no (xcp/xmlunwrap.py, getBoolAttribute). Otherwise its values, if they are limited. */
  readonly takes?: "flag" | readonly Values[];
  readonly source?: string;
}

export interface ElementWord extends Word {
  readonly attributes: Readonly<Record<string, Word>>;
  /** Installers look for it only below this element; without `within`, at any depth. */
  readonly within?: string;
}

const ALL: Span = ["5.6", "xs9"];
/** The parser that 8ba98e7 replaced. It knows the old names only. */
export const OLD: Span = ["5.6", "6.0"];
const SINCE_REWRITE: Span = ["6.1", "xs9"];
const XCP_NG_8_3: Span = ["8.3", "8.3"];
const XS9: Span = ["xs9", "xs9"];

const word = (span: Span, more: Omit<Word, "span"> = {}): Word => ({ span, ...more });
const element = (
  span: Span,
  attributes: Readonly<Record<string, Word>> = {},
  more: Omit<Partial<ElementWord>, "span" | "attributes"> = {},
): ElementWord => ({
  span,
  attributes,
  ...more,
});
const oneOf = (span: Span, values: readonly string[], fallback: string | undefined, otherwise: Otherwise = "stops"): Values => ({
  span,
  values,
  ...(fallback === undefined ? {} : { default: fallback }),
  otherwise,
});
const inAdminInterface = { within: "admin-interface" };

const MEDIA_TYPE = { type: word(ALL, { takes: [oneOf(ALL, ["local", "url", "nfs"], undefined)] }) };
/** Versions until 8.2 stop at "largeblock". Which word XenServer 8 and 9 have for such storage is the product's own; without a word they choose it themselves. */
const SR_TYPES = [
  oneOf(["5.6", "8.2"], ["lvm", "ext"], "lvm"),
  oneOf(XCP_NG_8_3, ["lvm", "ext", "largeblock"], "ext"),
  oneOf(["xs8", "xs9"], ["lvm", "ext"], "lvm"),
];
const GPG_CHECKS = { "repo-gpgcheck": word(XCP_NG_8_3, { takes: "flag" }), gpgcheck: word(XCP_NG_8_3, { takes: "flag" }) };
const SCRIPT_TYPE = {
  type: word(ALL, { source: "5.6 and 6.0 read it of script alone; of the older elements, only an address that is complete works" }),
};

const ROOT: ElementWord = element(ALL, {
  mode: word(ALL, { takes: [oneOf(ALL, ["fresh", "reinstall", "upgrade"], "fresh")] }),
  "sr-type": word(SINCE_REWRITE, {
    instead: "srtype",
    takes: SR_TYPES,
    source: "XCP-ng 8.3: host-installer.spec, large-block-capable-sr-type",
  }),
  srtype: word(ALL, { takes: SR_TYPES }),
  "netinstall-gpg-check": word(["8.0", "8.2"], { takes: "flag" }),
  ...GPG_CHECKS,
});

const ELEMENTS: Readonly<Record<string, ElementWord>> = {
  installation: ROOT,
  upgrade: ROOT,
  restore: ROOT,
  source: element(ALL, { ...MEDIA_TYPE, ...GPG_CHECKS }),
  "driver-source": element(ALL, MEDIA_TYPE),
  script: element(ALL, { stage: word(ALL), ...SCRIPT_TYPE }),
  "post-install-script": element(ALL, SCRIPT_TYPE),
  "install-failed-script": element(ALL, SCRIPT_TYPE),
  "ui-confirmation-prompt": element(["7.1", "xs9"]),
  "primary-disk": element(ALL, {
    "guest-storage": word(SINCE_REWRITE, { instead: "gueststorage", takes: "flag" }),
    gueststorage: word(ALL, { takes: "flag" }),
    "sr-at-end": word(ALL, { takes: "flag" }),
    "preserve-first-partition": word(["6.0", "xs9"], {
      takes: [
        oneOf(["6.0", "6.0"], ["true", "yes", "false", "no"], "false", "ignores"),
        oneOf(SINCE_REWRITE, ["true", "yes", "false", "no", "if-utility"], "if-utility"),
      ],
      source: "recorded: 6.0 reads everything that does not mean yes as no",
    }),
    swraid: word(["xs8", "xs9"], { takes: "flag" }),
    "fs-type": word(XS9, { takes: [oneOf(XS9, ["ext3", "ext4"], "ext4")] }),
  }),
  raid: element(["7.5", "8.3"], { device: word(["7.5", "8.3"]) }),
  disk: element(["7.5", "8.3"], {}, { within: "raid" }),
  "guest-disks": element(ALL),
  "guest-disk": element(ALL),
  "initial-partitions": element(OLD, {}, { source: "recorded: later versions look for it until 8.2, and skip each of its partitions" }),
  partition: element(OLD, { number: word(OLD), size: word(OLD), id: word(OLD) }, { within: "initial-partitions" }),
  "zap-utility-partitions": element(["6.0", "8.2"]),
  "admin-interface": element(ALL, {
    name: word(ALL),
    hwaddr: word(ALL),
    proto: word(ALL, {
      takes: [oneOf(OLD, ["static", "dhcp"], undefined), oneOf(SINCE_REWRITE, ["static", "dhcp", "none"], undefined, "ignores")],
    }),
    protov6: word(SINCE_REWRITE, { takes: [oneOf(SINCE_REWRITE, ["static", "dhcp", "autoconf", "none"], "none", "ignores")] }),
    vlan: word(["7.2", "xs9"], { source: "recorded: 7.1 reads none" }),
  }),
  ipaddr: element(SINCE_REWRITE, {}, { ...inAdminInterface, instead: "ip" }),
  ip: element(ALL, {}, inAdminInterface),
  subnet: element(SINCE_REWRITE, {}, { ...inAdminInterface, instead: "subnet-mask" }),
  "subnet-mask": element(ALL, {}, inAdminInterface),
  gateway: element(ALL, {}, inAdminInterface),
  ipv6: element(SINCE_REWRITE, {}, inAdminInterface),
  gatewayv6: element(SINCE_REWRITE, {}, inAdminInterface),
  "root-password": element(ALL, { type: word(ALL, { takes: [oneOf(ALL, ["plaintext", "hash"], "plaintext")] }) }),
  "name-server": element(SINCE_REWRITE, {}, { instead: "nameserver" }),
  nameserver: element(ALL),
  hostname: element(ALL),
  timezone: element(ALL),
  ntp: element(["8.3", "xs9"], {
    source: word(["8.3", "xs9"], { takes: [oneOf(["8.3", "xs9"], ["dhcp", "default", "manual", "none"], undefined)] }),
  }),
  "ntp-server": element(SINCE_REWRITE, {}, { instead: "ntp-servers" }),
  "ntp-servers": element(ALL),
  keymap: element(ALL),
  "network-backend": element(
    ["5.6", "xs8"],
    {},
    {
      takes: [
        oneOf(OLD, ["bridge", "openvswitch"], "openvswitch"),
        oneOf(["6.1", "xs8"], ["bridge", "openvswitch", "vswitch"], "openvswitch", "ignores"),
      ],
      source: "recorded: 5.6 and 6.0 take openvswitch without it, whatever the manual says",
    },
  ),
  bootloader: element(
    ALL,
    {
      location: word(ALL, {
        takes: [
          { ...oneOf(OLD, ["mbr", "partition"], "mbr", "ignores"), anyCase: true },
          oneOf(SINCE_REWRITE, ["mbr", "partition"], "mbr"),
        ],
      }),
      "write-boot-entry": word(["7.1", "xs9"], { takes: "flag" }),
    },
    {
      takes: [
        oneOf(OLD, ["grub", "extlinux"], undefined, "ignores"),
        oneOf(["6.1", "6.5"], ["extlinux"], "extlinux"),
        oneOf(["7.0", "xs9"], ["grub2", ""], "grub2"),
      ],
    },
  ),
  service: element(["7.6", "xs9"], {
    name: word(["7.6", "xs9"]),
    state: word(["7.6", "xs9"], { takes: [oneOf(["7.6", "xs9"], ["enabled", "disabled"], undefined)] }),
  }),
  "ssh-mode": element(XS9, {}, { takes: [oneOf(XS9, ["on", "off", "auto"], undefined, "ignores")] }),
  "selected-multiversion-drivers": element(XS9),
  driver: element(XS9, { name: word(XS9) }, { within: "selected-multiversion-drivers" }),
  "fcoe-interface": element(["7.0", "xs8"], {
    name: word(["7.0", "xs8"]),
    hwaddr: word(["7.0", "xs8"]),
    dcb: word(["7.0", "8.2"], { source: "recorded: XenServer 8 understands no dcb" }),
  }),
  "target-platform": element(["xs8", "xs8"]),
  "existing-installation": element(ALL, { "fs-type": word(XS9, { takes: [oneOf(XS9, ["ext3", "ext4"], "ext4")] }) }),
  "backup-disk": element(["6.2", "xs9"]),
};

/** Names that occur in answerfiles and generators, but that no installer reads, with what was meant. */
export const STRANGERS: Readonly<Record<string, string>> = {
  // On a branch that no product was made from.
  bonding: "remove it, and bond interfaces after the installation",
  "time-config-method": "remove it: the time always comes from NTP",
  ntpservers: "write one `ntp-server` for each (`ntp-servers` up to 6.0)",
  interface: "write `admin-interface`; configure other interfaces after the installation",
  "post-installation-script": 'write `script` with stage="filesystem-populated"',
};

export function wordOf(name: string): ElementWord | undefined {
  return Object.hasOwn(ELEMENTS, name) ? ELEMENTS[name] : undefined;
}

/** The word for an element's attribute; undefined if no installer reads an attribute of that name there. */
export function attributeWord(element: ElementWord, name: string): Word | undefined {
  return Object.hasOwn(element.attributes, name) ? element.attributes[name] : undefined;
}

export function isIn([first, last]: Span, target: Target): boolean {
  return atLeast(target, first) && atLeast(last, target);
}

/** Whether a version reads an element, or an attribute of it. */
export function reads(target: Target, element: string, attribute?: string): boolean {
  const owner = wordOf(element);
  if (owner === undefined || !isIn(owner.span, target)) return false;
  if (attribute === undefined) return true;
  const found = attributeWord(owner, attribute);
  return found !== undefined && isIn(found.span, target);
}

/** The values that a version takes for an element's text, or for an attribute; undefined if it takes any text. */
export function valuesOf(target: Target, element: string, attribute?: string): Values | undefined {
  const owner = wordOf(element);
  const found = owner === undefined || attribute === undefined ? owner : attributeWord(owner, attribute);
  return Array.isArray(found?.takes) ? (found.takes as readonly Values[]).find(({ span }) => isIn(span, target)) : undefined;
}

/** The names that have an element's meaning in a version, in the order in which its installer looks for them. `old` is the one that all versions have. */
export function namesIn(target: Target, current: string, old: string): readonly string[] {
  return reads(target, current) ? [current, old] : [old];
}

/** The versions that know a word: "7.5 to 8.3", "xs9". */
export function knownIn({ span: [first, last] }: Word): string {
  if (first === last) return first;
  return last === TARGETS.at(-1) ? `${first} and later` : `${first} to ${last}`;
}

/** The versions for a field's description: " (7.2 and later)"; nothing if all read the word. */
export function readBy(element: string, attribute?: string): string {
  const owner = wordOf(element);
  const found = owner === undefined || attribute === undefined ? owner : attributeWord(owner, attribute);
  if (found === undefined) throw new Error(`no installer reads ${element}${attribute === undefined ? "" : `@${attribute}`}`);
  return found.span === ALL ? "" : ` (${knownIn(found).replace(/xs(\d)/, "XenServer $1")})`;
}

/** The names that an installer understands, as candidates for a misspelt one. */
export function namesFor(target: Target): string[] {
  return Object.keys(ELEMENTS).filter((name) => reads(target, name));
}

/** One row of the table: an element, or an element's attribute ("installation@mode"). */
export interface Row extends Word {
  readonly name: string;
}

/** The whole table, for documents and for tests. The other names of the root have the rows of `installation`. */
export function vocabulary(): readonly Row[] {
  return Object.entries(ELEMENTS)
    .filter(([name]) => name !== "upgrade" && name !== "restore")
    .flatMap(([name, { attributes, ...own }]) => [
      { name, ...own },
      ...Object.entries(attributes).map(([attribute, of]) => ({ name: `${name}@${attribute}`, ...of })),
    ]);
}
