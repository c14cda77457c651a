/* state.json, which store.ts owns: written as it is written there, and read as far as the short commands need it. */
#include "front.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h> /* rename(2) */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_STATE (1u << 20)

/* Number and start time (proc_pid_stat(5), field 22) of a live process; a zombie is none. */
bool process_find(pid_t pid, struct process *process)
{
	char path[48], stat[1024], *at;
	struct text name = { .at = path, .room = sizeof(path) };
	ssize_t n;
	int fd;

	text_str(&name, "/proc/");
	text_number(&name, (uint64_t)pid, 10);
	text_str(&name, "/stat");
	fd = pid <= 0 ? -1 : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, stat, sizeof(stat) - 1);
	close(fd);
	if (n <= 0)
		return false;
	stat[n] = 0;
	/* The name in parentheses may hold spaces and parentheses itself. */
	at = strrchr(stat, ')');
	if (at == NULL || at[1] != ' ' || at[2] == 'Z' || at[2] == 'X')
		return false;
	for (int field = 2; field < 22 && at != NULL; field++)
		at = strchr(at + 1, ' ');
	if (at == NULL)
		return false;
	*process = (struct process){ .pid = pid, .start = strtoull(at + 1, NULL, 10) };
	return true;
}

bool process_lives(struct process process)
{
	struct process now;

	return process.pid > 0 && process_find(process.pid, &now) && now.start == process.start;
}

bool is_container_id(const char *id)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-.";
	size_t length = strlen(id);

	return length > 0 && length <= MAX_FRONT_ID && id[0] != '.' && strspn(id, allowed) == length;
}

/* A directory, not a link to one, that is root's. */
bool is_private_dir(const char *path, mode_t forbidden)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == 0 && (st.st_mode & forbidden) == 0;
}

bool state_path(const struct front *f, const char *id, const char *file, struct text *to)
{
	to->length = 0;
	to->full = false;
	text_str(to, f->root);
	text_str(to, "/");
	text_str(to, id);
	text_str(to, file);
	return !to->full;
}

/* Whole or not at all. */
bool state_write(const struct front *f, const char *id, const struct text *content)
{
	char draft[FRONT_PATH], path[FRONT_PATH];
	struct text d = { .at = draft, .room = sizeof(draft) }, p = { .at = path, .room = sizeof(path) };
	int fd;

	if (!state_path(f, id, "/state.json", &p) || !state_path(f, id, "/state.json.", &d))
		return false;
	text_number(&d, (uint64_t)getpid(), 10);
	text_str(&d, ".tmp");
	fd = d.full ? -1 : open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	if (write_all(fd, content->at, content->length) & (close(fd) == 0) && rename(draft, path) == 0)
		return true;
	unlink(draft);
	return false;
}

static const char *const names[R_COUNT] = {
	[R_VERSION] = "version",
	[R_OCI] = "ociVersion",
	[R_ID] = "id",
	[R_PHASE] = "phase",
	[R_BUNDLE] = "bundle",
	[R_ROOTFS] = "rootfs",
	[R_CREATED] = "created",
	[R_OWNER] = "owner",
	[R_ANNOTATIONS] = "annotations",
	[R_CGROUPS] = "cgroupPaths",
	[R_MAKER] = "maker",
	[R_AFTER] = "afterCreated",
	[R_NO_KEYRING] = "noNewKeyring",
	[R_PROCESS] = "process",
};

/* Behind a value as JSON.stringify writes it; NULL when it does not end. What it means is checked where it is used. */
static const char *skip_value(const char *at)
{
	int depth = 0;

	do {
		if (*at == '"') {
			for (at++; *at != '"'; at++) {
				if (*at == 0 || (*at == '\\' && *++at == 0))
					return NULL;
			}
			at++;
		} else if (*at == '{' || *at == '[') {
			depth++;
			at++;
		} else if (depth > 0 && (*at == '}' || *at == ']')) {
			depth--;
			at++;
		} else if (depth > 0 && (*at == ',' || *at == ':')) {
			at++;
		} else {
			size_t length = strspn(at, "0123456789-+.aeflnrstuE"); /* numbers, true, false, null */

			if (length == 0)
				return NULL;
			at += length;
		}
	} while (depth > 0);
	return at;
}

/* {"pid":1,"startTime":"2"} */
static bool take_process(struct span value, struct process *process)
{
	static const char first[] = "{\"pid\":", second[] = ",\"startTime\":\"";
	char *at;

	if (value.at == NULL)
		return true;
	if (strncmp(value.at, first, sizeof(first) - 1) != 0)
		return false;
	process->pid = (pid_t)strtol(value.at + sizeof(first) - 1, &at, 10);
	if (strncmp(at, second, sizeof(second) - 1) != 0)
		return false;
	process->start = strtoull(at + sizeof(second) - 1, &at, 10);
	return strncmp(at, "\"}", 2) == 0 && at + 2 == value.at + value.length;
}

static bool take_fields(const char *at, struct state *state)
{
	if (*at++ != '{')
		return false;
	for (;;) {
		size_t length, field;
		const char *end;

		if (*at++ != '"')
			return false;
		length = strcspn(at, "\"\\");
		for (field = 0; field < R_COUNT; field++)
			if (strlen(names[field]) == length && strncmp(names[field], at, length) == 0)
				break;
		/* What is not known here may change what the others mean. */
		if (field == R_COUNT || state->fields[field].at != NULL || at[length] != '"' || at[length + 1] != ':')
			return false;
		at += length + 2;
		end = skip_value(at);
		if (end == NULL)
			return false;
		state->fields[field] = (struct span){ .at = at, .length = (uint32_t)(end - at) };
		at = end;
		if (*at == '}')
			return strcmp(at, "}\n") == 0;
		if (*at++ != ',')
			return false;
	}
}

