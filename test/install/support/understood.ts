import type { Reading } from "../../../provider/install/answerfile/reading";
import { atLeast, type Target } from "../../../provider/install/targets";

type Understood = (read: Reading, target: Target) => unknown;
export const isOld = (target: Target) => !atLeast(target, "6.1");
const common = (read: Reading) => read.common ?? {};

/** By the parsers' own names, what csp understands. Undefined where a parser of that version has nothing to say. */
export const FIELDS: Readonly<Record<string, Understood>> = {
  "install-type": ({ mode }, target) => {
    const replaces = mode === "upgrade" || (mode === "reinstall" && isOld(target));
    if (target === "5.6") return replaces ? 2 : 1;
    return mode === "restore" ? "restore" : replaces ? "reinstall" : "fresh";
  },
  "preserve-settings": ({ mode }) => (mode === "restore" ? undefined : mode === "upgrade"),
  "ui-confirmation-prompt": ({ confirm }) => confirm || undefined,
  "extra-repos": ({ driverSources }) => (driverSources.length === 0 ? undefined : driverSources.map(sourceWords)),
  "source-media": ({ mode, sources }, target) => (mode === "restore" || atLeast(target, "7.1") ? undefined : sources[0]?.type),
  "source-address": ({ mode, sources }, target) => {
    const [source] = sources;
    return mode === "restore" || source === undefined || atLeast(target, "7.1") ? undefined : sourceWords(source)[1];
  },
  sources: ({ mode, sources }, target) => (mode === "restore" || !atLeast(target, "7.1") ? undefined : sources.map(sourceWords)),
  "primary-disk": ({ upgradeDisk, existingInstallation, disks }) =>
    upgradeDisk ?? existingInstallation ?? (disks !== undefined && disks.primary.length > 1 ? "" : disks?.primary[0]),
  "guest-disks": ({ disks }) => disks && [...new Set(disks.guestDisks)].sort(),
  "sr-on-primary": ({ disks }, target) =>
    !atLeast(target, "6.2") ? undefined : disks?.primary.some((disk) => disks.guestDisks.includes(disk)),
  "sr-at-end": ({ disks }) => disks?.srAtEnd,
  "sr-type": ({ disks }, target) => disks && (target === "5.6" ? (disks.srType === "lvm" ? 1 : 2) : disks.srType),
  "preserve-first-partition": ({ disks }, target) =>
    target === "6.0" ? disks && disks.preserveFirstPartition === "true" : disks?.preserveFirstPartition,
  // Later parsers make a list of it, too, and nothing ever comes into that.
  "initial-partitions": ({ disks }, target) => (isOld(target) ? disks?.initialPartitions : undefined),
  "zap-utility-partitions": ({ disks }, target) => (target === "6.0" ? disks?.zapUtilityPartitions : undefined),
  raid: ({ disks }) =>
    disks === undefined || disks.raid.length === 0 ? undefined : Object.fromEntries(disks.raid.map(({ device, disks }) => [device, disks])),
  "fs-type": ({ disks, existingFilesystem }) => existingFilesystem ?? disks?.filesystem,
  "netinstall-gpg-check": (read) => common(read).netinstallGpgCheck,
  gpgcheck: (read) => common(read).gpgCheck,
  "repo-gpgcheck": (read) => common(read).repoGpgCheck,
  "network-backend": (read) => common(read).networkBackend,
  "bootloader-location": (read) => common(read).bootloaderLocation,
  "write-boot-entry": (read) => common(read).writeBootEntry,
  "target-platform": (read) => common(read).targetPlatform,
  "manual-hostname": ({ settings }) => settings && (settings.hostname === undefined ? [false, null] : [true, settings.hostname]),
  "manual-nameservers": ({ settings }) => settings && [settings.nameServers.length > 0, settings.nameServers],
  timezone: ({ settings }) => settings?.timezone,
  "ntp-config-method": ({ settings }) => settings?.ntpSource,
  "ntp-servers": ({ settings }) => settings?.ntpServers,
  keymap: ({ settings }) => settings?.keymap,
  services: ({ settings }) => (Object.keys(settings?.services ?? {}).length === 0 ? undefined : settings?.services),
  "root-password": ({ settings }, target) => {
    const password = settings?.rootPassword;
    if (password !== undefined) return [password.type === "hash" ? "pwdhash" : "plaintext", password.text];
    return settings !== undefined && isOld(target) ? ["pwdhash", "!!"] : undefined;
  },
};

/** The interface's fields. What card it is, the recorder's machine decided, if it is named by its MAC. */
export const NIC: Readonly<Record<string, (nic: NonNullable<Reading["settings"]>["interface"]) => unknown>> = {
  mode: ({ ipv4 }) => ({ static: 1, dhcp: 2, none: null })[ipv4],
  ipaddr: ({ address }) => address ?? null,
  netmask: ({ netmask }) => netmask ?? null,
  gateway: ({ gateway }) => gateway ?? null,
  modev6: ({ ipv6 }) => ({ static: 1, dhcp: 2, autoconf: 3 })[ipv6 ?? ""] ?? null,
  ipv6addr: ({ addressV6 }) => addressV6 ?? null,
  ipv6_gateway: ({ gatewayV6 }) => gatewayV6 ?? null,
  vlan: ({ vlan }) => vlan ?? null,
};

export function sourceWords({ type, address }: Reading["sources"][number]): [type: string, address: string] {
  return [type, type === "local" ? "Install disc" : address];
}
