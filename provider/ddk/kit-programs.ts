import { programsOf, withArguments } from "../shell/program";
import { FLAVOURS, type Flavour, type Kit, stockSources, unameOf } from "./kit";

/** Kept on the kit: what was declared, and the menu as it was. */
export const KIT_STATE = "/var/lib/csp-ddk";
const MENU = "/boot/grub/menu.lst";

/** The menu as it was has the README's own name for the copy. */
const program = programsOf("ddk", { KIT_STATE, MENU, MENU_BEFORE: `${MENU}.bck` });

/** Prints all that {@link parseKit} reads. */
export function lookScript(version: string): string {
  return withArguments(program("look.sh"), ...FLAVOURS.flatMap((flavour) => [flavour, unameOf(version, flavour)]));
}

export function parseKit(said: string): Kit {
  const at = said.indexOf("\nmenu\n");
  const lines = said.slice(0, at).split("\n");
  const values = (key: string) => lines.flatMap((line) => (line.startsWith(`${key} `) ? [line.slice(key.length + 1)] : []));
  const installed = (flavour: Flavour) =>
    values("installed").flatMap((text) => (text.startsWith(`${flavour} `) ? [text.slice(flavour.length + 1)] : []));
  return {
    kernel: values("kernel")[0] ?? "",
    installed: { xen: installed("xen"), kdump: installed("kdump") },
    menu: said.slice(at + "\nmenu\n".length),
    sources: values("sources"),
    trees: { xen: values("tree").includes("xen"), kdump: values("tree").includes("kdump") },
  };
}

/** Installs the RPM that comes on stdin. */
export function installScript(name: string): string {
  return withArguments(program("install.sh"), name);
}

/** Writes the menu that comes on stdin. */
export const MENU_SCRIPT = program("menu.sh");

/** Makes the sources of one flavour. */
export function sourcesScript(version: string, flavour: Flavour): string {
  return withArguments(program("sources.sh"), unameOf(version, flavour), stockSources(version, flavour));
}

/** Takes away what csp put there. */
export function removeScript(version: string): string {
  const words = FLAVOURS.flatMap((flavour) => [unameOf(version, flavour), `kernel-csp-${flavour}-${version}csp`]);
  return withArguments(program("remove.sh"), ...words);
}
