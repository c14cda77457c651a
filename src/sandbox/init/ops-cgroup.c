/* Operations on control groups that need more than a write: taking one that exists, exchanging a device filter. */
#include "init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_DEPTH 64

static int read_at(int dir, const char *name, char *to, size_t space)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC), saved;
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, to, space - 1);
	saved = errno;
	close(fd);
	errno = saved;
	if (n < 0)
		return -1;
	to[n] = 0;
	return (int)n;
}

/* Whether a process is in the group, or in one below it; too deep to look counts as one. */
static bool is_inhabited(int dir, int depth)
{
	char text[64];
	struct dirent *entry;
	bool found = read_at(dir, "cgroup.procs", text, sizeof(text)) > 0 || depth == MAX_DEPTH;
	int copy = found ? -1 : openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);

	while (list != NULL && !found && (entry = readdir(list)) != NULL) {
		int child;

		if (entry->d_type != DT_DIR || strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		child = openat(dir, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (child < 0)
			continue;
		found = is_inhabited(child, depth + 1);
		close(child);
	}
	if (list != NULL)
		closedir(list);
	return found;
}

/* A group that others use is not ours to limit, and what is put into a frozen one never runs. */
static int check_free(const char *path, uint64_t flags)
{
	char text[32];
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), err = 0;

	if (dir < 0)
		return -1;
	if (!(flags & CGROUP_HELD) && is_inhabited(dir, 0))
		err = ENOTEMPTY;
	else if ((read_at(dir, "freezer.state", text, sizeof(text)) > 0 && strncmp(text, "THAWED", 6) != 0) ||
	         (read_at(dir, "cgroup.freeze", text, sizeof(text)) > 0 && text[0] == '1'))
		err = EBUSY;
	close(dir);
	errno = err;
	return err == 0 ? 0 : -1;
}

OP_FUNCTION(make_cgroup)
{
	const char *path = op->make_cgroup.path.at;

	if (mkdir(path, 0755) < 0 && (errno != EEXIST || check_free(path, op->make_cgroup.flags) < 0))
		return -1;
	ctx->made[op - ctx->plan->ops] = true; /* from now on ours to clear away */
	return 0;
}

#define MAX_PROGRAMS 64

/* The filters that a v2 group has itself, as descriptors; the count, or -1. */
static int attached_programs(int dir, int *programs)
{
	uint32_t ids[MAX_PROGRAMS];
	union bpf_attr attr;
	int count = 0;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (uint32_t)dir;
	attr.query.attach_type = BPF_CGROUP_DEVICE;
	attr.query.prog_ids = (uint64_t)(uintptr_t)ids;
	attr.query.prog_cnt = MAX_PROGRAMS;
	if (syscall(SYS_bpf, BPF_PROG_QUERY, &attr, sizeof(attr)) < 0)
		return -1;
	for (uint32_t i = 0, n = attr.query.prog_cnt; i < n; i++) {
		union bpf_attr by_id;

		memset(&by_id, 0, sizeof(by_id));
		by_id.prog_id = ids[i];
		programs[count] = (int)syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &by_id, sizeof(by_id));
		if (programs[count] >= 0)
			count++;
	}
	return count;
}

/* All attached filters must allow an access, so between attaching the new one and detaching the old ones nothing is looser. */
OP_FUNCTION(bpf_replace)
{
	int programs[MAX_PROGRAMS], count, status;
	int dir = open(op->bpf_replace.path.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)ctx;

	if (dir < 0)
		return -1;
	count = attached_programs(dir, programs);
	status = count < 0 ? -1 : device_filter(dir, op->bpf_replace.insns.at, op->bpf_replace.insns.len);
	for (int i = 0; i < count; i++) {
		if (status == 0) {
			union bpf_attr attr;

			memset(&attr, 0, sizeof(attr));
			attr.target_fd = (uint32_t)dir;
			attr.attach_bpf_fd = (uint32_t)programs[i];
			attr.attach_type = BPF_CGROUP_DEVICE;
			status = (int)syscall(SYS_bpf, BPF_PROG_DETACH, &attr, sizeof(attr));
		}
		close(programs[i]);
	}
	close(dir);
	return status;
}

static int chown_optional(int dir, const char *name, uid_t uid)
{
	return fchownat(dir, name, uid, (gid_t)-1, AT_SYMLINK_NOFOLLOW) == 0 || errno == ENOENT ? 0 : -1;
}

/*
 * cgroup-v2.rst, "Model of Delegation": the group and the files that the kernel names (sysfs-kernel-cgroup: one a line)
 * go to the container's root; its limits stay ours.
 */
OP_FUNCTION(delegate_cgroup)
{
	static const char *const usual[] = { ".", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads" };
	uid_t uid = (uid_t)op->delegate_cgroup.uid;
	int dir = open(op->delegate_cgroup.path.at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), status = 0, length;
	char names[2048], *rest = NULL;

	(void)ctx;
	if (dir < 0)
		return -1;
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual) && status == 0; i++)
		status = chown_optional(dir, usual[i], uid);
	length = read_at(AT_FDCWD, "/sys/kernel/cgroup/delegate", names, sizeof(names));
	for (char *name = length > 0 ? strtok_r(names, "\n", &rest) : NULL; name != NULL && status == 0;
	     name = strtok_r(NULL, "\n", &rest))
		if (strchr(name, '/') == NULL)
			status = chown_optional(dir, name, uid);
	close(dir);
	return status;
}
