import { posix } from "node:path";
import type { z } from "zod";
import type { Life, PartiallyKnown, Report } from "../../core/define";
import { holdsUnknown } from "../../core/validate";
import { bootFiles, bootPath, DISPATCHER, GRUB_DISPATCHER, LOADERS, normalMac } from "../../install/boot/files";
import { lintBoot } from "../../install/boot/lint";
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
  afterPut: dispatch,
  afterRemove: (machine, { root }, signal) => dropDispatcher(machine, root, signal),
}) satisfies Life<typeof networkBootInputs, typeof networkBootOutputs>;
