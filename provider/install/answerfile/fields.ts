import { z } from "zod";
import { parseCidr } from "../../firewall/values/spelling";
import { problem } from "../../schema/field";

/** An answerfile as a program writes it: every element any version reads. What a version does not know is refused by its rules (lint.ts). */

const token = (name: string, description: string) => ({ token: `csp:install:${name}`, description });

/** Text that fits on a line of XML 1.0. */
const text = z
  .string()
  .min(1, problem("it is empty", "write a value, or leave it out"))
  .regex(
    /^[^\p{Cc}\p{Cs}\ufffe\uffff]*$/u,
    problem("it has a character that XML cannot hold, or a line break", "write it on one line of ordinary characters"),
  );

const device = text.describe("A disk: `sda`, `/dev/sda`, `disk/by-id/ID`.");

const source = z
  .object({
    type: z
      .enum(["url", "nfs", "local"])
      .meta({ description: "How it is reached.", values: { url: "HTTP, FTP", nfs: "NFS", local: "the installation disc" } }),
    address: text.optional().describe("The URL, or SERVER:/FOLDER for `nfs`; not for `local`."),
    repoGpgCheck: z.boolean().optional().describe("Whether the repository's signature is checked (XCP-ng 8.3)."),
    gpgCheck: z.boolean().optional().describe("Whether packages' signatures are checked (XCP-ng 8.3)."),
  })
  .meta(token("InstallSource", "Where packages come from."));

const driverSource = z
  .object({
    type: z.enum(["url", "nfs", "local"]).describe("How it is reached."),
    address: text.optional().describe("The URL, or SERVER:/FOLDER for `nfs`."),
  })
  .meta(token("DriverSource", "A driver disk, loaded before the installation begins."));

const script = z
  .object({
    stage: z.enum(["installation-start", "packages-installed", "filesystem-populated", "installation-complete"]).meta({
      description: "When it runs.",
      values: {
        "installation-start": "before anything (6.0 and later)",
        "packages-installed": "XenServer 9",
        "filesystem-populated": "on the new root, whose folder is in $1",
        "installation-complete": "at the end, root unmounted; $1 is 0 or 1",
      },
    }),
    url: text.describe("Where it is fetched from: http, ftp, file, nfs; https from 6.5 on."),
  })
  .meta(token("StageScript", "A script the installer runs."));

const primaryDisk = z
  .object({
    device: device.optional().describe("The disk: `sda`, `/dev/sda`, `disk/by-id/ID`."),
    softwareRaid: z.array(device).length(2).optional().describe("Two disks to mirror; one may be `missing` (XenServer 9)."),
    guestStorage: z.boolean().optional().describe("Whether guests' disks go here too. Default yes."),
    srAtEnd: z.boolean().optional().describe("Whether guests' storage is the last partition. Default yes."),
    preserveFirstPartition: z
      .enum(["true", "false", "if-utility"])
      .optional()
      .describe("Whether a vendor's utility partition stays (6.0 and later)."),
    filesystem: z.enum(["ext3", "ext4"]).optional().describe("Of the root (XenServer 9)."),
  })
  .meta(token("PrimaryDisk", "The disk that is installed to. All that is on it goes."));

const ipv4 = z
  .object({
    method: z.enum(["static", "dhcp", "none"]).describe("How the host gets its address."),
    address: text.optional().describe("Of the host."),
    netmask: text.optional().describe("`255.255.255.0`."),
    gateway: text.optional().describe("Required with `static`."),
  })
  .meta(token("ManagementIPv4", "The management interface's IPv4: `static` needs address, netmask and gateway."));

const ipv6 = z
  .object({
    method: z.enum(["static", "dhcp", "autoconf"]).describe("How the host gets its address."),
    address: z
      .string()
      .refine((value) => value.includes("/") && parseCidr(value) !== undefined, {
        error: problem("it is not an IPv6 address with its prefix", 'write it like "2001:db8::10/64"'),
      })
      .optional()
      .describe("With its prefix."),
    gateway: text.optional().describe("Without a prefix."),
  })
  .meta(token("ManagementIPv6", "The management interface's IPv6 (6.1 and later): `static` needs address and gateway."));

const adminInterface = z
  .object({
    name: text.optional().describe("`eth0`; wins over `mac`."),
    mac: text.optional().describe("`00:16:3e:01:02:03`."),
    vlan: z.int().optional().describe("1 to 4094 (7.1 and later)."),
    ipv4: ipv4.describe("IPv4."),
    ipv6: ipv6.optional().describe("IPv6."),
  })
  .meta(token("AdminInterface", "The management interface."));

