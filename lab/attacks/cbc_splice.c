/* Card 5: the tag of any two messages put together. */
#include <string.h>

#include "harness/card.h"
#include "prim/block.h"

enum { BLOCK_MAX = MACAW_BLOCK_MAX, MESSAGE_MAX = 64 * BLOCK_MAX };

static bool is_accepted(lab_oracle *o, const char *why, const uint8_t *message, size_t len,
                        const uint8_t *tag)
{
    return lab_submit(o, why, message, len, tag, lab_number(o, "tag"));
}

/* What goes into the cipher behind two different chaining values is the same, and so all
 * that follows is. A column a message: chaining value, block, what the two come to, the
 * blocks behind, tag. The second one was asked for. */
static void draw(lab_oracle *o, const char *const columns[2], const lab_value cells[10],
                 bool accepted)
{
    static const char *const rows[] = {"chaining value", "xor the next block", "into the cipher",
                                       "the blocks behind", "tag"};
    lab_value shown[10];
    lab_link links[10];
    size_t n = 0, rest = cells[6].bytes.len > 0 ? 3 : 2;

    for (size_t i = 0; i < 10; i++) {
        bool inside = i < 2 || i == 4 || i == 5 || i == 8;
        shown[i] = accepted || !inside ? cells[i] : (lab_value)LAB_UNKNOWN("?");
        shown[i].name = i / 2 == 3 && rest == 2 ? NULL : shown[i].name;
    }
    for (size_t column = 0; column < 2; column++) {
        links[n++] = (lab_link){{0, column}, {1, column}, NULL};
        links[n++] = (lab_link){{1, column}, {2, column}, "xor"};
        links[n++] = (lab_link){{2, column}, {rest == 3 ? 3 : 4, column}, "E"};
        links[n++] = (lab_link){{3, column}, {4, column}, "E, in turn"};
    }
    lab_draw_blocks(o,
                    &(lab_figure){"blocks",
                                  accepted ? "From here on both messages are one"
                                           : "The two messages, which did not meet",
                                  rows, 5, columns, 2, shown},
                    links, rest == 3 ? n : n - 1);
}

static void draw_splice(lab_oracle *o, lab_bytes z, lab_bytes y, lab_bytes bridge, lab_bytes tag,
                        bool accepted)
{
    static const char *const columns[] = {"x || y, forged", "x', asked for"};
    static const uint8_t zero[BLOCK_MAX];
    size_t n = lab_number(o, "block");
    const lab_bytes rest = {y.data + n, y.len - n}, first = {bridge.data, n};

    draw(o, columns,
         (lab_value[]){{"z", LAB_ANSWER, z},
                       {"0", LAB_PLAIN, {zero, n}},
                       {"y1", LAB_CHOSEN, {y.data, n}},
                       {"x'1", LAB_DERIVED, first},
                       {"y1 xor z", LAB_DERIVED, first},
                       {"x'1", LAB_DERIVED, first},
                       {"y2 ..", LAB_CHOSEN, rest},
                       {"y2 ..", LAB_CHOSEN, rest},
                       {"h(x')", LAB_FORGED, tag},
                       {"h(x')", LAB_ANSWER, tag}},
         accepted);
}

/* z = h(x); x' = (y1 xor z) || y2.. takes up the chain where x left it, so that
 * h(x') = h(x || y). */
static bool splice(lab_oracle *o, lab_bytes x, lab_bytes y)
{
    size_t n = lab_number(o, "block");
    uint8_t all[2 * MESSAGE_MAX], bridge[MESSAGE_MAX], z[LAB_TAG_MAX], tag[LAB_TAG_MAX];

    if (!lab_ask(o, "z = h(x) is the chaining value behind x.", x.data, x.len, z)) {
        return false;
    }
    memcpy(bridge, y.data, y.len);
    lab_xor(bridge, y.data, z, n);
    lab_equation(o, &(lab_value){"x'1", LAB_DERIVED, {bridge, n}}, "xor",
                 (lab_value[]){{"y1", LAB_CHOSEN, {y.data, n}}, {"z", LAB_ANSWER, {z, n}}}, 2);
    if (!lab_ask(o, "x' starts from 0 as y would start from z: its tag is that of x || y.", bridge,
                 y.len, tag)) {
        return false;
    }
    memcpy(all, x.data, x.len);
    memcpy(all + x.len, y.data, y.len);
    lab_show(o, "forged", (lab_value[]){{"x", LAB_CHOSEN, x}, {"y", LAB_FORGED, y}}, 2);
    bool accepted = is_accepted(o, "Nobody asked for x || y.", all, x.len + y.len, tag);
    draw_splice(o, (lab_bytes){z, n}, y, (lab_bytes){bridge, y.len}, (lab_bytes){tag, n}, accepted);
    return accepted;
}

static void draw_lengths(lab_oracle *o, const uint8_t *c, const uint8_t *forged, const uint8_t *ta,
                         const uint8_t *tb, const uint8_t *t, bool accepted)
{
    static const char *const columns[] = {"b || 1 || c', forged", "a || 1 || c, asked for"};
    size_t n = lab_number(o, "block");
    uint8_t in[BLOCK_MAX];

    lab_xor(in, c, ta, n);
    draw(o, columns,
         (lab_value[]){{"h(b)", LAB_ANSWER, {tb, n}},
                       {"h(a)", LAB_ANSWER, {ta, n}},
                       {"c'", LAB_FORGED, {forged, n}},
                       {"c", LAB_CHOSEN, {c, n}},
                       {"c' xor h(b)", LAB_DERIVED, {in, n}},
                       {"c xor h(a)", LAB_DERIVED, {in, n}},
                       LAB_UNKNOWN(NULL),
                       LAB_UNKNOWN(NULL),
                       {"t", LAB_FORGED, {t, n}},
                       {"t", LAB_ANSWER, {t, n}}},
         accepted);
}

