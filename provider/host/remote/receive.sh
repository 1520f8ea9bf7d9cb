# shellcheck shell=sh
# Makes ready for a transaction: takes its script as it comes on stdin, a line with the length in bytes and then so many, and becomes it. There is no
# datum in it.
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export PATH; LC_ALL=C; export LC_ALL; umask 077; trap '' HUP PIPE
s=%STATE_DIR%; d=
drop() { echo "@@csp nospace"; leave; }
leave() { [ -z "$d" ] || rm -rf "$d"; rmdir $s 2>/dev/null; exit 0; }
trap leave TERM INT
mkdir -p $s || drop
# The script runs under this number too; who comes later sees by it whether this folder is a dead one's. `tee` says why it cannot write.
d=$(mktemp -d $s/tx.XXXXXX 2>&1) || { echo "$d"; d=; drop; }
{ echo $$ | tee "$d/pid" >/dev/null && mkdir "$d/put" "$d/put/guests" "$d/put/units" "$d/put/sets"; } || drop
read -r bytes || leave
head -c "$bytes" >"$d/script" || drop
exec sh "$d/script" "$d" 2>&1
