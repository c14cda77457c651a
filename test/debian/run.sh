#!/bin/sh
# npm run test:debian [-- VITEST ARGUMENTS]: set up, build, and drive dist/tguard on a Debian 12 root file system.
# rootfs.sh makes that and says what it needs; where it cannot, all tests are skipped with the reason.
# The last line counts: "N passed, N failed".
set -eu
cd "$(dirname "$0")/../.."
sh scripts/setup.sh
node_modules/.bin/bun scripts/build.ts

# Numbers come from vitest's own JSON, never from what it prints.
TGUARD_TEST_RESULTS=${TGUARD_TEST_RESULTS:-.cache/test-debian.json}
export TGUARD_TEST_RESULTS
rm -f "$TGUARD_TEST_RESULTS"
status=0
node_modules/.bin/vitest run --project debian "$@" || status=$?
numbers=$(node .ci/count.mjs "$TGUARD_TEST_RESULTS") || numbers="0 1"
printf '%d passed, %d failed\n' "${numbers% *}" "${numbers#* }"
exit "$status"
