# shellcheck shell=sh
# shellcheck disable=SC2154 # $root stands in front of it, and lines.sh
# Kernel settings.
sysctls="$root/etc/sysctl.conf"
[ -e "$sysctls" ] || : >"$sysctls"
end_line "$sysctls"
sed %WITHOUT_FORMER% "$sysctls" >"$sysctls.csp-new"
printf '%s\n' %LINES% >>"$sysctls.csp-new"
cat "$sysctls.csp-new" >"$sysctls"
rm -f "$sysctls.csp-new"
