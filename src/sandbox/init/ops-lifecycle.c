/* Operations of create, start and exec: fifos, joining a process that runs already, handing descriptors on. */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define PROC_MAGIC 0x9fa0

int op_mkfifo(struct context *ctx, const struct op *op)
{
	(void)ctx;
	return mkfifo(op->mkfifo.path.at, (mode_t)op->mkfifo.mode);
}

/*
 * What execve(2) would say of each candidate, without executing it. What a seccomp filter makes of the question is no
 * answer: then exec itself will tell.
 */
int op_find_program(struct context *ctx, const struct op *op)
{
	int error = ENOENT;

	(void)ctx;
	for (uint32_t i = 0; i < op->find_program.candidates.count; i++) {
		const char *path = op->find_program.candidates.at[i];
		struct stat st;

		if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
			error = EACCES;
			continue;
		}
		if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0)
			return 0;
		if (errno == EACCES)
			error = EACCES;
		else if (errno != ENOENT && errno != ENOTDIR && errno != ELOOP && errno != ENAMETOOLONG)
			return 0;
	}
	errno = error;
	return -1;
}

/* Field 22 of /proc/PID/stat (proc(5)), the start time; the name in front of it may hold spaces and parentheses. */
static int start_time(int process, char *to, size_t size)
{
	char stat[1024], *at;
	size_t length;
	ssize_t n;
	int fd = openat(process, "stat", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return -1;
	n = read(fd, stat, sizeof(stat) - 1);
	close(fd);
	if (n <= 0)
		return -1;
	stat[n] = 0;
	at = strrchr(stat, ')');
	for (int field = 2; at != NULL && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (at == NULL)
		return -1;
	length = strspn(at + 1, "0123456789");
	if (length == 0 || length >= size)
		return -1;
	memcpy(to, at + 1, length);
	to[length] = 0;
	return 0;
}

/* The directory means this very process for as long as it is open: what is opened below it later fails once it is gone. */
int op_open_process(struct context *ctx, const struct op *op)
{
	char path[32], start[32];
	struct statfs fs;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld", (long)op->open_process.pid);
	fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd >= 0 && fstatfs(fd, &fs) == 0 && fs.f_type == PROC_MAGIC && start_time(fd, start, sizeof(start)) == 0 &&
	    strcmp(start, op->open_process.start.at) == 0) {
		slot_set(ctx, op->open_process.slot, fd);
		return 0;
	}
	if (fd >= 0)
		close(fd);
	errno = ESRCH;
	return -1;
}

/* A pidfd means its process in every pid namespace, so the process can send its own. */
int op_send_pidfd(struct context *ctx, const struct op *op)
{
	static const char name[] = "pidfd";
	int socket, pidfd, status;

	if (slot_get(ctx, op->send_pidfd.socket, &socket) < 0)
		return -1;
	pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
	if (pidfd < 0)
		return -1;
	status = send_fd(socket, name, sizeof(name) - 1, pidfd);
	close(pidfd);
	slot_set(ctx, op->send_pidfd.socket, -1);
	return status;
}

int op_report_to(struct context *ctx, const struct op *op)
{
	return slot_get(ctx, op->report_to.slot, &ctx->report);
}
