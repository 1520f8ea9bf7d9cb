import { z } from "zod";
import { canonicalMac } from "../../firewall/values/spelling";
import { LOADERS } from "../../install/boot/files";
import { problem } from "../../schema/field";
import { ownConnection } from "../shared/connection";
import { drift } from "../shared/identity";
import { server, serverPath } from "../shared/server";
import { cspHost, target } from "../shared/target";

const words = z.string().regex(/^[^\p{Cc}]*$/u, problem("it has a line break or a control character", "write it on one line"));

export const networkBootInputs = z.object({
  server,
  root: serverPath("The folder that TFTP (and HTTP, for iPXE) serves as its root."),
  mac: z
    .string()
    .regex(/^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$/, problem("it is not a MAC", 'write it like "00:16:3e:01:02:03"'))
    .meta({ identity: true, canonical: canonicalMac, description: "The MAC of the interface that the host boots from." }),
  target,
  csp: cspHost,
  loaders: z
    .array(z.enum(LOADERS))
    .min(1, problem("the list is empty", "name pxelinux (BIOS), grub (UEFI) or ipxe"))
    .meta({ unordered: true, description: "What the host's firmware loads: `pxelinux` (BIOS), `grub` (UEFI, from 7.0 on) and `ipxe`." }),
  answerfile: words.describe("The URL from which the installer fetches the answerfile."),
  textStatus: z.boolean().default(false).describe("Whether the installer reports on its console as text, line by line."),
  networkDevice: words
    .optional()
    .describe("The interface that the installer uses to fetch the answerfile: `eth0` or a MAC. Default: `mac`."),
  networkConfig: words
    .optional()
    .describe(
      "How the installer configures this interface, from 6.0 on: `dhcp`, `dhcp:vlan=7` (from 7.1 on), `static:ip=ADDRESS;netmask=MASK;gateway=ADDRESS`. Default: dhcp.",
    ),
  images: z
    .string()
    .regex(
      /^[A-Za-z0-9_.@+%=:,~-]+(\/[A-Za-z0-9_.@+%=:,~-]+)*$/,
      problem("it is not a folder below the root", 'write it like "xcp-ng-8.3"'),
    )
    .optional()
    .describe(
      "The folder below `root` that has xen.gz, vmlinuz and install.img from the installation media. Default: `xcp-ng` or `xenserver`, as the version is.",
    ),
  baseUrl: words.optional().describe("The URL of `root` over HTTP. iPXE needs it."),
  tftpServer: z
    .string()
    .regex(/^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?=.)|$)){4}$/, problem("it is not an IPv4 address", 'write it like "192.0.2.1"'))
    .optional()
    .describe("The address at which hosts reach the TFTP server, for the output `dhcp`. Default: the DHCP server's own."),
  xenArguments: words.optional().describe("Xen's arguments, in place of those that the version has by default."),
  kernelArguments: z.array(words).default([]).describe("Additional arguments for the installer's kernel."),
  connection: ownConnection,
});

export const networkBootOutputs = z.object({
  files: z.record(z.string(), z.string()).meta({ fileText: true, description: "The published files, by path." }),
  dhcp: z
    .object({
      dnsmasq: z.string().describe("For dnsmasq.conf."),
      isc: z.string().describe("For dhcpd.conf of ISC's DHCP server. If you have a `host` block for this MAC, put the statements there."),
    })
    .meta({
      token: "csp:install:DhcpLines",
      fileText: true,
      description: "What a DHCP server must tell this host: the server and the file to boot, by the kind of firmware that asks.",
    }),
  drift,
});
