/* Session zones in the status. */
#include "ngx_http_macaw_session_zone.h"

typedef ngx_http_macaw_session_zone_t zone_t;

/* All that is known of a zone. */
typedef struct {
    macaw_revocation_stats revocation;
    macaw_handles_stats handles;
    uint64_t journal_bytes;
    uint64_t journal_failed;
} stats_t;

/* Appends; printf-like with nginx's formats. */
#define PUT(...) (p = ngx_slprintf(p, end, __VA_ARGS__))

static stats_t stats_of(const zone_t *zone)
{
    stats_t stats;

    ngx_memzero(&stats, sizeof stats);
    if (zone->table != NULL) {
        macaw_revocation_stat(zone->table, ngx_time(), &stats.revocation);
    }
    if (zone->handles != NULL) {
        macaw_handles_stat(zone->handles, ngx_time(), &stats.handles);
    }
    if (zone->journal != NULL) {
        stats.journal_bytes = macaw_revocation_journal_size(zone->journal->file);
        stats.journal_failed = macaw_revocation_journal_failed(zone->journal->file);
    }
    return stats;
}

size_t ngx_http_macaw_session_stats_room(const ngx_http_macaw_main_conf_t *mcf)
{
    const zone_t *const *zone = mcf->session_zones.elts;
    size_t size = 4096;
    ngx_uint_t i;

    for (i = 0; i < mcf->session_zones.nelts; i++) {
        size += 3000 + 24 * zone[i]->name.len;
    }
    return size;
}

static u_char *json_kinds(u_char *p, u_char *end, const char *name, const uint64_t *numbers)
{
    ngx_uint_t i;

    PUT(",\"%s\":{", name);
    for (i = 0; i < MACAW_REVOCATION_KINDS; i++) {
        PUT("%s\"%s\":%uL", i == 0 ? "" : ",",
            macaw_revocation_kind_name((macaw_revocation_kind)i), numbers[i]);
    }
    return PUT("}");
}

u_char *ngx_http_macaw_session_zone_json(u_char *p, u_char *end, const zone_t *zone)
{
    stats_t s = stats_of(zone);

    PUT("{\"zone\":\"%V\",\"size\":%uz,\"capacity\":{\"sid\":%uL,\"names\":%uL}", &zone->name,
        zone->size + zone->handles_size, s.revocation.sid_capacity, s.revocation.name_capacity);
    p = json_kinds(p, end, "live", s.revocation.live);
    p = json_kinds(p, end, "revoked", s.revocation.revoked);
    PUT(",\"full\":%uL,\"owner_deaths\":%uL", s.revocation.full, s.revocation.owner_deaths);
    if (zone->journal != NULL) {
        PUT(",\"journal\":{\"bytes\":%uL,\"failed\":%s}", s.journal_bytes,
            s.journal_failed ? "true" : "false");
    }
    if (zone->handles != NULL) {
        PUT(",\"handles\":{\"capacity\":%uL,\"live\":%uL,\"created\":%uL,\"deleted\":%uL,"
            "\"full\":%uL,\"owner_deaths\":%uL}",
            s.handles.capacity, s.handles.live, s.handles.created, s.handles.deleted,
            s.handles.full, s.handles.owner_deaths);
    }
    return PUT("}");
}

u_char *ngx_http_macaw_session_stats_json(u_char *p, u_char *end,
                                          const ngx_http_macaw_main_conf_t *mcf)
{
    const zone_t *const *zone = mcf->session_zones.elts;
    ngx_uint_t i;

    PUT(",\"session_zones\":[");
    for (i = 0; i < mcf->session_zones.nelts; i++) {
        PUT("%s", i == 0 ? "" : ",");
        p = ngx_http_macaw_session_zone_json(p, end, zone[i]);
    }
    return PUT("]");
}

/* ---- Prometheus, text format 0.0.4 ---- */

/* The samples of one metric stand together, whatever number of zones there is. */
static const struct metric {
    const char *name;
    const char *type;
    const char *help;   /* NULL: one more sample of the metric before */
    const char *labels; /* besides the zone */
    size_t offset;      /* of a uint64_t */
} metrics[] = {
#define AT(member) offsetof(stats_t, member)
    {"revocation_capacity", "gauge", "Places for revocations.", ",kind=\"sid\"",
     AT(revocation.sid_capacity)},
    {"revocation_capacity", NULL, NULL, ",kind=\"names\"", AT(revocation.name_capacity)},
    {"revocation_live", "gauge", "Revocations that have not expired.", ",kind=\"sid\"",
     AT(revocation.live[MACAW_REVOCATION_SID])},
    {"revocation_live", NULL, NULL, ",kind=\"subject\"",
     AT(revocation.live[MACAW_REVOCATION_SUBJECT])},
    {"revocation_live", NULL, NULL, ",kind=\"kid\"", AT(revocation.live[MACAW_REVOCATION_KEY])},
    {"revocations_total", "counter", "Revocations, loaded ones included.", ",kind=\"sid\"",
     AT(revocation.revoked[MACAW_REVOCATION_SID])},
    {"revocations_total", NULL, NULL, ",kind=\"subject\"",
     AT(revocation.revoked[MACAW_REVOCATION_SUBJECT])},
    {"revocations_total", NULL, NULL, ",kind=\"kid\"",
     AT(revocation.revoked[MACAW_REVOCATION_KEY])},
    {"revocations_full_total", "counter", "Revocations refused for want of room.", "",
     AT(revocation.full)},
    {"revocation_owner_deaths_total", "counter", "Locks recovered from dead workers.", "",
     AT(revocation.owner_deaths)},
    {"revocation_journal_bytes", "gauge", "Size of the file of revocations.", "",
     AT(journal_bytes)},
    {"revocation_journal_failed", "gauge", "1: nothing can be revoked durably; see the log.", "",
     AT(journal_failed)},
    {"session_handles_capacity", "gauge", "Places for sessions kept by the server.", "",
     AT(handles.capacity)},
    {"session_handles_live", "gauge", "Sessions kept by the server.", "", AT(handles.live)},
    {"session_handles_created_total", "counter", "Sessions begun.", "", AT(handles.created)},
    {"session_handles_full_total", "counter", "Sessions refused for want of room.", "",
     AT(handles.full)},
#undef AT
};

#define METRICS (sizeof metrics / sizeof *metrics)

static uint64_t value_of(const stats_t *stats, const struct metric *metric)
{
    uint64_t value;

    ngx_memcpy(&value, (const u_char *)stats + metric->offset, sizeof value);
    return value;
}

u_char *ngx_http_macaw_session_stats_prometheus(u_char *p, u_char *end,
                                                const ngx_http_macaw_main_conf_t *mcf)
{
    const zone_t *const *zone = mcf->session_zones.elts;
    stats_t stats[NGX_HTTP_MACAW_ZONES_MAX]; /* each walks a table */
    const struct metric *m;
    ngx_uint_t i;

    for (i = 0; i < mcf->session_zones.nelts; i++) {
        stats[i] = stats_of(zone[i]);
    }
    for (m = metrics; m < metrics + METRICS; m++) {
        if (m->help != NULL) {
            PUT("# HELP macaw_%s %s\n# TYPE macaw_%s %s\n", m->name, m->help, m->name, m->type);
        }
        for (i = 0; i < mcf->session_zones.nelts; i++) {
            PUT("macaw_%s{zone=\"%V\"%s} %uL\n", m->name, &zone[i]->name, m->labels,
                value_of(&stats[i], m));
        }
    }
    return p;
}
