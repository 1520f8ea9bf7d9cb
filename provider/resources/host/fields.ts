import { z } from "zod";
import type { PartiallyKnown, Report } from "../../core/define";
import { PLANES } from "../../firewall/model/kernel";
import { hasBridgeBackend } from "../../host/adopt/backend";
import { begins } from "../../host/adopt/expectation";
import { problem } from "../../schema/field";
import { ownConnection } from "../shared/connection";
import { drift, host } from "../shared/identity";

const uuid = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
const packName = /^[A-Za-z0-9][A-Za-z0-9_.+:-]{0,127}$/;
const versionText = z.string().regex(/^[0-9][A-Za-z0-9._+-]*$/, problem("it is not a version", 'write it like "8.3" or "5.6.100-50867p"'));

const expectation = z
  .object({
    product: z
      .string()
      .min(1, problem("the product is empty", 'write its name, like "XCP-ng", or leave it out'))
      .optional()
      .describe(
        'The product: "XenServer", "XCP-ng". csp compares it with PRODUCT_BRAND in /etc/xensource-inventory, or with NAME in /etc/os-release on other systems. Upper and lower case make no difference.',
      ),
    version: versionText
      .optional()
      .describe(
        'Its version, or the beginning of it: "5.6.100", "8.3". csp compares it with PRODUCT_VERSION, or with VERSION_ID on other systems.',
      ),
    kernel: z
      .enum(["csp", "standard"])
      .optional()
      .describe(
        '"csp": the kernel of the Cloud Service Providers pack for XenServer 5.6 SP2 (`uname -r` ends in cspxen); "standard": any other.',
      ),
    packs: z
      .array(
        z
          .object({
            name: z
              .string()
              .regex(packName, problem("it is not the name of a pack", 'write it like "xs:xenserver-cloud-supp" or "csp-pack"'))
              .describe(
                "The pack's name in /etc/xensource/installed-repos, with or without the originator (`ORIGINATOR:NAME`), or the name of an RPM of the pack. From 7.1 on, give the RPM: nothing else of a pack is left on the host.",
              ),
            version: versionText.optional().describe('Its version, with or without build or release: "5.6.100-50867p".'),
          })
          .meta({ token: "csp:index:ExpectedPack", description: "A supplemental pack that must be installed." }),
      )
      .optional()
      .meta({ keyedBy: "name", description: "Supplemental packs that must be installed." }),
  })
  .meta({ token: "csp:index:HostExpectation", description: "What a host must be. csp does not check what you leave out." });

const installation = z
  .object({
    minutes: z
      .int()
      .min(1, problem("it is less than a minute", "use 1 or more"))
      .max(1440, problem("it is more than a day", "use at most 1440"))
      .default(45)
      .describe(
        "How many minutes csp waits until the new system is up. It keeps waiting while the port is closed, while the installer shows its own host key, and while the login is not set up yet.",
      ),
    replaces: z
      .string()
      .regex(
        uuid,
        problem("it is not an INSTALLATION_UUID", "take it from the host's `adopted.installation`, or from /etc/xensource-inventory there"),
      )
      .optional()
      .describe(
        "The installation that is being replaced: its INSTALLATION_UUID (in /etc/xensource-inventory; on other systems the id in /etc/machine-id). While the host still has it, csp waits for the new one. If you leave it out, csp recognizes an old system by a product or version that differs from `expect`.",
      ),
  })
  .meta({ token: "csp:index:HostInstallation", description: "An installation that is running, or about to begin." });

