import fc from "fast-check";
import { checkDeclaration } from "../../provider/install/answerfile/check";
import { type AnswerfileDeclaration, answerfileDeclaration } from "../../provider/install/answerfile/fields";
import { lintAnswerfile } from "../../provider/install/answerfile/lint";
import { replacesByDisk } from "../../provider/install/answerfile/mode";
import { isStopped, type Reading, readAnswerfile } from "../../provider/install/answerfile/reading";
import { type Rendered, renderAnswerfile } from "../../provider/install/answerfile/render";
import { stagesOf } from "../../provider/install/answerfile/sources";
import { reads, valuesOf } from "../../provider/install/answerfile/vocabulary";
import { writeXml } from "../../provider/install/answerfile/write";
import { atLeast, isXcpNg, TARGETS, type Target } from "../../provider/install/targets";
import { isMalformed, readXml } from "../../provider/install/xml/document";

/** What csp writes from a declaration is understood as it was declared: by csp's reading, which test/install/installer-words.test.ts holds to the installers'. */

const isOld = (target: Target) => !atLeast(target, "6.1");
const ip = fc.integer({ min: 1, max: 254 }).map((last) => `192.0.2.${last}`);
const disk = fc.constantFrom("sda", "/dev/sdb", "disk/by-id/scsi-36001405", "nvme0n1", "/dev/mapper/mpatha", "cciss/c0d0");
const word = fc.stringMatching(/^[a-z][a-z0-9-]{0,12}$/);
/** Characters that XML and Python treat apart, too; those outside ASCII for the only parser that takes them. */
const textFor = (target: Target) =>
  fc
    .string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(..."ab1<>&'\"% ", ...(target === "xs9" ? ["é", "日"] : [])) })
    .filter((text) => text.trim() === text);
const source = (target: Target) =>
  fc.oneof(
    fc.record({ type: fc.constant("local" as const) }),
    fc.record({ type: fc.constant("nfs" as const), address: ip.map((host) => `${host}:/srv/xs`) }),
    fc.record({
      type: fc.constant("url" as const),
      address: fc
        .tuple(fc.constantFrom("http://", "https://", "ftp://", ...(target === "5.6" ? [] : ["nfs://"])), ip)
        .map(([scheme, host]) => (scheme === "nfs://" ? `${scheme}${host}:/srv/xs` : `${scheme}${host}/xs?a=1&b=2`)),
      ...(reads(target, "source", "gpgcheck") ? { gpgCheck: fc.option(fc.boolean(), { nil: undefined }), repoGpgCheck: fc.boolean() } : {}),
    }),
  );
const script = (target: Target) =>
  fc.record({
    stage: fc.constantFrom(...(stagesOf(target) as AnswerfileDeclaration["scripts"][number]["stage"][])),
    url: fc
      .tuple(fc.constantFrom("http://", "ftp://", "nfs://", "file://", ...(atLeast(target, "6.5") ? ["https://"] : [])), ip)
      .map(([scheme, host]) =>
        scheme === "nfs://" ? `${scheme}${host}:/p.sh` : scheme === "file://" ? "file:///p.sh" : `${scheme}${host}/p.sh`,
      ),
  });

