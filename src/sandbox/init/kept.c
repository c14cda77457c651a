/*
 * Plans that an earlier start has kept: src/sandbox/kept-plan.ts writes them. One is believed when it is root's alone, carries
 * its own SHA-256, was written by this build for this command line, and everything that was looked at is as it was.
 */
#include "front.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define CACHE_DIR "/var/cache/tguard"
#define MAX_KEPT_BYTES (4u << 20)
#define MAX_LOOKS 4096u
#define HASH_LENGTH 64u

struct cursor {
	const unsigned char *at, *end;
};

static bool take_number(struct cursor *c, uint32_t *to)
{
	if ((size_t)(c->end - c->at) < sizeof(*to))
		return false;
	memcpy(to, c->at, sizeof(*to));
	c->at += sizeof(*to);
	return true;
}

/* Bytes and the NUL behind them. */
static bool take_text(struct cursor *c, struct span *to)
{
	if (!take_number(c, &to->length) || (size_t)(c->end - c->at) <= to->length || c->at[to->length] != 0)
		return false;
	to->at = (const char *)c->at;
	c->at += (size_t)to->length + 1;
	return true;
}

static bool take_same(struct cursor *c, const char *expected)
{
	struct span value;

	return take_text(c, &value) && value.length == strlen(expected) && memcmp(value.at, expected, value.length) == 0;
}

/* The whole file, when nobody but root could have written or read it. */
static bool map_file(const char *key, struct cursor *c)
{
	char path[64];
	struct text name = { .at = path, .room = sizeof(path) };
	uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
	struct stat st;
	void *bytes;
	int fd;

	for (const char *k = key; *k != 0; k++)
		hash = (hash ^ (unsigned char)*k) * 0x100000001b3u;
	text_str(&name, CACHE_DIR "/");
	for (int shift = 60; shift >= 0; shift -= 4)
		text_number(&name, hash >> shift & 15, 16);
	text_str(&name, ".plan");
	if (!is_private_dir(CACHE_DIR, 077))
		return false;
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) < 0 || (st.st_mode & (S_IFMT | 07777)) != (S_IFREG | 0600) || st.st_uid != 0 || st.st_size <= HASH_LENGTH ||
	    st.st_size > MAX_KEPT_BYTES) {
		close(fd);
		return false;
	}
	/* Read, not mapped: what is checked is what is used, even if the file is cut short meanwhile. */
	bytes = front_memory((size_t)st.st_size);
	if (bytes == NULL || read(fd, bytes, (size_t)st.st_size) != st.st_size) {
		close(fd);
		return false;
	}
	close(fd);
	c->at = bytes;
	c->end = c->at + st.st_size;
	return true;
}

static bool check_hash(struct cursor *c)
{
	struct sha256 sum;
	char hex[65];

	sha256_start(&sum);
	sha256_add(&sum, c->at + HASH_LENGTH, (size_t)(c->end - c->at) - HASH_LENGTH);
	sha256_hex(&sum, hex);
	if (memcmp(hex, c->at, HASH_LENGTH) != 0)
		return false;
	c->at += HASH_LENGTH;
	return true;
}

static bool look_at_all(struct cursor *c)
{
	uint32_t count, kind;
	struct span path, seen;

	if (!take_number(c, &count) || count > MAX_LOOKS)
		return false;
	for (uint32_t i = 0; i < count; i++)
		if (!take_number(c, &kind) || !take_text(c, &path) || !take_text(c, &seen) || !look_again(kind, path.at, seen.at))
			return false;
	return true;
}

static bool skip_pieces(struct cursor *c, struct kept *kept)
{
	uint32_t kind;
	struct span value;

	if (!take_number(c, &kept->piece_count) || kept->piece_count > MAX_LOOKS)
		return false;
	kept->pieces = c->at;
	for (uint32_t i = 0; i < kept->piece_count; i++)
		if (!take_number(c, &kind) || !take_text(c, &value))
			return false;
	return true;
}

bool kept_find(const struct front *f, const char *key, struct kept *kept)
{
	char gid[24];
	struct text group = { .at = gid, .room = sizeof(gid) };
	struct utsname host;
	struct cursor c;
	uint32_t magic;

	text_number(&group, getegid(), 10);
	return uname(&host) == 0 && map_file(key, &c) && check_hash(&c) && take_number(&c, &magic) && magic == KEPT_MAGIC &&
	       take_same(&c, f->build) && take_same(&c, host.release) && take_same(&c, gid) && take_same(&c, key) &&
	       take_text(&c, &kept->hole) && kept->hole.length >= 16 && take_text(&c, &kept->told) && look_at_all(&c) &&
	       skip_pieces(&c, kept) && take_text(&c, &kept->config) && take_text(&c, &kept->plan) && c.at == c.end;
}

/* Where the plan is written anew with the id in it. */
struct filling {
	struct cursor from;
	unsigned char *to;
	struct span hole, id;
};

static void copy(struct filling *f, const void *bytes, size_t length)
{
	memcpy(f->to, bytes, length);
	f->to += length;
}

static bool copy_through(struct filling *f, size_t length)
{
	if ((size_t)(f->from.end - f->from.at) < length)
		return false;
	copy(f, f->from.at, length);
	f->from.at += length;
	return true;
}

