import { zones } from "tzdata";
import { lintAnswerfile } from "../../provider/install/answerfile/lint";
import timezones from "../../provider/install/answerfile/timezones.json";
import { atLeast, TARGETS, type Target } from "../../provider/install/targets";
import { document, type Elements, elementsFor, STATIC } from "./sample";

/** "E4 installation/admin-interface/gateway", in order of lines. */
function findings(text: string | Buffer, target: Target, csp = false): string[] {
  return lintAnswerfile(Buffer.from(text as string), { target, csp }).map(({ rule, path }) => `${rule} ${path}`);
}

/** The versions, what differs from a good file, and all findings. */
type Case = readonly [targets: string, change: Elements & { readonly root?: string }, found?: readonly string[]];

const disk = (attributes: string, text = "sda") => ({ "primary-disk": `<primary-disk ${attributes}>${text}</primary-disk>` });
const nic = (attributes: string, inside = "") => ({ "admin-interface": `<admin-interface ${attributes}>${inside}</admin-interface>` });
const source = (attributes: string, text = "") => ({ source: `<source ${attributes}>${text}</source>` });
const script = (attributes: string, text = "http://192.0.2.1/x.sh") => ({ more: `<script ${attributes}>${text}</script>` });
const more = (text: string) => ({ more: text });
const password = (text: string) => ({ "root-password": text });
const upgrade = { root: 'installation mode="upgrade"', "primary-disk": "", "admin-interface": "", timezone: "", "root-password": "" };
const existing = more("<existing-installation>sda</existing-installation>");
const restore = {
  root: "restore",
  "primary-disk": "",
  "admin-interface": "",
  timezone: "",
  "root-password": "",
  source: "",
  "network-backend": "",
  script: "",
};

