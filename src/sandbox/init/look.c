/*
 * Looking again at what a plan depends on. src/base/look.ts says how each kind of answer is spelled; an answer that cannot be
 * had, or differs in any way, voids the plan.
 */
#include "front.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysinfo.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MAX_TEXT (9u << 20) /* more than config.json may have */
#define NAMES_SIZE 65536
#define MAX_NAMES 512u
#define ABSENT "-"

static bool is_absence(int err)
{
	return err == ENOENT || err == ENOTDIR || err == EACCES || err == EPERM || err == EINVAL || err == EOPNOTSUPP;
}

/* -1 with errno; EBADMSG for what is no regular file. O_NONBLOCK: a FIFO in its place must not hold us up. */
static int open_text(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
		return fd;
	close(fd);
	errno = EBADMSG;
	return -1;
}

static bool look_text(const char *path, struct text *to)
{
	char block[16384], hex[65];
	struct sha256 sum;
	size_t total = 0;
	ssize_t n;
	int fd = open_text(path);

	sha256_start(&sum);
	while (fd >= 0 && (n = read(fd, block, sizeof(block))) != 0) {
		if (n < 0 || (total += (size_t)n) > MAX_TEXT) {
			int err = n < 0 ? errno : EBADMSG;

			close(fd);
			fd = -1;
			errno = err;
			break;
		}
		sha256_add(&sum, block, (size_t)n);
	}
	if (fd < 0) {
		text_str(to, ABSENT);
		return is_absence(errno);
	}
	close(fd);
	sha256_hex(&sum, hex);
	text_str(to, hex);
	return true;
}

/* A file of the kernel's, whole; NULL when it cannot be read or is longer than `room`. */
static char *read_file(const char *path, size_t room)
{
	char *content = front_memory(room + 1);
	size_t length = 0;
	ssize_t n = 1;
	int fd = content == NULL ? -1 : open_text(path);

	if (fd < 0)
		return NULL;
	while (length < room && (n = read(fd, content + length, room - length)) > 0)
		length += (size_t)n;
	close(fd);
	return n == 0 ? content : NULL;
}

static bool look_stat(const char *path, struct text *to)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	const uint64_t numbers[] = { st.st_dev, st.st_ino, st.st_mode, st.st_uid, st.st_gid };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++) {
		text_str(to, i == 0 ? "" : " ");
		text_number(to, numbers[i], 10);
	}
	return true;
}

static bool look_type(const char *path, struct text *to)
{
	struct stat st;

	if (lstat(path, &st) == 0) {
		text_number(to, st.st_mode & S_IFMT, 8);
		return true;
	}
	text_str(to, ABSENT);
	return errno == ENOENT;
}

static bool look_real(const char *path, struct text *to)
{
	char real[FRONT_PATH];

	if (realpath(path, real) != NULL) {
		text_str(to, real);
		return true;
	}
	text_str(to, ABSENT);
	return is_absence(errno) || errno == ELOOP;
}

static bool look_link(const char *path, struct text *to)
{
	char target[FRONT_PATH];
	ssize_t n = readlink(path, target, sizeof(target));

	if (n >= 0)
		text_add(to, target, (size_t)n);
	else
		text_str(to, ABSENT);
	return n >= 0 || errno == ENOENT;
}

static bool look_fs_type(const char *path, struct text *to)
{
	struct statfs fs;

	if (statfs(path, &fs) < 0)
		return false;
	text_number(to, (uint32_t)fs.f_type, 16);
	return true;
}

static bool look_names(const char *path, struct text *to)
{
	static char pool[NAMES_SIZE]; /* one folder at a time; the pages that are not needed are never touched */
	const char *names[MAX_NAMES];
	char hex[65];
	size_t count = 0, used = 0;
	struct sha256 sum;
	struct dirent *entry;
	DIR *dir = opendir(path);

	if (dir == NULL) {
		text_str(to, ABSENT);
		return is_absence(errno);
	}
	while ((entry = readdir(dir)) != NULL) {
		size_t at = count, size = strlen(entry->d_name) + 1;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (count == MAX_NAMES || size > sizeof(pool) - used)
			break;
		for (; at > 0 && strcmp(names[at - 1], entry->d_name) > 0; at--)
			names[at] = names[at - 1];
		names[at] = memcpy(pool + used, entry->d_name, size);
		used += size;
		count++;
	}
	closedir(dir);
	if (entry != NULL)
		return false;
	sha256_start(&sum);
	for (size_t i = 0; i < count; i++) {
		sha256_add(&sum, names[i], strlen(names[i]));
		sha256_add(&sum, "\n", 1);
	}
	sha256_hex(&sum, hex);
	text_str(to, hex);
	return true;
}

