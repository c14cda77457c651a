/* start, state, kill, delete of a container whose record is plain (src/sandbox/manage.ts). Whatever is not, is TypeScript's. */
#include "front.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MAX_OUTPUT (2u << 20)
#define MAX_GROUPS 64u

static void add_member(struct text *to, const char *name, struct span value)
{
	text_str(to, to->length == 1 ? "\n  \"" : ",\n  \"");
	text_str(to, name);
	text_str(to, "\": ");
	text_add(to, value.at, value.length);
}

/* An object of strings, a member a line: what JSON.stringify(value, null, 2) makes of it. */
static bool add_strings(struct text *to, struct span object)
{
	const char *at = object.at + 1, *end = object.at + object.length - 1;

	if (at == end)
		return true;
	text_str(to, ",\n  \"annotations\": {");
	for (bool first = true; at < end; first = false) {
		text_str(to, first ? "\n    " : ",\n    ");
		for (int part = 0; part < 2; part++) {
			const char *start = at;

			if (*at != '"')
				return false;
			for (at++; *at != '"'; at++)
				if (*at == '\\')
					at++;
			text_add(to, start, (size_t)(++at - start));
			if (part == 0)
				text_str(to, ": ");
			at++; /* colon, comma, or the closing brace */
		}
	}
	text_str(to, "\n  }");
	return true;
}

void front_state(const struct front *f)
{
	struct text out = { .at = front_memory(MAX_OUTPUT), .room = MAX_OUTPUT };
	struct state state;
	char digits[24];
	struct text pid = { .at = digits, .room = sizeof(digits) };

	if (out.at == NULL || !state_read(f, f->args[0], &state))
		return;
	text_number(&pid, strcmp(state.status, "stopped") == 0 ? 0 : (uint64_t)state.workload.pid, 10);
	text_str(&out, "{");
	add_member(&out, "ociVersion", state.fields[R_OCI]);
	add_member(&out, "id", state.fields[R_ID]);
	add_member(&out, "pid", (struct span){ .at = digits, .length = (uint32_t)pid.length });
	text_str(&out, ",\n  \"status\": \"");
	text_str(&out, state.status);
	text_str(&out, "\"");
	add_member(&out, "bundle", state.fields[R_BUNDLE]);
	add_member(&out, "rootfs", state.fields[R_ROOTFS]);
	add_member(&out, "created", state.fields[R_CREATED]);
	if (!add_strings(&out, state.fields[R_ANNOTATIONS]))
		return;
	add_member(&out, "owner", state.fields[R_OWNER]);
	text_str(&out, "\n}\n");
	signal(SIGPIPE, SIG_IGN); /* a reader that has gone is no failure */
	if (!out.full && (write_all(1, out.at, out.length) || errno == EPIPE))
		_exit(0);
}

/* Names of signals have letters and digits only, so that this is enough. */
static bool same_word(const char *a, const char *b)
{
	while (*a != 0 && (*a | 32) == (*b | 32))
		a++, b++;
	return *a == *b;
}

/* A number, or a plain name; -1 for what TypeScript should look at. */
static int parse_signal(const char *text)
{
	size_t length = strlen(text);

	if (length > 0 && length <= 2 && strspn(text, "0123456789") == length)
		return atoi(text) <= 64 ? atoi(text) : -1;
	for (const char *t = text; *t != 0; t++)
		if (*t < '0')
			return -1;
	if (length > 3 && (text[0] | 32) == 's' && (text[1] | 32) == 'i' && (text[2] | 32) == 'g')
		text += 3;
	for (int number = 1; number < 32; number++) {
		const char *name = sigabbrev_np(number);

		if (name != NULL && same_word(name, text))
			return number;
	}
	return -1;
}

/* In a pid namespace of ours SIGKILL is for all of the container, which outlives its first process: TypeScript's work. */
static bool shares_pids(pid_t pid)
{
	char path[48];
	struct text name = { .at = path, .room = sizeof(path) };
	struct stat own, other;

	text_str(&name, "/proc/");
	text_number(&name, (uint64_t)pid, 10);
	text_str(&name, "/ns/pid");
	return stat("/proc/self/ns/pid", &own) < 0 || stat(path, &other) < 0 ||
	       (own.st_ino == other.st_ino && own.st_dev == other.st_dev);
}

void front_kill(const struct front *f)
{
	struct state state;
	int number = f->arg_count > 1 ? parse_signal(f->args[1]) : SIGTERM, fd;

	if (number < 0 || f->values[KEY_ALL] != NULL || !state_read(f, f->args[0], &state) || state.workload.pid <= 0 ||
	    strcmp(state.status, "paused") == 0 || (number == SIGKILL && shares_pids(state.workload.pid)))
		return;
	/* First the handle, then the question whether it is the right process: the number cannot become another's in between. */
	fd = (int)syscall(SYS_pidfd_open, state.workload.pid, 0);
	if (fd >= 0 && process_lives(state.workload) && syscall(SYS_pidfd_send_signal, fd, number, NULL, 0) == 0)
		_exit(0);
}

