/*
 * tguard-init: carries out a launch plan that it reads from descriptor 3, or, called through the door, that it has kept
 * (front.c). It decides nothing.
 *
 *   outer half  host section; then the monitor
 *     └ join    enters and makes namespaces, then clones, as a sibling:
 *   container   the container's own process: container section, ends in exec
 *
 * README.md tells why there are three.
 */
#include "front.h"
#include "hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define CONTROL_FD 3
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1ul << 5) /* Linux 5.19 */
#endif
#define MAX_HANDED_ON 1025u
#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)
#ifndef MFD_EXEC
#define MFD_EXEC 0x10u
#endif

struct plan init_plan;
static unsigned int handed_on; /* descriptors for the workload, from CONTROL_FD + 1 on */
static struct context inner = { .plan = &init_plan }; /* copied by fork(2): each process has its own */

/* A sealed copy of this program, so that nothing in a container can reach or change the file (CVE-2019-5736). */
static void run_from_sealed_copy(char **argv, char **environment)
{
	int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), copy;
	struct stat st;
	off_t done = 0;

	if (self < 0)
		_exit(125);
	if (fcntl(self, F_GET_SEALS) == SEALS) {
		close(self);
		return;
	}
	copy = memfd_create("tguard-init", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
	if (copy < 0 && errno == EINVAL) /* before Linux 6.3 */
		copy = memfd_create("tguard-init", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (copy < 0 || fstat(self, &st) < 0 || fchmod(copy, 0500) < 0)
		_exit(125);
	while (done < st.st_size)
		if (sendfile(copy, self, &done, (size_t)(st.st_size - done)) <= 0)
			_exit(125);
	if (fcntl(copy, F_ADD_SEALS, SEALS) < 0)
		_exit(125);
	syscall(SYS_execveat, copy, "", argv, environment, AT_EMPTY_PATH);
	_exit(125);
}

static int read_whole(int fd, void *to, size_t length)
{
	char *at = to;

	while (length > 0) {
		ssize_t n = read(fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		at += n;
		length -= (size_t)n;
	}
	return 0;
}

static int read_plan(void)
{
	uint32_t head[4];
	unsigned char *bytes;

	if (read_whole(CONTROL_FD, head, sizeof(head)) < 0)
		return -1;
	if (head[0] != PLAN_MAGIC || head[2] < sizeof(head) || head[2] > PLAN_MAX_BYTES) {
		errno = EBADMSG;
		return -1;
	}
	bytes = mmap(NULL, head[2], PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (bytes == MAP_FAILED)
		return -1;
	memcpy(bytes, head, sizeof(head));
	if (read_whole(CONTROL_FD, bytes + sizeof(head), head[2] - sizeof(head)) < 0)
		return -1;
	return plan_decode(bytes, head[2], &init_plan);
}

/* To the outer half, and after `create`, when that is gone, to whoever called `start`. */
static void tell_failure(uint32_t index, int error)
{
	const struct record failure = {
		.kind = RECORD_FAILED,
		.op = index,
		.err = error,
		.pid = (int32_t)init_plan.ops[index].code,
	};

	(void)record_send(inner.peer, failure);
	if (inner.report >= 0)
		(void)!write(inner.report, &failure, sizeof(failure)); /* a fifo takes so little whole */
}

/* Run a section of the inner side; the first failure is told to the outer half and ends this process. */
static void run_inner(enum section section)
{
	for (uint32_t i = init_plan.first[section]; i < init_plan.first[section + 1]; i++) {
		if (init_plan.ops[i].code == OP_SECCOMP || init_plan.ops[i].code == OP_EXEC)
			(void)record_send(inner.peer, (struct record){ .kind = RECORD_EXEC });
		if (op_run(&inner, i) == 0)
			continue;
		tell_failure(i, errno);
		_exit(125);
	}
}

/* Ask the outer half to run the parent section, and wait until it has. */
OP_FUNCTION(await_parent)
{
	struct record record;

	(void)op;
	if (record_send(ctx->peer, (struct record){ .kind = RECORD_PARENT }) < 0 || record_read(ctx->peer, &record, NULL) < 0)
		return -1;
	return 0;
}

/* The outer half asks TypeScript to have the maps written (newuidmap(1)). */
OP_FUNCTION(await_maps)
{
	struct record record;

	(void)op;
	if (record_send(CONTROL_FD, (struct record){ .kind = RECORD_MAPS, .pid = ctx->child }) < 0)
		return -1;
	if (record_read(CONTROL_FD, &record, NULL) < 0)
		return -1;
	errno = record.err;
	return record.kind == RECORD_MAPPED && record.err == 0 ? 0 : -1;
}

/*
 * Make the container's process beside this one (CLONE_PARENT), so that it is the outer half's child, and in the new
 * pid namespace, which this process cannot enter itself. Returns only in the child; this process ends here.
 */
OP_FUNCTION(clone)
{
	struct clone_args args = { .flags = op->clone.flags | CLONE_PARENT };
	long pid = syscall(SYS_clone3, &args, sizeof(args));

	if (pid < 0)
		return -1;
	if (pid == 0)
		return 0;
	(void)record_send(ctx->peer, (struct record){ .kind = RECORD_CLONED, .pid = (int32_t)pid });
	_exit(0);
}

/* Remembered for the fork; the descriptor stays in its slot. */
OP_FUNCTION(fork_into_cgroup)
{
	return slot_get(ctx, op->fork_into_cgroup.slot, &ctx->birth_cgroup);
}

/* fork(2), into the v2 control group if the plan names one (Linux 5.7): moving there later takes a lock and an RCU grace period. */
static pid_t fork_join_process(void)
{
	struct clone_args args = { .exit_signal = SIGCHLD };

	if (inner.birth_cgroup >= 0) {
		args.flags = CLONE_INTO_CGROUP;
		args.cgroup = (__u64)(unsigned int)inner.birth_cgroup;
	}
	return (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

/*
 * Everything is ready: say so, and wait for the word that the state is on disk. Only then, in `create`, for `start` (a byte
 * in the fifo): should the outer half die before that word, nobody would know of this process.
 */
OP_FUNCTION(created)
{
	struct record record;
	char byte;
	int fifo;

	if (slot_get(ctx, op->created.fifo, &fifo) < 0)
		return -1;
	if (record_send(ctx->peer, (struct record){ .kind = RECORD_CREATED }) < 0)
		return -1;
	if (record_read(ctx->peer, &record, NULL) < 0 || record.kind != RECORD_GO)
		return -1;
	return fifo < 0 || (wait_answering(ctx, fifo) == 0 && read(fifo, &byte, 1) == 1) ? 0 : -1;
}

/* Leave descriptors 0, 1, 2 and those for the workload alone, and close what the caller left open without wanting to. */
static void close_strays(void)
{
	(void)close_range(CONTROL_FD + 1 + handed_on, ~0u, 0);
	(void)fcntl(CONTROL_FD, F_SETFD, FD_CLOEXEC);
}

/* The workload's descriptors (`--preserve-fds`) lie behind the control socket; on the inner side they move to where it counts them from. */
static void leave_control(void)
{
	for (unsigned int i = 0; i < handed_on; i++)
		(void)dup2((int)(CONTROL_FD + 1 + i), (int)(CONTROL_FD + i));
	close((int)(CONTROL_FD + handed_on));
}

/* `tguard-init restore-terminal`: give a terminal its line discipline back after a monitor was killed. */
int restore_terminal(void)
{
	struct termios t;

	if (tcgetattr(0, &t) < 0)
		return 1;
	t.c_iflag |= BRKINT | ICRNL | IXON;
	t.c_oflag |= OPOST | ONLCR;
	t.c_lflag |= ISIG | ICANON | IEXTEN | ECHO | ECHOE | ECHOK;
	return tcsetattr(0, TCSANOW, &t) < 0;
}

/* `tguard-init hold`: be a process, which a systemd scope cannot begin without, until the caller closes the pipe. */
static int hold(void)
{
	char byte;

	while (read(0, &byte, 1) > 0) {
	}
	return 0;
}

/* `tguard-init seccomp-flags`: those that this kernel knows, as hexadecimal digits. With no filter it looks at the flags first. */
static int print_seccomp_flags(void)
{
	unsigned long known = 0;

	for (unsigned long bit = 1; bit < 1ul << 8; bit <<= 1) {
		/* This one goes with a listener only. */
		unsigned long with = bit == SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0;

		if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, bit | with, NULL) < 0 && errno == EFAULT)
			known |= bit;
	}
	return printf("%lx\n", known) < 0;
}

int main(int argc, char **argv)
{
	struct monitor monitor = { .control = CONTROL_FD, .peer = -1 };
	static char *no_environment[] = { NULL };
	const char *told = getenv("TGUARD_FRONT");
	int pair[2];
	sigset_t all;

	if (argc == 2 && strcmp(argv[1], "restore-terminal") == 0)
		return restore_terminal();
	if (argc == 2 && strcmp(argv[1], "hold") == 0)
		return hold();
	if (argc == 3 && strcmp(argv[1], "hand-on") == 0)
		handed_on = (unsigned int)strtoul(argv[2], NULL, 10) % MAX_HANDED_ON;
	if (argc == 2 && strcmp(argv[1], "seccomp-flags") == 0)
		return print_seccomp_flags();
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	if (argc > 1 && strcmp(argv[1], "hook") == 0)
		return hook_main(argc, argv);
	if (told == NULL)
		limits_restore();
	/* The door has made a copy already; what it has to tell must not get lost otherwise. */
	run_from_sealed_copy(argv, told == NULL ? no_environment : environ);
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); /* exec(2) has made it dumpable again */
	if (told != NULL)
		front_main(argc, argv, told);
	close_strays();
	if (argc == 5 && strcmp(argv[1], "notify") == 0)
		return notify_relay(argv[2], argv[3], argv[4]);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	umask(0);
	memset(inner.slots, 0xff, sizeof(inner.slots));
	inner.birth_cgroup = -1;
	inner.report = -1;

	if (told == NULL && read_plan() < 0)
		return 125;
	if (init_plan.mode & MODE_FOREGROUND)
		prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	for (uint32_t i = init_plan.first[SECTION_HOST]; i < init_plan.first[SECTION_HOST + 1]; i++)
		if (!is_late(&init_plan.ops[i]) && op_run(&inner, i) < 0) {
			monitor.failure = (struct record){ .kind = RECORD_FAILED, .op = i, .err = errno };
			monitor_run(&inner, &monitor);
		}
	if (init_plan.mode & MODE_HOST) {
		(void)record_send(CONTROL_FD, (struct record){ .kind = RECORD_EXITED });
		return 0;
	}
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return 125;
	monitor.child = fork_join_process();
	if (monitor.child < 0) {
		monitor.child = 0;
		monitor.failure = (struct record){ .kind = RECORD_FAILED, .op = init_plan.first[SECTION_JOIN], .err = errno };
		monitor_run(&inner, &monitor);
	}
	if (monitor.child == 0) {
		close(pair[0]);
		leave_control();
		inner.peer = pair[1];
		run_inner(SECTION_JOIN);
		run_inner(SECTION_CONTAINER);
		_exit(125);
	}
	close(pair[1]);
	if (handed_on > 0)
		(void)close_range(CONTROL_FD + 1, CONTROL_FD + handed_on, 0);
	inner.peer = -1;
	inner.child = monitor.child;
	monitor.peer = pair[0];
	monitor_run(&inner, &monitor);
}
