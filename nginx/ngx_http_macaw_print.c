/* The counters as text. Names of keys and zones have no character that would
 * need quoting. */
#include "ngx_http_macaw_session.h"

typedef ngx_http_macaw_main_conf_t main_conf;
typedef ngx_http_macaw_zone_t zone_t;

static const char *const response_names[NGX_HTTP_MACAW_RESPONSE_COUNT] = {
    [NGX_HTTP_MACAW_RESPONSE_SIGNED] = "signed",
    [NGX_HTTP_MACAW_RESPONSE_UNSIGNED] = "unsigned",
    [NGX_HTTP_MACAW_RESPONSE_REFUSED] = "refused",
    [NGX_HTTP_MACAW_RESPONSE_TRAILER] = "trailer",
};

static uint64_t get(const uint64_t *counter)
{
    return __atomic_load_n(counter, __ATOMIC_RELAXED);
}

/* Appends; printf-like with nginx's formats. */
#define PUT(...) (p = ngx_slprintf(p, end, __VA_ARGS__))

/* The slots of all keys of this configuration, each once, then the one for all
 * others if it was used. */
static void mark_keys(const main_conf *mcf, u_char *shown)
{
    const ngx_http_macaw_ring_t *const *ring = mcf->rings.elts;
    ngx_uint_t i;
    size_t k;

    for (i = 0; i < mcf->rings.nelts; i++) {
        for (k = 0; k < ring[i]->count; k++) {
            shown[ring[i]->slots[k]] = 1;
        }
    }
}

static const char *kid_of(const main_conf *mcf, ngx_uint_t slot)
{
    return slot == NGX_HTTP_MACAW_KEYS_COUNTED ? "(others)" : mcf->counters->keys[slot].kid;
}

static macaw_replay_stats stats_of(const zone_t *zone)
{
    macaw_replay_stats stats = {0};

    if (zone->table != NULL) {
        macaw_replay_stat(zone->table, (uint32_t)ngx_time(), &stats);
    }
    return stats;
}

/* Thousandths of the slots that are taken. */
static uint64_t load_of(const macaw_replay_stats *stats)
{
    return stats->capacity == 0 ? 0 : stats->live * 1000 / stats->capacity;
}

/* ---- JSON ---- */

static u_char *json_verdicts(u_char *p, u_char *end, const main_conf *mcf)
{
    ngx_uint_t mode, i;

    PUT("\"requests\":{");
    for (mode = 0; mode < 2; mode++) {
        PUT("%s\"%s\":{", mode == 0 ? "" : ",", ngx_http_macaw_mode_name(mode));
        for (i = 0; i < MACAW_REASON_COUNT; i++) {
            PUT("%s\"%s\":%uL", i == 0 ? "" : ",", macaw_reason_name((macaw_reason)i),
                get(&mcf->counters->verdicts[mode][i]));
        }
        PUT("}");
    }
    return PUT(",\"preflight\":%uL}", get(&mcf->counters->preflight));
}

static u_char *json_keys(u_char *p, u_char *end, const main_conf *mcf)
{
    u_char shown[NGX_HTTP_MACAW_KEYS_COUNTED + 1] = {0};
    const struct ngx_http_macaw_key_counters *key;
    const char *comma = "";
    ngx_uint_t i;

    mark_keys(mcf, shown);
    PUT(",\"keys\":[");
    for (i = 0; i <= NGX_HTTP_MACAW_KEYS_COUNTED; i++) {
        if (shown[i]) {
            key = &mcf->counters->keys[i];
            PUT("%s{\"kid\":\"%s\",\"verified\":%uL,\"refused\":%uL,\"last_used\":%uL}", comma,
                kid_of(mcf, i), get(&key->verified), get(&key->refused), get(&key->last_used));
            comma = ",";
        }
    }
    return PUT("]");
}

static u_char *json_zones(u_char *p, u_char *end, const main_conf *mcf)
{
    zone_t *const *zone = mcf->zones.elts;
    macaw_replay_stats s;
    ngx_uint_t i;

    PUT(",\"replay\":[");
    for (i = 0; i < mcf->zones.nelts; i++) {
        s = stats_of(zone[i]);
        PUT("%s{\"zone\":\"%V\",\"size\":%uz,\"capacity\":%uL,\"live\":%uL,\"load\":%uL.%03uL,"
            "\"claimed\":%uL,\"seen\":%uL,\"stale\":%uL,\"full\":%uL,\"owner_deaths\":%uL,"
            "\"window\":%uD,\"since\":%uD,\"newest\":%uD}",
            i == 0 ? "" : ",", &zone[i]->name, zone[i]->size, s.capacity, s.live,
            load_of(&s) / 1000, load_of(&s) % 1000, s.claimed, s.seen, s.stale, s.full,
            s.owner_deaths, s.window, s.since, s.newest);
    }
    return PUT("]");
}

