/*
 * The door: the first code of the executable `tguard`. scripts/add-door.ts puts it in front of Bun's entry point, as a segment of
 * its own. A command that engines call for every container goes straight to tguard-init, so that no JavaScript engine is
 * started for it; whatever is unusual goes on to Bun. It has no libc and writes to nothing but its stack: Bun's own start must
 * find everything as the dynamic loader left it.
 */
#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/memfd.h>
#include <linux/stat.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of Dockerfiles. */
#define SHORT_AUDIT_BYTES 20000u
#define MAX_PATH 4096
#define MAX_ENV 4096
#define EXE_LINK "/proc/self/exe"
#define CACHE "/var/cache/tguard/init-"
#ifndef F_ADD_SEALS
#define F_ADD_SEALS 1033
#endif
#define SEALS 0xf /* F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE */
#define EINVAL 22
#define MEMFD_EXEC 0x10u /* MFD_EXEC, Linux 6.3 */

/* Filled in by add-door.ts, which finds it by its first word. */
struct patch {
	char magic[16];
	int64_t entry; /* Bun's entry point, from ours */
	int64_t init_size;
	char build[64];
	char init_hash[32];
};
__attribute__((section(".patch"), used, visibility("hidden"))) const volatile struct patch patch = { .magic = "tguard-door-here" };

#if defined(__x86_64__)
__asm__(".section .entry,\"ax\"\n"
	".globl _start\n"
	"_start:\n"
	"	push %rdx\n" /* the loader's fini function: Bun's _start wants it */
	"	push %rdx\n"
	"	lea 16(%rsp), %rdi\n"
	"	call door\n"
	"	pop %rdx\n"
	"	pop %rdx\n"
	"	lea _start(%rip), %rax\n"
	"	add patch+16(%rip), %rax\n"
	"	jmp *%rax\n");

static long call(long n, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long result;

	__asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
	return result;
}
#elif defined(__aarch64__)
__asm__(".section .entry,\"ax\"\n"
	".globl _start\n"
	"_start:\n"
	"	stp x0, x30, [sp, #-16]!\n"
	"	add x0, sp, #16\n"
	"	bl door\n"
	"	ldp x0, x30, [sp], #16\n"
	"	adr x16, _start\n"
	"	adrp x17, patch\n"
	"	add x17, x17, :lo12:patch\n"
	"	ldr x17, [x17, #16]\n"
	"	add x16, x16, x17\n"
	"	br x16\n");

static long call(long n, long a, long b, long c, long d, long e)
{
	register long x8 __asm__("x8") = n;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
	return x0;
}
#else
#error "the door knows x86-64 and arm64"
#endif

static bool begins(const char *text, const char *with)
{
	while (*with != 0)
		if (*text++ != *with++)
			return false;
	return true;
}

static bool same(const char *a, const char *b)
{
	while (*a != 0 && *a == *b)
		a++, b++;
	return *a == *b;
}

static char *append(char *to, const char *end, const char *text, size_t length)
{
	while (length-- > 0 && *text != 0 && to < end)
		*to++ = *text++;
	*to = 0;
	return to;
}

/* One of a list of words, each followed by a space. */
static bool is_one_of(const char *word, const char *list)
{
	while (*list != 0) {
		const char *at = word;

		while (*list != ' ' && *at == *list)
			at++, list++;
		if (*list == ' ' && *at == 0)
			return true;
		while (*list++ != ' ') {
		}
	}
	return false;
}

/* The command's name: the first word that is no option. NULL when an option is none that is known here. */
static const char *command_of(char **argv)
{
	for (char **word = argv + 1; *word != NULL; word++) {
		if (**word != '-')
			return *word;
		if (is_one_of(*word, "--root --log --log-format --rootless --criu ")) {
			if (*++word == NULL)
				return NULL;
		} else if (!begins(*word, "--root=") && !begins(*word, "--log=") && !begins(*word, "--log-format=") && !begins(*word, "--rootless=") &&
			   !is_one_of(*word, "--debug --systemd-cgroup "))
			return NULL;
	}
	return NULL;
}

/* The program when it is whole, of this build, and nobody else could have written to it. */
static int open_init(const char *path, struct statx *st)
{
	int fd = (int)call(__NR_openat, AT_FDCWD, (long)path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0, 0);

	if (fd < 0)
		return -1;
	if (call(__NR_statx, fd, (long)"", AT_EMPTY_PATH, STATX_BASIC_STATS, (long)st) == 0 && (st->stx_mode & S_IFMT) == S_IFREG &&
	    st->stx_uid == 0 && (st->stx_mode & 022) == 0 && (int64_t)st->stx_size == patch.init_size)
		return fd;
	call(__NR_close, fd, 0, 0, 0, 0);
	return -1;
}

static int find_init(const char *exe, size_t length, struct statx *st)
{
	static const char name[] = "tguard-init", cache[] = CACHE;
	char path[MAX_PATH + 64], *at;
	const char *end = path + sizeof(path) - 1;
	int fd;

	while (length > 0 && exe[length - 1] != '/')
		length--;
	at = append(path, end, exe, length);
	append(at, end, name, sizeof(name));
	fd = open_init(path, st);
	if (fd >= 0)
		return fd;
	at = append(path, end, cache, sizeof(cache));
	append(at, end, (const char *)patch.init_hash, sizeof(patch.init_hash));
	return open_init(path, st);
}

