#!/bin/sh
# sh test/vm/run.sh [CHECKS] [OPTION OF vm-run...]: boot a kernel with pure cgroup v2 and AppArmor and run CHECKS.ts there
# (cgroup-v2 if it is not given: tguard-init's part, without systemd). run.sh systemd [NAME]: the commands, with systemd as
# process 1. Root, Debian; installs what it needs. The last line counts: "N passed, N failed".
set -eu
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || { echo "test:vm needs root: the guest sees this machine's files with their owners" >&2; exit 1; }

checks=cgroup-v2
case ${1-} in
"" | -*) ;;
*) checks=$1 && shift ;;
esac

missing=
for pair in apparmor_parser:apparmor qemu-system-x86_64:qemu-system-x86 busybox:busybox-static depmod:kmod cpio:cpio xz:xz-utils zstd:zstd systemctl:systemd dbus-daemon:dbus newuidmap:uidmap; do
	PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair#*:}"
done
if [ -n "$missing" ]; then
	apt-get update -qq
	# shellcheck disable=SC2086 # a list of words
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null
fi

[ -x dist/tguard-init ] || { echo "dist/tguard-init is missing: npm run build" >&2; exit 1; }
if [ "$checks" = systemd ]; then
	exec test/vm/vm-run --systemd -m 1536 -t "${TGUARD_VM_TIMEOUT:-1200}" -- node_modules/.bin/bun test/vm/systemd.ts "$@"
fi
exec test/vm/vm-run -t "${TGUARD_VM_TIMEOUT:-600}" "$@" -- node_modules/.bin/bun "test/vm/$checks.ts"
