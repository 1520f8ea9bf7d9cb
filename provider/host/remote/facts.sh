# shellcheck shell=sh
# shellcheck disable=SC2154 # what is included has the rest
# What a host is, as "key value" lines. Reads only: what has to be tried is tried in a namespace of its own.
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin:/opt/xensource/bin; export PATH
# include: dialect.sh
echo "uid $(id -u)"
echo "hostname $(uname -n)"
echo "kernel $(uname -r)"
if [ -r /etc/xensource-inventory ]; then
  sed -n "s/^\(PRODUCT_BRAND\|PRODUCT_VERSION\|INSTALLATION_UUID\)='\(.*\)'/inventory \1 \2/p" /etc/xensource-inventory
fi
[ -r /etc/os-release ] && sed -n 's/^PRETTY_NAME="\(.*\)"/os \1/p; s/^NAME="\{0,1\}\([^"]*\)"\{0,1\}$/brand \1/p; s/^VERSION_ID="\{0,1\}\([^"]*\)"\{0,1\}$/version \1/p' /etc/os-release
[ -r /etc/machine-id ] && echo "machine $(head -n 1 /etc/machine-id)"
[ -r /proc/sys/kernel/random/boot_id ] && echo "boot $(cat /proc/sys/kernel/random/boot_id)"
[ -e /var/lib/misc/ran-network-init ] && echo "first-boot over"
for r in /etc/xensource/installed-repos/*/; do
  [ -r "$r/XS-REPOSITORY" ] && echo "pack $(tr '\n' ' ' <"$r/XS-REPOSITORY")"
done
if [ -d /etc/xensource ]; then
  [ -r /etc/xensource/network.conf ] && echo "backend $(head -n 1 /etc/xensource/network.conf)"
  for m in openvswitch openvswitch_mod; do [ -d /sys/module/$m ] && echo "switching openvswitch"; done
  for b in /sys/class/net/*/bridge; do [ -d "$b" ] && { echo "switching bridge"; break; }; done
  command -v xe-switch-network-backend >/dev/null 2>&1 && echo "switch-command yes"
fi
for t in %REQUIRED_TOOLS% arptables nft; do
  if command -v "$t" >/dev/null 2>&1; then
    case $t in
      iptables|ip6tables|ebtables|arptables|ipset|nft) echo "tool $t $("$t" -V 2>/dev/null | head -n 1)" ;;
      *) echo "tool $t yes" ;;
    esac
  fi
done
probe_dialect
[ -z "$wait" ] || echo "wait yes"
[ -z "$arptables" ] || echo "arptables $arptables"
echo "ebtables $ebtables"
[ -z "$zones" ] || echo "zones $zones"
[ -z "$layer2" ] || echo "layer2 $layer2"
sed -n '/^plane /p' %STATE_DIR%/frame 2>/dev/null
[ -z "$lacks" ] || echo "lacks $lacks"
for b in /sys/class/net/*/bridge; do
  [ -d "$b" ] || continue
  [ -e "$b/no_linklocal_learn" ] || echo "linklocal-learn always"
  break
done
for p in /sys/class/net/*/brport; do
  [ -d "$p" ] || continue
  [ -e "$p/group_fwd_mask" ] || echo "linklocal-forward never"
  break
done
for m in iptable_raw ip6table_raw; do
  { read -r v <"/sys/module/$m/parameters/raw_before_defrag"; } 2>/dev/null || v=N
  [ "$v" = Y ] || break
done
[ "$v" != Y ] || echo "raw-before-defrag yes"
if [ -d /etc/xapi.d ] || [ -d /etc/xensource ]; then echo "caller xapi"; fi
if [ -d /etc/xen/scripts ]; then echo "caller xl"; fi
if [ -d /etc/libvirt ]; then
  case $({ libvirtd --version || virtqemud --version; } 2>/dev/null | sed -n 's/.* \([0-9][0-9]*\.[0-9][0-9]*\)\.[0-9].*/\1/p') in
    [0-5].*|6.[0-4]) echo "caller libvirt-qemu" ;;
    *) echo "caller libvirt" ;;
  esac
fi
if [ -d /etc/udev/rules.d ]; then echo "caller udev"; fi
if [ -d /etc/systemd/system ] && command -v systemctl >/dev/null 2>&1; then echo "caller systemd"
elif [ -d /etc/init.d ]; then echo "caller sysv"; fi
exit 0