/* A copy that nothing can change and no path leads to (CVE-2019-5736). */
static int sealed_copy(int from, int64_t size)
{
	static const char name[] = "tguard-init";
	int copy = (int)call(__NR_memfd_create, (long)name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MEMFD_EXEC, 0, 0, 0);

	if (copy == -EINVAL)
		copy = (int)call(__NR_memfd_create, (long)name, MFD_CLOEXEC | MFD_ALLOW_SEALING, 0, 0, 0);
	if (copy < 0)
		return -1;
	while (size > 0) {
		long n = call(__NR_sendfile, copy, from, 0, size, 0);

		if (n <= 0)
			return -1;
		size -= n;
	}
	if (call(__NR_fchmod, copy, 0500, 0, 0, 0) < 0 || call(__NR_fcntl, copy, F_ADD_SEALS, SEALS, 0, 0) < 0)
		return -1;
	return copy;
}

/* Returns when it cannot be done. */
static void go_to_init(char **argv, char **environment, size_t count)
{
	char exe[MAX_PATH], word[MAX_PATH + 128], *at;
	const char *end = word + sizeof(word) - 1;
	char *with[MAX_ENV + 2];
	struct statx st;
	int from, copy;
	long length = call(__NR_readlinkat, AT_FDCWD, (long)EXE_LINK, (long)exe, sizeof(exe) - 1, 0);

	if (length <= 0 || length >= (long)sizeof(exe) - 1)
		return;
	exe[length] = 0;
	from = find_init(exe, (size_t)length, &st);
	if (from < 0)
		return;
	copy = sealed_copy(from, (int64_t)st.stx_size);
	call(__NR_close, from, 0, 0, 0, 0);
	if (copy < 0)
		return;
	at = append(word, end, "TGUARD_FRONT=", 13);
	at = append(at, end, (const char *)patch.build, sizeof(patch.build));
	at = append(at, end, ":", 1);
	append(at, end, exe, (size_t)length);
	for (size_t i = 0; i < count; i++)
		with[i] = environment[i];
	with[count] = word;
	with[count + 1] = NULL;
	call(__NR_execveat, copy, (long)"", (long)argv, (long)with, AT_EMPTY_PATH);
	call(__NR_close, copy, 0, 0, 0, 0);
}

/* "TGUARD_LIMITS=" and soft limits in hexadecimal: Bun raises them, and init gives them back to the workload (limits.c). */
static void tell_limits(char word[64])
{
	static const char name[] = "TGUARD_LIMITS=", digits[] = "0123456789abcdef";
	static const int resources[] = { 7, 3 }; /* RLIMIT_NOFILE, RLIMIT_STACK */
	char *at = append(word, word + 63, name, sizeof(name));

	for (int i = 0; i < 2; i++) {
		uint64_t limit[2] = { 0, 0 };

		call(__NR_prlimit64, 0, resources[i], 0, (long)limit, 0);
		if (i > 0)
			*at++ = ':';
		for (int shift = 60; shift >= 0; shift -= 4)
			*at++ = digits[limit[0] >> shift & 15];
	}
	*at = 0;
}

/*
 * An audit of a few small files ends before compiled code pays; a folder, a long file or standard input does not. Words that
 * are no files are options and their values.
 */
static bool is_short_audit(char **words)
{
	uint64_t bytes = 0;
	bool has_file = false;

	for (; *words != NULL; words++) {
		struct statx st;

		if (**words == '-' && (*words)[1] == 0)
			return false;
		if (call(__NR_statx, AT_FDCWD, (long)*words, 0, STATX_BASIC_STATS, (long)&st) != 0)
			continue;
		if ((st.stx_mode & S_IFMT) != S_IFREG)
			return false;
		bytes += st.stx_size;
		has_file = true;
	}
	return has_file && bytes <= SHORT_AUDIT_BYTES;
}

/* Does this command run long enough for the compiler to pay? */
static bool is_long(const char *command, char **argv)
{
	if (same(command, "audit"))
		return !is_short_audit(argv + 1);
	return is_one_of(command, "audit-worker rules-worker baseline merge seccomp lsp ");
}

/* JavaScriptCore's compiler costs 3 ms and threads that a short command never earns back; it can only be told by its environment. */
static void go_without_jit(char **argv, char **environment, size_t count)
{
	static const char setting[] = "BUN_JSC_useJIT=0";
	char *with[MAX_ENV + 3], limits[64];

	for (size_t i = 0; i < count; i++)
		with[i] = environment[i];
	tell_limits(limits);
	with[count] = (char *)setting;
	with[count + 1] = limits;
	with[count + 2] = NULL;
	call(__NR_execve, (long)EXE_LINK, (long)argv, (long)with, 0, 0);
}

__attribute__((visibility("hidden"), used)) void door(long *stack)
{
	char **argv = (char **)(stack + 1), **environment = argv + stack[0] + 1;
	bool is_told = false, has_setting = false;
	size_t count = 0, front = 0;
	const char *command;

	for (; environment[count] != NULL; count++) {
		if (begins(environment[count], "TGUARD_FRONT=")) {
			is_told = true;
			front = count;
		}
		if (begins(environment[count], "BUN_JSC_useJIT="))
			has_setting = true;
	}
	command = stack[0] < 1 || count > MAX_ENV ? NULL : command_of(argv);
	if (command != NULL) {
		if (!is_told && call(__NR_geteuid, 0, 0, 0, 0, 0) == 0 && call(__NR_getuid, 0, 0, 0, 0, 0) == 0 &&
		    is_one_of(command, "run create start state kill delete exec "))
			go_to_init(argv, environment, count);
		if (!has_setting && !is_long(command, argv))
			go_without_jit(argv, environment, count);
	}
	/* Nobody else needs to know: libc's environ is this very array. */
	for (; is_told && environment[front] != NULL; front++)
		environment[front] = environment[front + 1];
}
