/* PMAC: every block but the last is masked with a value that tells its number,
 * encrypted, and added up; the last block joins the sum in the clear, and the sum,
 * encrypted, is the tag. The members of the family differ in the masks:
 *
 *   pmac          gray(i) L, L = E(0)     Black, Rogaway, Eurocrypt 2002
 *   pmac1         x^i L, L = E(0)         Rogaway, Asiacrypt 2004, section 11
 *   pmac-counter  i k1, k1 half the key   the PMAC of lectures, made sound
 *
 * and in what keeps a whole last block apart from a padded one: a mask of its own
 * (pmac, pmac1), or padding every message (pmac-counter). Blocks count from 1. */
#include <string.h>

#include "base/ct.h"
#include "mac/class.h"
#include "mac/pmac.h"

#define BLOCK  16
#define GROUP  256 /* blocks whose masks are tabulated: 4 KiB, a part of the first-level cache */
#define POWERS 60  /* enough for the number of any block of a message under 2^64 bytes */

typedef struct macaw_pmac_key {
    macaw_block_key cipher;
    uint8_t masks[GROUP][BLOCK]; /* of the blocks 0 to 255 */
    macaw_gf128 powers[POWERS];  /* L x^k; L is k1 of pmac-counter */
    macaw_gf128 beyond;          /* pmac1: the mask of block 256 */
} pmac_key;

typedef struct macaw_pmac_place {
    uint64_t number;  /* from 1 */
    macaw_gf128 mask; /* pmac1, from block 256 on: the mask of that block */
} pmac_place;

typedef struct pmac_ctx {
    pmac_place at;
    uint8_t sum[BLOCK];
    uint8_t tail[BLOCK];
    size_t held; /* bytes in tail: a whole block may be the last one, so it waits */
} pmac_ctx;

_Static_assert(sizeof(pmac_ctx) <= MACAW_CTX_STATE, "room in macaw_ctx");

typedef macaw_pmac_row pmac_row;

/* ---- masks that are linear in the bits of a code of the number ----
 *
 * Both codes are linear themselves, so the mask of block 256 g + j is the mask of
 * 256 g plus that of j. */

static macaw_gf128 linear(const pmac_key *key, uint64_t code)
{
    macaw_gf128 sum = {0, 0};

    for (; code != 0; code &= code - 1) {
        sum = macaw_gf128_add(sum, key->powers[__builtin_ctzll(code)]);
    }
    return sum;
}

static macaw_gf128 gray_mask(const pmac_key *key, uint64_t number)
{
    return linear(key, number ^ number >> 1);
}

static macaw_gf128 counter_mask(const pmac_key *key, uint64_t number)
{
    return linear(key, number);
}

static void add_group(const pmac_key *key, macaw_gf128 group, pmac_place *at, uint8_t *sum,
                      const uint8_t *in, size_t n)
{
    uint8_t base[BLOCK];

    macaw_gf128_store(base, group);
    macaw_block_sum(&key->cipher, sum, in, base, key->masks[at->number % GROUP], n);
    at->number += n;
}

static void gray_add(const pmac_key *key, pmac_place *at, uint8_t *sum, const uint8_t *in, size_t n)
{
    add_group(key, gray_mask(key, at->number / GROUP * GROUP), at, sum, in, n);
}

static void counter_add(const pmac_key *key, pmac_place *at, uint8_t *sum, const uint8_t *in,
                        size_t n)
{
    add_group(key, counter_mask(key, at->number / GROUP * GROUP), at, sum, in, n);
}

static void gray_tabulate(pmac_key *key)
{
    for (size_t i = 0; i < GROUP; i++) {
        macaw_gf128_store(key->masks[i], gray_mask(key, i));
    }
}

static void counter_tabulate(pmac_key *key)
{
    for (size_t i = 0; i < GROUP; i++) {
        macaw_gf128_store(key->masks[i], counter_mask(key, i));
    }
}

static macaw_gf128 gray_last(const pmac_key *key, const pmac_place *at, bool whole)
{
    (void)at;
    return whole ? macaw_gf128_over_x(key->powers[0]) : (macaw_gf128){0, 0};
}

static macaw_gf128 counter_last(const pmac_key *key, const pmac_place *at, bool whole)
{
    (void)key;
    (void)at;
    (void)whole;
    return (macaw_gf128){0, 0};
}

