#!/bin/sh
# npm run test:vm: boot a kernel with pure cgroup v2 and run every check there. Root, Debian; installs what QEMU needs.
# The last line counts: "N passed, N failed".
set -eu
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || { echo "test:vm needs root: the guest sees this machine's files with their owners" >&2; exit 1; }

missing=
for pair in qemu-system-x86_64:qemu-system-x86 busybox:busybox-static depmod:kmod cpio:cpio xz:xz-utils zstd:zstd; do
	PATH=$PATH:/usr/sbin:/sbin command -v "${pair%%:*}" >/dev/null || missing="$missing ${pair#*:}"
done
if [ -n "$missing" ]; then
	apt-get update -qq
	# shellcheck disable=SC2086 # a list of words
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null
fi

[ -x dist/tguard-init ] || { echo "dist/tguard-init is missing: npm run build" >&2; exit 1; }
exec test/vm/vm-run -t "${TGUARD_VM_TIMEOUT:-600}" "$@" -- node_modules/.bin/bun test/vm/cgroup-v2.ts