/** A field that the version reads, or none at all. */
const when = <T>(known: boolean, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  known ? fc.option(arbitrary, { nil: undefined }) : fc.constant(undefined);
/** One of the words that the version takes. */
const oneOf = (target: Target, element: string, attribute?: string): fc.Arbitrary<string | undefined> =>
  fc.constantFrom(...(valuesOf(target, element, attribute)?.values ?? [undefined]).filter((value) => value !== ""));

interface Case {
  readonly target: Target;
  readonly csp: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly password?: Rendered["password"];
}

const cases: fc.Arbitrary<Case> = fc.constantFrom(...TARGETS).chain((target) => {
  const modes = (["fresh", "reinstall", "upgrade", "restore"] as const).filter((mode) => mode !== "restore" || atLeast(target, "6.2"));
  return fc.constantFrom(...modes).chain((mode) => {
    const knows = (element: string, attribute?: string) => reads(target, element, attribute);
    const installs = mode !== "restore";
    const settles = mode === "fresh" || mode === "reinstall";
    const byDisk = replacesByDisk(mode, target);
    const setsDisks = settles && !byDisk;
    const flag = fc.boolean();
    const text = textFor(target);
    const primary = fc.record({
      device: disk,
      guestStorage: when(true, flag),
      srAtEnd: when(true, flag),
      preserveFirstPartition: when(
        knows("primary-disk", "preserve-first-partition"),
        fc.constantFrom("true", "false", ...(isOld(target) ? [] : ["if-utility"])),
      ),
      filesystem: when(knows("primary-disk", "fs-type"), oneOf(target, "primary-disk", "fs-type")),
    });
    const mirrored = fc.record({ softwareRaid: fc.constantFrom(["sda", "sdb"], ["sda", "missing"]), guestStorage: when(true, flag) });
    const ipv4 = fc.oneof(
      fc.constant({ method: "dhcp" }),
      fc.record({ method: fc.constant("static"), address: ip, netmask: fc.constant("255.255.255.0"), gateway: ip }),
    );
    const ipv6 = fc.oneof(
      fc.constantFrom({ method: "dhcp" }, { method: "autoconf" }),
      fc.constant({ method: "static", address: "2001:db8::10/64", gateway: "2001:db8::1" }),
    );
    const nic = fc.record({
      name: fc.constantFrom("eth0", "eth3"),
      vlan: when(knows("admin-interface", "vlan"), fc.integer({ min: 1, max: 4094 })),
      ipv4,
      ipv6: when(knows("admin-interface", "protov6"), ipv6),
    });
    const ntp = fc.oneof(
      fc.record({ ntpServers: fc.array(ip, { maxLength: 2 }) }),
      fc.record({ ntpSource: when(knows("ntp"), fc.constantFrom("dhcp", "default", "none")) }),
      fc.record({ ntpSource: when(knows("ntp"), fc.constant("manual")), ntpServers: fc.array(ip, { minLength: 1, maxLength: 2 }) }),
    );
    const inputs = fc.record({
      mode: fc.constant(mode),
      sources: installs ? fc.array(source(target), { minLength: 1, maxLength: atLeast(target, "7.1") ? 3 : 1 }) : fc.constant([]),
      driverSources:
        installs || atLeast(target, "7.0") ? fc.array(source(target === "8.3" ? "8.2" : target), { maxLength: 2 }) : fc.constant([]),
      scripts: fc.array(script(target), { maxLength: 3 }),
      confirm: knows("ui-confirmation-prompt") ? flag : fc.constant(false),
      primaryDisk: setsDisks ? (knows("primary-disk", "swraid") ? fc.oneof(primary, mirrored) : primary) : fc.constant(undefined),
      guestDisks: setsDisks ? fc.uniqueArray(fc.constantFrom("sdx", "/dev/sdy"), { maxLength: 2 }) : fc.constant([]),
      raid:
        setsDisks && knows("raid")
          ? fc.uniqueArray(fc.record({ device: fc.constantFrom("md127", "md126"), disks: fc.array(disk, { maxLength: 2 }) }), {
              maxLength: 2,
              selector: ({ device }) => device,
            })
          : fc.constant([]),
      initialPartitions:
        setsDisks && knows("initial-partitions")
          ? fc.array(fc.record({ number: fc.nat(4), size: fc.nat(4096), id: fc.nat(255) }), { maxLength: 2 })
          : fc.constant([]),
      zapUtilityPartitions: setsDisks && knows("zap-utility-partitions") ? flag : fc.constant(false),
      srType: when(setsDisks, oneOf(target, "installation", "srtype")),
      adminInterface: settles ? nic : fc.constant(undefined),
      nameServers: settles ? fc.array(ip, { maxLength: 2 }) : fc.constant([]),
      hostname: when(settles, word),
      timezone: settles ? fc.constantFrom("Europe/Berlin", "Etc/UTC") : fc.constant(undefined),
      keymap: when(settles, fc.constantFrom("us", "de", "fr-latin1")),
      networkBackend: when(installs && knows("network-backend"), fc.constantFrom("bridge", "openvswitch")),
      bootloader: when(installs, oneOf(target, "bootloader")),
      bootloaderLocation: when(installs, fc.constantFrom("mbr", "partition")),
      writeBootEntry: when(installs && knows("bootloader", "write-boot-entry"), flag),
      services: settles && knows("service") ? fc.dictionary(word, fc.constantFrom("enabled", "disabled"), { maxKeys: 2 }) : fc.constant({}),
      driverVariants: knows("selected-multiversion-drivers") ? fc.dictionary(word, text, { maxKeys: 2 }) : fc.constant({}),
      fcoeInterfaces: knows("fcoe-interface")
        ? fc.array(fc.record({ name: fc.constantFrom("eth1", "eth2"), dcb: when(knows("fcoe-interface", "dcb"), flag) }), { maxLength: 2 })
        : fc.constant([]),
      targetPlatform: when(installs && knows("target-platform"), word),
      existingInstallation: byDisk ? disk : fc.constant(undefined),
      existingFilesystem: when(byDisk && knows("existing-installation", "fs-type"), oneOf(target, "existing-installation", "fs-type")),
      backupDisk: when(mode === "restore", disk),
      gpgCheck: when(installs && isXcpNg(target) && knows("installation", "gpgcheck"), flag),
      netinstallGpgCheck: when(installs && knows("installation", "netinstall-gpg-check"), flag),
    });
    const password = settles
      ? fc.option(
          fc.oneof(
            fc.constant({ type: "hash" as const, text: "$6$salt$abcdefghijklmnop/.XYZ" }),
            text.map((clear) => ({ type: "plaintext" as const, text: clear })),
          ),
          { nil: undefined },
        )
      : fc.constant(undefined);
    return fc.tuple(inputs, settles ? ntp : fc.constant({}), fc.boolean(), password).map(([given, time, csp, secret]) => ({
      target,
      csp: csp && target !== "xs9",
      inputs: Object.fromEntries(Object.entries({ ...given, ...time }).filter(([, value]) => value !== undefined)),
      ...(secret === undefined ? {} : { password: secret }),
    }));
  });
});

const whole = (device: string) => (device.startsWith("/dev/") ? device : `/dev/${device}`);
const wholeOrMissing = (device: string) => (device === "missing" ? device : whole(device));

/** What a declaration says, as the reading of its file has to say it. */
function declared({ target, csp, password }: Case, d: AnswerfileDeclaration): Reading {
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
    fc.property(cases, (given) => {
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