const CASES: Readonly<Record<string, readonly Case[]>> = {
  "E1: what it is, and what is to be done": [
    ["6.1 8.3", { root: "install" }, ["E1 install"]],
    ["5.6 6.0", { root: "install" }, ["W1 install"]],
    ["8.2", { root: 'installation mode="Upgrade"' }, ["E1 installation@mode"]],
    ["5.6 xs9", { root: 'installation mode="restore"' }, ["E1 installation@mode"]],
    ["6.1 8.3", { root: 'installation mode="fresh"' }],
    ["6.1 8.3 xs8", { root: 'installation mode="reinstall"' }],
    ["8.3", { root: 'installation mode=""' }],
    ["8.3", { root: "upgrade" }, ["E1 upgrade"]],
    ["8.3 5.6", { ...upgrade, ...existing, root: 'upgrade mode="upgrade"' }],
    ["5.6 6.0 6.1", { ...restore }, ["E1 restore"]],
    ["6.2 7.0 8.3 xs9", { ...restore }],
  ],
  "E2: what must be there": [
    ["5.6 7.0 8.3 xs9", { source: "" }, ["E2 installation/source"]],
    ["5.6 7.0 8.3 xs9", { "primary-disk": "" }, ["E2 installation/primary-disk"]],
    ["5.6 7.0 8.3 xs9", { "admin-interface": "" }, ["E2 installation/admin-interface"]],
    ["5.6 6.0 6.1", { timezone: "" }, ["E2 installation/timezone"]],
    ["6.2 6.5 7.0 8.3 xs9", { timezone: "" }],
    ["5.6 6.0 6.1 8.2 8.3 xs8 xs9", { ...upgrade, ...existing }],
    ["5.6 8.3 xs9", { ...upgrade }, ["E2 installation/existing-installation"]],
    ["8.3", { ...upgrade, ...existing, source: "" }, ["E2 installation/source"]],
    ["5.6", { root: 'installation mode="reinstall"', "primary-disk": "" }, ["E2 installation/existing-installation"]],
    ["5.6", { root: 'installation mode="reinstall"', "primary-disk": "", ...existing }],
    ["6.0", { root: 'installation mode="reinstall"', "primary-disk": "" }, ["E2 installation/existing-installation"]],
    ["6.0", { root: 'installation mode="reinstall"', "primary-disk": "", ...existing }],
    ["6.1", { root: 'installation mode="reinstall"', "primary-disk": "", ...existing }, ["E2 installation/primary-disk"]],
    ["8.3", { "primary-disk": "<primary-disk/>" }, ["E2 installation/primary-disk"]],
    [
      "8.3",
      { "primary-disk": "<primary-disk><![CDATA[sda]]></primary-disk>" },
      ["E2 installation/primary-disk", "W1 installation/primary-disk"],
    ],
    ["8.3", more("<guest-disk> </guest-disk>"), ["E2 installation/guest-disk"]],
    ["8.3", source(""), ["E2 installation/source@type"]],
    ["8.3", source('type="url"'), ["E2 installation/source"]],
    ["8.3", source('type="local"')],
    ["8.3", nic('proto="dhcp"'), ["E2 installation/admin-interface@name"]],
    ["8.3 5.6", nic('name="" hwaddr="00:16:3e:01:02:03" proto="dhcp"')],
    ["8.3 5.6", nic('name="eth0"'), ["E2 installation/admin-interface@proto"]],
    ["6.1 8.3", script('stage="filesystem-populated"'), ["E2 installation/script@type"]],
    ["5.6 6.0", script('stage="filesystem-populated"')],
    ["6.1 8.3", script('type="url"'), ["E2 installation/script@stage"]],
    ["8.3", more("<driver-source>http://192.0.2.1/d</driver-source>"), ["E2 installation/driver-source@type"]],
    ["7.5 8.3", more("<raid><disk>sda</disk></raid>"), ["E2 installation/raid@device"]],
    ["7.5 8.3", more('<raid device="md127"><disk>sda</disk><disk>sdb</disk></raid>')],
    ["7.6", more('<service state="enabled"/>'), ["E2 installation/service@name"]],
    ["7.6", more('<service name="sshd"/>'), ["E2 installation/service@state"]],
    ["8.3", more("<ntp/>"), ["E2 installation/ntp@source"]],
    ["7.0 xs8", more("<fcoe-interface/>"), ["E2 installation/fcoe-interface@name"]],
  ],
  "E3: values from a list, as they are written": [
    ["5.6 6.0 8.3", { root: 'installation srtype="nfs"' }, ["E3 installation@srtype"]],
    ["5.6 8.3", { root: 'installation srtype="ext"' }],
    ["6.1 8.3", { root: 'installation sr-type="EXT"' }, ["E3 installation@sr-type"]],
    ["8.2", { root: 'installation sr-type="largeblock"' }, ["E3 installation@sr-type"]],
    ["8.3", { root: 'installation sr-type="largeblock"' }],
    ["xs8 xs9", { root: 'installation sr-type="largeblock"' }, ["E3 installation@sr-type"]],
    ["8.3", { root: 'installation sr-type="large-block-capable-sr-type"' }, ["E3 installation@sr-type"]],
    ["6.1 8.3", disk('preserve-first-partition="True"'), ["E3 installation/primary-disk@preserve-first-partition"]],
    ["6.1 8.3", disk('preserve-first-partition="if-utility"')],
    ["6.0", disk('preserve-first-partition="if-utility"'), ["W16 installation/primary-disk@preserve-first-partition"]],
    ["xs9", disk('fs-type="xfs"'), ["E3 installation/primary-disk@fs-type"]],
    ["xs9", disk('fs-type="ext3"')],
    ["xs9", disk('swraid="true"', "sda"), ["E3 installation/primary-disk"]],
    ["xs9", disk('swraid="true"', "sda,sdb,sdc"), ["E3 installation/primary-disk"]],
    ["xs9", disk('swraid="true"', "missing,missing"), ["E3 installation/primary-disk"]],
    ["xs9", disk('swraid="true"', "sda,missing")],
    ["5.6 8.3", password('<root-password type="sha">x</root-password>'), ["E3 installation/root-password@type"]],
    ["5.6 8.3", source('type="URL"', "http://192.0.2.1/"), ["E3 installation/source@type"]],
    ["8.3", source('type="http"', "http://192.0.2.1/"), ["E3 installation/source@type"]],
    ["8.3", more('<driver-source type="cd">x</driver-source>'), ["E3 installation/driver-source@type"]],
    ["8.3 xs8 xs9", more('<ntp source="DHCP"/>'), ["E3 installation/ntp@source"]],
    ["8.3", more('<ntp source="none"/>')],
    ["7.6 8.3 xs9", more('<service name="sshd" state="on"/>'), ["E3 installation/service@state"]],
    ["8.3", more('<bootloader location="MBR"/>'), ["E3 installation/bootloader@location"]],
    ["5.6 6.0", more('<bootloader location="MBR">grub</bootloader>')],
    ["6.1 6.5", more("<bootloader/>"), ["E3 installation/bootloader"]],
    ["6.1", more('<bootloader location="MBR">extlinux</bootloader>'), ["E3 installation/bootloader@location"]],
    ["8.3", more('<bootloader location="partition" write-boot-entry="false">grub2</bootloader>')],
    ["7.0 8.3", more("<bootloader>extlinux</bootloader>"), ["E3 installation/bootloader"]],
    ["6.1 6.5", more("<bootloader>grub</bootloader>"), ["E3 installation/bootloader"]],
    ["5.6 6.0", more("<bootloader>grub</bootloader>")],
    ["5.6 6.0", more("<bootloader>grub</bootloader><bootloader>grub</bootloader>"), ["W16 installation/bootloader"]],
    ["6.0 6.5 5.6", more("<bootloader>extlinux</bootloader>")],
    ["5.6 6.0", { "network-backend": "<network-backend>ovs</network-backend>" }, ["E3 installation/network-backend"]],
    ["5.6 6.0", nic('name="eth0" proto="none"'), ["E3 installation/admin-interface@proto"]],
    ["5.6 6.0", nic('name="eth0" proto="Static"'), ["E3 installation/admin-interface@proto"]],
    ["8.3", nic('hwaddr="0016.3e01.0203" proto="dhcp"'), ["E3 installation/admin-interface@hwaddr"]],
    ["5.6", { ...upgrade, more: "<existing-installation>/dev/sda</existing-installation>" }, ["E3 installation/existing-installation"]],
    ["6.1 8.3", { ...upgrade, more: "<existing-installation>/dev/sda</existing-installation>" }],
    ["6.0", { ...upgrade, more: "<existing-installation>/dev/sda</existing-installation>" }, ["E3 installation/existing-installation"]],
    ["5.6 8.3 xs8", { ...upgrade, "primary-disk": "<primary-disk>sdb</primary-disk>", ...existing }, ["E3 installation/primary-disk"]],
    ["5.6 8.3", { ...upgrade, "primary-disk": "<primary-disk>sda</primary-disk>", ...existing }],
    ["xs9", { ...upgrade, "primary-disk": "<primary-disk>sdb</primary-disk>", ...existing }],
    // What an upgrade does not read may have any form.
    ["5.6", { ...upgrade, more: "<existing-installation>sda</existing-installation><gateway> x </gateway>" }, ["W1 installation/gateway"]],
    ["5.6 8.2 8.3 xs8", more("<hostname>h\u00f6st</hostname>"), ["E3 installation/hostname", "W20 installation/hostname"]],
    ["xs9", more("<hostname>h\u00f6st</hostname>"), ["W20 installation/hostname"]],
    ["6.1 8.3", more('<keymap variant="\u00e9">us</keymap>'), ["W1 installation/keymap@variant"]],
    ["6.1 8.3", { ...disk('sr-at-end="\u00e9"') }, ["E3 installation/primary-disk@sr-at-end", "W4 installation/primary-disk@sr-at-end"]],
    ["5.6 6.0", disk('sr-at-end="\u00e9"'), ["W4 installation/primary-disk@sr-at-end"]],
    ["xs8 xs9", disk('swraid="true"', "sda,sdb")],
    ["xs8 xs9", disk('swraid="true"', "sda, sdb"), ["E3 installation/primary-disk"]],
    ["xs8", disk('swraid="true"', "sda,missing"), ["E3 installation/primary-disk"]],
    ["8.3", disk('swraid="true"'), ["E8 installation/primary-disk@swraid"]],
    ["5.6 6.0", { "network-backend": "<network-backend>vswitch</network-backend>" }, ["E3 installation/network-backend"]],
    ["6.1 8.3", { "network-backend": "<network-backend>vswitch</network-backend>" }],
    [
      "5.6 6.0",
      { "network-backend": "<network-backend>bridge</network-backend><network-backend>bridge</network-backend>" },
      ["W16 installation/network-backend"],
    ],
    ["6.1 8.3", { "network-backend": "<network-backend>bridge</network-backend><network-backend>bridge</network-backend>" }],
    ["5.6 6.0 xs9", nic('name="enp1s0" proto="dhcp"'), ["E3 installation/admin-interface@name"]],
    ["5.6 6.0 xs9", nic('name="enp1s0" hwaddr="00:16:3e:01:02:03" proto="dhcp"'), ["E3 installation/admin-interface@name"]],
    ["6.1 8.3", nic('name="enp1s0" proto="dhcp"'), ["E3 installation/admin-interface@name"]],
    ["6.1 8.3", nic('name="enp1s0" hwaddr="00:16:3e:01:02:03" proto="dhcp"'), ["W16 installation/admin-interface@name"]],
    [
      "6.1 8.3",
      nic('name="enp1s0" hwaddr="x" proto="dhcp"'),
      ["W16 installation/admin-interface@name", "E3 installation/admin-interface@hwaddr"],
    ],
    ["5.6 8.3", password('<root-password type="hash">$6$...</root-password>'), ["E3 installation/root-password"]],
    ["5.6 8.3", password('<root-password type="hash">&lt;hash&gt;</root-password>'), ["E3 installation/root-password"]],
    ["5.6 8.3", password('<root-password type="hash">secret</root-password>'), ["E3 installation/root-password"]],
    ["5.6 8.3", password('<root-password type="hash"/>'), ["E3 installation/root-password"]],
    ["5.6", password('<root-password type="hash">ab1cdefghijkl</root-password>')],
    ["5.6 8.3", password('<root-password type="hash">!!</root-password>')],
    ["5.6 6.0", disk("", " sda "), ["E3 installation/primary-disk"]],
    ["5.6 6.0", { source: '<source type="url">\nhttp://192.0.2.1/install\n</source>' }, ["E3 installation/source"]],
    ["6.1 8.3 xs9", { source: '<source type="url">\nhttp://192.0.2.1/install\n</source>' }],
  ],
  "E4: addresses": [
    ["5.6 6.0 8.3 xs9", { "admin-interface": STATIC.old }],
    ["6.1 8.3 xs9", { "admin-interface": STATIC.new }],
    ["6.0", { "admin-interface": STATIC.new }, ["E8 installation/admin-interface/ipaddr", "E8 installation/admin-interface/subnet"]],
    [
      "6.1 8.3",
      nic('name="eth0" proto="static"', "<subnet>255.255.255.0</subnet><gateway>192.0.2.1</gateway>"),
      ["E4 installation/admin-interface/ipaddr"],
    ],
    [
      "5.6",
      nic('name="eth0" proto="static"', "<subnet-mask>255.255.255.0</subnet-mask><gateway>192.0.2.1</gateway>"),
      ["E4 installation/admin-interface/ip"],
    ],
    [
      "8.3",
      nic('name="eth0" proto="static"', "<ip>192.0.2.10</ip><gateway>192.0.2.1</gateway>"),
      ["E4 installation/admin-interface/subnet"],
    ],
    [
      "5.6",
      nic('name="eth0" proto="static"', "<ip>192.0.2.10</ip><gateway>192.0.2.1</gateway>"),
      ["E4 installation/admin-interface/subnet-mask"],
    ],
    [
      "5.6 6.0 8.3",
      nic('name="eth0" proto="static"', "<ip>192.0.2.10</ip><subnet-mask>255.255.255.0</subnet-mask>"),
      ["E4 installation/admin-interface/gateway"],
    ],
    [
      "8.3",
      nic('name="eth0" proto="static"', "<ip>192.0.2.300</ip><subnet>255.0.255.0</subnet><gateway/>"),
      ["E4 installation/admin-interface/ip", "E4 installation/admin-interface/subnet", "E4 installation/admin-interface/gateway"],
    ],
    [
      "8.3",
      {
        ...nic('name="eth0" proto="static"', "<subnet>255.255.255.0</subnet><gateway>192.0.2.1</gateway>"),
        more: "<ipaddr>192.0.2.10</ipaddr>",
      },
      ["E4 installation/admin-interface/ipaddr", "W1 installation/ipaddr"],
    ],
    ["6.1 8.3", nic('name="eth0" proto="none"'), ["E4 installation/admin-interface@protov6"]],
    ["6.1 8.3", nic('name="eth0" proto="none" protov6="autoconf"')],
    [
      "6.1 8.3",
      nic('name="eth0" proto="none" protov6="static"'),
      ["E4 installation/admin-interface/ipv6", "E4 installation/admin-interface/gatewayv6"],
    ],
    ["8.3", nic('name="eth0" proto="dhcp" protov6="static"', "<ipv6>2001:db8::2/64</ipv6><gatewayv6>2001:db8::1</gatewayv6>")],
    [
      "8.3",
      nic('name="eth0" proto="dhcp" protov6="static"', "<ipv6>2001:db8::2</ipv6><gatewayv6>fe80::1</gatewayv6>"),
      ["E4 installation/admin-interface/ipv6"],
    ],
  ],
  "E5: VLANs": [
    ["7.2 8.3", nic('name="eth0" proto="dhcp" vlan="1"')],
    ["7.2 8.3", nic('name="eth0" proto="dhcp" vlan="4094"')],
    ["7.2 8.3", nic('name="eth0" proto="dhcp" vlan="0"'), ["E5 installation/admin-interface@vlan"]],
    ["8.3", nic('name="eth0" proto="dhcp" vlan="4095"'), ["E5 installation/admin-interface@vlan"]],
    ["8.3 xs9", nic('name="eth0" proto="dhcp" vlan="ten"'), ["E5 installation/admin-interface@vlan"]],
    ["8.3", nic('name="eth0" proto="dhcp" vlan=" 5"'), ["E5 installation/admin-interface@vlan"]],
  ],
  "E6: NTP servers and their source": [
    ["8.3 xs8 xs9", more('<ntp source="dhcp"/><ntp-server>192.0.2.5</ntp-server>'), ["E6 installation/ntp-server"]],
    ["8.3", more('<ntp source="default"/><ntp-servers>192.0.2.5</ntp-servers>'), ["E6 installation/ntp-servers"]],
    ["8.3", more('<ntp source="manual"/><ntp-server>192.0.2.5</ntp-server>')],
    ["8.2 8.3", more("<ntp-server>192.0.2.5</ntp-server><ntp-server>192.0.2.6</ntp-server>")],
  ],
  "E7: once only": [
    ["8.3", more('<ntp source="dhcp"/><ntp source="dhcp"/>'), ["E7 installation/ntp"]],
    ["7.6 8.3", more('<service name="sshd" state="enabled"/><service name="sshd" state="enabled"/>'), ["E7 installation/service"]],
    ["8.3", more('<service name="sshd" state="enabled"/><service name="ntpd" state="disabled"/>')],
  ],
  "E8: words of another version": [
    ["5.6", { "admin-interface": STATIC.new }, ["E8 installation/admin-interface/ipaddr", "E8 installation/admin-interface/subnet"]],
    ["5.6", { root: 'installation sr-type="lvm"' }, ["E8 installation@sr-type"]],
    ["6.0", { root: 'installation sr-type="lvm"' }, ["E8 installation@sr-type"]],
    ["5.6 6.0", disk('guest-storage="true"'), ["E8 installation/primary-disk@guest-storage"]],
    ["6.1", disk('guest-storage="true"')],
    ["5.6", more("<name-server>192.0.2.5</name-server>"), ["E8 installation/name-server"]],
    ["6.0 5.6", more("<nameserver>192.0.2.5</nameserver>")],
    ["5.6", more("<ntp-server>192.0.2.5</ntp-server>"), ["E8 installation/ntp-server"]],
    ["5.6 8.3", more("<ntp-servers>192.0.2.5</ntp-servers>")],
    ["5.6", disk('preserve-first-partition="true"'), ["E8 installation/primary-disk@preserve-first-partition"]],
    ["8.3", disk('swraid="true" fs-type="ext4"'), ["E8 installation/primary-disk@swraid", "E8 installation/primary-disk@fs-type"]],
    ["6.0", nic('name="eth0" proto="dhcp" protov6="dhcp"'), ["E8 installation/admin-interface@protov6"]],
    ["7.0 7.1", nic('name="eth0" proto="dhcp" vlan="5"'), ["E8 installation/admin-interface@vlan"]],
    ["8.2", more('<ntp source="dhcp"/>'), ["E8 installation/ntp", "E8 installation/ntp@source"]],
    [
      "7.5",
      more('<service name="sshd" state="enabled"/>'),
      ["E8 installation/service", "E8 installation/service@name", "E8 installation/service@state"],
    ],
    ["7.4 xs8", more('<raid device="md0"/>'), ["E8 installation/raid", "E8 installation/raid@device"]],
    ["5.6 8.3", more("<zap-utility-partitions/>"), ["E8 installation/zap-utility-partitions"]],
    ["6.0 8.2", more("<zap-utility-partitions/>")],
    [
      "6.1 8.2 8.3",
      more('<initial-partitions><partition number="1" size="4" id="0x83"/></initial-partitions>'),
      [
        "E8 installation/initial-partitions",
        "E8 installation/initial-partitions/partition",
        "E8 installation/initial-partitions/partition@number",
        "E8 installation/initial-partitions/partition@size",
        "E8 installation/initial-partitions/partition@id",
      ],
    ],
    ["5.6 6.0", more('<initial-partitions><partition number="1" size="4" id="0x83"/></initial-partitions>')],
    ["xs8", more("<ssh-mode>on</ssh-mode>"), ["E8 installation/ssh-mode"]],
    ["xs9", more("<ssh-mode>on</ssh-mode>")],
    ["8.3 xs9", more("<target-platform>x</target-platform>"), ["E8 installation/target-platform"]],
    ["xs8", more("<target-platform>x</target-platform>")],
    ["6.5 xs9", more('<fcoe-interface name="eth0"/>'), ["E8 installation/fcoe-interface", "E8 installation/fcoe-interface@name"]],
    ["7.0 8.2", more('<fcoe-interface name="eth0" dcb="on"/>')],
    ["7.0 8.3 xs8", more('<fcoe-interface name="eth0"/>')],
    ["xs8", more('<fcoe-interface name="eth0" dcb="on"/>'), ["E8 installation/fcoe-interface@dcb"]],
    ["7.0", more("<ui-confirmation-prompt>true</ui-confirmation-prompt>"), ["E8 installation/ui-confirmation-prompt"]],
    ["xs9", more("<network-backend>bridge</network-backend>"), ["E8 installation/network-backend"]],
    ["xs9", more('<selected-multiversion-drivers><driver name="ice">1</driver></selected-multiversion-drivers>')],
    ["8.3", more('<bonding name="bond0" mode="lacp" members="eth0,eth1"/>'), ["W1 installation/bonding"]],
    [
      "6.1",
      { ...upgrade, more: "<existing-installation>sda</existing-installation><backup-disk>sda</backup-disk>" },
      ["E8 installation/backup-disk"],
    ],
    ["7.6 8.3", disk("", "iscsi:192.0.2.9::::iqn.2001-04.com.example"), ["E8 installation/primary-disk"]],
    ["5.6 7.5", disk("", "iscsi:192.0.2.9::::iqn.2001-04.com.example")],
    ["7.6 8.3", more("<guest-disk>iscsi:192.0.2.9::::iqn.x</guest-disk>"), ["E8 installation/guest-disk"]],
    ["6.1 7.5", more("<guest-disk>iscsi:192.0.2.9::::iqn.x</guest-disk>")],
    [
      "7.6 8.3",
      { ...upgrade, more: "<existing-installation>iscsi:192.0.2.9::::iqn.x</existing-installation>" },
      ["E8 installation/existing-installation"],
    ],
    ["6.1 7.5", { ...upgrade, more: "<existing-installation>iscsi:192.0.2.9::::iqn.x</existing-installation>" }],
    [
      "5.6 6.0",
      { ...upgrade, more: "<existing-installation>iscsi:192.0.2.9::::iqn.x</existing-installation>" },
      ["E3 installation/existing-installation"],
    ],
    ["7.6 8.3", more('<raid device="md127"><disk>iscsi:192.0.2.9::::iqn.x</disk></raid>'), ["E8 installation/raid/disk"]],
    ["8.3 xs8", { ...restore, more: "<backup-disk>iscsi:192.0.2.9::::iqn.x</backup-disk>" }, ["E8 restore/backup-disk"]],
    ["6.2 7.5", { ...restore, more: "<backup-disk>iscsi:192.0.2.9::::iqn.x</backup-disk>" }],
    ["8.3", { ...restore, more: "<backup-disk>sda</backup-disk><backup-disk>sdb</backup-disk>" }, ["W16 restore/backup-disk"]],
    ["7.6 xs8", { root: 'installation netinstall-gpg-check="true"' }, ["E8 installation@netinstall-gpg-check"]],
    [
      "8.2 xs8",
      { root: 'installation gpgcheck="true" repo-gpgcheck="yes"' },
      ["E8 installation@gpgcheck", "E8 installation@repo-gpgcheck"],
    ],
    ["8.3", { root: 'installation gpgcheck="true" repo-gpgcheck="yes"' }],
  ],
  "E9: where things are fetched from": [
    ["5.6 6.2", script('stage="installation-complete" type="url"', "https://192.0.2.1/x.sh"), ["E9 installation/script"]],
    ["6.5 8.3", script('stage="installation-complete" type="url"', "https://192.0.2.1/x.sh")],
    ["5.6 8.3", script('stage="installation-complete" type="url"', "/x.sh"), ["E9 installation/script"]],
    ["5.6 8.3", script('stage="installation-complete" type="url"', "HTTP://192.0.2.1/x.sh"), ["E9 installation/script"]],
    ["5.6 8.3", script('stage="installation-complete" type="url"', "tftp://192.0.2.1/x.sh"), ["E9 installation/script"]],
    ["5.6 6.0 6.1 8.3", script('stage="installation-complete" type="nfs"', "192.0.2.1:/srv/x.sh")],
    ["6.1 8.3", script('stage="installation-complete" type="nfs"', "nfs://192.0.2.1:/srv/x.sh")],
    ["5.6 6.0", script('stage="installation-complete" type="nfs"', "nfs://192.0.2.1:/srv/x.sh"), ["E9 installation/script"]],
    ["5.6 6.0 8.3", script('stage="installation-complete" type="url"', "nfs://192.0.2.1:/srv/x.sh")],
    ["8.3", script('stage="installation-complete" type="url"', "nfs://192.0.2.1/srv/x.sh"), ["E9 installation/script"]],
    ["8.3", script('stage="installation-complete" type="url"', "file:///x.sh")],
    ["xs8", script('stage="installation-complete" type="url"', "http://me:secret@192.0.2.1/x.sh")],
    ["xs9", script('stage="installation-complete" type="url"', "http://me:secret@192.0.2.1/x.sh"), ["E9 installation/script"]],
    ["8.3", more("<post-install-script/>"), ["E9 installation/post-install-script"]],
    ["8.3", source('type="url"', "192.0.2.1:/srv"), ["E9 installation/source"]],
    ["8.3", source('type="nfs"', "192.0.2.1:/srv")],
    ["5.6 6.5 7.0 7.1", source('type="url"', "192.0.2.1/install")],
    ["5.6 7.1", source('type="url"', "mirror.example:8080/install")],
    ["7.2 8.3 xs9", source('type="url"', "192.0.2.1/install"), ["E9 installation/source"]],
    ["5.6 7.1", source('type="url"', "192.0.2.1:/install"), ["E9 installation/source"]],
    ["5.6 7.0", { more: '<source type="url">http://192.0.2.1/more</source>' }, ["W16 installation/source"]],
    ["7.1 8.3", { more: '<source type="url">http://192.0.2.1/more</source>' }],
    ["6.2 6.5", { ...restore, more: '<driver-source type="disc"/>' }],
    ["7.0 8.3", { ...restore, more: '<driver-source type="disc"/>' }, ["E3 restore/driver-source@type"]],
    ["8.3", source('type="nfs"', "192.0.2.1/srv"), ["E9 installation/source"]],
    ["6.0 8.3", source('type="url"', "nfs://192.0.2.1:/srv")],
    ["5.6", source('type="url"', "nfs://192.0.2.1:/srv"), ["E9 installation/source"]],
    ["8.3", source('type="url"', "smb://192.0.2.1/srv"), ["E9 installation/source"]],
  ],
  "W1: words of no version": [
    ["8.3", more("<time-config-method>ntp</time-config-method>"), ["W1 installation/time-config-method"]],
    ["8.3", more('<network><admin-interfaces name="eth0"><unheard/></admin-interfaces></network>'), ["W1 installation/network"]],
    ["8.3", more("<wrapper><hostname>a</hostname></wrapper>"), ["W1 installation/wrapper"]],
    ["8.3", nic('name="eth0" proto="dhcp" enabled="yes"'), ["W1 installation/admin-interface@enabled"]],
    ["8.3", { root: 'installation xmlns:x="urn:x" x:y="1"' }],
    ["8.3", more("<guest-disks><guest-disk>sdb</guest-disk></guest-disks>")],
    ["8.3", more("<constructor/><toString/>"), ["W1 installation/constructor", "W1 installation/toString"]],
  ],
  "W2, W3: scripts that never run": [
    ["8.3", script('stage="post-install" type="url"'), ["W2 installation/script@stage"]],
    ["5.6", script('stage="installation-start"'), ["W2 installation/script@stage"]],
    ["5.6", script(""), ["W2 installation/script@stage"]],
    ["6.0 8.3", script('stage="installation-start" type="url"')],
    ["8.3 xs8", script('stage="packages-installed" type="url"'), ["W2 installation/script@stage"]],
    ["xs9", script('stage="packages-installed" type="url"')],
    ["8.3", script('stage="Filesystem-Populated" type="url"')],
    [
      "5.6 8.3",
      more("<post-install-script>http://a/b</post-install-script><post-install-script>http://a/c</post-install-script>"),
      ["W3 installation/post-install-script"],
    ],
    ["5.6 8.3", more('<install-failed-script type="url">http://a/b</install-failed-script>')],
    [
      "8.3",
      more("<install-failed-script>http://a/b</install-failed-script><install-failed-script>http://a/b</install-failed-script>"),
      ["W3 installation/install-failed-script"],
    ],
  ],
  "W4, W5, W6: words that mean something else": [
    ["8.3", disk('sr-at-end="on"'), ["W4 installation/primary-disk@sr-at-end"]],
    ["8.3 5.6", disk('sr-at-end="YES"')],
    ["8.3", { ...disk('guest-storage="0"'), more: "<guest-disk>sdb</guest-disk>" }, ["W4 installation/primary-disk@guest-storage"]],
    ["8.3", more('<bootloader write-boot-entry="1"/>'), ["W4 installation/bootloader@write-boot-entry"]],
    ["7.1 8.3", more("<ui-confirmation-prompt>false</ui-confirmation-prompt>"), ["W5 installation/ui-confirmation-prompt"]],
    ["8.3", more("<ui-confirmation-prompt>true</ui-confirmation-prompt>")],
    ["8.3", more("<ui-confirmation-prompt/>")],
    ["6.1 8.3", nic('name="eth0" proto="DHCP" protov6="dhcp"'), ["W6 installation/admin-interface@proto"]],
    ["8.3", nic('name="eth0" proto="bootp"'), ["W6 installation/admin-interface@proto", "E4 installation/admin-interface@protov6"]],
    ["8.3", nic('name="eth0" proto="dhcp" protov6="slaac"'), ["W6 installation/admin-interface@protov6"]],
  ],
  "W7, W8, W9: clock, password, disks": [
    ["5.6 8.3", { timezone: "<timezone>europe/berlin</timezone>" }, ["W7 installation/timezone"]],
    ["8.3", { timezone: "<timezone>Mars/Base</timezone>" }, ["W7 installation/timezone"]],
    ["8.3", { timezone: "<timezone>Etc/UTC</timezone>" }],
    ["8.3", { timezone: "<timezone>Asia/Calcutta</timezone>" }],
    ["5.6 8.3", password(""), ["W8 installation/root-password"]],
    ["8.3", password("<root-password>secret</root-password>"), ["W8 installation/root-password"]],
    ["5.6 8.3", password('<root-password type="plaintext">secret</root-password>'), ["W8 installation/root-password"]],
    ["8.3 5.6", more("<guest-disk>/dev/sda</guest-disk>"), ["W9 installation/guest-disk"]],
    ["8.3", more("<guest-disk>sdb</guest-disk>")],
    ["8.3", disk('guest-storage="no"'), ["W9 installation/primary-disk"]],
    ["5.6", disk('gueststorage="no"'), ["W9 installation/primary-disk"]],
    ["8.3", { ...disk('guest-storage="no"'), more: "<guest-disk>sda</guest-disk>" }],
  ],
  "W15, W16, W20: signatures, ignored values, names": [
    ["8.3", { root: 'installation netinstall-gpg-check="true"' }, ["W15 installation@netinstall-gpg-check"]],
    ["8.0 8.2", { root: 'installation netinstall-gpg-check="false"' }, ["W15 installation@netinstall-gpg-check"]],
    ["8.0 8.2", { root: 'installation netinstall-gpg-check="true"' }],
    ["8.3", { root: 'installation gpgcheck="false"' }, ["W15 installation@gpgcheck"]],
    ["8.3", source('type="url" repo-gpgcheck="false"', "http://192.0.2.1/"), ["W15 installation/source@repo-gpgcheck"]],
    ["6.1 8.3 xs8", { "network-backend": "<network-backend>Bridge</network-backend>" }, ["W16 installation/network-backend"]],
    ["6.1 8.3", { "network-backend": "<network-backend>vswitch</network-backend>" }],
    ["5.6", more("<network-backend>bridge</network-backend>"), ["W16 installation/network-backend"]],
    ["5.6", more("<bootloader>lilo</bootloader>"), ["W16 installation/bootloader"]],
    ["xs9", more("<ssh-mode>yes</ssh-mode>"), ["W16 installation/ssh-mode"]],
    ["8.3", more("<hostname>-a</hostname>"), ["W20 installation/hostname"]],
    ["8.3", more("<hostname>a_b</hostname>"), ["W20 installation/hostname"]],
    ["8.3 5.6", more("<hostname>hv-01.example.com</hostname>")],
  ],
};

