# shellcheck shell=sh
# Puts aside what keeps csp from working on this host and cannot be read, and has the hook load everything from the records anew. Says what it did, a
# line each. Guests' ports are shut where their records do not say otherwise: nothing is opened that is not on record.
PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin; export PATH
LC_ALL=C; export LC_ALL
umask 077
s=%STATE_DIR%
[ -d $s ] || { echo "$s is not there: the host has nothing of csp to repair"; exit 0; }
for f in lock generation ports vifs templates zones dialect hook frame failures hook.log; do
  if [ -e $s/$f ] && [ ! -f $s/$f ]; then mv $s/$f "$s/$f.aside.$$" && echo "$f was no file: it is now $s/$f.aside.$$"; fi
done
for f in work guests units sets; do
  if [ -e $s/$f ] && [ ! -d $s/$f ]; then mv $s/$f "$s/$f.aside.$$" && echo "$f was no folder: it is now $s/$f.aside.$$"; fi
done
true >>$s/lock
exec 9>>$s/lock
flock -w 60 9 || { echo "another program has csp's lock: end it (fuser $s/lock shows it), then run this again"; exit 1; }
for j in journal commit; do
  if [ -e $s/$j ]; then mv $s/$j "$s/$j.aside.$$" && echo "the $j of a change that died could not be used: it is now $s/$j.aside.$$"; fi
done
line=''; { [ ! -f $s/generation ] || read -r line <$s/generation; } 2>/dev/null
case $line in *[!0-9]*) echo 1 >$s/generation; echo "generation was no number" ;; esac
rm -f $s/ports
if [ -f $s/hook ]; then
  if out=$(CSP_LOCKED=1 sh $s/hook repair 2>&1 </dev/null) && [ -f $s/ports ]; then echo "everything on record is loaded anew"
  else echo "the hook could not load everything: $(tail -n 1 $s/failures 2>/dev/null) $out"; fi
else echo "the hook is gone: run \`pulumi up\`, which puts it back"; fi
[ -e $s/ports ] || printf 'csp-ports 2\nboot -\nend\n' >$s/ports
exit 0
