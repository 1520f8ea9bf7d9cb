# shellcheck shell=sh
# Guests that the host's toolstack knows, running or not, a line each behind the toolstack's name: the UUID, or the MACs of a Proxmox container,
# which has none. A toolstack that does not answer says nothing. xl keeps no list of guests that are not running, so it cannot say that one is gone.
PATH=$PATH:/usr/sbin:/sbin:/opt/xensource/bin; export PATH
LC_ALL=C; export LC_ALL
if command -v xe >/dev/null 2>&1 && out=$(xe vm-list is-control-domain=false params=uuid --minimal 2>/dev/null); then
  echo "toolstack XAPI"; printf '%s\n' "$out" | tr ',' '\n'
fi
if command -v virsh >/dev/null 2>&1 && out=$(virsh -c qemu:///system list --all --uuid 2>/dev/null </dev/null); then
  echo "toolstack libvirt"; printf '%s\n' "$out"
fi
if [ -d /etc/pve/qemu-server ]; then
  echo "toolstack Proxmox"
  cat /etc/pve/qemu-server/*.conf /etc/pve/nodes/*/qemu-server/*.conf 2>/dev/null | sed -n 's/^smbios1:.*uuid=\([0-9A-Fa-f-]*\).*/\1/p'
  cat /etc/pve/lxc/*.conf /etc/pve/nodes/*/lxc/*.conf 2>/dev/null | sed -n 's/^net[0-9]*:.*hwaddr=\([0-9A-Fa-f:]*\).*/\1/p'
fi
exit 0
