#!/bin/sh
# npm run test:engines [-- VITEST ARGUMENTS]: Debian's podman, containerd, docker and buildah over dist/tguard.
#
# Installs them, builds, then runs the vitest project `engines` in namespaces of its own (see world.sh): nothing that an
# engine makes is on the machine, no packet leaves it, and the end of the pid namespace ends every process. What can
# stay are folders of control groups; those are removed here. The last line counts: "N passed, N failed".
set -eu
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || {
	echo "test:engines: needs root, for namespaces with daemons in them" >&2
	exit 1
}

packages="podman containerd runc docker.io buildah conmon netavark aardvark-dns containernetworking-plugins iptables
	iproute2 uidmap slirp4netns fuse-overlayfs catatonit busybox-static curl procps util-linux"
# shellcheck disable=SC2086 # a list of words
if ! dpkg -s $packages >/dev/null 2>&1; then
	echo "test:engines: installing Debian's engines with apt-get"
	mkdir -p .cache
	# RUNLEVEL=1: a package's own service is not to be started here.
	(
		export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
		apt-get update -qq || true # stale lists may still do; the install tells
		apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 $packages
	) </dev/null >.cache/apt-engines.log 2>&1 || {
		tail -n 5 .cache/apt-engines.log >&2
		exit 1
	}
fi
sh scripts/setup.sh
node_modules/.bin/bun scripts/build.ts

TGUARD_TEST_RESULTS=${TGUARD_TEST_RESULTS:-.cache/test-engines.json}
export TGUARD_TEST_RESULTS
rm -f "$TGUARD_TEST_RESULTS"

# One folder in every hierarchy, which is the engines' root: they may make what they like below it.
TGUARD_ENGINES_CGROUP=tguard-engines-$$
export TGUARD_ENGINES_CGROUP
own_cgroups() { find /sys/fs/cgroup -maxdepth 2 -type d -name "$TGUARD_ENGINES_CGROUP" 2>/dev/null; }
remove_cgroups() {
	own_cgroups | while read -r folder; do find "$folder" -depth -type d -exec rmdir {} \; 2>/dev/null || true; done
}
# A killed process leaves its control group a moment after it is gone.
clean() {
	tries=100
	while [ "$tries" -gt 0 ] && [ -n "$(own_cgroups)" ]; do
		remove_cgroups
		tries=$((tries - 1))
		[ -z "$(own_cgroups)" ] || sleep 0.1
	done
}
# However it ends: with unshare, the namespaces' process 1 is killed, and with that all in them.
world=
trap '[ -z "$world" ] || kill -KILL "$world" 2>/dev/null || true; clean' EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

# A shell in the folders becomes what unshare runs, so that the new control group namespace has them as its root.
status=0
sh -c '
	for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*; do
		[ -f "$hierarchy/cgroup.procs" ] || continue
		own=$hierarchy/$TGUARD_ENGINES_CGROUP
		mkdir "$own" || exit 1
		for file in cpuset.cpus cpuset.mems; do
			# Version 1 takes no process before they are set.
			[ ! -f "$own/$file" ] || [ ! -f "$hierarchy/$file" ] || grep -q . "$own/$file" ||
				cat "$hierarchy/$file" >"$own/$file"
		done
		echo $$ >"$own/cgroup.procs" || exit 1
	done
	exec unshare --mount --net --pid --ipc --uts --cgroup --fork --mount-proc --propagation private --kill-child \
		bash test/engines/world.sh "$@"
' sh "$@" &
world=$!
wait "$world" || status=$?
world=

clean
[ -z "$(own_cgroups)" ] || {
	echo "test:engines: left over: $(own_cgroups)" >&2
	status=1
}
numbers=$(node .ci/count.mjs "$TGUARD_TEST_RESULTS") || numbers="0 1"
printf '%d passed, %d failed\n' "${numbers% *}" "${numbers#* }"
exit "$status"
