#!/bin/sh
# npm run check: format and lint, types, dead code, and init under the compiler's analyzer. Runs all, then tells.
set -u
cd "$(dirname "$0")/.."
failed=
step() {
	name=$1
	shift
	printf 'check: %s\n' "$name"
	"$@" || failed="$failed $name"
}
step biome node_modules/.bin/biome check --error-on-warnings
step types node_modules/.bin/tsc -p .
step knip node_modules/.bin/knip --no-progress
step init node_modules/.bin/bun scripts/build.ts --analyze
if [ -n "$failed" ]; then
	printf 'check: failed:%s\n' "$failed" >&2
	exit 1
fi
