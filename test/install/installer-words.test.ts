import { lintAnswerfile } from "../../provider/install/answerfile/lint";
import { isStopped, type Reading, readAnswerfile } from "../../provider/install/answerfile/reading";
import { isIn, vocabulary } from "../../provider/install/answerfile/vocabulary";
import { atLeast, TARGETS, type Target } from "../../provider/install/targets";
import { fetchProblem } from "../../provider/install/url";
import { isMalformed, readXml } from "../../provider/install/xml/document";
import { document, type Elements, elementsFor } from "./sample";
import { Cut, type Recorded, type RecordedCase, recordedCases, Unprinted } from "./support/recorded";
import { FIELDS, isOld, NIC } from "./support/understood";

/** The real installers' words decide what csp may believe of an answerfile: what is read, what is refused, and what is understood. */

const cases = recordedCases();
const described = cases.map(
  (recorded) => [recorded.id, recorded.target, recorded.changed.join("; ") || "as csp wrote it", recorded] as const,
);

const errorsOf = (bytes: Buffer, target: Target) => lintAnswerfile(bytes, { target }).filter(({ severity }) => severity === "error");

function reading({ bytes, target }: Pick<RecordedCase, "bytes" | "target">): Reading | string {
  const root = readXml(bytes);
  if (isMalformed(root)) return root.problem;
  const read = readAnswerfile(root, target);
  if (isStopped(read)) return read.stops;
  const unfetched = read.scripts.find(({ url }) => fetchProblem(url, target) !== undefined);
  return unfetched === undefined ? read : `a script from ${unfetched.url}`;
}

describe("lint is never milder than an installer", () => {
  test.each(described.filter(([, , , { accepted }]) => !accepted))("%s, %s: %s", (_id, target, _changed, { bytes, why }) => {
    expect({ why, errors: errorsOf(bytes, target).length > 0 }).toEqual({ why, errors: true });
  });
});

/**
 * Why lint refuses what an installer accepts: the installer skips a word that another version has (E8); it does not look whether it can reach a
 * source (E9); nothing is where something must be (E2); an interface, an address or a hash that nothing comes of (E3, E4).
 */
const STRICTER: readonly (readonly [rule: string, message: RegExp])[] = [
  ["E8", /does not read the (element|attribute)/],
  ["E9", /not a URL|NFS source is|does not install from/],
  ["E2", /has no address/],
  ["E3", /hash|no interface has the name/],
  ["E4", /no installer checks it/],
];

describe("what an installer accepts has no error but for a reason that lint gives", () => {
  test.each(described.filter(([, , , { accepted }]) => accepted))("%s, %s: %s", (_id, target, _changed, { bytes }) => {
    const without = errorsOf(bytes, target).filter(
      ({ rule, message }) => !STRICTER.some(([stricter, reason]) => stricter === rule && reason.test(message)),
    );
    expect(without).toEqual([]);
  });

  // Words of other versions, which a generator with all fields was given.
  test.each(described.filter(([, , , { accepted, changed }]) => accepted && changed.length === 0))(
    "%s, %s, as csp wrote it: only words of other versions",
    (_id, target, _changed, { bytes }) => {
      expect(errorsOf(bytes, target).filter(({ rule }) => rule !== "E8")).toEqual([]);
    },
  );
});

function isNoPartition(name: string, value: Recorded, target: Target): boolean {
  return name === "initial-partitions" && !isOld(target) && Array.isArray(value) && value.length === 0;
}

/** As FIELDS has it: sources as pairs, sets sorted. An address that prints as no value is taken from ours. */
function comparable(name: string, value: Recorded, ours: unknown): unknown {
  if (name === "guest-disks" && Array.isArray(value)) return [...new Set(value as string[])].sort();
  if (name !== "sources" && name !== "extra-repos") return value;
  const items = value instanceof Cut ? value.items : (value as readonly Recorded[]);
  const mine = ours as readonly [string, string][];
  const pairs = items.map((item, index) => {
    const [type, address] = Array.isArray(item) ? item : [(item as { media: Recorded }).media, (item as { address: Recorded }).address];
    return [type, address instanceof Unprinted ? mine[index]?.[1] : address];
  });
  return value instanceof Cut ? [...pairs, ...mine.slice(pairs.length)] : pairs;
}

