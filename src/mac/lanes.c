#include "mac/lanes.h"

#include <string.h>

/* What goes through one lane. */
struct lane {
    size_t left;  /* blocks of the segment at hand */
    size_t msg;
    uint8_t *end; /* a buffer of its own */
    bool ended;   /* the segment is the end */
};

struct run {
    const macaw_lanes *work;
    const macaw_msg *msgs;
    size_t n, next; /* messages; the first not yet started, in order */
    uint8_t *values;
    size_t live;    /* lanes in use: those before it */
    const uint8_t *in[MACAW_LANES_MAX];
    struct lane lane[MACAW_LANES_MAX];
    uint16_t order[MACAW_GROUP_MAX];
    _Alignas(64) uint8_t chains[MACAW_LANES_MAX * MACAW_LANE_VALUE];
    uint8_t ends[MACAW_LANES_MAX][MACAW_LANE_END];
};

/* ---- the order ---- */

#define EXACT   32  /* lengths under this many blocks have a class each */
#define CLASSES 128 /* longer ones share four for each power of two */

static unsigned class_of(size_t blocks)
{
    if (blocks < EXACT) {
        return (unsigned)blocks;
    }
    unsigned log2 = 63 - (unsigned)__builtin_clzll(blocks);
    unsigned class = EXACT + 4 * (log2 - 5) + (unsigned)(blocks >> (log2 - 2) & 3);
    return class < CLASSES ? class : CLASSES - 1;
}

static bool same_class(const macaw_msg *msgs, size_t n, unsigned shift)
{
    unsigned first = class_of(msgs[0].len >> shift), differ = 0;

    for (size_t i = 1; i < n; i++) {
        differ |= class_of(msgs[i].len >> shift) ^ first;
    }
    return differ == 0;
}

/* Longest first, by counting. */
static void sort(struct run *r, unsigned shift)
{
    uint16_t from[CLASSES] = {0}, at = 0;

    if (same_class(r->msgs, r->n, shift)) {
        for (size_t i = 0; i < r->n; i++) {
            r->order[i] = (uint16_t)i;
        }
        return;
    }
    for (size_t i = 0; i < r->n; i++) {
        from[class_of(r->msgs[i].len >> shift)]++;
    }
    for (size_t c = CLASSES; c-- > 0;) {
        uint16_t here = from[c];
        from[c] = at;
        at = (uint16_t)(at + here);
    }
    for (size_t i = 0; i < r->n; i++) {
        r->order[from[class_of(r->msgs[i].len >> shift)]++] = (uint16_t)i;
    }
}

/* ---- the lanes ---- */

/* The sizes there are, as constants: no call. */
static void copy_value(void *to, const void *from, size_t len)
{
    if (len == 16) {
        memcpy(to, from, 16);
    } else {
        memcpy(to, from, len == 64 ? 64 : len);
    }
}

static void begin_end(struct run *r, size_t i, size_t body)
{
    struct lane *lane = &r->lane[i];

    lane->ended = true;
    lane->left = r->work->end(r->work->key, &r->msgs[lane->msg], body, lane->end);
    r->in[i] = lane->end;
}

static void begin_message(struct run *r, size_t i)
{
    struct lane *lane = &r->lane[i];

    lane->msg = r->order[r->next++];
    lane->ended = false;
    lane->left = r->work->body(r->work->key, r->msgs[lane->msg].len);
    r->in[i] = r->msgs[lane->msg].data;
    copy_value(r->chains + i * r->work->value_len, r->work->start, r->work->value_len);
    if (lane->left == 0) {
        begin_end(r, i, 0);
    }
}

/* Lane i has nothing more to do: the last one takes its place. */
static void retire(struct run *r, size_t i)
{
    size_t last = --r->live, len = r->work->value_len;

    if (i < last) {
        copy_value(r->chains + i * len, r->chains + last * len, len);
        r->in[i] = r->in[last];
        r->lane[i] = r->lane[last];
    }
}

/* Lane i has absorbed a segment; returns whether it is still in use. */
static bool next_segment(struct run *r, size_t i)
{
    struct lane *lane = &r->lane[i];
    size_t len = r->work->value_len;

    if (!lane->ended) {
        begin_end(r, i, r->work->body(r->work->key, r->msgs[lane->msg].len));
        return true;
    }
    copy_value(r->values + lane->msg * len, r->chains + i * len, len);
    if (r->next < r->n) {
        begin_message(r, i);
        return true;
    }
    retire(r, i);
    return false;
}

/* Note that n blocks were absorbed by every lane. */
static void advance(struct run *r, size_t n)
{
    for (size_t i = 0; i < r->live;) {
        r->lane[i].left -= n;
        r->in[i] += n * r->work->block_len;
        if (r->lane[i].left > 0 || next_segment(r, i)) {
            i++;
        }
    }
}

static size_t shortest(const struct run *r)
{
    size_t n = r->lane[0].left;

    for (size_t i = 1; i < r->live; i++) {
        n = r->lane[i].left < n ? r->lane[i].left : n;
    }
    return n;
}

static bool same_length(const macaw_msg *msgs, size_t n)
{
    size_t differ = 0;

    for (size_t i = 1; i < n; i++) {
        differ |= msgs[i].len ^ msgs[0].len;
    }
    return differ == 0;
}

/* Messages of one length need no scheduling: their final values take shape where
 * they are wanted. */
static void run_alike(const macaw_lanes *work, const macaw_msg *msgs, size_t n, uint8_t *values)
{
    const size_t body = work->body(work->key, msgs[0].len), len = work->value_len;
    uint8_t ends[MACAW_LANES_MAX][MACAW_LANE_END];
    const uint8_t *in[MACAW_LANES_MAX];

    for (; n > 0; msgs += work->lanes, values += work->lanes * len) {
        size_t count = n < work->lanes ? n : work->lanes, blocks = 0;
        for (size_t i = 0; i < count; i++) {
            copy_value(values + i * len, work->start, len);
            in[i] = msgs[i].data;
        }
        if (body > 0) {
            work->step(work->key, values, in, body, count);
        }
        for (size_t i = 0; i < count; i++) {
            blocks = work->end(work->key, &msgs[i], body, ends[i]);
            in[i] = ends[i];
        }
        work->step(work->key, values, in, blocks, count);
        n -= count;
    }
}

void macaw_lanes_run(const macaw_lanes *work, const macaw_msg *msgs, size_t n, void *values)
{
    struct run r;

    if (same_length(msgs, n)) {
        run_alike(work, msgs, n, values);
        return;
    }
    r.work = work;
    r.msgs = msgs;
    r.n = n;
    r.next = 0;
    r.values = values;
    r.live = n < work->lanes ? n : work->lanes;
    sort(&r, (unsigned)__builtin_ctzll(work->block_len));
    for (size_t i = 0; i < r.live; i++) {
        r.lane[i].end = r.ends[i];
        begin_message(&r, i);
    }
    while (r.live > 0) {
        size_t blocks = shortest(&r);
        work->step(work->key, r.chains, r.in, blocks, r.live);
        advance(&r, blocks);
    }
}
