#!/bin/bash
# The machine that the engines see, made inside the namespaces of run.sh; then vitest. Bash is process 1 here, and
# reaps what conmon and the shims leave behind.
set -euo pipefail
repository=$PWD
ip link set lo up
hostname tguard-engines

# Everything writable is a tmpfs of this mount namespace.
world=/run/tguard-engines
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock "$world"
# cover FOLDER: what is written to it stays here.
cover() {
	mkdir -p "$world/upper$1" "$world/work$1"
	mount -t overlay -o "lowerdir=$1,upperdir=$world/upper$1,workdir=$world/work$1" overlay "$1"
}
cover /etc
cover /opt
for folder in /var/lib/containers /var/lib/containerd /var/lib/docker /var/lib/cni /home; do
	# Debian's packages do not make all of them.
	if [ ! -d "$folder" ]; then
		mountpoint -q /var/lib || cover /var/lib
		mkdir -p "$folder"
	fi
	mount -t tmpfs -o mode=755 tmpfs "$folder"
done

# Installed as docs/engines.md says.
mkdir -p "$world/bin" "$world/work-bin"
mount -t overlay -o "lowerdir=$repository/dist:/usr/local/bin" overlay /usr/local/bin

# The control groups of this run are the root of every hierarchy.
hierarchies=$world/cgroup
mkdir "$hierarchies"
if [ -f /sys/fs/cgroup/cgroup.procs ]; then
	mount --bind "/sys/fs/cgroup/$TGUARD_ENGINES_CGROUP" "$hierarchies"
	# Version 2 hands controllers on only where no process is beside the children.
	mkdir "$hierarchies/suite"
	echo $$ >"$hierarchies/suite/cgroup.procs"
	sed 's/[^ ]*/+&/g' "$hierarchies/cgroup.controllers" >"$hierarchies/cgroup.subtree_control"
else
	mount -t tmpfs -o mode=755 tmpfs "$hierarchies"
	for own in /sys/fs/cgroup/*/"$TGUARD_ENGINES_CGROUP"; do
		name=$(basename "$(dirname "$own")")
		mkdir "$hierarchies/$name"
		mount --bind "$own" "$hierarchies/$name"
	done
	find /sys/fs/cgroup -maxdepth 1 -type l -exec cp -P {} "$hierarchies" \; # cpu -> cpu,cpuacct
fi
mount --rbind "$hierarchies" /sys/fs/cgroup

# An ordinary user with ids to hand out, and device nodes that it may open.
grep -q '^tgplain:' /etc/passwd || echo 'tgplain:x:20000:20000::/home/tgplain:/bin/sh' >>/etc/passwd
grep -q '^tgplain:' /etc/group || echo 'tgplain:x:20000:' >>/etc/group
echo 'tgplain:300000:65536' | tee -a /etc/subuid >>/etc/subgid
mkdir -p /home/tgplain /run/user/20000
chown 20000:20000 /home/tgplain /run/user/20000
chmod 700 /run/user/20000
mkdir "$world/dev"
for device in "tun 10 200 /dev/net/tun" "fuse 10 229 /dev/fuse"; do
	read -r name major minor path <<<"$device"
	[ -e "$path" ] || continue
	mknod -m 666 "$world/dev/$name" c "$major" "$minor"
	mount --bind "$world/dev/$name" "$path"
done

bash test/engines/image.sh "$world/image.tar"
chmod 644 "$world/image.tar"
export TGUARD_ENGINES_WORLD=$world
unset XDG_RUNTIME_DIR DOCKER_HOST DOCKER_CONFIG CONTAINERS_CONF CONTAINERS_STORAGE_CONF
status=0
node_modules/.bin/vitest run --project engines "$@" </dev/null || status=$?
exit "$status"
