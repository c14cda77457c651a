/*
 * The outer half after the fork: passes records on, relays the terminal, forwards signals, reaps, and at the end, whatever
 * that was, runs the clean-up section. When TypeScript dies first (control reads as closed), the workload dies with it.
 */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

struct terminal {
	int master; /* the container's pty, -1 without */
	bool raw; /* our own terminal is in raw mode */
	bool input; /* standard input still has something to say */
	struct termios saved;
	char out[8192]; /* from the container, not yet written */
	size_t out_at, out_end;
};

static struct terminal terminal = { .master = -1 };

static void terminal_restore(void)
{
	if (terminal.raw)
		(void)tcsetattr(0, TCSADRAIN, &terminal.saved);
	terminal.raw = false;
}

static void terminal_resize(void)
{
	struct winsize size;

	if (terminal.master >= 0 && ioctl(0, TIOCGWINSZ, &size) == 0)
		(void)ioctl(terminal.master, TIOCSWINSZ, &size);
}

static void terminal_start(int master)
{
	struct termios raw;

	terminal.master = master;
	terminal.input = true;
	(void)fcntl(master, F_SETFL, O_RDWR | O_NONBLOCK);
	if (tcgetattr(0, &terminal.saved) == 0) {
		raw = terminal.saved;
		cfmakeraw(&raw);
		terminal.raw = tcsetattr(0, TCSANOW, &raw) == 0;
		terminal_resize();
	}
}

/* Bytes from the container to our output; false when there are none for now or ever. */
static bool terminal_drain(void)
{
	ssize_t n;

	if (terminal.out_at == terminal.out_end) {
		n = read(terminal.master, terminal.out, sizeof(terminal.out));
		if (n <= 0)
			return false;
		terminal.out_at = 0;
		terminal.out_end = (size_t)n;
	}
	n = write(1, terminal.out + terminal.out_at, terminal.out_end - terminal.out_at);
	if (n < 0 && errno == EAGAIN) {
		/* The caller made its output non-blocking: wait for room instead of turning round. */
		struct pollfd full = { .fd = 1, .events = POLLOUT };

		(void)poll(&full, 1, 100);
	} else if (n < 0 && errno != EINTR)
		terminal.out_at = terminal.out_end; /* nobody reads: drop it, as a hung-up terminal does */
	else if (n > 0)
		terminal.out_at += (size_t)n;
	return true;
}

static void terminal_input(void)
{
	static const char end_of_file = 4; /* VEOF of a fresh pty */
	char keys[4096];
	ssize_t n = read(0, keys, sizeof(keys)), done = 0;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		terminal.input = false;
		(void)!write(terminal.master, &end_of_file, 1);
		return;
	}
	while (done < n) {
		ssize_t written = write(terminal.master, keys + done, (size_t)(n - done));

		if (written > 0) {
			done += written;
		} else if (errno == EAGAIN) {
			/* The pty is full: give the container the chance to read, and keep its output flowing. */
			struct pollfd full = { .fd = terminal.master, .events = POLLOUT | POLLIN };

			(void)poll(&full, 1, 100);
			if (full.revents & POLLIN)
				(void)terminal_drain();
			if (full.revents & POLLHUP)
				return;
		} else if (errno != EINTR) {
			return;
		}
	}
}

static void tell(struct monitor *m, struct record record)
{
	if (m->control >= 0)
		(void)record_send(m->control, record);
}

/* A group or directory that this plan did not make is not this plan's to touch, nor is a file in it. */
static bool is_ours(const struct context *ctx, const char *path)
{
	const struct plan *plan = ctx->plan;

	for (uint32_t i = plan->first[SECTION_HOST]; i < plan->first[SECTION_HOST + 1]; i++) {
		const struct op *op = &plan->ops[i];
		const struct str *made = op->code == OP_MAKE_CGROUP ? &op->make_cgroup.path : &op->mkdir.path;

		if ((op->code == OP_MAKE_CGROUP || (op->code == OP_MKDIR && !(op->mkdir.flags & MKDIR_EXIST_OK))) &&
		    strncmp(path, made->at, made->len) == 0 && (path[made->len] == 0 || path[made->len] == '/'))
			return ctx->made[i];
	}
	return true;
}

