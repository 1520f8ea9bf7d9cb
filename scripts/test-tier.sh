#!/bin/sh
# `npm run test:xen`, `test:kernels`, `test:faults`, `test:failing`, `test:netboot`, `test:libvirt`, `test:eras`, `test:planes`,
# `test:stories`, `test:soak`: sets up what that tier needs and runs its tests (jest.TIER.config.js). What cannot be had here is said, and skipped where the
# tests can do without. The last line is always `N passed, N failed, N skipped`, whatever went wrong.
cd "$(dirname "$0")/.." || exit 1
tier=$1
shift
needs=$tier
case $tier in soak | stories | faults | failing | planes) needs=lab ;; esac

PATH="$PWD/node_modules/.bin:$PATH"
sh scripts/setup.sh "$needs" || echo "test:$tier: not all of it could be set up" >&2
if ! npm run --silent build || ! tsx engines/main.ts; then
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi
if [ "$tier" = kernels ]; then
  exec tsx scripts/test-kernels.ts "$@"
fi
exec jest --config "jest.$tier.config.js" "$@"
