import { posix } from "node:path";
import type { z } from "zod";
import type { Life, PartiallyKnown, Report } from "../../core/define";
import { holdsUnknown } from "../../core/validate";
import { dhcpLines } from "../../install/boot/dhcp";
import {
  bootFiles,
  bootPath,
  DISPATCHER,
  GRUB_DISPATCHER,
  isGrubFile,
  isOwnDispatcher,
  LOADERS,
  normalMac,
} from "../../install/boot/files";
import { lintBoot } from "../../install/boot/lint";
import { firstDifference } from "../../install/publish/published-files";
import { readFile, removeFile, type Server, writeFile } from "../../install/publish/server";
import { atLeast, isTarget, productOf } from "../../install/targets";
import { quote } from "../../shell/quote";
import { splitId } from "../shared/identity";
import { published } from "../shared/published";
import type { networkBootInputs, networkBootOutputs } from "./fields";

type Inputs = z.output<typeof networkBootInputs>;

function ownFiles(inputs: Inputs): Map<string, { readonly content: string }> {
  return new Map([...bootFiles(inputs, inputs.loaders)].map(([path, content]) => [posix.join(inputs.root, path), { content }]));
}

function findings(inputs: Inputs) {
  const { target, csp } = inputs;
  return [...ownFiles(inputs).values()].flatMap(({ content }) => lintBoot(Buffer.from(content), { target, csp }));
}

export function check(inputs: PartiallyKnown, report: Report): void {
  const loaders: readonly unknown[] = Array.isArray(inputs.loaders) ? inputs.loaders : [];
  if (loaders.includes("ipxe") && inputs.baseUrl === undefined)
    report(["baseUrl"], "iPXE fetches by URL, and there is none", 'set it, like "http://192.0.2.1/boot"');
  if (!isTarget(inputs.target)) return;
  const { target } = inputs;
  if (loaders.includes("grub") && !atLeast(target, "7.0"))
    report(["loaders"], `${productOf(target)} does not install by UEFI, which 7.0 is the first to do`, "use pxelinux");
  else if (loaders.includes("pxelinux") && target === "xs9") report(["loaders"], "XenServer 9 does not install in legacy boot", "use grub");
  else if (loaders.includes("ipxe") && !loaders.includes("grub") && target === "xs9")
    report(["loaders"], "iPXE leads to GRUB on UEFI, and GRUB finds no file of this host", "name grub too");
  else if (!holdsUnknown(inputs)) {
    const warned = new Set<string>();
    for (const { severity, path, message, remedy } of findings(inputs)) {
      const field = fieldOf(path, inputs as unknown as Inputs);
      if (severity === "error" && !warned.has(field + message)) report([field], message, remedy);
      warned.add(field + message);
    }
  }
}

/** The field that an argument of the kernel or of Xen comes from. */
function fieldOf(path: string, { kernelArguments = [], xenArguments }: Inputs): string {
  const argument = path.split("@")[1] ?? "";
  const sets = (text: string) => new RegExp(`(^|\\s)${argument.replace(/\W/g, "\\$&")}(=|\\s|$)`).test(text);
  if (argument !== "" && kernelArguments.some(sets)) return "kernelArguments";
  if (argument !== "" && sets(xenArguments ?? "")) return "xenArguments";
  const fields: Readonly<Record<string, string>> = {
    answerfile: "answerfile",
    rt_answerfile: "answerfile",
    network_device: "networkDevice",
    answerfile_device: "networkDevice",
    network_config: "networkConfig",
  };
  return fields[argument] ?? (argument === "" ? "target" : "kernelArguments");
}

/** GRUB reads one file for all hosts, which leads each to its own. It is there while any host's is. */
async function dispatch(machine: Server, { root, loaders }: Inputs, signal: AbortSignal): Promise<void> {
  if (!loaders.includes("grub")) return await dropDispatcher(machine, root, signal);
  const path = posix.join(root, GRUB_DISPATCHER);
  const content = await readFile(machine, path, signal);
  // A menu of somebody else's is theirs: the host's own file can be led to from it.
  if (content === undefined || isOwnDispatcher(content)) await writeFile(machine, path, DISPATCHER, { signal });
}

/** What is wrong with the file that all hosts share; a menu of somebody else's is not. */
async function dispatcherDrift(machine: Server, { root, loaders }: Inputs, signal: AbortSignal): Promise<string[]> {
  if (!loaders.includes("grub")) return [];
  const path = posix.join(root, GRUB_DISPATCHER);
  const content = await readFile(machine, path, signal);
  if (content !== undefined && !isOwnDispatcher(content)) return [];
  return [firstDifference(path, DISPATCHER, content) ?? []].flat();
}

async function dropDispatcher(machine: Server, root: string, signal: AbortSignal): Promise<void> {
  const path = posix.join(root, GRUB_DISPATCHER);
  const content = await readFile(machine, path, signal);
  if (content === undefined || !isOwnDispatcher(content)) return;
  const others = await machine.run(`ls ${quote(posix.dirname(path))}`, `looking for other hosts in ${posix.dirname(path)}`, { signal });
  if (!others.split("\n").some(isGrubFile)) await removeFile(machine, path, signal);
}

export const life = published<typeof networkBootInputs, typeof networkBootOutputs>({
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
  others: (inputs) => ({ dhcp: dhcpLines(inputs) }),
  afterPut: dispatch,
  sharedDrift: dispatcherDrift,
  afterRemove: (machine, { root }, signal) => dropDispatcher(machine, root, signal),
}) satisfies Life<typeof networkBootInputs, typeof networkBootOutputs>;
