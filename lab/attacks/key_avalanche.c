/* Card 27, second part: another key is another function. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/card.h"

enum { BLOCK = 16, BITS_TRIED = 32 };

static unsigned ones(const uint8_t *data, size_t len)
{
    unsigned n = 0;

    for (size_t i = 0; i < 8 * len; i++) {
        n += data[i / 8] >> i % 8 & 1u;
    }
    return n;
}

/* A row for each bit of the key that was flipped. */
static void draw(lab_oracle *o, uint8_t flips[BITS_TRIED][LAB_TAG_MAX], size_t n, size_t len)
{
    static const char *const columns[] = {"bits of the tag that flip"};
    char names[BITS_TRIED][16];
    const char *rows[BITS_TRIED];
    lab_value cells[BITS_TRIED];

    for (size_t i = 0; i < n; i++) {
        snprintf(names[i], sizeof names[i], "key bit %zu", i);
        rows[i] = names[i];
        cells[i] = (lab_value){"t xor t'", LAB_DERIVED, {flips[i], len}};
    }
    lab_draw(o, &(lab_figure){"bits", "One bit of the key, and what it flips in one tag", rows, n,
                              columns, 1, cells});
}

/* What flipping each of the first bits of the key does to the tag of one message; the
 * tags must differ by what they differ by for any other message, if the MAC is linear. */
static void attack(lab_oracle *o)
{
    size_t len = lab_number(o, "tag"), bits = lab_number(o, "key-bits");
    uint8_t m[2][BLOCK], t[LAB_TAG_MAX], d[BITS_TRIED][LAB_TAG_MAX] = {{0}}, nonce[2] = {0};
    const uint8_t *first = d[0];
    size_t tried = bits < BITS_TRIED ? bits : BITS_TRIED;
    lab_output out;

    lab_rng_bytes(lab_coins(o), m, sizeof m);
    if (!lab_ask(o, "A message under the key.", m[0], BLOCK, t)) {
        return;
    }
    for (size_t i = 0; i < tried; i++) {
        nonce[1] = (uint8_t)i;
        const lab_input in = {{nonce, sizeof nonce}, {m[0], BLOCK}};
        if (!lab_query(o, "The same message, with one bit of the key flipped.", &in, &out)) {
            return;
        }
        lab_xor(d[i], t, out.tag, len);
        lab_measure(o, "flipped", (double)ones(d[i], len) / (double)(8 * len));
    }
    draw(o, d, tried, len);
    lab_show_one(o, "what the key's first bit flips", LAB_DERIVED, first, len);
    if (!lab_ask(o, "Another message under the key.", m[1], BLOCK, t)) {
        return;
    }
    lab_xor(t, t, first, len);
    nonce[1] = 0;
    const lab_input in = {{nonce, sizeof nonce}, {m[1], BLOCK}};
    lab_submit_input(o, "Its tag under the other key, if the flipped bits are the same.", &in,
                     (lab_bytes){t, len});
}

static const lab_option options[] = {
    {"key", LAB_BYTES, NULL, "the key instead of a random one", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

#define OF(kind, rate, mac, len)                                                                   \
    {                                                                                              \
        .role = (kind), .construction = "related-any", .predicted = (rate), .settings = {          \
            {"of", mac},                                                                           \
            {"key-len", len}                                                                       \
        }                                                                                          \
    }

static const lab_case cases[] = {
    OF(LAB_BREAKS, 1, "crc-prefix", "16"),
    OF(LAB_BREAKS, 1, "crc-xor", "4"),
    OF(LAB_HOLDS, 0, "hmac-sha256", "32"),
    OF(LAB_HOLDS, 0, "cmac-aes128", "16"),
    OF(LAB_HOLDS, 0, "pmac-aes128", "16"),
    OF(LAB_HOLDS, 0, "nmac-sha256", "64"),
    OF(LAB_HOLDS, 0, "siphash-2-4", "16"),
    OF(LAB_HOLDS, 0, "cbc-raw", "16"),
    {.construction = NULL},
};

/* The density of the share of heads, nearly. */
static double coins(double share, double number)
{
    double off = (share - 0.5) * 2 * sqrt(number);

    return 2 * sqrt(number) * exp(-off * off / 2) / sqrt(8 * atan(1));
}

#define SPREAD(words, mac, number)                                                                 \
    {                                                                                              \
        .label = words, .where = {{"of", mac}}, .quantity = LAB_SAMPLES, .measure = "flipped",     \
        .colour = (number)                                                                         \
    }

static const lab_plot plots[] = {
    {.id = "key-avalanche-flipped",
     .title = "How much of a tag one bit of the key flips",
     .about = "Sound MACs flip half of the tag’s bits for each of the key’s first 32 bits; a keyed "
              "checksum flips few, and always the same.",
     .kind = LAB_BARS,
     .over = "of",
     .x = {.label = "MAC"},
     .y = {.label = "share of the tag’s bits that flip", .min = 0, .max = 0.7},
     .series = (const lab_plot_series[]){{.label = "mean, with 95 % interval",
                                          .quantity = LAB_MEAN,
                                          .measure = "flipped",
                                          .colour = 1},
                                         {.label = NULL}},
     .rules = (const lab_plot_rule[]){{"a random function: 1/2", false, 0.5}, {.label = NULL}}},
    {.id = "key-avalanche-spread",
     .title = "Each flip by itself: as coins fall",
     .about = "The share of flipped bits of single tags. Of a random function it spreads as fair "
              "coins do: 256 of them stay closer to one half than 64.",
     .kind = LAB_HISTOGRAM,
     .over = "of",
     .x = {.label = "share of the tag’s bits that flip", .min = 0.1875, .max = 0.8125},
     .y = {.label = "share of the tags", .zero = true},
     .bins = 20,
     .series = (const lab_plot_series[]){SPREAD("hmac-sha256, 256 bits", "hmac-sha256", 1),
                                         SPREAD("siphash-2-4, 64 bits", "siphash-2-4", 3),
                                         SPREAD("crc-prefix, 32 bits", "crc-prefix", 2),
                                         {.label = NULL}},
     .theory =
         (const lab_theory[]){{.label = "256 coins", .at = coins, .parameter = 256, .colour = 1},
                              {.label = "64 coins", .at = coins, .parameter = 64, .colour = 3},
                              {.label = NULL}}},
    {.id = NULL},
};

const lab_card lab_card_key_avalanche = {
    .name = "key-avalanche",
    .number = "27",
    .title = "One bit of the key, half of the tag",
    .items = "A20",
    .about =
        "A key picks a function, and a key that differs in one bit should pick another one as if\n"
        "at random: half of the bits of every tag flip (the measure \"flipped\", for each of 32\n"
        "bits), and which ones depends on the message. Under a keyed CRC the same few flip for\n"
        "every message, so that tags under one key give tags under another. Use HMAC.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_ADAPTIVE, .tags = BITS_TRIED + 2, .verifications = 1},
    .attack = attack,
    .repeats = 10,
    .plots = plots,
};
