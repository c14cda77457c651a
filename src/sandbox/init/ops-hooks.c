/* Operations that run hooks in the container's process, or wait while TypeScript runs those of the host. */
#include "hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHOWN_OUTPUT 1020u /* of what a failed hook printed; whole records */
#define MAX_STATE (1u << 20)

/* The hooks of the host run now: the container's namespaces and mounts are there, its root is not entered yet. */
OP_FUNCTION(await_hooks)
{
	struct record record;

	(void)op;
	if (record_send(ctx->peer, (struct record){ .kind = RECORD_HOOKS }) < 0 || record_read(ctx->peer, &record, NULL) < 0)
		return -1;
	errno = EPROTO;
	return record.kind == RECORD_HOOKED ? 0 : -1;
}

/* What the hook printed goes ahead of the failure and the same way, in the words of records that carry text. */
static void send_output(const struct context *ctx, const char *text, size_t length)
{
	for (size_t done = 0; done < length; done += RECORD_TEXT_BYTES) {
		struct record record = { .kind = RECORD_TEXT };
		size_t part = length - done < RECORD_TEXT_BYTES ? length - done : RECORD_TEXT_BYTES;

		memcpy((char *)&record + sizeof(record.kind), text + done, part);
		(void)record_send(ctx->peer, record);
		if (ctx->report >= 0)
			(void)!write(ctx->report, &record, sizeof(record));
	}
}

/* The filter that the container's program will get, for a hook that comes from the image. */
static const struct op *later_filter(const struct context *ctx, const struct op *op)
{
	const struct plan *plan = ctx->plan;

	for (const struct op *next = op + 1; next < plan->ops + plan->first[SECTION_CONTAINER + 1]; next++)
		if (next->code == OP_SECCOMP)
			return next;
	return NULL;
}

OP_FUNCTION(exec_hook)
{
	static char state[MAX_STATE], output[SHOWN_OUTPUT];
	int in[2], out[2], dir, status = 0, result;
	int length = snprintf(state, sizeof(state), "%s%d%s", op->exec_hook.before.at, (int)getpid(), op->exec_hook.after.at);
	struct hook hook = {
		.path = op->exec_hook.path.at,
		.argv = op->exec_hook.argv.at,
		.envp = op->exec_hook.envp.at,
		.timeout_ms = op->exec_hook.timeout_ms,
		.filter = op->exec_hook.flags & HOOK_CONFINED ? later_filter(ctx, op) : NULL,
	};
	struct hook_watch watch = { .control = -1, .output = output, .output_size = sizeof(output), .input = state };

	if (length < 0 || (size_t)length >= sizeof(state)) {
		errno = E2BIG;
		return -1;
	}
	if (slot_get(ctx, op->exec_hook.dir, &dir) < 0 || pipe2(in, O_CLOEXEC) < 0)
		return -1;
	if (pipe2(out, O_CLOEXEC) < 0 || fcntl(in[1], F_SETFL, O_NONBLOCK) < 0 || fcntl(out[0], F_SETFL, O_NONBLOCK) < 0)
		return -1;
	hook.dir = dir;
	hook.in = in[0];
	hook.out = out[1];
	watch.write_fd = in[1];
	watch.read_fd = out[0];
	watch.input_left = (size_t)length;
	result = hook_run(&hook, &watch, &status);
	if (watch.write_fd >= 0)
		close(watch.write_fd);
	if (watch.read_fd >= 0)
		close(watch.read_fd);
	if (result == 0 && status == 0)
		return 0;
	if (result == 0)
		errno = (int)HOOK_STATUS + status;
	result = errno;
	send_output(ctx, output, watch.output_length);
	errno = result;
	return -1;
}

/* The text in one write(2), as the files of /proc want it. */
OP_FUNCTION(write_slot)
{
	ssize_t n;
	int fd;

	if (slot_get(ctx, op->write_slot.slot, &fd) < 0)
		return -1;
	n = write(fd, op->write_slot.data.at, op->write_slot.data.len);
	if (n >= 0 && (size_t)n != op->write_slot.data.len)
		errno = EIO;
	return n >= 0 && (size_t)n == op->write_slot.data.len ? 0 : -1;
}

/* The mount that a path lies on shall pass nothing on: found by trying, upwards, which directory is its root (EINVAL: not this one). */
OP_FUNCTION(private_parent)
{
	char path[4096];
	char *slash;

	(void)ctx;
	if (op->private_parent.path.len >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(path, op->private_parent.path.at, op->private_parent.path.len + 1);
	while (mount(NULL, path, NULL, MS_PRIVATE, NULL) < 0) {
		if (errno != EINVAL || strcmp(path, "/") == 0)
			return -1;
		slash = strrchr(path, '/');
		if (slash == NULL)
			return -1;
		slash[slash == path ? 1 : 0] = 0;
	}
	return 0;
}
