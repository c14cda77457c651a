/* Running one hook: a program that gets the container's state on its standard input, and has an end, by itself or by force. */
#ifndef TGUARD_HOOKS_H
#define TGUARD_HOOKS_H

#include "init.h"

struct hook {
	const char *path;
	char *const *argv;
	char *const *envp;
	int dir; /* working directory, -1: the caller's */
	int in, out; /* -1: the caller's own standard streams are passed on */
	const struct op *filter; /* installed by the hook itself before exec, or NULL */
	uint64_t timeout_ms; /* 0: none */
};

/* Where what the hook says goes; false ends the hook. */
struct hook_watch {
	int control; /* reads as closed when nobody waits for the hook any more; -1: none */
	int write_fd, read_fd; /* the other ends of hook.in and hook.out; -1: none */
	const char *input; /* written to write_fd */
	size_t input_left;
	char *output; /* the last of what came from read_fd */
	size_t output_size, output_length;
};

/* 0 with a wait(2) status; -1 with errno: it could not be started, ETIMEDOUT, or ECANCELED when control was closed. */
int hook_run(const struct hook *hook, struct hook_watch *watch, int *status);

/* `tguard-init hook MILLISECONDS PATH ARGV…`: run it for TypeScript, which holds standard input and, at descriptor 3, control; the answer goes there: errno, status, output. */
int hook_main(int argc, char **argv);

#endif