static u_char *json_responses(u_char *p, u_char *end, const main_conf *mcf)
{
    ngx_uint_t i;

    PUT(",\"responses\":{");
    for (i = 0; i < NGX_HTTP_MACAW_RESPONSE_COUNT; i++) {
        PUT("%s\"%s\":%uL", i == 0 ? "" : ",", response_names[i],
            get(&mcf->counters->responses[i]));
    }
    return PUT("}");
}

static u_char *json_skew(u_char *p, u_char *end, const main_conf *mcf)
{
    ngx_uint_t i;

    PUT(",\"skew\":[");
    for (i = 0; i < NGX_HTTP_MACAW_SKEW_BUCKETS - 1; i++) {
        PUT("{\"le\":%D,\"count\":%uL},", ngx_http_macaw_skew_bounds[i],
            get(&mcf->counters->skew[i]));
    }
    return PUT("{\"le\":null,\"count\":%uL}]", get(&mcf->counters->skew[i]));
}

u_char *ngx_http_macaw_print_json(u_char *p, u_char *end, ngx_http_macaw_main_conf_t *mcf)
{
    PUT("{\"version\":\"%s\",\"time\":%T,", MACAW_VERSION, ngx_time());
    p = json_verdicts(p, end, mcf);
    p = json_keys(p, end, mcf);
    p = json_zones(p, end, mcf);
    p = json_responses(p, end, mcf);
    p = json_skew(p, end, mcf);
    p = ngx_http_macaw_session_print_json(p, end, mcf);
    p = ngx_http_macaw_session_stats_json(p, end, mcf);
    return PUT("}\n");
}

/* ---- Prometheus, text format 0.0.4 ---- */

static u_char *head(u_char *p, u_char *end, const char *name, const char *type, const char *help)
{
    return PUT("# HELP macaw_%s %s\n# TYPE macaw_%s %s\n", name, help, name, type);
}

static u_char *prom_verdicts(u_char *p, u_char *end, const main_conf *mcf)
{
    ngx_uint_t mode, i;

    p = head(p, end, "requests_total", "counter", "Requests judged, by mode and reason.");
    for (mode = 0; mode < 2; mode++) {
        for (i = 0; i < MACAW_REASON_COUNT; i++) {
            PUT("macaw_requests_total{mode=\"%s\",reason=\"%s\"} %uL\n",
                ngx_http_macaw_mode_name(mode), macaw_reason_name((macaw_reason)i),
                get(&mcf->counters->verdicts[mode][i]));
        }
    }
    p = head(p, end, "preflight_total", "counter", "CORS preflights passed unchecked.");
    PUT("macaw_preflight_total %uL\n", get(&mcf->counters->preflight));
    p = head(p, end, "responses_total", "counter", "Responses to sign, by what became of them.");
    for (i = 0; i < NGX_HTTP_MACAW_RESPONSE_COUNT; i++) {
        PUT("macaw_responses_total{result=\"%s\"} %uL\n", response_names[i],
            get(&mcf->counters->responses[i]));
    }
    return p;
}

static u_char *prom_key_metric(u_char *p, u_char *end, const main_conf *mcf, const u_char *shown,
                               const char *metric, size_t offset)
{
    ngx_uint_t i;

    for (i = 0; i <= NGX_HTTP_MACAW_KEYS_COUNTED; i++) {
        if (shown[i]) {
            const uint64_t *counter = (const uint64_t *)(const void *)
                ((const u_char *)&mcf->counters->keys[i] + offset);
            PUT("macaw_key_%s{key=\"%s\"} %uL\n", metric, kid_of(mcf, i), get(counter));
        }
    }
    return p;
}

static u_char *prom_keys(u_char *p, u_char *end, const main_conf *mcf)
{
    u_char shown[NGX_HTTP_MACAW_KEYS_COUNTED + 1] = {0};

    mark_keys(mcf, shown);
    p = head(p, end, "key_verified_total", "counter", "Requests accepted, by key.");
    p = prom_key_metric(p, end, mcf, shown, "verified_total",
                        offsetof(struct ngx_http_macaw_key_counters, verified));
    p = head(p, end, "key_refused_total", "counter",
             "Requests with a right MAC but refused, by key.");
    p = prom_key_metric(p, end, mcf, shown, "refused_total",
                        offsetof(struct ngx_http_macaw_key_counters, refused));
    p = head(p, end, "key_last_used_timestamp_seconds", "gauge",
             "When a request of the key was last accepted, 0 if never.");
    return prom_key_metric(p, end, mcf, shown, "last_used_timestamp_seconds",
                           offsetof(struct ngx_http_macaw_key_counters, last_used));
}

