/* Card 8: the tag of a cascade is the key of the next block. */
#include <string.h>

#include "base/bytes.h"
#include "harness/card.h"
#include "prim/md.h"

enum { BLOCK = 64, VALUE = 32, TEXT_MAX = 1024 };

/* The cascade from a chaining value on. */
static void go_on(const uint8_t *from, const uint8_t *blocks, size_t n, uint8_t *tag)
{
    macaw_md_state chain = {.w64 = {0}};

    for (size_t i = 0; i < VALUE / 4; i++) {
        chain.w32[i] = macaw_load_be32(from + 4 * i);
    }
    macaw_md_pick(&macaw_sha256, NULL, NULL)->blocks(&chain, blocks, n);
    macaw_md_digest(&macaw_sha256, &chain, tag);
}

/* Each value is the key of the next step; the last one is the tag, or is kept. */
static void draw(lab_oracle *o, lab_bytes seen, lab_bytes t, lab_bytes suffix, lab_bytes forged,
                 bool accepted)
{
    static const char *const rows[] = {"message", "F(key, block)", "tag"};
    static const char *const columns[] = {"secret", "seen", "appended"};
    static const lab_link links[] = {{{1, 0}, {1, 1}, "key"}, {{0, 1}, {1, 1}, "F"},
                                     {{1, 1}, {2, 1}, NULL},  {{1, 1}, {1, 2}, "key"},
                                     {{0, 2}, {1, 2}, "F"},   {{1, 2}, {2, 2}, NULL}};
    lab_value cells[] = {{NULL, LAB_PLAIN, {NULL, 0}},   {"x", LAB_ANSWER, seen},
                         {"suffix", LAB_CHOSEN, suffix}, LAB_UNKNOWN("k"),
                         {"t", LAB_DERIVED, t},          {"t'", LAB_DERIVED, forged},
                         {NULL, LAB_PLAIN, {NULL, 0}},   {"t", LAB_ANSWER, t},
                         {"t'", LAB_FORGED, forged}};

    if (!accepted) {
        cells[4] = cells[5] = (lab_value)LAB_UNKNOWN("?");
        cells[8] = (lab_value)LAB_UNKNOWN("not F(t, suffix)");
    }
    lab_draw_blocks(o,
                    &(lab_figure){"blocks",
                                  accepted ? "The cascade, continued from its tag"
                                           : "The tag is not what the chain goes on from",
                                  rows, 3, columns, 3, cells},
                    links, 6);
}

static void attack(lab_oracle *o)
{
    lab_bytes suffix = lab_option_bytes(o, "suffix");
    const lab_pair *given =
        lab_given(o, "Any message that was seen with its tag will do.", 1, BLOCK);
    size_t blocks = (suffix.len + BLOCK - 1) / BLOCK, len = given->in.message.len;
    uint8_t *forged = lab_alloc(o, len + blocks * BLOCK), tag[VALUE];

    if (given->tag.len != VALUE) {
        return; /* no whole chaining value */
    }
    memcpy(forged, given->in.message.data, len);
    memset(forged + len, ' ', blocks * BLOCK);
    memcpy(forged + len, suffix.data, suffix.len);
    go_on(given->tag.data, forged + len, blocks, tag);
    lab_work(o, blocks);
    lab_show_one(o, "t, taken as the key", LAB_ANSWER, given->tag.data, VALUE);
    lab_show_one(o, "F(t, suffix)", LAB_FORGED, tag, VALUE);
    bool accepted = lab_submit(o, "The suffix is hashed on from the tag, with no key but the tag.",
                               forged, len + blocks * BLOCK, tag, VALUE);
    draw(o, given->in.message, given->tag, (lab_bytes){forged + len, blocks * BLOCK},
         (lab_bytes){tag, VALUE}, accepted);
}

static const char *applies(uint32_t properties)
{
    return (properties & (LAB_CASCADE | LAB_MD_HASH)) == 0 ? "no compression function to go on with"
                                                           : NULL;
}

static const lab_option options[] = {
    {"suffix", LAB_BYTES, "&amount=9999", "what to append, filled to blocks with spaces", 1,
     TEXT_MAX, NULL, false},
    {"key", LAB_BYTES, NULL, "the key instead of 32 random bytes", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "cascade-sha256", .predicted = 1},
    {.role = LAB_HOLDS,
     .construction = "nmac-sha256",
     .note = "the last value is hashed once more, under a second key"},
    {.role = LAB_HOLDS, .construction = "nmac-sha256-fixpad", .note = "likewise"},
    {.role = LAB_HOLDS, .construction = "hmac-sha256", .note = "likewise, with keys from the pads"},
    {.construction = NULL},
};

const lab_card lab_card_cascade_extension = {
    .name = "cascade-extension",
    .number = "8",
    .title = "The cascade goes on under its own tag",
    .items = "D21, D22, D19",
    .about =
        "In a cascade each chaining value is the key for the next block, and the last one is the\n"
        "tag: whoever sees it can go on, with any number of blocks. NMAC hashes that value once\n"
        "more under a second key, and the attack has nothing to go on from. Use NMAC or HMAC.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_SUBSTITUTION, .tags = 1, .verifications = 1},
    .attack = attack,
    .repeats = 20,
    .applies = applies,
};
