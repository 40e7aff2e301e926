/* Card 9: chaining values that collide, and stay collided behind equal blocks. */
#include <math.h>
#include <string.h>

#include "base/bytes.h"
#include "harness/card.h"
#include "naive/cipher.h"

enum { BLOCK_MAX = 128, BLOCKS_MAX = 64, QUERIES_MAX = 1 << 20 };
enum { NONE = 0xffffffff };

/* q where it is set, else what makes a collision as likely as not. */
static uint64_t queries(const lab_settings *settings)
{
    lab_bytes cipher = lab_settings_bytes(settings, "cipher", "");
    int64_t q = lab_settings_number(settings, "q", 0);
    double even = ceil(1.1774 * exp2(lab_cipher_bits(cipher) / 2.0));

    return q > 0 ? (uint64_t)q : even < QUERIES_MAX ? (uint64_t)even : QUERIES_MAX;
}

/* q messages of two blocks: the first ones distinct, so that the chaining values behind
 * them are; the second ones random, so that these are turned about at random. */
typedef struct queries_made {
    size_t n, block;
    lab_input *in;
    lab_output *out;
} queries_made;

static void random_block(lab_oracle *o, size_t bits, size_t block, uint8_t *ret)
{
    lab_rng_bytes(lab_coins(o), ret, block);
    ret[0] &= (uint8_t)(0xff >> (8 * block - bits));
}

static queries_made ask(lab_oracle *o, size_t bits, size_t block)
{
    size_t n = (size_t)queries(lab_options(o));
    queries_made ret = {n, block, lab_alloc(o, n * sizeof(lab_input)),
                        lab_alloc(o, n * sizeof(lab_output))};
    uint8_t *blocks = lab_alloc(o, n * 2 * block);
    bool varied = lab_settings_is(lab_options(o), "second", "random");

    for (size_t i = 0; i < n; i++) {
        uint8_t *message = blocks + i * 2 * block;
        for (size_t j = 0; j < block && j < sizeof i; j++) {
            message[block - 1 - j] = (uint8_t)(i >> (8 * j));
        }
        if (varied) {
            random_block(o, bits, block, message + block);
        }
        ret.in[i].message = (lab_bytes){message, 2 * block};
    }
    lab_batch(o, "Distinct first blocks, random second ones: some two chains may meet.", ret.in, n,
              ret.out);
    return ret;
}

/* Up to max pairs of queries with one tag, by a table of tags; how many. */
typedef struct collision {
    size_t first, second;
} collision;

static size_t find_collisions(lab_oracle *o, const queries_made *made, collision *ret, size_t max)
{
    size_t found = 0;
    size_t size = 2;

    while (size < 2 * made->n) {
        size *= 2;
    }
    uint32_t *table = lab_alloc(o, size * sizeof *table);
    memset(table, 0xff, size * sizeof *table);
    for (size_t i = 0; i < made->n && found < max; i++) {
        const lab_output *out = &made->out[i];
        uint8_t word[8] = {0};
        memcpy(word, out->tag, out->tag_len < 8 ? out->tag_len : 8);
        size_t at = (size_t)(macaw_load_le64(word) * 0x9e3779b97f4a7c15u >> 20) & (size - 1);
        for (; table[at] != NONE; at = (at + 1) & (size - 1)) {
            const lab_output *other = &made->out[table[at]];
            if (other->tag_len == out->tag_len && memcmp(other->tag, out->tag, out->tag_len) == 0) {
                ret[found++] = (collision){table[at], i};
                break;
            }
        }
        table[at] = (uint32_t)i; /* in the place of its double, where it has one */
    }
    return found;
}

/* The user's text, cut into blocks of bits each; the last one is filled with zeros. */
static size_t cut(lab_bytes text, size_t bits, size_t block, uint8_t *ret)
{
    size_t total = 8 * text.len;
    size_t n = (total + bits - 1) / bits;

    n = n < 1 ? 1 : n > BLOCKS_MAX ? BLOCKS_MAX : n;
    memset(ret, 0, n * block);
    for (size_t i = 0; i < total && i / bits < n; i++) {
        size_t place = 8 * block - bits + i % bits; /* of the bit in its block, from the left */
        unsigned bit = text.data[i / 8] >> (7 - i % 8) & 1u;
        ret[i / bits * block + place / 8] |= (uint8_t)(bit << (7 - place % 8));
    }
    return n;
}

