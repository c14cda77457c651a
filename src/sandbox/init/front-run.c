/*
 * `run` of a known bundle: the supervisor, which otherwise is TypeScript's part (src/sandbox/supervise.ts, container.ts). The
 * outer half is a process of its own, in a session of its own, so that it cleans up when the supervisor is killed.
 */
#include "front.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h> /* rename(2) */
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define CONTROL_FD 3
#define MAX_NAME 64u
#define STATE_ROOM (1u << 20)

/* One start. */
struct start {
	const struct front *front;
	struct kept kept;
	char id[MAX_FRONT_ID + 16];
	char created[40]; /* RFC 3339, as toISOString has it */
	struct process self;
	struct text content; /* of state.json */
	pid_t outer;
	int control, signals;
	sigset_t old_mask;
	bool started, unclean, ended;
	int status;
};

/* Name of a bundle's container: the directory's, with what an id may not have replaced (bundleAndId in src/cli/run.ts). */
static bool own_name(const char *dir, char name[MAX_NAME + 1])
{
	char here[FRONT_PATH];
	const char *at;
	size_t end, length = 0;

	if (strcmp(dir, ".") == 0)
		dir = getcwd(here, sizeof(here)) == NULL ? "" : here;
	end = strlen(dir);
	while (end > 0 && dir[end - 1] == '/')
		end--;
	for (at = dir + end; at > dir && at[-1] != '/'; at--) {
	}
	if ((dir + end - at == 1 && *at == '.') || (dir + end - at == 2 && at[0] == '.' && at[1] == '.'))
		return false;
	for (; at < dir + end; at++) {
		char letter = *at;

		if ((unsigned char)letter >= 0x80)
			return false;
		if (letter == '.' && length == 0)
			continue;
		if (length < MAX_NAME)
			name[length++] = letter;
	}
	name[length] = 0;
	for (char *n = name; *n != 0; n++)
		if (strchr("_+.-", *n) == NULL && !(*n >= '0' && *n <= '9') && !((*n | 32) >= 'a' && (*n | 32) <= 'z'))
			*n = '_';
	return length > 0;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Which bundle, and which id; false where TypeScript has to look. */
static bool bundle_and_id(const struct front *f, const char **bundle, char *id, bool *is_own)
{
	const char *target = f->args[0], *given = f->values[KEY_BUNDLE];
	struct stat st;
	bool is_bundle = target != NULL && given == NULL &&
			 (strchr(target, '/') != NULL || strcmp(target, ".") == 0 || strcmp(target, "..") == 0 ||
			  (is_directory(target) && stat("config.json", &st) < 0));

	*is_own = target == NULL || is_bundle;
	*bundle = is_bundle ? target : given != NULL ? given : ".";
	if (*is_own)
		return own_name(*bundle, id);
	if (!is_container_id(target))
		return false;
	memcpy(id, target, strlen(target) + 1);
	return true;
}

/* startKey of src/sandbox/kept-plan.ts. */
static bool make_key(const struct front *f, const char *mode, const char *bundle, struct text *key)
{
	char real[PATH_MAX];
	const char *console = f->values[KEY_CONSOLE_SOCKET];

	if (*bundle == 0 || realpath(bundle, real) == NULL || strchr(real, '\n') != NULL)
		return false;
	text_str(key, mode);
	text_str(key, "\n");
	text_str(key, f->values[KEY_HARDEN] == NULL ? "" : f->values[KEY_PROFILE]);
	text_str(key, f->values[KEY_PIVOT] == NULL ? "\n1" : "\n0");
	text_str(key, f->values[KEY_NEW_KEYRING] == NULL ? "\n1\n" : "\n0\n");
	text_str(key, console == NULL ? "" : console);
	text_str(key, "\n");
	text_str(key, f->root);
	text_str(key, "\n");
	text_str(key, real);
	return !key->full;
}

static void format_time(char created[40])
{
	struct text t = { .at = created, .room = 40 };
	struct timespec now;
	struct tm utc;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &utc);
	const struct {
		uint32_t value, digits;
		const char *behind;
	} parts[] = {
		{ (uint32_t)utc.tm_year + 1900, 4, "-" }, { (uint32_t)utc.tm_mon + 1, 2, "-" }, { (uint32_t)utc.tm_mday, 2, "T" },
		{ (uint32_t)utc.tm_hour, 2, ":" },	  { (uint32_t)utc.tm_min, 2, ":" },	{ (uint32_t)utc.tm_sec, 2, "." },
		{ (uint32_t)(now.tv_nsec / 1000000), 3, "Z" },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		uint32_t ten = 1;

		for (uint32_t d = 1; d < parts[i].digits; d++)
			ten *= 10;
		for (; ten > 0; ten /= 10)
			text_number(&t, parts[i].value / ten % 10, 10);
		text_str(&t, parts[i].behind);
	}
}

