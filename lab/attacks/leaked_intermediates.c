/* Card 5b: a chaining value that gets out is the tag of what came before it. */
#include <string.h>

#include "harness/card.h"
#include "prim/block.h"

enum { BLOCK_MAX = MACAW_BLOCK_MAX };

/* Both blocks in the chain; y1 is NULL where it was kept. */
static void draw(lab_oracle *o, const uint8_t *message, size_t n, lab_bytes t, const uint8_t *y1)
{
    static const uint8_t zero[BLOCK_MAX];
    static const char *const rows[] = {"message block", "xor chaining value", "into the cipher",
                                       "out of the cipher"};
    static const char *const columns[] = {"block 1", "block 2"};
    uint8_t in[BLOCK_MAX] = {0};
    const lab_value hidden = LAB_UNKNOWN("y1");
    const lab_value y = {"y1", LAB_FORGED, {y1, n}}, second = {"y1 xor m2", LAB_DERIVED, {in, n}};
    const lab_value one = {"m1", LAB_CHOSEN, {message, n}};

    if (y1 != NULL) {
        lab_xor(in, y1, message + n, n);
    }
    lab_draw(o, &(lab_figure){"chain",
                              y1 != NULL ? "Two blocks, and what was sent along"
                                         : "Two blocks, and what the tag tells of them",
                              rows, 4, columns, 2,
                              (lab_value[]){one,
                                            {"m2", LAB_CHOSEN, {message + n, n}},
                                            {"0", LAB_PLAIN, {zero, n}},
                                            y1 != NULL ? y : hidden,
                                            one,
                                            y1 != NULL ? second : hidden,
                                            y1 != NULL ? y : hidden,
                                            {"t", LAB_ANSWER, t}}});
}

static void attack(lab_oracle *o)
{
    size_t n = lab_number(o, "block"), tag_len = lab_number(o, "tag");
    lab_bytes text = lab_option_bytes(o, "message");
    uint8_t message[2 * BLOCK_MAX];
    lab_output answer = {0};

    if (n == 0 || n > BLOCK_MAX || tag_len > LAB_TAG_MAX) {
        return;
    }
    memset(message, ' ', sizeof message);
    memcpy(message, text.data, text.len < 2 * n ? text.len : 2 * n);
    const lab_input in = {{NULL, 0}, {message, 2 * n}};
    if (!lab_query(o, "Two blocks: behind the first stands y1, the tag of that block alone.", &in,
                   &answer)) {
        return;
    }
    if (answer.tag_len < tag_len + n) {
        lab_say(o, "Only the tag came back: nothing is known of y1.");
        draw(o, message, n, (lab_bytes){answer.tag, answer.tag_len}, NULL);
        return;
    }
    lab_show(o, "answer",
             (lab_value[]){{"t = y2", LAB_ANSWER, {answer.tag, tag_len}},
                           {"y1", LAB_ANSWER, {answer.tag + tag_len, n}}},
             2);
    draw(o, message, n, (lab_bytes){answer.tag, tag_len}, answer.tag + tag_len);
    lab_submit(o, "The first block with y1 was never asked for.", message, n, answer.tag + tag_len,
               n);
}

static const lab_option options[] = {
    {"message", LAB_BYTES, "Pay 100 to Bob  and not to Alice",
     "two blocks, cut or filled with spaces", 0, 4096, NULL, false},
    {"key", LAB_BYTES, NULL, "the key instead of 16 random bytes", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "cbc-leaky", .predicted = 1},
    {.role = LAB_HOLDS, .construction = "cbc-raw", .note = "only the last value comes out"},
    {.role = LAB_HOLDS, .construction = "cmac-aes128", .note = "only the tag comes out"},
    {.construction = NULL},
};

const lab_card lab_card_leaked_intermediates = {
    .name = "leaked-intermediates",
    .number = "5b",
    .title = "CBC-MAC that shows its chaining values",
    .items = "D9",
    .about =
        "In CBC encryption every block of ciphertext is sent; in CBC-MAC they must stay inside.\n"
        "Whoever sees the chaining value behind block i has the tag of the first i blocks. It\n"
        "helps to return the tag alone. Use CMAC.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_ADAPTIVE, .tags = 1, .verifications = 1},
    .attack = attack,
    .repeats = 20,
};
