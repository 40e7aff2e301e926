/* Worlds of a hash table with chains, as many as it has entries, whose server counts the
 * strings that it compares. Action:
 *   insert  strings, each with its length before it; the count, nanoseconds, and of the
 *           4 longest chains the length, their number as fields, and the first 3 strings
 * Handed in: nothing. Wronged: an insertion compared 32 strings or more on average. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "prim/siphash.h"
#include "prim/table.h"
#include "worlds/world.h"

enum { COMPARED_MAX = 32, SIP_LEN = 8, CHAINS = 4, SHOWN = 3 };

typedef struct flood_state flood_state;
typedef uint64_t hash_fn(const flood_state *s, lab_bytes text);

typedef struct flood_kind {
    hash_fn *hash; /* NULL: the library's table */
    bool seeded;   /* the hash begins with random bits */
    bool known;    /* its key is published */
} flood_kind;

typedef struct entry {
    struct entry *next;
    lab_bytes text;
} entry;

struct flood_state {
    const flood_kind *kind;
    uint32_t seed;
    macaw_siphash sip;
    uint64_t inserted, compared, ended; /* ended: when the last one was in, in ns */
};

static uint64_t by_31(const flood_state *s, lab_bytes text)
{
    uint32_t h = s->seed;

    for (size_t i = 0; i < text.len; i++) {
        h = 31 * h + text.data[i];
    }
    return h;
}

static uint64_t by_33(const flood_state *s, lab_bytes text)
{
    uint32_t h = 5381 ^ s->seed;

    for (size_t i = 0; i < text.len; i++) {
        h = 33 * h + text.data[i];
    }
    return h;
}

static uint64_t by_siphash(const flood_state *s, lab_bytes text)
{
    uint8_t out[SIP_LEN];
    uint64_t ret;

    macaw_siphash_whole(&s->sip, text.data, text.len, out);
    memcpy(&ret, out, sizeof ret);
    return ret;
}

static bool flood_setup(void *state, const lab_target *self, lab_env *env)
{
    flood_state *s = state;
    uint8_t key[MACAW_SIPHASH_KEY_LEN];

    s->kind = self->param;
    if (s->kind->seeded) {
        lab_rng_bytes(env->rng, &s->seed, sizeof s->seed);
    }
    lab_draw_key(env, key, sizeof key);
    macaw_siphash_start(&s->sip, key, 2, 4, SIP_LEN);
    if (s->kind->known) {
        lab_publish(env->publics, "siphash-key", (lab_bytes){key, sizeof key});
    }
    return true;
}

/* ---- the longest chains ---- */

typedef struct chain {
    size_t len;
    const entry *first;
} chain;

typedef struct longest {
    chain chains[CHAINS]; /* longest first */
} longest;

static void keep_longest(longest *l, chain one)
{
    for (size_t i = 0; i < CHAINS; i++) {
        if (one.len > l->chains[i].len) {
            chain shorter = l->chains[i];
            l->chains[i] = one;
            one = shorter;
        }
    }
}

static void put_longest(const longest *l, lab_buf *out)
{
    for (size_t i = 0; i < CHAINS; i++) {
        size_t n = 0;
        for (const entry *e = l->chains[i].first; e != NULL && n < SHOWN; e = e->next) {
            n++;
        }
        lab_put_number(out, l->chains[i].len);
        lab_put_number(out, n);
        for (const entry *e = l->chains[i].first; n > 0; e = e->next, n--) {
            lab_put_bytes(out, e->text);
        }
    }
}

/* ---- the tables ---- */

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void find_longest(entry *const *chains, size_t size, longest *ret)
{
    for (size_t i = 0; i < size; i++) {
        chain one = {0, chains[i]};
        for (const entry *e = chains[i]; e != NULL; e = e->next) {
            one.len++;
        }
        keep_longest(ret, one);
    }
}

