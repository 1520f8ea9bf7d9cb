import { atLeast, type Target } from "../targets";
import type { XmlElement } from "../xml/document";
import { below } from "../xml/search";
import { readsType } from "./sources";
import { type Place, View } from "./view";
import { isIn, namesIn, reads, type Span, type Values, valuesOf } from "./vocabulary";

/** What an installer makes of an answerfile: its own values where the file says nothing. Disks have their whole path. */
export interface Reading {
  readonly mode: "fresh" | "reinstall" | "upgrade" | "restore";
  /** Before 7.1 only the first one counts. */
  readonly sources: readonly ReadSource[];
  readonly driverSources: readonly ReadSource[];
  /** The scripts by stage, whether the version has that stage or not, with the address that it fetches. */
  readonly scripts: readonly { readonly stage: string; readonly url: string }[];
  readonly confirm: boolean;
  /** What only an installation has. */
  readonly common?: CommonSettings;
  /** The disk of an upgrade, or of a reinstallation by 5.6 or 6.0. */
  readonly existingInstallation?: string;
  readonly existingFilesystem?: string;
  /** The disk that an upgrade writes to, in place of that of the installation (until XenServer 8). */
  readonly upgradeDisk?: string;
  readonly backupDisk?: string;
  readonly disks?: ReadDisks;
  readonly settings?: ReadSettings;
  readonly fcoeInterfaces: readonly { readonly name: string; readonly mac: string; readonly dcb: boolean }[];
  readonly driverVariants: readonly (readonly [driver: string, variant: string])[];
}

export interface ReadSource {
  readonly type: "local" | "url" | "nfs";
  readonly address: string;
  readonly repoGpgCheck?: boolean;
  readonly gpgCheck?: boolean;
}

interface CommonSettings {
  readonly gpgCheck?: boolean;
  readonly repoGpgCheck?: boolean;
  readonly netinstallGpgCheck?: boolean;
  readonly networkBackend?: string;
  readonly bootloader?: string;
  readonly bootloaderLocation?: string;
  readonly writeBootEntry?: boolean;
  readonly targetPlatform?: string;
}

interface ReadDisks {
  readonly raid: readonly { readonly device: string; readonly disks: readonly string[] }[];
  readonly initialPartitions: readonly { readonly number: number; readonly size: number; readonly id: number }[];
  /** More than one with `swraid`. */
  readonly primary: readonly string[];
  readonly guestStorage: boolean;
  readonly srAtEnd: boolean;
  readonly preserveFirstPartition?: string;
  readonly zapUtilityPartitions: boolean;
  readonly filesystem?: string;
  readonly srType: string;
  /** The primary disk is one of them if it has guest storage. */
  readonly guestDisks: readonly string[];
}

interface ReadSettings {
  readonly interface: {
    readonly name: string;
    readonly mac: string;
    readonly vlan?: number;
    readonly ipv4: "static" | "dhcp" | "none";
    readonly address?: string;
    readonly netmask?: string;
    readonly gateway?: string;
    readonly ipv6?: string;
    readonly addressV6?: string;
    readonly gatewayV6?: string;
  };
  readonly rootPassword?: { readonly type: string; readonly text: string };
  readonly nameServers: readonly string[];
  readonly hostname?: string;
  readonly timezone: string;
  readonly ntpSource?: string;
  readonly ntpServers: readonly string[];
  readonly keymap?: string;
  readonly services: Readonly<Record<string, string>>;
}

/** Where and why an installer stops. */
export interface Stopped {
  readonly stops: string;
  readonly place: Place;
}

export interface ReadOptions {
  /** Hears of each text with a character that the version cannot read. Without it, the first one stops the reading, as it stops the installer. */
  readonly nonAscii?: (place: Place, text: string) => void;
  /** Hears of each text that counts with the white space around it. */
  readonly padded?: (element: XmlElement) => void;
}

/**
 * Reads an answerfile as the installer of a version does (host-installer, answerfile.py; test/install/cases has its own words). It does not look
 * whether an address can be fetched, or a disk is there.
 */