describe("csp understands an answerfile as the installer does", () => {
  test.each(described)("%s, %s: %s", (_id, target, _changed, recorded) => {
    const read = reading(recorded);
    expect({ why: recorded.why, accepted: typeof read !== "string" }).toEqual({ why: recorded.why, accepted: recorded.accepted });
    if (typeof read === "string") return;
    const understood = recorded.understood ?? {};
    const [theirs, ours]: [Record<string, unknown>, Record<string, unknown>] = [{}, {}];
    for (const [name, understand] of Object.entries(FIELDS)) {
      ours[name] = understand(read, target);
      const value = understood[name];
      theirs[name] = value === undefined || isNoPartition(name, value, target) ? undefined : comparable(name, value, ours[name]);
    }
    expect(ours).toEqual(theirs);
    expect([...new Set(read.scripts.map(({ stage }) => stage))].sort()).toEqual([...(recorded.stages ?? [])].sort());
    const nic = understood.nic as Readonly<Record<string, Recorded>> | undefined;
    expect(nic === undefined).toBe(read.settings === undefined);
    if (nic === undefined || read.settings === undefined) return;
    const settings = read.settings.interface;
    const fields = Object.entries(NIC).filter(([name]) => name in nic);
    expect(Object.fromEntries(fields.map(([name, of]) => [name, of(settings)]))).toEqual(
      Object.fromEntries(fields.map(([name]) => [name, nic[name] instanceof Unprinted ? undefined : nic[name]])),
    );
    // A VLAN that the version has no field for is one that it does not read.
    if (!("vlan" in nic)) expect(settings.vlan).toBeUndefined();
  });
});

/** The elements of a file. What is between ⟦ and ⟧ is the word that a row of the table is about. */
type Marked = Elements & { readonly root?: string };
const more = (text: string): Marked => ({ more: text });
const disk = (attribute: string): Marked => ({ "primary-disk": `<primary-disk⟦ ${attribute}⟧>sda</primary-disk>` });
const nic = (attributes: string, inside = ""): Marked => ({
  "admin-interface": `<admin-interface ${attributes}>${inside}</admin-interface>`,
});
const fixed = (address: string, mask: string, rest = "<gateway>192.0.2.1</gateway>") =>
  nic('name="eth0" proto="static"', `${address}${mask}${rest}`);
const six = (address: string, gateway: string) => nic('name="eth0" proto="dhcp" protov6="static"', `${address}${gateway}`);
const IP = "<ip>192.0.2.10</ip>";
const MASK = "<subnet-mask>255.255.255.0</subnet-mask>";
const restore = {
  "primary-disk": "",
  "admin-interface": "",
  timezone: "",
  "root-password": "",
  source: "",
  "network-backend": "",
  script: "",
};
const source = (attribute: string): Marked => ({ source: `<source type="url"⟦ ${attribute}⟧>http://192.0.2.1/x</source>` });