/* The samples of one metric stand together, whatever number of zones there is. */
static const struct zone_metric {
    const char *name;
    const char *type;
    const char *help; /* NULL: one more result of the metric before */
    const char *result;
    size_t offset;
    bool wide;
} zone_metrics[] = {
    {"capacity", "gauge", "Slots of a replay table.", NULL,
     offsetof(macaw_replay_stats, capacity), true},
    {"live", "gauge", "Entries that have not expired.", NULL, offsetof(macaw_replay_stats, live),
     true},
    {"claims_total", "counter", "Claims, by answer.", "new",
     offsetof(macaw_replay_stats, claimed), true},
    {"claims_total", NULL, NULL, "seen", offsetof(macaw_replay_stats, seen), true},
    {"claims_total", NULL, NULL, "stale", offsetof(macaw_replay_stats, stale), true},
    {"claims_total", NULL, NULL, "full", offsetof(macaw_replay_stats, full), true},
    {"owner_deaths_total", "counter", "Locks recovered from dead workers.", NULL,
     offsetof(macaw_replay_stats, owner_deaths), true},
    {"window_seconds", "gauge", "Acceptance window.", NULL,
     offsetof(macaw_replay_stats, window), false},
    {"since_timestamp_seconds", "gauge", "Older timestamps are refused.", NULL,
     offsetof(macaw_replay_stats, since), false},
    {"newest_timestamp_seconds", "gauge", "The newest timestamp claimed.", NULL,
     offsetof(macaw_replay_stats, newest), false},
};

static uint64_t zone_value(const macaw_replay_stats *stats, const struct zone_metric *metric)
{
    const u_char *at = (const u_char *)stats + metric->offset;
    uint64_t wide;
    uint32_t narrow;

    if (metric->wide) {
        ngx_memcpy(&wide, at, sizeof wide);
        return wide;
    }
    ngx_memcpy(&narrow, at, sizeof narrow);
    return narrow;
}

static u_char *prom_zones(u_char *p, u_char *end, const main_conf *mcf)
{
    zone_t *const *zone = mcf->zones.elts;
    macaw_replay_stats stats[NGX_HTTP_MACAW_ZONES_MAX];
    const struct zone_metric *m;
    ngx_uint_t i;
    size_t k;

    p = head(p, end, "replay_size_bytes", "gauge", "Memory of a replay table.");
    for (i = 0; i < mcf->zones.nelts; i++) {
        stats[i] = stats_of(zone[i]);
        PUT("macaw_replay_size_bytes{zone=\"%V\"} %uz\n", &zone[i]->name, zone[i]->size);
    }
    for (k = 0; k < sizeof zone_metrics / sizeof *zone_metrics; k++) {
        m = &zone_metrics[k];
        if (m->help != NULL) {
            PUT("# HELP macaw_replay_%s %s\n# TYPE macaw_replay_%s %s\n", m->name, m->help,
                m->name, m->type);
        }
        for (i = 0; i < mcf->zones.nelts; i++) {
            PUT("macaw_replay_%s{zone=\"%V\"%s%s%s} %uL\n", m->name, &zone[i]->name,
                m->result != NULL ? ",result=\"" : "", m->result != NULL ? m->result : "",
                m->result != NULL ? "\"" : "", zone_value(&stats[i], m));
        }
    }
    return p;
}

static u_char *prom_skew(u_char *p, u_char *end, const main_conf *mcf)
{
    uint64_t sum = 0;
    ngx_uint_t i;

    p = head(p, end, "request_skew_seconds", "histogram",
             "Server time minus signed time of requests with a right MAC.");
    for (i = 0; i < NGX_HTTP_MACAW_SKEW_BUCKETS - 1; i++) {
        sum += get(&mcf->counters->skew[i]);
        PUT("macaw_request_skew_seconds_bucket{le=\"%D\"} %uL\n", ngx_http_macaw_skew_bounds[i],
            sum);
    }
    sum += get(&mcf->counters->skew[i]);
    PUT("macaw_request_skew_seconds_bucket{le=\"+Inf\"} %uL\n", sum);
    PUT("macaw_request_skew_seconds_sum %L\n",
        __atomic_load_n(&mcf->counters->skew_sum, __ATOMIC_RELAXED));
    return PUT("macaw_request_skew_seconds_count %uL\n", sum);
}

u_char *ngx_http_macaw_print_prometheus(u_char *p, u_char *end, ngx_http_macaw_main_conf_t *mcf)
{
    p = prom_verdicts(p, end, mcf);
    p = prom_keys(p, end, mcf);
    p = prom_zones(p, end, mcf);
    p = prom_skew(p, end, mcf);
    p = ngx_http_macaw_session_print_prometheus(p, end, mcf);
    return ngx_http_macaw_session_stats_prometheus(p, end, mcf);
}
