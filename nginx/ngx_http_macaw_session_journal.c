/* The file of revocations of a zone.
 *
 * The master opens it, which takes a lock that only ends with the last worker that
 * has inherited it; so a reload shares the open file instead of opening it again. */
#include "ngx_http_macaw_session_zone.h"

#define BLOAT (16 * 1024 * 1024) /* bytes from which on a reload looks at the file */
#define RECORD 40                /* bytes, roughly */

typedef ngx_http_macaw_session_zone_t zone_t;

static void report(const zone_t *zone, const macaw_revocation_loaded *loaded)
{
    if (loaded->cut > 0) {
        ngx_log_error(NGX_LOG_WARN, zone->cycle->log, 0,
                      "macaw_session_zone \"%V\": cut %uL bytes of an unfinished revocation off %V",
                      &zone->name, loaded->cut, &zone->save);
    }
    ngx_log_error(NGX_LOG_NOTICE, zone->cycle->log, 0,
                  "macaw_session_zone \"%V\": loaded %uL revocations from %V", &zone->name,
                  loaded->records - loaded->expired, &zone->save);
}

static ngx_int_t open_file(zone_t *zone)
{
    macaw_revocation_loaded loaded;
    macaw_error err;
    int status;

    zone->journal = ngx_alloc(sizeof *zone->journal, zone->cycle->log);
    if (zone->journal == NULL) {
        return NGX_ERROR;
    }
    status = macaw_revocation_journal_open(&zone->journal->file, zone->table,
                                           (const char *)zone->save.data, ngx_time(), &loaded,
                                           &err);
    if (status != MACAW_OK) {
        ngx_free(zone->journal);
        zone->journal = NULL;
        return ngx_http_macaw_session_zone_fails(zone, status, &err);
    }
    zone->journal->users = 1;
    report(zone, &loaded);
    return NGX_OK;
}

/* After a failed sync, or where the file is gone, nothing can be appended before this; and a file that has
 * grown for years is read at each start. Old workers may then be unable to append,
 * and say so, for as long as they still answer. */
static void renew_if_needed(const zone_t *zone)
{
    macaw_revocation_journal *file = zone->journal->file;
    uint64_t live = 0, size = macaw_revocation_journal_size(file);
    macaw_revocation_stats stats;
    macaw_error err;
    ngx_uint_t i;

    if (size >= BLOAT) {
        macaw_revocation_stat(zone->table, ngx_time(), &stats);
        for (i = 0; i < MACAW_REVOCATION_KINDS; i++) {
            live += stats.live[i];
        }
    }
    if ((macaw_revocation_journal_failed(file) || (size >= BLOAT && size > 4 * RECORD * live))
        && macaw_revocation_journal_compact(file, ngx_time(), &err) != MACAW_OK) {
        (void)ngx_http_macaw_session_zone_fails(zone, MACAW_EIO, &err);
    }
}

ngx_int_t ngx_http_macaw_session_open_journal(zone_t *zone, const zone_t *old)
{
    if (old == NULL || old->journal == NULL || old->save.len != zone->save.len
        || ngx_memcmp(old->save.data, zone->save.data, zone->save.len) != 0) {
        return open_file(zone);
    }
    zone->journal = old->journal;
    zone->journal->users++;
    renew_if_needed(zone);
    return NGX_OK;
}

void ngx_http_macaw_session_close_journal(zone_t *zone)
{
    if (zone->journal != NULL && --zone->journal->users == 0) {
        macaw_revocation_journal_close(zone->journal->file);
        ngx_free(zone->journal);
    }
    zone->journal = NULL;
}