/* v and w differ in two blocks, by what takes their chains to one value behind them:
 * the second block of w is the text's first. */
static size_t put_xor(lab_oracle *o, const queries_made *made, const collision *c, size_t bits,
                      uint8_t *v, uint8_t *w)
{
    size_t block = made->block;
    const uint8_t *mi = made->in[c->first].message.data, *mj = made->in[c->second].message.data;
    size_t len = block * (1 + cut(lab_option_bytes(o, "text"), bits, block, w + block));

    memcpy(w, mj, block);
    memcpy(v, w, len);
    memcpy(v, mi, block);
    lab_xor(v + block, mi + block, mj + block, block);
    lab_equation(o, &(lab_value){"E(ai) xor E(aj)", LAB_DERIVED, {v + block, block}}, "xor",
                 (lab_value[]){{"bi", LAB_CHOSEN, {mi + block, block}},
                               {"bj", LAB_CHOSEN, {mj + block, block}}},
                 2);
    lab_xor(v + block, v + block, w + block, block);
    return len;
}

/* v and w are the messages that met, and behind each the text. */
static size_t put_behind(lab_oracle *o, const queries_made *made, const collision *c, size_t bits,
                         uint8_t *v, uint8_t *w)
{
    size_t two = 2 * made->block;
    size_t len = two + made->block * cut(lab_option_bytes(o, "text"), bits, made->block, w + two);

    memcpy(w, made->in[c->second].message.data, two);
    memcpy(v, w, len);
    memcpy(v, made->in[c->first].message.data, two);
    return len;
}

static void show_collision(lab_oracle *o, const queries_made *made, const collision *c)
{
    size_t block = made->block;
    const uint8_t *mi = made->in[c->first].message.data, *mj = made->in[c->second].message.data;
    const lab_output *out = &made->out[c->first];

    lab_say(o, "Queries i = %zu and j = %zu have one tag: E(ai) xor bi = E(aj) xor bj.", c->first,
            c->second);
    lab_show(
        o, "message i",
        (lab_value[]){{"ai", LAB_CHOSEN, {mi, block}}, {"bi", LAB_CHOSEN, {mi + block, block}}}, 2);
    lab_show(
        o, "message j",
        (lab_value[]){{"aj", LAB_CHOSEN, {mj, block}}, {"bj", LAB_CHOSEN, {mj + block, block}}}, 2);
    lab_show_one(o, "tag of both", LAB_ANSWER, out->tag, out->tag_len);
}

/* Two chains that meet. */
static void draw(lab_oracle *o, const queries_made *made, const collision *c)
{
    static const char *const rows[] = {"first block", "chaining value", "xor second block", "tag"};
    static const char *const columns[] = {"message i", "message j"};
    static const lab_link links[] = {{{0, 0}, {1, 0}, "E"},  {{1, 0}, {2, 0}, NULL},
                                     {{2, 0}, {3, 0}, "E"},  {{0, 1}, {1, 1}, "E"},
                                     {{1, 1}, {2, 1}, NULL}, {{2, 1}, {3, 1}, "E"}};
    size_t block = made->block;
    const uint8_t *mi = made->in[c->first].message.data, *mj = made->in[c->second].message.data;
    const lab_output *out = &made->out[c->first];
    const lab_value t = {"t", LAB_ANSWER, {out->tag, out->tag_len}};

    lab_draw_blocks(o,
                    &(lab_figure){"blocks", "Two messages whose chains meet", rows, 4, columns, 2,
                                  (lab_value[]){{"ai", LAB_CHOSEN, {mi, block}},
                                                {"aj", LAB_CHOSEN, {mj, block}},
                                                LAB_UNKNOWN("E(ai)"),
                                                LAB_UNKNOWN("E(aj)"),
                                                {"bi", LAB_CHOSEN, {mi + block, block}},
                                                {"bj", LAB_CHOSEN, {mj + block, block}},
                                                t,
                                                t}},
                    links, 6);
}

