/* How often somebody may try to log in.
 *
 * Failures are counted for each address and for each user. Past a limit every
 * further one doubles the wait until the next try; a try during the wait is not
 * looked at and changes nothing, so that nobody is locked out for good. Who has
 * logged in from an address before is counted apart there: failures elsewhere do
 * not make that user wait, which they could be made for.
 *
 * A success never clears a count: whoever guesses could log in to an account of
 * his own in between. An attempt is counted before its hash is computed, or many at
 * once would all pass.
 *
 * One table in shared memory for all workers, which survives reloads. It has room
 * for three kinds of counters; in a full set the one that matters least goes, so
 * that guessing at many names drops no counter of a name much guessed at. */
#include "ngx_http_macaw_session_attempts.h"

#define WAYS        NGX_HTTP_MACAW_ATTEMPTS_WAYS
#define ADDRESS_LEN 16

typedef ngx_http_macaw_attempts_t attempts_t;
typedef ngx_http_macaw_attempts_table_t table_t;
typedef ngx_http_macaw_attempts_entry_t entry_t;
typedef ngx_http_macaw_attempt_t attempt_t;
typedef enum ngx_http_macaw_attempts_kind kind_t;

/* ---- counters ---- */

/* How long the wait after the last attempt is. */
static time_t delay_of(const attempts_t *attempts, kind_t kind, const entry_t *entry)
{
    ngx_uint_t over;

    if (entry->count < attempts->limits[kind]) {
        return 0;
    }
    over = entry->count - attempts->limits[kind];
    return over >= 20 ? attempts->within : ngx_min((time_t)1 << over, attempts->within);
}

/* Quiet for long enough after the wait: forgotten. */
static uint32_t count_of(const attempts_t *attempts, kind_t kind, const entry_t *entry,
                         time_t now)
{
    return now - entry->last > delay_of(attempts, kind, entry) + attempts->within ? 0
                                                                                 : entry->count;
}

static entry_t *set_of(table_t *table, kind_t kind, uint64_t name)
{
    return table->entries + ((size_t)kind * table->sets + name % table->sets) * WAYS;
}

static entry_t *find(table_t *table, kind_t kind, uint64_t name)
{
    entry_t *set = set_of(table, kind, name);
    ngx_uint_t i;

    for (i = 0; i < WAYS; i++) {
        if (set[i].name == name) {
            return &set[i];
        }
    }
    return NULL;
}

/* Whether a matters less than b. */
static bool is_less(const attempts_t *attempts, kind_t kind, const entry_t *a, const entry_t *b,
                    time_t now)
{
    uint32_t m = count_of(attempts, kind, a, now), n = count_of(attempts, kind, b, now);

    if ((a->name == 0) != (b->name == 0)) {
        return a->name == 0;
    }
    return kind == BY_BOTH || m == n ? a->last < b->last : m < n;
}

static entry_t *find_or_make(attempts_t *attempts, kind_t kind, uint64_t name, time_t now)
{
    entry_t *entry = find(attempts->table, kind, name);
    entry_t *set = set_of(attempts->table, kind, name);
    ngx_uint_t i;

    if (entry != NULL) {
        return entry;
    }
    entry = set;
    for (i = 1; i < WAYS; i++) {
        if (is_less(attempts, kind, &set[i], entry, now)) {
            entry = &set[i];
        }
    }
    entry->name = name;
    entry->last = now;
    entry->count = 0;
    return entry;
}

static time_t wait_of(attempts_t *attempts, kind_t kind, uint64_t name, time_t now)
{
    entry_t *entry = find(attempts->table, kind, name);
    time_t until;

    if (entry != NULL && entry->last > now) {
        entry->last = now; /* the clock was set back: nobody waits for it to catch up */
    }
    if (entry == NULL || count_of(attempts, kind, entry, now) == 0) {
        return 0;
    }
    until = entry->last + delay_of(attempts, kind, entry);
    return until > now ? until - now : 0;
}

static void add(attempts_t *attempts, kind_t kind, uint64_t name, time_t now)
{
    entry_t *entry = find_or_make(attempts, kind, name, now);
    uint32_t count = count_of(attempts, kind, entry, now);

    entry->count = count < UINT32_MAX ? count + 1 : count;
    entry->last = now;
}

static void undo(attempts_t *attempts, kind_t kind, uint64_t name)
{
    entry_t *entry = find(attempts->table, kind, name);

    if (entry != NULL && entry->count > 0) {
        entry->count--;
    }
}

/* ---- names ---- */

