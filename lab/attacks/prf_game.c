/* Card 27: a MAC or a random function? */
#include <string.h>

#include "harness/card.h"

enum { BLOCK = 16 };

static void draw_chain(lab_oracle *o, const uint8_t *message, const uint8_t *t, const uint8_t *t2)
{
    static const char *const rows[] = {"asked", "answer"};
    static const char *const columns[] = {"m", "m || (t xor m)"};
    static const lab_link links[] = {
        {{0, 0}, {1, 0}, NULL}, {{1, 0}, {0, 1}, NULL}, {{0, 1}, {1, 1}, NULL}};
    bool same = memcmp(t, t2, BLOCK) == 0;

    lab_draw_blocks(
        o,
        &(lab_figure){"blocks", same ? "The tag comes again" : "Another answer: no such chain",
                      rows, 2, columns, 2,
                      (lab_value[]){{"m", LAB_CHOSEN, {message, BLOCK}},
                                    {"m || (t xor m)", LAB_CHOSEN, {message, 2 * BLOCK}},
                                    {"t", LAB_ANSWER, {t, BLOCK}},
                                    {same ? "t" : "not t", LAB_ANSWER, {t2, BLOCK}}}},
        links, 3);
}

/* Whether tag(m || (tag(m) xor m)) = tag(m), as in a chain that shows its state. */
static bool is_chain(lab_oracle *o)
{
    uint8_t message[2 * BLOCK], t[LAB_TAG_MAX], t2[LAB_TAG_MAX];

    lab_rng_bytes(lab_coins(o), message, BLOCK);
    if (lab_number(o, "tag") != BLOCK || !lab_ask(o, "One block m.", message, BLOCK, t)) {
        return false;
    }
    lab_xor(message + BLOCK, t, message, BLOCK);
    if (!lab_ask(o, "m and t xor m: in raw CBC-MAC the tag is t again.", message, 2 * BLOCK, t2)) {
        return false;
    }
    draw_chain(o, message, t, t2);
    return memcmp(t, t2, BLOCK) == 0;
}

/* Four messages that sum up to 0, and the sum of their tags. */
static void draw_sum(lab_oracle *o, uint8_t messages[4][BLOCK], uint8_t tags[4][LAB_TAG_MAX],
                     lab_bytes sum)
{
    static const char *const rows[] = {"a", "b", "c", "a xor b xor c", "xor of all"};
    static const char *const columns[] = {"message", "answer"};
    static const uint8_t zero[BLOCK];
    lab_value cells[10];

    for (size_t i = 0; i < 4; i++) {
        cells[2 * i] = (lab_value){rows[i], LAB_CHOSEN, {messages[i], BLOCK}};
        cells[2 * i + 1] = (lab_value){"its tag", LAB_ANSWER, {tags[i], sum.len}};
    }
    cells[8] = (lab_value){"0", LAB_DERIVED, {zero, BLOCK}};
    cells[9] = (lab_value){"sum", LAB_DERIVED, sum};
    lab_draw(o, &(lab_figure){"bits", "Do the answers sum up as the messages do?", rows, 5, columns,
                              2, cells});
}

/* Whether the tags of a, b, c and a xor b xor c sum up to 0, as under one mask. */
static bool is_linear(lab_oracle *o)
{
    uint8_t messages[4][BLOCK], t[4][LAB_TAG_MAX], sum[LAB_TAG_MAX] = {0};
    static const uint8_t zero[LAB_TAG_MAX];
    size_t len = lab_number(o, "tag");

    lab_rng_bytes(lab_coins(o), messages, sizeof messages);
    lab_xor(messages[3], messages[0], messages[1], BLOCK);
    lab_xor(messages[3], messages[3], messages[2], BLOCK);
    for (size_t i = 0; i < 4; i++) {
        if (!lab_ask(o, "a, b, c, and their sum: linear tags add up to 0.", messages[i], BLOCK,
                     t[i])) {
            return false;
        }
        lab_xor(sum, sum, t[i], len);
    }
    draw_sum(o, messages, t, (lab_bytes){sum, len});
    return memcmp(sum, zero, len) == 0;
}

static void attack(lab_oracle *o)
{
    bool told = is_chain(o) || is_linear(o);

    lab_measure(o, "told", told);
    lab_say(o, told ? "No random function does that: it is the MAC."
                    : "Nothing tells it from a random function.");
    lab_submit(o, "The guess: 1 for the MAC, 0 for the function.",
               (const uint8_t *)(told ? "1" : "0"), 1, (const uint8_t *)"", 0);
}

static const lab_option options[] = {
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

#define WEAK(mac, why)                                                                             \
    {                                                                                              \
        .role = LAB_BREAKS, .construction = "random-or-any", .predicted = 1,                       \
        .settings = {{"of", mac}}, .note = why                                                     \
    }
#define SOUND(mac)                                                                                 \
    {                                                                                              \
        .role = LAB_HOLDS, .construction = "random-or-any", .predicted = 0.5, .chance = 0.7,       \
        .settings = {{"of", mac}}, .note = "no better than a coin (above 0.7 would count)"         \
    }

static const lab_case cases[] = {
    WEAK("cbc-raw", "a chain that shows its state"),
    WEAK("crc-prefix", "linear"),
    WEAK("cw-gf", "under one nonce it is linear: Carter-Wegman is no PRF"),
    SOUND("cmac-aes128"),
    SOUND("pmac-aes128"),
    SOUND("pmac1-aes128"),
    SOUND("ecbc-aes128"),
    SOUND("hmac-sha256"),
    SOUND("nmac-sha256"),
    SOUND("siphash-2-4-128"),
    SOUND("cw-aes128"),
    {.construction = NULL},
};

static const lab_plot plots[] = {
    {.id = "prf-game-advantage",
     .title = "Which MACs can be told from a random function",
     .about = "The advantage is 2p − 1, where p is how often the guess was right: 1 for a chain "
              "that shows its state and for what is linear, about 0 for the sound ones.",
     .kind = LAB_BARS,
     .over = "of",
     .x = {.label = "MAC"},
     .y = {.label = "advantage", .min = -0.4, .max = 1.08},
     .times = 2,
     .plus = -1,
     .expected = "theory: 1 or 0",
     .series = (const lab_plot_series[]){{.label = "measured, with 95 % interval", .colour = 1},
                                         {.label = NULL}},
     .rules = (const lab_plot_rule[]){{"above: told apart", false, 0.4}, {.label = NULL}}},
    {.id = NULL},
};

const lab_card lab_card_prf_game = {
    .name = "prf-game",
    .number = "27",
    .title = "A MAC or a random function?",
    .items = "A18, A19",
    .about =
        "There are |Y|^|X| functions from messages to tags; a pseudorandom function is a small\n"
        "family of them that nobody tells from all. The oracle is the MAC or, by a coin, a\n"
        "function drawn value by value. Two queries tell raw CBC-MAC, four tell whatever is\n"
        "linear, as Carter-Wegman under one nonce. The advantage is 2 p - 1 where p is the\n"
        "success rate. A PRF is a MAC; not every MAC is a PRF.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_ADAPTIVE, .tags = 6, .verifications = 1},
    .attack = attack,
    .chance = 0.5,
    .repeats = 100,
    .plots = plots,
};
