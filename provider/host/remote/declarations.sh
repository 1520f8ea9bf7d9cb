# shellcheck shell=sh
# What guests' records say of whose they are and how they were declared.
{ cd %STATE_DIR%/guests 2>/dev/null && grep -rhE '^(uuid|declaration) ' .; } || :
