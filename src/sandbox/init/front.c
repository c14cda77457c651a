/*
 * The front: what engines ask most often, done without JavaScript. The door (../door/door.c) executes init with the command line of
 * `tguard`; the front reads it by the same table as src/cli/command-spec.ts and does it, or gives it back before anything has
 * happened that cannot be undone. It never words an error.
 */
#include "front.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define DEFAULT_ROOT "/run/tguard"
#define BUILD_LENGTH 64u
#define MAX_ENV 4096u

static char pass_word[] = "TGUARD_FRONT=pass", no_jit[] = "BUN_JSC_useJIT=0";

bool write_all(int fd, const void *bytes, size_t length)
{
	const char *at = bytes;

	while (length > 0) {
		ssize_t n = write(fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		at += n;
		length -= (size_t)n;
	}
	return true;
}

static char *also; /* one more variable for the executable */

/*
 * containerd's shim cleans up from inside a bundle that is gone, and Bun does not start without a working directory.
 * /proc holds no config.json and takes no file, so a relative path finds there what it found before: nothing.
 */
static void leave_removed_directory(void)
{
	char path[PATH_MAX];

	if (getcwd(path, sizeof(path)) == NULL && errno == ENOENT)
		(void)!chdir("/proc");
}

static void exec_tguard(const struct front *f, char **argv)
{
	static char *environment[MAX_ENV + 5], limits[64];
	size_t count = 0;
	bool has_setting = false;

	for (char **e = environ; *e != NULL && count < MAX_ENV; e++) {
		if (strncmp(*e, "TGUARD_FRONT=", 13) == 0)
			continue;
		has_setting |= strncmp(*e, no_jit, sizeof(no_jit) - 2) == 0;
		environment[count++] = *e;
	}
	environment[count++] = pass_word;
	limits_tell(limits);
	environment[count++] = limits;
	if (also != NULL)
		environment[count++] = also;
	if (!has_setting)
		environment[count] = no_jit;
	leave_removed_directory();
	execve(f->exe, argv, environment);
}

_Noreturn void pass(const struct front *f)
{
	static const char sorry[] = "tguard: the executable cannot be started again\n";

	exec_tguard(f, f->argv);
	(void)!write(2, sorry, sizeof(sorry) - 1);
	_exit(125);
}

_Noreturn void pass_with(const struct front *f, char *variable)
{
	also = variable;
	pass(f);
}

/* Run the executable beside this process; its wait status, or -1. */
int run_tguard(const struct front *f, char **argv)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		exec_tguard(f, argv);
		_exit(125);
	}
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
	}
	return status;
}

static const struct front_option *option_named(const struct front_command *command, const char *word, size_t length)
{
	for (const struct front_option *o = command->options; o->name != NULL; o++)
		if (strlen(o->name) == length && strncmp(o->name, word, length) == 0)
			return o;
	return NULL;
}

/* What one command line said. */
struct words {
	const char **values; /* KEY_COUNT of them */
	const char *args[MAX_ARGS];
	uint32_t arg_count;
	char **rest; /* behind the argument that ended the options */
};

/* parseOptions of command-spec.ts; false for anything that is not plainly right, and for what only some spell so. */
static bool read_words(const struct front_command *command, char **words, struct words *said)
{
	memcpy(said->values, command->defaults, sizeof(command->defaults));
	for (; *words != NULL; words++) {
		const char *word = *words, *equals = strchr(word, '=');
		const struct front_option *option;

		if (word[0] != '-' || word[1] == 0) {
			if (said->arg_count == MAX_ARGS || said->arg_count == command->most)
				return false;
			said->args[said->arg_count++] = word;
			if (command->takes_command) {
				said->rest = words + 1;
				break;
			}
			continue;
		}
		option = option_named(command, word, equals == NULL ? strlen(word) : (size_t)(equals - word));
		if (option == NULL)
			return false;
		if (!option->takes_value) {
			if (equals != NULL)
				return false;
			said->values[option->key] = option->value ? "" : NULL;
		} else if (equals != NULL) {
			said->values[option->key] = equals + 1;
		} else if (words[1] != NULL) {
			said->values[option->key] = *++words;
		} else {
			return false;
		}
	}
	return said->arg_count >= command->required;
}

/* Absolute, and in the one spelling that path.join gives. */
static bool is_plain_path(const char *path)
{
	size_t length = strlen(path);

	if (path[0] != '/' || length < 2 || length > 1024 || path[length - 1] == '/')
		return false;
	for (const char *at = path; at != NULL; at = strchr(at + 1, '/')) {
		size_t part = strcspn(at + 1, "/");

		if (part == 0 || (part == 1 && at[1] == '.') || (part == 2 && at[1] == '.' && at[2] == '.'))
			return false;
	}
	return strchr(path, '\n') == NULL;
}

static const struct front_command *command_named(const char *name)
{
	for (size_t i = 1; i < sizeof(front_commands) / sizeof(*front_commands); i++)
		if (strcmp(front_commands[i].name, name) == 0)
			return &front_commands[i];
	return NULL;
}

static bool read_command_line(struct front *f)
{
	struct words front = { .values = f->globals }, behind = { .values = f->values };

	if (!read_words(&front_commands[0], f->argv + 1, &front))
		return false;
	f->root = f->globals[KEY_ROOT] == NULL ? DEFAULT_ROOT : f->globals[KEY_ROOT];
	f->command = command_named(front.args[0]);
	if (f->command == NULL || !is_plain_path(f->root) || f->globals[KEY_DEBUG] != NULL || f->globals[KEY_SYSTEMD_CGROUP] != NULL ||
	    !read_words(f->command, front.rest, &behind))
		return false;
	f->words = front.rest;
	f->arg_count = behind.arg_count;
	memcpy(f->args, behind.args, sizeof(f->args));
	return true;
}

static bool is_called_runc(const char *name)
{
	const char *slash = strrchr(name, '/');

	return strcmp(slash == NULL ? name : slash + 1, "runc") == 0;
}

/* Returns in the process that carries a plan out, with init_plan and the control descriptor in place; the others leave from here. */
int front_main(int argc, char **argv, const char *told)
{
	static struct front f;

	f.argv = argv;
	if (argc < 1 || strlen(told) < BUILD_LENGTH + 2 || told[BUILD_LENGTH] != ':')
		_exit(125);
	f.build = strndup(told, BUILD_LENGTH);
	f.exe = told + BUILD_LENGTH + 1;
	if (f.build == NULL || getuid() != 0 || geteuid() != 0 || !read_command_line(&f))
		pass(&f);
	if (strcmp(f.command->name, "run") == 0) {
		if (is_called_runc(argv[0])) /* which profile that means is TypeScript's to say */
			pass(&f);
		return front_run(&f);
	}
	if (strcmp(f.command->name, "create") == 0)
		return front_create(&f);
	if (strcmp(f.command->name, "exec") == 0)
		return front_exec(&f);
	if (strcmp(f.command->name, "start") == 0)
		front_start(&f);
	else if (strcmp(f.command->name, "state") == 0)
		front_state(&f);
	else if (strcmp(f.command->name, "kill") == 0)
		front_kill(&f);
	else if (strcmp(f.command->name, "delete") == 0)
		front_delete(&f);
	pass(&f);
}
