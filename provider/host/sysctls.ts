import { BRIDGE_SYSCTLS } from "./snapshot";

/**
 * The sysctls that send bridged packets through the firewall. They exist once br_netfilter is loaded, and XCP-ng 8 sets them to 0 at every
 * load of the bridge module from /etc/sysctl.d/90-net.conf: ours sorts after it (host.md, 5).
 */
const SYSCTL_FILE = "/etc/sysctl.d/99-csp.conf";
const MODULES_FILE = "/etc/modules-load.d/csp.conf";
/** Hosts without sysctl.d (5.6, 6.x) read this one. */
const OLD_FILE = "/etc/sysctl.conf";

/** `lines` prints what is to be in them. `r`: the shell's word for the folder of the system. */
const writeFiles = (r = "") => `if [ -d ${r}/etc/modules-load.d ]; then echo br_netfilter >${r}${MODULES_FILE} || exit 1; fi
if [ -d ${r}/etc/sysctl.d ]; then lines >${r}${SYSCTL_FILE} || exit 1
elif ! grep -q '^# csp: begin' ${r}${OLD_FILE} 2>/dev/null; then { echo '# csp: begin'; lines; echo '# csp: end'; } >>${r}${OLD_FILE} || exit 1
fi
`;

/** Sets them now and for every boot; says "missing" where the kernel has none. */
export const PERSIST_SYSCTLS = `
PATH=$PATH:/usr/sbin:/sbin; export PATH
[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || modprobe br_netfilter 2>/dev/null || :
[ -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || { echo missing; exit 0; }
lines() { for k in ${BRIDGE_SYSCTLS.join(" ")}; do [ -e /proc/sys/net/bridge/$k ] && echo "net.bridge.$k = 1"; done; :; }
${writeFiles()}for k in ${BRIDGE_SYSCTLS.join(" ")}; do [ -e /proc/sys/net/bridge/$k ] && { echo 1 >/proc/sys/net/bridge/$k || exit 1; }; done
exit 0
`;

/** For every boot from the next on; the kernel that runs now is left alone. `under`: the shell's word for the folder of another system. */
export const sysctlsAtBoot = (under = ""): string => `
lines() { for k in ${BRIDGE_SYSCTLS.join(" ")}; do echo "net.bridge.$k = 1"; done; }
${writeFiles(under)}exit 0
`;

/** Puts back what was there before, and takes our files away. */
export function restoreSysctls(before: Readonly<Record<string, string>>): string {
  const values = Object.entries(before).filter(([key, value]) => BRIDGE_SYSCTLS.some((known) => known === key) && /^\d+$/.test(value));
  return `
rm -f ${SYSCTL_FILE} ${MODULES_FILE}
if grep -q '^# csp: begin' ${OLD_FILE} 2>/dev/null; then sed -i '/^# csp: begin/,/^# csp: end/d' ${OLD_FILE} || exit 1; fi
${values.map(([key, value]) => `[ ! -e /proc/sys/net/bridge/${key} ] || echo ${value} >/proc/sys/net/bridge/${key} || exit 1`).join("\n")}
exit 0
`;
}
