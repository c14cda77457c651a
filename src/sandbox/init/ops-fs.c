/* Operations on files, descriptors and mounts. Each does what its name says with the kernel call of that name. */
#include "init.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/openat2.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROC_MAGIC 0x9fa0
#define CGROUP2_MAGIC 0x63677270
#define PATH_SPACE 4096
#define IN_ROOT (RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS)
/* linux/mount.h cannot be included beside sys/mount.h on every libc: move_mount(2) */
#define MOVE_FD_TO_FD (MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH)

static int openat2_at(int dir, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
	struct open_how how = { .flags = flags | (uint64_t)O_CLOEXEC, .mode = mode, .resolve = resolve };

	return (int)syscall(SYS_openat2, dir, path, &how, sizeof(how));
}

static int close_keep_errno(int fd)
{
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
	return -1;
}

static int write_all(int fd, const char *data, size_t length)
{
	ssize_t n;

	/* One write: /proc and control group files take a value whole. */
	do
		n = write(fd, data, length);
	while (n < 0 && errno == EINTR);
	if (n >= 0 && (size_t)n != length)
		errno = EIO;
	return n == (ssize_t)length ? 0 : -1;
}

int op_mkdir(struct context *ctx, const struct op *op)
{
	if (mkdir(op->mkdir.path.at, (mode_t)op->mkdir.mode) == 0) {
		ctx->made[op - ctx->plan->ops] = true;
		return 0;
	}
	return errno == EEXIST && (op->mkdir.flags & MKDIR_EXIST_OK) ? 0 : -1;
}

