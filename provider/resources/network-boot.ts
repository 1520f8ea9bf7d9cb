import { posix } from "node:path";
import { z } from "zod";
import { canonicalMac } from "../firewall/spelling";
import { bootFiles, bootPath, DISPATCHER, GRUB_DISPATCHER, LOADERS, normalMac } from "../install/boot/files";
import { lintBoot } from "../install/boot/lint";
import { readFile, removeFile, type Server, writeFile } from "../install/server";
import { atLeast, isTarget, productOf } from "../install/targets";
import { problem } from "../schema/field";
import { quote } from "../ssh/privilege";
import { ownConnection } from "./connection";
import { defineResource, type PartiallyKnown, type Report } from "./define";
import { drift, splitId } from "./identity";
import { published } from "./lifecycle/published";
import { server, serverPath } from "./server";
import { cspHost, target } from "./target";
import { holdsUnknown } from "./validate";

const words = z.string().regex(/^[^\p{Cc}]*$/u, problem("it has a line break or a control character", "write it on one line"));

export const networkBootInputs = z.object({
  server,
  root: serverPath("The folder that TFTP (and HTTP, for iPXE) serve as their root."),
  mac: z
    .string()
    .regex(/^([0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}$/, problem("it is not a MAC", 'write it like "00:16:3e:01:02:03"'))
    .meta({ identity: true, canonical: canonicalMac, description: "The interface the host boots from." }),
  target,
  csp: cspHost,
  loaders: z
    .array(z.enum(LOADERS))
    .min(1, problem("the list is empty", "name pxelinux (BIOS), grub (UEFI) or ipxe"))
    .meta({ unordered: true, description: "What the host's firmware loads: `pxelinux` (BIOS), `grub` (UEFI, from 7.0 on) and `ipxe`." }),
  answerfile: words.describe("URL of the answerfile, as the installer fetches it."),
  textStatus: z.boolean().default(false).describe("Whether the installer reports on its console as text, line by line."),
  networkDevice: words.optional().describe("The interface that is brought up to fetch the answerfile: `eth0` or a MAC. Default `mac`."),
  networkConfig: words.optional().describe("How: `dhcp`, `dhcp:vlan=7`, `static:ip=ADDRESS;netmask=MASK;gateway=ADDRESS`. Default dhcp."),
  images: z
    .string()
    .regex(
      /^[A-Za-z0-9_.@+%=:,~-]+(\/[A-Za-z0-9_.@+%=:,~-]+)*$/,
      problem("it is not a folder below the root", 'write it like "xcp-ng-8.3"'),
    )
    .optional()
    .describe(
      "The folder below `root` with xen.gz, vmlinuz and install.img from the installation media. Default `xcp-ng`, or `xenserver`.",
    ),
  baseUrl: words.optional().describe("Where `root` is found over HTTP; iPXE needs it."),
  xenArguments: words.optional().describe("Xen's arguments, instead of the version's own."),
  kernelArguments: z.array(words).default([]).describe("More arguments of the installer's kernel."),
  connection: ownConnection,
});

const outputs = z.object({
  files: z.record(z.string(), z.string()).meta({ fileText: true, description: "The files as they are published, by path." }),
  drift,
});

type Inputs = z.output<typeof networkBootInputs>;

function ownFiles(inputs: Inputs): Map<string, { readonly content: string }> {
  return new Map([...bootFiles(inputs, inputs.loaders)].map(([path, content]) => [posix.join(inputs.root, path), { content }]));
}

function findings(inputs: Inputs) {
  const { target, csp } = inputs;
  return [...ownFiles(inputs).values()].flatMap(({ content }) => lintBoot(Buffer.from(content), { target, csp }));
}

function check(inputs: PartiallyKnown, report: Report): void {
  const loaders: readonly unknown[] = Array.isArray(inputs.loaders) ? inputs.loaders : [];
  if (loaders.includes("ipxe") && inputs.baseUrl === undefined)
    report(["baseUrl"], "iPXE fetches by URL, and there is none", 'set it, like "http://192.0.2.1/boot"');
  if (!isTarget(inputs.target)) return;
  const { target } = inputs;
  if (loaders.includes("grub") && !atLeast(target, "7.0"))
    report(["loaders"], `${productOf(target)} does not install by UEFI, which 7.0 is the first to do`, "use pxelinux");
  else if (loaders.includes("pxelinux") && target === "xs9") report(["loaders"], "XenServer 9 does not install in legacy boot", "use grub");
  else if (!holdsUnknown(inputs)) {
    const said = new Set<string>();
    for (const { severity, path, message, remedy } of findings(inputs)) {
      const field = fieldOf(path);
      if (severity === "error" && !said.has(field + message)) report([field], message, remedy);
      said.add(field + message);
    }
  }
}

/** The field an argument of the kernel comes from. */
function fieldOf(path: string): string {
  const argument = path.split("@")[1] ?? "";
  const fields: Readonly<Record<string, string>> = {
    answerfile: "answerfile",
    rt_answerfile: "answerfile",
    network_device: "networkDevice",
    network_config: "networkConfig",
  };
  return fields[argument] ?? (argument === "" ? "target" : "kernelArguments");
}

/** GRUB reads one file for all hosts, which leads each to its own. It is there while any host's is. */
async function dispatch(machine: Server, { root, loaders }: Inputs, signal: AbortSignal): Promise<void> {
  const path = posix.join(root, GRUB_DISPATCHER);
  if (loaders.includes("grub")) {
    const there = await readFile(machine, path, signal);
    // A menu of somebody else's is theirs: the host's own file can be led to from it.
    if (there === undefined) await writeFile(machine, path, DISPATCHER, { signal });
  } else await dropDispatcher(machine, root, signal);
}

async function dropDispatcher(machine: Server, root: string, signal: AbortSignal): Promise<void> {
  const path = posix.join(root, GRUB_DISPATCHER);
  if ((await readFile(machine, path, signal)) !== DISPATCHER) return;
  const others = await machine.run(`ls ${quote(posix.dirname(path))}`, `looking for other hosts in ${posix.dirname(path)}`, { signal });
  if (!/^01(-[0-9a-f]{2}){6}\.cfg$/m.test(others)) await removeFile(machine, path, signal);
}

export const networkBoot = defineResource({
  token: "csp:install:NetworkBoot",
  description:
    "A host's way from the network into its installer: the PXELINUX, GRUB and iPXE files that its MAC leads to, with the arguments its version takes. Loaders and images (pxelinux.0, mboot.c32, grubx64.efi, xen.gz, vmlinuz, install.img) are yours to put beside them.",
  inputs: networkBootInputs,
  outputs,
  importId: "<server>/<root>/<mac>",
  live: true,
  crossCheck: check,
  ...published<typeof networkBootInputs, typeof outputs>({
    id: ({ server, root, mac }) => `${server}${root}/${normalMac(mac)}`,
    place: (id) => {
      const { host, rest } = splitId(id) ?? { host: "", rest: "" };
      const [root, mac] = [posix.join("/", posix.dirname(rest)), normalMac(posix.basename(rest))];
      return {
        server: host,
        record: posix.join(root, `.boot-${mac.replaceAll(":", "-")}.csp`),
        paths: LOADERS.map((loader) => posix.join(root, bootPath(mac, loader))),
      };
    },
    files: ownFiles,
    findings,
    afterPut: dispatch,
    afterRemove: (machine, { root }, signal) => dropDispatcher(machine, root, signal),
  }),
});
