/* What init's files share. init carries out a launch plan and decides nothing; README.md tells why the stages are what they are. */
#ifndef TGUARD_INIT_H
#define TGUARD_INIT_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan.generated.h"

#define MAX_OPS 8192u
#define SLOT_COUNT 256u

/* The whole plan, checked: every offset, length and code is in bounds. */
struct plan {
	uint32_t mode;
	uint32_t op_count;
	uint32_t first[SECTION_COUNT + 1]; /* ops of section s: first[s] .. first[s + 1] */
	struct op *ops;
};

/* Records between init and TypeScript, and between init's own processes: one shape, four words. */
enum record_kind {
	RECORD_FAILED = 1, /* op, err: an operation failed */
	RECORD_MAPS = 2, /* pid: write this process' id maps, then answer with RECORD_MAPPED */
	RECORD_CREATED = 3, /* pid: all is set up but exec */
	RECORD_STARTED = 4, /* exec has happened */
	RECORD_EXITED = 5, /* err: wait status */
	RECORD_CLEANUP = 6, /* op, err: a clean-up operation failed; the rest went on */
	RECORD_MAPPED = 16, /* from here on: towards init */
	RECORD_GO = 17, /* the state is on disk: exec */
	RECORD_SIGNAL = 18, /* err: signal for the workload */
	RECORD_WINCH = 19, /* the terminal's size changed */
	RECORD_PARENT = 32, /* inside init: run the parent section */
	RECORD_CLONED = 33, /* pid of the container's process */
	RECORD_EXEC = 34, /* nothing but seccomp and exec is left */
	RECORD_CONSOLE = 35, /* carries the pty's master descriptor */
	RECORD_HOOKS = 48, /* pid: run the hooks of the host, then answer with RECORD_HOOKED */
	RECORD_HOOKED = 49, /* the other way */
	RECORD_OUTER = 51, /* op: do this operation's part outside; the answer has err, and the pid of the container's process */
	RECORD_TEXT = 50, /* twelve bytes of text for the failure that follows, padded with NUL */
};

#define RECORD_TEXT_BYTES 12u

struct record {
	uint32_t kind;
	uint32_t op;
	int32_t err;
	int32_t pid;
};

/* What one of init's processes knows. */
struct context {
	const struct plan *plan;
	int slots[SLOT_COUNT];
	int peer; /* inner side: towards the outer half; outer half: -1 */
	pid_t child; /* outer half: the process in the join section */
	int birth_cgroup; /* outer half: v2 group that the join process is born in, or -1 */
	const struct op *joins; /* `answer_joins`, if the plan has one: what others may join while `created` waits */
	int report; /* the container's process of `create`: what `start` reads, or -1 */
	bool made[MAX_OPS]; /* mkdir operations that really made something */
	char home[4200]; /* "HOME=…" found by default_home */
};

/* plan.c */
#define PLAN_HEADER_BYTES (4u * 4u + 4u * SECTION_COUNT)
const struct field *plan_fields(uint32_t code); /* NULL: there is no such operation */
int plan_decode(const unsigned char *bytes, uint32_t length, struct plan *plan);

/* ops.c: 0, or -1 with errno */
int op_run(struct context *ctx, uint32_t index);
int slot_get(const struct context *ctx, uint32_t slot, int *fd);

