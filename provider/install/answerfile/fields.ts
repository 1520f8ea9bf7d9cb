import { z } from "zod";
import { parseCidr } from "../../firewall/values/spelling";
import { problem } from "../../schema/field";
import { readBy } from "./vocabulary";

/** An answerfile as a program writes it, with every element that any version reads. The rules (lint.ts) refuse what a version does not know. */

const token = (name: string, description: string) => ({ token: `csp:install:${name}`, description });

/** Text that XML 1.0 can hold on one line. */
const line = z
  .string()
  .min(1, problem("it is empty", "write a value, or leave it out"))
  .regex(
    /^[^\p{Cc}\p{Cs}\ufffe\uffff]*$/u,
    problem("it has a character that XML cannot hold, or a line break", "write it on one line of ordinary characters"),
  );

/** The same, without blanks around it: 5.6 and 6.0 take them for a part of the text, and later installers take them away. */
const text = line.refine((value) => value.trim() === value, {
  error: problem("it begins or ends with a blank, and not all installers read it so", "write it without"),
});

const device = text.describe("A disk: `sda`, `/dev/sda`, `disk/by-id/ID`.");

const source = z
  .object({
    type: z
      .enum(["url", "nfs", "local"])
      .meta({ description: "How the installer reaches it.", values: { url: "HTTP or FTP", nfs: "NFS", local: "the installation disc" } }),
    address: text.optional().describe("The URL, or SERVER:/FOLDER for `nfs`. Not for `local`."),
    repoGpgCheck: z
      .boolean()
      .optional()
      .describe(`Whether the installer checks the repository's signature${readBy("source", "repo-gpgcheck")}.`),
    gpgCheck: z
      .boolean()
      .optional()
      .describe(`Whether the installer checks the packages' signatures${readBy("source", "gpgcheck")}.`),
  })
  .meta(token("InstallSource", "Where packages come from."));

const driverSource = z
  .object({
    type: z.enum(["url", "nfs", "local"]).describe("How the installer reaches it."),
    address: text.optional().describe("The URL, or SERVER:/FOLDER for `nfs`."),
  })
  .meta(token("DriverSource", "A driver disk, which the installer loads before the installation begins."));

const script = z
  .object({
    stage: z.enum(["installation-start", "packages-installed", "filesystem-populated", "installation-complete"]).meta({
      description: "When the installer runs it.",
      values: {
        "installation-start": "before anything else (6.0 and later)",
        "packages-installed": "when the packages are installed (XenServer 9)",
        "filesystem-populated": "when the new root is complete; $1 is its folder",
        "installation-complete": "at the end, when the root is unmounted; $1 is 0 or 1",
      },
    }),
    url: text.describe("The URL to fetch it from: http, ftp, file, nfs; https from 6.5 on."),
  })
  .meta(token("StageScript", "A script that the installer runs."));

const primaryDisk = z
  .object({
    device: device.optional().describe("The disk: `sda`, `/dev/sda`, `disk/by-id/ID`."),
    softwareRaid: z
      .array(device)
      .length(2)
      .optional()
      .describe(`Two disks to mirror${readBy("primary-disk", "swraid")}; on XenServer 9, one may be \`missing\`.`),
    guestStorage: z.boolean().optional().describe("Whether the disks of guests are stored here too. Default: yes."),
    srAtEnd: z.boolean().optional().describe("Whether the storage of guests is the last partition. Default: yes."),
    preserveFirstPartition: z
      .enum(["true", "false", "if-utility"])
      .optional()
      .describe(`Whether the installer keeps a vendor's utility partition${readBy("primary-disk", "preserve-first-partition")}.`),
    filesystem: z
      .enum(["ext3", "ext4"])
      .optional()
      .describe(`The file system of the root${readBy("primary-disk", "fs-type")}.`),
  })
  .meta(token("PrimaryDisk", "The disk to install to. The installer deletes everything on it."));

