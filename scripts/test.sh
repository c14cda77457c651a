#!/bin/sh
# npm test [-- VITEST ARGUMENTS]: set up, build, and run the unit and end-to-end tests.
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh
node_modules/.bin/bun scripts/build.ts
# Tests that call a compiler or busybox find those that setup unpacked.
PATH=$PWD/.cache/bin:$PATH exec node_modules/.bin/vitest run --project unit --project e2e "$@"