/* ops-fs.c, ops-process.c: one function an operation */
#define OP_FUNCTION(name) int op_##name(struct context *ctx, const struct op *op)
OP_FUNCTION(mkdir);
OP_FUNCTION(rmdir);
OP_FUNCTION(unlink);
OP_FUNCTION(write_file);
OP_FUNCTION(kill_cgroup);
OP_FUNCTION(fork_into_cgroup);
OP_FUNCTION(bpf_device);
OP_FUNCTION(bpf_replace);
OP_FUNCTION(make_cgroup);
OP_FUNCTION(delegate_cgroup);
OP_FUNCTION(open);
OP_FUNCTION(close);
OP_FUNCTION(open_tree);
OP_FUNCTION(check_fs);
OP_FUNCTION(check_device);
OP_FUNCTION(userns_fd);
OP_FUNCTION(mount_propagation);
OP_FUNCTION(fsopen);
OP_FUNCTION(fsconfig_flag);
OP_FUNCTION(fsconfig_string);
OP_FUNCTION(fsconfig_mode_of);
OP_FUNCTION(fsmount);
OP_FUNCTION(mount_setattr);
OP_FUNCTION(open_target);
OP_FUNCTION(move_mount);
OP_FUNCTION(mount_legacy);
OP_FUNCTION(copy_up);
OP_FUNCTION(mknod_in);
OP_FUNCTION(symlink_in);
OP_FUNCTION(mask_path);
OP_FUNCTION(readonly_path);
OP_FUNCTION(pivot_root);
OP_FUNCTION(chroot);
OP_FUNCTION(check_cwd);
OP_FUNCTION(setns);
OP_FUNCTION(unshare);
OP_FUNCTION(write_map);
OP_FUNCTION(link_up);
OP_FUNCTION(sethostname);
OP_FUNCTION(setdomainname);
OP_FUNCTION(write_proc);
OP_FUNCTION(setrlimit);
OP_FUNCTION(raise_rlimit);
OP_FUNCTION(prctl);
OP_FUNCTION(setgroups);
OP_FUNCTION(setresgid);
OP_FUNCTION(setresuid);
OP_FUNCTION(capbset_keep);
OP_FUNCTION(capset);
OP_FUNCTION(cap_ambient);
OP_FUNCTION(umask);
OP_FUNCTION(chdir);
OP_FUNCTION(setsid);
OP_FUNCTION(join_keyring);
OP_FUNCTION(personality);
OP_FUNCTION(chown_stdio);
OP_FUNCTION(chown_pipes);
OP_FUNCTION(seccomp);
OP_FUNCTION(landlock_create);
OP_FUNCTION(landlock_allow);
OP_FUNCTION(landlock_restrict);
OP_FUNCTION(connect_console);
OP_FUNCTION(open_pty);
OP_FUNCTION(set_winsize);
OP_FUNCTION(send_console);
OP_FUNCTION(set_stdio);
OP_FUNCTION(set_ctty);
OP_FUNCTION(default_home);
OP_FUNCTION(close_fds);
OP_FUNCTION(exec);
/* ops-lifecycle.c */
OP_FUNCTION(mkfifo);
OP_FUNCTION(find_program);
OP_FUNCTION(open_process);
OP_FUNCTION(send_pidfd);
OP_FUNCTION(report_to);
/* ops-join.c */
OP_FUNCTION(listen);
OP_FUNCTION(answer_joins);
OP_FUNCTION(receive_joins);
int wait_answering(const struct context *ctx, int fifo);
struct sockaddr_un;
int unix_address(const char *path, struct sockaddr_un *address, int *dir);

/* ops-hooks.c */
OP_FUNCTION(await_hooks);
OP_FUNCTION(exec_hook);
OP_FUNCTION(write_slot);
OP_FUNCTION(private_parent);

/* ops-sched.c */
OP_FUNCTION(sched_setattr);
OP_FUNCTION(ioprio_set);
OP_FUNCTION(sched_setaffinity);
OP_FUNCTION(set_mempolicy);

/* ops-net.c; the second runs in the outer half */
OP_FUNCTION(move_netdev);
int net_move_device(const struct op *op, pid_t workload);

/* ops-seccomp.c */
OP_FUNCTION(seccomp_listen);

/* Load a device filter and attach it to the group in `dir`. */
int device_filter(int dir, const void *insns, uint32_t length);

/* A limit for the workload alone, which the container's set-up must not meet. */
static inline bool is_late(const struct op *op)
{
	return op->code == OP_WRITE_FILE && (op->write_file.flags & WRITE_LATE);
}

void slot_set(struct context *ctx, uint32_t slot, int fd);

/* Make `path` under `root` component by component and open it O_PATH (DESIGN, rule 3). */
int open_target_at(int root, const char *path, uint32_t kind, mode_t mode);

/* sync.c: records over sockets; 0, or -1 with errno (EPIPE when the other side is gone) */
int record_send(int fd, struct record record);
int record_send_fd(int fd, struct record record, int passed);
int send_fd(int fd, const void *text, size_t length, int passed);
int record_read(int fd, struct record *record, int *passed);

/* Have the outer half do its part of this operation; `pid`, unless NULL, gets the container's process as the host counts it. */
int ask_outer(const struct context *ctx, const struct op *op, pid_t *pid);

/* main.c */
int restore_terminal(void);

/* limits.c */
void limits_tell(char word[64]);
void limits_restore(void);

/* main.c: the operations that talk to the other half */
OP_FUNCTION(await_maps);
OP_FUNCTION(await_parent);
OP_FUNCTION(clone);
OP_FUNCTION(created);

/* notify.c: the exit status */
int notify_relay(const char *path, const char *host, const char *pid);

/* monitor.c */
struct monitor {
	int control; /* towards TypeScript */
	int peer; /* towards the container's side, until it is gone */
	pid_t child; /* join section's process, then 0 */
	pid_t workload; /* the container's process, once cloned */
	bool created;
	uint32_t outer; /* operation that the container's process waits for, plus one */
	bool hooks; /* the container's process waits for the hooks of the host */
	bool executing;
	bool started;
	struct record failure; /* of the host section: nothing was forked yet */
};
_Noreturn void monitor_run(struct context *ctx, struct monitor *m);

#endif
