/* Card 14: mistakes of verifiers, each tried without the key and without any tag. */
#include <math.h>
#include <string.h>

#include "attacks/steps.h"

enum { TAG = 32, BYTES = 256, TEXT_MAX = 128 };

/* One kind of tag: an example, one that was accepted where there is one. */
typedef struct kind {
    uint8_t tag[TAG];
    size_t len;
    int64_t accepted, tries;
} kind;

typedef struct zoo {
    lab_oracle *o;
    uint64_t messages;
    kind empty, byte, zeros, random;
} zoo;

static bool count(kind *k, const uint8_t *tag, size_t len, bool accepted)
{
    if (accepted ? k->accepted == 0 : k->tries == 0) {
        memcpy(k->tag, tag, len);
        k->len = len;
    }
    k->tries++;
    k->accepted += accepted ? 1 : 0;
    return accepted;
}

static void draw(const zoo *z)
{
    static const char *const rows[] = {"no tag", "a tag of one byte", "a tag of zeros",
                                       "a random tag"};
    static const char *const columns[] = {"handed in, for example", "accepted"};
    const kind *kinds[] = {&z->empty, &z->byte, &z->zeros, &z->random};
    lab_value cells[8];

    for (size_t i = 0; i < 4; i++) {
        const kind *k = kinds[i];
        lab_bytes text =
            lab_print(z->o, "%lld of %lld", (long long)k->accepted, (long long)k->tries);
        enum lab_role role = k->accepted > 0 ? LAB_FORGED : LAB_CHOSEN;
        cells[2 * i] = (lab_value){k->len > 0 ? "tag" : "nothing", role, {k->tag, k->len}};
        cells[2 * i + 1] = (lab_value){
            (const char *)text.data, k->accepted > 0 ? LAB_FORGED : LAB_ANSWER, {NULL, 0}};
    }
    lab_draw(z->o, &(lab_figure){"table", "What this verifier takes for a tag", rows, 4, columns, 2,
                                 cells});
}

/* A message that was not used before. */
static bool hand_in(zoo *z, const char *why, const uint8_t *tag, size_t len)
{
    lab_bytes wish = lab_option_bytes(z->o, "message");
    char text[TEXT_MAX + 24];
    size_t n = wish.len;

    memcpy(text, wish.data, n);
    for (uint64_t rest = z->messages++; rest > 0; rest /= 10) {
        text[n++] = (char)('0' + rest % 10);
    }
    return lab_submit(z->o, why, (const uint8_t *)text, n, tag, len);
}

/* All values of a tag of one byte, for one message. */
static bool one_byte(zoo *z)
{
    bool accepted = false;

    for (unsigned b = 0; b < BYTES && !accepted; b++) {
        uint8_t tag = (uint8_t)b;
        uint64_t again = z->messages;
        accepted =
            count(&z->byte, &tag, 1, hand_in(z, "A tag of one byte: at most 256 tries.", &tag, 1));
        z->messages = again;
    }
    return accepted;
}

/* The rate at which one kind of tag is accepted, over many messages. */
static void rate(zoo *z, kind *k, const char *name, const char *why, bool random)
{
    int64_t tries = lab_option_number(z->o, "tries");
    uint8_t tag[TAG] = {0};

    for (int64_t i = 0; i < tries; i++) {
        if (random) {
            lab_rng_bytes(lab_coins(z->o), tag, sizeof tag);
        }
        (void)count(k, tag, sizeof tag, hand_in(z, why, tag, sizeof tag));
    }
    lab_measure(z->o, name, (double)k->accepted / (double)tries);
}

static void attack(lab_oracle *o)
{
    zoo z = {.o = o};
    static const uint8_t nothing;

    lab_measure(
        o, "accepted-empty",
        count(&z.empty, &nothing, 0, hand_in(&z, "No tag at all: is it looked for?", &nothing, 0))
            ? 1
            : 0);
    lab_measure(o, "accepted-one-byte", one_byte(&z) ? 1 : 0);
    rate(&z, &z.zeros, "rate-of-zeros",
         "A tag of zeros is the empty text to strcmp; so is one in 256 of the right ones.", false);
    rate(&z, &z.random, "rate-of-random",
         "A random tag: wrong, which some call good, or the difference ends in a zero byte.", true);
    draw(&z);
}

static void plan(const lab_settings *settings, lab_budget *budget)
{
    budget->verifications = 1 + BYTES + 2 * (uint64_t)lab_settings_number(settings, "tries", 0);
}

/* Of all tries together. */
static double predict(const lab_settings *settings, const lab_case *one)
{
    double tries = (double)lab_settings_number(settings, "tries", 0);

    if (one->role == LAB_HOLDS) {
        return 0;
    }
    double tries_of_one_in_256 = strcmp(one->construction, "verifier-strcmp") == 0 ? tries
                                 : strcmp(one->construction, "verifier-char") == 0 ? 2 * tries
                                                                                   : INFINITY;
    return 1 - pow(255.0 / 256, tries_of_one_in_256);
}

