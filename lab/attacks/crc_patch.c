/* Card 1, second part: a few free bytes give a message any checksum, so that even an
 * encrypted one stays what it was. */
#include <string.h>

#include "harness/card.h"
#include "naive/crc.h"

enum { TEXT_MAX = 1024 };

/* Set the bytes from place on so that the CRC of forged is that of m: both start from
 * one register, so only their difference counts, and it must end as 0. */
static void patch(const lab_crc *crc, lab_bytes m, uint8_t *forged, size_t place)
{
    size_t n = crc->width / 8;
    uint8_t before[TEXT_MAX], behind[TEXT_MAX];
    size_t rest = m.len - place - n;
    uint64_t here, wanted;

    lab_xor(before, m.data, forged, place);
    lab_xor(behind, m.data + place + n, forged + place + n, rest);
    here = lab_crc_forth(crc, 0, (lab_bytes){before, place});
    wanted = lab_crc_back_zeros(crc, lab_crc_back(crc, 0, (lab_bytes){behind, rest}), n);
    for (size_t i = 0; i < n; i++) { /* the register's low end meets the first byte */
        forged[place + i] = (uint8_t)(m.data[place + i] ^ (here ^ wanted) >> 8 * i);
    }
}

/* The register of the difference starts as 0, and the patch takes it to what the rest
 * brings back to 0. */
static void draw(lab_oracle *o, const lab_crc *crc, lab_bytes m, const uint8_t *forged,
                 size_t place)
{
    static const char *const rows[] = {"seen", "forged", "difference", "its register"};
    static const char *const columns[] = {"before", "as wished", "patch", "what follows"};
    static const lab_link links[] = {{{3, 0}, {3, 1}, NULL},  {{3, 1}, {3, 2}, NULL},
                                     {{3, 2}, {3, 3}, NULL},  {{2, 1}, {3, 1}, "CRC"},
                                     {{2, 2}, {3, 2}, "CRC"}, {{2, 3}, {3, 3}, "CRC"}};
    static const char *const names[] = {NULL, "wish", "patch", "rest"};
    size_t n = crc->width / 8, ends[] = {0, place, place + n, m.len};
    uint8_t *d = lab_alloc(o, m.len), registers[4][8];
    lab_value cells[16] = {{NULL, LAB_PLAIN, {NULL, 0}}};
    uint64_t reg = 0;

    lab_xor(d, m.data, forged, m.len);
    for (size_t i = 0; i < 4; i++) {
        size_t from = i > 0 ? ends[i - 1] : 0, len = ends[i] - from;
        reg = lab_crc_forth(crc, reg, (lab_bytes){d + from, len});
        lab_crc_store(crc, reg, registers[i]);
        cells[i] = (lab_value){i > 0 ? "m" : NULL, LAB_ANSWER, {m.data + from, len}};
        cells[4 + i] =
            (lab_value){names[i], i == 2 ? LAB_FORGED : LAB_CHOSEN, {forged + from, len}};
        cells[8 + i] = (lab_value){i > 0 ? "D" : NULL, LAB_DERIVED, {d + from, len}};
        cells[12 + i] = (lab_value){reg == 0 ? "0" : "R", LAB_DERIVED, {registers[i], n}};
    }
    lab_draw_blocks(o,
                    &(lab_figure){"blocks", "The difference, and the register that it drives", rows,
                                  4, columns, 4, cells},
                    links, 6);
}

static void attack(lab_oracle *o)
{
    const lab_crc *crc = lab_crc_find(lab_option_bytes(o, "crc"));
    lab_bytes wish = lab_option_bytes(o, "wish"), m = lab_option_bytes(o, "message");
    size_t n = crc->width / 8;
    size_t place = (size_t)lab_option_number(o, "place");
    uint8_t *forged = lab_alloc(o, m.len);
    const lab_pair *given;

    memcpy(forged, m.data, m.len);
    memcpy(forged, wish.data, wish.len < m.len ? wish.len : m.len);
    if (place + n > m.len) {
        lab_say(o, "There is no room for the patch.");
        return;
    }
    patch(crc, m, forged, place);
    lab_commit(o, (lab_bytes){forged, m.len});
    given = lab_given(o, "A message that was seen with its tag.", 1, 0);
    lab_show(o, "forged message",
             (lab_value[]){{"as wished", LAB_CHOSEN, {forged, place}},
                           {"patch", LAB_FORGED, {forged + place, n}},
                           {"as it was", LAB_PLAIN, {forged + place + n, m.len - place - n}}},
             3);
    draw(o, crc, m, forged, place);
    const lab_input in = {given->in.nonce, {forged, m.len}};
    lab_submit_input(o, "The checksum is the same, so all that is computed from it is.", &in,
                     given->tag);
}

static const char *applies(uint32_t properties)
{
    (void)properties;
    return NULL;
}

static const lab_option options[] = {
    {"message", LAB_BYTES, "PAY 100     TO ALICE, REFERENCE ........ PAID IN ADVANCE, THANKS",
     "the message that was seen", 16, TEXT_MAX, NULL, false},
    {"wish", LAB_BYTES, "PAY 9999999 TO EVE  ", "how it is to begin", 0, TEXT_MAX, NULL, false},
    {"place", LAB_NUMBER, "32", "where bytes are that nobody reads", 0, TEXT_MAX, NULL, false},
    {"crc", LAB_CHOICE, "crc32", "the checksum", 0, 0, LAB_CRCS, false},
    {"key-bytes", LAB_NUMBER, "16", "of a key that stands beside the message", 0, 64, NULL, true},
    {"key", LAB_BYTES, NULL, "the key instead of a random one", 0, 0, NULL, true},
    {NULL, LAB_BYTES, NULL, NULL, 0, 0, NULL, false},
};

static const lab_case cases[] = {
    {.role = LAB_BREAKS, .construction = "crc-encrypted", .predicted = 1},
    {.role = LAB_BREAKS,
     .construction = "crc-encrypted",
     .predicted = 1,
     .settings = {{"crc", "crc16"}}},
    {.role = LAB_BREAKS,
     .construction = "crc-encrypted",
     .predicted = 1,
     .settings = {{"crc", "crc64"}}},
    {.role = LAB_BREAKS,
     .construction = "crc-both",
     .predicted = 1,
     .note = "without a thought about where the key is"},
    {.role = LAB_HOLDS, .construction = "hmac-sha256"},
    {.construction = NULL},
};

const lab_card lab_card_crc_patch = {
    .name = "crc-patch",
    .number = "1",
    .title = "A checksum kept as it was by four free bytes",
    .items = "D3, D4",
    .about =
        "Run a CRC forward to a place in the message and backward from its end to the same place:\n"
        "what the two registers differ by are the bytes to put there. The message then says\n"
        "something else and has the checksum that it had, so that even E_k(CRC(m)) needs no\n"
        "new tag. Encrypting a checksum is no MAC. Use HMAC.",
    .options = options,
    .cases = cases,
    .budget = {.mode = LAB_SUBSTITUTION, .tags = 1, .verifications = 1},
    .attack = attack,
    .repeats = 20,
    .applies = applies,
};