const ipv4 = z
  .object({
    method: z.enum(["static", "dhcp", "none"]).describe("How the host gets its address."),
    address: text.optional().describe("The host's address."),
    netmask: text.optional().describe("The netmask: `255.255.255.0`."),
    gateway: text.optional().describe("The gateway. Required with `static`."),
  })
  .meta(token("ManagementIPv4", "The management interface's IPv4: `static` needs address, netmask and gateway."));

const ipv6 = z
  .object({
    method: z.enum(["static", "dhcp", "autoconf"]).describe("How the host gets its address."),
    address: z
      .string()
      .refine((value) => value.includes("/") && parseCidr(value) !== undefined, {
        error: problem("it is not an IPv6 address with its prefix length", 'write it like "2001:db8::10/64"'),
      })
      .optional()
      .describe("The host's address, with its prefix length."),
    gateway: text.optional().describe("The gateway's address, without a prefix length."),
  })
  .meta(
    token(
      "ManagementIPv6",
      `The management interface's IPv6${readBy("admin-interface", "protov6")}: \`static\` needs address and gateway.`,
    ),
  );

const adminInterface = z
  .object({
    name: text.optional().describe("The interface's name: `eth0`. It takes precedence over `mac`."),
    mac: text.optional().describe("The interface's MAC: `00:16:3e:01:02:03`."),
    vlan: z
      .int()
      .optional()
      .describe(`The VLAN, 1 to 4094${readBy("admin-interface", "vlan")}.`),
    ipv4: ipv4.describe("How the interface gets IPv4."),
    ipv6: ipv6.optional().describe("How the interface gets IPv6."),
  })
  .meta(token("AdminInterface", "The management interface."));

