/* Operations on the process itself: identity, limits, namespaces, terminal, exec. */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/vfs.h>
#include <unistd.h>

#define DEVPTS_MAGIC 0x1cd1

static int close_keep_errno(int fd)
{
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
	return -1;
}

int op_setns(struct context *ctx, const struct op *op)
{
	int fd;

	if (slot_get(ctx, op->setns.slot, &fd) < 0 || setns(fd, (int)op->setns.type) < 0)
		return -1;
	slot_set(ctx, op->setns.slot, -1);
	return 0;
}

int op_unshare(struct context *ctx, const struct op *op)
{
	(void)ctx;
	return unshare((int)op->unshare.flags);
}

int op_link_up(struct context *ctx, const struct op *op)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), status;
	struct ifreq request;

	(void)ctx;
	if (fd < 0)
		return -1;
	memset(&request, 0, sizeof(request));
	strncpy(request.ifr_name, op->link_up.name.at, sizeof(request.ifr_name) - 1);
	status = ioctl(fd, SIOCGIFFLAGS, &request);
	if (status == 0) {
		request.ifr_flags = (short)(request.ifr_flags | IFF_UP);
		status = ioctl(fd, SIOCSIFFLAGS, &request);
	}
	close_keep_errno(fd);
	return status;
}

int op_sethostname(struct context *ctx, const struct op *op)
{
	(void)ctx;
	return sethostname(op->sethostname.name.at, op->sethostname.name.len);
}

int op_setdomainname(struct context *ctx, const struct op *op)
{
	(void)ctx;
	return setdomainname(op->setdomainname.name.at, op->setdomainname.name.len);
}

int op_setrlimit(struct context *ctx, const struct op *op)
{
	const struct rlimit limit = { .rlim_cur = op->setrlimit.soft, .rlim_max = op->setrlimit.hard };

	(void)ctx;
	return setrlimit((__rlimit_resource_t)op->setrlimit.resource, &limit);
}

/* A higher hard limit needs CAP_SYS_RESOURCE of the first user namespace: raised before leaving it, set exactly before exec. */
int op_raise_rlimit(struct context *ctx, const struct op *op)
{
	struct rlimit limit;

	(void)ctx;
	if (getrlimit((__rlimit_resource_t)op->raise_rlimit.resource, &limit) < 0)
		return -1;
	if (op->raise_rlimit.hard <= limit.rlim_max)
		return 0;
	limit.rlim_max = op->raise_rlimit.hard;
	return setrlimit((__rlimit_resource_t)op->raise_rlimit.resource, &limit);
}

int op_prctl(struct context *ctx, const struct op *op)
{
	(void)ctx;
	return prctl((int)op->prctl.option, op->prctl.arg2, op->prctl.arg3, 0ul, 0ul);
}

int op_setgroups(struct context *ctx, const struct op *op)
{
	/* Raw calls throughout: libc's would signal other threads, and there are none. */
	(void)ctx;
	return (int)syscall(SYS_setgroups, op->setgroups.gids.len / 4, op->setgroups.gids.at);
}

int op_setresgid(struct context *ctx, const struct op *op)
{
	(void)ctx;
	return (int)syscall(SYS_setresgid, op->setresgid.gid, op->setresgid.gid, op->setresgid.gid);
}

int op_setresuid(struct context *ctx, const struct op *op)
{
	(void)ctx;
	return (int)syscall(SYS_setresuid, op->setresuid.uid, op->setresuid.uid, op->setresuid.uid);
}

int op_capbset_keep(struct context *ctx, const struct op *op)
{
	(void)ctx;
	for (unsigned long cap = 0; cap < 64; cap++) {
		int held = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);

		if (held < 0)
			return 0; /* past the last capability of this kernel */
		if (held > 0 && !(op->capbset_keep.keep >> cap & 1) && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			return -1;
	}
	return 0;
}

int op_capset(struct context *ctx, const struct op *op)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	(void)ctx;
	for (int i = 0; i < 2; i++) {
		data[i].effective = (uint32_t)(op->capset.effective >> (32 * i));
		data[i].permitted = (uint32_t)(op->capset.permitted >> (32 * i));
		data[i].inheritable = (uint32_t)(op->capset.inheritable >> (32 * i));
	}
	return (int)syscall(SYS_capset, &header, data);
}