/** [rule, version, change, found] of every version of every case. */
const rows = Object.entries(CASES).flatMap(([title, cases]) =>
  cases.flatMap(([targets, change, found = []]) =>
    targets.split(" ").map((target) => [title, target as Target, change, [...found]] as const),
  ),
);

test.each(rows)("%s, %s: %j", (_title, target, { root = "installation", ...change }, found) => {
  // The 7.6 row of an XCP-ng attribute is one the 8.3 row contradicts on purpose.
  expect(findings(document({ ...elementsFor(target), ...change }, root), target).sort()).toEqual([...found].sort());
});

/** Addresses of sources, and in which versions an installer cannot install from them: in none, in all, until one or from one on. */
const SOURCES: readonly (readonly [type: "url" | "nfs", address: string, refused: "never" | "always" | ((target: Target) => boolean)])[] = [
  ["url", "http://h.x/p", "never"],
  ["url", "https://h.x/p", "never"],
  ["url", "ftp://h.x/p", "never"],
  ["url", "file:///p", "never"],
  ["url", "http://u:w@h.x/p", "never"],
  ["url", "nfs://h:/d", (target) => target === "5.6"],
  ["url", "h.x/p", (target) => atLeast(target, "7.2")],
  ["url", "h:/d", "always"],
  ["url", "/p", "always"],
  ["url", "HTTP://h.x/p", "always"],
  ["url", "tftp://h.x/p", "always"],
  ["url", "nfs://h/d", "always"],
  ["url", "iscsi:h:::1:iqn.x", "always"],
  ["nfs", "h:/d", "never"],
  ["nfs", "h:/", "never"],
  ["nfs", "h/d", "always"],
  ["nfs", "nfs://h:/d", "always"],
  ["nfs", "http://h.x/p", "always"],
];

