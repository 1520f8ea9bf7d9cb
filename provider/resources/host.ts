import { z } from "zod";
import { problem } from "../schema/field";
import { ownConnection } from "./connection";
import { defineResource } from "./define";
import { drift, host } from "./identity";
import * as lifecycle from "./lifecycle/host";

export const hostInputs = z.object({
  host,
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
      "How the host's guest ports are named: prefixes. A bridged packet from or to such a port passes only by a guest's policy; other ports are let through.",
    ),
  hook: z
    .array(z.enum(["auto", "xapi", "xl", "libvirt", "udev", "boot"]))
    .default(["auto"])
    .meta({
      unordered: true,
      description:
        'Who calls the hook, the script on the host that follows guests over reboots and migrations. "auto": everything the host has. Or some of: "xapi" (/etc/xapi.d/vif-hotplug), "xl" (Xen\'s scripts), "libvirt" (its qemu hook), "udev" (works anywhere, and is what Proxmox and XenServer 5.6 need), "boot" (systemd or SysV; comes with each of the others). An empty list: no hook; then only `pulumi up` follows.',
    }),
  connection: ownConnection,
});

export const hostOutputs = z.object({
  facts: z.record(z.string(), z.any()).describe("What the host is: kernel, product, tools and their versions, network backend."),
  drift,
});

export const hostResource = defineResource({
  token: "csp:index:Host",
  description:
    "Adopts a host: checks what it is, turns on bridge filtering so that it survives a reboot, installs the frame that drops what no guest's policy claims, and the hook that follows guests and loads all of it at boot. Deleting it removes what it put there.",
  inputs: hostInputs,
  outputs: hostOutputs,
  importId: "<host>",
  live: true,
  ...lifecycle,
});
