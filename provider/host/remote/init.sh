#!/bin/sh
# %MARK%, which also takes it away.
# chkconfig: 2345 09 91
# description: the firewall of this host's guests, before the first of them starts
### BEGIN INIT INFO
# Provides:          csp
# Required-Start:    $local_fs
# Required-Stop:
# Should-Start:      iptables ip6tables netfilter-persistent
# X-Start-Before:    xen xendomains xapi libvirtd network networking
# Default-Start:     2 3 4 5
# Default-Stop:
# Short-Description: the firewall of this host's guests
### END INIT INFO
case $1 in
  start|restart|reload|force-reload)
    # iptables may have replaced whole tables since.
    [ "$1" != start ] || [ ! -x /etc/init.d/csp-shut ] || /etc/init.d/csp-shut start
    exec /bin/sh %STATE_DIR%/hook boot ;;
esac
exit 0
