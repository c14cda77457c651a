/*
 * `run` and `create` of a known bundle, `exec` as before: the supervisor, which otherwise is TypeScript's part (src/sandbox/supervise.ts, container.ts). The
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

enum mode { FOREGROUND, DETACH, CREATE };

/* One start. */
struct start {
	const struct front *front;
	enum mode mode;
	bool is_exec; /* in a container that is there: no state of our own */
	struct kept kept;
	char id[MAX_FRONT_ID + 16];
	char time[40]; /* RFC 3339, as toISOString has it */
	struct process self;
	struct text content; /* of state.json */
	pid_t outer;
	int control, signals;
	sigset_t old_mask;
	bool created, started, unclean, ended;
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

static const char *or_nothing(const char *value)
{
	return value == NULL ? "" : value;
}

static const char *flag(bool is_on)
{
	return is_on ? "1" : "0";
}

/*
 * The profile that a start is hardened by, as run.ts and create.ts choose it; "" for none. A plan that was kept without must
 * never answer a start that asks for one, or that says nothing.
 */
static const char *profile_of(const struct front *f, bool is_run)
{
	const char *said = f->values[KEY_PROFILE] != NULL ? f->values[KEY_PROFILE] : f->globals[KEY_PROFILE];

	if (is_run && f->values[KEY_HARDEN] == NULL)
		return "";
	return said != NULL ? said : is_run ? "default" : "";
}

/* startKey of src/sandbox/kept-plan.ts. */
static bool make_key(const struct front *f, enum mode mode, const char *bundle, struct text *key)
{
	static const char *const modes[] = { [FOREGROUND] = "foreground", [DETACH] = "detach", [CREATE] = "create" };
	bool is_run = mode != CREATE;
	char real[PATH_MAX];
	const char *parts[] = {
		modes[mode],
		profile_of(f, is_run),
		flag(f->values[KEY_PIVOT] == NULL),
		flag(f->values[KEY_NEW_KEYRING] == NULL),
		flag(f->values[KEY_KEEP] != NULL),
		or_nothing(f->values[KEY_CONSOLE_SOCKET]),
		f->root,
		real,
	};

	if (*bundle == 0 || realpath(bundle, real) == NULL)
		return false;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (strchr(parts[i], '\n') != NULL)
			return false;
		text_str(key, i == 0 ? "" : "\n");
		text_str(key, parts[i]);
	}
	return !key->full;
}

/* Descriptors handed on, sockets for them, and a service manager that waits are TypeScript's. */
static bool hands_on(const struct front *f)
{
	return strcmp(or_nothing(f->values[KEY_PRESERVE_FDS]), "0") != 0 || f->values[KEY_PIDFD_SOCKET] != NULL ||
	       getenv("LISTEN_FDS") != NULL || getenv("NOTIFY_SOCKET") != NULL;
}

/* Days since 1970 as a date of the Gregorian calendar; gmtime(3) would bring the whole of libc's time zones along. */
static void civil_date(int64_t days, uint32_t date[3])
{
	int64_t z = days + 719468, era = z / 146097, day = z - era * 146097;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365, of_year = day - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * of_year + 2) / 153;

	date[2] = (uint32_t)(of_year - (153 * month + 2) / 5 + 1);
	date[1] = (uint32_t)(month < 10 ? month + 3 : month - 9);
	date[0] = (uint32_t)(year + era * 400 + (date[1] <= 2));
}