export function readAnswerfile(root: XmlElement, target: Target, options: ReadOptions = {}): Reading | Stopped {
  try {
    return new Reader(new View(root, target), options).all();
  } catch (error) {
    if (error instanceof Stop) return { stops: error.message, place: error.place };
    throw error;
  }
}

export function isStopped(read: Reading | Stopped): read is Stopped {
  return "stops" in read;
}

class Stop extends Error {
  constructor(
    message: string,
    readonly place: Place,
  ) {
    super(message);
  }
}

/** The versions in which an upgrade writes to the primary disk, if there is exactly one (parseUpgrade). */
export const UPGRADE_READS_DISK: Span = ["5.6", "xs8"];

/** Whether the parser of before 8ba98e7 (2011-08) reads it: it takes texts with their white space, and many elements only if there is exactly one. */
const isOld = (target: Target) => !atLeast(target, "6.1");

class Reader {
  private readonly target: Target;

  constructor(
    private readonly view: View,
    private readonly options: ReadOptions,
  ) {
    this.target = view.target;
  }

  all(): Reading {
    const { root } = this.view;
    const mode = this.mode();
    const scripts = this.scripts();
    const installs = mode !== "restore";
    // From 7.0 on, driver disks are loaded before anything else, also before a restoration.
    const driverSources = installs || atLeast(this.target, "7.0") ? this.sources("driver-source") : [];
    const early = {
      fcoeInterfaces: this.fcoe(),
      driverVariants: this.variants(),
      confirm: reads(this.target, "ui-confirmation-prompt") && this.firstText("ui-confirmation-prompt", "") !== "",
    };
    if (!installs) return { mode, sources: [], driverSources, scripts, ...early, ...this.backup() };
    const replaces = mode === "upgrade" || (mode === "reinstall" && isOld(this.target));
    const disks = replaces ? this.existing(mode) : { disks: this.disks() };
    const settings = mode === "upgrade" ? {} : { settings: this.settings() };
    const sources = this.sources("source");
    if (sources.length === 0) throw new Stop("no element source", { element: root, child: "source" });
    return {
      mode,
      sources: atLeast(this.target, "7.1") ? sources : sources.slice(0, 1),
      driverSources,
      scripts,
      ...early,
      ...disks,
      ...settings,
      common: this.common(),
    };
  }

  private mode(): Reading["mode"] {
    const { root } = this.view;
    if (root.name === "restore" && atLeast(this.target, "6.2")) return "restore";
    // Before 8ba98e7, no version looked at the root's name.
    const named = root.name === "installation" || root.name === "upgrade";
    if (!named && (root.name === "restore" || !isOld(this.target))) throw new Stop("the root element", { element: root });
    const mode = this.attribute(root, "mode") || "fresh";
    if (mode === "fresh" || mode === "reinstall" || mode === "upgrade") return mode;
    throw new Stop("the mode", { element: root, attribute: "mode" });
  }

  /** The text of an element. Until 8ba98e7 with the white space around it. */
  private text(element: XmlElement): string {
    const padded = isOld(this.target) ? element.rawText : undefined;
    if (padded !== undefined) this.options.padded?.(element);
    const text = padded ?? element.text;
    this.decode(text, { element });
    return text;
  }

  /** The first of some attributes that is not empty; "" without one. Installers decode all of them. */
  private attribute(element: XmlElement, ...names: string[]): string {
    const values = names.map((name) => element.attributes.get(name) ?? "");
    // The old parser takes attributes as they are.
    if (!isOld(this.target))
      names.forEach((attribute, index) => {
        this.decode(values[index] ?? "", { element, attribute });
      });
    return values.find((value) => value !== "") ?? "";
  }

  /** Until XenServer 8, installers run Python 2 and turn what they read into ASCII (xcp/xmlunwrap.py: `.encode()`). */
  private decode(text: string, place: Place): void {
    if (this.target === "xs9" || !/[^\0-\x7f]/.test(text)) return;
    if (this.options.nonAscii === undefined) throw new Stop("a character outside ASCII", place);
    this.options.nonAscii(place, text);
  }

  private required(element: XmlElement, attribute: string): string {
    const value = this.attribute(element, attribute);
    if (value === "") throw new Stop(`no attribute ${attribute}`, { element, attribute });
    return value;
  }