static void clean_up(struct context *ctx, struct monitor *m)
{
	const struct plan *plan = ctx->plan;

	for (uint32_t i = plan->first[SECTION_CLEANUP]; i < plan->first[SECTION_CLEANUP + 1]; i++) {
		const struct op *op = &plan->ops[i];

		if ((op->code == OP_RMDIR && !is_ours(ctx, op->rmdir.path.at)) ||
		    (op->code == OP_WRITE_FILE && !is_ours(ctx, op->write_file.path.at)) ||
		    (op->code == OP_KILL_CGROUP && !is_ours(ctx, op->kill_cgroup.path.at)))
			continue;
		if (op_run(ctx, i) < 0)
			tell(m, (struct record){ .kind = RECORD_CLEANUP, .op = i, .err = errno });
	}
}

/* Kill what is left of ours, undo what the plan made, report, leave. */
static _Noreturn void finish(struct context *ctx, struct monitor *m, struct record last)
{
	terminal_restore();
	if (m->child > 0)
		kill(m->child, SIGKILL);
	if (m->workload > 0)
		kill(m->workload, SIGKILL);
	if (m->peer >= 0)
		close(m->peer);
	while (m->workload > 0 && waitpid(m->workload, NULL, 0) < 0 && errno == EINTR) {
	}
	while (m->child > 0 && waitpid(m->child, NULL, 0) < 0 && errno == EINTR) {
	}
	if (last.kind != RECORD_EXITED || !(ctx->plan->mode & MODE_KEEP))
		clean_up(ctx, m);
	while (waitpid(-1, NULL, WNOHANG) > 0) {
	}
	if (last.kind != 0)
		tell(m, last);
	_exit(last.kind == RECORD_EXITED ? 0 : 125);
}

static _Noreturn void fail(struct context *ctx, struct monitor *m, uint32_t op, int err)
{
	finish(ctx, m, (struct record){ .kind = RECORD_FAILED, .op = op, .err = err });
}

static void run_parent_section(struct context *ctx, struct monitor *m)
{
	const struct plan *plan = ctx->plan;

	for (uint32_t i = plan->first[SECTION_PARENT]; i < plan->first[SECTION_PARENT + 1]; i++)
		if (op_run(ctx, i) < 0)
			fail(ctx, m, i, errno);
	if (record_send(m->peer, (struct record){ .kind = RECORD_PARENT }) < 0)
		fail(ctx, m, plan->op_count, errno);
}

/* Our part of an operation that the container's process has come to. */
static void run_outer(struct context *ctx, struct monitor *m)
{
	const struct op *op = &ctx->plan->ops[m->outer - 1];
	struct record answer = { .kind = RECORD_OUTER, .pid = m->workload };

	m->outer = 0;
	if (op->code == OP_MOVE_NETDEV && net_move_device(op, m->workload) < 0)
		answer.err = errno;
	/* An agent reads to the end of its connection, which must not stay open here. */
	if (op->code == OP_SECCOMP_LISTEN)
		slot_set(ctx, op->seccomp_listen.socket, -1);
	(void)record_send(m->peer, answer);
}

/* The container's process is set up and waits: from now on its limits may be smaller than what the set-up took. */
static void run_late(struct context *ctx, struct monitor *m)
{
	const struct plan *plan = ctx->plan;

	for (uint32_t i = plan->first[SECTION_HOST]; i < plan->first[SECTION_HOST + 1]; i++)
		if (is_late(&plan->ops[i]) && op_run(ctx, i) < 0)
			fail(ctx, m, i, errno);
}

/* exec closed the inner side's end: the workload runs. */
static void started(struct context *ctx, struct monitor *m)
{
	(void)ctx;
	close(m->peer);
	m->peer = -1;
	m->started = true;
	tell(m, (struct record){ .kind = RECORD_STARTED, .pid = m->workload });
	if (m->control >= 0 && (ctx->plan->mode & MODE_DETACH))
		_exit(0);
}