describe("E9: every form of a source, by element and version", () => {
  test.each(TARGETS)("%s", (target) => {
    for (const element of ["source", "driver-source"])
      for (const [type, address, refused] of SOURCES) {
        const found = findings(
          document({ ...elementsFor(target), [element]: `<${element} type="${type}">${address}</${element}>` }),
          target,
        );
        const expected = typeof refused === "string" ? refused === "always" : refused(target);
        expect([element, type, address, found]).toEqual([element, type, address, expected ? [`E9 installation/${element}`] : []]);
      }
  });
});

describe("E16, W14: a CSP host", () => {
  const csp = (target: Target, change: Elements = {}, root?: string) =>
    findings(document({ ...elementsFor(target), ...change }, root), target, true);
  test.each(TARGETS.filter((target) => target !== "xs9"))("%s: the bridge is declared and nothing is wrong", (target) => {
    expect(csp(target)).toEqual([]);
  });
  test.each<[Target, string[]]>([
    ["5.6", ["E16 installation/network-backend"]],
    ["6.0", ["E16 installation/network-backend"]],
    ["7.0", ["E16 installation/network-backend"]],
    ["8.3", ["E16 installation/network-backend"]],
    ["xs8", ["E16 installation/network-backend"]],
    ["xs9", ["E16 installation/network-backend"]],
  ])("%s without network-backend", (target, found) => {
    expect(csp(target, { "network-backend": "" })).toEqual(found);
  });
  test.each<[Target, string, string[]]>([
    ["5.6", "openvswitch", ["E16 installation/network-backend"]],
    ["8.3", "openvswitch", ["E16 installation/network-backend"]],
    ["8.3", "vswitch", ["E16 installation/network-backend"]],
    ["8.3", "brigde", ["E16 installation/network-backend", "W16 installation/network-backend"]],
  ])("%s with %s", (target, backend, found) => {
    expect(csp(target, { "network-backend": `<network-backend>${backend}</network-backend>` })).toEqual(found);
  });
  test("xs9 can never be one, whatever is declared", () => {
    expect(csp("xs9", { "network-backend": "<network-backend>bridge</network-backend>" })).toEqual([
      "E8 installation/network-backend",
      "E16 installation/network-backend",
    ]);
  });
  test("5.6 and 6.0 need the pack's script at the end; a later version has no pack", () => {
    expect(csp("5.6", { script: "" })).toEqual(["W14 installation/install-failed-script"]);
    expect(csp("6.0", { script: "" })).toEqual(["W14 installation/install-failed-script"]);
    expect(csp("5.6", { script: "<install-failed-script>http://192.0.2.1/post-install.sh</install-failed-script>" })).toEqual([]);
  });
  test("a restore asks for no backend", () => {
    expect(csp("8.3", restore, "restore")).toEqual([]);
  });
});

