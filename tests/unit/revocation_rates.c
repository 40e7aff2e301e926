/* What looking up costs in a table of N session ids: revocation_rates N [JOURNAL].
 * With JOURNAL, a file that does not exist yet, the entries are written to it and
 * loaded from it. The figures of docs/revocation.md. Session id i is the first 12
 * bytes of the i-th and following number of splitmix64, little-endian. */
#include "unit/store_util.h"

#include <time.h>

enum { LOOKS = 2000000 };

static double seconds(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void report(const char *what, double begun, double n)
{
    printf("%-32s %8.1f ns\n", what, (seconds() - begun) / n * 1e9);
}

static bool enter_all(macaw_revocation *table, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        macaw_revocation_entry entry = sid_entry(i, MACAW_REVOCATION_NEVER);
        if (macaw_revocation_revoke(table, &entry, NOW) != MACAW_OK) {
            return false;
        }
    }
    return true;
}

/* Ids first, so that making them is not measured. */
static uint8_t (*make_ids(uint64_t first, uint64_t span))[MACAW_SESSION_SID_LEN]
{
    uint8_t(*ids)[MACAW_SESSION_SID_LEN] = malloc(LOOKS * sizeof *ids);
    uint64_t seed = 1;

    for (size_t i = 0; ids != NULL && i < LOOKS; i++) {
        macaw_revocation_entry entry = sid_entry(first + next_random(&seed) % span, 0);
        memcpy(ids[i], entry.sid, sizeof entry.sid);
    }
    return ids;
}

/* ahead: how many looks before it a line is asked for; 0: not. */
static void look(const macaw_revocation *table, const char *what, uint64_t first, uint64_t span,
                 size_t ahead, macaw_revoked want)
{
    uint8_t(*ids)[MACAW_SESSION_SID_LEN] = make_ids(first, span);
    size_t wrong = 0;
    double begun = seconds();

    for (size_t i = 0; ids != NULL && i < LOOKS; i++) {
        macaw_revocation_session session = { .sid = ids[i] };
        if (ahead > 0 && i + ahead < LOOKS) {
            macaw_revocation_prefetch(table, ids[i + ahead]);
        }
        wrong += macaw_revocation_check(table, &session, NOW) != want;
    }
    report(what, begun, LOOKS);
    if (ids == NULL || wrong > 0) {
        printf("WRONG: %zu\n", wrong);
        exit(1);
    }
    free(ids);
}

static macaw_revocation *make(uint64_t n)
{
    size_t size = macaw_revocation_size(n, 1000);
    void *mem = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    macaw_revocation *table = NULL;

    if (mem == MAP_FAILED || macaw_revocation_init(&table, mem, size, 1000) != MACAW_OK) {
        exit(1);
    }
    return table;
}

static macaw_revocation *through_journal(macaw_revocation *table, uint64_t n, const char *path)
{
    macaw_revocation_journal *journal;
    macaw_revocation *loaded = make(n);
    macaw_error err;
    double begun = seconds();

    if (macaw_revocation_journal_open(&journal, table, path, NOW, NULL, &err) != MACAW_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    macaw_revocation_journal_close(journal);
    report("write the journal, an entry", begun, (double)n);
    begun = seconds();
    if (macaw_revocation_journal_open(&journal, loaded, path, NOW, NULL, &err) != MACAW_OK) {
        fprintf(stderr, "%s\n", err.text);
        exit(1);
    }
    report("load the journal, an entry", begun, (double)n);
    macaw_revocation_journal_close(journal);
    return loaded;
}

int main(int argc, char **argv)
{
    uint64_t n = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000000;
    macaw_revocation *table = make(n);
    macaw_revocation_stats stats;
    double begun = seconds();

    printf("%-32s %8.2f bytes\n", "memory, an entry",
           (double)macaw_revocation_size(n, 1000) / (double)n);
    if (!enter_all(table, n)) {
        return 1;
    }
    report("revoke", begun, (double)n);
    if (argc > 2) {
        table = through_journal(table, n, argv[2]);
    }
    look(table, "not revoked", n, UINT64_C(1) << 40, 0, MACAW_REVOKED_NO);
    look(table, "not revoked, asked for before", n, UINT64_C(1) << 40, 8, MACAW_REVOKED_NO);
    look(table, "revoked", 0, n, 0, MACAW_REVOKED_SID);
    begun = seconds();
    macaw_revocation_stat(table, NOW, &stats);
    printf("%-32s %8.1f ms\n", "statistics", (seconds() - begun) * 1e3);
    return stats.live[MACAW_REVOCATION_SID] == n ? 0 : 1;
}