/* ---- masks that are powers of x ----
 *
 * The first group is tabulated; beyond it, each mask follows from the one before. */

/* n masks from one on, n > 0; returns the one after. */
static macaw_gf128 fill_powers(uint8_t *masks, macaw_gf128 from, size_t n)
{
    do {
        macaw_gf128_store(masks, from);
        from = macaw_gf128_times_x(from);
        masks += BLOCK;
    } while (--n > 0);
    return from;
}

static void power_tabulate(pmac_key *key)
{
    key->beyond = fill_powers(key->masks[0], key->powers[0], GROUP);
}

static macaw_gf128 power_mask(const pmac_key *key, uint64_t number)
{
    return number < GROUP
               ? macaw_gf128_load(key->masks[number])
               : macaw_gf128_times_public(key->powers[0], macaw_gf128_power_of_x(number));
}

static void power_add(const pmac_key *key, pmac_place *at, uint8_t *sum, const uint8_t *in,
                      size_t n)
{
    static const uint8_t none[BLOCK];
    uint8_t masks[GROUP * BLOCK];

    if (at->number < GROUP) {
        macaw_block_sum(&key->cipher, sum, in, none, key->masks[at->number], n);
        at->mask = key->beyond;
    } else {
        at->mask = fill_powers(masks, at->mask, n);
        macaw_block_sum(&key->cipher, sum, in, none, masks, n);
        macaw_wipe(masks, n * BLOCK);
    }
    at->number += n;
}

static macaw_gf128 triple(macaw_gf128 a)
{
    return macaw_gf128_add(a, macaw_gf128_times_x(a));
}

static macaw_gf128 power_last(const pmac_key *key, const pmac_place *at, bool whole)
{
    macaw_gf128 mask = at->number < GROUP ? macaw_gf128_load(key->masks[at->number]) : at->mask;

    return whole ? triple(mask) : triple(triple(mask));
}

/* ---- messages ---- */

static pmac_place place_of(const pmac_row *row, const pmac_key *key, uint64_t number)
{
    pmac_place at = {.number = number};

    if (number >= GROUP) {
        at.mask = row->mask(key, number);
    }
    return at;
}

static void absorb(const pmac_row *row, const pmac_key *key, pmac_place *at, uint8_t *sum,
                   const uint8_t *in, size_t n)
{
    while (n > 0) {
        size_t room = GROUP - at->number % GROUP, take = n < room ? n : room;
        row->add(key, at, sum, in, take);
        in += take * BLOCK;
        n -= take;
    }
}

/* The last bytes of a message as a block: a 1 bit and zeros after fewer than 16. */
static macaw_gf128 last_block(const uint8_t *tail, size_t len)
{
    uint8_t padded[BLOCK] = {0};

    if (len == BLOCK) {
        return macaw_gf128_load(tail);
    }
    memcpy(padded, tail, len);
    padded[len] = 0x80;
    return macaw_gf128_load(padded);
}

/* The tag, from the sum of all blocks before at and the last one, whole or not. */
static void end_message(const pmac_row *row, const pmac_key *key, pmac_place *at, uint8_t *sum,
                        const uint8_t *tail, size_t tail_len, uint8_t *tag)
{
    if (row->always_pad && tail_len == BLOCK) {
        absorb(row, key, at, sum, tail, 1);
        tail_len = 0;
    }
    macaw_gf128 mask = row->last(key, at, tail_len == BLOCK);
    macaw_gf128 last = macaw_gf128_add(last_block(tail, tail_len), mask);
    macaw_gf128_store(tag, macaw_gf128_add(macaw_gf128_load(sum), last));
    macaw_block_encrypt(&key->cipher, tag, tag, 1);
}

static int pmac_key_init(const macaw_alg *alg, void *key_state, const uint8_t *secret, size_t len,
                         const char *kernel, const char **kernel_name)
{
    const pmac_row *row = alg->param;
    pmac_key *key = key_state;
    uint8_t unit[BLOCK] = {0};
    int rc =
        macaw_block_init(&key->cipher, row->cipher, secret + len - row->cipher->key_len, kernel);

    if (rc != MACAW_OK) {
        return rc;
    }
    if (row->two_keys) {
        memcpy(unit, secret, BLOCK);
    } else {
        macaw_block_encrypt(&key->cipher, unit, unit, 1);
    }
    key->powers[0] = macaw_gf128_load(unit);
    for (size_t k = 1; k < POWERS; k++) {
        key->powers[k] = macaw_gf128_times_x(key->powers[k - 1]);
    }
    row->tabulate(key);
    macaw_wipe(unit, sizeof unit);
    *kernel_name = key->cipher.kernel->name;
    return MACAW_OK;
}

