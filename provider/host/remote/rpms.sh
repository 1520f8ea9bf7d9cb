# shellcheck shell=sh
# NAME...: those of the RPMs that are installed, with their versions.
command -v rpm >/dev/null 2>&1 || exit 0
rpm -q --qf 'rpm %{NAME} %{VERSION}-%{RELEASE}\n' "$@" 2>/dev/null | grep '^rpm ' || :
