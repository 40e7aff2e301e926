/* Counters in shared memory. Old and new workers of a reload share them; a key
 * keeps its counters as long as some configuration names it. */
#include "ngx_http_macaw.h"

#define MIDDLE_BUCKET 5 /* begins above -1 */
#define OVERFLOW_SLOT NGX_HTTP_MACAW_KEYS_COUNTED

const int32_t ngx_http_macaw_skew_bounds[] = {-300, -60, -10, -2, -1, 1, 2, 10, 60, 300};

static void add(uint64_t *counter)
{
    (void)__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

/* ---- counting ---- */

static struct ngx_http_macaw_key_counters *
slot_of(ngx_http_macaw_counters_t *counters, const ngx_http_macaw_ring_t *ring,
        const macaw_entry *entry)
{
    size_t low = 0, high = ring->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (ring->entries[mid] < entry) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    if (low == ring->count || ring->entries[low] != entry) {
        return &counters->keys[OVERFLOW_SLOT];
    }
    return &counters->keys[ring->slots[low]];
}

static void count_key(ngx_http_macaw_counters_t *counters, const ngx_http_macaw_loc_conf_t *lcf,
                      const macaw_verdict *verdict)
{
    struct ngx_http_macaw_key_counters *slot = slot_of(counters, lcf->ring, verdict->entry);
    uint64_t now = (uint64_t)ngx_time();

    if (verdict->reason != MACAW_REASON_OK) {
        add(&slot->refused);
        return;
    }
    add(&slot->verified);
    if (__atomic_load_n(&slot->last_used, __ATOMIC_RELAXED) != now) {
        __atomic_store_n(&slot->last_used, now, __ATOMIC_RELAXED);
    }
}

static void count_skew(ngx_http_macaw_counters_t *counters, int64_t skew)
{
    size_t i = skew > -1 ? MIDDLE_BUCKET : 0;

    while (i < NGX_HTTP_MACAW_SKEW_BUCKETS - 1 && skew > ngx_http_macaw_skew_bounds[i]) {
        i++;
    }
    add(&counters->skew[i]);
    (void)__atomic_fetch_add(&counters->skew_sum, skew, __ATOMIC_RELAXED);
}

static ngx_http_macaw_counters_t *counters_of(ngx_http_request_t *r)
{
    const ngx_http_macaw_main_conf_t *mcf =
        ngx_http_get_module_main_conf(r, ngx_http_macaw_module);

    return mcf->counters;
}

void ngx_http_macaw_count_verdict(ngx_http_request_t *r, const ngx_http_macaw_loc_conf_t *lcf,
                                  const ngx_http_macaw_state_t *state)
{
    ngx_http_macaw_counters_t *counters = counters_of(r);

    if (counters == NULL) {
        return;
    }
    if (state->preflight) {
        add(&counters->preflight);
        return;
    }
    add(&counters->verdicts[lcf->mode][state->verdict.reason]);
    if (state->verdict.mac_ok) {
        count_key(counters, lcf, &state->verdict);
        if (state->verdict.has_time) {
            count_skew(counters, state->verdict.skew);
        }
    }
}

void ngx_http_macaw_count_response(ngx_http_request_t *r, enum ngx_http_macaw_response kind)
{
    ngx_http_macaw_counters_t *counters = counters_of(r);

    if (counters != NULL) {
        add(&counters->responses[kind]);
    }
}

/* ---- slots for keys ---- */

static ngx_uint_t find_slot(const ngx_http_macaw_counters_t *counters, const char *kid)
{
    ngx_uint_t i;

    for (i = 0; i < NGX_HTTP_MACAW_KEYS_COUNTED; i++) {
        if (ngx_strcmp(counters->keys[i].kid, kid) == 0) {
            return i;
        }
    }
    return OVERFLOW_SLOT;
}

/* A free slot, or one of a key that the new configuration does not name. */
static ngx_uint_t take_slot(ngx_http_macaw_counters_t *counters, const u_char *taken,
                            const char *kid)
{
    ngx_uint_t i = find_slot(counters, "");

    if (i == OVERFLOW_SLOT) {
        for (i = 0; i < OVERFLOW_SLOT && taken[i]; i++) {
        }
    }
    if (i < OVERFLOW_SLOT) {
        ngx_memzero(&counters->keys[i], sizeof counters->keys[i]);
        ngx_memcpy(counters->keys[i].kid, kid, ngx_strlen(kid));
    }
    return i;
}

static void assign_slots(ngx_http_macaw_main_conf_t *mcf, u_char *taken, bool known)
{
    ngx_http_macaw_ring_t **ring = mcf->rings.elts;
    ngx_uint_t i, slot;
    size_t k;

    for (i = 0; i < mcf->rings.nelts; i++) {
        for (k = 0; k < ring[i]->count; k++) {
            slot = find_slot(mcf->counters, ring[i]->entries[k]->kid);
            if (slot == OVERFLOW_SLOT && !known) {
                slot = take_slot(mcf->counters, taken, ring[i]->entries[k]->kid);
            }
            ring[i]->slots[k] = slot;
            taken[slot] = 1;
        }
    }
}

static int by_address(const void *a, const void *b)
{
    uintptr_t x = (uintptr_t) * (const macaw_entry *const *)a;
    uintptr_t y = (uintptr_t) * (const macaw_entry *const *)b;

    return x < y ? -1 : x > y;
}

static ngx_int_t list_entries(ngx_conf_t *cf, ngx_http_macaw_ring_t *ring)
{
    size_t i;

    ring->count = macaw_keyring_size(ring->keys);
    ring->entries = ngx_palloc(cf->pool, (ring->count + 1) * sizeof *ring->entries);
    ring->slots = ngx_palloc(cf->pool, (ring->count + 1) * sizeof *ring->slots);
    if (ring->entries == NULL || ring->slots == NULL) {
        return NGX_ERROR;
    }
    for (i = 0; i < ring->count; i++) {
        ring->entries[i] = macaw_keyring_at(ring->keys, i);
    }
    ngx_qsort(ring->entries, ring->count, sizeof *ring->entries, by_address);
    return NGX_OK;
}

/* ---- the zone ---- */

/* data is the main configuration that runs, NULL at the start. */
static ngx_int_t init_zone(ngx_shm_zone_t *shm, void *data)
{
    u_char taken[NGX_HTTP_MACAW_KEYS_COUNTED + 1] = {0};
    ngx_http_macaw_main_conf_t *mcf = shm->data;
    const ngx_http_macaw_main_conf_t *old = data;

    if (old != NULL) {
        mcf->counters = old->counters;
    } else {
        mcf->counters =
            ngx_slab_calloc((ngx_slab_pool_t *)shm->shm.addr, sizeof *mcf->counters);
    }
    if (mcf->counters == NULL) {
        return NGX_ERROR;
    }
    assign_slots(mcf, taken, true);
    assign_slots(mcf, taken, false);
    return NGX_OK;
}

ngx_int_t ngx_http_macaw_counters_init(ngx_conf_t *cf)
{
    ngx_http_macaw_main_conf_t *mcf = ngx_http_conf_get_module_main_conf(cf, ngx_http_macaw_module);
    ngx_str_t name = ngx_string("macaw counters"); /* no replay zone may have a space */
    ngx_http_macaw_ring_t **ring = mcf->rings.elts;
    ngx_shm_zone_t *shm;
    ngx_uint_t i;

    if (!mcf->used) {
        return NGX_OK;
    }
    for (i = 0; i < mcf->rings.nelts; i++) {
        if (list_entries(cf, ring[i]) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    shm = ngx_shared_memory_add(cf, &name, sizeof(ngx_http_macaw_counters_t) + 16 * ngx_pagesize,
                                &ngx_http_macaw_module);
    if (shm == NULL) {
        return NGX_ERROR;
    }
    shm->init = init_zone;
    shm->data = mcf;
    return NGX_OK;
}
