import { z } from "zod";
import type { PartiallyKnown, Report } from "../../core/define";
import { hasBridgeBackend } from "../../host/adopt/backend";
import { begins } from "../../host/adopt/expectation";
import { problem } from "../../schema/field";
import { ownConnection } from "../shared/connection";
import { drift, host } from "../shared/identity";

const uuid = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
const packName = /^[A-Za-z0-9][A-Za-z0-9_.+:-]{0,127}$/;
const versionText = z.string().regex(/^[0-9][A-Za-z0-9._+-]*$/, problem("it is no version", 'write it like "8.3" or "5.6.100-50867p"'));

const expectation = z
  .object({
    product: z
      .string()
      .min(1, problem("the product is empty", 'write its name, like "XCP-ng", or leave it out'))
      .optional()
      .describe('"XenServer", "XCP-ng": PRODUCT_BRAND of /etc/xensource-inventory, in either case; elsewhere NAME of /etc/os-release.'),
    version: versionText.optional().describe('Its version, or the beginning of it: "5.6.100", "8.3". PRODUCT_VERSION, or else VERSION_ID.'),
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
              .regex(packName, problem("it is no name of a pack", 'write it like "xs:xenserver-cloud-supp" or "csp-pack"'))
              .describe(
                "As /etc/xensource/installed-repos has it, with or without the originator (`ORIGINATOR:NAME`); or the name of an RPM that it brings, which is all that is left of a pack from 7.1 on.",
              ),
            version: versionText.optional().describe('Its version, with or without build or release: "5.6.100-50867p".'),
          })
          .meta({ token: "csp:index:ExpectedPack", description: "A supplemental pack that must be installed." }),
      )
      .optional()
      .meta({ keyedBy: "name", description: "Supplemental packs that must be installed." }),
  })
  .meta({ token: "csp:index:HostExpectation", description: "What a host must be. What is left out is not looked at." });

const installation = z
  .object({
    minutes: z
      .int()
      .min(1, problem("it is less than a minute", "use 1 or more"))
      .max(1440, problem("it is more than a day", "use at most 1440"))
      .default(45)
      .describe(
        "How long to wait until it is up. A closed port, an installer's own host key and a login that is not set up yet are waited through.",
      ),
    replaces: z
      .string()
      .regex(
        uuid,
        problem("it is no INSTALLATION_UUID", "take it from the host's `adopted.installation`, or from /etc/xensource-inventory there"),
      )
      .optional()
      .describe(
        "The installation that is to go: its INSTALLATION_UUID (/etc/xensource-inventory; elsewhere /etc/machine-id). While the host still has it, the new one is waited for. Left out, an old system is known by another product or version than `expect` has.",
      ),
  })
  .meta({ token: "csp:index:HostInstallation", description: "An installation that is under way, or about to begin." });

export const hostInputs = z.object({
  host,
  expect: expectation
    .optional()
    .describe(
      "What the host must be before csp touches it: installed as declared, with its packs. Otherwise it is refused, with what to do; later differences are drift. The network backend needs no mention: a csp host's is the Linux bridge.",
    ),
  install: installation
    .optional()
    .describe(
      "The host is being installed: wait for the new system instead of failing when it does not answer. May stay when that is over.",
    ),
  reboot: z
    .enum(["never", "when-empty", "with-guests"])
    .default("never")
    .describe(
      'Whether csp may switch a host with Open vSwitch to the Linux bridge (`xe-switch-network-backend bridge`) and reboot it, which the switch needs. "when-empty": if no guest runs there; "with-guests": its guests go down with it. A preview says when it will.',
    ),
  bootMinutes: z.int().min(1).max(120).default(10).describe("How long the host may take to come back from a reboot."),
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
      "How the host's guest ports are named: prefixes. A packet from or to such a port passes only by a guest's policy; other ports are let through.",
    ),
  hook: z
    .array(z.enum(["auto", "xapi", "xl", "libvirt", "udev", "boot"]))
    .default(["auto"])
    .meta({
      unordered: true,
      description:
        'Who calls the hook, the script on the host that follows guests over reboots and migrations. "auto": everything the host has. Or some of: "xapi" (/etc/xapi.d/vif-hotplug), "xl" (Xen\'s scripts), "libvirt" (its qemu hook), "udev" (works anywhere, and is what Proxmox and XenServer 5.6 need), "boot" (systemd or SysV; comes with each of the others). An empty list: no hook; then only `pulumi up` follows.',
    }),
  conntrackZones: z
    .enum(["by-bridge", "shared"])
    .optional()
    .meta({
      description:
        "Whether each bridge has a connection table of its own, so that no packet is taken for a part of another tenant's connection. Left out: by bridge, where the kernel can; a host that an earlier version adopted stays as it is until this is given. The change ends established connections through the host's bridges.",
      values: {
        "by-bridge": "connections and fragments of one bridge are not found from another",
        shared: "one table for all; a preview says when guests of two bridges have the same address",
      },
    }),
  connection: ownConnection,
});

export const hostOutputs = z.object({
  facts: z.record(z.string(), z.any()).describe("What the host is: kernel, product, tools and their versions, network backend."),
  adopted: z
    .object({
      product: z.string().describe('"XenServer 5.6.100".'),
      version: z.string().describe('"5.6.100".'),
      installation: z.string().describe("Its INSTALLATION_UUID, or else its machine id."),
    })
    .meta({ token: "csp:index:AdoptedSystem", description: "The system that csp found on a host." })
    .describe("What it was when csp last put it in order. An upgrade in place shows against this."),
  limits: z
    .array(z.string())
    .describe("What the host's tools and kernel cannot see or keep apart, one sentence each; docs/security.md says what that means."),
  drift,
});

/** What no host can be, whatever the host. */
export function crossCheck({ expect }: PartiallyKnown, report: Report): void {
  if (typeof expect !== "object" || expect === null) return;
  const { product, version, kernel, packs } = expect;
  if (typeof version !== "string") return;
  if (typeof product === "string" && !hasBridgeBackend(product, version))
    report(
      ["expect", "version"],
      `${product} ${version} cannot be a csp host: from 9 on XenServer joins guests by Open vSwitch only`,
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
