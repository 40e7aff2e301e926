/* Card 3: two messages that take a hash to one state share every tag h(x || k). */
#include <string.h>

#include "base/bytes.h"
#include "harness/card.h"
#include "naive/hash.h"
#include "naive/pairs.h"

enum { FILE_MAX = 1 << 16, TABLE = 1 << 20, BLOCKS_SHOWN = 8 };

typedef struct pair {
    const macaw_md *md;
    lab_bytes a, b;
} pair;

/* ---- the pairs ---- */

/* Two inputs of 8 bytes whose SHA-256 begins alike: a birthday among 2^16 or so. */
static bool collide_cut(lab_oracle *o, pair *ret)
{
    uint32_t *table = lab_alloc(o, TABLE * sizeof *table);
    uint8_t *texts = lab_alloc(o, 16), digest[MACAW_MD_DIGEST_MAX];
    uint64_t start = lab_rng_below(lab_coins(o), UINT64_MAX);
    const macaw_md_kernel *kernel = macaw_md_pick(&macaw_sha256, NULL, NULL);

    for (uint32_t i = 1; i < TABLE / 2; i++) {
        macaw_store_be64(texts, start + i);
        macaw_md_hash(&macaw_sha256, kernel, texts, 8, digest);
        lab_work(o, 1);
        uint32_t cut = macaw_load_be32(digest), at = cut % TABLE;
        for (; table[at] != 0; at = (at + 1) % TABLE) {
            macaw_store_be64(texts + 8, start + table[at]);
            macaw_md_hash(&macaw_sha256, kernel, texts + 8, 8, digest);
            if (macaw_load_be32(digest) == cut) {
                *ret = (pair){&macaw_sha256, {texts, 8}, {texts + 8, 8}};
                return true;
            }
        }
        table[at] = i;
    }
    return false;
}

static bool take_pair(lab_oracle *o, pair *ret)
{
    lab_bytes name = lab_option_bytes(o, "pair");
    const lab_collision *known = lab_collision_find(name);

    if (known != NULL) {
        *ret = (pair){lab_md_find(lab_text(known->hash)), known->a, known->b};
        return true;
    }
    if (lab_bytes_equal(name, lab_text("sha256-cut"))) {
        return collide_cut(o, ret);
    }
    *ret = (pair){lab_md_find(lab_option_bytes(o, "hash")), lab_option_bytes(o, "a"),
                  lab_option_bytes(o, "b")};
    return true;
}

static const char *refuses(const lab_settings *settings)
{
    lab_bytes a = lab_settings_bytes(settings, "a", ""), b = lab_settings_bytes(settings, "b", "");

    return lab_settings_is(settings, "pair", "file") &&
                   (a.len == 0 || b.len == 0 || lab_bytes_equal(a, b))
               ? "pair=file: a and b must name two files that differ"
               : NULL;
}

/* ---- what they do to the state ---- */

/* The state behind n blocks, written as the digest would be. */
static void state_behind(const macaw_md *md, lab_bytes text, size_t n, uint8_t *ret)
{
    macaw_md_state state = md->iv;

    macaw_md_pick(md, NULL, NULL)->blocks(&state, text.data, n);
    macaw_md_digest(md, &state, ret);
}

/* Whether the states are equal behind the last whole block, and the rest is. */
static bool states_meet(const pair *p)
{
    uint8_t a[MACAW_MD_DIGEST_MAX], b[MACAW_MD_DIGEST_MAX];
    size_t n = p->a.len / p->md->block_len, whole = n * p->md->block_len;

    if (p->a.len != p->b.len) {
        return false;
    }
    state_behind(p->md, p->a, n, a);
    state_behind(p->md, p->b, n, b);
    return memcmp(a, b, p->md->digest_len) == 0 &&
           memcmp(p->a.data + whole, p->b.data + whole, p->a.len - whole) == 0;
}

