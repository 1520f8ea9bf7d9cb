# shellcheck shell=sh
# shellcheck disable=SC2154 # $r is the caller's; what is included has the rest
# `write_files` puts what `lines` prints where a boot reads it, below the folder $r: "", or that of a system which does not run.
# include: sysctl-paths.sh
# include: ../../shell/durable.sh
write_files() {
  if [ -d "$r/etc/modules-load.d" ]; then echo br_netfilter >"$r$modules" || exit 1; fi
  if [ -d "$r/etc/modprobe.d" ]; then
    printf 'options iptable_raw raw_before_defrag=1\noptions ip6table_raw raw_before_defrag=1\n' >"$r$options" || exit 1
  fi
  rm -f "$r$former"
  if [ -d "$r/etc/sysctl.d" ]; then lines >"$r$ours" || exit 1; fi
  if [ ! -d "$r/etc/sysctl.d" ] || sed '/^# csp: begin/,/^# csp: end/d' "$r$old" 2>/dev/null | grep -q '^[^#;]*bridge[./]bridge-nf-'; then
    # At the end, whatever was added since; awk ends a last line that has no end.
    { [ ! -f "$r$old" ] || awk '/^# csp: begin/ { ours = 1 } !ours { print } /^# csp: end/ { ours = 0 }' "$r$old"; } >"$r$old.csp-new" || exit 1
    { echo '# csp: begin'; lines; echo '# csp: end'; } >>"$r$old.csp-new" || exit 1
    # Into the file itself, which may be a link and has a mode: all of it is on the disk beside it meanwhile.
    { flush "$r$old.csp-new" && cat "$r$old.csp-new" >"$r$old" && flush "$r$old" && rm -f "$r$old.csp-new"; } || exit 1
  fi
  flush "$r/etc" || exit 1
}
