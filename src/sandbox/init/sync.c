/* Records over sockets, with and without a descriptor passed along. */
#include "init.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

int record_send(int fd, struct record record)
{
	ssize_t n;

	do
		n = send(fd, &record, sizeof(record), MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(record) ? 0 : -1;
}

union fd_message {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

/* Data with one descriptor beside it (unix(7), SCM_RIGHTS). */
int send_fd(int fd, const void *text, size_t length, int passed)
{
	union fd_message control;
	struct iovec data = { .iov_base = (void *)(uintptr_t)text, .iov_len = length };
	struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
	struct cmsghdr *header;

	memset(&control, 0, sizeof(control));
	header = CMSG_FIRSTHDR(&message);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &passed, sizeof(int));
	return sendmsg(fd, &message, MSG_NOSIGNAL) == (ssize_t)length ? 0 : -1;
}

int record_send_fd(int fd, struct record record, int passed)
{
	return send_fd(fd, &record, sizeof(record), passed);
}

/* Both ends send whole records, so a short read is a closed or broken peer. */
int record_read(int fd, struct record *record, int *passed)
{
	union fd_message control;
	size_t have = 0;

	if (passed != NULL)
		*passed = -1;
	while (have < sizeof(*record)) {
		struct iovec data = { .iov_base = (char *)record + have, .iov_len = sizeof(*record) - have };
		struct msghdr message = { .msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control) };
		struct cmsghdr *header;
		ssize_t n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			errno = n == 0 ? EPIPE : errno;
			return -1;
		}
		header = CMSG_FIRSTHDR(&message);
		if (header != NULL && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS && passed != NULL)
			memcpy(passed, CMSG_DATA(header), sizeof(int));
		have += (size_t)n;
	}
	return 0;
}
