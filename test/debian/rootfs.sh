#!/bin/sh
# rootfs.sh: prints the path of a Debian 12 root file system, made with debootstrap the first time.
#
# It is kept under .cache/debian-rootfs-HASH, HASH being that of the description below, so a changed description makes a
# new one. As root it installs what it lacks (debootstrap, the archive's keys). The mirror and a proxy are those of this
# machine's own apt. Exit status 3, with the reason on standard error, where it cannot be made: not root, no Debian
# mirror, no network; 1 when debootstrap failed.
set -eu
cd "$(dirname "$0")/../.."
PATH=$PATH:/usr/sbin:/sbin

suite=bookworm
variant=minbase
# python3, not python3-minimal: ssl and sqlite3 are in its library.
packages=ca-certificates,nginx-light,python3

log=.cache/debian-rootfs.log
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

say() { printf 'test:debian: %s\n' "$*" >&2; }
skip() {
	printf '%s\n' "$1" >&2
	exit 3
}

# The address of a Debian mirror in this machine's sources, whatever release it uses of it.
mirror() {
	# shellcheck disable=SC2016 # apt's own variables
	apt-get indextargets --format '$(CREATED_BY)|$(ORIGIN)|$(COMPONENT)|$(CODENAME)|$(SITE)' 2>/dev/null |
		awk -F'|' '$1 == "Packages" && $2 == "Debian" && $3 == "main" && $4 !~ /-/ { print $5; exit }'
}

[ "$(id -u)" = 0 ] || skip "not root: debootstrap makes device files and files of other users"
command -v apt-get >/dev/null || skip "no apt-get: this needs Debian or a relative of it"
mkdir -p .cache
hash=$(printf '%s\n' "$suite" "$variant" "$packages" "$(uname -m)" | sha256sum | cut -c1-12)
target=$PWD/.cache/debian-rootfs-$hash
if [ -d "$target" ]; then
	printf '%s\n' "$target"
	exit 0
fi

if ! command -v debootstrap >/dev/null || [ ! -f "$keyring" ]; then
	say "installing with apt-get: debootstrap debian-archive-keyring"
	apt-get update -qq >"$log" 2>&1 || true # stale lists may still do; the install tells
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
		debootstrap debian-archive-keyring </dev/null >>"$log" 2>&1 || skip "apt-get cannot install debootstrap: $log"
fi
site=$(mirror)
if [ -z "$site" ]; then # fresh images come without lists
	apt-get update -qq >"$log" 2>&1 || true
	site=$(mirror)
fi
[ -n "$site" ] || skip "no Debian mirror among this machine's apt sources"

# wget and debootstrap know a proxy from the environment alone.
eval "$(apt-config shell apt_proxy Acquire::http::Proxy)"
if [ -n "${apt_proxy:-}" ] && [ "$apt_proxy" != DIRECT ]; then export http_proxy="${http_proxy:-$apt_proxy}"; fi
case $site in
file:*) ;;
*) wget -q --tries=2 --timeout=20 -O /dev/null "$site/dists/$suite/Release" || skip "the Debian mirror of this machine's apt sources cannot be reached" ;;
esac

say "making Debian $suite ($variant, $packages) with debootstrap; it is kept for the next time"
draft=$target.$$.tmp
trap 'rm -rf --one-file-system "$draft"' EXIT INT TERM
debootstrap --variant="$variant" --include="$packages" --keyring="$keyring" "$suite" "$draft" "$site" >"$log" 2>&1 || {
	tail -n 5 "$log" >&2
	say "debootstrap failed; the whole log is $log"
	exit 1
}
# The names of the host that made it, and the downloaded archives.
rm -rf "$draft"/var/cache/apt/archives/*.deb "$draft/etc/resolv.conf" "$draft/etc/hostname"
mv "$draft" "$target"
printf '%s\n' "$target"
