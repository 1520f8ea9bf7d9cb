import fc from "fast-check";
import { checkDeclaration } from "../../provider/install/answerfile/check";
import { type AnswerfileDeclaration, answerfileDeclaration } from "../../provider/install/answerfile/fields";
import { lintAnswerfile } from "../../provider/install/answerfile/lint";
import { replacesByDisk } from "../../provider/install/answerfile/mode";
import { isStopped, type Reading, readAnswerfile } from "../../provider/install/answerfile/reading";
import { type Rendered, renderAnswerfile } from "../../provider/install/answerfile/render";
import { reads } from "../../provider/install/answerfile/vocabulary";
import { writeXml } from "../../provider/install/answerfile/write";
import { atLeast } from "../../provider/install/targets";
import { isMalformed, readXml } from "../../provider/install/xml/document";
import { type Declared, declarations, isOld } from "./support/declarations";

/** What csp writes from a declaration is understood as it was declared: by csp's reading, which test/install/installer-words.test.ts holds to the installers'. */

const whole = (device: string) => (device.startsWith("/dev/") ? device : `/dev/${device}`);
const wholeOrMissing = (device: string) => (device === "missing" ? device : whole(device));

/** What a declaration says, as the reading of its file has to say it. */
function declared({ target, csp, password }: Declared, d: AnswerfileDeclaration): Reading {
  const settles = d.mode === "fresh" || d.mode === "reinstall";
  const byDisk = replacesByDisk(d.mode, target);
  const origin = ({ type, address = "", gpgCheck, repoGpgCheck }: AnswerfileDeclaration["sources"][number]): Reading["sources"][number] => {
    const nfs = type === "url" && address.startsWith("nfs://");
    return compact({ type: nfs ? "nfs" : type, address: nfs ? address.slice("nfs://".length) : address, repoGpgCheck, gpgCheck });
  };
  const { primaryDisk, adminInterface: nic } = d;
  const primary = (primaryDisk?.softwareRaid ?? [primaryDisk?.device ?? ""]).map(wholeOrMissing);
  const guestStorage = primaryDisk?.guestStorage ?? true;
  const { preserveFirstPartition } = primaryDisk ?? {};
  const preserve =
    d.zapUtilityPartitions && !isOld(target) ? "false" : (preserveFirstPartition ?? (isOld(target) ? "false" : "if-utility"));
  const signs = (attribute: string, given: boolean | undefined) => (reads(target, "installation", attribute) ? (given ?? true) : undefined);
  const loads = d.bootloader !== undefined || d.bootloaderLocation !== undefined || d.writeBootEntry !== undefined;
  const time = d.ntpSource ?? (d.ntpServers.length > 0 ? "manual" : nic?.ipv4.method === "dhcp" ? "dhcp" : "default");
  const fallback = target === "5.6" || target === "6.0" ? "openvswitch" : undefined;
  return compact<Reading>({
    mode: d.mode,
    sources: d.sources.map(origin),
    driverSources: d.driverSources.map(origin),
    scripts: d.scripts.map(({ stage, url }) => ({ stage, url })),
    confirm: d.confirm,
    fcoeInterfaces: d.fcoeInterfaces.map(({ name = "", dcb }) => ({ name, mac: "", dcb: dcb ?? true })),
    driverVariants: Object.entries(d.driverVariants).sort(([a], [b]) => (a < b ? -1 : 1)),
    ...(byDisk
      ? compact({
          existingInstallation: whole(d.existingInstallation ?? ""),
          existingFilesystem: reads(target, "existing-installation", "fs-type") ? (d.existingFilesystem ?? "ext4") : undefined,
        })
      : {}),
    ...(d.backupDisk === undefined ? {} : { backupDisk: whole(d.backupDisk) }),
    ...(settles && !byDisk
      ? {
          disks: compact({
            raid: d.raid.map(({ device, disks }) => ({ device: whole(device), disks: disks.map(whole) })),
            initialPartitions: d.initialPartitions,
            primary,
            guestStorage,
            srAtEnd: primaryDisk?.srAtEnd ?? true,
            preserveFirstPartition: reads(target, "primary-disk", "preserve-first-partition") ? preserve : undefined,
            zapUtilityPartitions: d.zapUtilityPartitions,
            filesystem: reads(target, "primary-disk", "fs-type") ? (primaryDisk?.filesystem ?? "ext4") : undefined,
            srType: d.srType ?? (target === "8.3" ? "ext" : "lvm"),
            guestDisks: [...(guestStorage ? primary : []), ...d.guestDisks.map(whole)],
          }),
        }
      : {}),
    ...(settles && nic !== undefined
      ? {
          settings: compact({
            interface: compact({
              name: nic.name ?? "",
              mac: "",
              vlan: nic.vlan,
              ipv4: nic.ipv4.method,
              address: nic.ipv4.address,
              netmask: nic.ipv4.netmask,
              gateway: nic.ipv4.gateway,
              ipv6: nic.ipv6?.method,
              addressV6: nic.ipv6?.address,
              gatewayV6: nic.ipv6?.gateway,
            }),
            rootPassword: password,
            nameServers: d.nameServers,
            hostname: d.hostname,
            timezone: d.timezone ?? "Etc/UTC",
            ntpSource: reads(target, "ntp") ? time : undefined,
            ntpServers: d.ntpServers,
            keymap: d.keymap ?? (isOld(target) ? "us" : undefined),
            services: d.services,
          }),
        }
      : {}),
    ...(d.mode === "restore"
      ? {}
      : {
          common: compact({
            netinstallGpgCheck: signs("netinstall-gpg-check", d.netinstallGpgCheck),
            repoGpgCheck: signs("repo-gpgcheck", d.repoGpgCheck),
            gpgCheck: signs("gpgcheck", d.gpgCheck),
            networkBackend: d.networkBackend ?? (csp && target !== "xs9" ? "bridge" : fallback),
            bootloader: loads ? (d.bootloader ?? (atLeast(target, "7.0") ? "grub2" : "extlinux")) : undefined,
            bootloaderLocation: loads ? (d.bootloaderLocation ?? "mbr") : undefined,
            writeBootEntry: loads && reads(target, "bootloader", "write-boot-entry") ? (d.writeBootEntry ?? true) : undefined,
            targetPlatform: reads(target, "target-platform") ? (d.targetPlatform ?? "") : undefined,
          }),
        }),
  });
}

function compact<T extends object>(fields: { [key in keyof T]: T[key] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

test("every field of every version is understood as declared, and has no error", () => {
  fc.assert(
    fc.property(declarations, (given) => {
      const declaration = answerfileDeclaration.parse(given.inputs);
      const rendered: Rendered = { ...given, declaration };
      // A csp host with Open vSwitch is refused for what it is.
      const errors = checkDeclaration(rendered).filter(({ severity, rule }) => severity === "error" && rule !== "E16");
      expect(errors).toEqual([]);
      const text = writeXml(renderAnswerfile(rendered));
      expect(lintAnswerfile(Buffer.from(text), given).filter(({ severity, rule }) => severity === "error" && rule !== "E16")).toEqual([]);
      const root = readXml(Buffer.from(text));
      if (isMalformed(root)) throw new Error(root.problem);
      const read = readAnswerfile(root, given.target);
      expect(isStopped(read) ? read.stops : read).toEqual(declared(given, declaration));
    }),
    { numRuns: 1000 },
  );
});