/* Where a length block follows the message: h(a) and h(b) of one block each hold the
 * chaining values behind a || 1 and b || 1, and these are prefixes of longer messages. */
static bool splice_lengths(lab_oracle *o)
{
    size_t n = lab_number(o, "block");
    uint8_t a[3 * BLOCK_MAX] = {0}, b[3 * BLOCK_MAX] = {0};
    uint8_t ta[LAB_TAG_MAX], tb[LAB_TAG_MAX], t[LAB_TAG_MAX];

    memset(a, 'a', n);
    memset(b, 'b', n);
    a[2 * n - 1] = b[2 * n - 1] = 1; /* the length block of one block */
    if (!lab_ask(o, "Perhaps the length is a last block. One block a, with it:", a, n, ta) ||
        !lab_ask(o, "One block b, with the same length behind it:", b, n, tb)) {
        return false;
    }
    lab_rng_bytes(lab_coins(o), a + 2 * n, n);
    if (n < 16) {
        memset(a + 2 * n, 0, n); /* a number that every small cipher has as a block */
    }
    if (!lab_ask(o, "a, its length written as a block, and c: behind them the chain is h(a).", a,
                 3 * n, t)) {
        return false;
    }
    lab_xor(b + 2 * n, a + 2 * n, ta, n);
    lab_xor(b + 2 * n, b + 2 * n, tb, n);
    lab_equation(o, &(lab_value){"c'", LAB_FORGED, {b + 2 * n, n}}, "xor",
                 (lab_value[]){{"c", LAB_CHOSEN, {a + 2 * n, n}},
                               {"h(a)", LAB_ANSWER, {ta, n}},
                               {"h(b)", LAB_ANSWER, {tb, n}}},
                 3);
    bool accepted = is_accepted(
        o, "Behind b and its length the chain is h(b); c' turns it into h(a) xor c.", b, 3 * n, t);
    draw_lengths(o, a + 2 * n, b + 2 * n, ta, tb, t, accepted);
    return accepted;
}

/* The whole blocks of a user's text, one at least. */
static lab_bytes whole_blocks(lab_oracle *o, const char *option)
{
    size_t n = lab_number(o, "block");
    lab_bytes text = lab_option_bytes(o, option);
    size_t blocks = text.len / n > 0 ? text.len / n : 1;
    uint8_t *copy = lab_alloc(o, blocks * n);

    memcpy(copy, text.data, text.len < blocks * n ? text.len : blocks * n);
    return (lab_bytes){copy, blocks * n};
}

static void attack(lab_oracle *o)
{
    size_t n = lab_number(o, "block");
    uint8_t all[2 * MESSAGE_MAX];
    lab_bytes x, y;

    if (n == 0 || n > BLOCK_MAX || n != lab_number(o, "tag")) {
        return; /* the tag is no chaining value */
    }
    x = whole_blocks(o, "x");
    y = whole_blocks(o, "y");
    memcpy(all, x.data, x.len);
    memcpy(all + x.len, y.data, y.len);
    lab_commit(o, (lab_bytes){all, x.len + y.len});
    if (!splice(o, x, y)) {
        splice_lengths(o);
    }
}

static const char *applies(uint32_t properties)
{
    return (properties & (LAB_CHAIN | LAB_MASKED_SUM)) == 0 ? "it is no mode of a block cipher"
           : (properties & LAB_ANY_LENGTH) == 0             ? "its messages have one length"
                                                            : NULL;
}

static const lab_option options[] = {
    {"x", LAB_BYTES, "Pay to Bob:     EUR           10", "the first message, whole blocks of it", 0,
     MESSAGE_MAX, NULL, false},
    {"y", LAB_BYTES, "Pay to Mallory: EUR 9,999,999.99", "the second message, whole blocks of it",
     0, MESSAGE_MAX, NULL, false},
    {"key", LAB_BYTES, NULL, "the key instead of a random one; AES-128 takes 16 bytes as they are",
     0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "cbc-raw", .predicted = 1},
    {.role = LAB_BREAKS,
     .construction = "cbc-append",
     .predicted = 1,
     .note = "the length behind the message comes too late: three queries"},
    {.role = LAB_HOLDS,
     .construction = "ecbc-aes128",
     .note = "a second key encrypts the chaining value"},
    {.role = LAB_HOLDS,
     .construction = "cmac-aes128",
     .note = "a subkey in the last block: the tag is no chaining value"},
    {.role = LAB_HOLDS,
     .construction = "cbc-prepend",
     .note = "messages of different lengths start differently"},
    {.role = LAB_HOLDS,
     .construction = "cbc-fixed",
     .settings = {{"blocks", "4"}},
     .note = "x and y alone have another length than x || y"},
    {.construction = NULL},
};

const lab_card lab_card_cbc_splice = {
    .name = "cbc-splice",
    .number = "5",
    .title = "CBC-MAC: the tag of two messages put together",
    .items = "B44, B45, B41",
    .about =
        "With z = h(x) and x' = (y1 xor z) || y2 .. ym, the chain of x' is the chain of y behind "
        "x:\n"
        "h(x') = h(x || y). Two queries give the tag of any message that the attacker has made\n"
        "up before. Fixed length cures it, and so do the length in front, ECBC and CMAC; the\n"
        "length behind the message does not.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_ADAPTIVE, .tags = 5, .verifications = 2},
    .attack = attack,
    .repeats = 20,
    .applies = applies,
};