static void pmac_key_clear(const macaw_alg *alg, void *key_state)
{
    pmac_key *key = key_state;

    (void)alg;
    macaw_block_clear(&key->cipher);
}

static int pmac_start(const macaw_alg *alg, const void *key_state, void *ctx_state,
                      const uint8_t *nonce)
{
    pmac_ctx *c = ctx_state;

    (void)alg;
    (void)key_state;
    (void)nonce;
    memset(c, 0, sizeof *c);
    c->at.number = 1;
    return MACAW_OK;
}

static int pmac_update(const macaw_alg *alg, const void *key_state, void *ctx_state,
                       const uint8_t *data, size_t len)
{
    pmac_ctx *c = ctx_state;
    size_t take = len < BLOCK - c->held ? len : BLOCK - c->held;

    memcpy(c->tail + c->held, data, take);
    c->held += take;
    data += take;
    len -= take;
    if (len == 0) {
        return MACAW_OK;
    }
    size_t body = (len - 1) / BLOCK;
    absorb(alg->param, key_state, &c->at, c->sum, c->tail, 1);
    absorb(alg->param, key_state, &c->at, c->sum, data, body);
    c->held = len - body * BLOCK;
    memcpy(c->tail, data + body * BLOCK, c->held);
    return MACAW_OK;
}

static int pmac_finish(const macaw_alg *alg, const void *key_state, void *ctx_state, uint8_t *tag)
{
    pmac_ctx *c = ctx_state;

    end_message(alg->param, key_state, &c->at, c->sum, c->tail, c->held, tag);
    return MACAW_OK;
}

static int pmac_one(const macaw_alg *alg, const void *key_state, const uint8_t *nonce,
                    const uint8_t *data, size_t len, uint8_t *tag)
{
    pmac_place at = {.number = 1};
    uint8_t sum[BLOCK] = {0};
    size_t body = len > 0 ? (len - 1) / BLOCK : 0;

    (void)nonce;
    absorb(alg->param, key_state, &at, sum, data, body);
    end_message(alg->param, key_state, &at, sum, len > 0 ? data + body * BLOCK : sum,
                len - body * BLOCK, tag);
    macaw_wipe(sum, sizeof sum);
    return MACAW_OK;
}

/* ---- parts of a message, and changes to it ---- */

static void pmac_sum(const macaw_alg *alg, const void *key_state, uint64_t first,
                     const uint8_t *blocks, size_t n, uint8_t *sum)
{
    pmac_place at = place_of(alg->param, key_state, first + 1);

    absorb(alg->param, key_state, &at, sum, blocks, n);
}

static int pmac_sum_end(const macaw_alg *alg, const void *key_state, uint8_t *sum,
                        const uint8_t *tail, size_t tail_len, uint64_t len, uint8_t *tag)
{
    pmac_place at = place_of(alg->param, key_state, (len - tail_len) / BLOCK + 1);

    end_message(alg->param, key_state, &at, sum, tail, tail_len, tag);
    return MACAW_OK;
}

/* An inner block: take its old term out of the sum and put the new one in. The last
 * block is in the sum as it is, and its padding and mask, the same before and
 * after, cancel. */
static int pmac_change(const macaw_alg *alg, const void *key_state, const macaw_change *change,
                       size_t len, uint8_t *tag)
{
    static const uint8_t none[BLOCK];
    const pmac_row *row = alg->param;
    const pmac_key *key = key_state;
    const uint8_t *before = change->old_data, *after = change->new_data;
    bool last = change->offset + len == change->msg_len && !(row->always_pad && len == BLOCK);
    uint8_t sum[BLOCK], mask[BLOCK];

    macaw_block_decrypt(&key->cipher, tag, sum, 1);
    if (last) {
        for (size_t i = 0; i < len; i++) {
            sum[i] ^= before[i] ^ after[i];
        }
    } else {
        macaw_gf128_store(mask, row->mask(key, change->offset / BLOCK + 1));
        macaw_block_sum(&key->cipher, sum, before, mask, none, 1);
        macaw_block_sum(&key->cipher, sum, after, mask, none, 1);
        macaw_wipe(mask, sizeof mask);
    }
    macaw_block_encrypt(&key->cipher, sum, tag, 1);
    macaw_wipe(sum, sizeof sum);
    return MACAW_OK;
}

