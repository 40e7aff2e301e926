/* Batches: many messages under one key. */
#include <string.h>

#include "mac/front.h"

/* A batch is cut into groups, so that a fixed room on the stack holds the tags. */
#define GROUP      MACAW_GROUP_MAX
#define GROUP_ROOM ((size_t)GROUP * MACAW_TAG_MAX)

static int check_batch(const macaw_key *key, const macaw_msg *msgs, size_t n, uint64_t *bytes)
{
    uint64_t sum = 0;
    bool valid = true;

    for (size_t i = 0; i < n; i++) {
        valid = valid && macaw_msg_is_valid(key, &msgs[i]);
        sum += msgs[i].len;
    }
    *bytes = sum;
    return valid ? MACAW_OK : MACAW_EARG;
}

/* Full tags of at most GROUP messages, one after the other. */
static int group_full(const macaw_key *key, const macaw_msg *msgs, size_t n, uint8_t *full)
{
    const macaw_class *cls = key->alg->cls;
    const size_t len = key->alg->tag_len;
    int rc = MACAW_OK;

    if (cls->many != NULL) {
        return cls->many(key->alg, key->state, msgs, n, full, len);
    }
    for (size_t i = 0; i < n && rc == MACAW_OK; i++) {
        rc = macaw_one_full(key, &msgs[i], full + i * len);
    }
    return rc;
}

/* Clear what a batch of n messages has used of the room. */
static void wipe_room(const macaw_key *key, uint8_t *full, size_t n)
{
    macaw_wipe(full, (n < GROUP ? n : GROUP) * key->alg->tag_len);
}

/* One-time, fixed-length and bounded keys admit each message on its own. */
static int tag_singly(const macaw_key *key, const macaw_msg *msgs, size_t n, uint8_t *tags)
{
    int rc = MACAW_OK;

    for (size_t i = 0; i < n && rc == MACAW_OK; i++) {
        rc = macaw_tag(key, &msgs[i], tags + i * key->tag_len, key->tag_len);
    }
    return rc;
}

static int verify_singly(const macaw_key *key, const macaw_msg *msgs, size_t n,
                         const uint8_t *tags, uint8_t *ok)
{
    bool all = true;

    for (size_t i = 0; i < n; i++) {
        int rc = macaw_verify(key, &msgs[i], tags + i * key->tag_len, key->tag_len);
        if (rc != MACAW_OK && rc != MACAW_EFORGED) {
            return rc;
        }
        all = all && rc == MACAW_OK;
        if (ok != NULL) {
            ok[i] = rc == MACAW_OK;
        }
    }
    return all ? MACAW_OK : MACAW_EFORGED;
}

/* Groups of full tags, straight to out. */
static int tag_full(const macaw_key *key, const macaw_msg *msgs, size_t n, uint8_t *out)
{
    int rc = MACAW_OK;

    for (size_t done = 0; done < n && rc == MACAW_OK; done += GROUP) {
        size_t m = n - done < GROUP ? n - done : GROUP;
        rc = group_full(key, msgs + done, m, out + done * key->tag_len);
    }
    return rc;
}

static int tag_truncated(const macaw_key *key, const macaw_msg *msgs, size_t n, uint8_t *out)
{
    uint8_t full[GROUP_ROOM];
    const size_t tag_len = key->tag_len;
    int rc = MACAW_OK;

    for (size_t done = 0; done < n && rc == MACAW_OK; done += GROUP) {
        size_t m = n - done < GROUP ? n - done : GROUP;
        rc = group_full(key, msgs + done, m, full);
        for (size_t i = 0; i < m && rc == MACAW_OK; i++) {
            memcpy(out + (done + i) * tag_len, full + i * key->alg->tag_len, tag_len);
        }
    }
    wipe_room(key, full, n);
    return rc;
}

int macaw_tag_many(const macaw_key *key, const macaw_msg *msgs, size_t n, void *tags,
                   size_t tag_len)
{
    uint64_t bytes;
    int rc = tag_len == key->tag_len && (tags != NULL || n == 0)
                 ? check_batch(key, msgs, n, &bytes)
                 : MACAW_EARG;

    if (rc != MACAW_OK || n == 0) {
        return rc;
    }
    if (!macaw_admit_is_plain(key->alg)) {
        return tag_singly(key, msgs, n, tags);
    }
    macaw_use_add(&macaw_key_mutable(key)->use, n, bytes);
    return tag_len == key->alg->tag_len ? tag_full(key, msgs, n, tags)
                                        : tag_truncated(key, msgs, n, tags);
}

/* Compare a group; returns whether all are right. */
static bool compare_group(const macaw_key *key, const uint8_t *full, const uint8_t *tags, size_t n,
                          uint8_t *ok)
{
    const size_t full_len = key->alg->tag_len, len = key->tag_len;
    bool all = true;

    for (size_t i = 0; i < n; i++) {
        bool right = macaw_ct_equal(full + i * full_len, tags + i * len, len);
        all = all && right;
        if (ok != NULL) {
            ok[i] = right;
        }
    }
    return all;
}

int macaw_verify_many(const macaw_key *key, const macaw_msg *msgs, size_t n, const void *tags,
                      size_t tag_len, uint8_t *ok)
{
    uint8_t full[GROUP_ROOM];
    const uint8_t *in = tags;
    uint64_t bytes;
    bool all = true;
    int rc = tags != NULL || n == 0 ? check_batch(key, msgs, n, &bytes) : MACAW_EARG;

    if (ok != NULL) {
        memset(ok, 0, n);
    }
    if (rc != MACAW_OK || n == 0) {
        return rc;
    }
    if (tag_len != key->tag_len) {
        return MACAW_EFORGED;
    }
    if (!macaw_admit_is_plain(key->alg)) {
        return verify_singly(key, msgs, n, in, ok);
    }
    macaw_use_add(&macaw_key_mutable(key)->use, n, bytes);
    for (size_t done = 0; done < n && rc == MACAW_OK; done += GROUP) {
        size_t m = n - done < GROUP ? n - done : GROUP;
        rc = group_full(key, msgs + done, m, full);
        if (rc == MACAW_OK) {
            uint8_t *ok_here = ok != NULL ? ok + done : NULL;
            all = compare_group(key, full, in + done * tag_len, m, ok_here) && all;
        }
    }
    wipe_room(key, full, n);
    return rc != MACAW_OK ? rc : all ? MACAW_OK : MACAW_EFORGED;
}