/* Remove a control group and those that the workload made inside it; children first. */
static int rmdir_tree(int parent, const char *name, int depth)
{
	int dir = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct dirent *entry;
	DIR *list;

	if (dir < 0)
		return errno == ENOENT ? 0 : -1;
	list = depth < 64 ? fdopendir(dir) : NULL;
	if (list == NULL)
		return close_keep_errno(dir);
	while ((entry = readdir(list)) != NULL)
		if (entry->d_type == DT_DIR && strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			(void)rmdir_tree(dir, entry->d_name, depth + 1);
	closedir(list);
	return unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : -1;
}

int op_rmdir(struct context *ctx, const struct op *op)
{
	const struct timespec pause = { .tv_nsec = 2000000 };
	int status;

	(void)ctx;
	if (!(op->rmdir.flags & RMDIR_TREE))
		return rmdir(op->rmdir.path.at) == 0 || errno == ENOENT ? 0 : -1;
	/* A group stays busy until the kernel has finished the exit of its last process. */
	for (int tries = 0; tries < 1000; tries++) {
		status = rmdir_tree(AT_FDCWD, op->rmdir.path.at, 0);
		if (status == 0 || errno != EBUSY)
			return status;
		nanosleep(&pause, NULL);
	}
	return status;
}

int op_unlink(struct context *ctx, const struct op *op)
{
	(void)ctx;
	return unlink(op->unlink.path.at) == 0 || errno == ENOENT ? 0 : -1;
}

int op_write_file(struct context *ctx, const struct op *op)
{
	int fd = open(op->write_file.path.at, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	int status;

	(void)ctx;
	if (fd < 0)
		return errno == ENOENT && (op->write_file.flags & WRITE_OPTIONAL) ? 0 : -1;
	status = write_all(fd, op->write_file.data.at, op->write_file.data.len);
	close_keep_errno(fd);
	return status;
}

/* Send SIGKILL to every process of a list, a number a line (0: one of another pid namespace); how many there are, or -1. */
static int kill_numbers(int list)
{
	char block[4096];
	int there = 0;
	pid_t pid = 0;
	ssize_t n;

	while ((n = read(list, block, sizeof(block))) > 0)
		for (ssize_t i = 0; i < n; i++) {
			if (block[i] >= '0' && block[i] <= '9') {
				pid = pid * 10 + (block[i] - '0');
				continue;
			}
			if (pid > 0) {
				kill(pid, SIGKILL);
				there++;
			}
			pid = 0;
		}
	return n < 0 ? -1 : there;
}

/* The same for a group and all below it. */
static int kill_listed(int dir, int depth)
{
	int fd = openat(dir, "cgroup.procs", O_RDONLY | O_CLOEXEC), there;
	struct dirent *entry;
	DIR *sub;

	if (fd < 0)
		return -1;
	there = kill_numbers(fd);
	close_keep_errno(fd);
	if (there < 0)
		return -1;
	fd = depth < 64 ? openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	sub = fd < 0 ? NULL : fdopendir(fd);
	if (sub == NULL)
		return fd < 0 ? there : close_keep_errno(fd);
	while ((entry = readdir(sub)) != NULL) {
		int child;

		if (entry->d_type != DT_DIR || strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		child = openat(dirfd(sub), entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (child >= 0) {
			int more = kill_listed(child, depth + 1);

			close(child);
			there += more > 0 ? more : 0;
		}
	}
	closedir(sub);
	return there;
}

int op_kill_cgroup(struct context *ctx, const struct op *op)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	int dir = open(op->kill_cgroup.path.at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), fd, left = 0;

	(void)ctx;
	if (dir < 0)
		return errno == ENOENT ? 0 : -1;
	fd = openat(dir, "cgroup.kill", O_WRONLY | O_CLOEXEC); /* v2, Linux 5.14 */
	if (fd >= 0) {
		(void)!write(fd, "1", 1);
		close(fd);
	}
	/* A fork bomb can outrun one pass; each pass leaves fewer that can still fork. */
	for (int tries = 0; tries < 2000; tries++) {
		left = kill_listed(dir, 0);
		if (left <= 0)
			break;
		while (waitpid(-1, NULL, WNOHANG) > 0) {
		}
		nanosleep(&pause, NULL);
	}
	close_keep_errno(dir);
	if (left > 0)
		errno = EBUSY;
	return left > 0 ? -1 : 0;
}

/* bpf(2), cgroup v2 device filter: load, attach, and let the group hold the program. */
int device_filter(int dir, const void *insns, uint32_t length)
{
	union bpf_attr attr;
	int program, status;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
	attr.insns = (uint64_t)(uintptr_t)insns;
	attr.insn_cnt = length / 8;
	attr.license = (uint64_t)(uintptr_t)"Apache-2.0";
	program = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof(attr));
	if (program < 0)
		return -1;
	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)dir;
	attr.attach_bpf_fd = (uint32_t)program;
	attr.attach_type = BPF_CGROUP_DEVICE;
	attr.attach_flags = BPF_F_ALLOW_MULTI;
	status = (int)syscall(SYS_bpf, BPF_PROG_ATTACH, &attr, sizeof(attr));
	close_keep_errno(program);
	return status;
}

int op_bpf_device(struct context *ctx, const struct op *op)
{
	int dir = open(op->bpf_device.path.at, O_RDONLY | O_DIRECTORY | O_CLOEXEC), status;

	(void)ctx;
	if (dir < 0)
		return -1;
	status = device_filter(dir, op->bpf_device.insns.at, op->bpf_device.insns.len);
	close_keep_errno(dir);
	return status;
}

int op_open(struct context *ctx, const struct op *op)
{
	int dir, fd;

	if (slot_get(ctx, op->open.dir, &dir) < 0)
		return -1;
	fd = openat2_at(dir, op->open.path.at, op->open.flags, op->open.mode, op->open.resolve);
	if (fd < 0)
		return -1;
	slot_set(ctx, op->open.slot, fd);
	return 0;
}

int op_close(struct context *ctx, const struct op *op)
{
	slot_set(ctx, op->close.slot, -1);
	return 0;
}

int op_open_tree(struct context *ctx, const struct op *op)
{
	uint64_t empty = op->open_tree.path.len == 0 ? AT_EMPTY_PATH : 0;
	int dir, fd;

	if (slot_get(ctx, op->open_tree.dir, &dir) < 0)
		return -1;
	fd = open_tree(dir, op->open_tree.path.at, (unsigned int)(op->open_tree.flags | empty | OPEN_TREE_CLOEXEC));
	if (fd < 0)
		return -1;
	slot_set(ctx, op->open_tree.slot, fd);
	return 0;
}

int op_check_fs(struct context *ctx, const struct op *op)
{
	struct statfs fs;
	int fd;

	if (slot_get(ctx, op->check_fs.slot, &fd) < 0 || fstatfs(fd, &fs) < 0)
		return -1;
	if ((uint64_t)fs.f_type == op->check_fs.magic)
		return 0;
	errno = EMEDIUMTYPE;
	return -1;
}

/* CVE-2025-31133: what is bound over files must be the device it claims to be. */
int op_check_device(struct context *ctx, const struct op *op)
{
	struct stat st;
	int fd;

	if (slot_get(ctx, op->check_device.slot, &fd) < 0 || fstat(fd, &st) < 0)
		return -1;
	if ((st.st_mode & S_IFMT) == op->check_device.type && major(st.st_rdev) == op->check_device.major &&
	    minor(st.st_rdev) == op->check_device.minor)
		return 0;
	errno = ENODEV;
	return -1;
}

/* mount_setattr(2) with MOUNT_ATTR_IDMAP wants a user namespace that has the mapping: make one with a process that does nothing. */
int op_userns_fd(struct context *ctx, const struct op *op)
{
	const char *const names[] = { "uid_map", "gid_map" };
	const struct str *maps[] = { &op->userns_fd.uid_map, &op->userns_fd.gid_map };
	char path[64];
	const pid_t parent = getpid();
	int fd, status = 0;
	pid_t pid;

	pid = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, 0);
	if (pid < 0)
		return -1;
	if (pid == 0) {
		/* Never outlive the outer half, should it be killed right now. */
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		while (getppid() == parent)
			pause();
		_exit(0);
	}
	for (int i = 0; i < 2 && status == 0; i++) {
		snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, names[i]);
		fd = open(path, O_WRONLY | O_CLOEXEC);
		status = fd < 0 ? -1 : write_all(fd, maps[i]->at, maps[i]->len);
		close_keep_errno(fd);
	}
	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	fd = status < 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	status = errno;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	errno = status;
	if (fd < 0)
		return -1;
	slot_set(ctx, op->userns_fd.slot, fd);
	return 0;
}