static bool write_state(struct start *s, const struct process *workload)
{
	s->content.length = 0;
	return kept_state(&s->kept, s->id, s->created, s->self, workload, &s->content) && state_write(s->front, s->id, &s->content);
}

/* Take the id, as Store.reserve does. */
static bool reserve(struct start *s, const char *spare)
{
	char path[FRONT_PATH];
	struct text p = { .at = path, .room = sizeof(path) };

	if (!state_path(s->front, s->id, "", &p))
		return false;
	if (mkdir(path, 0700) < 0) {
		if (errno != EEXIST || spare == NULL)
			return false;
		memcpy(s->id, spare, strlen(spare) + 1);
		if (!state_path(s->front, s->id, "", &p) || mkdir(path, 0700) < 0)
			return false;
	}
	if (write_state(s, NULL))
		return true;
	rmdir(path);
	return false;
}

static bool write_pid_file(const char *path, pid_t pid)
{
	char draft[FRONT_PATH], digits[16];
	struct text d = { .at = draft, .room = sizeof(draft) }, n = { .at = digits, .room = sizeof(digits) };
	int fd;

	text_str(&d, path);
	text_str(&d, ".");
	text_number(&d, (uint64_t)getpid(), 10);
	text_str(&d, ".tmp");
	text_number(&n, (uint64_t)pid, 10);
	fd = d.full ? -1 : open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0)
		return false;
	if (write_all(fd, digits, n.length) & (close(fd) == 0) && rename(draft, path) == 0)
		return true;
	unlink(draft);
	return false;
}

/* From now on signals to us are the container's: a program that has just said that it is up may be sent one at once. */
static bool forward_signals(struct start *s)
{
	static const int forwarded[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGCONT, SIGWINCH };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(forwarded) / sizeof(*forwarded); i++)
		sigaddset(&set, forwarded[i]);
	s->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signals >= 0 && sigprocmask(SIG_BLOCK, &set, &s->old_mask) == 0;
}

static bool created(struct start *s, pid_t pid)
{
	struct process workload;
	const char *pid_file = s->front->values[KEY_PID_FILE];

	if (!process_find(pid, &workload) || !write_state(s, &workload))
		return false;
	if (pid_file != NULL && !write_pid_file(pid_file, pid))
		return false;
	(void)write_all(2, s->kept.told.at, s->kept.told.length);
	if (s->front->values[KEY_DETACH] == NULL && !forward_signals(s))
		return false;
	return record_send(s->control, (struct record){ .kind = RECORD_GO }) == 0;
}

static void from_outer(struct start *s)
{
	struct record record;

	if (record_read(s->control, &record, NULL) < 0) {
		s->ended = true;
		return;
	}
	switch (record.kind) {
	case RECORD_CREATED:
		if (created(s, record.pid))
			break;
		s->ended = true; /* it undoes everything once we are gone */
		break;
	case RECORD_MAPS: /* an ordinary user's start: never kept */
		s->ended = true;
		break;
	case RECORD_STARTED:
		s->started = true;
		if (s->front->values[KEY_DETACH] != NULL)
			_exit(0);
		break;
	case RECORD_EXITED:
		s->status = WIFSIGNALED(record.err) ? 128 + WTERMSIG(record.err) : WEXITSTATUS(record.err);
		break;
	case RECORD_CLEANUP:
		s->unclean = true;
		break;
	default:
		break;
	}
}

