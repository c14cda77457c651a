/* Putting text together in memory of a fixed size. */
#include "front.h"

#include <string.h>
#include <sys/mman.h>

void text_add(struct text *t, const char *bytes, size_t length)
{
	if (t->full || length >= t->room - t->length) { /* room for the NUL */
		t->full = true;
		return;
	}
	memcpy(t->at + t->length, bytes, length);
	t->length += length;
	t->at[t->length] = 0;
}

void text_str(struct text *t, const char *s)
{
	text_add(t, s, strlen(s));
}

void text_number(struct text *t, uint64_t value, uint32_t base)
{
	char digits[24];
	size_t at = sizeof(digits);

	do {
		digits[--at] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value > 0);
	text_add(t, digits + at, sizeof(digits) - at);
}

/* Never given back: the front is short. NULL when there is none. */
void *front_memory(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}
