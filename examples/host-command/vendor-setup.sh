#!/bin/sh
# Stands for a script that a vendor gives you: run as root, by sh.
set -eu
mkdir -p /etc/vendor
echo "interval = 60" > /etc/vendor/agent.conf
