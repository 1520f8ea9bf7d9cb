#!/bin/sh
# Makes ready what an npm script needs, and says what it does; does nothing, quickly, when all is there.
#   setup.sh        node_modules
#   setup.sh lab    node_modules, and what the network lab needs: Linux, root, namespaces, Debian packages
#   setup.sh xen    all that, and what the Xen lab needs: QEMU, and what builds its image
#   setup.sh kernels  as lab, and what the second kernel is built with, by the lab itself; and Debian's user-mode-linux, where it cannot be built
#   setup.sh eras  as lab; the tools of other ages are built, and those of other Debian releases fetched, by the lab itself
#   setup.sh libvirt  as lab, and what builds the root of the libvirt lab's hosts
#   setup.sh netboot  as lab, and what a network boot in QEMU needs: firmware, loaders, and what builds its installer
# All progress goes to stderr: stdout belongs to the script that comes after.
set -eu
cd "$(dirname "$0")/.."

# Command (or file, as a pattern) the lab or the tests use, and the Debian package that has it. Keep the list here and nowhere else.
packages() {
  cat <<'LIST'
iptables iptables
ip6tables iptables
ebtables ebtables
arptables arptables
ipset ipset
ip iproute2
bridge iproute2
sysctl procps
nsenter util-linux
nft nftables
/lib/systemd/systemd-udevd udev
/usr/sbin/sshd openssh-server
ssh openssh-client
sudo sudo
puttygen putty-tools
/usr/bin/python3 python3
iperf3 iperf3
tcpdump tcpdump
shellcheck shellcheck
busybox busybox
tcsh tcsh
fish fish
zsh zsh
mksh mksh
mkfs.xfs xfsprogs
mke2fs e2fsprogs
losetup mount
bsdtar libarchive-tools
xorriso xorriso
rpm rpm
rpmbuild rpm
createrepo_c createrepo-c
nginx nginx-light
ganesha.nfsd nfs-ganesha
/usr/lib/*/ganesha/libfsalvfs.so nfs-ganesha-vfs
rpcbind rpcbind
nfs-cat libnfs-utils
dnsmasq dnsmasq-base
dhcpd isc-dhcp-server
/usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring
LIST
}

# The same for the Xen lab alone.
xen_packages() {
  cat <<'LIST'
qemu-system-x86_64 qemu-system-x86
qemu-img qemu-utils
setpriv util-linux
/usr/share/perl/5.*/perl5db.pl perl
mmdebstrap mmdebstrap
mke2fs e2fsprogs
modprobe kmod
cpio cpio
xz xz-utils
/usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring
LIST
}

# The same for the libvirt lab: libvirt and QEMU are in its hosts' own root, not on this machine.
libvirt_packages() {
  cat <<'LIST'
mmdebstrap mmdebstrap
modprobe kmod
cpio cpio
/usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring
LIST
}

# The same for a second kernel, which takes all else from this machine.
kernels_packages() {
  cat <<'LIST'
linux.uml user-mode-linux
cc gcc
make make
flex flex
bison bison
bc bc
xz xz-utils
/usr/include/dlfcn.h libc6-dev
insmod kmod
setpriv util-linux
LIST
}

# The same for network boots in the boot lab.
netboot_packages() {
  cat <<'LIST'
qemu-system-x86_64 qemu-system-x86
/usr/lib/ipxe/qemu/pxe-e1000.rom ipxe-qemu
setpriv util-linux
mmdebstrap mmdebstrap
depmod kmod
cpio cpio
debugfs e2fsprogs
/usr/lib/PXELINUX/pxelinux.0 pxelinux
/usr/lib/syslinux/modules/bios/mboot.c32 syslinux-common
/usr/share/OVMF/OVMF_CODE_4M.fd ovmf
grub-mkimage grub-common
/usr/lib/grub/x86_64-efi grub-efi-amd64-bin
/usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring
LIST
}

