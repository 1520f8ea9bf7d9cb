import { atLeast, type Target } from "../targets";

/** An argument of the kernel's command line that installers read. */
export interface BootArgument {
  readonly name: string;
  /** The first version that reads it. Default: 5.6. */
  readonly since?: Target;
  /** The last version that reads it. Default: the newest. */
  readonly until?: Target;
  /** What stands behind the equals sign, as the docs write it. Undefined for a word without a value. */
  readonly value?: string;
  /** The only values that it takes, in any case, and the one that is usually meant. */
  readonly oneOf?: readonly string[];
  readonly usual?: string;
  /** It may be given several times. Of all others, the last one counts (host-installer, util.py splitArgs). */
  readonly several?: boolean;
  /** The name that versions have which do not read this one. */
  readonly otherwise?: string;
  readonly effect: string;
  /** Where the fact is from, in host-installer. */
  readonly source: string;
}

const PARAMETERS = "doc/parameters.txt";
const INIT = "init";
const PREINIT = "startup/preinit";

/**
 * Every argument that installers read, and which versions read it. The checks of boot files and the table in docs/boot-arguments.md are made from
 * this list. An installer ignores what it does not read, without a message.
 */
export const BOOT_ARGUMENTS: readonly BootArgument[] = [
  { name: "answerfile", value: "URL", effect: "The answerfile; progress is shown on screens", source: INIT },
  { name: "rt_answerfile", value: "URL", effect: "The answerfile; progress is printed as text", source: INIT },
  { name: "answerfile_generator", value: "URL", effect: "A script that prints the answerfile", source: INIT },
  {
    name: "install",
    effect: "Before 8.3 the answerfile is ignored without it; from 8.3 on it changes nothing",
    source: `${INIT}; 809f275 (2022-10)`,
  },
  {
    name: "network_device",
    since: "6.0",
    value: "`eth0`, a MAC or `all`",
    otherwise: "answerfile_device",
    effect: "The interface that is set up before the answerfile is fetched",
    source: `${INIT}, since 2011-02`,
  },
  { name: "answerfile_device", value: "`eth0`, a MAC or `all`", effect: "The older name of `network_device`", source: INIT },
  {
    name: "network_config",
    since: "6.0",
    value: "`dhcp` or `static:ip=...;netmask=...`, with more keys ([below](#network_config))",
    effect: "How this interface is set up. Before 6.0 it is by DHCP",
    source: `${INIT}, since 2011-02`,
  },
  {
    name: "map_netdev",
    value: "`eth0:s:MAC`",
    several: true,
    effect: "The name of an interface by its MAC, PCI address or label",
    source: PARAMETERS,
  },
  {
    name: "device_mapper_multipath",
    value: "one of the words",
    oneOf: ["enabled", "true", "yes", "1", "force", "disabled", "false", "no", "0", "if-multiple"],
    usual: "enabled",
    effect: "Whether disks are used by multipath",
    source: INIT,
  },
  { name: "use_ibft", effect: "iSCSI disks from the firmware's table (iBFT)", source: INIT },
  { name: "boot_console", value: "CONSOLE", effect: "The console of the installed host, in place of `console`", source: PARAMETERS },
  {
    name: "console",
    value: "CONSOLE",
    several: true,
    effect: "An installer runs on each console; the last one is the installed host's",
    source: `${PREINIT}, install.py`,
  },
  { name: "keymap", value: "NAME", effect: "The keyboard of the console", source: PARAMETERS },
  { name: "extrarepo", value: "REPOSITORY", several: true, effect: "A repository besides those of the answerfile", source: PARAMETERS },
  { name: "onecd", effect: "No question about further media", source: PARAMETERS },
  { name: "virtual", effect: "The installer runs in a virtual machine", source: PARAMETERS },
  {
    name: "mount",
    value: "DEVICE[:TYPE[:OPTIONS]]:FOLDER",
    several: true,
    effect: "A file system that is mounted before",
    source: PARAMETERS,
  },
  { name: "make-ramdisk", value: "DEVICE", several: true, effect: "A RAM disk with what is on the device", source: PARAMETERS },
  { name: "blacklist", value: "MODULE,...", several: true, effect: "Modules that are not loaded by themselves", source: PREINIT },
  { name: "extramodules", value: "MODULE,...", several: true, effect: "Modules that are loaded in addition", source: PREINIT },
  { name: "enable-ide", since: "6.0", effect: "Loads the IDE drivers", source: PARAMETERS },
  { name: "sshpassword", value: "PASSWORD", effect: "Starts an SSH server in the installer", source: PARAMETERS },
  { name: "shell", effect: "A shell before the installer", source: PREINIT },
  { name: "bash-shell", effect: "A shell before the installer", source: PREINIT },
  { name: "start", since: "6.0", value: "PROGRAM", effect: "A program in place of the installer", source: PARAMETERS },
  {
    name: "atexit",
    since: "6.1",
    value: "one of the words",
    oneOf: ["reboot", "poweroff", "shell"],
    usual: "reboot",
    effect: "What happens after the installation",
    source: PARAMETERS,
  },
  { name: "disable-uefi", since: "7.0", until: "7.0", effect: "Installs for legacy boot", source: PARAMETERS },
  { name: "cc-preparations", until: "xs8", effect: "Common Criteria: chooses the Linux bridge", source: "install.py" },
  { name: "no-gpgcheck", effect: "XCP-ng: packages' signatures are not checked", source: "xcp-ng/host-installer" },
  { name: "no-repo-gpgcheck", effect: "XCP-ng: the signature of the metadata is not checked", source: "xcp-ng/host-installer" },
];

/** A key of `network_config`. The installer makes the whole value lower-case before it reads it (host-installer, init). */
export interface NetworkKey {
  readonly name: string;
  readonly since: Target;
  readonly value: string;
  readonly with: "static" | "either";
  readonly required?: boolean;
}

export const NETWORK_KEYS: readonly NetworkKey[] = [
  { name: "ip", since: "6.0", value: "address", with: "static", required: true },
  { name: "netmask", since: "6.0", value: "address", with: "static", required: true },
  { name: "gateway", since: "6.0", value: "address", with: "static" },
  { name: "dns", since: "6.0", value: "addresses, with commas", with: "static" },
  { name: "domain", since: "6.0", value: "name", with: "static" },
  { name: "vlan", since: "7.1", value: "1 to 4094", with: "either" },
];

const byName: ReadonlyMap<string, BootArgument> = new Map(BOOT_ARGUMENTS.map((argument) => [argument.name, argument]));

export function bootArgument(name: string): BootArgument | undefined {
  return byName.get(name);
}

/** Whether the installer of a version reads it. */
export function isRead({ since = "5.6", until = "xs9" }: Pick<BootArgument, "since" | "until">, target: Target): boolean {
  return atLeast(target, since) && atLeast(until, target);
}

/** The argument's name that a version reads: 5.6 has answerfile_device for network_device. */
export function nameFor(name: string, target: Target): string {
  const argument = bootArgument(name);
  return argument === undefined || isRead(argument, target) ? name : (argument.otherwise ?? name);
}
