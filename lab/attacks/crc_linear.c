/* Card 1, first part: a difference of messages is a difference of checksums. */
#include <stdio.h>
#include <string.h>

#include "harness/card.h"
#include "naive/crc.h"

enum { TEXT_MAX = 1024 };

/* What changed where, bit by bit. */
static void draw(lab_oracle *o, lab_bytes m, lab_bytes forged, lab_bytes t, lab_bytes tag)
{
    static const char *const rows[] = {"seen", "forged", "difference"};
    static const char *const columns[] = {"message", "tag"};
    uint8_t *d = lab_alloc(o, m.len + t.len);

    lab_xor(d, m.data, forged.data, m.len);
    lab_xor(d + m.len, t.data, tag.data, t.len);
    const lab_value cells[] = {
        {"m", LAB_ANSWER, m},           {"t", LAB_ANSWER, t},
        {"m'", LAB_CHOSEN, forged},     {"t'", LAB_FORGED, tag},
        {"D", LAB_DERIVED, {d, m.len}}, {"CRC0(D)", LAB_DERIVED, {d + m.len, t.len}},
    };
    lab_draw(o, &(lab_figure){"bits", "Where seen and forged differ", rows, 3, columns, 2, cells});
}

/* t' = t xor CRC(D 0..0) xor CRC(0..0), with zeros where the key may stand. */
static bool forge(lab_oracle *o, const lab_crc *crc, const lab_pair *given, lab_bytes forged,
                  size_t behind)
{
    lab_bytes m = given->in.message;
    uint8_t *d = lab_alloc(o, m.len), change[8], tag[LAB_TAG_MAX];
    size_t n = crc->width / 8;
    const lab_input in = {given->in.nonce, forged};
    char why[128];

    lab_xor(d, m.data, forged.data, m.len);
    lab_crc_store(crc,
                  lab_crc_forth_zeros(crc, lab_crc_forth(crc, 0, (lab_bytes){d, m.len}), behind),
                  change);
    memcpy(tag, given->tag.data, given->tag.len);
    lab_xor(tag, tag, change, n < given->tag.len ? n : given->tag.len);
    snprintf(why, sizeof why, "With %zu bytes of key behind the message, the tags differ by this.",
             behind);
    if (!lab_submit_input(o, why, &in, (lab_bytes){tag, given->tag.len})) {
        return false;
    }
    lab_equation(o, &(lab_value){"t'", LAB_FORGED, {tag, given->tag.len}}, "xor",
                 (lab_value[]){{"t", LAB_ANSWER, given->tag},
                               {"CRC(D 0..0) xor CRC(0..0)", LAB_DERIVED, {change, n}}},
                 2);
    draw(o, m, forged, given->tag, (lab_bytes){tag, given->tag.len});
    return true;
}

/* The only unknown of a masked checksum, and of one with a secret beginning. */
static void find_key(lab_oracle *o, const lab_crc *crc, const lab_pair *given)
{
    uint8_t key[8];
    size_t n = crc->width / 8;
    uint64_t t = lab_crc_load(crc, given->tag.data);

    lab_crc_store(crc, t ^ lab_crc_of(crc, given->in.message), key);
    if (lab_submit_key(o, "If the tag is CRC(m) xor k, this is k.", (lab_bytes){key, n})) {
        return;
    }
    lab_crc_store(crc, lab_crc_back(crc, t ^ crc->xorout, given->in.message), key);
    lab_submit_key(o, "A CRC runs backwards: from t over m to the register that it began with.",
                   (lab_bytes){key, n});
}

static void attack(lab_oracle *o)
{
    const lab_crc *crc = lab_crc_find(lab_option_bytes(o, "crc"));
    lab_bytes wish = lab_option_bytes(o, "wish");
    size_t len = lab_option_bytes(o, "message").len, behind = 0;
    size_t longest = (size_t)lab_option_number(o, "key-max");
    uint8_t *forged = lab_alloc(o, len);
    const lab_pair *given;

    memset(forged, ' ', len);
    memcpy(forged, wish.data, wish.len < len ? wish.len : len);
    lab_commit(o, (lab_bytes){forged, len});
    given = lab_given(o, "A message that was seen with its tag.", 1, 0);
    if (given->tag.len == 0) {
        lab_say(o, "It takes no such message.");
        return;
    }
    while (behind <= longest && !forge(o, crc, given, (lab_bytes){forged, len}, behind)) {
        behind++;
    }
    if (given->tag.len == crc->width / 8) {
        find_key(o, crc, given);
    }
}

static void plan(const lab_settings *settings, lab_budget *budget)
{
    budget->verifications = (uint64_t)lab_settings_number(settings, "key-max", 0) + 3;
}

static const char *applies(uint32_t properties)
{
    return (properties & LAB_SMALL) != 0 ? "a toy size: guessing tags would succeed at times"
                                         : NULL;
}

static const lab_option options[] = {
    {"message", LAB_BYTES, "PAY 100     TO ALICE, REFERENCE ........ PAID IN ADVANCE, THANKS",
     "the message that was seen", 16, TEXT_MAX, NULL, false},
    {"wish", LAB_BYTES, "PAY 9999999 TO EVE", "what it is to say; filled with spaces", 0, TEXT_MAX,
     NULL, false},
    {"crc", LAB_CHOICE, "crc32", "the checksum", 0, 0, LAB_CRCS, false},
    {"key-bytes", LAB_NUMBER, "16", "of a key that stands beside the message", 0, 64, NULL, true},
    {"key-max", LAB_NUMBER, "32", "longest key behind the message that is tried", 0, 64, NULL,
     false},
    {"key", LAB_BYTES, NULL, "the key instead of a random one", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "crc-prefix", .predicted = 1},
    {.role = LAB_BREAKS, .construction = "crc-plain", .predicted = 1},
    {.role = LAB_BREAKS, .construction = "crc-suffix", .predicted = 1},
    {.role = LAB_BREAKS, .construction = "crc-both", .predicted = 1},
    {.role = LAB_BREAKS,
     .construction = "crc-xor",
     .predicted = 1,
     .note = "one pair gives the key away"},
    {.role = LAB_BREAKS,
     .construction = "crc-init",
     .predicted = 1,
     .note = "one pair gives the key away: a CRC runs backwards"},
    {.role = LAB_BREAKS,
     .construction = "crc-both",
     .predicted = 1,
     .settings = {{"crc", "crc16"}}},
    {.role = LAB_BREAKS,
     .construction = "crc-both",
     .predicted = 1,
     .settings = {{"crc", "crc64"}}},
    {.role = LAB_HOLDS, .construction = "hmac-sha256", .note = "differences go nowhere"},
    {.role = LAB_HOLDS,
     .construction = "crc-encrypted",
     .note = "not linear; it falls to a message with the same checksum (crc-patch)"},
    {.construction = NULL},
};

const lab_card lab_card_crc_linear = {
    .name = "crc-linear",
    .number = "1",
    .title = "A checksum under a key: tags change as messages do",
    .items = "D3, D4",
    .about =
        "A CRC is linear: CRC(m xor D) = CRC(m) xor CRC(D) xor CRC(0), and a key in front, behind\n"
        "or on top adds the same to both sides. Whoever sees one pair computes the tag of any\n"
        "message of that length; only the number of bytes behind the message matters. Where\n"
        "the key is a mask or the register's beginning, the pair even tells the key. Wider\n"
        "checksums do not help. Use HMAC.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_SUBSTITUTION, .tags = 1},
    .plan = plan,
    .attack = attack,
    .repeats = 20,
    .applies = applies,
};