say() { printf 'setup: %s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

container_recipe() {
  cat >&2 <<'TEXT'

The lab makes Linux network namespaces with real kernel firewalls in them, which needs root on Linux. In a container, from this folder:

  docker run --rm -it --privileged -w /csp -v "$PWD":/csp -v csp-node-modules:/csp/node_modules -v csp-home:/root node:20-bookworm npm test

(`npm run demo` in place of `npm test` for the demo. Where Pulumi's downloads cannot be reached, take an image that has Go too.)
What needs no root: npm run build, npm run lint, npm run csp.
TEXT
}

# Whether node_modules holds what the lock names; npm's own record of the installation is compared, not dates.
packages_installed() {
  [ -e node_modules/.package-lock.json ] && node -e '
    const packages = (file) => JSON.parse(require("fs").readFileSync(file, "utf8")).packages;
    const installed = packages("node_modules/.package-lock.json");
    const missing = Object.entries(packages("package-lock.json")).some(
      ([path, { version, optional }]) => path !== "" && !optional && installed[path]?.version !== version);
    process.exit(missing ? 1 : 0);'
}

node_ready() {
  command -v node >/dev/null 2>&1 || fail "Node.js is missing: install version 20 or later"
  if packages_installed; then return; fi
  major=$(node -p 'process.versions.node.split(".")[0]')
  [ "$major" -ge 20 ] || fail "Node.js $major is too old: install version 20 or later"
  say "installing npm packages (npm ci)"
  npm ci --no-audit --no-fund --loglevel=error >&2
}

present() {
  # shellcheck disable=SC2086 # a pattern is to be one
  case $1 in /*) ls -d $1 ;; *) command -v "$1" ;; esac >/dev/null 2>&1
}

# lab_ready LISTS: functions that print what is needed.
lab_ready() {
  if [ "$(uname -s)" != Linux ]; then
    say "this needs Linux; this is $(uname -s)"
    container_recipe
    exit 1
  fi
  if [ "$(id -u)" != 0 ]; then
    say "this needs root: run it with sudo, or as root"
    container_recipe
    exit 1
  fi
  PATH="$PATH:/usr/sbin:/sbin"
  missing=$(for list; do "$list"; done | while read -r tool package; do present "$tool" || echo "$package"; done | sort -u | tr '\n' ' ')
  [ -z "$missing" ] || install_packages "$missing"
  if ! unshare --net --mount true 2>/dev/null; then
    say "namespaces cannot be made here (a container without --privileged?)"
    container_recipe
    exit 1
  fi
}

install_packages() {
  command -v apt-get >/dev/null 2>&1 || fail "missing, and this is not Debian or Ubuntu, so install them yourself: $1"
  say "installing Debian packages: $1"
  # The lab and the tests start their own servers: no package must put one of its own on this machine's network.
  policy=/usr/sbin/policy-rc.d
  if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  log=$(mktemp)
  # shellcheck disable=SC2086 # a list of names
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $1; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    fail "apt-get could not install: $1"
  fi
  rm -f "$log"
  if [ -d /run/systemd/system ]; then
    for server in openssh-server:ssh nginx-light:nginx nfs-ganesha:nfs-ganesha rpcbind:rpcbind isc-dhcp-server:isc-dhcp-server; do
      case " $1 " in
        *" ${server%:*} "*)
          for kind in service socket; do systemctl -q disable "${server#*:}.$kind" 2>/dev/null || true; done ;;
      esac
    done
  fi
}

node_ready
case "${1:-}" in
  "") ;;
  lab | eras) lab_ready packages ;;
  xen) lab_ready packages xen_packages ;;
  libvirt) lab_ready packages libvirt_packages ;;
  kernels) lab_ready packages kernels_packages ;;
  netboot) lab_ready packages netboot_packages ;;
  *) fail "unknown need '$1': lab, eras, xen, libvirt, kernels, netboot, or nothing" ;;
esac