int op_mount_propagation(struct context *ctx, const struct op *op)
{
	(void)ctx;
	return mount(NULL, "/", NULL, op->mount_propagation.flags, NULL);
}

int op_fsopen(struct context *ctx, const struct op *op)
{
	int fd = fsopen(op->fsopen.type.at, FSOPEN_CLOEXEC);

	if (fd < 0)
		return -1;
	slot_set(ctx, op->fsopen.slot, fd);
	return 0;
}

int op_fsconfig_flag(struct context *ctx, const struct op *op)
{
	int fd;

	if (slot_get(ctx, op->fsconfig_flag.slot, &fd) < 0)
		return -1;
	return fsconfig(fd, FSCONFIG_SET_FLAG, op->fsconfig_flag.key.at, NULL, 0);
}

int op_fsconfig_string(struct context *ctx, const struct op *op)
{
	int fd;

	if (slot_get(ctx, op->fsconfig_string.slot, &fd) < 0)
		return -1;
	return fsconfig(fd, FSCONFIG_SET_STRING, op->fsconfig_string.key.at, op->fsconfig_string.value.at, 0);
}

/* A tmpfs without `mode=` takes the mode of the directory that it covers, as runc does it. */
int op_fsconfig_mode_of(struct context *ctx, const struct op *op)
{
	char mode[16];
	struct stat st;
	int fd, like;

	if (slot_get(ctx, op->fsconfig_mode_of.slot, &fd) < 0 || slot_get(ctx, op->fsconfig_mode_of.like, &like) < 0)
		return -1;
	if (fstat(like, &st) < 0)
		return -1;
	snprintf(mode, sizeof(mode), "%o", (unsigned int)st.st_mode & 07777u);
	return fsconfig(fd, FSCONFIG_SET_STRING, "mode", mode, 0);
}

