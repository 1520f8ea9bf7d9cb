import type { Path } from "../../schema/field";
import type { Target } from "../targets";
import type { XmlElement } from "../xml/document";
import type { AnswerfileDeclaration } from "./fields";
import { isIn, OLD, reads, valuesOf } from "./vocabulary";

/** A declaration, and root's password as the file must contain it. */
export interface Rendered {
  readonly declaration: AnswerfileDeclaration;
  readonly target: Target;
  readonly csp: boolean;
  readonly password?: { readonly type: "hash" | "plaintext"; readonly text: string };
}

/** A value and the field that it comes from. */
type Given = readonly [value: string | number | boolean | undefined, field: Path];

class Element implements XmlElement {
  readonly attributes = new Map<string, string>();
  readonly attributeFields = new Map<string, Path>();
  readonly children: Element[] = [];
  readonly hasCdata = false;

  constructor(
    readonly name: string,
    readonly field: Path,
    readonly text = "",
    readonly parent?: Element,
  ) {}

  /** Adds an attribute, if there is a value. */
  with(name: string, [value, field]: Given): this {
    if (value !== undefined) {
      this.attributes.set(name, String(value));
      this.attributeFields.set(name, field);
    }
    return this;
  }

  /** Adds a child, if there is a value. */
  add(name: string, [value, field]: Given): Element | undefined {
    if (value === undefined) return undefined;
    const child = new Element(name, field, String(value), this);
    this.children.push(child);
    return child;
  }

  /** Adds a child without text, which has only attributes. */
  empty(name: string, field: Path): Element {
    const child = new Element(name, field, "", this);
    this.children.push(child);
    return child;
  }
}

/** The document of a declaration in the words of a version: of two names, the one that the version reads. */
export function renderAnswerfile(given: Rendered): XmlElement {
  const { declaration: d, target } = given;
  const root = new Element(d.mode === "restore" ? "restore" : "installation", ["mode"]);
  if (d.mode === "reinstall" || d.mode === "upgrade") root.with("mode", [d.mode, ["mode"]]);
  root
    .with(reads(target, "installation", "sr-type") ? "sr-type" : "srtype", [d.srType, ["srType"]])
    .with("netinstall-gpg-check", [d.netinstallGpgCheck, ["netinstallGpgCheck"]])
    .with("repo-gpgcheck", [d.repoGpgCheck, ["repoGpgCheck"]])
    .with("gpgcheck", [d.gpgCheck, ["gpgCheck"]]);
  addSources(root, d);
  addDisks(root, d, target);
  addInterface(root, d, target);
  addSettings(root, given);
  addScripts(root, d);
  return root;
}

function addSources(root: Element, d: AnswerfileDeclaration): void {
  d.sources.forEach((source, index) => {
    const at = ["sources", index];
    root
      .add("source", [source.address ?? "", source.address === undefined ? at : [...at, "address"]])
      ?.with("type", [source.type, [...at, "type"]])
      .with("repo-gpgcheck", [source.repoGpgCheck, [...at, "repoGpgCheck"]])
      .with("gpgcheck", [source.gpgCheck, [...at, "gpgCheck"]]);
  });
  d.driverSources.forEach(({ type, address }, index) => {
    const at = ["driverSources", index];
    root.add("driver-source", [address ?? "", address === undefined ? at : [...at, "address"]])?.with("type", [type, [...at, "type"]]);
  });
}