static bool fill_text(struct filling *f)
{
	unsigned char *length_at = f->to;
	const char *at, *end;
	struct span value;
	uint32_t length;

	if (!take_text(&f->from, &value))
		return false;
	f->to += sizeof(length);
	for (at = value.at, end = value.at + value.length;;) {
		const char *hole = memmem(at, (size_t)(end - at), f->hole.at, f->hole.length);

		copy(f, at, (size_t)((hole == NULL ? end : hole) - at));
		if (hole == NULL)
			break;
		copy(f, f->id.at, f->id.length);
		at = hole + f->hole.length;
	}
	length = (uint32_t)(f->to - length_at) - (uint32_t)sizeof(length);
	memcpy(length_at, &length, sizeof(length));
	copy(f, "", 1);
	return true;
}

static bool fill_list(struct filling *f)
{
	uint32_t count, length;
	const unsigned char *at = f->from.at;

	if (!take_number(&f->from, &count))
		return false;
	for (uint32_t i = 0; i < count; i++) {
		if (!take_number(&f->from, &length) || (size_t)(f->from.end - f->from.at) <= length)
			return false;
		f->from.at += (size_t)length + 1;
	}
	copy(f, at, (size_t)(f->from.at - at));
	return true;
}

static bool fill_field(struct filling *f, uint32_t kind)
{
	uint32_t length;

	switch (kind) {
	case FIELD_U64:
		return copy_through(f, sizeof(uint64_t));
	case FIELD_SLOT:
		return copy_through(f, sizeof(uint32_t));
	case FIELD_STR:
		return fill_text(f);
	case FIELD_STRV:
		return fill_list(f);
	case FIELD_BYTES:
	case FIELD_U32V:
		if (!take_number(&f->from, &length) || length > MAX_KEPT_BYTES)
			return false;
		f->from.at -= sizeof(length);
		return copy_through(f, sizeof(length) + (size_t)length * (kind == FIELD_U32V ? 4 : 1));
	default:
		return false;
	}
}

static bool fill_op(struct filling *f)
{
	unsigned char *start = f->to;
	uint16_t code;
	uint32_t length;
	const struct field *fields;

	if (!copy_through(f, 8)) /* code, zero, length */
		return false;
	memcpy(&code, start, sizeof(code));
	fields = plan_fields(code);
	if (fields == NULL)
		return false;
	for (; fields->kind != FIELD_END; fields++)
		if (!fill_field(f, fields->kind))
			return false;
	length = (uint32_t)(f->to - start - 8);
	memcpy(start + 4, &length, sizeof(length));
	return true;
}

/* The plan for one container: every text gets the id in place of the hole. plan_decode then checks it like any other. */
int kept_plan(const struct kept *kept, const char *id, struct plan *plan)
{
	struct filling f = { .hole = kept->hole, .id = { .at = id, .length = (uint32_t)strlen(id) } };
	const unsigned char *start = (const unsigned char *)kept->plan.at;
	size_t holes = 0;
	unsigned char *bytes;
	uint32_t length;

	f.from = (struct cursor){ .at = start, .end = start + kept->plan.length };
	for (const char *at = kept->plan.at, *end = at + kept->plan.length; (at = memmem(at, (size_t)(end - at), f.hole.at, f.hole.length)) != NULL;
	     at += f.hole.length)
		holes++;
	bytes = front_memory(kept->plan.length + holes * f.id.length);
	if (bytes == NULL)
		return -1;
	f.to = bytes;
	if (!copy_through(&f, PLAN_HEADER_BYTES))
		return -1;
	while (f.from.at < f.from.end)
		if (!fill_op(&f))
			return -1;
	length = (uint32_t)(f.to - bytes);
	memcpy(bytes + 8, &length, sizeof(length));
	return plan_decode(bytes, length, plan);
}

/* state.json as Store.write in store.ts has it. */
bool kept_state(const struct kept *kept, const char *id, const char *created, struct process maker, const char *phase,
		const struct process *workload, struct text *to)
{
	struct cursor c = { .at = kept->pieces, .end = (const unsigned char *)kept->config.at };
	struct span value;
	uint32_t kind;

	for (uint32_t i = 0; i < kept->piece_count; i++) {
		if (!take_number(&c, &kind) || !take_text(&c, &value))
			return false;
		switch (kind) {
		case PIECE_TEXT:
			text_add(to, value.at, value.length);
			break;
		case PIECE_ID:
			text_str(to, id);
			break;
		case PIECE_PHASE:
			text_str(to, phase);
			break;
		case PIECE_CREATED:
			text_str(to, created);
			break;
		case PIECE_MAKER_PID:
			text_number(to, (uint64_t)maker.pid, 10);
			break;
		case PIECE_MAKER_START:
			text_number(to, maker.start, 10);
			break;
		default:
			return false;
		}
	}
	if (to->full || to->length == 0)
		return false;
	if (workload != NULL) {
		to->length--; /* the closing brace */
		text_str(to, ",\"process\":{\"pid\":");
		text_number(to, (uint64_t)workload->pid, 10);
		text_str(to, ",\"startTime\":\"");
		text_number(to, workload->start, 10);
		text_str(to, "\"}}");
	}
	text_str(to, "\n");
	return !to->full;
}