/* IPv6 by /64, which one subscriber has; sockets of the machine are one address. */
static void print_address(const struct sockaddr *address, uint8_t ret[ADDRESS_LEN])
{
    const struct sockaddr_in *in = (const void *)address;
#if NGX_HAVE_INET6
    const struct sockaddr_in6 *in6 = (const void *)address;
#endif

    ngx_memzero(ret, ADDRESS_LEN);
    if (address->sa_family == AF_INET) {
        ngx_memcpy(ret + 12, &in->sin_addr, 4);
    }
#if NGX_HAVE_INET6
    if (address->sa_family == AF_INET6) {
        ngx_memcpy(ret, &in6->sin6_addr, IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr) ? 16 : 8);
        ngx_memzero(ret + 8, IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr) ? 4 : 8);
    }
#endif
}

static uint64_t name_of(const attempts_t *attempts, kind_t kind,
                        const ngx_http_macaw_session_t *session, const ngx_str_t *user,
                        const uint8_t address[ADDRESS_LEN])
{
    const uint64_t lengths[] = {(uint64_t)kind, session->name.len, user->len};
    uint64_t name = 0;
    macaw_ctx ctx;

    if (macaw_start(&ctx, attempts->prf, NULL, 0) != MACAW_OK
        || macaw_update(&ctx, lengths, sizeof lengths) != MACAW_OK
        || macaw_update(&ctx, session->name.data, session->name.len) != MACAW_OK
        || macaw_update(&ctx, user->data, kind == BY_ADDRESS ? 0 : user->len) != MACAW_OK
        || macaw_update(&ctx, address, kind == BY_USER ? 0 : ADDRESS_LEN) != MACAW_OK
        || macaw_finish(&ctx, &name, sizeof name) != MACAW_OK) {
        macaw_ctx_end(&ctx);
    }
    return name != 0 ? name : 1;
}

static attempts_t *attempts_of(ngx_http_request_t *r)
{
    const ngx_http_macaw_session_main_conf_t *mcf =
        ngx_http_get_module_main_conf(r, ngx_http_macaw_session_module);

    return mcf->attempts;
}

static ngx_shmtx_t *mutex_of(const attempts_t *attempts)
{
    return &((ngx_slab_pool_t *)attempts->shm->shm.addr)->mutex;
}

/* ---- attempts ---- */

/* Under the lock. */
static time_t begin(attempts_t *attempts, attempt_t *attempt, time_t now)
{
    time_t user, address;

    attempt->known = find(attempts->table, BY_BOTH, attempt->both) != NULL;
    if (attempt->known) {
        user = wait_of(attempts, BY_BOTH, attempt->both, now);
        if (user == 0) {
            add(attempts, BY_BOTH, attempt->both, now);
        }
        return user;
    }
    user = wait_of(attempts, BY_USER, attempt->user, now);
    address = wait_of(attempts, BY_ADDRESS, attempt->address, now);
    if (user == 0 && address == 0) {
        add(attempts, BY_USER, attempt->user, now);
        add(attempts, BY_ADDRESS, attempt->address, now);
    }
    return ngx_max(user, address);
}

time_t ngx_http_macaw_begin_attempt(ngx_http_request_t *r, const ngx_http_macaw_session_t *session,
                                    const ngx_str_t *user, attempt_t *ret)
{
    const ngx_str_t nobody = ngx_null_string;
    attempts_t *attempts = attempts_of(r);
    uint8_t address[ADDRESS_LEN];
    time_t wait;

    print_address(r->connection->sockaddr, address);
    ret->address = name_of(attempts, BY_ADDRESS, session, &nobody, address);
    ret->user = name_of(attempts, BY_USER, session, user, address);
    ret->both = name_of(attempts, BY_BOTH, session, user, address);
    ngx_shmtx_lock(mutex_of(attempts));
    wait = begin(attempts, ret, ngx_time());
    ngx_shmtx_unlock(mutex_of(attempts));
    return wait;
}

void ngx_http_macaw_end_attempt(ngx_http_request_t *r, const attempt_t *attempt, bool good)
{
    attempts_t *attempts = attempts_of(r);

    ngx_shmtx_lock(mutex_of(attempts));
    if (attempt->known) {
        undo(attempts, BY_BOTH, attempt->both);
    } else {
        undo(attempts, BY_USER, attempt->user);
        undo(attempts, BY_ADDRESS, attempt->address);
    }
    if (good) {
        (void)find_or_make(attempts, BY_BOTH, attempt->both, ngx_time());
    }
    ngx_shmtx_unlock(mutex_of(attempts));
}