/* Absolute, no step up, and a control group below the root of its hierarchy. ENOENT is fine: somebody has removed it. */
static bool remove_group(const char *path)
{
	char above[FRONT_PATH];
	struct statfs fs;
	char *slash;

	if (path[0] != '/' || strstr(path, "/../") != NULL || strstr(path, "//") != NULL || strlen(path) >= sizeof(above))
		return false;
	memcpy(above, path, strlen(path) + 1);
	slash = strrchr(above, '/');
	if (slash == above || strcmp(slash, "/..") == 0 || strcmp(slash, "/.") == 0)
		return false;
	*slash = 0;
	if (statfs(path, &fs) < 0)
		return errno == ENOENT;
	if (fs.f_type != CGROUP_SUPER_MAGIC && fs.f_type != CGROUP2_SUPER_MAGIC)
		return false;
	if (statfs(above, &fs) < 0 || (fs.f_type != CGROUP_SUPER_MAGIC && fs.f_type != CGROUP2_SUPER_MAGIC))
		return false;
	/* Processes or groups in it: not for us to end. */
	return rmdir(path) == 0 || errno == ENOENT;
}

static bool remove_groups(struct span groups)
{
	const char *at = groups.at + 1, *end = groups.at + groups.length - 1;
	char name[256], path[FRONT_PATH];

	for (uint32_t count = 0; at < end; count++, at++) {
		if (count == MAX_GROUPS || !take_path(&at, name, sizeof(name)) || *at++ != ':' || !take_path(&at, path, sizeof(path)) ||
		    !remove_group(path))
			return false;
	}
	return true;
}

static bool remove_file(const struct front *f, const char *id, const char *file)
{
	char path[FRONT_PATH];
	struct text p = { .at = path, .room = sizeof(path) };

	return state_path(f, id, file, &p) && (unlinkat(AT_FDCWD, path, *file == 0 ? AT_REMOVEDIR : 0) == 0 || errno == ENOENT);
}

static bool remove_state(const struct front *f, const char *id)
{
	static const char *const files[] = { "/exec.fifo", "/report.fifo", "/join.sock", "/config.json", "/state.json", "" };
	char notify[FRONT_PATH];
	struct text path = { .at = notify, .room = sizeof(notify) };

	/* What holds a directory is TypeScript's, while it still has its state. */
	if (!state_path(f, id, "/notify", &path) || access(notify, F_OK) == 0)
		return false;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (!remove_file(f, id, files[i]))
			return false;
	return true;
}

void front_delete(const struct front *f)
{
	const char *id = f->args[0];
	struct state state;
	char held[FRONT_PATH];
	bool is_done;

	/* A look without the lock is enough to leave everything but the plain case alone. */
	if (!state_read(f, id, &state) || strcmp(state.status, "stopped") != 0 || !state_lock(f, id, held))
		return;
	is_done = state_read(f, id, &state) && strcmp(state.status, "stopped") == 0 && remove_groups(state.fields[R_CGROUPS]) &&
		  remove_state(f, id);
	unlink(held);
	if (is_done)
		_exit(0);
}

/* What the container's process said of exec: nothing (it runs), or why not. false when it has died without a word. */
static bool await_program(int report, const struct state *state, struct record *failure)
{
	for (;;) {
		struct pollfd polled = { .fd = report, .events = POLLIN };
		ssize_t n;

		/* Hooks in the container may take their time; a killed process would never answer. */
		if (poll(&polled, 1, 1000) == 0 && !process_lives(state->workload))
			return true;
		n = read(report, failure, sizeof(*failure));
		if (n == (ssize_t)sizeof(*failure))
			return false;
		if (n == 0)
			return true;
	}
}

/* The operation that failed goes on to TypeScript, which has the words for it (startContainer in start.ts). */
static _Noreturn void start_failed(const struct front *f, const struct record *failure)
{
	static char variable[64];
	struct text v = { .at = variable, .room = sizeof(variable) };

	text_str(&v, "TGUARD_START_FAILED=");
	text_number(&v, failure->op, 10);
	text_str(&v, failure->err < 0 ? " -" : " ");
	text_number(&v, (uint64_t)(failure->err < 0 ? -failure->err : failure->err), 10);
	pass_with(f, variable);
}

void front_start(const struct front *f)
{
	const char *id = f->args[0];
	struct record failure;
	struct state state;
	char held[FRONT_PATH];
	int report = -1, fifo = -1;
	bool runs = false, is_done = false;

	if (getenv("NOTIFY_SOCKET") != NULL || !state_read(f, id, &state) || strcmp(state.status, "created") != 0 ||
	    !state_lock(f, id, held))
		return;
	if (state_read(f, id, &state) && strcmp(state.status, "created") == 0) {
		/* First: once the program runs, nobody holds the other end any more. */
		report = open_fifo(f, id, "/report.fifo", O_RDONLY);
		fifo = report < 0 ? -1 : open_fifo(f, id, "/exec.fifo", O_WRONLY);
	}
	if (fifo < 0 || write(fifo, "0", 1) != 1) {
		unlink(held);
		return;
	}
	close(fifo);
	runs = await_program(report, &state, &failure);
	/* Without its fifos a created container is a running one: nothing is written, so a full disk is no hindrance. */
	if (runs)
		is_done = remove_file(f, id, "/exec.fifo") && remove_file(f, id, "/report.fifo");
	unlink(held);
	if (!runs)
		start_failed(f, &failure);
	if (is_done)
		_exit(0);
}
