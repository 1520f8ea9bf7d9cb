#!/bin/sh
# `npm run test:xen`: sets up, then tests on real Xen. The last line is always `N passed, N failed, N skipped`, whatever went wrong.
cd "$(dirname "$0")/.." || exit 1

PATH="$PWD/node_modules/.bin:$PATH"
if ! sh scripts/setup.sh xen || ! npm run --silent build || ! tsx engines/main.ts; then
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi
exec jest --config jest.xen.config.js "$@"