static void from_signals(struct start *s)
{
	struct signalfd_siginfo info;

	while (read(s->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		struct record record = { .kind = RECORD_SIGNAL, .err = (int32_t)info.ssi_signo };

		if (info.ssi_signo == SIGWINCH)
			record = (struct record){ .kind = RECORD_WINCH };
		(void)record_send(s->control, record);
	}
}

/* Whatever init could not undo any more. */
static void clear_away(const struct start *s)
{
	char path[FRONT_PATH];
	struct text p = { .at = path, .room = sizeof(path) };
	char *argv[] = { s->front->argv[0], (char *)"--root", (char *)s->front->root, (char *)"delete", (char *)"--force", (char *)s->id, NULL };

	if (state_path(s->front, s->id, "", &p) && access(path, F_OK) == 0)
		(void)run_tguard(s->front, argv);
}

static void restore_signals(struct start *s)
{
	if (s->signals >= 0)
		sigprocmask(SIG_SETMASK, &s->old_mask, NULL);
}

/* The one end that cannot be done over: the workload ran, and who watched it was killed (supervise.ts has the same words). */
static _Noreturn void init_was_killed(struct start *s, int signal)
{
	static const char first[] = "tguard: tguard-init was ended by SIG";
	static const char rest[] = ", and the container with it\n"
				   "  why   somebody killed it, or the machine is out of memory\n"
				   "  try   start it again\n";
	const char *name = sigabbrev_np(signal);

	restore_signals(s);
	clear_away(s);
	if (isatty(0))
		(void)restore_terminal();
	(void)write_all(2, first, sizeof(first) - 1);
	(void)write_all(2, name == NULL ? "KILL" : name, strlen(name == NULL ? "KILL" : name));
	(void)write_all(2, rest, sizeof(rest) - 1);
	_exit(125);
}

static _Noreturn void supervise(struct start *s)
{
	static const char unclean[] = "tguard: note: not everything of the container could be removed; tguard delete --force removes the rest\n";
	int status = 0;

	while (!s->ended) {
		struct pollfd polled[] = { { .fd = s->control, .events = POLLIN }, { .fd = s->signals, .events = POLLIN } };

		if (poll(polled, 2, -1) < 0 && errno != EINTR)
			break;
		if (polled[1].revents)
			from_signals(s);
		if (polled[0].revents)
			from_outer(s);
	}
	close(s->control);
	while (waitpid(s->outer, &status, 0) < 0 && errno == EINTR) {
	}
	if (s->unclean)
		(void)write_all(2, unclean, sizeof(unclean) - 1);
	if (s->status >= 0)
		_exit(s->status);
	if (s->started && WIFSIGNALED(status))
		init_was_killed(s, WTERMSIG(status));
	/* The workload has not run: begin again, in words. */
	restore_signals(s);
	clear_away(s);
	pass(s->front);
}

/* The outer half's side: as if TypeScript had started init. */
static int become_outer_half(int control)
{
	setsid();
	if (control != CONTROL_FD && dup2(control, CONTROL_FD) < 0)
		_exit(125);
	return 0;
}

int front_run(struct front *f)
{
	static struct start s = { .signals = -1, .status = -1 };
	static char text[PATH_MAX * 2];
	struct text key = { .at = text, .room = sizeof(text) };
	char spare[MAX_FRONT_ID + 16];
	struct text spare_id = { .at = spare, .room = sizeof(spare) };
	const char *bundle;
	bool is_own;
	int pair[2];

	s.front = f;
	if (f->values[KEY_REPORT] != NULL || !bundle_and_id(f, &bundle, s.id, &is_own) || !is_private_dir(f->root, 022) ||
	    !make_key(f, f->values[KEY_DETACH] == NULL ? "foreground" : "detach", bundle, &key) || !kept_find(f, key.at, &s.kept) ||
	    !process_find(getpid(), &s.self))
		pass(f);
	text_str(&spare_id, s.id);
	text_str(&spare_id, "-");
	text_number(&spare_id, (uint64_t)getpid(), 10);
	s.content = (struct text){ .at = front_memory(STATE_ROOM), .room = STATE_ROOM };
	format_time(s.created);
	if (s.content.at == NULL || !reserve(&s, is_own ? spare : NULL))
		pass(f);
	if (kept_plan(&s.kept, s.id, &init_plan) < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 || (s.outer = fork()) < 0) {
		clear_away(&s);
		pass(f);
	}
	if (s.outer == 0) {
		close(pair[0]);
		return become_outer_half(pair[1]);
	}
	close(pair[1]);
	s.control = pair[0];
	supervise(&s);
}