int op_fsmount(struct context *ctx, const struct op *op)
{
	int fs, fd;

	if (slot_get(ctx, op->fsmount.fs, &fs) < 0)
		return -1;
	if (fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -1;
	fd = fsmount(fs, FSMOUNT_CLOEXEC, (unsigned int)op->fsmount.attrs);
	if (fd < 0)
		return -1;
	slot_set(ctx, op->fsmount.fs, -1);
	slot_set(ctx, op->fsmount.slot, fd);
	return 0;
}

int op_mount_setattr(struct context *ctx, const struct op *op)
{
	struct mount_attr attr = {
		.attr_set = op->mount_setattr.set,
		.attr_clr = op->mount_setattr.clear,
		.propagation = op->mount_setattr.propagation,
	};
	int fd, userns;

	if (slot_get(ctx, op->mount_setattr.slot, &fd) < 0 || slot_get(ctx, op->mount_setattr.userns, &userns) < 0)
		return -1;
	if (userns >= 0)
		attr.userns_fd = (__u64)(unsigned int)userns;
	return mount_setattr(fd, "", AT_EMPTY_PATH | (op->mount_setattr.recursive ? AT_RECURSIVE : 0), &attr, sizeof(attr));
}

static bool is_kind(int fd, uint32_t kind)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) == ((kind & 3u) == TARGET_DIR);
}

/* Replace `path`, whose component at [from, to) is a dangling link in `dir`, by the path that the link means. */
static int follow_dangling(int dir, char *path, size_t from, size_t to)
{
	char link[PATH_SPACE], joined[2 * PATH_SPACE];
	char name[256];
	ssize_t length;

	if (to - from >= sizeof(name))
		return -1;
	memcpy(name, path + from, to - from);
	name[to - from] = 0;
	length = readlinkat(dir, name, link, sizeof(link) - 1);
	if (length < 0)
		return -1;
	link[length] = 0;
	/* An absolute link starts at the container's root again: openat2(RESOLVE_IN_ROOT) reads it that way too. */
	snprintf(joined, sizeof(joined), "%.*s%s%s", link[0] == '/' ? 0 : (int)from, path, link, path + to);
	if (strlen(joined) >= PATH_SPACE) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(path, joined);
	return 0;
}

/*
 * Walk `path` below `root`, making what is missing. No string is resolved twice by the kernel on its own: each
 * component is made in a directory that is already open, then opened inside the root (CVE-2021-30465, CVE-2024-45310).
 */
