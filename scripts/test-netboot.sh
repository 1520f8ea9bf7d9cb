#!/bin/sh
# `npm run test:netboot`: sets up, then boots emulated computers from the network. What cannot be had here is skipped, and said. The last line is
# always `N passed, N failed, N skipped`, whatever went wrong.
cd "$(dirname "$0")/.." || exit 1

PATH="$PWD/node_modules/.bin:$PATH"
sh scripts/setup.sh netboot || echo "test:netboot: not all of it could be set up" >&2
if ! npm run --silent build || ! tsx engines/main.ts; then
  echo "0 passed, 1 failed, 0 skipped"
  exit 1
fi
exec jest --config jest.netboot.config.js "$@"
