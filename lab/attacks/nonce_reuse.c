/* Card 11: a nonce used twice lays the polynomial bare. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "attacks/lifting.h"
#include "base/bytes.h"
#include "harness/card.h"
#include "naive/residue.h"
#include "prim/gf.h"

enum { BLOCK = MACAW_POLY_BLOCK, QUERIES_MAX = 1 << 18, SOLUTIONS = 16, SMALL = 16 };

typedef struct queries_made {
    size_t n;
    lab_input *in;
    lab_output *out;
} queries_made;

static queries_made ask(lab_oracle *o)
{
    size_t n = (size_t)lab_option_number(o, "q");
    queries_made made = {n, lab_alloc(o, n * sizeof *made.in), lab_alloc(o, n * sizeof *made.out)};
    uint8_t *texts = lab_alloc(o, n * BLOCK);

    for (size_t i = 0; i < n; i++) {
        if (i <= SMALL) {
            macaw_store_be64(texts + i * BLOCK + BLOCK - 8, i);
        } else {
            lab_rng_bytes(lab_coins(o), texts + i * BLOCK, BLOCK);
        }
        made.in[i].message = (lab_bytes){texts + i * BLOCK, BLOCK};
    }
    lab_batch(o, "The numbers 0 to 16, and others at random, as messages of one block.", made.in, n,
              made.out);
    return made;
}

/* ---- two tags under one nonce ---- */

static int by_nonce(const void *a, const void *b)
{
    const lab_output *x = *(const lab_output *const *)a, *y = *(const lab_output *const *)b;
    int order = memcmp(x->nonce, y->nonce, sizeof x->nonce);

    return order != 0 ? order : x < y ? -1 : x > y;
}

/* The first two of the sorted that share a nonce. */
static bool find_reuse(lab_oracle *o, const queries_made *made, size_t *first, size_t *second)
{
    const lab_output **sorted = lab_alloc(o, made->n * sizeof *sorted);

    for (size_t i = 0; i < made->n; i++) {
        sorted[i] = &made->out[i];
    }
    qsort(sorted, made->n, sizeof *sorted, by_nonce);
    for (size_t i = 1; i < made->n; i++) {
        if (sorted[i]->nonce_len > 0 && sorted[i]->tag_len > 0 &&
            memcmp(sorted[i]->nonce, sorted[i - 1]->nonce, sizeof sorted[i]->nonce) == 0) {
            *first = (size_t)(sorted[i - 1] - made->out);
            *second = (size_t)(sorted[i] - made->out);
            return true;
        }
    }
    return false;
}

/* ---- the algebras: find the key from i and k, then tag m where i's tag is known ---- */

typedef struct solution {
    macaw_gf128 k;
    lab_residue k1, k2;
} solution;

typedef struct algebra {
    const char *name;
    size_t tag_len, key_len;
    size_t (*solve)(lab_oracle *o, const queries_made *made, size_t i, size_t k, solution *ret);
    void (*tag)(const solution *s, lab_bytes m, const uint8_t *t, lab_bytes wish, uint8_t *ret);
} algebra;

/* a^(2^128 - 2) */
static macaw_gf128 gf_inverse(macaw_gf128 a)
{
    macaw_gf128 ret = {0, 1};

    for (int i = 0; i < 127; i++) {
        a = macaw_gf128_times_public(a, a);
        ret = macaw_gf128_times_public(ret, a);
    }
    return ret;
}

static macaw_gf128 gf_difference(const uint8_t *a, const uint8_t *b)
{
    return macaw_gf128_add(macaw_gf128_load(a), macaw_gf128_load(b));
}

static size_t gf_solve(lab_oracle *o, const queries_made *made, size_t i, size_t k, solution *ret)
{
    macaw_gf128 m = gf_difference(made->in[i].message.data, made->in[k].message.data);
    macaw_gf128 t = gf_difference(made->out[i].tag, made->out[k].tag);
    uint8_t *bytes = lab_alloc(o, BLOCK);

    ret->k = macaw_gf128_times_public(gf_inverse(m), t);
    macaw_gf128_store(bytes, ret->k);
    lab_show_one(o, "k = (t + t') / (m + m')", LAB_DERIVED, bytes, BLOCK);
    return 1;
}

