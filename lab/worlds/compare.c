/* Worlds of a verifier with a tag of 16 bytes, and time that passes while it compares.
 * The actions measure it in this process, with the clock, over "calls" comparisons each;
 * handed in: a tag. Wronged: it is the right one.
 *   time       tags behind one another; a number of nanoseconds for each
 *   time-known the same for a tag that everybody knows, compared byte by byte
 *   leak-test  what a tester does who knows the tag: samples with the first byte wrong
 *              and with the last, in turn */
#include "worlds/compare.h"

#include <string.h>
#include <time.h>

#include "base/ct.h"
#include "worlds/world.h"

__attribute__((noinline)) bool lab_compare_early(const macaw_key *key, const uint8_t *a,
                                                 const uint8_t *b)
{
    (void)key;
    /* In memory, as interpreters and debug builds keep it: in a register the first steps
     * of so short a loop may vanish in what the processor does at once. */
    volatile int i;

    for (i = 0; i < LAB_COMPARE_LEN; i++) {
        if (a[i] != b[i]) {
            return false;
        }
    }
    return true;
}

__attribute__((noinline)) static bool by_memcmp(const macaw_key *key, const uint8_t *a,
                                                const uint8_t *b)
{
    int (*volatile compare)(const void *, const void *, size_t) = memcmp;

    (void)key;
    return compare(a, b, LAB_COMPARE_LEN) == 0;
}

__attribute__((noinline)) static bool by_library(const macaw_key *key, const uint8_t *a,
                                                 const uint8_t *b)
{
    (void)key;
    return macaw_ct_equal(a, b, LAB_COMPARE_LEN);
}

/* Under a key that nobody knows both become random: where they differ says nothing. */
static bool by_hmac(const macaw_key *key, const uint8_t *a, const uint8_t *b)
{
    uint8_t x[32], y[32];

    return macaw_tag(key, &(macaw_msg){NULL, a, LAB_COMPARE_LEN}, x, sizeof x) == MACAW_OK &&
           macaw_tag(key, &(macaw_msg){NULL, b, LAB_COMPARE_LEN}, y, sizeof y) == MACAW_OK &&
           lab_compare_early(NULL, x, y);
}

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Until what came before is done, so that calls do not overlap. */
static void settle(void)
{
#if defined(__x86_64__)
    __asm__ volatile("lfence" : : : "memory");
#elif defined(__aarch64__)
    __asm__ volatile("isb" : : : "memory");
#endif
}

/* Nanoseconds of so many calls. */
static uint64_t time_calls(lab_compare *compare, const macaw_key *key, const uint8_t *a,
                           const uint8_t *b, unsigned calls)
{
    unsigned warm = calls / 4 + 1; /* for caches and branches to settle */
    uint64_t began = 0;
    bool equal = false;

    for (unsigned i = 0; i < calls + warm; i++) {
        began = i == warm ? now_ns() : began;
        settle();
        equal ^= compare(key, a, b);
        __asm__ volatile("" : "+r"(equal) : : "memory");
    }
    return now_ns() - began;
}

/* ---- the world ---- */

typedef struct compare_state {
    _Alignas(64) uint8_t tag[LAB_COMPARE_LEN];
    lab_compare *compare;
    macaw_key *key;
    unsigned calls, all_calls;
} compare_state;

typedef struct compare_kind {
    lab_compare *compare;
    unsigned share; /* of the calls: slow ones need fewer */
} compare_kind;

static bool compare_setup(void *state, const lab_target *self, lab_env *env)
{
    compare_state *s = state;
    const compare_kind *kind = self->param;
    unsigned calls = (unsigned)lab_settings_number(env->settings, "calls", 128);

    s->compare = kind->compare;
    s->all_calls = calls;
    s->calls = calls / kind->share + 1;
    s->key = lab_world_key(env);
    lab_rng_bytes(env->rng, s->tag, sizeof s->tag);
    lab_publish_number(env->publics, "tag", LAB_COMPARE_LEN);
    return s->key != NULL;
}

static bool time_against(const compare_state *s, lab_compare *compare, unsigned calls,
                         const uint8_t *tag, lab_bytes in, lab_buf *out)
{
    _Alignas(64) uint8_t guess[LAB_COMPARE_LEN]; /* the same place for all */

    for (size_t i = 0; i + LAB_COMPARE_LEN <= in.len; i += LAB_COMPARE_LEN) {
        memcpy(guess, in.data + i, sizeof guess);
        lab_put_number(out, time_calls(compare, s->key, tag, guess, calls));
    }
    return in.len % LAB_COMPARE_LEN == 0;
}

static bool time_them(void *state, lab_bytes in, lab_buf *out)
{
    const compare_state *s = state;

    return time_against(s, s->compare, s->calls, s->tag, in, out);
}

static bool time_known(void *state, lab_bytes in, lab_buf *out)
{
    _Alignas(64) uint8_t known[LAB_COMPARE_LEN];
    const compare_state *s = state;

    memcpy(known, LAB_COMPARE_KNOWN, sizeof known);
    return time_against(s, lab_compare_early, s->all_calls, known, in, out);
}

static bool leak_test(void *state, lab_bytes in, lab_buf *out)
{
    const compare_state *s = state;
    uint8_t guess[LAB_COMPARE_LEN];

    (void)in;
    for (unsigned i = 0; i < 2 * LAB_COMPARE_SAMPLES; i++) {
        memcpy(guess, s->tag, sizeof guess);
        guess[i % 2 == 0 ? 0 : LAB_COMPARE_LEN - 1] ^= 1;
        lab_put_number(out, time_calls(s->compare, s->key, s->tag, guess, s->calls));
    }
    return true;
}

static bool compare_verify(void *state, const lab_input *in, lab_bytes tag)
{
    const compare_state *s = state;

    (void)tag;
    return in->message.len == LAB_COMPARE_LEN && s->compare(s->key, s->tag, in->message.data);
}

static void compare_clear(void *state)
{
    macaw_key_free(((compare_state *)state)->key);
}

static const lab_action actions[] = {
    {"time", time_them}, {"time-known", time_known}, {"leak-test", leak_test}, {NULL, NULL}};

#define COMPARE(id, spelled, words, better, function, divisor)                                     \
    static const compare_kind kind_##id = {function, divisor};                                     \
    extern const lab_target lab_compare_##id##_world;                                              \
    const lab_target lab_compare_##id##_world = {                                                  \
        .name = "compare-" spelled,                                                                \
        .title = words,                                                                            \
        .advice = better,                                                                          \
        .param = &kind_##id,                                                                       \
        .actions = actions,                                                                        \
        LAB_WORLD_OF(compare),                                                                     \
    };

COMPARE(early, "early", "tags compared byte by byte until one differs",
        "macaw_verify, whose time does not depend on where tags differ", lab_compare_early, 1)
COMPARE(memcmp, "memcmp", "tags compared by the C library's memcmp",
        "macaw_verify: nothing promises that memcmp takes its time", by_memcmp, 1)
COMPARE(library, "library", "tags compared as the library does", NULL, by_library, 1)
COMPARE(hmac, "double-hmac", "tags hashed under a fresh key before they are compared", NULL,
        by_hmac, 32)