static void from_inner(struct context *ctx, struct monitor *m)
{
	struct record record;
	int passed;

	if (record_read(m->peer, &record, &passed) < 0) {
		if (m->executing) {
			started(ctx, m);
		} else {
			close(m->peer); /* died without a word; its status follows */
			m->peer = -1;
		}
		return;
	}
	switch (record.kind) {
	case RECORD_FAILED:
		fail(ctx, m, record.op, record.err);
	case RECORD_PARENT:
		run_parent_section(ctx, m);
		break;
	case RECORD_CLONED:
		m->workload = record.pid;
		break;
	case RECORD_CREATED:
		m->created = true;
		break;
	case RECORD_EXEC:
		m->executing = true;
		break;
	case RECORD_OUTER:
		if (record.op < ctx->plan->op_count)
			m->outer = record.op + 1;
		break;
	case RECORD_HOOKS:
		m->hooks = true;
		break;
	case RECORD_TEXT:
		tell(m, record);
		break;
	case RECORD_CONSOLE:
		if (passed >= 0)
			terminal_start(passed);
		break;
	default:
		break;
	}
	/* These wait until the pid is known: the two come from different processes. */
	if (m->outer > 0 && m->workload > 0)
		run_outer(ctx, m);
	if (m->hooks && m->workload > 0) {
		m->hooks = false;
		tell(m, (struct record){ .kind = RECORD_HOOKS, .pid = m->workload });
	}
	if (m->created && m->workload > 0 && (record.kind == RECORD_CREATED || record.kind == RECORD_CLONED)) {
		run_late(ctx, m);
		tell(m, (struct record){ .kind = RECORD_CREATED, .pid = m->workload });
	}
}

static void from_control(struct context *ctx, struct monitor *m)
{
	struct record record;

	if (record_read(m->control, &record, NULL) < 0) {
		close(m->control);
		m->control = -1;
		finish(ctx, m, (struct record){ .kind = 0 });
	}
	switch (record.kind) {
	case RECORD_GO:
		(void)record_send(m->peer, record);
		if (ctx->plan->mode & MODE_CREATE)
			_exit(0); /* the state is kept; `start` wakes the container's process */
		break;
	case RECORD_HOOKED:
		(void)record_send(m->peer, record);
		break;
	case RECORD_SIGNAL:
		if (m->workload > 0 && record.err > 0)
			kill(m->workload, record.err);
		break;
	case RECORD_WINCH:
		terminal_resize();
		break;
	default:
		break;
	}
}

static void reap(struct context *ctx, struct monitor *m)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == m->child) {
			m->child = 0;
			if (m->workload == 0 && status != 0 && m->peer >= 0) {
				/* Its last record, if any, says what failed. */
				while (m->peer >= 0)
					from_inner(ctx, m);
				fail(ctx, m, ctx->plan->op_count, ECHILD);
			}
		}
		if (pid == m->workload) {
			m->workload = 0;
			while (m->peer >= 0)
				from_inner(ctx, m);
			while (terminal.master >= 0 && terminal_drain()) {
			}
			if (!m->started)
				fail(ctx, m, ctx->plan->op_count, WIFSIGNALED(status) ? -WTERMSIG(status) : ECHILD);
			finish(ctx, m, (struct record){ .kind = RECORD_EXITED, .err = status });
		}
	}
}

static void from_signals(struct context *ctx, struct monitor *m, int signals)
{
	struct signalfd_siginfo info;

	while (read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			reap(ctx, m);
		else if (m->workload > 0)
			kill(m->workload, (int)info.ssi_signo);
	}
}

static int open_signals(void)
{
	static const int watched[] = { SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2 };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(watched) / sizeof(*watched); i++)
		sigaddset(&set, watched[i]);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

_Noreturn void monitor_run(struct context *ctx, struct monitor *m)
{
	int signals = open_signals();

	if (m->failure.kind != 0)
		finish(ctx, m, m->failure);
	if (signals < 0)
		fail(ctx, m, ctx->plan->op_count, errno);
	for (;;) {
		bool pending = terminal.out_at < terminal.out_end;
		struct pollfd polled[] = {
			{ .fd = signals, .events = POLLIN },
			{ .fd = m->control, .events = POLLIN },
			{ .fd = m->peer, .events = POLLIN },
			{ .fd = terminal.master, .events = pending ? 0 : POLLIN },
			{ .fd = terminal.input ? 0 : -1, .events = POLLIN },
			{ .fd = pending ? 1 : -1, .events = POLLOUT },
		};

		if (poll(polled, sizeof(polled) / sizeof(*polled), -1) < 0 && errno != EINTR)
			fail(ctx, m, ctx->plan->op_count, errno);
		if (polled[2].revents)
			from_inner(ctx, m);
		if (polled[1].revents)
			from_control(ctx, m);
		if (polled[5].revents || (polled[3].revents & (POLLIN | POLLHUP)))
			(void)terminal_drain();
		if (polled[3].revents & POLLHUP && !(polled[3].revents & POLLIN)) {
			/* Every slave is closed; a daemon may open one again, but there is nothing to wait for. */
			close(terminal.master);
			terminal.master = -1;
			terminal.input = false;
		}
		if (polled[4].revents)
			terminal_input();
		if (polled[0].revents)
			from_signals(ctx, m, signals);
	}
}
