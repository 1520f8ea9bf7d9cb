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

/** Where they are set for every boot; sysctl-paths.sh says why it is called so. */
export const SYSCTL_FILE = "/etc/sysctl.d/zz-csp.conf";
