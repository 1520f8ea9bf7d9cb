import fc from "fast-check";
import type { AnswerfileDeclaration } from "../../../provider/install/answerfile/fields";
import { replacesByDisk } from "../../../provider/install/answerfile/mode";
import type { Rendered } from "../../../provider/install/answerfile/render";
import { stagesOf } from "../../../provider/install/answerfile/sources";
import { reads, valuesOf } from "../../../provider/install/answerfile/vocabulary";
import { atLeast, isXcpNg, TARGETS, type Target } from "../../../provider/install/targets";

export const isOld = (target: Target) => !atLeast(target, "6.1");
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

/** A declaration for one version, with fields that the version and the mode read. */
export interface Declared {
  readonly target: Target;
  readonly csp: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly password?: Rendered["password"];
}

export const declarations: fc.Arbitrary<Declared> = fc.constantFrom(...TARGETS).chain((target) => {
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
    const mirrored = fc.record({
      softwareRaid: fc.constantFrom(["sda", "sdb"], ...(target === "xs9" ? [["sda", "missing"]] : [])),
      guestStorage: when(true, flag),
    });
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
