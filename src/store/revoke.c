/* Putting entries into a revocation table. */
#include "store/layout.h"

#include <string.h>

#include "base/bytes.h"

static bool is_kid(const char *text, size_t len)
{
    return len <= MACAW_KID_MAX && memchr(text, 0, len) == NULL;
}

static bool is_subject(const macaw_revocation_entry *entry)
{
    return macaw_store_is_time(entry->before) && (entry->before > 0 || entry->generation > 0);
}

bool macaw_revocation_valid(const macaw_revocation_entry *entry)
{
    bool plain = entry->before == 0 && entry->generation == 0;

    if (!macaw_store_is_time(entry->until)) {
        return false;
    }
    if (entry->kind == MACAW_REVOCATION_SID) {
        return plain;
    }
    if (entry->text_len < 1 || entry->text_len > MACAW_REVOCATION_TEXT_MAX) {
        return false;
    }
    if (entry->kind == MACAW_REVOCATION_KEY) {
        return plain && is_kid(entry->text, entry->text_len);
    }
    return entry->kind == MACAW_REVOCATION_SUBJECT && is_subject(entry);
}

void macaw_name_prepare(const macaw_revocation *table, macaw_revocation_kind kind, const char *text,
                        size_t text_len, struct macaw_name_key *ret)
{
    uint8_t bytes[1 + MACAW_REVOCATION_TEXT_MAX], hash[16];

    bytes[0] = (uint8_t)kind;
    memcpy(bytes + 1, text, text_len);
    macaw_siphash_whole(&table->name_hash, bytes, 1 + text_len, hash);
    ret->home = macaw_cells_home(&table->names, hash);
    ret->kind_len = (uint64_t)kind << 8 | text_len;
    memset(ret->text, 0, sizeof ret->text);
    memcpy(ret->text, text, text_len);
}

static size_t words_of(uint64_t kind_len)
{
    return (size_t)(kind_len & 255) / 8 + 1;
}

/* Whether the record has this kind and text. */
static bool matches(const struct macaw_name *name, const struct macaw_name_key *key)
{
    uint64_t difference =
        atomic_load_explicit(&name->kind_len, memory_order_relaxed) ^ key->kind_len;

    for (size_t i = 0; i < words_of(key->kind_len); i++) {
        difference |= atomic_load_explicit(&name->text[i], memory_order_relaxed) ^ key->text[i];
    }
    return difference == 0;
}

bool macaw_name_find(const macaw_revocation *table, const struct macaw_name_key *key,
                     uint32_t cutoff, macaw_cell_spot *ret)
{
    return macaw_cells_find(&table->names, &key->home, cutoff, ret) &&
           matches(macaw_name_at(table, ret->slot), key);
}

static void fill_name(struct macaw_name *name, const struct macaw_name_key *key,
                      const macaw_revocation_entry *entry)
{
    atomic_store_explicit(&name->kind_len, key->kind_len, memory_order_relaxed);
    for (size_t i = 0; i < MACAW_NAME_WORDS; i++) {
        atomic_store_explicit(&name->text[i], key->text[i], memory_order_relaxed);
    }
    atomic_store_explicit(&name->before, (uint32_t)entry->before, memory_order_relaxed);
    atomic_store_explicit(&name->generation, entry->generation, memory_order_relaxed);
}

static bool raise(_Atomic uint32_t *word, uint32_t value)
{
    bool higher = atomic_load_explicit(word, memory_order_relaxed) < value;

    if (higher) {
        atomic_store_explicit(word, value, memory_order_release);
    }
    return higher;
}

static bool extend(macaw_cells *cells, const macaw_cell_home *home, const macaw_cell_spot *spot,
                   uint32_t end)
{
    bool later = macaw_cell_end(spot->mark) < end;

    if (later) {
        macaw_cells_publish(cells, home, spot, end);
    }
    return later;
}

/* Enter it, or make it stronger; the caller holds the shard. MACAW_ELIMIT. */
static int enter_sid(macaw_revocation *table, const macaw_cell_home *home, uint32_t end,
                     uint32_t cutoff, bool *changed)
{
    macaw_cell_spot spot;

    if (macaw_cells_find(&table->sids, home, cutoff, &spot)) {
        *changed = extend(&table->sids, home, &spot, end);
        return MACAW_OK;
    }
    if (!macaw_cells_open(&table->sids, home, cutoff, &spot)) {
        return MACAW_ELIMIT;
    }
    macaw_cells_publish(&table->sids, home, &spot, end);
    *changed = true;
    return MACAW_OK;
}

static int enter_name(macaw_revocation *table, const struct macaw_name_key *key,
                      const macaw_revocation_entry *entry, uint32_t cutoff, bool *changed)
{
    uint32_t end = (uint32_t)entry->until;
    struct macaw_name *name;
    macaw_cell_spot spot;

    if (macaw_name_find(table, key, cutoff, &spot)) {
        name = macaw_name_at(table, spot.slot);
        /* The end first: what is stronger then holds as long as it must. */
        *changed = extend(&table->names, &key->home, &spot, end);
        *changed |= raise(&name->before, (uint32_t)entry->before);
        *changed |= raise(&name->generation, entry->generation);
        return MACAW_OK;
    }
    if (!macaw_cells_open(&table->names, &key->home, cutoff, &spot)) {
        return MACAW_ELIMIT;
    }
    fill_name(macaw_name_at(table, spot.slot), key, entry);
    macaw_cells_publish(&table->names, &key->home, &spot, end);
    *changed = true;
    return MACAW_OK;
}

static int revoke_sid(macaw_revocation *table, const macaw_revocation_entry *entry, uint32_t cutoff,
                      bool *changed)
{
    macaw_cell_home home = macaw_cells_home(&table->sids, entry->sid);
    int status;

    if (!macaw_cells_lock(home.shard)) {
        return MACAW_EUNAVAILABLE;
    }
    status = enter_sid(table, &home, (uint32_t)entry->until, cutoff, changed);
    macaw_cells_unlock(home.shard);
    return status;
}

static int revoke_name(macaw_revocation *table, const macaw_revocation_entry *entry,
                       uint32_t cutoff, bool *changed)
{
    struct macaw_name_key key;
    int status;

    macaw_name_prepare(table, entry->kind, entry->text, entry->text_len, &key);
    if (!macaw_cells_lock(key.home.shard)) {
        return MACAW_EUNAVAILABLE;
    }
    status = enter_name(table, &key, entry, cutoff, changed);
    macaw_cells_unlock(key.home.shard);
    return status;
}

int macaw_revocation_revoke(macaw_revocation *table, const macaw_revocation_entry *entry,
                            int64_t now)
{
    uint32_t cutoff = macaw_store_cutoff(now);
    bool changed = false;
    int status;

    if (table == NULL || entry == NULL || !macaw_store_is_time(now) ||
        !macaw_revocation_valid(entry)) {
        return MACAW_EARG;
    }
    if (entry->until < cutoff) {
        return MACAW_OK;
    }
    /* Before the entry, for whoever checks: a kind that is not known is not looked for. */
    atomic_fetch_or(&table->head->known, 1u << entry->kind);
    status = entry->kind == MACAW_REVOCATION_SID ? revoke_sid(table, entry, cutoff, &changed)
                                                 : revoke_name(table, entry, cutoff, &changed);
    if (changed) {
        atomic_fetch_add_explicit(&table->head->revoked[entry->kind], 1, memory_order_relaxed);
    } else if (status == MACAW_ELIMIT) {
        atomic_fetch_add_explicit(&table->head->full, 1, memory_order_relaxed);
    }
    return status;
}