  private flag(element: XmlElement, fallback: boolean, ...names: string[]): boolean {
    const value = this.attribute(element, ...names).toLowerCase();
    return value === "" ? fallback : value === "yes" || value === "true";
  }

  /** One of the table's values; its default if there is none, or if the version ignores what is there. */
  private oneOf(value: string, values: Values | undefined, place: Place): string | undefined {
    if (values === undefined) return undefined;
    const given = values.anyCase ? value.toLowerCase() : value;
    if (given !== "" && values.values.includes(given)) return given;
    if (given === "" || values.otherwise === "ignores") return given === "" ? values.default : undefined;
    throw new Stop(`${given} is none of ${values.values.join(", ")}`, place);
  }

  private attributeOneOf(element: XmlElement, name: string, attribute: string): string | undefined {
    return this.oneOf(this.attribute(element, attribute), valuesOf(this.target, name, attribute), { element, attribute });
  }

  /** The element that counts: the first; for the old parser the only one. */
  private counts(...names: string[]): XmlElement | undefined {
    const found = this.view.all(...names);
    return isOld(this.target) && found.length > 1 ? undefined : found[0];
  }

  private firstText<T>(name: string, fallback: T): string | T {
    const element = this.counts(name);
    return element === undefined ? fallback : this.text(element);
  }

  private mandatory(name: string): XmlElement {
    const element = this.view.first(name);
    if (element === undefined) throw new Stop(`no element ${name}`, { element: this.view.root, child: name });
    return element;
  }

  private scripts(): Reading["scripts"] {
    const address = (element: XmlElement) => {
      const text = this.text(element);
      const type = readsType(this.target, element) ? this.attribute(element, "type").toLowerCase() : "";
      return type === "nfs" && (isOld(this.target) || !text.startsWith("nfs://")) ? `nfs://${text}` : text;
    };
    const scripts = this.view.all("script").map((element) => {
      const stage = isOld(this.target) ? this.attribute(element, "stage") : this.required(element, "stage");
      if (!isOld(this.target)) this.required(element, "type");
      return { stage: stage.toLowerCase(), url: address(element) };
    });
    for (const [name, stage] of [
      ["post-install-script", "filesystem-populated"],
      ["install-failed-script", "installation-complete"],
    ] as const) {
      const [only, ...more] = this.view.all(name);
      if (only !== undefined && more.length === 0) scripts.push({ stage, url: address(only) });
    }
    return scripts;
  }

  private sources(name: "source" | "driver-source"): ReadSource[] {
    // Until 7.0 the first source alone is read, whatever the others are.
    const all = name === "source" && !atLeast(this.target, "7.1") ? this.view.all(name).slice(0, 1) : this.view.all(name);
    return all.map((element) => {
      const type = this.required(element, "type");
      if (type !== "local" && type !== "url" && type !== "nfs")
        throw new Stop(`${type} is none of local, url, nfs`, { element, attribute: "type" });
      const checks = (attribute: string) => (this.attribute(element, attribute) === "" ? undefined : this.flag(element, true, attribute));
      const signatures =
        name === "source" && reads(this.target, "source", "gpgcheck")
          ? { repoGpgCheck: checks("repo-gpgcheck"), gpgCheck: checks("gpgcheck") }
          : {};
      if (type === "local") return { type, address: "", ...defined(signatures) };
      const address = this.text(element);
      const isNfs = type === "url" && this.target !== "5.6" && address.startsWith("nfs://");
      return { type: isNfs ? "nfs" : type, address: isNfs ? address.slice("nfs://".length) : address, ...defined(signatures) };
    });
  }

  private fcoe(): Reading["fcoeInterfaces"] {
    if (!reads(this.target, "fcoe-interface")) return [];
    return this.view.all("fcoe-interface").map((element) => {
      const { name, mac } = this.interfaceNames(element);
      const off =
        reads(this.target, "fcoe-interface", "dcb") && ["off", "no", "false", "0", "disable"].includes(this.attribute(element, "dcb"));
      return { name, mac, dcb: !off };
    });
  }