static const lab_option options[] = {
    {"message", LAB_BYTES, "Pay 100 to Bob, number ", "how every message begins", 0, TEXT_MAX, NULL,
     false},
    {"tries", LAB_NUMBER, "4096", "messages for each rate", 1, 1 << 20, NULL, false},
    {"key", LAB_BYTES, NULL, "the key instead of a random one", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS,
     .construction = "verifier-strcmp",
     .note = "a right tag that begins with 00 equals every tag that does: one in 256"},
    {.role = LAB_BREAKS,
     .construction = "verifier-length",
     .note = "one byte is right after 256 tries"},
    {.role = LAB_BREAKS, .construction = "verifier-empty", .note = "leave it out"},
    {.role = LAB_BREAKS,
     .construction = "verifier-char",
     .note = "the difference of two words ends in 00 once in 256"},
    {.role = LAB_BREAKS, .construction = "verifier-reversed", .note = "any wrong tag is good"},
    {.role = LAB_HOLDS,
     .construction = "hmac-sha256",
     .note = "macaw_verify: the key's length of tag, all bytes, one good status"},
    {.construction = NULL},
};

static double zeros_pass(const char *construction)
{
    return strcmp(construction, "verifier-strcmp") == 0 ||
                   strcmp(construction, "verifier-char") == 0
               ? 1.0 / 256
           : strcmp(construction, "verifier-reversed") == 0 ? 1
                                                            : 0;
}

/* strcmp takes it where both tags begin with 00. */
static double random_passes(const char *construction)
{
    return strcmp(construction, "verifier-strcmp") == 0     ? 1.0 / 65536
           : strcmp(construction, "verifier-char") == 0     ? 1.0 / 256
           : strcmp(construction, "verifier-reversed") == 0 ? 1
                                                            : 0;
}

#define RATE(words, name, theory)                                                                  \
    {                                                                                              \
        .label = words, .quantity = LAB_SHARE, .measure = name, .expected = theory, .colour = 1    \
    }
#define RATES(spelled, heading, words, name, theory)                                               \
    {                                                                                              \
        .id = "verifier-zoo-" spelled, .title = heading,                                           \
        .about = words " The bar without a height is the interval of a rate that was 0 in all "    \
                       "tries.",                                                                   \
        .kind = LAB_BARS, .over = "construction", .x = {.label = "verifier"},                      \
        .y = {.label = "share of the tags that pass",                                              \
              .scale = LAB_SCALE_LOG2,                                                             \
              .min = 0x1p-18,                                                                      \
              .max = 2},                                                                           \
        .expected = "theory",                                                                      \
        .series = (const lab_plot_series[]){RATE("measured, with 95 % interval", name, theory),    \
                                            {.label = NULL}},                                      \
    }

static const lab_plot plots[] = {
    {.id = "verifier-zoo-map",
     .title = "Which verifier takes which wrong tag",
     .about = "Rates at which five broken verifiers and the library’s take tags that nobody "
              "computed: none at all, one byte tried 256 times, 32 zeros, 32 random bytes.",
     .kind = LAB_HEAT,
     .over = "construction",
     .x = {.label = "what is handed in as a tag"},
     .y = {.label = "share that pass"},
     .series =
         (const lab_plot_series[]){
             {.label = "nothing", .quantity = LAB_MEAN, .measure = "accepted-empty"},
             {.label = "a byte, 256 times", .quantity = LAB_MEAN, .measure = "accepted-one-byte"},
             RATE("32 zeros", "rate-of-zeros", NULL),
             RATE("32 random bytes", "rate-of-random", NULL),
             {.label = NULL}}},
    RATES("zeros", "How often a tag of zeros passes",
          "strcmp ends at the first zero and finds one of 256 tags equal; the low byte of a "
          "difference is 0 once in 256.",
          "rate-of-zeros", zeros_pass),
    RATES("random", "How often a random tag passes",
          "A verifier that takes 0 for false accepts every wrong tag; one that keeps eight bits of "
          "memcmp accepts one in 256.",
          "rate-of-random", random_passes),
    {.id = NULL},
};

const lab_card lab_card_verifier_zoo = {
    .name = "verifier-zoo",
    .number = "14",
    .title = "Verifiers that accept what they should not",
    .items = "A11",
    .about =
        "The MAC is sound, and the comparison is not: strcmp ends at a zero byte, the sender's\n"
        "length decides how much is compared, an empty tag is not looked at, the result of\n"
        "memcmp loses its upper bits, 0 for good is taken for false. All are found without a\n"
        "key, by trying. (A comparison that stops early is a card of its own, timing, and one\n"
        "that takes two spellings of a tag too: replay.) Use macaw_verify.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_IMPERSONATION},
    .plan = plan,
    .attack = attack,
    .predict = predict,
    .repeats = 3,
    .plots = plots,
};