export const answerfileFields = {
  mode: z
    .enum(["fresh", "reinstall", "upgrade", "restore"])
    .default("fresh")
    .meta({
      description: "What is done.",
      values: {
        fresh: "installs; the disk is wiped",
        reinstall: "the same, with a backup of what was there",
        upgrade: "keeps the settings",
        restore: "brings a backup back (6.2 and later)",
      },
    }),
  sources: z.array(source).default([]).describe("Where packages come from. Before 7.1 only the first is used."),
  driverSources: z.array(driverSource).default([]).describe("Driver disks."),
  scripts: z.array(script).default([]).describe("Scripts the installer runs, in this order for each stage."),
  confirm: z.boolean().default(false).describe("Whether the installer asks at its console before it begins (7.1 and later)."),
  primaryDisk: primaryDisk.optional().describe("Where it is installed. Required to install."),
  guestDisks: z.array(device).default([]).describe("More disks for guests."),
  raid: z
    .array(
      z
        .object({ device: text.describe("The array: `md127`."), disks: z.array(device).describe("Its disks.") })
        .meta(token("SoftwareRaid", "A software array, made before the installation.")),
    )
    .default([])
    .describe("Software arrays (XCP-ng 7.5 to 8.3)."),
  initialPartitions: z
    .array(
      z
        .object({
          number: z.int().describe("Its number."),
          size: z.int().describe("Its size, as the installer takes it."),
          id: z.int().describe("Its type, like 0x83."),
        })
        .meta(token("InitialPartition", "A partition made before the installation.")),
    )
    .default([])
    .describe("Partitions to make first (to 8.2)."),
  zapUtilityPartitions: z.boolean().default(false).describe("Whether a vendor's utility partition goes (6.0 to 8.2)."),
  srType: z
    .enum(["lvm", "ext", "largeblock"])
    .optional()
    .describe("What guests' storage is made of. XCP-ng 8.3 takes ext by itself, the others lvm."),
  adminInterface: adminInterface.optional().describe("The management interface. Required to install."),
  rootPassword: text.optional().meta({
    secret: true,
    writeOnly: { shownBy: ["rootPasswordInClear"] },
    description: "Root's password. Only its hash (SHA-512) goes into the file.",
  }),
  rootPasswordHash: text
    .optional()
    .meta({ secret: true, description: "Root's password as /etc/shadow has it, in place of `rootPassword`." }),
  rootPasswordInClear: z
    .boolean()
    .default(false)
    .describe("Puts the password itself into the file, for all who can read it. Only where its hash is of no use."),
  nameServers: z.array(text).default([]).describe("Addresses of DNS servers."),
  hostname: text.optional().describe("Default localhost.localdomain, or DHCP's."),
  timezone: text.optional().describe("`Europe/Berlin`. Required up to 6.1; then Etc/UTC by itself."),
  ntpSource: z.enum(["dhcp", "default", "manual", "none"]).optional().describe("Where time comes from (8.3, XenServer 8 and later)."),
  ntpServers: z.array(text).default([]).describe("Names or addresses of time servers."),
  keymap: text.optional().describe("Default `us`."),
  networkBackend: z
    .enum(["bridge", "openvswitch"])
    .optional()
    .describe("What joins guests to networks. Of a csp host `bridge`, which is then the default."),
  bootloader: z
    .enum(["grub", "extlinux", "grub2"])
    .optional()
    .describe("5.6: grub or extlinux; to 6.5: extlinux; then grub2. Each is its version's default."),
  bootloaderLocation: z.enum(["mbr", "partition"]).optional().describe("Where the boot loader goes. Default mbr."),
  writeBootEntry: z.boolean().optional().describe("Whether the firmware gets a boot entry (7.1 and later). Default yes."),
  services: z
    .record(z.string(), z.enum(["enabled", "disabled"]))
    .default({})
    .describe("Services by name (7.6 and later): `sshd`."),
  sshMode: z.enum(["on", "off", "auto"]).optional().describe("XenServer 9."),
  driverVariants: z
    .record(z.string(), text)
    .default({})
    .describe("Which of several versions of a driver is used, by driver (XenServer 9)."),
  fcoeInterfaces: z
    .array(
      z
        .object({
          name: text.optional().describe("`eth0`."),
          mac: text.optional().describe("`00:16:3e:01:02:03`."),
          dcb: z.boolean().optional().describe("Data Centre Bridging. Default yes."),
        })
        .meta(token("FcoeInterface", "An interface with storage behind it, by name or MAC.")),
    )
    .default([])
    .describe("Fibre Channel over Ethernet (7.0 to XenServer 8)."),
  targetPlatform: text.optional().describe("XenServer 8."),
  existingInstallation: device
    .optional()
    .describe("The disk of the installation that is upgraded; in 5.6 also of the one that is reinstalled."),
  existingFilesystem: z.enum(["ext3", "ext4"]).optional().describe("Of the upgraded root (XenServer 9)."),
  backupDisk: device.optional().describe("The disk whose backup is restored, where there are several."),
  gpgCheck: z.boolean().optional().describe("Whether packages' signatures are checked (XCP-ng 8.3). Default yes."),
  repoGpgCheck: z.boolean().optional().describe("Whether repositories' signatures are checked (XCP-ng 8.3). Default yes."),
  netinstallGpgCheck: z.boolean().optional().describe("Whether signatures are checked (XCP-ng 8.0 to 8.2). Default yes."),
};

export const answerfileDeclaration = z.object(answerfileFields);

export type AnswerfileDeclaration = z.output<typeof answerfileDeclaration>;