/* The two states behind each block, and their difference: 0 behind a usable pair. */
static void draw(lab_oracle *o, const pair *p)
{
    static const char *const columns[] = {"behind block 1", "behind block 2", "behind block 3",
                                          "behind block 4", "behind block 5", "behind block 6",
                                          "behind block 7", "behind block 8"};
    static const char *const rows[] = {"state with a", "state with b", "difference"};
    size_t n = p->a.len / p->md->block_len, len = p->md->digest_len;
    lab_value cells[3 * BLOCKS_SHOWN];

    n = n < BLOCKS_SHOWN ? n : BLOCKS_SHOWN;
    if (n == 0 || p->b.len < n * p->md->block_len) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        uint8_t *states = lab_alloc(o, 3 * len);
        uint8_t wide[MACAW_MD_DIGEST_MAX];
        state_behind(p->md, p->a, i + 1, wide);
        memcpy(states, wide, len);
        state_behind(p->md, p->b, i + 1, wide);
        memcpy(states + len, wide, len);
        lab_xor(states + 2 * len, states, states + len, len);
        cells[i] = (lab_value){"Ha", LAB_DERIVED, {states, len}};
        cells[n + i] = (lab_value){"Hb", LAB_DERIVED, {states + len, len}};
        cells[2 * n + i] = (lab_value){"Ha xor Hb", LAB_DERIVED, {states + 2 * len, len}};
    }
    lab_draw(o,
             &(lab_figure){"table", "The states of the hash, unkeyed", rows, 3, columns, n, cells});
}

/* In how many bits the states differ, behind 0, 1, 2 .. blocks. */
static void measure(lab_oracle *o, const pair *p)
{
    size_t n = p->a.len / p->md->block_len;
    double x[LAB_POINTS_MAX], y[LAB_POINTS_MAX];

    n = n < LAB_POINTS_MAX ? n : LAB_POINTS_MAX - 1;
    for (size_t i = 0; p->a.len == p->b.len && i <= n; i++) {
        uint8_t a[MACAW_MD_DIGEST_MAX], b[MACAW_MD_DIGEST_MAX];
        state_behind(p->md, p->a, i, a);
        state_behind(p->md, p->b, i, b);
        x[i] = (double)i;
        y[i] = 0;
        for (size_t bit = 0; bit < 8 * p->md->digest_len; bit++) {
            y[i] += (a[bit / 8] ^ b[bit / 8]) >> bit % 8 & 1;
        }
    }
    if (p->a.len == p->b.len) {
        lab_points(o, "difference", x, y, n + 1);
    }
}

static lab_bytes joined(lab_oracle *o, lab_bytes head, lab_bytes tail)
{
    uint8_t *ret = lab_alloc(o, head.len + tail.len);

    memcpy(ret, head.data, head.len);
    memcpy(ret + head.len, tail.data, tail.len);
    return (lab_bytes){ret, head.len + tail.len};
}

static void attack(lab_oracle *o)
{
    lab_bytes suffix = lab_option_bytes(o, "suffix"), first, second;
    lab_output answer;
    bool meet;
    pair p;

    if (!take_pair(o, &p)) {
        return;
    }
    meet = states_meet(&p);
    lab_measure(o, "states-meet", meet);
    lab_say(o, "%s: a and b have %zu and %zu bytes, and their states %s.", p.md->name, p.a.len,
            p.b.len, meet ? "meet at the end of a block" : "do not meet at the end of a block");
    measure(o, &p);
    if (lab_tracing(o)) {
        draw(o, &p);
    }
    first = joined(o, p.a, suffix);
    second = joined(o, p.b, suffix);
    lab_commit(o, second);
    if (!lab_query(o, "The tag of a, with what follows it.", &(lab_input){.message = first},
                   &answer)) {
        return;
    }
    const lab_input in = {{answer.nonce, answer.nonce_len}, second};
    lab_submit_input(o, "From where the states meet, all is equal: the suffix, the key, the tag.",
                     &in, (lab_bytes){answer.tag, answer.tag_len});
}

static const char *applies(uint32_t properties)
{
    return (properties & LAB_MD_HASH) == 0 || (properties & LAB_SMALL) != 0
               ? "it iterates no hash whose collisions are known"
               : NULL;
}