int op_cap_ambient(struct context *ctx, const struct op *op)
{
	(void)ctx;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return -1;
	for (unsigned long cap = 0; cap < 64; cap++)
		if ((op->cap_ambient.ambient >> cap & 1) && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
			return -1;
	return 0;
}

int op_umask(struct context *ctx, const struct op *op)
{
	(void)ctx;
	umask((mode_t)op->umask.mode);
	return 0;
}

int op_chdir(struct context *ctx, const struct op *op)
{
	(void)ctx;
	return chdir(op->chdir.path.at) == 0 || (errno == EACCES && (op->chdir.flags & CHDIR_TRY)) ? 0 : -1;
}

int op_setsid(struct context *ctx, const struct op *op)
{
	(void)ctx;
	(void)op;
	return setsid() < 0 ? -1 : 0;
}

/* A fresh session keyring, so that the caller's keys are out of reach; a kernel without keys has none to leak. */
int op_join_keyring(struct context *ctx, const struct op *op)
{
	(void)ctx;
	return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, op->join_keyring.name.at, 0, 0, 0) >= 0 || errno == ENOSYS ? 0 : -1;
}

int op_personality(struct context *ctx, const struct op *op)
{
	(void)ctx;
	return personality(op->personality.persona) < 0 ? -1 : 0;
}

/* Pipes and terminals become the workload's, so that it can open /dev/stderr; files and devices of the host never change owner. */
/*
 * A pipe opened again, as /dev/stdout does, is asked for its owner; one whose owner is not mapped is nobody's. The caller's
 * terminal and files are left alone, and a pipe that cannot be changed stays as it is.
 */
int op_chown_pipes(struct context *ctx, const struct op *op)
{
	(void)ctx;
	for (int fd = 0; fd < 3; fd++) {
		struct stat st;

		if (fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)))
			(void)!fchown(fd, (uid_t)op->chown_pipes.uid, (gid_t)-1);
	}
	return 0;
}

int op_chown_stdio(struct context *ctx, const struct op *op)
{
	(void)ctx;
	for (int fd = 0; fd < 3; fd++) {
		struct stat st;

		if (fstat(fd, &st) < 0 || !(S_ISFIFO(st.st_mode) || isatty(fd)))
			continue;
		/* A descriptor of a file system that this user namespace cannot change stays as it is. */
		if (fchown(fd, (uid_t)op->chown_stdio.uid, (gid_t)-1) < 0 && errno != EPERM && errno != EINVAL && errno != EROFS)
			return -1;
	}
	return 0;
}

int op_seccomp(struct context *ctx, const struct op *op)
{
	struct sock_fprog program = { .len = (unsigned short)(op->seccomp.filter.len / sizeof(struct sock_filter)) };

	(void)ctx;
	memcpy(&program.filter, &op->seccomp.filter.at, sizeof(char *));
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, op->seccomp.flags, &program) < 0 ? -1 : 0;
}

