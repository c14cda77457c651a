#!/bin/sh
# npm run test:sarif: check SARIF reports with Microsoft's validator, the one that GitHub points to. Fetches the npm
# package (43 MB, nothing of it is installed) into .cache the first time.
set -eu
cd "$(dirname "$0")/.."
version=5.7.0
integrity=NxUbpq6ISCWoTQ/NfOYEwEDKq1Heka/rMoJ5R5LMydcAZQX/X7g5mWHcgxDub+0M07LC96tZ5LZHvF1Qy3gjTA==
folder=.cache/sarif-multitool-$version

if [ ! -x "$folder/Sarif.Multitool" ]; then
	echo "fetching @microsoft/sarif-multitool-linux@$version"
	temporary=.cache/sarif-multitool.$$
	mkdir -p "$temporary"
	trap 'rm -rf "$temporary"' EXIT
	npm pack "@microsoft/sarif-multitool-linux@$version" --loglevel=error --pack-destination "$temporary" >/dev/null
	archive=$(echo "$temporary"/*.tgz)
	found=$(node -e 'const c = require("node:crypto"), f = require("node:fs");
		console.log(c.createHash("sha512").update(f.readFileSync(process.argv[1])).digest("base64"))' "$archive")
	if [ "$found" != "$integrity" ]; then
		echo "test-sarif: the package is not the one that was reviewed: sha512 $found" >&2
		exit 1
	fi
	tar -xzf "$archive" -C "$temporary" package/Sarif.Multitool
	chmod +x "$temporary/package/Sarif.Multitool"
	rm -rf "$folder"
	mv "$temporary/package" "$folder"
	rm -rf "$temporary"
fi
SARIF_MULTITOOL=$PWD/$folder/Sarif.Multitool
export SARIF_MULTITOOL
exec node_modules/.bin/vitest run --project unit test/report/multitool.test.ts "$@"
