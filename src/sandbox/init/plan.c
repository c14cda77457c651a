/* Decode a plan and prove that every offset, length and code in it is in bounds, before the first operation runs. */
#include "init.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

struct reader {
	const unsigned char *at;
	const unsigned char *end;
};

static int invalid(void)
{
	errno = EBADMSG;
	return -1;
}

static int take(struct reader *r, void *to, size_t length)
{
	if ((size_t)(r->end - r->at) < length)
		return invalid();
	memcpy(to, r->at, length);
	r->at += length;
	return 0;
}

/* Text of `length` bytes and its NUL, or raw bytes, left where it lies. */
static int take_span(struct reader *r, struct str *to, uint32_t length, bool text)
{
	size_t whole = (size_t)length + (text ? 1 : 0);

	if ((size_t)(r->end - r->at) < whole)
		return invalid();
	if (text && (r->at[length] != 0 || memchr(r->at, 0, length) != NULL))
		return invalid();
	to->at = (const char *)r->at;
	to->len = length;
	r->at += whole;
	return 0;
}

static int take_list(struct reader *r, struct strv *to)
{
	uint32_t count;
	char **list;

	if (take(r, &count, sizeof(count)) < 0)
		return -1;
	if (count > (size_t)(r->end - r->at) / 5) /* each item costs five bytes at least */
		return invalid();
	/* One more for the NULL, one for a HOME= that default_home may add. */
	list = mmap(NULL, ((size_t)count + 2) * sizeof(char *), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (list == MAP_FAILED)
		return -1;
	for (uint32_t i = 0; i < count; i++) {
		struct str item;
		uint32_t length;

		if (take(r, &length, sizeof(length)) < 0 || take_span(r, &item, length, true) < 0)
			return -1;
		memcpy(&list[i], &item.at, sizeof(char *)); /* execve(2) wants char *, and does not write */
	}
	to->at = list;
	to->count = count;
	return 0;
}

static int take_field(struct reader *r, enum field_kind kind, void *to)
{
	uint32_t length;

	switch (kind) {
	case FIELD_U64:
		return take(r, to, sizeof(uint64_t));
	case FIELD_SLOT:
		if (take(r, to, sizeof(uint32_t)) < 0)
			return -1;
		memcpy(&length, to, sizeof(length));
		return length < SLOT_COUNT || length == CWD || length == NONE ? 0 : invalid();
	case FIELD_STRV:
		return take_list(r, to);
	case FIELD_STR:
	case FIELD_BYTES:
		if (take(r, &length, sizeof(length)) < 0)
			return -1;
		return take_span(r, to, length, kind == FIELD_STR);
	case FIELD_U32V:
		if (take(r, &length, sizeof(length)) < 0 || length > PLAN_MAX_BYTES / 4)
			return invalid();
		return take_span(r, to, length * 4, false);
	case FIELD_END:
		break;
	}
	return invalid();
}

static int take_op(struct reader *r, struct op *op)
{
	uint16_t code, zero;
	uint32_t length;
	struct reader body;

	if (take(r, &code, sizeof(code)) < 0 || take(r, &zero, sizeof(zero)) < 0 || take(r, &length, sizeof(length)) < 0)
		return -1;
	if (code > OP_MAX || op_specs[code].name == NULL || zero != 0 || length > (size_t)(r->end - r->at))
		return invalid();
	body = (struct reader){ .at = r->at, .end = r->at + length };
	r->at += length;
	op->code = code;
	for (const struct field *f = op_specs[code].fields; f->kind != FIELD_END; f++)
		if (take_field(&body, f->kind, (char *)op + f->offset) < 0)
			return -1;
	return body.at == body.end ? 0 : invalid();
}

const struct field *plan_fields(uint32_t code)
{
	return code > OP_MAX || op_specs[code].name == NULL ? NULL : op_specs[code].fields;
}

int plan_decode(const unsigned char *bytes, uint32_t length, struct plan *plan)
{
	struct reader r = { .at = bytes, .end = bytes + length };
	uint32_t head[4], counts[SECTION_COUNT], total = 0;

	if (length < PLAN_HEADER_BYTES || take(&r, head, sizeof(head)) < 0 || take(&r, counts, sizeof(counts)) < 0)
		return invalid();
	if (head[0] != PLAN_MAGIC || head[1] != PLAN_VERSION || head[2] != length)
		return invalid();
	for (uint32_t s = 0; s < SECTION_COUNT; s++) {
		if (counts[s] > MAX_OPS - total)
			return invalid();
		plan->first[s] = total;
		total += counts[s];
	}
	plan->first[SECTION_COUNT] = total;
	plan->mode = head[3];
	plan->op_count = total;
	plan->ops = mmap(NULL, (total + 1) * sizeof(struct op), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (plan->ops == MAP_FAILED)
		return -1;
	for (uint32_t i = 0; i < total; i++)
		if (take_op(&r, &plan->ops[i]) < 0)
			return -1;
	return r.at == r.end ? 0 : invalid();
}