test("the cases above have every rule, and no others", () => {
  const met = new Set([...rows.flatMap(([, , , found]) => found.map((each) => each.split(" ")[0])), "E16", "W14"]);
  const rules = [
    "E1",
    "E2",
    "E3",
    "E4",
    "E5",
    "E6",
    "E7",
    "E8",
    "E9",
    "E16",
    "W1",
    "W2",
    "W3",
    "W4",
    "W5",
    "W6",
    "W7",
    "W8",
    "W9",
    "W14",
    "W15",
    "W16",
    "W20",
  ];
  expect([...met].sort()).toEqual(rules.sort());
  expect(rows.length).toBeGreaterThan(250);
});

test("timezones.json has the names of the time zone database", () => {
  const named = Object.keys(zones).filter((name) => name !== "Factory");
  expect(timezones).toEqual(named.sort());
});

describe("lines", () => {
  test.each([
    ["\n", "installation"],
    ["\r\n", "installation"],
    ["\r", "installation"],
  ])("are counted with the line ending %j", (ending) => {
    const text = [
      "<?xml version='1.0'?>",
      "<!-- a",
      "comment -->",
      "<installation",
      '  srtype="lvm">',
      "<primary-disk>sda</primary-disk>",
      "<oops/>",
      "</installation>",
    ];
    const found = lintAnswerfile(Buffer.from(text.join(ending)), { target: "8.3" });
    expect(found.map(({ rule, line }) => [rule, line])).toEqual(expect.arrayContaining([["W1", 7]]));
    expect(new Set(found.filter(({ rule }) => rule === "E2").map(({ line }) => line))).toEqual(new Set([4]));
  });
});
