/**
 * What sends bridged packets through iptables, ip6tables and arptables, those below a VLAN tag and in PPPoE sessions too, below
 * /proc/sys/net/bridge.
 */
export const BRIDGE_SYSCTLS = [
  "bridge-nf-call-iptables",
  "bridge-nf-call-ip6tables",
  "bridge-nf-call-arptables",
  "bridge-nf-filter-vlan-tagged",
  "bridge-nf-filter-pppoe-tagged",
] as const;

/**
 * They exist once br_netfilter is loaded, and XCP-ng 8 sets them to 0 at every load of the bridge module from /etc/sysctl.d/90-net.conf (host.md, 5).
 * Ours sorts after that, and after 99-sysctl.conf, which is /etc/sysctl.conf to systemd; procps reads that one last of all, so where it sets any of
 * them, ours stand at its end too.
 */
export const SYSCTL_FILE = "/etc/sysctl.d/zz-csp.conf";
/** Of versions before. */
const FORMER_FILE = "/etc/sysctl.d/99-csp.conf";
const MODULES_FILE = "/etc/modules-load.d/csp.conf";
/** Hosts without sysctl.d (5.6, 6.x) read this one. */
const OLD_FILE = "/etc/sysctl.conf";
/** Only there has it any meaning before a table of raw is first asked for. */
const MODPROBE_FILE = "/etc/modprobe.d/csp.conf";
const MODPROBE = "options iptable_raw raw_before_defrag=1\\noptions ip6table_raw raw_before_defrag=1\\n";

/** `lines` prints what is to be in them. `r`: the shell's word for the folder of the system. */
const writeFiles = (r = "") => `if [ -d ${r}/etc/modules-load.d ]; then echo br_netfilter >${r}${MODULES_FILE} || exit 1; fi
if [ -d ${r}/etc/modprobe.d ]; then printf '${MODPROBE}' >${r}${MODPROBE_FILE} || exit 1; fi
rm -f ${r}${FORMER_FILE}
if [ -d ${r}/etc/sysctl.d ]; then lines >${r}${SYSCTL_FILE} || exit 1; fi
if [ ! -d ${r}/etc/sysctl.d ] || sed '/^# csp: begin/,/^# csp: end/d' ${r}${OLD_FILE} 2>/dev/null | grep -q '^[^#;]*bridge[./]bridge-nf-'; then
  # At the end, whatever was added since; awk ends a last line that has no end.
  { [ ! -f ${r}${OLD_FILE} ] || awk '/^# csp: begin/ { ours = 1 } !ours { print } /^# csp: end/ { ours = 0 }' ${r}${OLD_FILE}; } >${r}${OLD_FILE}.csp-new || exit 1
  { echo '# csp: begin'; lines; echo '# csp: end'; } >>${r}${OLD_FILE}.csp-new || exit 1
  cat ${r}${OLD_FILE}.csp-new >${r}${OLD_FILE} && rm -f ${r}${OLD_FILE}.csp-new || exit 1
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
rm -f ${SYSCTL_FILE} ${FORMER_FILE} ${MODULES_FILE} ${MODPROBE_FILE}
if grep -q '^# csp: begin' ${OLD_FILE} 2>/dev/null; then sed -i '/^# csp: begin/,/^# csp: end/d' ${OLD_FILE} || exit 1; fi
${values.map(([key, value]) => `[ ! -e /proc/sys/net/bridge/${key} ] || echo ${value} >/proc/sys/net/bridge/${key} || exit 1`).join("\n")}
exit 0
`;
}