  private interfaceNames(element: XmlElement): { name: string; mac: string } {
    const name = this.attribute(element, "name");
    const mac = isInterface(name) ? "" : this.attribute(element, "hwaddr");
    if (name === "" && mac === "") throw new Stop("neither name nor hwaddr", { element, attribute: "name" });
    return { name, mac };
  }

  private variants(): Reading["driverVariants"] {
    const list = reads(this.target, "selected-multiversion-drivers") ? this.view.first("selected-multiversion-drivers") : undefined;
    return list === undefined
      ? []
      : below(list, "driver").map((driver) => [driver.attributes.get("name") ?? "", driver.rawText ?? driver.text]);
  }

  private backup(): Pick<Reading, "backupDisk"> {
    const [only, ...more] = this.view.all("backup-disk");
    return only === undefined || more.length > 0 ? {} : { backupDisk: this.disk(this.text(only), only) };
  }

  /** A disk's whole path. `iscsi:` addresses until 7.5 only (87f8f23 removed them). */
  private disk(text: string, element: XmlElement): string {
    if (text.startsWith("iscsi:")) {
      if (atLeast(this.target, "7.6")) throw new Stop("an iscsi: disk", { element });
      return text;
    }
    return text.startsWith("/dev/") ? text : `/dev/${text}`;
  }

  private existing(mode: Reading["mode"]): Pick<Reading, "existingInstallation" | "existingFilesystem" | "upgradeDisk"> {
    const element = this.mandatory("existing-installation");
    const text = this.text(element);
    const filesystem = isIn(["xs9", "xs9"], this.target) ? this.attributeOneOf(element, "existing-installation", "fs-type") : undefined;
    return {
      // The old parser puts /dev/ before whatever is there.
      existingInstallation: isOld(this.target) ? `/dev/${text}` : this.disk(text, element),
      ...(filesystem === undefined ? {} : { existingFilesystem: filesystem }),
      ...(mode === "upgrade" ? this.upgradeDisk() : {}),
    };
  }

  private upgradeDisk(): Pick<Reading, "upgradeDisk"> {
    const [only, ...more] = isIn(UPGRADE_READS_DISK, this.target) ? this.view.all("primary-disk") : [];
    return only === undefined || more.length > 0 ? {} : { upgradeDisk: this.disk(this.text(only), only) };
  }

  private disks(): ReadDisks {
    const { root, target } = this.view;
    const raid = reads(target, "raid")
      ? this.view.all("raid").map((element) => ({
          device: this.disk(this.required(element, "device"), element),
          disks: below(element, "disk").map((each) => this.disk(this.text(each), each)),
        }))
      : [];
    const element = this.mandatory("primary-disk");
    const preserve = reads(target, "primary-disk", "preserve-first-partition") ? this.preserve(element) : undefined;
    const mirrored = reads(target, "primary-disk", "swraid") && this.flag(element, false, "swraid");
    const texts = mirrored ? this.text(element).split(",") : [this.text(element)];
    const primary = texts.map((text) => (mirrored && target === "xs9" && text === "missing" ? text : this.disk(text, element)));
    if (mirrored && primary.length !== 2) throw new Stop("swraid takes exactly two disks", { element });
    if (mirrored && primary.every((disk) => disk === "missing")) throw new Stop("only one disk may be missing", { element });
    const guestStorage = this.flag(
      element,
      true,
      ...["guest-storage", "gueststorage"].filter((name) => reads(target, "primary-disk", name)),
    );
    const filesystem = isIn(["xs9", "xs9"], target) ? this.attributeOneOf(element, "primary-disk", "fs-type") : undefined;
    const typeNames = ["sr-type", "srtype"].filter((name) => reads(target, "installation", name));
    const srType = this.oneOf(this.attribute(root, ...typeNames), valuesOf(target, "installation", "srtype"), {
      element: root,
      attribute: typeNames[0] ?? "srtype",
    });
    const others = this.view.all("guest-disk").map((guest) => this.disk(this.text(guest), guest));
    return {
      raid,
      initialPartitions: this.partitions(),
      primary,
      guestStorage,
      srAtEnd: this.flag(element, true, "sr-at-end"),
      ...(preserve === undefined ? {} : { preserveFirstPartition: preserve }),
      zapUtilityPartitions: this.zaps(),
      ...(filesystem === undefined ? {} : { filesystem }),
      srType: srType ?? "lvm",
      guestDisks: [...(guestStorage ? primary : []), ...others],
    };
  }

