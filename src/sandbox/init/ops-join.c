/*
 * Joining a container that waits for `start`, as an ordinary user. Its process cannot be looked into from outside, because
 * it is not dumpable and was executed in the host's user namespace; so it hands its namespaces out itself, over a socket in
 * the container's state directory, which only their owner can reach.
 */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_JOINED 16u /* eight namespaces and the root, with room */

/* sun_path is short and state directories are not: go through a descriptor of the directory. */
int unix_address(const char *path, struct sockaddr_un *address, int *dir)
{
	const char *name = strrchr(path, '/');
	char parent[4096];

	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	*dir = -1;
	if (strlen(path) < sizeof(address->sun_path)) {
		memcpy(address->sun_path, path, strlen(path));
		return 0;
	}
	if (name == NULL || (size_t)(name - path) >= sizeof(parent) || strlen(name) > 64) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(parent, path, (size_t)(name - path));
	parent[name - path] = 0;
	*dir = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*dir < 0)
		return -1;
	snprintf(address->sun_path, sizeof(address->sun_path), "/proc/self/fd/%d%s", *dir, name);
	return 0;
}

int op_listen(struct context *ctx, const struct op *op)
{
	struct sockaddr_un address;
	int dir, fd, status = -1, error;

	if (unix_address(op->listen.path.at, &address, &dir) < 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && bind(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		status = listen(fd, 16);
	error = errno;
	if (dir >= 0)
		close(dir);
	if (status < 0 && fd >= 0)
		close(fd);
	if (status == 0)
		slot_set(ctx, op->listen.slot, fd);
	errno = error;
	return status;
}

int op_answer_joins(struct context *ctx, const struct op *op)
{
	ctx->joins = op;
	return 0;
}

union joined_fds {
	struct cmsghdr header;
	char space[CMSG_SPACE(MAX_JOINED * sizeof(int))];
};

static void answer(const struct context *ctx, int connection)
{
	union joined_fds control;
	struct iovec data = { .iov_base = (void *)(uintptr_t)"join", .iov_len = 4 };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control };
	int fds[MAX_JOINED];
	size_t count = 0;

	for (uint32_t i = 0; i < ctx->joins->answer_joins.count && count < MAX_JOINED - 1; i++)
		if (slot_get(ctx, (uint32_t)ctx->joins->answer_joins.first + i, &fds[count]) == 0)
			count++;
	fds[count] = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fds[count] < 0)
		return;
	memset(&control, 0, sizeof(control));
	control.header.cmsg_level = SOL_SOCKET;
	control.header.cmsg_type = SCM_RIGHTS;
	control.header.cmsg_len = CMSG_LEN((count + 1) * sizeof(int));
	memcpy(CMSG_DATA(&control.header), fds, (count + 1) * sizeof(int));
	message.msg_controllen = CMSG_SPACE((count + 1) * sizeof(int));
	(void)!sendmsg(connection, &message, MSG_NOSIGNAL);
	close(fds[count]);
}

/* Wait until there is something to read in the fifo, and meanwhile let others join. */
int wait_answering(const struct context *ctx, int fifo)
{
	int listener = -1;

	if (ctx->joins == NULL)
		return 0;
	if (slot_get(ctx, ctx->joins->answer_joins.listener, &listener) < 0)
		return -1;
	for (;;) {
		struct pollfd polled[] = { { .fd = fifo, .events = POLLIN }, { .fd = listener, .events = POLLIN } };
		int connection;

		if (poll(polled, 2, -1) < 0 && errno != EINTR)
			return -1;
		if (polled[0].revents)
			return 0;
		connection = polled[1].revents ? accept4(listener, NULL, NULL, SOCK_CLOEXEC) : -1;
		if (connection >= 0) {
			answer(ctx, connection);
			close(connection);
		}
	}
}

int op_receive_joins(struct context *ctx, const struct op *op)
{
	union joined_fds control;
	char text[4];
	struct iovec data = { .iov_base = text, .iov_len = sizeof(text) };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct sockaddr_un address;
	struct cmsghdr *header;
	uint32_t count;
	int dir, fd, connected;
	ssize_t n;

	if (unix_address(op->receive_joins.path.at, &address, &dir) < 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	connected = fd < 0 ? -1 : connect(fd, (const struct sockaddr *)&address, sizeof(address));
	if (dir >= 0)
		close(dir);
	n = connected < 0 ? -1 : recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	if (fd >= 0)
		close(fd);
	header = n <= 0 ? NULL : CMSG_FIRSTHDR(&message);
	if (header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
		errno = n < 0 ? errno : ESRCH;
		return -1;
	}
	count = (uint32_t)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
	for (uint32_t i = 0; i < count; i++) {
		int received;

		memcpy(&received, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
		/* The last one is the root. */
		slot_set(ctx, i + 1 == count ? op->receive_joins.root : (uint32_t)op->receive_joins.first + i, received);
	}
	if (count != op->receive_joins.count + 1) {
		errno = ESRCH;
		return -1;
	}
	return 0;
}
