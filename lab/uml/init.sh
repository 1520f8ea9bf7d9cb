#!/bin/sh
# Pid 1 of the second kernel. Its first root is the machine's own file system by hostfs, read only; it puts a layer of memory over it, so that
# everything may be written and nothing of it reaches the machine, loads what a virtualization host's kernel has, makes the legacy tools the ones
# that are called by the plain names, and runs one command. Output goes to the two serial lines, the command's status to the folder shared with
# the machine.
#   init=.../init.sh csp.shared=FOLDER csp.modules=FOLDER
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

# poweroff has no place to return to: whatever fails before the command runs is told on the console.
off() {
  sync
  busybox poweroff -f
}
fail() {
  echo "csp-uml: $*" >/dev/console
  off
}

mount -t proc proc /proc || exec busybox poweroff -f
read -r words </proc/cmdline
for word in $words; do
  case $word in
    csp.shared=*) shared=${word#*=} ;;
    csp.modules=*) modules=${word#*=} ;;
  esac
done
mount -t tmpfs -o mode=755 tmpfs /run
mkdir /run/upper /run/work /run/root
# Debian's package has it as a module; in the lab's own kernel all is built in.
grep -qw overlay /proc/filesystems || insmod "$modules/kernel/fs/overlayfs/overlay.ko" || fail "no overlay: the kernel's modules are not in $modules"
mount -t overlay -o lowerdir=/,upperdir=/run/upper,workdir=/run/work csp-uml /run/root || fail "no layer over the machine's files"

cd /run/root || fail "no root"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t devtmpfs devtmpfs dev
mkdir -p dev/pts dev/shm .machine
mount -t devpts devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
mount -t tmpfs -o mode=755 tmpfs run
mkdir -p run/lock run/csp-uml
mount -t hostfs -o "$shared" hostfs run/csp-uml || fail "no $shared"
pivot_root . .machine || fail "no way into the new root"
umount -l /.machine
rmdir /.machine

mkdir -p /lib/modules
if [ -d "$modules/kernel" ]; then
  ln -sfn "$modules" "/lib/modules/$(uname -r)"
else
  # What is built in is looked up on the lab's hosts too, which do not see this machine's caches.
  cp -R "$modules" "/lib/modules/$(uname -r)"
fi
# What a distribution's kernel loads by itself, by alias or by its init; the first five have no alias that anything would ask for.
for module in br_netfilter 8021q bonding iptable_raw ip6table_raw; do modprobe "$module" || echo "csp-uml: no $module" >/dev/console; done
for tool in iptables ip6tables ebtables arptables; do
  update-alternatives --quiet --set "$tool" "/usr/sbin/$tool-legacy" || echo "csp-uml: no $tool-legacy" >/dev/console
done
ip link set lo up
hostname csp-uml

stty -F /dev/ttyS0 raw -echo
stty -F /dev/ttyS1 raw -echo
# Through pipes, for a program on a terminal of its own would draw.
run() {
  sh /run/csp-uml/command.sh </dev/null 3>&-
  echo $? >/run/csp-uml/status
  # What it left running holds the pipes open: it is waited for no longer than the output takes.
  (sleep 3 && off) >/dev/null 2>&1 3>&- &
}
{ run 2>&1 1>&3 | cat >/dev/ttyS1; } 3>&1 | cat >/dev/ttyS0
off