  private zaps(): boolean {
    return reads(this.target, "zap-utility-partitions") && this.view.first("zap-utility-partitions") !== undefined;
  }

  private preserve(element: XmlElement): string | undefined {
    if (isOld(this.target)) return this.flag(element, false, "preserve-first-partition") ? "true" : "false";
    const word = this.attributeOneOf(element, "primary-disk", "preserve-first-partition");
    if (this.zaps()) return "false";
    return word === "yes" ? "true" : word === "no" ? "false" : word;
  }

  private partitions(): ReadDisks["initialPartitions"] {
    const list = reads(this.target, "initial-partitions") ? this.counts("initial-partitions") : undefined;
    if (list === undefined) return [];
    return below(list, "partition").flatMap((element) => {
      const [number, size, id] = ["number", "size", "id"].map((name) => wholeNumber(element.attributes.get(name)));
      return number === undefined || size === undefined || id === undefined ? [] : [{ number, size, id }];
    });
  }

  private settings(): ReadSettings {
    const nic = this.interface();
    const keymap = this.firstText("keymap", isOld(this.target) ? "us" : undefined);
    return {
      interface: nic,
      ...this.password(),
      ...this.names(),
      ...this.time(nic.ipv4),
      ...(keymap === undefined ? {} : { keymap }),
      services: this.services(),
    };
  }

  private interface(): ReadSettings["interface"] {
    const element = this.mandatory("admin-interface");
    const { name, mac } = this.interfaceNames(element);
    const strict = isOld(this.target) || this.target === "xs9";
    if (strict && name !== "" && !isInterface(name)) throw new Stop(`there is no interface ${name}`, { element, attribute: "name" });
    const proto = this.required(element, "proto");
    const ipv4 = this.oneOf(proto, valuesOf(this.target, "admin-interface", "proto"), { element, attribute: "proto" }) ?? "none";
    const inside = (first: string, ...others: string[]) => {
      const [found] = below(element, first, ...others.filter((other) => reads(this.target, other)));
      if (found === undefined) throw new Stop(`no element ${first}`, { element, child: first });
      return this.text(found);
    };
    const address =
      ipv4 === "static" ? { address: inside("ip", "ipaddr"), netmask: inside("subnet-mask", "subnet"), gateway: inside("gateway") } : {};
    const six = isOld(this.target) ? undefined : (this.attributeOneOf(element, "admin-interface", "protov6") ?? "none");
    const addressV6 = six === "static" ? { addressV6: inside("ipv6"), gatewayV6: inside("gatewayv6") } : {};
    const vlan = reads(this.target, "admin-interface", "vlan") ? this.attribute(element, "vlan") : "";
    if (vlan !== "" && (!/^\d+$/.test(vlan) || Number(vlan) < 1 || Number(vlan) > 4094))
      throw new Stop("the VLAN", { element, attribute: "vlan" });
    if (ipv4 === "none" && six === "none") throw new Stop("neither IPv4 nor IPv6", { element, attribute: "protov6" });
    if (ipv4 === "static" && address.address === "") throw new Stop("an empty address", { element, child: "ip" });
    return {
      name,
      mac,
      ...(vlan === "" ? {} : { vlan: Number(vlan) }),
      ipv4: ipv4 as "static" | "dhcp" | "none",
      ...address,
      ...(six === undefined || six === "none" ? {} : { ipv6: six }),
      ...addressV6,
    };
  }

  private password(): Pick<ReadSettings, "rootPassword"> {
    const element = this.view.first("root-password");
    if (element === undefined) return {};
    const type = this.attributeOneOf(element, "root-password", "type") ?? "plaintext";
    return { rootPassword: { type, text: this.text(element) } };
  }