static const lab_option options[] = {
    {"pair", LAB_CHOICE, "md5-wang", "which collision; file: those of a and b", 0, 0,
     "md5-wang sha1-shattered md5-text sha256-cut file", false},
    {"a", LAB_FILE, NULL, "pair=file: the name of a file", 1, FILE_MAX, NULL, false},
    {"b", LAB_FILE, NULL, "pair=file: the name of the other", 1, FILE_MAX, NULL, false},
    {"hash", LAB_CHOICE, "md5", "pair=file: whose collision it is", 0, 0, "md5 sha1 sha256", false},
    {"suffix", LAB_BYTES, "; pay 9999 to Eve", "what both messages end with", 0, 4096, NULL, false},
    {"key", LAB_BYTES, NULL, "the key instead of random bytes", 0, 256, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "suffix-md5", .predicted = 1},
    {.role = LAB_BREAKS,
     .construction = "suffix-sha1",
     .predicted = 1,
     .settings = {{"pair", "sha1-shattered"}}},
    {.role = LAB_HOLDS,
     .construction = "hmac-md5",
     .note = "the key is in the state before the pair: it meets no more"},
    {.role = LAB_HOLDS,
     .construction = "hmac-sha1",
     .settings = {{"pair", "sha1-shattered"}},
     .note = "likewise; collisions of the hash are no forgeries of HMAC"},
    {.role = LAB_HOLDS, .construction = "prefix-md5", .note = "it falls to another attack"},
    {.role = LAB_HOLDS,
     .construction = "prefix-sha1",
     .settings = {{"pair", "sha1-shattered"}},
     .note = "it falls to another attack"},
    {.role = LAB_HOLDS,
     .construction = "suffix-md5",
     .settings = {{"pair", "md5-text"}, {"suffix", ""}},
     .note = "equal digests, but the states meet in the block that the key would be in"},
    {.role = LAB_HOLDS,
     .construction = "suffix-sha256-32",
     .settings = {{"pair", "sha256-cut"}},
     .note = "equal outputs of a cut hash: the states behind them differ"},
    {.construction = NULL},
};

#define OF(words, mac, name)                                                                       \
    {                                                                                              \
        .label = words, .construction = mac, .where = {{"pair", name}}, .quantity = LAB_SERIES,    \
        .measure = "difference", .mark = LAB_JOINED                                                \
    }

static const lab_plot plots[] = {
    {.id = "suffix-collision-difference",
     .title = "Where the states of two messages meet",
     .about = "The bits in which the chaining values differ behind each block. Those of the "
              "published pairs for MD5 and SHA-1 come back to 0, and whatever follows is hashed "
              "alike; those of the 72 letters stay apart until the padding.",
     .kind = LAB_LINES,
     .over = "pair",
     .x = {.label = "whole blocks behind which the states are compared", .min = 0, .max = 5.2},
     .y = {.label = "bits that differ", .zero = true},
     .series =
         (const lab_plot_series[]){OF("MD5, 128 bytes", "suffix-md5", "md5-wang"),
                                   OF("SHA-1, 320 bytes", "suffix-sha1", "sha1-shattered"),
                                   OF("MD5, 72 letters: a non-example", "suffix-md5", "md5-text"),
                                   {.label = NULL}}},
    {.id = NULL},
};

const lab_card lab_card_suffix_collision = {
    .name = "suffix-collision",
    .number = "3",
    .title = "h(x || k): one tag for both messages of a collision",
    .items = "B30, B32, B40",
    .about =
        "If a and b take the hash to one state at the end of a block, a || s and b || s have one\n"
        "tag for every s and every key. The known pairs for MD5 (128 bytes) and SHA-1 (320 bytes)\n"
        "do. Not every collision does: the 72 letters of MD5 meet only in the last block, "
        "together\n"
        "with the padding, and equal halves of a digest say nothing of the state. HMAC and\n"
        "h(k || x) begin with the key, and the same pairs do nothing to them. Use HMAC.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_ADAPTIVE, .tags = 1, .verifications = 1},
    .refuses = refuses,
    .attack = attack,
    .repeats = 20,
    .applies = applies,
    .plots = plots,
};