export const hostInputs = z.object({
  host,
  expect: expectation
    .optional()
    .describe(
      "What the host must be before csp changes it: the declared system, with its packs. If it is something else, csp refuses it and says what to do. Later differences are drift. You do not declare the network backend: a csp host always has the Linux bridge.",
    ),
  install: installation
    .optional()
    .describe(
      "The host is being installed. csp then waits for the new system, and does not fail when the host does not answer. You can leave this field in place after the installation.",
    ),
  reboot: z
    .enum(["never", "when-empty", "with-guests"])
    .default("never")
    .describe(
      'Whether csp may switch a host from Open vSwitch to the Linux bridge (`xe-switch-network-backend bridge`) and reboot it, because the switch needs a reboot. "when-empty": only if no guest runs there. "with-guests": also if guests run there; they go down with the host. The preview says when csp will do it.',
    ),
  bootMinutes: z.int().min(1).max(120).default(10).describe("How many minutes the host may take to come back after a reboot."),
  guestPorts: z
    .array(
      z
        .string()
        .regex(
          /^[A-Za-z][A-Za-z0-9_-]{0,9}$/,
          problem("it is not the beginning of an interface name", 'write letters, digits, "_" and "-", like "vif"'),
        ),
    )
    .min(1, problem("the list is empty", 'name at least one prefix, like "vif"'))
    .default(["vif", "tap", "vnet"])
    .describe(
      "The beginnings of the names of the host's guest ports. A packet from or to such a port passes only if a guest's policy allows it. csp lets all other ports through.",
    ),
  hook: z
    .array(z.enum(["auto", "xapi", "xl", "libvirt", "udev", "boot"]))
    .default(["auto"])
    .meta({
      unordered: true,
      description:
        'The callers of the hook. The hook is the script on the host that follows guests through reboots and migrations. "auto": every caller that the host has. Or some of these: "xapi" (/etc/xapi.d/vif-hotplug), "xl" (Xen\'s scripts), "libvirt" (its qemu script), "udev" (works on every host; Proxmox and XenServer 5.6 need it), "boot" (systemd or SysV; part of each of the others). An empty list: no hook; then csp follows guests only when you run `pulumi up`.',
    }),
  conntrackZones: z
    .enum(["by-bridge", "shared"])
    .optional()
    .meta({
      description:
        "Whether each bridge has its own connection table, so that a packet is never taken for a part of another tenant's connection. If you leave it out, each bridge has its own table where the kernel supports it; a host that an earlier version adopted stays as it is until you set this field. The change ends established connections through the host's bridges.",
      values: {
        "by-bridge": "a packet on one bridge never matches connections or fragments of another",
        shared: "one table for all bridges; the preview says if guests of two bridges have the same address",
      },
    }),
  plane: z
    .enum(["auto", ...PLANES])
    .optional()
    .meta({
      description:
        "By which programs of the kernel csp filters this host's guests. The change from one to another is an update: the new rules are loaded and checked beside the old ones before these go, and established connections live on.",
      values: {
        auto: "as it is; on a host that csp has not been to, `xtables`. So it is, too, if you leave the field out",
        xtables: "ebtables and arptables at layer 2, iptables and ip6tables above it; every host has these",
        "nft-bridge":
          "one table of nft at layer 2, iptables and ip6tables above it: less work for each packet, and neighbour advertisements are held to the guest's own addresses. The preview refuses it where the kernel or nft cannot do it",
      },
    }),
  connection: ownConnection,
});

export const hostOutputs = z.object({
  facts: z
    .record(z.string(), z.any())
    .describe("What csp knows about the host: kernel, product, tools and their versions, network backend."),
  adopted: z
    .object({
      product: z.string().describe('The product with its version: "XenServer 5.6.100".'),
      version: z.string().describe('The version: "5.6.100".'),
      installation: z.string().describe("Its INSTALLATION_UUID, or its machine id if it has none."),
    })
    .meta({ token: "csp:index:AdoptedSystem", description: "The system that csp found on a host." })
    .describe(
      "The system that the host had when csp last set it up. csp compares it with the system of today and so notices an upgrade in place.",
    ),
  limits: z
    .array(z.string())
    .describe(
      "What the host's tools and kernel cannot see or cannot keep apart, one sentence each. docs/security.md says what this means.",
    ),
  drift,
});

/** Refuses expectations that no host can meet. */
export function crossCheck({ expect }: PartiallyKnown, report: Report): void {
  if (typeof expect !== "object" || expect === null) return;
  const { product, version, kernel, packs } = expect;
  if (typeof version !== "string") return;
  if (typeof product === "string" && !hasBridgeBackend(product, version))
    report(
      ["expect", "version"],
      `${product} ${version} cannot be a csp host: from version 9 on, XenServer connects guests by Open vSwitch only`,
      "install XCP-ng 8.3 or XenServer 8",
    );
  if (kernel === "csp" && !begins(version, "5.6"))
    report(["expect", "kernel"], `there is no csp kernel for ${version}: only XenServer 5.6 SP2 has one`, "leave `kernel` out");
  if (Array.isArray(packs)) {
    const names = packs.map((pack: PartiallyKnown) => pack?.name);
    for (const [index, name] of names.entries())
      if (typeof name === "string" && names.indexOf(name) < index)
        report(["expect", "packs", index, "name"], `the pack ${name} is declared twice`, "keep one of them");
  }
}