static bool is_phase(const struct state *state, const char *phase)
{
	struct span value = state->fields[R_PHASE];

	return value.length == strlen(phase) + 2 && strncmp(value.at + 1, phase, value.length - 2) == 0;
}

/* -1 when nobody waits at the other end, or there is none. */
int open_fifo(const struct front *f, const char *id, const char *file, int flags)
{
	char path[FRONT_PATH];
	struct text p = { .at = path, .room = sizeof(path) };

	return state_path(f, id, file, &p) ? open(path, flags | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC) : -1;
}

/* One plain path in a JSON string; false when it has escapes. */
bool take_path(const char **at, char *path, size_t room)
{
	size_t length;

	if (**at != '"')
		return false;
	length = strcspn(*at + 1, "\"\\");
	if ((*at)[length + 1] != '"' || length >= room)
		return false;
	memcpy(path, *at + 1, length);
	path[length] = 0;
	*at += length + 2;
	return true;
}

static bool says(const char *dir, const char *file, const char *word)
{
	char path[FRONT_PATH], content[32] = { 0 };
	struct text p = { .at = path, .room = sizeof(path) };
	int fd;

	text_str(&p, dir);
	text_str(&p, file);
	fd = p.full ? -1 : open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return false;
	(void)!read(fd, content, sizeof(content) - 1);
	close(fd);
	return strncmp(content, word, strlen(word)) == 0;
}

/* isPaused in cgroup/paused.ts. */
static bool is_paused(const struct state *state)
{
	struct span groups = state->fields[R_CGROUPS];
	const char *at = groups.at + 1, *end = groups.at + groups.length - 1;
	char name[256], path[FRONT_PATH], unified[FRONT_PATH] = "";

	for (; at < end; at++) {
		if (!take_path(&at, name, sizeof(name)) || *at++ != ':' || !take_path(&at, path, sizeof(path)))
			return false;
		if (strcmp(name, "freezer") == 0)
			return says(path, "/freezer.state", "FROZEN") || says(path, "/freezer.state", "FREEZING");
		if (*name == 0)
			memcpy(unified, path, sizeof(unified));
	}
	return *unified != 0 && says(unified, "/cgroup.freeze", "1");
}

/* NULL for a phase that is not known here. */
static const char *status_of(const struct front *f, const char *id, const struct state *state)
{
	int fifo;

	if (is_phase(state, "creating"))
		return process_lives(state->maker) ? "creating" : "stopped";
	if (!is_phase(state, "created") && !is_phase(state, "running"))
		return NULL;
	if (!process_lives(state->workload))
		return "stopped";
	if (is_paused(state))
		return "paused";
	if (is_phase(state, "running"))
		return "running";
	fifo = open_fifo(f, id, "/exec.fifo", O_WRONLY);
	if (fifo < 0)
		return "running";
	close(fifo);
	return "created";
}

bool state_read(const struct front *f, const char *id, struct state *state)
{
	char path[FRONT_PATH], *content;
	struct text p = { .at = path, .room = sizeof(path) };
	struct stat st;
	int fd;

	memset(state, 0, sizeof(*state));
	if (!is_container_id(id) || !is_private_dir(f->root, 022) || !state_path(f, id, "", &p) || !is_private_dir(path, 022) ||
	    !state_path(f, id, "/state.json", &p))
		return false;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	content = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size < MAX_STATE ? front_memory((size_t)st.st_size + 1) : NULL;
	if (content == NULL || read(fd, content, (size_t)st.st_size) != st.st_size || strlen(content) != (size_t)st.st_size) {
		close(fd);
		return false;
	}
	close(fd);
	if (!take_fields(content, state))
		return false;
	for (size_t i = 0; i < R_REQUIRED; i++)
		if (state->fields[i].at == NULL)
			return false;
	if (strncmp(state->fields[R_VERSION].at, "1,", 2) != 0 || !take_process(state->fields[R_PROCESS], &state->workload) ||
	    !take_process(state->fields[R_MAKER], &state->maker))
		return false;
	state->status = status_of(f, id, state);
	return state->status != NULL;
}

/* Store.lock: a file with its holder in it, linked into place. One that is there already is TypeScript's to judge. */
bool state_lock(const struct front *f, const char *id, char path[FRONT_PATH])
{
	char draft[FRONT_PATH], content[96];
	struct text d = { .at = draft, .room = sizeof(draft) }, p = { .at = path, .room = FRONT_PATH };
	struct text c = { .at = content, .room = sizeof(content) };
	struct process self;
	bool is_linked;
	int fd;

	if (!process_find(getpid(), &self) || !state_path(f, ".", "", &p))
		return false;
	text_str(&p, id);
	text_str(&p, ".lock");
	text_str(&d, path);
	text_str(&d, ".");
	text_number(&d, (uint64_t)self.pid, 10);
	text_str(&c, "{\"pid\":");
	text_number(&c, (uint64_t)self.pid, 10);
	text_str(&c, ",\"startTime\":\"");
	text_number(&c, self.start, 10);
	text_str(&c, "\"}");
	fd = d.full || p.full ? -1 : open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return false;
	is_linked = write_all(fd, content, c.length) & (close(fd) == 0) && link(draft, path) == 0;
	unlink(draft);
	return is_linked;
}
