/* What the front's files share: a start of a known bundle, and the short commands, without JavaScript. README.md, "The front". */
#ifndef TGUARD_FRONT_H
#define TGUARD_FRONT_H

#include "init.h" /* first: it asks for GNU's declarations */

#include "front-commands.generated.h"

#define FRONT_PATH 4096u
#define MAX_ARGS 2u

/* The command line and who asks. */
struct front {
	char **argv;
	const char *build; /* 64 hexadecimal digits: whose plans are believed */
	const char *exe; /* the executable to go back to */
	const char *root; /* directory of the states */
	const struct front_command *command;
	const char *globals[KEY_COUNT], *values[KEY_COUNT]; /* NULL: not given or off; "": on */
	const char *args[MAX_ARGS];
	uint32_t arg_count;
	char **words; /* all that follows the command's name */
};

/* Text that is being put together; `full` once something did not fit. */
struct text {
	char *at;
	size_t length, room;
	bool full;
};

/* Bytes with their length, as they lie in a file. */
struct span {
	const char *at;
	uint32_t length;
};

/* A plan that was kept, checked. */
struct kept {
	struct span hole, told;
	struct span config; /* of the state directory */
	const unsigned char *pieces; /* of state.json */
	uint32_t piece_count;
	struct span plan;
};

/* Who a process is: its number alone may be another's later. */
struct process {
	pid_t pid;
	uint64_t start;
};

/* front.c. `pass` gives the command line back to TypeScript, which words whatever is wrong. */
_Noreturn void pass(const struct front *f);
_Noreturn void pass_with(const struct front *f, char *variable);
int front_main(int argc, char **argv, const char *told);
int run_tguard(const struct front *f, char **argv);
bool write_all(int fd, const void *bytes, size_t length);

/* text.c */
void text_add(struct text *t, const char *bytes, size_t length);
void text_str(struct text *t, const char *s);
void text_number(struct text *t, uint64_t value, uint32_t base);
void *front_memory(size_t bytes);

/* sha256.c: hexadecimal, 64 digits and NUL */
struct sha256 {
	uint32_t state[8];
	uint64_t length;
	unsigned char block[64];
};
void sha256_start(struct sha256 *s);
void sha256_add(struct sha256 *s, const void *bytes, size_t length);
void sha256_hex(struct sha256 *s, char hex[65]);

/* kept.c */
bool kept_find(const struct front *f, const char *key, struct kept *kept);
int kept_plan(const struct kept *kept, const char *id, struct plan *plan);
bool kept_state(const struct kept *kept, const char *id, const char *created, struct process maker, const char *phase,
		const struct process *workload, struct text *to);

/* look.c */
bool look_again(uint32_t kind, const char *path, const char *seen);

/* record.c */
enum record_field {
	R_VERSION,
	R_OCI,
	R_ID,
	R_PHASE,
	R_BUNDLE,
	R_ROOTFS,
	R_CREATED,
	R_OWNER,
	R_ANNOTATIONS,
	R_CGROUPS,
	R_MAKER,
	R_REQUIRED, /* those above are in every record */
	R_AFTER = R_REQUIRED,
	R_NO_KEYRING,
	R_PROCESS,
	R_COUNT
};
struct state {
	struct span fields[R_COUNT]; /* as they are spelled in JSON */
	struct process workload, maker; /* pid 0: none */
	const char *status; /* asked of the kernel, as statusOf in store.ts does */
};
bool process_find(pid_t pid, struct process *process);
bool process_lives(struct process process);
bool state_read(const struct front *f, const char *id, struct state *state);
bool state_path(const struct front *f, const char *id, const char *file, struct text *to);
bool state_write(const struct front *f, const char *id, const struct text *content);
bool state_lock(const struct front *f, const char *id, char path[FRONT_PATH]);
bool take_path(const char **at, char *path, size_t room);
int open_fifo(const struct front *f, const char *id, const char *file, int flags);
bool is_container_id(const char *id);
bool is_private_dir(const char *path, mode_t forbidden);

/* front-run.c: return in the child that carries the plan out */
int front_run(struct front *f);
int front_create(struct front *f);
int front_exec(struct front *f);

/* front-life.c: return when TypeScript has to do it */
void front_start(const struct front *f);
void front_state(const struct front *f);
void front_kill(const struct front *f);
void front_delete(const struct front *f);

extern struct plan init_plan; /* main.c */

#endif