static void gf_tag(const solution *s, lab_bytes m, const uint8_t *t, lab_bytes wish, uint8_t *ret)
{
    macaw_gf128 d = macaw_gf128_times_public(s->k, gf_difference(m.data, wish.data));

    macaw_gf128_store(ret, macaw_gf128_add(macaw_gf128_load(t), d));
}

static size_t add_solve(lab_oracle *o, const queries_made *made, size_t i, size_t k, solution *ret)
{
    lab_residue m = lab_residue_minus(lab_message_at(made->in[i].message, lab_residue_of(1)),
                                      lab_message_at(made->in[k].message, lab_residue_of(1)));
    lab_residue t = lab_residue_minus(lab_residue_load(made->out[i].tag, LAB_RESIDUE),
                                      lab_residue_load(made->out[k].tag, LAB_RESIDUE));
    uint8_t *bytes = lab_alloc(o, LAB_RESIDUE);

    ret->k1 = lab_residue_times(t, lab_residue_inverse(m));
    lab_residue_store(ret->k1, bytes);
    lab_show_one(o, "k = (t - t') / (m - m')", LAB_DERIVED, bytes, LAB_RESIDUE);
    return 1;
}

static void add_tag(const solution *s, lab_bytes m, const uint8_t *t, lab_bytes wish, uint8_t *ret)
{
    lab_residue d = lab_residue_minus(lab_message_at(wish, s->k1), lab_message_at(m, s->k1));

    lab_residue_store(lab_residue_plus(lab_residue_load(t, LAB_RESIDUE), d), ret);
}

/* Messages under the nonce of the first one: 0 .. 16, with none left out, and more. */
static size_t xor_solve(lab_oracle *o, const queries_made *made, size_t i, size_t k, solution *ret)
{
    lab_lifting equations[LAB_LIFTING_MAX];
    lab_residue keys[SOLUTIONS][2];
    uint64_t work = 0;
    size_t n = 0, found;

    (void)i, (void)k;
    while (n + 1 < made->n && n < LAB_LIFTING_MAX &&
           memcmp(made->out[n + 1].nonce, made->out[0].nonce, made->out[0].nonce_len) == 0) {
        lab_xor(equations[n].xor, made->out[n + 1].tag, made->out[0].tag, LAB_RESIDUE);
        equations[n].m = lab_residue_load(made->in[n + 1].message.data, BLOCK);
        n++;
    }
    if (n < SMALL) {
        lab_say(o, "Too few messages in a row under one nonce for bits to be told.");
        return 0;
    }
    found = lab_lift(equations, SMALL, n, keys, SOLUTIONS, &work);
    lab_work(o, work);
    lab_measure(o, "candidates", (double)found);
    lab_say(o, "%zu tags under one nonce leave %zu pair%s (k1, k2), bit by bit.", n + 1, found,
            found == 1 ? "" : "s");
    for (size_t at = 0; at < found; at++) {
        ret[at] = (solution){.k1 = keys[at][0], .k2 = keys[at][1]};
    }
    return found;
}

static void xor_tag(const solution *s, lab_bytes m, const uint8_t *t, lab_bytes wish, uint8_t *ret)
{
    uint8_t a[LAB_RESIDUE], b[LAB_RESIDUE];

    lab_residue_store(lab_residue_plus(lab_message_at(m, s->k1), s->k2), a);
    lab_residue_store(lab_residue_plus(lab_message_at(wish, s->k1), s->k2), b);
    lab_xor(ret, t, a, LAB_RESIDUE);
    lab_xor(ret, ret, b, LAB_RESIDUE);
}

static const algebra algebras[] = {
    {"gf", BLOCK, BLOCK, gf_solve, gf_tag},
    {"add", LAB_RESIDUE, BLOCK, add_solve, add_tag},
    {"xor", LAB_RESIDUE, 2 * BLOCK, xor_solve, xor_tag},
};

