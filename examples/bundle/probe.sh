#!/bin/sh
# The sample workload: says who it is, then tries what an intruder would. Always ends with status 0.
# Harmless even where all of it is allowed: files are opened for writing, never written.
echo "I am $(id -u):$(id -g), process $$, on $(hostname)"
echo "/proc/self/status has"
grep -E '^(NoNewPrivs|Seccomp|CapEff|CapBnd):' /proc/self/status | sed 's/^/  /'
echo "/proc/self/uid_map has (mine, the host's, how many)"
sed 's/  */ /g; s/^/ /' /proc/self/uid_map

try() { # try WORDS COMMAND…: run it and tell whether it worked
	what=$1
	shift
	if ("$@") >/dev/null 2>&1; then echo "  allowed  $what"; else echo "  refused  $what"; fi
}
open() { : >>"$1"; }
make_disk() { mknod /tmp/disk b 8 0 && rm /tmp/disk; }
echo "and I tried to"
try "write to /tmp" open /tmp/note
try "plant a program in /bin" open /bin/backdoor
try "change /etc/passwd" open /etc/passwd
try "mount a tmpfs" mount -t tmpfs none /mnt
try "make / writable" mount -o remount,rw /
try "make a device of the host's disk" make_disk
try "read the kernel's memory, /proc/kcore" head -c 1 /proc/kcore
try "read kernel messages" dmesg
try "change a kernel setting, /proc/sys/kernel/core_pattern" open /proc/sys/kernel/core_pattern
try "change a kernel setting in /sys" open /sys/kernel/mm/transparent_hugepage/enabled
try "rename the machine" hostname owned
try "make new namespaces" unshare -m true
try "change root" chroot / true
exit 0