static bool look_capabilities(struct text *to)
{
	const char *status = read_file("/proc/self/status", 16384), *at = status == NULL ? NULL : strstr(status, "\nCapEff:\t");

	if (at == NULL)
		return false;
	text_number(to, strtoull(at + 9, NULL, 16), 16);
	return true;
}

/* Lines of a file that `wanted` takes something from. */
static bool look_lines(const char *path, void (*take)(char *line, struct sha256 *sum), struct text *to)
{
	char *at = read_file(path, 4u << 20), hex[65];
	struct sha256 sum;

	if (at == NULL)
		return false;
	sha256_start(&sum);
	while (*at != 0) {
		char *end = strchrnul(at, '\n');
		bool is_last = *end == 0;

		*end = 0;
		take(at, &sum);
		at = is_last ? end : end + 1;
	}
	sha256_hex(&sum, hex);
	text_str(to, hex);
	return true;
}

static void take_cgroup_mount(char *line, struct sha256 *sum)
{
	const char *type = strstr(line, " - "), *root = line, *rest, *options;

	if (type == NULL || (strncmp(type, " - cgroup ", 10) != 0 && strncmp(type, " - cgroup2 ", 11) != 0))
		return;
	for (int field = 0; field < 3 && root != NULL; field++)
		root = strchr(root + (field > 0), ' ');
	if (root == NULL || root > type)
		return;
	type += 3;
	rest = strchr(++root, ' '); /* behind it the place */
	options = strchr(strchr(type, ' ') + 1, ' ');
	if (rest == NULL || rest >= type || options == NULL)
		return;
	rest = strchrnul(rest + 1, ' ');
	sha256_add(sum, root, (size_t)(rest + 1 - root));
	sha256_add(sum, type, strcspn(type, " "));
	sha256_add(sum, options, strcspn(options + 1, " ") + 1);
	sha256_add(sum, "\n", 1);
}

/* name, hierarchy, number of groups, enabled */
static void take_controller(char *line, struct sha256 *sum)
{
	char *name_end = strchrnul(line, '\t'), *last = strrchr(line, '\t');

	if (*line == '#' || *line == 0 || last == NULL || strcmp(last, "\t1") != 0)
		return;
	sha256_add(sum, line, (size_t)(name_end - line));
	sha256_add(sum, "\n", 1);
}

static bool look_memory(struct text *to)
{
	struct sysinfo info;

	if (sysinfo(&info) < 0)
		return false;
	text_number(to, (uint64_t)info.totalram * info.mem_unit, 10);
	return true;
}

static bool look(uint32_t kind, const char *path, struct text *to)
{
	switch (kind) {
	case LOOK_TEXT:
		return look_text(path, to);
	case LOOK_STAT:
		return look_stat(path, to);
	case LOOK_TYPE:
		return look_type(path, to);
	case LOOK_REAL:
		return look_real(path, to);
	case LOOK_LINK:
		return look_link(path, to);
	case LOOK_WRITABLE:
		text_str(to, access(path, W_OK) == 0 ? "1" : "0");
		return true;
	case LOOK_FS_TYPE:
		return look_fs_type(path, to);
	case LOOK_NAMES:
		return look_names(path, to);
	case LOOK_CAPABILITIES:
		return look_capabilities(to);
	case LOOK_CGROUP_MOUNTS:
		return look_lines("/proc/self/mountinfo", take_cgroup_mount, to);
	case LOOK_CONTROLLERS:
		return look_lines("/proc/cgroups", take_controller, to);
	case LOOK_MEMORY:
		return look_memory(to);
	default:
		return false;
	}
}

bool look_again(uint32_t kind, const char *path, const char *seen)
{
	char answer[FRONT_PATH];
	struct text to = { .at = answer, .room = sizeof(answer) };

	return look(kind, path, &to) && !to.full && strcmp(answer, seen) == 0;
}
