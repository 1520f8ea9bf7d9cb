#!/bin/sh
# `npm test`: sets up, then checks and tests everything. The last line is always `N passed, N failed, N skipped`, whatever went wrong.
cd "$(dirname "$0")/.." || exit 1

if ! sh scripts/setup.sh lab; then
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi
PATH="$PWD/node_modules/.bin:$PATH" exec tsx scripts/test.ts "$@"
