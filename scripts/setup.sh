#!/bin/sh
# Install what building and testing tguard needs and this machine lacks; one line a step, nothing when all is there.
#
# Debian packages: a C compiler with a static C library (for init), libseccomp2, a static busybox (sample bundles) and
# uidmap (several ids for an ordinary user). As root, or with a password-less sudo, apt-get installs them; otherwise
# they are downloaded as they are and unpacked under .cache/sysroot, which needs no privilege. Then the npm packages, in the versions of package-lock.json.
#
# Leaves  .cache/bin/cc        the compiler, where it is not the system's
#         .cache/bin/busybox   a static busybox, always
# What only some tests need (podman, docker, qemu, debootstrap) is installed by those tests' own command.
set -eu
cd "$(dirname "$0")/.."
root=$PWD
cache=$root/.cache
sysroot=$cache/sysroot

say() { printf 'setup: %s\n' "$*"; }
fail() {
	printf 'setup: %s\n' "$1" >&2
	[ $# -lt 2 ] || printf '       %s\n' "$2" >&2
	exit 1
}

# --- what is there -----------------------------------------------------------

# The static C library comes in the same package as the headers, so its path answers for both.
compiles() { command -v "$1" >/dev/null && case $("$1" -print-file-name=libc.a 2>/dev/null) in /*) ;; *) false ;; esac; }
has_cc() { [ -x "$cache/bin/cc" ] || compiles "${CC:-cc}" || compiles gcc; }

has_seccomp() { find /lib /usr/lib /usr/local/lib "$sysroot/usr/lib" -maxdepth 2 -name 'libseccomp.so.2' 2>/dev/null | grep -q .; }

# A dynamic busybox would be of no use in a rootfs that holds nothing else; a static program names no interpreter.
static_busybox() {
	for file in "$sysroot/bin/busybox" "$sysroot/usr/bin/busybox" "$(command -v busybox || true)"; do
		if [ -x "$file" ] && ! head -c 4096 "$file" | grep -aq 'ld-linux\|ld-musl' && "$file" true; then
			printf '%s\n' "$file"
			return
		fi
	done
	return 1
}

# --- Debian packages ---------------------------------------------------------

# Run apt-get as someone who may install; false when there is no such way.
as_root=
if [ "$(id -u)" = 0 ]; then
	as_root=env
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
	as_root="sudo -n env"
fi

apt_install() {
	say "installing with apt-get: $*"
	$as_root apt-get update -qq >"$cache/apt.log" 2>&1 || true # stale lists may still do; the install tells
	$as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
		</dev/null >>"$cache/apt.log" 2>&1 || {
		tail -n 5 "$cache/apt.log" >&2
		fail "apt-get install $* failed; the whole log is .cache/apt.log" "install these packages and start again"
	}
}

# apt-get without privileges: its own lists and cache, the system's sources and list of installed packages.
own_apt() {
	apt-get -o Dir::State::Lists="$cache/apt/lists" -o Dir::Cache="$cache/apt/cache" -o Debug::NoLocking=true "$@"
}

# Unpack packages, and what they need that is not installed, under .cache/sysroot.
apt_unpack() {
	say "downloading and unpacking under .cache (not root): $*"
	mkdir -p "$cache/apt/lists/partial" "$cache/apt/cache/archives/partial" "$cache/debs" "$sysroot"
	# Packages that are installed here in another version are left out: the system's own copy serves.
	# shellcheck disable=SC2046 # a list of words
	{
		own_apt update -qq &&
			own_apt install -s -qq --no-install-recommends "$@" >"$cache/apt/plan" &&
			awk '$1 == "Inst" && $3 !~ /^\[/ { print $2 }' "$cache/apt/plan" >"$cache/apt/wanted" &&
			(cd "$cache/debs" && own_apt download -qq $(cat "$cache/apt/wanted"))
	} >"$cache/apt.log" 2>&1 || {
		tail -n 5 "$cache/apt.log" >&2
		fail "cannot fetch $*; the whole log is .cache/apt.log" "as root: apt-get install $*"
	}
	for deb in "$cache"/debs/*.deb; do dpkg-deb -x "$deb" "$sysroot"; done
	rm -rf "$cache/debs" "$cache/apt"
}

# gcc finds its own parts relative to itself; the assembler, the linker and the headers must be pointed out.
write_cc_wrapper() {
	cat >"$cache/bin/cc" <<-'WRAPPER'
		#!/bin/sh
		# Written by scripts/setup.sh: the compiler unpacked under .cache/sysroot.
		sysroot=$(cd "$(dirname "$0")/../sysroot" && pwd)
		for dir in "$sysroot"/usr/lib/*-linux-gnu* "$sysroot"/lib/*-linux-gnu*; do
			[ -d "$dir" ] && LD_LIBRARY_PATH=$dir${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
		done
		export LD_LIBRARY_PATH PATH="$sysroot/usr/bin:$PATH"
		exec "$sysroot/usr/bin/gcc" --sysroot="$sysroot" -B"$sysroot/usr/bin" "$@"
	WRAPPER
	chmod 755 "$cache/bin/cc"
	# Programs that tests link dynamically use the system's own C library, by the names the linker looks for.
	for lib in /lib/*-linux-gnu*/libc.so.6 /lib/*-linux-gnu*/libm.so.6 /lib/*-linux-gnu*/libmvec.so.1 \
		/lib/*-linux-gnu*/libgcc_s.so.1 /lib64/ld-linux*.so.* /lib/ld-linux*.so.*; do
		if [ -e "$lib" ] && [ ! -e "$sysroot$lib" ]; then
			mkdir -p "$sysroot$(dirname "$lib")"
			ln -s "$lib" "$sysroot$lib"
		fi
	done
}

mkdir -p "$cache/bin"
install='' unpack=''
want() { # want PACKAGE…: by the way that is open here
	if [ -n "$as_root" ]; then install="$install $*"; else unpack="$unpack $*"; fi
}

has_cc || want gcc libc6-dev
has_seccomp || want libseccomp2
if ! static_busybox >/dev/null; then
	# Debian's busybox and busybox-static exclude each other: never replace the one that is installed.
	if command -v busybox >/dev/null; then unpack="$unpack busybox-static"; else want busybox-static; fi
fi
if ! command -v newuidmap >/dev/null && [ -n "$as_root" ]; then install="$install uidmap"; fi

if [ -n "$install$unpack" ] && ! command -v apt-get >/dev/null; then
	fail "missing here, as Debian calls it:$install$unpack" "install the same with this system's package manager, then start again"
fi
# shellcheck disable=SC2086 # a list of words
[ -z "$install" ] || apt_install $install
# shellcheck disable=SC2086
[ -z "$unpack" ] || apt_unpack $unpack
[ ! -x "$sysroot/usr/bin/gcc" ] || [ -x "$cache/bin/cc" ] || write_cc_wrapper

busybox=$(static_busybox) || fail "no static busybox after the installation" "as root: apt-get install busybox-static"
[ "$(readlink "$cache/bin/busybox" || true)" = "$busybox" ] || ln -sfn "$busybox" "$cache/bin/busybox"

# Only root can make a setuid program, so this one cannot be unpacked: containers of one id still run without it.
if [ "$(id -u)" != 0 ]; then
	if ! command -v newuidmap >/dev/null; then
		say "newuidmap is missing: containers run with one user id (as root: apt-get install uidmap)"
	elif ! grep -qE "^($(id -un)|$(id -u)):" /etc/subuid 2>/dev/null; then
		say "/etc/subuid has no range for $(id -un): containers run with one user id (as root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $(id -un))"
	fi
fi

# --- npm packages ------------------------------------------------------------

command -v node >/dev/null && command -v npm >/dev/null || fail "node and npm are needed" "Node 20.19 or later"
stamp=node_modules/.tguard-lock
hidden=node_modules/.package-lock.json # npm writes it last, so it is absent after an interrupted installation
lock=$(sha256sum <package-lock.json)
if [ ! -f $hidden ] || { [ "$lock" != "$(cat $stamp 2>/dev/null)" ] && [ package-lock.json -nt $hidden ]; }; then
	node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
		fail "Node $(node --version) is too old" "Node 20.19 or later"
	# Not `npm ci`: it refuses a lock file that lacks a package for another platform, which some registries do not hold.
	say "installing npm packages: npm install"
	npm install --no-save --no-audit --no-fund --loglevel=error </dev/null >"$cache/npm.log" 2>&1 || {
		tail -n 15 "$cache/npm.log" >&2
		fail "npm install failed; the whole log is .cache/npm.log" "run npm install by hand to see more"
	}
fi
[ "$lock" = "$(cat $stamp 2>/dev/null)" ] || printf '%s\n' "$lock" >$stamp
