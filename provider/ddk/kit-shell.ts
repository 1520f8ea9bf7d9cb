import { quote } from "../shell/quote";
import { FLAVOURS, type Flavour, type Kit, stockSources, unameOf } from "./kit";

/** Kept on the kit: what was declared, and the menu as it was. */
export const KIT_STATE = "/var/lib/csp-ddk";
export const MENU = "/boot/grub/menu.lst";
/** The README's own name for the copy. */
const MENU_BEFORE = `${MENU}.bck`;

/** Prints all that {@link parseKit} reads. */
export function lookScript(version: string): string {
  const trees = FLAVOURS.map((flavour) => {
    const uname = unameOf(version, flavour);
    const tree = `/usr/src/kernels/${uname}-i686`;
    return `if [ "$(cat ${tree}/include/config/kernel.release 2>/dev/null)" = ${uname} ] && cmp -s /boot/config-${uname} ${tree}/.config \\
  && [ "$(readlink /lib/modules/${uname}/source)" = ${tree} ] && [ "$(readlink /lib/modules/${uname}/build)" = ${tree} ]; then echo "tree ${flavour}"; fi`;
  });
  return `command -v rpm >/dev/null || { echo "there is no rpm: this is no driver development kit" >&2; exit 1; }
[ -r ${MENU} ] || { echo "there is no ${MENU}: this is no driver development kit" >&2; exit 1; }
echo "kernel $(uname -r)"
for flavour in ${FLAVOURS.join(" ")}; do
  rpm -q --qf "installed $flavour %{VERSION}-%{RELEASE}\\n" kernel-csp-$flavour | grep '^installed ' || :
done
for name in /usr/src/kernels/*; do [ ! -d "$name" ] || echo "sources \${name##*/}"; done
${trees.join("\n")}
echo "menu"
cat ${MENU}`;
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

/** Installs the RPM that comes on stdin, beside what is there ("rpm -i"). */
export function installScript(name: string): string {
  const file = `${KIT_STATE}/${name}`;
  return `set -e
mkdir -p ${KIT_STATE}
chmod 700 ${KIT_STATE}
trap ${quote(`rm -f ${quote(file)}`)} EXIT
cat >${quote(file)}
rpm -i ${quote(file)}`;
}

/** Writes the menu that comes on stdin; the one before csp's first change is kept. */
export const MENU_SCRIPT = `set -e
[ -e ${MENU_BEFORE} ] || cp -p ${MENU} ${MENU_BEFORE}
cat >${MENU}.csp-new
chmod --reference=${MENU} ${MENU}.csp-new
mv -f ${MENU}.csp-new ${MENU}
sync`;

/** The README's step 5 for one flavour, its tree put in place as a whole. */
export function sourcesScript(version: string, flavour: Flavour): string {
  const uname = unameOf(version, flavour);
  const tree = `/usr/src/kernels/${uname}-i686`;
  return `set -e
rm -rf ${tree}.csp-new
cp -rf /usr/src/kernels/${stockSources(version, flavour)} ${tree}.csp-new
rm -f ${tree}.csp-new/.config
mkdir -p ${tree}.csp-new/include/config
echo ${uname} >${tree}.csp-new/include/config/kernel.release
cp /boot/config-${uname} ${tree}.csp-new/.config
rm -rf ${tree}
mv ${tree}.csp-new ${tree}
cd /lib/modules/${uname}
ln -sfn ${tree} source
ln -sfn ${tree} build`;
}

/** Takes away what csp put there: sources, kernels, the menu's change. */
export function removeScript(version: string): string {
  return `set -e
${FLAVOURS.map((flavour) => {
  const uname = unameOf(version, flavour);
  return `rm -rf /usr/src/kernels/${uname}-i686
rm -f /lib/modules/${uname}/source /lib/modules/${uname}/build
if rpm -q kernel-csp-${flavour}-${version}csp >/dev/null 2>&1; then rpm -e kernel-csp-${flavour}-${version}csp; fi`;
}).join("\n")}
if [ -e ${MENU_BEFORE} ]; then mv -f ${MENU_BEFORE} ${MENU}; fi
rm -rf ${KIT_STATE}`;
}