  private names(): Pick<ReadSettings, "nameServers" | "hostname"> {
    const hostname = this.firstText("hostname", undefined);
    return {
      nameServers: this.view.all(...namesIn(this.target, "name-server", "nameserver")).map((each) => this.text(each)),
      ...(hostname === undefined ? {} : { hostname }),
    };
  }

  private time(ipv4: string): Pick<ReadSettings, "timezone" | "ntpSource" | "ntpServers"> {
    const zone = atLeast(this.target, "6.2") ? this.view.first("timezone") : this.mandatory("timezone");
    const timezone = zone === undefined ? "Etc/UTC" : this.text(zone);
    const ntpServers = this.view.all(...namesIn(this.target, "ntp-server", "ntp-servers")).map((each) => this.text(each));
    if (!reads(this.target, "ntp")) return { timezone, ntpServers };
    const [ntp, ...more] = this.view.all("ntp");
    if (more[0] !== undefined) throw new Stop("more than one ntp", { element: more[0] });
    const source = ntp === undefined ? undefined : this.required(ntp, "source");
    if (ntp !== undefined) this.attributeOneOf(ntp, "ntp", "source");
    const ntpSource = source ?? (ntpServers.length > 0 ? "manual" : ipv4 === "dhcp" ? "dhcp" : "default");
    if (ntpServers.length > 0 && ntpSource !== "manual")
      throw new Stop("time servers beside another source", { element: ntp ?? this.view.root });
    return { timezone, ntpSource, ntpServers };
  }

  private services(): Readonly<Record<string, string>> {
    if (!reads(this.target, "service")) return {};
    const services: Record<string, string> = {};
    for (const element of this.view.all("service")) {
      const name = this.required(element, "name");
      if (Object.hasOwn(services, name)) throw new Stop("a service twice", { element });
      this.required(element, "state");
      services[name] = this.attributeOneOf(element, "service", "state") ?? "";
    }
    return services;
  }

  private common(): CommonSettings {
    const { root } = this.view;
    const check = (attribute: string) => (reads(this.target, "installation", attribute) ? this.flag(root, true, attribute) : undefined);
    const platform = reads(this.target, "target-platform") ? this.firstText("target-platform", "") : undefined;
    return defined({
      netinstallGpgCheck: check("netinstall-gpg-check"),
      repoGpgCheck: check("repo-gpgcheck"),
      gpgCheck: check("gpgcheck"),
      networkBackend: this.backend(),
      targetPlatform: platform,
      ...this.bootloader(),
    });
  }

  /** Undefined where the installer's own default stands. */
  private backend(): string | undefined {
    const values = valuesOf(this.target, "network-backend");
    if (values === undefined) return undefined;
    const element = this.counts("network-backend");
    if (element === undefined) return isOld(this.target) ? values.default : undefined;
    const text = this.text(element);
    if (text === "" && values.otherwise === "stops") throw new Stop("an empty network-backend", { element });
    const backend = this.oneOf(text, values, { element });
    return backend === "vswitch" ? "openvswitch" : text === "" ? undefined : backend;
  }

  private bootloader(): Pick<CommonSettings, "bootloader" | "bootloaderLocation" | "writeBootEntry"> {
    const element = this.counts("bootloader");
    if (element === undefined) return {};
    const values = valuesOf(this.target, "bootloader");
    const text = this.text(element);
    if (text === "" && values?.otherwise === "stops" && !atLeast(this.target, "7.0")) throw new Stop("the boot loader", { element });
    const bootloader = this.oneOf(text, values, { element });
    const bootloaderLocation = this.attributeOneOf(element, "bootloader", "location");
    return {
      ...(bootloader === undefined ? {} : { bootloader }),
      ...(bootloaderLocation === undefined ? {} : { bootloaderLocation }),
      ...(reads(this.target, "bootloader", "write-boot-entry") ? { writeBootEntry: this.flag(element, true, "write-boot-entry") } : {}),
    };
  }
}

/** Whether a name can be that of an interface: installers call them eth0, eth1 (interface-rename). */
export function isInterface(name: string): boolean {
  return /^eth\d+$/.test(name);
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^(0[xX][0-9a-fA-F]+|\d+)$/.test(text) ? Number(text) : undefined;
}

function defined<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