int open_target_at(int root, const char *wanted, uint32_t kind, mode_t mode)
{
	uint64_t resolve = IN_ROOT | (kind & TARGET_NOFOLLOW ? RESOLVE_NO_SYMLINKS : 0);
	char path[PATH_SPACE];
	int links = 0, dir, fd;
	size_t at = 0, end;

	fd = openat2_at(root, wanted[0] == 0 ? "." : wanted, O_PATH, 0, resolve);
	if (fd >= 0 && !is_kind(fd, kind)) {
		close(fd);
		errno = (kind & 3u) == TARGET_DIR ? ENOTDIR : EISDIR;
		return -1;
	}
	if (fd >= 0 || errno != ENOENT)
		return fd;
	if (strlen(wanted) >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(path, wanted);
	dir = openat2_at(root, ".", O_PATH | O_DIRECTORY, 0, IN_ROOT);
	while (dir >= 0) {
		bool last;
		char kept;
		int status;

		while (path[at] == '/')
			at++;
		end = at + strcspn(path + at, "/");
		last = path[end + strspn(path + end, "/")] == 0;
		if (end == at)
			return dir;
		kept = path[end];
		path[end] = 0;
		fd = openat2_at(root, path, O_PATH, 0, resolve);
		if (fd < 0 && errno == ENOENT) {
			if (last && (kind & 3u) == TARGET_FILE) {
				status = openat(dir, path + at, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, mode & 0666);
				if (status >= 0)
					close(status);
			} else {
				status = mkdirat(dir, path + at, mode);
			}
			if (status < 0 && errno == EEXIST && !(kind & TARGET_NOFOLLOW) && links++ < 40) {
				path[end] = kept;
				if (follow_dangling(dir, path, at, end) == 0) {
					close(dir);
					at = 0;
					dir = openat2_at(root, ".", O_PATH | O_DIRECTORY, 0, IN_ROOT);
					continue;
				}
			} else if (status >= 0) {
				fd = openat2_at(root, path, O_PATH, 0, resolve);
			}
		}
		path[end] = kept;
		close_keep_errno(dir);
		if (fd < 0)
			return -1;
		dir = fd;
		at = end;
		if (last) {
			if (is_kind(fd, kind))
				return fd;
			close(fd);
			errno = (kind & 3u) == TARGET_DIR ? ENOTDIR : EISDIR;
			return -1;
		}
	}
	return -1;
}

int op_open_target(struct context *ctx, const struct op *op)
{
	uint32_t kind = (uint32_t)op->open_target.kind;
	int root, like, fd;
	struct statfs fs;

	if (slot_get(ctx, op->open_target.root, &root) < 0 || slot_get(ctx, op->open_target.like, &like) < 0)
		return -1;
	if ((kind & 3u) == TARGET_LIKE)
		kind = (kind & ~3u) | (is_kind(like, TARGET_DIR) ? TARGET_DIR : TARGET_FILE);
	fd = open_target_at(root, op->open_target.path.at, kind, (mode_t)op->open_target.mode);
	if (fd < 0)
		return -1;
	if (!(kind & TARGET_ON_PROC) && fstatfs(fd, &fs) == 0 && fs.f_type == PROC_MAGIC) {
		close(fd);
		errno = EPERM;
		return -1;
	}
	slot_set(ctx, op->open_target.slot, fd);
	return 0;
}

int op_move_mount(struct context *ctx, const struct op *op)
{
	int from, to;

	if (slot_get(ctx, op->move_mount.from, &from) < 0 || slot_get(ctx, op->move_mount.to, &to) < 0)
		return -1;
	if (move_mount(from, "", to, "", MOVE_FD_TO_FD) < 0)
		return -1;
	slot_set(ctx, op->move_mount.from, -1);
	slot_set(ctx, op->move_mount.to, -1);
	return 0;
}

/* mount(2) for what fsconfig(2) cannot take (values over 255 bytes), on the open target by way of the working directory. */
int op_mount_legacy(struct context *ctx, const struct op *op)
{
	const struct mount_legacy_fields *a = &op->mount_legacy;
	int target;

	if (slot_get(ctx, a->target, &target) < 0 || fchdir(target) < 0)
		return -1;
	if (mount(a->source.at, ".", a->type.at, a->flags, a->data.at) < 0)
		return -1;
	slot_set(ctx, a->target, -1);
	return chdir("/");
}

struct copy_budget {
	uint32_t entries;
	char buffer[65536];
};

static int copy_file(struct copy_budget *budget, int from, int to, const char *name, const struct stat *st)
{
	int in = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	int out = in < 0 ? -1 : openat(to, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	ssize_t n = -1;

	while (out >= 0 && (n = read(in, budget->buffer, sizeof(budget->buffer))) > 0)
		if (write(out, budget->buffer, (size_t)n) != n) {
			n = -1;
			break;
		}
	if (n == 0 && (fchown(out, st->st_uid, st->st_gid) < 0 || fchmod(out, st->st_mode & 07777) < 0))
		n = -1;
	close_keep_errno(out);
	close_keep_errno(in);
	return n == 0 ? 0 : -1;
}

static int copy_link(int from, int to, const char *name)
{
	char link[PATH_SPACE];
	ssize_t length = readlinkat(from, name, link, sizeof(link) - 1);

	if (length < 0)
		return -1;
	link[length] = 0;
	return symlinkat(link, to, name);
}

static int copy_tree(struct copy_budget *budget, int from, int to, int depth)
{
	int fd = openat(from, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), status = 0;
	DIR *list = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (list == NULL)
		return close_keep_errno(fd);
	while (status == 0 && (entry = readdir(list)) != NULL) {
		const char *name = entry->d_name;
		struct stat st;

		if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
			continue;
		if (++budget->entries > 100000 || depth > 64) {
			errno = E2BIG;
			status = -1;
		} else if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			status = -1;
		} else if (S_ISREG(st.st_mode)) {
			status = copy_file(budget, from, to, name, &st);
		} else if (S_ISLNK(st.st_mode)) {
			status = copy_link(from, to, name);
		} else if (S_ISDIR(st.st_mode)) {
			int a = -1, b = -1;

			if (mkdirat(to, name, 0700) < 0 ||
			    (a = openat(from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0 ||
			    (b = openat(to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) < 0 ||
			    copy_tree(budget, a, b, depth + 1) < 0 || fchown(b, st.st_uid, st.st_gid) < 0 ||
			    fchmod(b, st.st_mode & 07777) < 0)
				status = -1;
			close_keep_errno(a);
			close_keep_errno(b);
		}
	}
	fd = errno;
	closedir(list);
	errno = fd;
	return status;
}

/* tmpcopyup: what the image has at the mount point appears in the tmpfs over it; sockets, devices and FIFOs do not. */
int op_copy_up(struct context *ctx, const struct op *op)
{
	static struct copy_budget budget;
	int from, to;

	budget.entries = 0;
	if (slot_get(ctx, op->copy_up.from, &from) < 0 || slot_get(ctx, op->copy_up.to, &to) < 0)
		return -1;
	return copy_tree(&budget, from, to, 0);
}

/* Open the directory that holds `path` and give its last component. */
static int open_parent(int root, const char *path, uint32_t flags, const char **name)
{
	const char *slash = strrchr(path, '/');
	char parent[PATH_SPACE];

	if (slash == NULL || slash[1] == 0 || (size_t)(slash - path) >= sizeof(parent)) {
		errno = EINVAL;
		return -1;
	}
	memcpy(parent, path, (size_t)(slash - path));
	parent[slash - path] = 0;
	*name = slash + 1;
	return open_target_at(root, parent, TARGET_DIR | flags, 0755);
}

int op_mknod_in(struct context *ctx, const struct op *op)
{
	const struct mknod_in_fields *a = &op->mknod_in;
	dev_t dev = makedev((unsigned int)a->major, (unsigned int)a->minor);
	const char *name;
	struct stat st;
	int root, dir, status;

	if (slot_get(ctx, a->root, &root) < 0)
		return -1;
	dir = open_parent(root, a->path.at, TARGET_NOFOLLOW, &name);
	if (dir < 0)
		return -1;
	status = mknodat(dir, name, (mode_t)a->mode, dev);
	if (status < 0 && errno == EEXIST) {
		/* Only the very device that was asked for may stand there already. */
		status = fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW);
		if (status == 0 && ((st.st_mode & S_IFMT) != ((mode_t)a->mode & S_IFMT) || st.st_rdev != dev)) {
			errno = EEXIST;
			status = -1;
		}
	} else if (status == 0) {
		status = fchownat(dir, name, (uid_t)a->uid, (gid_t)a->gid, AT_SYMLINK_NOFOLLOW);
	}
	close_keep_errno(dir);
	return status;
}

int op_symlink_in(struct context *ctx, const struct op *op)
{
	const char *name;
	int root, dir, status;

	if (slot_get(ctx, op->symlink_in.root, &root) < 0)
		return -1;
	dir = open_parent(root, op->symlink_in.path.at, TARGET_NOFOLLOW, &name);
	if (dir < 0)
		return -1;
	status = symlinkat(op->symlink_in.target.at, dir, name);
	if (status < 0 && errno == EEXIST)
		status = 0; /* the image brings its own */
	close_keep_errno(dir);
	return status;
}

/* A tmpfs that holds nothing and takes nothing. */
static int empty_dir(void)
{
	int fs = fsopen("tmpfs", FSOPEN_CLOEXEC), fd = -1;

	if (fs < 0)
		return -1;
	if (fsconfig(fs, FSCONFIG_SET_STRING, "nr_blocks", "1", 0) == 0 &&
	    fsconfig(fs, FSCONFIG_SET_STRING, "nr_inodes", "1", 0) == 0 &&
	    fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		fd = fsmount(fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
	close_keep_errno(fs);
	return fd;
}

int op_mask_path(struct context *ctx, const struct op *op)
{
	int root, null, target, cover, status;

	if (slot_get(ctx, op->mask_path.root, &root) < 0 || slot_get(ctx, op->mask_path.null, &null) < 0)
		return -1;
	target = openat2_at(root, op->mask_path.path.at, O_PATH, 0, IN_ROOT);
	if (target < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	cover = is_kind(target, TARGET_DIR) ? empty_dir() : open_tree(null, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	status = cover < 0 ? -1 : move_mount(cover, "", target, "", MOVE_FD_TO_FD);
	close_keep_errno(cover);
	close_keep_errno(target);
	return status;
}

int op_readonly_path(struct context *ctx, const struct op *op)
{
	struct mount_attr attr = { .attr_set = (uint64_t)MOUNT_ATTR_RDONLY };
	int root, target, cover, status = -1;

	if (slot_get(ctx, op->readonly_path.root, &root) < 0)
		return -1;
	target = openat2_at(root, op->readonly_path.path.at, O_PATH, 0, IN_ROOT);
	if (target < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	cover = open_tree(target, "", AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (cover >= 0 && mount_setattr(cover, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) == 0)
		status = move_mount(cover, "", target, "", MOVE_FD_TO_FD);
	close_keep_errno(cover);
	close_keep_errno(target);
	return status;
}

/* pivot_root(2), "pivot_root(".", ".")": the old root ends up over the new one, and is taken off. */
int op_pivot_root(struct context *ctx, const struct op *op)
{
	int root;

	if (slot_get(ctx, op->pivot_root.root, &root) < 0 || fchdir(root) < 0)
		return -1;
	if (syscall(SYS_pivot_root, ".", ".") < 0)
		return -1;
	if (umount2(".", MNT_DETACH) < 0)
		return -1;
	return chdir("/");
}

int op_chroot(struct context *ctx, const struct op *op)
{
	int root;

	if (slot_get(ctx, op->chroot.root, &root) < 0 || fchdir(root) < 0 || chroot(".") < 0)
		return -1;
	return chdir("/");
}

/* CVE-2024-21626: a working directory outside of the root reads as "(unreachable)/…". */
int op_check_cwd(struct context *ctx, const struct op *op)
{
	char path[PATH_SPACE];
	long n = syscall(SYS_getcwd, path, sizeof(path));

	(void)ctx;
	(void)op;
	if (n > 0 && path[0] == '/')
		return 0;
	errno = n < 0 ? errno : EXDEV;
	return -1;
}

/* Only procfs is written to, whatever was mounted there: CVE-2019-16884, CVE-2025-52881. */
int op_write_proc(struct context *ctx, const struct op *op)
{
	struct statfs fs;
	int proc, fd, status = -1;

	if (slot_get(ctx, op->write_proc.proc, &proc) < 0)
		return -1;
	fd = openat2_at(proc, op->write_proc.path.at, O_WRONLY, 0, RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_BENEATH);
	if (fd < 0)
		return -1;
	if (fstatfs(fd, &fs) == 0 && fs.f_type == PROC_MAGIC)
		status = write_all(fd, op->write_proc.data.at, op->write_proc.data.len);
	else
		errno = EMEDIUMTYPE;
	close_keep_errno(fd);
	return status;
}

/* The outer half writes for the process that waits in the join section. */
int op_write_map(struct context *ctx, const struct op *op)
{
	char path[96];
	int fd, status;

	snprintf(path, sizeof(path), "/proc/%d/%.32s", (int)ctx->child, op->write_map.file.at);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	status = write_all(fd, op->write_map.data.at, op->write_map.data.len);
	close_keep_errno(fd);
	return status;
}

int op_landlock_create(struct context *ctx, const struct op *op)
{
	/* landlock(7); the ABI grew: 1 file system, 4 network, 6 scopes. Bits that this kernel does not know are left out. */
	struct {
		uint64_t fs, net, scoped;
	} attr = { .fs = op->landlock_create.fs };
	static const uint64_t fs_by_abi[] = { 0, (1u << 13) - 1, (1u << 14) - 1, (1u << 15) - 1, (1u << 15) - 1, (1u << 16) - 1 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1u /* LANDLOCK_CREATE_RULESET_VERSION */);
	int fd;

	if (abi < 0)
		return -1;
	attr.fs &= fs_by_abi[abi > 5 ? 5 : abi];
	attr.net = abi >= 4 ? op->landlock_create.net : 0;
	attr.scoped = abi >= 6 ? op->landlock_create.scoped : 0;
	fd = (int)syscall(SYS_landlock_create_ruleset, &attr, abi >= 6 ? 24 : abi >= 4 ? 16 : 8, 0);
	if (fd < 0)
		return -1;
	slot_set(ctx, op->landlock_create.slot, fd);
	return 0;
}

int op_landlock_allow(struct context *ctx, const struct op *op)
{
	/* Rights that files have; a rule on a file may name no other. */
	const uint64_t file_rights = (1u << 0) | (1u << 1) | (1u << 2) | (1u << 14) | (1u << 15);
	static const uint64_t fs_by_abi[] = { 0, (1u << 13) - 1, (1u << 14) - 1, (1u << 15) - 1, (1u << 15) - 1, (1u << 16) - 1 };
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, 1u);
	struct {
		uint64_t access;
		int32_t fd;
	} __attribute__((packed)) rule = { .access = op->landlock_allow.access };
	int ruleset, root, status;

	if (abi < 0 || slot_get(ctx, op->landlock_allow.slot, &ruleset) < 0 || slot_get(ctx, op->landlock_allow.root, &root) < 0)
		return -1;
	rule.fd = openat2_at(root, op->landlock_allow.path.at, O_PATH, 0, IN_ROOT);
	if (rule.fd < 0)
		return errno == ENOENT ? 0 : -1;
	rule.access &= fs_by_abi[abi > 5 ? 5 : abi];
	if (!is_kind(rule.fd, TARGET_DIR))
		rule.access &= file_rights;
	status = (int)syscall(SYS_landlock_add_rule, ruleset, 1 /* LANDLOCK_RULE_PATH_BENEATH */, &rule, 0);
	close_keep_errno(rule.fd);
	return status;
}

int op_landlock_restrict(struct context *ctx, const struct op *op)
{
	int ruleset;

	if (slot_get(ctx, op->landlock_restrict.slot, &ruleset) < 0)
		return -1;
	return (int)syscall(SYS_landlock_restrict_self, ruleset, 0);
}
