/*
 * Hooks (runtime-spec, config.md#posix-platform-hooks). init starts all of them, those on the host too: it closes every
 * descriptor, ends a hook with all its children when its time is over, and ends it when the tguard that waits has gone.
 */
#include "hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ANSWER_FD 3
#define TICK_MS 20 /* where a filter forbids pidfd_open(2) */

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static _Noreturn void become_hook(const struct hook *hook, int errors)
{
	struct sigaction standard = { .sa_handler = SIG_DFL };
	sigset_t none;
	int error;

	setsid();
	for (int signal = 1; signal < NSIG; signal++)
		(void)sigaction(signal, &standard, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if ((hook->in >= 0 && dup2(hook->in, 0) < 0) ||
	    (hook->out >= 0 && (dup2(hook->out, 1) < 0 || dup2(hook->out, 2) < 0)) ||
	    (hook->dir >= 0 && fchdir(hook->dir) < 0) ||
	    (close_range(3, ~0u, CLOSE_RANGE_CLOEXEC) < 0 && errno != ENOSYS && errno != EPERM) ||
	    (hook->filter != NULL && op_seccomp(NULL, hook->filter) < 0))
		error = errno;
	else {
		execve(hook->path, hook->argv, hook->envp);
		error = errno;
	}
	(void)!write(errors, &error, sizeof(error));
	_exit(127);
}

/* Its process id, or -1 with the errno of whatever kept it from executing. */
static pid_t start(const struct hook *hook)
{
	int errors[2], error = 0;
	ssize_t n;
	pid_t pid;

	if (pipe2(errors, O_CLOEXEC) < 0)
		return -1;
	pid = fork();
	if (pid == 0)
		become_hook(hook, errors[1]);
	close(errors[1]);
	if (pid > 0) {
		do
			n = read(errors[0], &error, sizeof(error));
		while (n < 0 && errno == EINTR);
		if (n == (ssize_t)sizeof(error)) {
			waitpid(pid, NULL, 0);
			pid = -1;
		}
	}
	close(errors[0]);
	if (error != 0)
		errno = error;
	return pid;
}

/* Every child of this process, which as a subreaper or as pid 1 has the hook's orphans too; false when there is none, or no list of them. */
static bool kill_children(void)
{
	char path[64], list[4096], *at = list;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, list, sizeof(list) - 1);
	close(fd);
	if (n <= 0)
		return false;
	list[n] = 0;
	for (char *end; ; at = end) {
		long pid = strtol(at, &end, 10);

		if (end == at)
			return true;
		if (pid > 0)
			kill((pid_t)pid, SIGKILL);
	}
}

/* The hook and all that it started. What is left of it in a container without a pid namespace ends with its control group. */
static void end_hook(pid_t pid)
{
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
	if (getpid() == 1)
		kill(-1, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
	}
	/* Children that turn up when their parent is gone are killed in the next round. */
	while (getpid() != 1 && kill_children())
		while (waitpid(-1, NULL, 0) < 0 && errno == EINTR) {
		}
}

/* Keep the end of what the hook prints: that is where errors are. */
static void take_output(struct hook_watch *w)
{
	char chunk[1024];
	ssize_t n = read(w->read_fd, chunk, sizeof(chunk));
	size_t length;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		close_one(&w->read_fd);
		return;
	}
	length = (size_t)n < w->output_size ? (size_t)n : w->output_size;
	if (w->output_length + length > w->output_size) {
		size_t lost = w->output_length + length - w->output_size;

		memmove(w->output, w->output + lost, w->output_length - lost);
		w->output_length -= lost;
	}
	memcpy(w->output + w->output_length, chunk + ((size_t)n - length), length);
	w->output_length += length;
}

static void give_input(struct hook_watch *w)
{
	ssize_t n = w->input_left == 0 ? 0 : write(w->write_fd, w->input, w->input_left);

	if (n > 0) {
		w->input += n;
		w->input_left -= (size_t)n;
	}
	/* A hook that does not read its input is none of our business (EPIPE). */
	if (w->input_left == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		close_one(&w->write_fd);
}

static int watch_hook(pid_t pid, uint64_t timeout_ms, struct hook_watch *w, int *status)
{
	int64_t end = timeout_ms == 0 ? INT64_MAX : now_ms() + (int64_t)timeout_ms;
	int ended = (int)syscall(SYS_pidfd_open, pid, 0), error = 0;

	for (;;) {
		int64_t left = end - now_ms();
		int wait = left > 60000 ? 60000 : left < 0 ? 0 : (int)left;
		struct pollfd polled[] = {
			{ .fd = ended, .events = POLLIN },
			{ .fd = w->control, .events = POLLIN },
			{ .fd = w->write_fd, .events = POLLOUT },
			{ .fd = w->read_fd, .events = POLLIN },
		};

		if (ended < 0 && wait > TICK_MS)
			wait = TICK_MS;
		if (poll(polled, sizeof(polled) / sizeof(*polled), wait) < 0 && errno != EINTR) {
			error = errno;
			break;
		}
		if (polled[2].revents)
			give_input(w);
		if (polled[3].revents)
			take_output(w);
		if (waitpid(pid, status, WNOHANG) == pid) {
			while (w->read_fd >= 0 && poll(&(struct pollfd){ .fd = w->read_fd, .events = POLLIN }, 1, 0) > 0)
				take_output(w);
			break;
		}
		if (polled[1].revents) {
			error = ECANCELED;
			break;
		}
		if (now_ms() >= end) {
			error = ETIMEDOUT;
			break;
		}
	}
	close_one(&ended);
	if (error == 0)
		return 0;
	end_hook(pid);
	errno = error;
	return -1;
}

int hook_run(const struct hook *hook, struct hook_watch *watch, int *status)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	pid_t pid;
	(void)sigaction(SIGPIPE, &ignore, NULL);
	pid = start(hook);
	if (pid < 0)
		return -1;
	if (hook->in >= 0)
		close(hook->in);
	if (hook->out >= 0)
		close(hook->out);
	return watch_hook(pid, hook->timeout_ms, watch, status);
}

int hook_main(int argc, char **argv)
{
	struct {
		int32_t error, status;
		char output[4096];
	} answer = { 0 };
	struct hook_watch watch = {
		.control = ANSWER_FD,
		.write_fd = -1,
		.output = answer.output,
		.output_size = sizeof(answer.output),
	};
	struct hook hook = { .dir = -1, .in = -1, .envp = environ };
	size_t head = sizeof(answer) - sizeof(answer.output);
	sigset_t all;
	int out[2];

	if (argc < 5)
		return 125;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	(void)close_range(ANSWER_FD + 1, ~0u, 0);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	if (pipe2(out, O_CLOEXEC) < 0 || fcntl(out[0], F_SETFL, O_NONBLOCK) < 0)
		return 125;
	watch.read_fd = out[0];
	hook.out = out[1];
	hook.timeout_ms = strtoull(argv[2], NULL, 10);
	hook.path = argv[3];
	hook.argv = argv + 4;
	if (hook_run(&hook, &watch, &answer.status) < 0)
		answer.error = errno;
	return write(ANSWER_FD, &answer, head + watch.output_length) > 0 ? 0 : 125;
}
