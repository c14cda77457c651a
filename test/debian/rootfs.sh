#!/bin/sh
# Makes the Debian root filesystem that the tests here run (once; kept in .cache). Installs debootstrap if it is missing.
set -eu
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || { echo "test:debian needs root: debootstrap makes files of many owners" >&2; exit 1; }
target=.cache/debian-rootfs
[ -e "$target/.complete" ] && exit 0
if ! command -v debootstrap >/dev/null; then
	echo "test:debian: installing debootstrap"
	apt-get update -qq
	apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
fi
echo "test:debian: making $target with debootstrap"
rm -rf "$target"
# The mirror that this machine's apt uses, so that what works for apt works here.
mirror=$(apt-get indextargets --format '$(BASE_URI)' 'Created-By: Packages' 2>/dev/null | grep -v security | head -n 1 | sed 's#/dists/.*##')
debootstrap --variant=minbase --include=python3,nginx-light bookworm "$target" ${mirror:+"$mirror"} >.cache/debootstrap.log 2>&1 ||
	{ tail -n 5 .cache/debootstrap.log >&2; exit 1; }
touch "$target/.complete"
