#!/bin/sh
# npm run test:debian [-- VITEST ARGUMENTS]: drive dist/tguard on a Debian 12 root file system made by debootstrap.
#
# Installs what it lacks (debootstrap, the archive's keys) as root, and keeps the root file system under
# .cache/debian-rootfs-HASH, HASH being that of its contents' description below: made once, taken again afterwards.
# The mirror and a proxy are those of this machine's own apt. Skips, and says why, where it cannot work: not root, no
# Debian mirror, no network. The last line counts: "N passed, N failed".
set -eu
cd "$(dirname "$0")/../.."
PATH=$PATH:/usr/sbin:/sbin

suite=bookworm
variant=minbase
# python3, not python3-minimal: ssl and sqlite3 are in its library.
packages=ca-certificates,nginx-light,python3

say() { printf 'test:debian: %s\n' "$*"; }
skip() {
	say "skipped: $1"
	export TGUARD_DEBIAN_SKIP="$1"
}

sh scripts/setup.sh
node_modules/.bin/bun scripts/build.ts

# The address of a Debian mirror in this machine's sources, whatever release it uses of it.
mirror() {
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(CREATED_BY)|$(ORIGIN)|$(COMPONENT)|$(CODENAME)|$(SITE)' 2>/dev/null |
		awk -F'|' '$1 == "Packages" && $2 == "Debian" && $3 == "main" && $4 !~ /-/ { print $5; exit }'
}

# wget and debootstrap know proxies from the environment alone.
use_proxy_of_apt() {
	eval "$(apt-config shell apt_proxy Acquire::http::Proxy)"
	if [ -n "${apt_proxy:-}" ] && [ "$apt_proxy" != DIRECT ]; then export http_proxy="${http_proxy:-$apt_proxy}"; fi
}

make_rootfs() { # make_rootfs DIR
	if ! command -v debootstrap >/dev/null || [ ! -f "$keyring" ]; then
		say "installing with apt-get: debootstrap debian-archive-keyring"
		apt-get update -qq >"$log" 2>&1 || true # stale lists may still do; the install tells
		DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			debootstrap debian-archive-keyring </dev/null >>"$log" 2>&1 || {
			skip "apt-get cannot install debootstrap ($log)"
			return 0
		}
	fi
	site=$(mirror)
	if [ -z "$site" ]; then # fresh images come without lists
		apt-get update -qq >"$log" 2>&1 || true
		site=$(mirror)
	fi
	if [ -z "$site" ]; then
		skip "no Debian mirror among this machine's apt sources"
		return 0
	fi
	use_proxy_of_apt
	case $site in
	file:*) ;;
	*) wget -q --tries=2 --timeout=20 -O /dev/null "$site/dists/$suite/Release" || {
		skip "the Debian mirror of this machine's apt sources cannot be reached"
		return 0
	} ;;
	esac
	say "making Debian $suite ($variant, $packages) with debootstrap; kept for the next time"
	rm -rf --one-file-system "$1.part"
	if ! debootstrap --variant="$variant" --include="$packages" --keyring="$keyring" "$suite" "$1.part" "$site" >"$log" 2>&1; then
		tail -n 5 "$log" >&2
		say "debootstrap failed; the whole log is $log" >&2
		rm -rf --one-file-system "$1.part"
		exit 1
	fi
	# The host's own, which no container should see; and 60 MB of archives.
	rm -rf "$1.part"/var/cache/apt/archives/*.deb "$1.part/etc/resolv.conf" "$1.part/etc/hostname"
	mv "$1.part" "$1"
}

mkdir -p .cache
log=.cache/debian-rootfs.log
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
if [ "$(id -u)" != 0 ]; then
	skip "not root: debootstrap makes device files and files of other users"
elif ! command -v apt-get >/dev/null; then
	skip "no apt-get here: this needs a Debian or a relative of it"
else
	hash=$(printf '%s\n' "$suite" "$variant" "$packages" "$(uname -m)" | sha256sum | cut -c1-12)
	TGUARD_DEBIAN_ROOTFS=$PWD/.cache/debian-rootfs-$hash
	export TGUARD_DEBIAN_ROOTFS
	[ -d "$TGUARD_DEBIAN_ROOTFS" ] || make_rootfs "$TGUARD_DEBIAN_ROOTFS"
fi

# Numbers come from vitest's own JSON, never from what it prints.
TGUARD_TEST_RESULTS=${TGUARD_TEST_RESULTS:-.cache/test-debian.json}
export TGUARD_TEST_RESULTS
rm -f "$TGUARD_TEST_RESULTS"
status=0
node_modules/.bin/vitest run --project debian "$@" || status=$?
numbers=$(node .ci/count.mjs "$TGUARD_TEST_RESULTS") || numbers="0 1"
printf '%d passed, %d failed\n' "${numbers% *}" "${numbers#* }"
exit "$status"
