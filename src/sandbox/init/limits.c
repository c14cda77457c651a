/*
 * Bun raises its own soft limits at its start, and what it starts inherits them. A workload gets those that the caller of
 * tguard had, whoever starts it: the door and the front write them down, init takes them back. 0 stands for "not known".
 */
#include "init.h"

#include <stdlib.h>
#include <sys/resource.h>

#define NAME "TGUARD_LIMITS"

static const int resources[] = { RLIMIT_NOFILE, RLIMIT_STACK }; /* door.c has the same */

void limits_tell(char word[64])
{
	static const char name[] = NAME "=";
	size_t at = 0;

	for (; name[at] != 0; at++)
		word[at] = name[at];
	for (size_t i = 0; i < 2; i++) {
		struct rlimit limit = { .rlim_cur = 0 };

		(void)getrlimit(resources[i], &limit);
		if (i > 0)
			word[at++] = ':';
		for (int shift = 60; shift >= 0; shift -= 4)
			word[at++] = "0123456789abcdef"[limit.rlim_cur >> shift & 15];
	}
	word[at] = 0;
}

void limits_restore(void)
{
	char *at = getenv(NAME);

	for (size_t i = 0; at != NULL && i < 2; i++) {
		rlim_t soft = strtoull(at, &at, 16);
		struct rlimit limit;

		if (soft != 0 && getrlimit(resources[i], &limit) == 0 && soft < limit.rlim_cur) {
			limit.rlim_cur = soft;
			(void)setrlimit(resources[i], &limit);
		}
		at = *at == ':' ? at + 1 : NULL;
	}
}