static void insert_chained(flood_state *s, lab_reader *in, size_t n, lab_buf *told)
{
    longest l = {{{0, NULL}}};
    size_t size = 1;
    entry **chains, *entries;

    while (size < n) {
        size *= 2;
    }
    chains = calloc(size, sizeof *chains);
    entries = calloc(n + 1, sizeof *entries);
    for (size_t i = 0; chains != NULL && entries != NULL && i < n; i++) {
        lab_bytes text = lab_get_bytes(in);
        entry **at = &chains[s->kind->hash(s, text) & (size - 1)];
        bool there = false;
        while (*at != NULL && !there) {
            s->compared++;
            there = lab_bytes_equal((*at)->text, text);
            at = &(*at)->next;
        }
        if (!there) {
            entries[i].text = text;
            *at = &entries[i];
        }
        s->inserted++;
    }
    s->ended = now_ns();
    if (chains != NULL && entries != NULL) {
        find_longest(chains, size, &l);
    }
    put_longest(&l, told);
    free(chains);
    free(entries);
}

/* The library's table; what a search looks at stands for what it compares, and a search
 * for a chain. */
static void insert_sound(flood_state *s, lab_reader *in, size_t n, lab_buf *told)
{
    macaw_table *table;
    longest l = {{{0, NULL}}};
    entry *entries = calloc(n + 1, sizeof *entries);

    if (entries == NULL || macaw_table_new(&table, 0, MACAW_TABLE_SIPHASH_2_4) != MACAW_OK) {
        free(entries);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        lab_bytes text = lab_get_bytes(in);
        size_t steps = macaw_table_steps(table, text.data, text.len);
        s->compared += steps;
        entries[i].text = text;
        keep_longest(&l, (chain){steps, &entries[i]});
        if (macaw_table_set(table, text.data, text.len, s, NULL) == MACAW_OK) {
            s->inserted++;
        }
    }
    s->ended = now_ns();
    put_longest(&l, told);
    macaw_table_free(table);
    free(entries);
}

static bool insert(void *state, lab_bytes in, lab_buf *out)
{
    flood_state *s = state;
    lab_reader counting = {in, true}, reading = {in, true};
    lab_buf told = {0};
    uint64_t began = now_ns();
    size_t n = 0;

    while (counting.rest.len > 0 && counting.good) {
        (void)lab_get_bytes(&counting);
        n++;
    }
    s->inserted = s->compared = 0;
    s->ended = began;
    if (s->kind->hash != NULL) {
        insert_chained(s, &reading, n, &told);
    } else {
        insert_sound(s, &reading, n, &told);
    }
    lab_put_number(out, s->compared);
    lab_put_number(out, s->ended - began);
    lab_buf_add(out, told.data, told.len);
    lab_buf_free(&told);
    return counting.good;
}

static bool flood_verify(void *state, const lab_input *in, lab_bytes tag)
{
    const flood_state *s = state;

    (void)in;
    (void)tag;
    return s->inserted > 0 && s->compared >= s->inserted * COMPARED_MAX;
}

static void flood_clear(void *state)
{
    (void)state;
}

static const lab_action actions[] = {{"insert", insert}, {NULL, NULL}};

#define FLOOD(id, spelled, words, better, ...)                                                     \
    static const flood_kind kind_##id = {__VA_ARGS__};                                             \
    extern const lab_target lab_flood_##id;                                                        \
    const lab_target lab_flood_##id = {                                                            \
        .name = "table-" spelled,                                                                  \
        .title = words,                                                                            \
        .advice = better,                                                                          \
        .param = &kind_##id,                                                                       \
        .actions = actions,                                                                        \
        LAB_WORLD_OF(flood),                                                                       \
    };

#define ADVICE "macaw_table: SipHash under a random key"
FLOOD(x31, "x31", "a hash table with h = 31 h + c", ADVICE, .hash = by_31)
FLOOD(x31_seeded, "x31-seeded", "the same, with a random beginning", ADVICE, .hash = by_31,
      .seeded = true)
FLOOD(djb2, "djb2", "a hash table with h = 33 h + c", ADVICE, .hash = by_33)
FLOOD(djb2_seeded, "djb2-seeded", "the same, with a random beginning", ADVICE, .hash = by_33,
      .seeded = true)
FLOOD(known, "siphash-known", "a hash table with SipHash under a key that is known", ADVICE,
      .hash = by_siphash, .known = true)
FLOOD(siphash, "siphash", "a hash table with SipHash under a random key", NULL, .hash = by_siphash)
FLOOD(library, "library", "the library's table, macaw_table", NULL, .hash = NULL)
