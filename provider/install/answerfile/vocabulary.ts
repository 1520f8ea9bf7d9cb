import { atLeast, TARGETS, type Target } from "../targets";

/**
 * The words of an answerfile: every element and attribute that any installer reads, and which installers read it (host-installer, answerfile.py, by
 * revision; xcp-ng/host-installer for what XCP-ng added). An installer skips what it does not know, without a message.
 */

/** Which targets read a word. */
type Known = (target: Target) => boolean;

const always: Known = () => true;
const never: Known = () => false;
const from =
  (first: Target): Known =>
  (target) =>
    atLeast(target, first);
const range =
  (first: Target, last: Target): Known =>
  (target) =>
    atLeast(target, first) && atLeast(last, target);
const only =
  (...targets: Target[]): Known =>
  (target) =>
    targets.includes(target);
/** From 6.0 on: 5.6 has it under another name, or not at all. */
const later = from("6.0");

export interface Word {
  readonly known: Known;
  /** The name with the same meaning, for versions that do not know this one. */
  readonly instead?: string;
}

export interface ElementWord extends Word {
  readonly attributes: Readonly<Record<string, Word>>;
  /** Installers look for it only below this element; without `within`, at any depth. */
  readonly within?: string;
}

const word = (known: Known, instead?: string): Word => ({ known, ...(instead === undefined ? {} : { instead }) });
const element = (known: Known, attributes: Readonly<Record<string, Word>> = {}, more: Partial<ElementWord> = {}): ElementWord => ({
  known,
  attributes,
  ...more,
});
const inAdminInterface = { within: "admin-interface" };

const TYPE = { type: word(always) };
/** Attributes that only XCP-ng 8.3 has (xcp-ng/host-installer). */
const GPG_CHECKS = { "repo-gpgcheck": word(only("8.3")), gpgcheck: word(only("8.3")) };

const ROOT: ElementWord = element(always, {
  mode: word(always),
  "sr-type": word(from("6.1"), "srtype"),
  srtype: word(always),
  "netinstall-gpg-check": word(range("8.0", "8.2")),
  ...GPG_CHECKS,
});

const ELEMENTS: Readonly<Record<string, ElementWord>> = {
  installation: ROOT,
  upgrade: ROOT,
  restore: ROOT,
  source: element(always, { ...TYPE, ...GPG_CHECKS }),
  "driver-source": element(always, TYPE),
  script: element(always, { stage: word(always), ...TYPE }),
  "post-install-script": element(always, TYPE),
  "install-failed-script": element(always, TYPE),
  "ui-confirmation-prompt": element(from("7.1")),
  "primary-disk": element(always, {
    "guest-storage": word(later, "gueststorage"),
    gueststorage: word(always),
    "sr-at-end": word(always),
    "preserve-first-partition": word(later),
    swraid: word(only("xs9")),
    "fs-type": word(only("xs9")),
  }),
  raid: element(range("7.5", "8.3"), { device: word(range("7.5", "8.3")) }),
  disk: element(range("7.5", "8.3"), {}, { within: "raid" }),
  "guest-disks": element(always),
  "guest-disk": element(always),
  "initial-partitions": element(range("5.6", "8.2")),
  partition: element(
    range("5.6", "8.2"),
    { number: word(range("5.6", "8.2")), size: word(range("5.6", "8.2")), id: word(range("5.6", "8.2")) },
    { within: "initial-partitions" },
  ),
  "zap-utility-partitions": element(range("6.0", "8.2")),
  "admin-interface": element(always, {
    name: word(always),
    hwaddr: word(always),
    proto: word(always),
    protov6: word(from("6.1")),
    vlan: word(from("7.1")),
  }),
  ipaddr: element(later, {}, { ...inAdminInterface, instead: "ip" }),
  ip: element(always, {}, inAdminInterface),
  subnet: element(later, {}, { ...inAdminInterface, instead: "subnet-mask" }),
  "subnet-mask": element(always, {}, inAdminInterface),
  gateway: element(always, {}, inAdminInterface),
  ipv6: element(from("6.1"), {}, inAdminInterface),
  gatewayv6: element(from("6.1"), {}, inAdminInterface),
  "root-password": element(always, TYPE),
  "name-server": element(later, {}, { instead: "nameserver" }),
  nameserver: element(always),
  hostname: element(always),
  timezone: element(always),
  ntp: element(from("8.3"), { source: word(from("8.3")) }),
  "ntp-server": element(later, {}, { instead: "ntp-servers" }),
  "ntp-servers": element(always),
  keymap: element(always),
  "network-backend": element(range("5.6", "xs8")),
  bootloader: element(always, { location: word(always), "write-boot-entry": word(from("7.1")) }),
  service: element(from("7.6"), { name: word(from("7.6")), state: word(from("7.6")) }),
  "ssh-mode": element(only("xs9")),
  "selected-multiversion-drivers": element(only("xs9")),
  driver: element(only("xs9"), { name: word(only("xs9")) }, { within: "selected-multiversion-drivers" }),
  "fcoe-interface": element(range("7.0", "xs8"), {
    name: word(range("7.0", "xs8")),
    hwaddr: word(range("7.0", "xs8")),
    dcb: word(range("7.0", "xs8")),
  }),
  "target-platform": element(only("xs8")),
  // Only on a branch that no product was made from.
  bonding: element(never, { name: word(never), mode: word(never), members: word(never) }),
  "existing-installation": element(always, { "fs-type": word(only("xs9")) }),
  "backup-disk": element(from("6.2")),
};

/** Names that occur in answerfiles and generators, but that no installer reads, with what was meant. */
export const STRANGERS: Readonly<Record<string, string>> = {
  "time-config-method": "remove it: the time always comes from NTP",
  ntpservers: "write one `ntp-server` for each (`ntp-servers` in 5.6)",
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

/** The versions that know a word: "7.5 to 8.3", "xs9". */
export function knownIn({ known }: Word): string {
  const targets = TARGETS.filter(known);
  const [first] = targets;
  const last = targets.at(-1);
  if (first === undefined || last === undefined) return "no version";
  if (first === last) return first;
  return last === TARGETS.at(-1) ? `${first} and later` : `${first} to ${last}`;
}

/** The names that an installer understands, as candidates for a misspelt one. */
export function namesFor(target: Target): string[] {
  return Object.keys(ELEMENTS).filter((name) => ELEMENTS[name]?.known(target));
}
