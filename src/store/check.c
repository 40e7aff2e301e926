/* Asking a revocation table about a session. */
#include "store/layout.h"

#include <string.h>

static bool is_known(const macaw_revocation *table, macaw_revocation_kind kind)
{
    return (atomic_load_explicit(&table->head->known, memory_order_acquire) >> kind & 1) != 0;
}

static bool sid_revoked(const macaw_revocation *table, const uint8_t *sid, uint32_t cutoff)
{
    macaw_cell_home home;
    macaw_cell_spot spot;

    if (sid == NULL || !is_known(table, MACAW_REVOCATION_SID)) {
        return false;
    }
    home = macaw_cells_home(&table->sids, sid);
    return macaw_cells_find(&table->sids, &home, cutoff, &spot);
}

void macaw_revocation_prefetch(const macaw_revocation *table,
                               const uint8_t sid[MACAW_SESSION_SID_LEN])
{
    macaw_cell_home home = macaw_cells_home(&table->sids, sid);

    __builtin_prefetch(&home.buckets[home.first].mark);
    __builtin_prefetch(&home.buckets[home.first].head);
}

/* What a live entry says of sessions; false: there is none. */
static bool read_subject(const macaw_revocation *table, macaw_str subject, uint32_t cutoff,
                         uint32_t *before, uint32_t *generation)
{
    struct macaw_name_key key;
    macaw_cell_spot spot;

    macaw_name_prepare(table, MACAW_REVOCATION_SUBJECT, subject.data, subject.len, &key);
    while (macaw_name_find(table, &key, cutoff, &spot)) {
        const struct macaw_name *name = macaw_name_at(table, spot.slot);
        *before = atomic_load_explicit(&name->before, memory_order_acquire);
        *generation = atomic_load_explicit(&name->generation, memory_order_acquire);
        if (macaw_cells_same(&table->names, &spot)) {
            return true;
        }
    }
    return false;
}

static macaw_revoked subject_revoked(const macaw_revocation *table,
                                     const macaw_revocation_session *session, uint32_t cutoff)
{
    int64_t began = session->login > 0 ? session->login : session->issued;
    uint32_t before, generation;

    if (session->subject.len == 0 || session->subject.len > MACAW_REVOCATION_TEXT_MAX ||
        !is_known(table, MACAW_REVOCATION_SUBJECT) ||
        !read_subject(table, session->subject, cutoff, &before, &generation)) {
        return MACAW_REVOKED_NO;
    }
    /* A session that does not say when it began has 0 here, as good as any time. */
    if (before > 0 && began <= (int64_t)before) {
        return MACAW_REVOKED_SUBJECT;
    }
    return session->generation < generation ? MACAW_REVOKED_GENERATION : MACAW_REVOKED_NO;
}

static bool key_revoked(const macaw_revocation *table, const char *kid, uint32_t cutoff)
{
    struct macaw_name_key key;
    macaw_cell_spot spot;
    size_t len;

    if (kid == NULL || !is_known(table, MACAW_REVOCATION_KEY)) {
        return false;
    }
    len = strnlen(kid, MACAW_KID_MAX + 1);
    if (len < 1 || len > MACAW_KID_MAX) {
        return false;
    }
    macaw_name_prepare(table, MACAW_REVOCATION_KEY, kid, len, &key);
    return macaw_name_find(table, &key, cutoff, &spot);
}

macaw_revoked macaw_revocation_check(const macaw_revocation *table,
                                     const macaw_revocation_session *session, int64_t now)
{
    uint32_t cutoff = macaw_store_cutoff(now);
    macaw_revoked revoked;

    if (sid_revoked(table, session->sid, cutoff)) {
        return MACAW_REVOKED_SID;
    }
    revoked = subject_revoked(table, session, cutoff);
    if (revoked == MACAW_REVOKED_NO && key_revoked(table, session->kid, cutoff)) {
        return MACAW_REVOKED_KEY;
    }
    return revoked;
}