export const answerfileFields = {
  mode: z
    .enum(["fresh", "reinstall", "upgrade", "restore"])
    .default("fresh")
    .meta({
      description: "What the installer does.",
      values: {
        fresh: "installs, and erases the disk",
        reinstall: "installs, and keeps a backup of what was there",
        upgrade: "upgrades, and keeps the settings",
        restore: "restores a backup (6.2 and later)",
      },
    }),
  sources: z.array(source).default([]).describe("Where packages come from. Before 7.1, the installer uses only the first one."),
  driverSources: z.array(driverSource).default([]).describe("Driver disks."),
  scripts: z.array(script).default([]).describe("Scripts that the installer runs, in this order for each stage."),
  confirm: z
    .boolean()
    .default(false)
    .describe(`Whether the installer asks at its console before it begins${readBy("ui-confirmation-prompt")}.`),
  primaryDisk: primaryDisk.optional().describe("The disk to install to. Required to install."),
  guestDisks: z.array(device).default([]).describe("More disks for guests."),
  raid: z
    .array(
      z
        .object({ device: text.describe("The array: `md127`."), disks: z.array(device).describe("The array's disks.") })
        .meta(token("SoftwareRaid", "A software array, which the installer makes before the installation.")),
    )
    .default([])
    .describe(`Software arrays${readBy("raid")}.`),
  initialPartitions: z
    .array(
      z
        .object({
          number: z.int().describe("The partition's number."),
          size: z.int().describe("The partition's size, as the installer takes it."),
          id: z.int().describe("The partition's type, for example 0x83."),
        })
        .meta(token("InitialPartition", "A partition, which the installer makes before the installation.")),
    )
    .default([])
    .describe(`Partitions to make first${readBy("initial-partitions")}.`),
  zapUtilityPartitions: z
    .boolean()
    .default(false)
    .describe(`Whether the installer deletes a vendor's utility partition${readBy("zap-utility-partitions")}.`),
  srType: z
    .enum(["lvm", "ext", "largeblock"])
    .optional()
    .describe("The type of the storage for guests; largeblock on XCP-ng 8.3 only. The default is ext on XCP-ng 8.3 and lvm on the others."),
  adminInterface: adminInterface.optional().describe("The management interface. Required to install."),
  rootPassword: line.optional().meta({
    secret: true,
    writeOnly: { shownBy: ["rootPasswordInClear"] },
    description: "Root's password. csp writes only its hash (SHA-512) into the file.",
  }),
  rootPasswordHash: text
    .optional()
    .meta({ secret: true, description: "The hash of root's password, as in /etc/shadow, in place of `rootPassword`." }),
  rootPasswordInClear: z
    .boolean()
    .default(false)
    .describe(
      "Puts the password itself into the file, where everybody who can read the file can read it. Use it only where the hash is of no use.",
    ),
  nameServers: z.array(text).default([]).describe("Addresses of DNS servers."),
  hostname: text.optional().describe("The host's name. Default: localhost.localdomain, or the name that DHCP gives."),
  timezone: text.optional().describe("The time zone: `Europe/Berlin`. Required up to 6.1. Default from then on: Etc/UTC."),
  ntpSource: z
    .enum(["dhcp", "default", "manual", "none"])
    .optional()
    .describe(`Where the host gets the time from${readBy("ntp")}.`),
  ntpServers: z.array(text).default([]).describe("Names or addresses of time servers."),
  keymap: text.optional().describe("The keyboard layout. Default: `us`."),
  networkBackend: z
    .enum(["bridge", "openvswitch"])
    .optional()
    .describe("What connects guests to networks. A csp host needs `bridge`, which is then the default."),
  bootloader: z
    .enum(["grub", "extlinux", "grub2"])
    .optional()
    .describe("The boot loader. 5.6 and 6.0: grub or extlinux; up to 6.5: extlinux; from then on: grub2. Default: the version's own."),
  bootloaderLocation: z.enum(["mbr", "partition"]).optional().describe("Where the installer puts the boot loader. Default: mbr."),
  writeBootEntry: z
    .boolean()
    .optional()
    .describe(`Whether the installer adds a boot entry to the firmware${readBy("bootloader", "write-boot-entry")}. Default: yes.`),
  services: z
    .record(z.string(), z.enum(["enabled", "disabled"]))
    .default({})
    .describe(`Which services run, by name${readBy("service")}: \`sshd\`.`),
  sshMode: z
    .enum(["on", "off", "auto"])
    .optional()
    .describe(`Whether the SSH server runs${readBy("ssh-mode")}.`),
  driverVariants: z
    .record(z.string(), text)
    .default({})
    .describe(`Which of several versions of a driver the host uses, by driver${readBy("selected-multiversion-drivers")}.`),
  fcoeInterfaces: z
    .array(
      z
        .object({
          name: text.optional().describe("The interface's name: `eth0`."),
          mac: text.optional().describe("The interface's MAC: `00:16:3e:01:02:03`."),
          dcb: z
            .boolean()
            .optional()
            .describe(`Whether it uses Data Centre Bridging${readBy("fcoe-interface", "dcb")}. Default: yes.`),
        })
        .meta(token("FcoeInterface", "An interface that leads to storage. Give its name or its MAC.")),
    )
    .default([])
    .describe(`Interfaces for Fibre Channel over Ethernet${readBy("fcoe-interface")}.`),
  targetPlatform: text.optional().describe(`The target platform${readBy("target-platform")}.`),
  existingInstallation: device.optional().describe("The disk with the installation to upgrade; on 5.6 and 6.0 also the one to reinstall."),
  existingFilesystem: z
    .enum(["ext3", "ext4"])
    .optional()
    .describe(`The file system of the root to upgrade${readBy("existing-installation", "fs-type")}.`),
  backupDisk: device.optional().describe(`The disk whose backup the installer restores, if there are several${readBy("backup-disk")}.`),
  gpgCheck: z
    .boolean()
    .optional()
    .describe(`Whether the installer checks the packages' signatures${readBy("installation", "gpgcheck")}. Default: yes.`),
  repoGpgCheck: z
    .boolean()
    .optional()
    .describe(`Whether the installer checks the repositories' signatures${readBy("installation", "repo-gpgcheck")}. Default: yes.`),
  netinstallGpgCheck: z
    .boolean()
    .optional()
    .describe(`Whether the installer checks signatures${readBy("installation", "netinstall-gpg-check")}. Default: yes.`),
};

export const answerfileDeclaration = z.object(answerfileFields);

export type AnswerfileDeclaration = z.output<typeof answerfileDeclaration>;
