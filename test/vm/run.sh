#!/bin/sh
# npm run test:vm: boot a kernel with pure cgroup v2 and run every check there. Root, Debian; installs what QEMU needs.
# run.sh: tguard-init's part, without systemd. run.sh systemd [NAME]: the commands, with systemd as process 1.
# The last line counts: "N passed, N failed".
set -eu
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || { echo "test:vm needs root: the guest sees this machine's files with their owners" >&2; exit 1; }

missing=
for pair in qemu-system-x86_64:qemu-system-x86 busybox:busybox-static depmod:kmod cpio:cpio xz:xz-utils zstd:zstd systemctl:systemd dbus-daemon:dbus newuidmap:uidmap; do
	PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair#*:}"
done
if [ -n "$missing" ]; then
	apt-get update -qq
	# shellcheck disable=SC2086 # a list of words
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null
fi

[ -x dist/tguard-init ] || { echo "dist/tguard-init is missing: npm run build" >&2; exit 1; }
if [ "${1:-}" = systemd ]; then
	shift
	exec test/vm/vm-run --systemd -m 1536 -t "${TGUARD_VM_TIMEOUT:-1200}" -- node_modules/.bin/bun test/vm/systemd.ts "$@"
fi
exec test/vm/vm-run -t "${TGUARD_VM_TIMEOUT:-600}" "$@" -- node_modules/.bin/bun test/vm/cgroup-v2.ts