function addDisks(root: Element, d: AnswerfileDeclaration, target: Target): void {
  d.raid.forEach(({ device, disks }, index) => {
    const raid = root.empty("raid", ["raid", index]).with("device", [device, ["raid", index, "device"]]);
    disks.forEach((disk, place) => {
      raid.add("disk", [disk, ["raid", index, "disks", place]]);
    });
  });
  if (d.initialPartitions.length > 0) {
    const list = root.empty("initial-partitions", ["initialPartitions"]);
    d.initialPartitions.forEach(({ number, size, id }, index) => {
      const at = ["initialPartitions", index];
      list
        .empty("partition", at)
        .with("number", [number, [...at, "number"]])
        .with("size", [size, [...at, "size"]])
        .with("id", [id, [...at, "id"]]);
    });
  }
  if (d.zapUtilityPartitions) root.empty("zap-utility-partitions", ["zapUtilityPartitions"]);
  const { primaryDisk: disk } = d;
  if (disk !== undefined) {
    const pair = disk.softwareRaid;
    root
      .add(
        "primary-disk",
        pair === undefined ? [disk.device ?? "", ["primaryDisk", "device"]] : [pair.join(","), ["primaryDisk", "softwareRaid"]],
      )
      ?.with("swraid", [pair === undefined ? undefined : true, ["primaryDisk", "softwareRaid"]])
      .with(reads(target, "primary-disk", "guest-storage") ? "guest-storage" : "gueststorage", [
        disk.guestStorage,
        ["primaryDisk", "guestStorage"],
      ])
      .with("sr-at-end", [disk.srAtEnd, ["primaryDisk", "srAtEnd"]])
      .with("preserve-first-partition", [disk.preserveFirstPartition, ["primaryDisk", "preserveFirstPartition"]])
      .with("fs-type", [disk.filesystem, ["primaryDisk", "filesystem"]]);
  }
  d.guestDisks.forEach((disk, index) => {
    root.add("guest-disk", [disk, ["guestDisks", index]]);
  });
  root
    // The old parser puts /dev/ before it.
    .add("existing-installation", [
      isIn(OLD, target) ? d.existingInstallation?.replace(/^\/dev\//, "") : d.existingInstallation,
      ["existingInstallation"],
    ])
    ?.with("fs-type", [d.existingFilesystem, ["existingFilesystem"]]);
  root.add("backup-disk", [d.backupDisk, ["backupDisk"]]);
}

function addInterface(root: Element, d: AnswerfileDeclaration, target: Target): void {
  d.fcoeInterfaces.forEach(({ name, mac, dcb }, index) => {
    const at = ["fcoeInterfaces", index];
    root
      .empty("fcoe-interface", at)
      .with("name", [name, [...at, "name"]])
      .with("hwaddr", [mac, [...at, "mac"]])
      .with("dcb", [dcb === undefined ? undefined : dcb ? "on" : "off", [...at, "dcb"]]);
  });
  const { adminInterface: nic } = d;
  if (nic === undefined) return;
  const at = ["adminInterface"];
  const element = root
    .empty("admin-interface", at)
    .with("name", [nic.name, [...at, "name"]])
    .with("hwaddr", [nic.mac, [...at, "mac"]])
    .with("vlan", [nic.vlan, [...at, "vlan"]])
    .with("proto", [nic.ipv4.method, [...at, "ipv4", "method"]])
    .with("protov6", [nic.ipv6?.method, [...at, "ipv6", "method"]]);
  element.add(known(target, "ipaddr", "ip"), [nic.ipv4.address, [...at, "ipv4", "address"]]);
  element.add(known(target, "subnet", "subnet-mask"), [nic.ipv4.netmask, [...at, "ipv4", "netmask"]]);
  element.add("gateway", [nic.ipv4.gateway, [...at, "ipv4", "gateway"]]);
  element.add("ipv6", [nic.ipv6?.address, [...at, "ipv6", "address"]]);
  element.add("gatewayv6", [nic.ipv6?.gateway, [...at, "ipv6", "gateway"]]);
}

function addSettings(root: Element, { declaration: d, target, csp, password }: Rendered): void {
  const passwordField = d.rootPassword === undefined ? ["rootPasswordHash"] : ["rootPassword"];
  root
    .add("root-password", [password?.text, passwordField])
    ?.with("type", [password?.type, d.rootPasswordInClear ? ["rootPasswordInClear"] : passwordField]);
  d.nameServers.forEach((server, index) => {
    root.add(known(target, "name-server", "nameserver"), [server, ["nameServers", index]]);
  });
  root.add("hostname", [d.hostname, ["hostname"]]);
  root.add("timezone", [d.timezone, ["timezone"]]);
  if (d.ntpSource !== undefined) root.empty("ntp", ["ntpSource"]).with("source", [d.ntpSource, ["ntpSource"]]);
  d.ntpServers.forEach((server, index) => {
    root.add(known(target, "ntp-server", "ntp-servers"), [server, ["ntpServers", index]]);
  });
  root.add("keymap", [d.keymap, ["keymap"]]);
  root.add("network-backend", [backendOf(d, target, csp), ["networkBackend"]]);
  if ([d.bootloader, d.bootloaderLocation, d.writeBootEntry].some((value) => value !== undefined))
    root
      .add("bootloader", [d.bootloader ?? defaultBootloader(target), ["bootloader"]])
      ?.with("location", [d.bootloaderLocation, ["bootloaderLocation"]])
      .with("write-boot-entry", [d.writeBootEntry, ["writeBootEntry"]]);
  for (const [name, state] of Object.entries(d.services).sort(([a], [b]) => (a < b ? -1 : 1)))
    root
      .empty("service", ["services", name])
      .with("name", [name, ["services", name]])
      .with("state", [state, ["services", name]]);
  root.add("ssh-mode", [d.sshMode, ["sshMode"]]);
  const variants = Object.entries(d.driverVariants).sort(([a], [b]) => (a < b ? -1 : 1));
  if (variants.length > 0) {
    const list = root.empty("selected-multiversion-drivers", ["driverVariants"]);
    for (const [name, variant] of variants)
      list.add("driver", [variant, ["driverVariants", name]])?.with("name", [name, ["driverVariants", name]]);
  }
  root.add("target-platform", [d.targetPlatform, ["targetPlatform"]]);
}

/** A csp host's guests have to be on the bridge; XenServer 9 has none, which its rule says. */
function backendOf({ mode, networkBackend }: AnswerfileDeclaration, target: Target, csp: boolean): string | undefined {
  if (networkBackend !== undefined) return networkBackend;
  return csp && reads(target, "network-backend") && mode !== "restore" ? "bridge" : undefined;
}

/** An element's current name, where the version reads it, and the old one elsewhere. */
function known(target: Target, current: string, old: string): string {
  return reads(target, current) ? current : old;
}

function defaultBootloader(target: Target): string {
  return valuesOf(target, "bootloader")?.default ?? "extlinux";
}

/** Always with the type "url": with "nfs", the parser of 5.6 and 6.0 puts nfs:// before an address that has it already. */
function addScripts(root: Element, d: AnswerfileDeclaration): void {
  if (d.confirm) root.add("ui-confirmation-prompt", ["true", ["confirm"]]);
  d.scripts.forEach(({ stage, url }, index) => {
    const at = ["scripts", index];
    root
      .add("script", [url, [...at, "url"]])
      ?.with("stage", [stage, [...at, "stage"]])
      .with("type", ["url", [...at, "url"]]);
  });
}
