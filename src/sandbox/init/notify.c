/*
 * `tguard-init notify SOCKET HOST PID`: takes the container's readiness (sd_notify(3)) at SOCKET and tells it to the service
 * manager at HOST, once, with the container's process as the main one. Nothing else of what the container says gets through.
 * Ends then, or when the process ends. A byte on standard output says that SOCKET is there.
 */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#define BARRIER_MS 30000

/* The service manager's address, which may be abstract. */
static int connect_host(const char *path)
{
	struct sockaddr_un address;
	socklen_t length = sizeof(address);
	int dir = -1, fd, status;

	if (path[0] == '@' && strlen(path) < sizeof(address.sun_path)) {
		memset(&address, 0, sizeof(address));
		address.sun_family = AF_UNIX;
		memcpy(address.sun_path, path, strlen(path));
		address.sun_path[0] = 0;
		length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	} else if (unix_address(path, &address, &dir) < 0) {
		return -1;
	}
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	status = fd < 0 ? -1 : connect(fd, (const struct sockaddr *)&address, length);
	if (dir >= 0)
		close(dir);
	return status < 0 ? -1 : fd;
}

static int bind_socket(const char *path)
{
	struct sockaddr_un address;
	int dir, fd, status;

	if (unix_address(path, &address, &dir) < 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	(void)unlink(path); /* of a `start` that was killed */
	status = fd < 0 ? -1 : bind(fd, (const struct sockaddr *)&address, sizeof(address));
	if (dir >= 0)
		close(dir);
	/* Whoever the workload is: the directory above is ours alone, and the container's. */
	return status < 0 || chmod(path, 0777) < 0 ? -1 : fd;
}

/* The line READY=… of a message, or NULL. */
static const char *ready_line(char *message)
{
	char *rest = message;

	for (char *line; (line = strsep(&rest, "\n")) != NULL;)
		if (strncmp(line, "READY=", 6) == 0)
			return line;
	return NULL;
}

/* sd_notify_barrier(3): the manager closes our pipe once it has read all that came before. */
static void barrier(int host)
{
	static const char text[] = "BARRIER=1";
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return;
	if (send_fd(host, text, sizeof(text) - 1, ends[1]) == 0) {
		struct pollfd closed = { .fd = ends[0], .events = 0 };

		close(ends[1]);
		(void)poll(&closed, 1, BARRIER_MS);
	}
}

static int tell_host(const char *host, const char *ready, const char *pid)
{
	char message[4200];
	int fd = connect_host(host);

	if (fd < 0)
		return -1;
	snprintf(message, sizeof(message), "%s\n", ready);
	if (send(fd, message, strlen(message), MSG_NOSIGNAL) < 0)
		return -1;
	snprintf(message, sizeof(message), "MAINPID=%s\n", pid);
	if (send(fd, message, strlen(message), MSG_NOSIGNAL) < 0)
		return -1;
	barrier(fd);
	return 0;
}

int notify_relay(const char *path, const char *host, const char *pid)
{
	int fd = bind_socket(path), process = (int)syscall(SYS_pidfd_open, (pid_t)atoi(pid), 0);
	char message[4096];

	if (fd < 0 || process < 0 || write(1, "", 1) != 1)
		return 1;
	for (;;) {
		struct pollfd polled[] = { { .fd = fd, .events = POLLIN }, { .fd = process, .events = POLLIN } };
		const char *ready = NULL;
		ssize_t n;

		if (poll(polled, 2, -1) < 0 && errno != EINTR)
			return 1;
		if (polled[0].revents) {
			n = recv(fd, message, sizeof(message) - 1, MSG_DONTWAIT);
			message[n > 0 ? n : 0] = 0;
			ready = ready_line(message);
		} else if (polled[1].revents) {
			return 0;
		}
		if (ready != NULL)
			return tell_host(host, ready, pid) < 0;
	}
}