const WORDS: Readonly<Record<string, Marked | ((target: Target) => Marked)>> = {
  "installation@mode": { root: 'installation ⟦mode="upgrade"⟧', more: "<existing-installation>sda</existing-installation>" },
  "installation@sr-type": (target) => ({ root: `installation ⟦sr-type="${target === "8.3" ? "lvm" : "ext"}"⟧` }),
  "installation@srtype": (target) => ({ root: `installation ⟦srtype="${target === "8.3" ? "lvm" : "ext"}"⟧` }),
  "installation@netinstall-gpg-check": { root: 'installation ⟦netinstall-gpg-check="no"⟧' },
  "installation@repo-gpgcheck": { root: 'installation ⟦repo-gpgcheck="no"⟧' },
  "installation@gpgcheck": { root: 'installation ⟦gpgcheck="no"⟧' },
  source: { source: '⟦<source type="url">http://192.0.2.1/x</source>⟧' },
  "source@type": { source: '<source⟦ type="url"⟧>http://192.0.2.1/x</source>' },
  "source@repo-gpgcheck": source('repo-gpgcheck="no"'),
  "source@gpgcheck": source('gpgcheck="no"'),
  "driver-source": more('⟦<driver-source type="local"/>⟧'),
  "driver-source@type": more('<driver-source⟦ type="local"⟧/>'),
  script: more('⟦<script stage="filesystem-populated" type="url">http://192.0.2.1/x</script>⟧'),
  "script@stage": more('<script⟦ stage="filesystem-populated"⟧ type="url">http://192.0.2.1/x</script>'),
  "script@type": more('<script stage="filesystem-populated"⟦ type="nfs"⟧>192.0.2.1:/x</script>'),
  "post-install-script": more("⟦<post-install-script>http://192.0.2.1/x</post-install-script>⟧"),
  "post-install-script@type": more('<post-install-script⟦ type="nfs"⟧>192.0.2.1:/x</post-install-script>'),
  "install-failed-script": more("⟦<install-failed-script>http://192.0.2.1/x</install-failed-script>⟧"),
  "install-failed-script@type": more('<install-failed-script⟦ type="nfs"⟧>192.0.2.1:/x</install-failed-script>'),
  "ui-confirmation-prompt": more("⟦<ui-confirmation-prompt>true</ui-confirmation-prompt>⟧"),
  "primary-disk": { "primary-disk": "⟦<primary-disk>sda</primary-disk>⟧" },
  "primary-disk@guest-storage": { ...disk('guest-storage="no"'), more: "<guest-disk>sdb</guest-disk>" },
  "primary-disk@gueststorage": { ...disk('gueststorage="no"'), more: "<guest-disk>sdb</guest-disk>" },
  "primary-disk@sr-at-end": disk('sr-at-end="no"'),
  "primary-disk@preserve-first-partition": disk('preserve-first-partition="true"'),
  "primary-disk@swraid": { "primary-disk": '<primary-disk⟦ swraid="true"⟧>sda,sdb</primary-disk>' },
  "primary-disk@fs-type": disk('fs-type="ext3"'),
  raid: more('⟦<raid device="md127"><disk>sda</disk></raid>⟧'),
  "raid@device": more('<raid⟦ device="md127"⟧><disk>sda</disk></raid>'),
  disk: more('<raid device="md127">⟦<disk>sda</disk>⟧</raid>'),
  "guest-disk": more("⟦<guest-disk>sdb</guest-disk>⟧"),
  "initial-partitions": more('⟦<initial-partitions><partition number="1" size="4" id="0x83"/></initial-partitions>⟧'),
  partition: more('<initial-partitions>⟦<partition number="1" size="4" id="0x83"/>⟧</initial-partitions>'),
  "partition@number": more('<initial-partitions><partition⟦ number="1"⟧ size="4" id="0x83"/></initial-partitions>'),
  "partition@size": more('<initial-partitions><partition number="1"⟦ size="4"⟧ id="0x83"/></initial-partitions>'),
  "partition@id": more('<initial-partitions><partition number="1" size="4"⟦ id="0x83"⟧/></initial-partitions>'),
  "zap-utility-partitions": more("⟦<zap-utility-partitions/>⟧"),
  "admin-interface": { "admin-interface": '⟦<admin-interface name="eth0" proto="dhcp"/>⟧' },
  "admin-interface@name": nic('⟦name="eth0" ⟧proto="dhcp"'),
  "admin-interface@hwaddr": nic('⟦hwaddr="00:16:3e:01:02:03" ⟧proto="dhcp"'),
  "admin-interface@proto": nic('name="eth0"⟦ proto="dhcp"⟧'),
  "admin-interface@protov6": nic('name="eth0" proto="dhcp"⟦ protov6="autoconf"⟧'),
  "admin-interface@vlan": nic('name="eth0" proto="dhcp"⟦ vlan="7"⟧'),
  ipaddr: fixed("⟦<ipaddr>192.0.2.10</ipaddr>⟧", MASK),
  ip: fixed(`⟦${IP}⟧`, MASK),
  subnet: fixed(IP, "⟦<subnet>255.255.255.0</subnet>⟧"),
  "subnet-mask": fixed(IP, `⟦${MASK}⟧`),
  gateway: fixed(IP, MASK, "⟦<gateway>192.0.2.1</gateway>⟧"),
  ipv6: six("⟦<ipv6>2001:db8::10/64</ipv6>⟧", "<gatewayv6>2001:db8::1</gatewayv6>"),
  gatewayv6: six("<ipv6>2001:db8::10/64</ipv6>", "⟦<gatewayv6>2001:db8::1</gatewayv6>⟧"),
  "root-password": { "root-password": '⟦<root-password type="hash">$6$a$b</root-password>⟧' },
  "root-password@type": { "root-password": '<root-password⟦ type="hash"⟧>$6$a$b</root-password>' },
  "name-server": more("⟦<name-server>192.0.2.1</name-server>⟧"),
  nameserver: more("⟦<nameserver>192.0.2.1</nameserver>⟧"),
  hostname: more("⟦<hostname>h</hostname>⟧"),
  timezone: { timezone: "⟦<timezone>Europe/Berlin</timezone>⟧" },
  ntp: more('⟦<ntp source="none"/>⟧'),
  "ntp@source": more('<ntp⟦ source="none"⟧/>'),
  "ntp-server": more("⟦<ntp-server>192.0.2.1</ntp-server>⟧"),
  "ntp-servers": more("⟦<ntp-servers>192.0.2.1</ntp-servers>⟧"),
  keymap: { keymap: "⟦<keymap>de</keymap>⟧" },
  "network-backend": { "network-backend": "⟦<network-backend>bridge</network-backend>⟧" },
  bootloader: (target) => more(`⟦<bootloader>${atLeast(target, "7.0") ? "grub2" : "extlinux"}</bootloader>⟧`),
  "bootloader@location": (target) =>
    more(`<bootloader⟦ location="partition"⟧>${atLeast(target, "7.0") ? "grub2" : "extlinux"}</bootloader>`),
  "bootloader@write-boot-entry": (target) =>
    more(`<bootloader⟦ write-boot-entry="no"⟧>${atLeast(target, "7.0") ? "grub2" : "extlinux"}</bootloader>`),
  service: more('⟦<service name="sshd" state="enabled"/>⟧'),
  "service@name": more('<service⟦ name="sshd"⟧ state="enabled"/>'),
  "service@state": more('<service name="sshd"⟦ state="enabled"⟧/>'),
  "selected-multiversion-drivers": more('⟦<selected-multiversion-drivers><driver name="a">b</driver></selected-multiversion-drivers>⟧'),
  driver: more('<selected-multiversion-drivers>⟦<driver name="a">b</driver>⟧</selected-multiversion-drivers>'),
  "driver@name": more('<selected-multiversion-drivers><driver⟦ name="a"⟧>b</driver></selected-multiversion-drivers>'),
  "fcoe-interface": more('⟦<fcoe-interface name="eth1"/>⟧'),
  "fcoe-interface@name": more('<fcoe-interface⟦ name="eth1"⟧/>'),
  "fcoe-interface@hwaddr": more('<fcoe-interface⟦ hwaddr="00:16:3e:01:02:03"⟧/>'),
  "fcoe-interface@dcb": more('<fcoe-interface name="eth1"⟦ dcb="off"⟧/>'),
  "target-platform": more("⟦<target-platform>x</target-platform>⟧"),
  "existing-installation": { root: 'installation mode="upgrade"', more: "⟦<existing-installation>sda</existing-installation>⟧" },
  "existing-installation@fs-type": {
    root: 'installation mode="upgrade"',
    more: '<existing-installation ⟦fs-type="ext3"⟧>sda</existing-installation>',
  },
  "backup-disk": { root: "restore", ...restore, more: "⟦<backup-disk>sda</backup-disk>⟧" },
};
/** The root; what only groups others; what csp's reading leaves to the installed host. */
const NOT_READ_APART = ["installation", "guest-disks", "ssh-mode"];