static bool forge(lab_oracle *o, const queries_made *made, const collision *c, size_t bits)
{
    uint8_t v[BLOCK_MAX * (2 + BLOCKS_MAX)], w[sizeof v];
    bool behind = lab_settings_is(lab_options(o), "forge", "behind");
    lab_input in = {.message = {v, 0}};
    lab_output out;

    show_collision(o, made, c);
    draw(o, made, c);
    in.message.len = behind ? put_behind(o, made, c, bits, v, w) : put_xor(o, made, c, bits, v, w);
    if (!lab_query(o, "A query that depends on answers: the tag of v is that of w.", &in, &out)) {
        return false;
    }
    in.nonce = (lab_bytes){out.nonce, out.nonce_len};
    in.message.data = w;
    return lab_submit_input(o, "w, which was never asked for, says what the attacker wants.", &in,
                            (lab_bytes){out.tag, out.tag_len});
}

/* Where none is published, whatever is as long as most hashes' blocks. */
static size_t block_of(const lab_oracle *o)
{
    size_t block = lab_number(o, "block");

    return block > 0 ? block : 64;
}

static void attack(lab_oracle *o)
{
    size_t block = block_of(o);
    size_t bits = lab_number(o, "block-bits");
    size_t max = (size_t)lab_option_number(o, "pairs");
    collision *pairs = lab_alloc(o, max * sizeof *pairs);
    size_t found;

    bits = bits > 0 ? bits : 8 * block;
    if (block > BLOCK_MAX) {
        return;
    }
    queries_made made = ask(o, bits, block);
    found = find_collisions(o, &made, pairs, max);
    lab_measure(o, "collisions", (double)found);
    for (size_t i = 0; i < found; i++) {
        if (forge(o, &made, &pairs[i], bits)) {
            return;
        }
    }
    lab_say(o, "Of %zu tags %s.", made.n, found > 0 ? "no pair served" : "no two are equal");
}

static void plan(const lab_settings *settings, lab_budget *budget)
{
    budget->tags = queries(settings);
    budget->adaptive = (uint64_t)lab_settings_number(settings, "pairs", 1);
    budget->verifications = budget->adaptive;
}

/* Of a collision among chaining values of one key. */
static double predict(const lab_settings *settings, const lab_case *one)
{
    double bits = lab_cipher_bits(lab_settings_bytes(settings, "cipher", ""));
    double q = (double)queries(settings);

    if (strcmp(one->construction, "cbc-rekey") == 0) {
        q = fmin(q, (double)lab_settings_number(settings, "rekey", 0)); /* the last key's */
    }
    return lab_settings_is(settings, "second", "random") ? -expm1(-q * q / exp2(bits + 1)) : 0;
}

static const char *applies(uint32_t properties)
{
    return (properties & LAB_ONE_TIME) != 0 ? "a key tags one message only"
           : (properties & (LAB_ITERATED | LAB_NONCE)) == 0
               ? "neither chaining values nor nonces that could collide"
               : NULL;
}

/* At a small size where there is one, with queries enough that chance does not matter.
 * Hashes have collisions behind the inner state, too, which do not serve: more pairs. */
static void cell(const char *construction, lab_case *one)
{
    uint32_t properties = lab_target_properties(construction);
    static const lab_setting chain[] = {{"cipher", "feistel16"}, {"q", "1024"}},
                             sum[] = {{"cipher", "feistel16"}, {"q", "1024"}, {"text", "No"}},
                             hash[] = {{"q", "1024"}, {"forge", "behind"}, {"pairs", "64"}};

    if ((properties & LAB_MASKED_SUM) != 0) {
        memcpy(one->settings, sum, sizeof sum);
    } else if ((properties & LAB_CHAIN) != 0) {
        memcpy(one->settings, chain, sizeof chain);
    } else {
        memcpy(one->settings, hash, sizeof hash);
    }
}