static const char *pmac_kernel(const macaw_alg *alg, size_t i)
{
    const pmac_row *row = alg->param;

    return macaw_cipher_kernel(row->cipher, i);
}

static const macaw_class pmac_class = {
    .key_size = sizeof(pmac_key),
    .ctx_size = sizeof(pmac_ctx),
    .kernel = pmac_kernel,
    .key_init = pmac_key_init,
    .key_clear = pmac_key_clear,
    .start = pmac_start,
    .update = pmac_update,
    .finish = pmac_finish,
    .one = pmac_one,
    .change = pmac_change,
    .sum = pmac_sum,
    .sum_end = pmac_sum_end,
};

/* ---- the algorithms ---- */

static const macaw_bound gray_bound = {
    .formula = "2 (q l)^2 / 2^128",
    .source = "Black, Rogaway 2002, theorem 1",
    .log2_c = 1, .q_exp = 2, .l_exp = 2, .bits = 128};
static const macaw_bound power_bound = {
    .formula = "5.5 (q l)^2 / 2^128",
    .source = "Rogaway 2004, section 11",
    .log2_c = 2.4594316186372973, .q_exp = 2, .l_exp = 2, .bits = 128};
static const macaw_bound counter_bound = {
    .formula = "2 (q l)^2 / 2^128",
    .source = "Boneh, Shoup, A Graduate Course in Applied Cryptography, on PMAC",
    .log2_c = 1, .q_exp = 2, .l_exp = 2, .bits = 128};

#define GRAY(cipher)                                                                               \
    {cipher, false, false, gray_tabulate, gray_mask, gray_add, gray_last}
#define POWER(cipher)                                                                              \
    {cipher, false, false, power_tabulate, power_mask, power_add, power_last}
#define COUNTER(cipher)                                                                            \
    {cipher, true, true, counter_tabulate, counter_mask, counter_add, counter_last}

static const pmac_row gray128 = GRAY(&macaw_aes128);
static const pmac_row gray192 = GRAY(&macaw_aes192);
static const pmac_row gray256 = GRAY(&macaw_aes256);
static const pmac_row power128 = POWER(&macaw_aes128);
static const pmac_row power192 = POWER(&macaw_aes192);
static const pmac_row power256 = POWER(&macaw_aes256);
static const pmac_row counter128 = COUNTER(&macaw_aes128);

#define ALG(id, text, row, key)                                                                    \
    const macaw_alg macaw_##id = {.name = text, .cls = &pmac_class, .param = &row, .key_min = key, \
                                  .key_max = key, .key_safe = key, .tag_len = BLOCK,               \
                                  .tag_min = 8, .block_len = BLOCK, .flags = MACAW_ALG_PRF,
#define END }

#define PMAC .standard = "Black, Rogaway, Eurocrypt 2002", .bound = &gray_bound
ALG(pmac_aes128, "pmac-aes128", gray128, 16) PMAC END;
ALG(pmac_aes192, "pmac-aes192", gray192, 24) PMAC END;
ALG(pmac_aes256, "pmac-aes256", gray256, 32) PMAC END;

#define PMAC1 .standard = "Rogaway, Asiacrypt 2004, PMAC1", .bound = &power_bound
ALG(pmac1_aes128, "pmac1-aes128", power128, 16) PMAC1 END;
ALG(pmac1_aes192, "pmac1-aes192", power192, 24) PMAC1 END;
ALG(pmac1_aes256, "pmac1-aes256", power256, 32) PMAC1 END;

/* Key: k1 of the masks, 16 bytes, then k2 of the cipher. */
ALG(pmac_counter_aes128, "pmac-counter-aes128", counter128, 32)
    .standard = "none: PMAC of lectures, masks k1 i, every message padded", .bound = &counter_bound
    END;