int op_connect_console(struct context *ctx, const struct op *op)
{
	struct sockaddr_un address;
	int dir, fd, status;

	if (unix_address(op->connect_console.path.at, &address, &dir) < 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	status = fd < 0 ? -1 : connect(fd, (const struct sockaddr *)&address, sizeof(address));
	close_keep_errno(dir);
	if (status < 0)
		return close_keep_errno(fd);
	slot_set(ctx, op->connect_console.slot, fd);
	return 0;
}

/* The pty comes from a devpts that was just mounted, by descriptor: nothing in the image can stand in for it (CVE-2025-52565). */
int op_open_pty(struct context *ctx, const struct op *op)
{
	struct open_how how = {
		.flags = O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS,
	};
	int pts, master, slave, unlock = 0;
	struct statfs fs;
	struct stat st;

	if (slot_get(ctx, op->open_pty.pts, &pts) < 0)
		return -1;
	master = (int)syscall(SYS_openat2, pts, "ptmx", &how, sizeof(how));
	if (master < 0)
		return -1;
	if (fstatfs(master, &fs) < 0 || fs.f_type != DEVPTS_MAGIC || fstat(master, &st) < 0 || st.st_rdev != makedev(5, 2)) {
		errno = ENODEV;
		return close_keep_errno(master);
	}
	slave = ioctl(master, TIOCSPTLCK, &unlock) < 0 ? -1 : ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (slave < 0)
		return close_keep_errno(master);
	slot_set(ctx, op->open_pty.master, master);
	slot_set(ctx, op->open_pty.slave, slave);
	return 0;
}

int op_set_winsize(struct context *ctx, const struct op *op)
{
	const struct winsize size = {
		.ws_row = (unsigned short)op->set_winsize.rows,
		.ws_col = (unsigned short)op->set_winsize.cols,
	};
	int fd;

	if (slot_get(ctx, op->set_winsize.slot, &fd) < 0)
		return -1;
	return ioctl(fd, TIOCSWINSZ, &size);
}

/* To the engine's console socket as runc sends it (name as data, descriptor beside it), or to the outer half. */
int op_send_console(struct context *ctx, const struct op *op)
{
	static const char name[] = "/dev/ptmx";
	int master, socket_fd;

	if (slot_get(ctx, op->send_console.master, &master) < 0 || slot_get(ctx, op->send_console.socket, &socket_fd) < 0)
		return -1;
	if (socket_fd < 0 ? record_send_fd(ctx->peer, (struct record){ .kind = RECORD_CONSOLE }, master) < 0 :
	                    send_fd(socket_fd, name, sizeof(name) - 1, master) < 0)
		return -1;
	if (socket_fd >= 0)
		slot_set(ctx, op->send_console.socket, -1);
	slot_set(ctx, op->send_console.master, -1);
	return 0;
}

int op_set_stdio(struct context *ctx, const struct op *op)
{
	int fd;

	if (slot_get(ctx, op->set_stdio.slot, &fd) < 0)
		return -1;
	for (int to = 0; to < 3; to++)
		if (dup2(fd, to) < 0)
			return -1;
	slot_set(ctx, op->set_stdio.slot, -1);
	return 0;
}

int op_set_ctty(struct context *ctx, const struct op *op)
{
	(void)ctx;
	(void)op;
	return ioctl(0, TIOCSCTTY, 0);
}

/* Field `n` (from 0) of a line of passwd(5); its length in `length`. */
static const char *passwd_field(const char *line, const char *end, int n, size_t *length)
{
	while (n-- > 0) {
		line = memchr(line, ':', (size_t)(end - line));
		if (line == NULL)
			return NULL;
		line++;
	}
	*length = 0;
	while (line + *length < end && line[*length] != ':')
		(*length)++;
	return line;
}

/* HOME from the image's /etc/passwd: a regular file, at most 256 KiB of it, never waiting for a FIFO (R21). */
int op_default_home(struct context *ctx, const struct op *op)
{
	static char text[256 * 1024];
	int fd = open("/etc/passwd", O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC);
	ssize_t n = 0, have = 0;
	struct stat st;

	snprintf(ctx->home, sizeof(ctx->home), "HOME=/");
	if (fd < 0)
		return 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		while ((size_t)have < sizeof(text) && (n = read(fd, text + have, sizeof(text) - (size_t)have)) > 0)
			have += n;
	close(fd);
	for (const char *line = text, *end; line < text + have; line = end + 1) {
		const char *uid, *home;
		char *after;
		size_t length;

		end = memchr(line, '\n', (size_t)(text + have - line));
		if (end == NULL)
			end = text + have;
		uid = passwd_field(line, end, 2, &length);
		if (uid == NULL || length == 0 || length > 10)
			continue;
		if (strtoull(uid, &after, 10) != op->default_home.uid || after != uid + length)
			continue;
		home = passwd_field(line, end, 5, &length);
		if (home != NULL && length > 0 && length < sizeof(ctx->home) - 6 && memchr(home, 0, length) == NULL)
			snprintf(ctx->home, sizeof(ctx->home), "HOME=%.*s", (int)length, home);
		break;
	}
	return 0;
}

int op_close_fds(struct context *ctx, const struct op *op)
{
	(void)ctx;
	return close_range((unsigned int)op->close_fds.first, ~0u, CLOSE_RANGE_CLOEXEC);
}

/* The workload starts with default signal handling, whatever the caller's was. */
static void reset_signals(void)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int signal = 1; signal < NSIG; signal++)
		(void)sigaction(signal, &standard, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

int op_exec(struct context *ctx, const struct op *op)
{
	const struct strv *env = &op->exec.envp;
	int error = ENOENT;

	if (ctx->home[0] != 0)
		env->at[env->count] = ctx->home; /* plan_decode left room for it */
	reset_signals();
	for (uint32_t i = 0; i < op->exec.candidates.count; i++) {
		execve(op->exec.candidates.at[i], op->exec.argv.at, env->at);
		if (errno == EACCES)
			error = EACCES; /* execvp(3): go on, but say so if nothing else is found */
		else if (errno != ENOENT && errno != ENOTDIR) {
			error = errno;
			break;
		}
	}
	errno = error;
	return -1;
}
