# shellcheck shell=sh
# NAME: installs the RPM that comes on stdin, beside what is there ("rpm -i").
set -e
mkdir -p %KIT_STATE%
chmod 700 %KIT_STATE%
file=%KIT_STATE%/$1
trap 'rm -f "$file"' EXIT
cat >"$file"
rpm -i "$file"