static const lab_option options[] = {
    {"cipher", LAB_CHOICE, "feistel16", "its name ends with the bits of a block", 0, 0, LAB_CIPHERS,
     false},
    {"q", LAB_NUMBER, "0", "queries before the last; 0: 1.1774 * 2^(t/2)", 0, QUERIES_MAX, NULL,
     false},
    {"second", LAB_CHOICE, "random", "the second blocks", 0, 0, "random constant", false},
    {"text", LAB_BYTES, "Pay Mallory 9,999", "what the forged message says at its end", 1, 256,
     NULL, false},
    {"forge", LAB_CHOICE, "xor", "xor: the text from the second block on; behind: from the third",
     0, 0, "xor behind", false},
    {"pairs", LAB_NUMBER, "1", "equal tags to try, each with a query and a forgery", 1, 64, NULL,
     false},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

#define POINT(name, number, times)                                                                 \
    {                                                                                              \
        .role = LAB_CURVE, .construction = "cbc-raw",                                              \
        .settings = {{"cipher", name}, {"q", number}}, .repeats = (times)                          \
    }

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "cbc-raw", .repeats = 400},
    {.role = LAB_BREAKS, .construction = "cbc-raw", .settings = {{"cipher", "feistel20"}}},
    {.role = LAB_BREAKS, .construction = "cbc-raw", .settings = {{"cipher", "feistel24"}}},
    {.role = LAB_BREAKS,
     .construction = "cbc-raw",
     .settings = {{"cipher", "speck32"}},
     .repeats = 40},
    {.role = LAB_BREAKS,
     .construction = "ecbc-small",
     .settings = {{"cipher", "feistel16"}},
     .note = "the encryption at the end does not help: the states behind it collide"},
    {.role = LAB_HOLDS,
     .construction = "cbc-raw",
     .repeats = 10,
     .settings = {{"cipher", "aes128"}, {"q", "77163"}},
     .note = "128-bit blocks; 2^64 queries would do"},
    {.role = LAB_HOLDS,
     .construction = "cbc-raw",
     .settings = {{"cipher", "feistel16"}, {"second", "constant"}},
     .note = "equal second blocks behind distinct chaining values never collide"},
    {.role = LAB_HOLDS,
     .construction = "cbc-rekey",
     .chance = 0.05,
     .settings = {{"cipher", "feistel16"}, {"rekey", "31"}},
     .note = "a new key every q/10 messages; below 1 in 20 counts as holding"},
    POINT("feistel16", "64", 0),
    POINT("feistel16", "128", 0),
    POINT("feistel16", "256", 0),
    POINT("feistel16", "384", 0),
    POINT("feistel16", "512", 0),
    POINT("feistel16", "640", 0),
    POINT("feistel20", "256", 0),
    POINT("feistel20", "512", 0),
    POINT("feistel20", "1024", 0),
    POINT("feistel20", "1536", 0),
    POINT("feistel20", "2048", 0),
    POINT("feistel20", "2560", 0),
    POINT("feistel24", "1024", 0),
    POINT("feistel24", "2048", 0),
    POINT("feistel24", "4096", 0),
    POINT("feistel24", "6144", 0),
    POINT("feistel24", "8192", 0),
    POINT("feistel24", "10240", 0),
    POINT("speck32", "16384", 40),
    POINT("speck32", "32768", 40),
    POINT("speck32", "65536", 40),
    POINT("speck32", "98304", 40),
    POINT("speck32", "131072", 40),
    POINT("speck32", "163840", 40),
    {.construction = NULL},
};

extern const lab_plot lab_birthday_plots[];

const lab_card lab_card_birthday = {
    .name = "birthday",
    .number = "9",
    .title = "Chaining values meet after 2^(t/2) messages",
    .items = "B46, B47, B48, D12",
    .about =
        "Among q messages with distinct first and random second blocks of t bits, two have one\n"
        "chaining value with probability 1 - exp(-q^2 / 2^(t+1)): one half at 1.1774 * 2^(t/2).\n"
        "Equal tags give the pair away, and with it E(ai) xor E(aj); one more query then tags a\n"
        "message whose blocks behind the first are the attacker's. Only that last query depends\n"
        "on answers. No last step helps: ECBC, CMAC, HMAC and NMAC fall at their own bound\n"
        "alike. Large blocks help, and a new key long before the bound (macaw algorithms\n"
        "--limits).",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_CHOSEN_TEXT, .adaptive = 1, .verifications = 1},
    .plan = plan,
    .attack = attack,
    .predict = predict,
    .repeats = 200,
    .applies = applies,
    .cell = cell,
    .bound = true,
    .plots = lab_birthday_plots,
};
