/* Reading entries back. */
#include "store/layout.h"

#include <string.h>

/* The entry in a slot of names; false: it changed meanwhile. */
static bool read_name(const macaw_revocation *table, const macaw_cell_spot *spot,
                      macaw_revocation_entry *ret)
{
    const struct macaw_name *name = macaw_name_at(table, spot->slot);
    uint64_t kind_len = atomic_load_explicit(&name->kind_len, memory_order_relaxed);
    uint64_t text[MACAW_NAME_WORDS];

    for (size_t i = 0; i < MACAW_NAME_WORDS; i++) {
        text[i] = atomic_load_explicit(&name->text[i], memory_order_relaxed);
    }
    memset(ret, 0, sizeof *ret);
    ret->before = atomic_load_explicit(&name->before, memory_order_acquire);
    ret->generation = (uint16_t)atomic_load_explicit(&name->generation, memory_order_acquire);
    if (!macaw_cells_same(&table->names, spot)) {
        return false;
    }
    ret->kind = (macaw_revocation_kind)(kind_len >> 8);
    ret->text_len = (size_t)(kind_len & 255);
    memcpy(ret->text, text, sizeof ret->text);
    ret->until = macaw_cell_end(spot->mark);
    return true;
}

_Static_assert(sizeof((macaw_revocation_entry *)0)->text == MACAW_NAME_WORDS * 8,
               "a text is copied whole");

static bool read_sid(const macaw_revocation *table, const macaw_cell_spot *spot,
                     macaw_revocation_entry *ret)
{
    memset(ret, 0, sizeof *ret);
    ret->kind = MACAW_REVOCATION_SID;
    macaw_cells_key(&table->sids, spot->slot, ret->sid);
    ret->until = macaw_cell_end(spot->mark);
    return macaw_cells_same(&table->sids, spot);
}

static bool find_sid(const macaw_revocation *table, const uint8_t *sid, uint32_t cutoff,
                     macaw_revocation_entry *ret)
{
    macaw_cell_home home = macaw_cells_home(&table->sids, sid);
    macaw_cell_spot spot;

    while (macaw_cells_find(&table->sids, &home, cutoff, &spot)) {
        if (read_sid(table, &spot, ret)) {
            return true;
        }
    }
    return false;
}

static bool find_name(const macaw_revocation *table, const macaw_revocation_entry *asked,
                      uint32_t cutoff, macaw_revocation_entry *ret)
{
    struct macaw_name_key key;
    macaw_cell_spot spot;

    macaw_name_prepare(table, asked->kind, asked->text, asked->text_len, &key);
    while (macaw_name_find(table, &key, cutoff, &spot)) {
        if (read_name(table, &spot, ret)) {
            return true;
        }
    }
    return false;
}

int macaw_revocation_find(const macaw_revocation *table, const macaw_revocation_entry *asked,
                          int64_t now, macaw_revocation_entry *ret)
{
    uint32_t cutoff = macaw_store_cutoff(now);
    macaw_revocation_entry found;
    bool there;

    if (asked->kind == MACAW_REVOCATION_SID) {
        there = find_sid(table, asked->sid, cutoff, &found);
    } else if ((size_t)asked->kind < MACAW_REVOCATION_KINDS && asked->text_len >= 1 &&
               asked->text_len <= MACAW_REVOCATION_TEXT_MAX) {
        there = find_name(table, asked, cutoff, &found);
    } else {
        return MACAW_EARG;
    }
    if (!there) {
        return MACAW_ENOTFOUND;
    }
    *ret = found;
    return MACAW_OK;
}

/* *at counts the slots of session ids, then those of names. */
bool macaw_revocation_next(const macaw_revocation *table, unsigned kinds, int64_t now, uint64_t *at,
                           macaw_revocation_entry *ret)
{
    uint64_t sid_slots = macaw_cells_slots(&table->sids.shape), in_names;
    uint32_t cutoff = macaw_store_cutoff(now);
    macaw_cell_spot spot;

    if ((kinds >> MACAW_REVOCATION_SID & 1) == 0 && *at < sid_slots) {
        *at = sid_slots;
    }
    while (*at < sid_slots && macaw_cells_next(&table->sids, cutoff, at, &spot)) {
        if (read_sid(table, &spot, ret)) {
            return true;
        }
    }
    in_names = *at - sid_slots;
    while (macaw_cells_next(&table->names, cutoff, &in_names, &spot)) {
        *at = sid_slots + in_names;
        if (read_name(table, &spot, ret) && (kinds >> ret->kind & 1) != 0) {
            return true;
        }
    }
    *at = sid_slots + macaw_cells_slots(&table->names.shape);
    return false;
}
