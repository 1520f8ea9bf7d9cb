# shellcheck shell=sh
# Stands in front of a command. sudo reads its line only when it asks; should it not (the sudoers changed meanwhile), the command must not find the
# password in its input: all before the mark, which is $0, is thrown away.
while IFS= read -r csp_line && [ "$csp_line" != "$0" ]; do :; done
unset csp_line
