/* Operations on how the kernel schedules the container's process and places its memory. */
#include "init.h"

#include <errno.h>
#include <linux/sched/types.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define IOPRIO_WHO_PROCESS 1
#define MASK_WORDS 128u /* 8192 processors or memory nodes */

OP_FUNCTION(sched_setattr)
{
	struct sched_attr attr = {
		.size = sizeof(attr),
		.sched_policy = (__u32)op->sched_setattr.policy,
		.sched_flags = op->sched_setattr.flags,
		.sched_nice = (__s32)op->sched_setattr.nice,
		.sched_priority = (__u32)op->sched_setattr.priority,
		.sched_runtime = op->sched_setattr.runtime,
		.sched_deadline = op->sched_setattr.deadline,
		.sched_period = op->sched_setattr.period,
	};

	(void)ctx;
	return (int)syscall(SYS_sched_setattr, 0, &attr, 0u);
}

OP_FUNCTION(ioprio_set)
{
	(void)ctx;
	return (int)syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, op->ioprio_set.value);
}

/* Little-endian bytes of a bit mask as the words that the kernel takes; -1 with EINVAL when there are more than it can have. */
static int take_mask(const struct str *bytes, unsigned long *words)
{
	if (bytes->len > MASK_WORDS * sizeof(*words)) {
		errno = EINVAL;
		return -1;
	}
	memset(words, 0, MASK_WORDS * sizeof(*words));
	memcpy(words, bytes->at, bytes->len);
	return 0;
}

OP_FUNCTION(sched_setaffinity)
{
	unsigned long words[MASK_WORDS];

	(void)ctx;
	if (take_mask(&op->sched_setaffinity.mask, words) < 0)
		return -1;
	return (int)syscall(SYS_sched_setaffinity, 0, sizeof(words), words);
}

OP_FUNCTION(set_mempolicy)
{
	unsigned long words[MASK_WORDS];
	const struct str *nodes = &op->set_mempolicy.nodes;

	(void)ctx;
	if (take_mask(nodes, words) < 0)
		return -1;
	/* The kernel takes one bit less than it is told (get_nodes() in mm/mempolicy.c). */
	return (int)syscall(SYS_set_mempolicy, op->set_mempolicy.mode, nodes->len == 0 ? NULL : words,
			    nodes->len == 0 ? 0ul : nodes->len * 8ul + 1ul);
}
