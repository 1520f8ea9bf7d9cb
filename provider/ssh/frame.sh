# shellcheck shell=sh
# shellcheck disable=SC2059 # $1 is a format, and has nothing to fill in
# Runs one command, $1, between a line that says it begins and one that says how it ended, both with this command's mark, $0, which nobody else knows: what
# a login's start-up files print is in front of the one, and half an answer lacks the other. Input before the mark is thrown away: a password that
# sudo did not ask for. If the mark does not come, something else has read the input, and the command does not begin.
#
# Every login shell passes this on, tcsh and fish too, as one word in single quotes: the lines below are joined to one, and none has a quote of that kind,
# an exclamation mark or two backslashes. A TMOUT of the login would end every `read`. SIGTERM is the command's to act on: this waits for it.
unset TMOUT;
trap : TERM;
printf "csp begins %s\n" "$0" >&2;
printf "csp begins %s\n" "$0";
while IFS= read -r csp_line; do case $csp_line in "$0") break ;; esac; done;
case $csp_line in "$0") sh -c "$(printf "$1")" "$0" ;; *) echo "csp hears nothing" >&2; (exit 97) ;; esac;
printf "csp ends %s %s\n" "$0" $?