describe("the table of words says what each version reads", () => {
  const rows = vocabulary().filter(({ name }) => !NOT_READ_APART.includes(name));

  test("each of them is tried", () => {
    expect(Object.keys(WORDS).sort()).toEqual(rows.map(({ name }) => name).sort());
  });

  const texts = (name: string, target: Target): [text: string, withoutIt: string] => {
    const word = WORDS[name] ?? {};
    const { root = "installation", ...elements } = typeof word === "function" ? word(target) : word;
    const whole = document({ ...elementsFor(target), ...elements }, root);
    return [whole.replace(/[⟦⟧]/g, ""), whole.replace(/⟦.*?⟧/g, "")];
  };
  const read = (text: string, target: Target) => {
    const root = readXml(text);
    if (isMalformed(root)) throw new Error(`${root.problem}: ${text}`);
    return readAnswerfile(root, target, { nonAscii: () => {} });
  };

  test.each(rows.flatMap((row) => TARGETS.map((target) => [row.name, target, row] as const)))("%s, %s", (name, target, row) => {
    const [text, withoutIt] = texts(name, target);
    const [one, other] = [read(text, target), read(withoutIt, target)].map((each) => (isStopped(each) ? each.stops : each));
    const makesADifference = JSON.stringify(one) !== JSON.stringify(other);
    const unread = lintAnswerfile(Buffer.from(text), { target }).some(
      // Of netinstall-gpg-check at 8.3, a rule of its own tells it.
      ({ rule, path, message }) => (rule === "E8" || /no longer reads/.test(message)) && (path === name || path.endsWith(`/${name}`)),
    );
    // Of the older names for scripts, 5.6 and 6.0 take no notice of the type; nothing is lost by it.
    if (isOld(target) && /^(post-install|install-failed)-script@type$/.test(name)) {
      expect({ makesADifference, unread }).toEqual({ makesADifference: false, unread: false });
      return;
    }
    const inSpan = isIn(row.span, target);
    expect({ makesADifference, unread }).toEqual({ makesADifference: inSpan, unread: !inSpan });
  });
});
