/* A seccomp filter whose notices an agent answers (runtime-spec, config-linux.md#containerprocessstate). */
#include "init.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MAX_STATE (1u << 20)

/* The descriptor goes with the first bytes; an agent reads until the connection is closed. */
static int send_state(int to, const char *text, size_t length, int passed)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec data = { .iov_base = (void *)(uintptr_t)text, .iov_len = length };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *header = (memset(&control, 0, sizeof(control)), CMSG_FIRSTHDR(&message));

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &passed, sizeof(int));
	while (data.iov_len > 0) {
		ssize_t n = sendmsg(to, &message, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		data.iov_base = (char *)data.iov_base + n;
		data.iov_len -= (size_t)n;
		message.msg_control = NULL;
		message.msg_controllen = 0;
	}
	return 0;
}

/*
 * The state is `before`, process id, `between`, process id, `after`: as the host counts it, so the outer half is asked. For a
 * process that joins a container the second one is known beforehand, and `after` is empty.
 */
OP_FUNCTION(seccomp_listen)
{
	static char state[MAX_STATE];
	struct sock_fprog program = { .len = (unsigned short)(op->seccomp_listen.filter.len / sizeof(struct sock_filter)) };
	int socket_fd, listener, length, result;
	pid_t pid;

	if (slot_get(ctx, op->seccomp_listen.socket, &socket_fd) < 0 || ask_outer(ctx, op, &pid) < 0)
		return -1;
	length = op->seccomp_listen.after.len == 0
			 ? snprintf(state, sizeof(state), "%s%d%s", op->seccomp_listen.before.at, (int)pid,
				    op->seccomp_listen.between.at)
			 : snprintf(state, sizeof(state), "%s%d%s%d%s", op->seccomp_listen.before.at, (int)pid,
				    op->seccomp_listen.between.at, (int)pid, op->seccomp_listen.after.at);
	if (length < 0 || (size_t)length >= sizeof(state)) {
		errno = E2BIG;
		return -1;
	}
	memcpy(&program.filter, &op->seccomp_listen.filter.at, sizeof(char *));
	listener = (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, op->seccomp_listen.flags, &program);
	if (listener < 0)
		return -1;
	result = send_state(socket_fd, state, (size_t)length, listener);
	if (close(listener) < 0 || result < 0)
		return -1;
	slot_set(ctx, op->seccomp_listen.socket, -1);
	return 0;
}