/* What is published, or the first one that has tags of this length. */
static const algebra *algebra_of(lab_oracle *o)
{
    lab_bytes name = lab_public(o, "algebra");
    size_t len = lab_number(o, "tag");

    for (size_t i = 0; i < sizeof algebras / sizeof *algebras; i++) {
        if (name.len > 0 ? lab_bytes_equal(lab_text(algebras[i].name), name)
                         : algebras[i].tag_len == len) {
            return &algebras[i];
        }
    }
    return NULL;
}

/* ---- two messages beside each other ---- */

/* Their masks are equal and go out of the difference of their tags; key is NULL where
 * nothing is known of it. */
static void draw(lab_oracle *o, const algebra *a, const queries_made *made, size_t first,
                 size_t second, lab_bytes key)
{
    static const char *const rows[] = {"nonce", "message", "mask of the nonce", "tag", "key"};
    static const char *const columns[] = {"one message", "another", "difference"};
    size_t at[] = {first, second};
    uint8_t message[LAB_RESIDUE], tag[LAB_TAG_MAX];
    size_t tag_len = made->out[first].tag_len;
    bool same = key.data != NULL;
    const lab_value zero = {"0", LAB_PLAIN, {NULL, 0}}, mask = LAB_UNKNOWN("not 0");
    lab_value cells[15] = {{NULL, LAB_PLAIN, {NULL, 0}}};

    for (size_t i = 0; i < 2; i++) {
        const lab_output *out = &made->out[at[i]];
        cells[i] =
            (lab_value){i == 0 || same ? "r" : "r'", LAB_ANSWER, {out->nonce, out->nonce_len}};
        cells[3 + i] = (lab_value){i == 0 ? "m" : "m'", LAB_CHOSEN, made->in[at[i]].message};
        cells[6 + i] = (lab_value)LAB_UNKNOWN(i == 0 || same ? "E(r)" : "E(r')");
        cells[9 + i] = (lab_value){i == 0 ? "t" : "t'", LAB_ANSWER, {out->tag, out->tag_len}};
    }
    if (a->solve == add_solve) {
        lab_residue_store(lab_residue_minus(lab_residue_load(made->in[first].message.data, BLOCK),
                                            lab_residue_load(made->in[second].message.data, BLOCK)),
                          message);
        lab_residue_store(lab_residue_minus(lab_residue_load(made->out[first].tag, tag_len),
                                            lab_residue_load(made->out[second].tag, tag_len)),
                          tag);
    } else {
        lab_xor(message, made->in[first].message.data, made->in[second].message.data, BLOCK);
        lab_xor(tag, made->out[first].tag, made->out[second].tag, tag_len);
    }
    cells[5] = (lab_value){a->solve == add_solve ? "m - m'" : "m xor m'",
                           LAB_DERIVED,
                           {message, a->solve == add_solve ? LAB_RESIDUE : BLOCK}};
    cells[8] = same ? zero : mask;
    cells[11] =
        (lab_value){a->solve == add_solve ? "t - t'" : "t xor t'", LAB_DERIVED, {tag, tag_len}};
    cells[14] = (lab_value){"k", LAB_FORGED, key};
    if (!same) {
        cells[14] = (lab_value)LAB_UNKNOWN("k");
    }
    lab_draw(o, &(lab_figure){"table",
                              same ? "Two messages under one nonce: the masks cancel"
                                   : "Two messages under two nonces: the masks stay",
                              rows, 5, columns, 3, cells});
}

/* ---- with the key ---- */

static bool forge(lab_oracle *o, const algebra *a, const solution *s, const queries_made *made,
                  size_t at, const char *why)
{
    lab_bytes text = lab_option_bytes(o, "wish");
    uint8_t wish[BLOCK], tag[LAB_TAG_MAX];
    const lab_output *out = &made->out[at];

    memset(wish, ' ', BLOCK);
    memcpy(wish, text.data, text.len < BLOCK ? text.len : BLOCK);
    const lab_input in = {{out->nonce, out->nonce_len}, {wish, BLOCK}};
    a->tag(s, made->in[at].message, out->tag, in.message, tag);
    return lab_submit_input(o, why, &in, (lab_bytes){tag, a->tag_len});
}

/* A message that has another nonce than that one. */
static bool find_other(const queries_made *made, size_t not, size_t *ret)
{
    for (*ret = 0; *ret < made->n; ++*ret) {
        if (memcmp(made->out[*ret].nonce, made->out[not ].nonce, LAB_NONCE_MAX) != 0) {
            return true;
        }
    }
    return false;
}

