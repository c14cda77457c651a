/* The operation switch and the descriptor slots. */
#include "init.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

typedef int (*op_fn)(struct context *ctx, const struct op *op);

static const op_fn op_table[OP_MAX + 1] = {
	[OP_MKDIR] = op_mkdir,
	[OP_RMDIR] = op_rmdir,
	[OP_UNLINK] = op_unlink,
	[OP_WRITE_FILE] = op_write_file,
	[OP_KILL_CGROUP] = op_kill_cgroup,
	[OP_FORK_INTO_CGROUP] = op_fork_into_cgroup,
	[OP_BPF_DEVICE] = op_bpf_device,
	[OP_BPF_REPLACE] = op_bpf_replace,
	[OP_MAKE_CGROUP] = op_make_cgroup,
	[OP_DELEGATE_CGROUP] = op_delegate_cgroup,
	[OP_OPEN] = op_open,
	[OP_CLOSE] = op_close,
	[OP_OPEN_TREE] = op_open_tree,
	[OP_CHECK_FS] = op_check_fs,
	[OP_CHECK_DEVICE] = op_check_device,
	[OP_USERNS_FD] = op_userns_fd,
	[OP_MOUNT_PROPAGATION] = op_mount_propagation,
	[OP_FSOPEN] = op_fsopen,
	[OP_FSCONFIG_FLAG] = op_fsconfig_flag,
	[OP_FSCONFIG_STRING] = op_fsconfig_string,
	[OP_FSCONFIG_MODE_OF] = op_fsconfig_mode_of,
	[OP_FSMOUNT] = op_fsmount,
	[OP_MOUNT_SETATTR] = op_mount_setattr,
	[OP_OPEN_TARGET] = op_open_target,
	[OP_MOVE_MOUNT] = op_move_mount,
	[OP_MOUNT_LEGACY] = op_mount_legacy,
	[OP_COPY_UP] = op_copy_up,
	[OP_MKNOD_IN] = op_mknod_in,
	[OP_SYMLINK_IN] = op_symlink_in,
	[OP_MASK_PATH] = op_mask_path,
	[OP_READONLY_PATH] = op_readonly_path,
	[OP_PIVOT_ROOT] = op_pivot_root,
	[OP_CHROOT] = op_chroot,
	[OP_CHECK_CWD] = op_check_cwd,
	[OP_SETNS] = op_setns,
	[OP_UNSHARE] = op_unshare,
	[OP_WRITE_MAP] = op_write_map,
	[OP_AWAIT_MAPS] = op_await_maps,
	[OP_AWAIT_PARENT] = op_await_parent,
	[OP_CLONE] = op_clone,
	[OP_LINK_UP] = op_link_up,
	[OP_SETHOSTNAME] = op_sethostname,
	[OP_SETDOMAINNAME] = op_setdomainname,
	[OP_WRITE_PROC] = op_write_proc,
	[OP_SETRLIMIT] = op_setrlimit,
	[OP_RAISE_RLIMIT] = op_raise_rlimit,
	[OP_PRCTL] = op_prctl,
	[OP_SETGROUPS] = op_setgroups,
	[OP_SETRESGID] = op_setresgid,
	[OP_SETRESUID] = op_setresuid,
	[OP_CAPBSET_KEEP] = op_capbset_keep,
	[OP_CAPSET] = op_capset,
	[OP_CAP_AMBIENT] = op_cap_ambient,
	[OP_UMASK] = op_umask,
	[OP_CHDIR] = op_chdir,
	[OP_SETSID] = op_setsid,
	[OP_JOIN_KEYRING] = op_join_keyring,
	[OP_PERSONALITY] = op_personality,
	[OP_CHOWN_STDIO] = op_chown_stdio,
	[OP_CHOWN_PIPES] = op_chown_pipes,
	[OP_SECCOMP] = op_seccomp,
	[OP_LANDLOCK_CREATE] = op_landlock_create,
	[OP_LANDLOCK_ALLOW] = op_landlock_allow,
	[OP_LANDLOCK_RESTRICT] = op_landlock_restrict,
	[OP_CONNECT_CONSOLE] = op_connect_console,
	[OP_OPEN_PTY] = op_open_pty,
	[OP_SET_WINSIZE] = op_set_winsize,
	[OP_SEND_CONSOLE] = op_send_console,
	[OP_SET_STDIO] = op_set_stdio,
	[OP_SET_CTTY] = op_set_ctty,
	[OP_DEFAULT_HOME] = op_default_home,
	[OP_CLOSE_FDS] = op_close_fds,
	[OP_CREATED] = op_created,
	[OP_EXEC] = op_exec,
	[OP_AWAIT_HOOKS] = op_await_hooks,
	[OP_EXEC_HOOK] = op_exec_hook,
	[OP_WRITE_SLOT] = op_write_slot,
	[OP_PRIVATE_PARENT] = op_private_parent,
	[OP_SCHED_SETATTR] = op_sched_setattr,
	[OP_IOPRIO_SET] = op_ioprio_set,
	[OP_SCHED_SETAFFINITY] = op_sched_setaffinity,
	[OP_SET_MEMPOLICY] = op_set_mempolicy,
	[OP_MOVE_NETDEV] = op_move_netdev,
	[OP_SECCOMP_LISTEN] = op_seccomp_listen,
	[OP_MKFIFO] = op_mkfifo,
	[OP_FIND_PROGRAM] = op_find_program,
	[OP_OPEN_PROCESS] = op_open_process,
	[OP_SEND_PIDFD] = op_send_pidfd,
	[OP_REPORT_TO] = op_report_to,
	[OP_LISTEN] = op_listen,
	[OP_ANSWER_JOINS] = op_answer_joins,
	[OP_RECEIVE_JOINS] = op_receive_joins,
};

int op_run(struct context *ctx, uint32_t index)
{
	const struct op *op = &ctx->plan->ops[index];

	return op_table[op->code](ctx, op);
}

/* The descriptor in a slot; AT_FDCWD for CWD, -1 for NONE. */
int slot_get(const struct context *ctx, uint32_t slot, int *fd)
{
	*fd = slot == CWD ? AT_FDCWD : slot == NONE ? -1 : ctx->slots[slot];
	if (slot < SLOT_COUNT && *fd < 0) {
		errno = EBADF;
		return -1;
	}
	return 0;
}

void slot_set(struct context *ctx, uint32_t slot, int fd)
{
	if (slot >= SLOT_COUNT) {
		if (fd >= 0)
			close(fd);
		return;
	}
	if (ctx->slots[slot] >= 0)
		close(ctx->slots[slot]);
	ctx->slots[slot] = fd;
}

int ask_outer(const struct context *ctx, const struct op *op, pid_t *pid)
{
	struct record record = { .kind = RECORD_OUTER, .op = (uint32_t)(op - ctx->plan->ops) };

	if (record_send(ctx->peer, record) < 0 || record_read(ctx->peer, &record, NULL) < 0)
		return -1;
	if (pid != NULL)
		*pid = record.pid;
	errno = record.kind == RECORD_OUTER ? record.err : EPROTO;
	return errno == 0 ? 0 : -1;
}
