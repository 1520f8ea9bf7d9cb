#!/bin/sh
# shellcheck disable=SC2288 # what shuts ports has its place here
# %MARK%, which also takes it away.
# chkconfig: 2345 01 99
# description: guests' ports are shut until their firewall is there
### BEGIN INIT INFO
# Provides:          csp-shut
# Required-Start:
# Required-Stop:
# Default-Start:     2 3 4 5
# Default-Stop:
# Short-Description: guests' ports are shut until their firewall is there
### END INIT INFO
PATH=$PATH:/usr/sbin:/sbin; export PATH
[ "$1" = start ] || exit 0
{
%SHUT%
} >/dev/null 2>&1
exit 0