/* k1 || k2, 16 bytes each. */
static void write_key(lab_residue k1, const uint8_t k2[LAB_RESIDUE], uint8_t *ret)
{
    uint8_t wide[LAB_RESIDUE];

    lab_residue_store(k1, wide);
    memcpy(ret, wide + 1, BLOCK);
    memcpy(ret + BLOCK, k2 + 1, BLOCK);
}

static void key_of(const algebra *a, const solution *s, uint8_t ret[2 * BLOCK])
{
    uint8_t k2[LAB_RESIDUE];

    lab_residue_store(s->k2, k2);
    write_key(s->k1, k2, ret);
    if (a->solve == gf_solve) {
        macaw_gf128_store(ret, s->k);
    }
}

/* q - k1 with the complement of k2 turns every value S into its complement: the same
 * xors, and the same forgeries. */
static void submit_key(lab_oracle *o, const algebra *a, const solution *s)
{
    uint8_t key[2 * BLOCK], k2[LAB_RESIDUE];

    key_of(a, s, key);
    lab_residue_store(s->k2, k2);
    if (lab_submit_key(o, "The key of the polynomial.", (lab_bytes){key, a->key_len}) ||
        a->solve != xor_solve) {
        return;
    }
    for (size_t i = 0; i < LAB_RESIDUE; i++) {
        k2[i] = (uint8_t)~k2[i];
    }
    write_key(lab_residue_minus(lab_residue_of(0), s->k1), k2, key);
    lab_submit_key(o, "Or its mirror image, which makes the same xors: q - k1, and k2 inverted.",
                   (lab_bytes){key, a->key_len});
}

static void attack(lab_oracle *o)
{
    const algebra *a = algebra_of(o);
    solution found[SOLUTIONS];
    size_t first, second, other, n;
    uint8_t key[2 * BLOCK];
    queries_made made = ask(o);

    if (!find_reuse(o, &made, &first, &second) || a == NULL) {
        lab_say(o, "No two of %zu tags have one nonce.", made.n);
        if (a != NULL && made.out[0].tag_len == a->tag_len && made.out[1].tag_len == a->tag_len) {
            draw(o, a, &made, 0, 1, (lab_bytes){NULL, 0});
        }
        return;
    }
    lab_say(o, "Messages %zu and %zu have one nonce: their masks are equal.", first, second);
    lab_show_one(o, "nonce of both", LAB_ANSWER, made.out[first].nonce, made.out[first].nonce_len);
    lab_show(o, "their tags",
             (lab_value[]){{"t", LAB_ANSWER, {made.out[first].tag, made.out[first].tag_len}},
                           {"t'", LAB_ANSWER, {made.out[second].tag, made.out[second].tag_len}}},
             2);
    n = a->solve(o, &made, first, second, found);
    for (size_t i = 0; i < n; i++) {
        if (forge(o, a, &found[i], &made, first, "Another message under the nonce used twice.")) {
            if (find_other(&made, first, &other)) {
                forge(o, a, &found[i], &made, other, "The key is that of every other nonce, too.");
            }
            key_of(a, &found[i], key);
            draw(o, a, &made, first, second, (lab_bytes){key, a->key_len});
            submit_key(o, a, &found[i]);
            return;
        }
    }
}

static void plan(const lab_settings *settings, lab_budget *budget)
{
    budget->tags = (uint64_t)lab_settings_number(settings, "q", 0);
}

/* That two of q random nonces of n bits are equal. */
static double predict(const lab_settings *settings, const lab_case *one)
{
    static const struct policy {
        const char *name;
        int bits;
    } policies[] = {{"random8", 8}, {"random16", 16}, {"random24", 24}, {"random32", 32}};
    int64_t q = lab_settings_number(settings, "q", 0);
    double none = 0;

    if (strncmp(one->construction, "cw-", 3) != 0 || strcmp(one->construction, "cw-aes128") == 0) {
        return 0;
    }
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
        if (lab_settings_is(settings, "nonce", policies[i].name)) {
            for (int64_t k = 1; k < q; k++) {
                none += log1p(-fmin((double)k / ldexp(1, policies[i].bits), 1));
            }
            return -expm1(none);
        }
    }
    return lab_settings_is(settings, "nonce", "stuck") ? 1 : 0;
}

