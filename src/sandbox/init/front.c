/*
 * The front: what engines ask most often, done without JavaScript. The door (../door/door.c) executes init with the command line of
 * `tguard`; the front reads it by the same table as src/cli/command-spec.ts and does it, or gives it back before anything has
 * happened that cannot be undone. It never words an error.
 */
#include "front.h"

#include <errno.h>
#include <fcntl.h>
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

static void exec_tguard(const struct front *f, char **argv)
{
	static char *environment[MAX_ENV + 3];
	size_t count = 0;
	bool has_setting = false;

	for (char **e = environ; *e != NULL && count < MAX_ENV; e++) {
		if (strncmp(*e, "TGUARD_FRONT=", 13) == 0)
			continue;
		has_setting |= strncmp(*e, no_jit, sizeof(no_jit) - 2) == 0;
		environment[count++] = *e;
	}
	environment[count++] = pass_word;
	if (!has_setting)
		environment[count] = no_jit;
	execve(f->exe, argv, environment);
}

_Noreturn void pass(const struct front *f)
{
	static const char sorry[] = "tguard: the executable cannot be started again\n";

	exec_tguard(f, f->argv);
	(void)!write(2, sorry, sizeof(sorry) - 1);
	_exit(125);
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

/* quickParse of command-spec.ts; false for anything that is not plainly right. */
static bool read_words(struct front *f, char **words)
{
	memcpy(f->values, f->command->defaults, sizeof(f->values));
	for (; *words != NULL; words++) {
		const char *word = *words, *equals;
		const struct front_option *option;

		if (word[0] != '-' || word[1] == 0) {
			if (f->arg_count == f->command->most)
				return false;
			f->args[f->arg_count++] = word;
			continue;
		}
		equals = word[1] == '-' ? strchr(word, '=') : NULL;
		option = option_named(f->command, word, equals == NULL ? strlen(word) : (size_t)(equals - word));
		if (option == NULL)
			return false;
		if (!option->takes_value) {
			if (equals != NULL)
				return false;
			f->values[option->key] = option->value ? "" : NULL;
		} else if (equals != NULL) {
			f->values[option->key] = equals + 1;
		} else if (words[1] != NULL && words[1][0] != '-') {
			f->values[option->key] = *++words;
		} else {
			return false;
		}
	}
	return f->arg_count >= f->command->required;
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

static bool read_command_line(struct front *f)
{
	char **word = f->argv + 1;

	f->root = DEFAULT_ROOT;
	for (; *word != NULL && **word == '-'; word++) {
		if (strcmp(*word, "--root") == 0 && word[1] != NULL)
			f->root = *++word;
		else if (strncmp(*word, "--root=", 7) == 0)
			f->root = *word + 7;
		else
			return false;
	}
	if (*word == NULL || !is_plain_path(f->root))
		return false;
	for (size_t i = 0; i < sizeof(front_commands) / sizeof(*front_commands); i++)
		if (strcmp(front_commands[i].name, *word) == 0)
			f->command = &front_commands[i];
	return f->command != NULL && read_words(f, word + 1);
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
	if (strcmp(f.command->name, "run") == 0)
		return front_run(&f);
	if (strcmp(f.command->name, "state") == 0)
		front_state(&f);
	else if (strcmp(f.command->name, "kill") == 0)
		front_kill(&f);
	else if (strcmp(f.command->name, "delete") == 0)
		front_delete(&f);
	pass(&f);
}
