# shellcheck shell=sh
# Makes the folders of csp's records, for nobody else to read.
(umask 077; mkdir -p %STATE_DIR%/guests %STATE_DIR%/units %STATE_DIR%/sets) || exit 1