static const char *applies(uint32_t properties)
{
    return (properties & LAB_NONCE) == 0        ? "it has no nonce that could be used again"
           : (properties & LAB_POLYNOMIAL) == 0 ? "no polynomial behind its nonce"
                                                : NULL;
}

static const lab_option options[] = {
    {"q", LAB_NUMBER, "25", "messages that are tagged", 2, QUERIES_MAX, NULL, false},
    {"nonce", LAB_CHOICE, "stuck", "how the sender makes nonces", 0, 0,
     "stuck random8 random16 random24 random32 counter", false},
    {"wish", LAB_BYTES, "Pay 9,999 to Eve", "a block to forge", 0, BLOCK, NULL, false},
    {"key", LAB_BYTES, NULL, "the keys instead of 48 random bytes", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

#define POINT(name, policy, number, times)                                                         \
    {                                                                                              \
        .role = LAB_CURVE, .construction = name, .settings = {{"nonce", policy}, {"q", number}},   \
        .repeats = (times)                                                                         \
    }

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "cw-gf"},
    {.role = LAB_BREAKS, .construction = "cw-add", .settings = {{"nonce", "stuck"}}},
    {.role = LAB_BREAKS,
     .construction = "cw-xor",
     .settings = {{"nonce", "stuck"}},
     .note = "mod q under xor: 25 chosen messages, bit by bit"},
    {.role = LAB_BREAKS,
     .construction = "cw-gf",
     .settings = {{"nonce", "random16"}, {"q", "302"}},
     .repeats = 100},
    {.role = LAB_BREAKS,
     .construction = "cw-add",
     .settings = {{"nonce", "random24"}, {"q", "4823"}},
     .repeats = 100},
    {.role = LAB_HOLDS,
     .construction = "cw-gf",
     .settings = {{"nonce", "counter"}, {"q", "4823"}},
     .note = "a counter does not repeat"},
    {.role = LAB_HOLDS,
     .construction = "cw-add",
     .settings = {{"nonce", "counter"}, {"q", "4823"}}},
    {.role = LAB_HOLDS, .construction = "cw-xor", .settings = {{"nonce", "counter"}}},
    {.role = LAB_HOLDS, .construction = "cw-aes128", .settings = {{"q", "4823"}}},
    {.role = LAB_HOLDS, .construction = "gmac-aes128", .settings = {{"q", "4823"}}},
    {.role = LAB_HOLDS, .construction = "poly1305-aes", .settings = {{"q", "4823"}}},
    POINT("cw-gf", "random8", "8", 100),
    POINT("cw-gf", "random8", "19", 200),
    POINT("cw-gf", "random8", "40", 100),
    POINT("cw-gf", "random16", "128", 100),
    POINT("cw-gf", "random16", "600", 100),
    POINT("cw-gf", "random24", "2048", 60),
    POINT("cw-gf", "random24", "9600", 40),
    POINT("cw-gf", "random32", "77163", 10),
    {.construction = NULL},
};

extern const lab_plot lab_nonce_reuse_plots[];

const lab_card lab_card_nonce_reuse = {
    .name = "nonce-reuse",
    .number = "11",
    .title = "Carter-Wegman: one nonce twice, and the key is known",
    .items = "D38, D39, D40",
    .about =
        "A Carter-Wegman tag is a polynomial's value under a mask that the nonce selects. Under\n"
        "one mask two tags give the polynomial's key by a division, in GF(2^128) or modulo q; the\n"
        "xor of values modulo q resists that, but not the lifting of both keys bit by bit from 25\n"
        "chosen messages. From then on every message can be forged under every nonce. Random\n"
        "nonces of n bits repeat with probability q^2 / 2^(n+1): use a counter, or HMAC.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_CHOSEN_TEXT, .verifications = SOLUTIONS + 3},
    .plan = plan,
    .attack = attack,
    .predict = predict,
    .repeats = 20,
    .applies = applies,
    .plots = lab_nonce_reuse_plots,
};
