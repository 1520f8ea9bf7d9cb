# shellcheck shell=bash
# shellcheck disable=SC2154 # $root and $version are the sourcer's
# How initrds are made of Debian's packages, for the labs whose guests boot. Sourced by image.sh of each, which has set $root to a Debian that holds perl, busybox and the kernel's modules, and $version to the kernel's.

initrd() { (cd "$1" && find . | sort | cpio -o -H newc --quiet -R 0:0 | gzip -1) >"$2"; }

# add_modules TREE MODULE...: a module comes after those it needs, so their number orders them.
add_modules() {
  mkdir -p "$1/modules"
  local into=$1 number=10 file
  shift
  for module; do modprobe -d "$root" -S "$version" --show-depends "$module"; done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' |
    while read -r file; do
      cp "$file" "$into/modules/$number-$(basename "$file")"
      number=$((number + 1))
    done
}

# tree FOLDER INIT: what every initrd has.
tree() {
  mkdir -p "$1"/{bin,sbin,dev,proc,sys,root,tmp,etc}
  cp "$root/bin/busybox" "$1/bin/busybox"
  install -m 755 "$2" "$1/init"
}

# guest_initrd SOURCES WORK OUT MODULE...: init.sh and the packet agent of SOURCES, and perl with the modules that the agent loads, by perl's own
# account, and what they are linked with.
guest_initrd() {
  local sources=$1 guest=$2 out=$3
  shift 3
  tree "$guest" "$sources/init.sh"
  add_modules "$guest" "$@"
  install -m 755 "$sources/agent.pl" "$guest/agent.pl"
  # shellcheck disable=SC2016 # perl's variables
  {
    printf '%s\n' 'CHECK { print STDOUT "$_\n" for values %INC, @DynaLoader::dl_shared_objects }'
    cat "$sources/agent.pl"
  } | chroot "$root" perl -c >"$guest.files"
  for file in /usr/bin/perl $(cat "$guest.files"); do
    for each in "$file" $(chroot "$root" ldd "$file" 2>/dev/null | grep -o '/lib[^ ]*'); do
      [ -e "$guest$each" ] || install -D "$root$each" "$guest$each"
    done
  done
  # What its hypervisor or the agent asks a guest to do, its kernel runs as these.
  for action in reboot poweroff; do
    printf '#!/bin/busybox sh\nexec /bin/busybox %s -f\n' $action >"$guest/sbin/$action"
    chmod 755 "$guest/sbin/$action"
  done
  chroot "$guest" /usr/bin/perl -c /agent.pl
  initrd "$guest" "$out"
}
