#!/bin/sh
# npm start: set up, build, and show both halves of tguard at work on real input.
set -eu
cd "$(dirname "$0")/.."
sh scripts/setup.sh
node_modules/.bin/bun scripts/build.ts
exec node_modules/.bin/bun scripts/demo/demo.ts