static void format_time(char time[40])
{
	struct text t = { .at = time, .room = 40 };
	struct timespec now;
	uint32_t date[3], second;

	clock_gettime(CLOCK_REALTIME, &now);
	civil_date(now.tv_sec / 86400, date);
	second = (uint32_t)(now.tv_sec % 86400);
	const struct {
		uint32_t value, digits;
		const char *behind;
	} parts[] = {
		{ date[0], 4, "-" },	       { date[1], 2, "-" },	{ date[2], 2, "T" },
		{ second / 3600, 2, ":" },     { second / 60 % 60, 2, ":" }, { second % 60, 2, "." },
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
	const char *phase = workload == NULL ? "creating" : s->mode == CREATE ? "created" : "running";

	s->content.length = 0;
	return kept_state(&s->kept, s->id, s->time, s->self, phase, workload, &s->content) && state_write(s->front, s->id, &s->content);
}

/* Whatever init could not undo any more. */
static void clear_away(const struct start *s)
{
	char path[FRONT_PATH];
	struct text p = { .at = path, .room = sizeof(path) };
	char *argv[] = { s->front->argv[0], (char *)"--root", (char *)s->front->root, (char *)"delete", (char *)"--force", (char *)s->id, NULL };

	if (!s->is_exec && state_path(s->front, s->id, "", &p) && access(path, F_OK) == 0)
		(void)run_tguard(s->front, argv);
}

static bool write_config(const struct start *s)
{
	char path[FRONT_PATH];
	struct text p = { .at = path, .room = sizeof(path) };
	int fd = state_path(s->front, s->id, "/config.json", &p) ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;

	return fd >= 0 && (write_all(fd, s->kept.config.at, s->kept.config.length) & (close(fd) == 0));
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
	if (write_state(s, NULL) && write_config(s))
		return true;
	clear_away(s);
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

	if (!process_find(pid, &workload) || (!s->is_exec && !write_state(s, &workload)))
		return false;
	if (pid_file != NULL && !write_pid_file(pid_file, pid))
		return false;
	(void)write_all(2, s->kept.told.at, s->kept.told.length);
	if (s->mode == FOREGROUND && !forward_signals(s))
		return false;
	s->created = true;
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
		if (s->mode == DETACH)
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
	if (s->mode == CREATE && s->created && status == 0)
		_exit(0); /* the container's process waits for `start` */
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

/* Carry out what was kept under the key; returns in the outer half. */
static int carry_out(struct start *s, const char *spare)
{
	const struct front *f = s->front;
	int pair[2];

	if (!s->is_exec && !reserve(s, spare))
		pass(f);
	if (kept_plan(&s->kept, s->id, &init_plan) < 0 || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0 ||
	    (s->outer = fork()) < 0) {
		clear_away(s);
		pass(f);
	}
	if (s->outer == 0) {
		close(pair[0]);
		return become_outer_half(pair[1]);
	}
	close(pair[1]);
	s->control = pair[0];
	supervise(s);
}

/* Sentences to tell go into the log where there is one. */
static bool tells_plainly(const struct start *s)
{
	return s->kept.told.length == 0 || s->front->globals[KEY_LOG] == NULL;
}

static struct start start = { .signals = -1, .status = -1 };
static char key_text[PATH_MAX * 4];

static int start_bundle(struct front *f, enum mode mode, const char *bundle, const char *spare)
{
	struct text key = { .at = key_text, .room = sizeof(key_text) };

	start.front = f;
	start.mode = mode;
	start.content = (struct text){ .at = front_memory(STATE_ROOM), .room = STATE_ROOM };
	if (hands_on(f) || !is_private_dir(f->root, 022) || !make_key(f, mode, bundle, &key) || !kept_find(f, key.at, &start.kept) ||
	    !tells_plainly(&start) || !process_find(getpid(), &start.self) || start.content.at == NULL)
		pass(f);
	format_time(start.time);
	return carry_out(&start, spare);
}

int front_run(struct front *f)
{
	char spare[MAX_FRONT_ID + 16];
	struct text spare_id = { .at = spare, .room = sizeof(spare) };
	const char *bundle;
	bool is_own;

	if (f->values[KEY_REPORT] != NULL || !bundle_and_id(f, &bundle, start.id, &is_own))
		pass(f);
	text_str(&spare_id, start.id);
	text_str(&spare_id, "-");
	text_number(&spare_id, (uint64_t)getpid(), 10);
	return start_bundle(f, f->values[KEY_DETACH] == NULL ? FOREGROUND : DETACH, bundle, is_own ? spare : NULL);
}

int front_create(struct front *f)
{
	const char *bundle = f->values[KEY_BUNDLE];

	if (!is_container_id(f->args[0]))
		pass(f);
	memcpy(start.id, f->args[0], strlen(f->args[0]) + 1);
	return start_bundle(f, CREATE, bundle == NULL ? "." : bundle, NULL);
}

/* execKey of src/sandbox/kept-plan.ts: the container's process, and every word of the command line. */
static bool make_exec_key(const struct front *f, const struct state *state, struct text *key)
{
	char here[PATH_MAX];

	/* --process is looked up from here. */
	if (getcwd(here, sizeof(here)) == NULL || strchr(here, '\n') != NULL)
		return false;
	text_str(key, "exec\n");
	text_str(key, f->root);
	text_str(key, "\n");
	text_str(key, here);
	text_str(key, "\n");
	text_number(key, (uint64_t)state->workload.pid, 10);
	text_str(key, " ");
	text_number(key, state->workload.start, 10);
	for (char **word = f->words; *word != NULL; word++) {
		text_str(key, "\n");
		text_number(key, strlen(*word), 10);
		text_str(key, " ");
		text_str(key, *word);
	}
	return !key->full;
}

int front_exec(struct front *f)
{
	struct text key = { .at = key_text, .room = sizeof(key_text) };
	struct state state;

	start.front = f;
	start.is_exec = true;
	start.mode = f->values[KEY_DETACH] == NULL ? FOREGROUND : DETACH;
	if (hands_on(f) || !state_read(f, f->args[0], &state) || state.workload.pid <= 0 ||
	    (strcmp(state.status, "running") != 0 && strcmp(state.status, "created") != 0) || !make_exec_key(f, &state, &key) ||
	    !kept_find(f, key.at, &start.kept) || !tells_plainly(&start))
		pass(f);
	memcpy(start.id, f->args[0], strlen(f->args[0]) + 1);
	return carry_out(&start, NULL);
}
