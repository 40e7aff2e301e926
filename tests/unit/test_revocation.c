/* The revocation table: what is revoked and what is not, ends to the second, a
 * full table, and reading back. */
#include "unit/store_util.h"

#include <stdbool.h>

#define EVERY_KIND ((1u << MACAW_REVOCATION_KINDS) - 1)

static void by_session_id(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(1000, 10);

    assert_int_equal(check_sid(t.table, 1, NOW), MACAW_REVOKED_NO);
    put_entry(t.table, sid_entry(1, NOW + 10), NOW);
    assert_int_equal(check_sid(t.table, 1, NOW), MACAW_REVOKED_SID);
    assert_int_equal(check_sid(t.table, 2, NOW), MACAW_REVOKED_NO);

    /* Each byte of an id counts. */
    macaw_revocation_entry near = sid_entry(1, 0);
    macaw_revocation_session session = { .sid = near.sid };
    for (unsigned bit = 0; bit < 8 * MACAW_SESSION_SID_LEN; bit++) {
        near.sid[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(macaw_revocation_check(t.table, &session, NOW), MACAW_REVOKED_NO);
        near.sid[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_int_equal(macaw_revocation_check(t.table, &session, NOW), MACAW_REVOKED_SID);
    session.sid = NULL;
    assert_int_equal(macaw_revocation_check(t.table, &session, NOW), MACAW_REVOKED_NO);
    drop_revocation(&t);
}

static void ends_to_the_second(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(1000, 10);

    put_entry(t.table, sid_entry(1, NOW + 10), NOW);
    put_entry(t.table, name_entry(MACAW_REVOCATION_SUBJECT, "ann", NOW, NOW + 10), NOW);
    put_entry(t.table, name_entry(MACAW_REVOCATION_KEY, "k1", 0, MACAW_REVOCATION_NEVER), NOW);
    macaw_revocation_session by_key = { .kid = "k1" };

    assert_int_equal(check_sid(t.table, 1, NOW + 10), MACAW_REVOKED_SID);
    assert_int_equal(check_sid(t.table, 1, NOW + 11), MACAW_REVOKED_NO);
    assert_int_equal(check_subject(t.table, "ann", 1, 0, NOW + 10), MACAW_REVOKED_SUBJECT);
    assert_int_equal(check_subject(t.table, "ann", 1, 0, NOW + 11), MACAW_REVOKED_NO);
    assert_int_equal(macaw_revocation_check(t.table, &by_key, UINT32_MAX), MACAW_REVOKED_KEY);
    assert_int_equal(revocation_stats(t.table, NOW + 10).live[MACAW_REVOCATION_SID], 1);
    assert_int_equal(revocation_stats(t.table, NOW + 11).live[MACAW_REVOCATION_SID], 0);

    /* Only ever later. */
    put_entry(t.table, sid_entry(1, NOW + 5), NOW);
    assert_int_equal(check_sid(t.table, 1, NOW + 10), MACAW_REVOKED_SID);
    put_entry(t.table, sid_entry(1, NOW + 20), NOW);
    assert_int_equal(check_sid(t.table, 1, NOW + 20), MACAW_REVOKED_SID);
    assert_int_equal(check_sid(t.table, 1, NOW + 21), MACAW_REVOKED_NO);

    /* What is over already is nothing, and takes no room. */
    put_entry(t.table, sid_entry(2, NOW - 1), NOW);
    assert_int_equal(check_sid(t.table, 2, NOW - 1), MACAW_REVOKED_NO);
    put_entry(t.table, sid_entry(2, NOW), NOW);
    assert_int_equal(check_sid(t.table, 2, NOW), MACAW_REVOKED_SID);
    drop_revocation(&t);
}

static void by_subject_and_time(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(1000, 10);

    put_entry(t.table, name_entry(MACAW_REVOCATION_SUBJECT, "ann", NOW - 100, NOW + 10), NOW);
    assert_int_equal(check_subject(t.table, "ann", NOW - 101, 0, NOW), MACAW_REVOKED_SUBJECT);
    assert_int_equal(check_subject(t.table, "ann", NOW - 100, 0, NOW), MACAW_REVOKED_SUBJECT);
    assert_int_equal(check_subject(t.table, "ann", NOW - 99, 0, NOW), MACAW_REVOKED_NO);
    /* A renewed session is as old as its login. */
    assert_int_equal(check_subject(t.table, "ann", NOW - 100, NOW, NOW), MACAW_REVOKED_SUBJECT);
    assert_int_equal(check_subject(t.table, "ann", 0, NOW - 100, NOW), MACAW_REVOKED_SUBJECT);
    assert_int_equal(check_subject(t.table, "ann", 0, NOW - 99, NOW), MACAW_REVOKED_NO);
    assert_int_equal(check_subject(t.table, "ann", 0, 0, NOW), MACAW_REVOKED_SUBJECT);
    assert_int_equal(check_subject(t.table, "an", 1, 0, NOW), MACAW_REVOKED_NO);
    assert_int_equal(check_subject(t.table, "anna", 1, 0, NOW), MACAW_REVOKED_NO);
    assert_int_equal(check_subject(t.table, "Ann", 1, 0, NOW), MACAW_REVOKED_NO);
    assert_int_equal(check_subject(t.table, "", 1, 0, NOW), MACAW_REVOKED_NO);

    /* Only ever later. */
    put_entry(t.table, name_entry(MACAW_REVOCATION_SUBJECT, "ann", NOW - 200, NOW + 10), NOW);
    assert_int_equal(check_subject(t.table, "ann", NOW - 100, 0, NOW), MACAW_REVOKED_SUBJECT);
    put_entry(t.table, name_entry(MACAW_REVOCATION_SUBJECT, "ann", NOW, NOW + 10), NOW);
    assert_int_equal(check_subject(t.table, "ann", NOW, 0, NOW), MACAW_REVOKED_SUBJECT);
    drop_revocation(&t);
}

static macaw_revoked check_generation(const macaw_revocation *table, uint16_t generation)
{
    macaw_revocation_session session = {
        .subject = { "ann", 3 }, .login = NOW, .generation = generation
    };

    return macaw_revocation_check(table, &session, NOW);
}

static void by_generation(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(1000, 10);
    macaw_revocation_entry entry = name_entry(MACAW_REVOCATION_SUBJECT, "ann", 0, NOW + 10);

    entry.generation = 5;
    put_entry(t.table, entry, NOW);
    assert_int_equal(check_generation(t.table, 0), MACAW_REVOKED_GENERATION);
    assert_int_equal(check_generation(t.table, 4), MACAW_REVOKED_GENERATION);
    assert_int_equal(check_generation(t.table, 5), MACAW_REVOKED_NO);
    assert_int_equal(check_generation(t.table, 65535), MACAW_REVOKED_NO);
    entry.generation = 3;
    put_entry(t.table, entry, NOW);
    assert_int_equal(check_generation(t.table, 4), MACAW_REVOKED_GENERATION);
    /* The entry says nothing about times, so an unknown one is no reason. */
    assert_int_equal(check_subject(t.table, "ann", 0, 0, NOW), MACAW_REVOKED_GENERATION);
    entry.generation = 0;
    entry.before = NOW;
    put_entry(t.table, entry, NOW);
    assert_int_equal(check_generation(t.table, 9), MACAW_REVOKED_SUBJECT);
    drop_revocation(&t);
}

static void by_key(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(1000, 10);
    macaw_revocation_session session = { .kid = "k1", .login = NOW + 5 };

    put_entry(t.table, name_entry(MACAW_REVOCATION_SUBJECT, "k1", NOW, NOW + 10), NOW);
    assert_int_equal(macaw_revocation_check(t.table, &session, NOW), MACAW_REVOKED_NO);
    put_entry(t.table, name_entry(MACAW_REVOCATION_KEY, "k1", 0, NOW + 10), NOW);
    assert_int_equal(macaw_revocation_check(t.table, &session, NOW), MACAW_REVOKED_KEY);
    session.kid = "k2";
    assert_int_equal(macaw_revocation_check(t.table, &session, NOW), MACAW_REVOKED_NO);
    session.kid = "";
    assert_int_equal(macaw_revocation_check(t.table, &session, NOW), MACAW_REVOKED_NO);
    drop_revocation(&t);
}

static void first_reason_is_told(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(1000, 10);
    macaw_revocation_entry sid = sid_entry(1, NOW + 30);
    macaw_revocation_session session = {
        .sid = sid.sid, .subject = { "ann", 3 }, .kid = "k1", .login = NOW
    };

    put_entry(t.table, name_entry(MACAW_REVOCATION_KEY, "k1", 0, NOW + 50), NOW);
    put_entry(t.table, name_entry(MACAW_REVOCATION_SUBJECT, "ann", NOW, NOW + 40), NOW);
    put_entry(t.table, sid, NOW);
    assert_int_equal(macaw_revocation_check(t.table, &session, NOW + 30), MACAW_REVOKED_SID);
    assert_int_equal(macaw_revocation_check(t.table, &session, NOW + 31), MACAW_REVOKED_SUBJECT);
    assert_int_equal(macaw_revocation_check(t.table, &session, NOW + 41), MACAW_REVOKED_KEY);
    assert_int_equal(macaw_revocation_check(t.table, &session, NOW + 51), MACAW_REVOKED_NO);
    drop_revocation(&t);
}

static void refuses_what_is_out_of_range(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(1000, 10);
    macaw_revocation_entry bad[11];

    for (unsigned i = 0; i < 11; i++) {
        bad[i] = name_entry(i < 7 ? MACAW_REVOCATION_SUBJECT : MACAW_REVOCATION_KEY, "ann",
                            i < 7 ? NOW : 0, NOW + 1);
    }
    bad[0].text_len = 0;
    bad[1].text_len = MACAW_REVOCATION_TEXT_MAX + 1;
    bad[2].before = 0;
    bad[3].before = -1;
    bad[4].before = (int64_t)UINT32_MAX + 1;
    bad[5].until = (int64_t)UINT32_MAX + 1;
    bad[6].until = -1;
    bad[7].text_len = MACAW_KID_MAX + 1;
    bad[8].kind = MACAW_REVOCATION_KINDS;
    bad[9].before = NOW;
    bad[10] = sid_entry(1, NOW + 1);
    bad[10].generation = 1;
    for (unsigned i = 0; i < 11; i++) {
        assert_int_equal(macaw_revocation_revoke(t.table, &bad[i], NOW), MACAW_EARG);
    }
    macaw_revocation_entry good = sid_entry(1, NOW);
    assert_int_equal(macaw_revocation_revoke(t.table, &good, -1), MACAW_EARG);
    assert_int_equal(macaw_revocation_revoke(NULL, &good, NOW), MACAW_EARG);
    for (unsigned kind = 0; kind < MACAW_REVOCATION_KINDS; kind++) {
        assert_int_equal(revocation_stats(t.table, NOW).live[kind], 0);
    }
    drop_revocation(&t);
}

/* Any byte may be in a subject, up to the longest. */
static void long_and_odd_subjects(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(1000, 300);
    macaw_revocation_entry entry = {
        .kind = MACAW_REVOCATION_SUBJECT, .before = NOW, .until = NOW + 5
    };
    char text[MACAW_REVOCATION_TEXT_MAX + 1];

    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)(i % 3 == 0 ? 0 : i);
    }
    for (size_t len = 1; len <= MACAW_REVOCATION_TEXT_MAX; len++) {
        macaw_revocation_session session = { .subject = { text, len }, .login = NOW };
        assert_int_equal(macaw_revocation_check(t.table, &session, NOW), MACAW_REVOKED_NO);
        memcpy(entry.text, text, len);
        entry.text_len = len;
        put_entry(t.table, entry, NOW);
        assert_int_equal(macaw_revocation_check(t.table, &session, NOW), MACAW_REVOKED_SUBJECT);
    }
    macaw_revocation_session session = { .subject = { text, sizeof text }, .login = NOW };
    assert_int_equal(macaw_revocation_check(t.table, &session, NOW), MACAW_REVOKED_NO);
    drop_revocation(&t);
}

/* ---- room ---- */

static void as_many_as_promised_then_loudly_full(void **state)
{
    (void)state;
    static const uint64_t sizes[] = { 1024, 5000, 50000 };

    for (unsigned i = 0; i < 3; i++) {
        struct shared_revocation t = make_revocation(sizes[i], 100);
        uint64_t capacity = revocation_stats(t.table, NOW).sid_capacity, n = 0;
        int status;
        assert_true(t.block.size - macaw_revocation_size(0, 100) + 24 * 1024 <
                    24 * sizes[i] + 65536);
        for (;;) {
            macaw_revocation_entry entry = sid_entry(n, NOW + 10);
            status = macaw_revocation_revoke(t.table, &entry, NOW);
            if (status != MACAW_OK) {
                break;
            }
            n++;
        }
        assert_int_equal(status, MACAW_ELIMIT);
        assert_true(n >= sizes[i] && n <= capacity);
        assert_int_equal(revocation_stats(t.table, NOW).full, 1);
        for (uint64_t k = 0; k < n; k++) {
            assert_int_equal(check_sid(t.table, k, NOW), MACAW_REVOKED_SID);
        }
        assert_int_equal(check_sid(t.table, n, NOW), MACAW_REVOKED_NO);
        assert_int_equal(revocation_stats(t.table, NOW).live[MACAW_REVOCATION_SID], n);

        /* An entry that is there may be made longer, and what has expired makes room. */
        put_entry(t.table, sid_entry(0, NOW + 1000), NOW);
        for (uint64_t k = 0; k < sizes[i] - 1; k++) {
            put_entry(t.table, sid_entry(1000000 + k, NOW + 20), NOW + 11);
        }
        assert_int_equal(check_sid(t.table, 0, NOW + 11), MACAW_REVOKED_SID);
        assert_int_equal(revocation_stats(t.table, NOW + 11).live[MACAW_REVOCATION_SID], sizes[i]);
        drop_revocation(&t);
    }
}

static void names_have_room_of_their_own(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(1024, 200);
    char text[32];
    uint64_t n = 0;
    int status;

    do {
        (void)snprintf(text, sizeof text, "user-%u", (unsigned)n);
        macaw_revocation_entry entry = name_entry(
            n % 2 ? MACAW_REVOCATION_SUBJECT : MACAW_REVOCATION_KEY, text, n % 2 ? NOW : 0,
            NOW + 10);
        status = macaw_revocation_revoke(t.table, &entry, NOW);
        n++;
    } while (status == MACAW_OK);
    assert_int_equal(status, MACAW_ELIMIT);
    assert_true(n - 1 >= 200);
    put_entry(t.table, sid_entry(1, NOW + 10), NOW);
    macaw_revocation_stats stats = revocation_stats(t.table, NOW);
    assert_int_equal(stats.live[MACAW_REVOCATION_SUBJECT] + stats.live[MACAW_REVOCATION_KEY],
                     n - 1);
    assert_int_equal(stats.live[MACAW_REVOCATION_SUBJECT], (n - 1) / 2);
    assert_int_equal(stats.revoked[MACAW_REVOCATION_SUBJECT], (n - 1) / 2);
    drop_revocation(&t);
}

/* Years of use: each place is used again many times, and looking stays short. */
static void places_are_used_again(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(2000, 10);

    for (unsigned round = 0; round < 200; round++) {
        for (unsigned i = 0; i < 500; i++) {
            put_entry(t.table, sid_entry(round * 1000 + i, NOW + round + 3), NOW + round);
        }
        for (unsigned i = 0; i < 500; i++) {
            assert_int_equal(check_sid(t.table, round * 1000 + i, NOW + round), MACAW_REVOKED_SID);
            assert_int_equal(check_sid(t.table, round * 1000 + i, NOW + round + 3),
                             MACAW_REVOKED_SID);
            assert_int_equal(check_sid(t.table, round * 1000 + 500 + i, NOW + round),
                             MACAW_REVOKED_NO);
        }
    }
    assert_int_equal(revocation_stats(t.table, NOW + 199).live[MACAW_REVOCATION_SID], 2000);
    drop_revocation(&t);
}

/* ---- reading back ---- */

static void lists_every_live_entry_once(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(3000, 100);
    static bool seen[2000];
    unsigned sids = 0, subjects = 0, keys = 0;
    macaw_revocation_entry entry;
    uint64_t at = 0;
    char text[16];

    memset(seen, 0, sizeof seen);
    for (unsigned i = 0; i < 2000; i++) {
        put_entry(t.table, sid_entry(i, NOW + (i % 2 ? 5 : 10)), NOW);
    }
    for (unsigned i = 0; i < 50; i++) {
        (void)snprintf(text, sizeof text, "n%u", i);
        put_entry(t.table, name_entry(i % 2 ? MACAW_REVOCATION_SUBJECT : MACAW_REVOCATION_KEY,
                                      text, i % 2 ? NOW - 7 : 0, NOW + (i < 40 ? 10 : 5)), NOW);
    }
    while (macaw_revocation_next(t.table, EVERY_KIND, NOW + 6, &at, &entry)) {
        assert_int_equal(entry.until, NOW + 10);
        sids += entry.kind == MACAW_REVOCATION_SID;
        subjects += entry.kind == MACAW_REVOCATION_SUBJECT;
        keys += entry.kind == MACAW_REVOCATION_KEY;
        for (unsigned i = 0; entry.kind == MACAW_REVOCATION_SID && i < 2000; i += 2) {
            macaw_revocation_entry want = sid_entry(i, 0);
            if (memcmp(want.sid, entry.sid, sizeof want.sid) == 0) {
                assert_false(seen[i]);
                seen[i] = true;
            }
        }
        if (entry.kind == MACAW_REVOCATION_SUBJECT) {
            assert_int_equal(entry.before, NOW - 7);
            assert_int_equal(entry.text[0], 'n');
            assert_int_equal(strlen(entry.text), entry.text_len);
        }
    }
    assert_int_equal(sids, 1000);
    assert_int_equal(subjects, 20);
    assert_int_equal(keys, 20);

    at = 0;
    while (macaw_revocation_next(t.table, 1u << MACAW_REVOCATION_KEY, NOW, &at, &entry)) {
        assert_int_equal(entry.kind, MACAW_REVOCATION_KEY);
        keys++;
    }
    assert_int_equal(keys, 20 + 25);
    at = UINT64_MAX;
    assert_false(macaw_revocation_next(t.table, EVERY_KIND, NOW, &at, &entry));
    drop_revocation(&t);
}

static void finds_one(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(1000, 10);
    macaw_revocation_entry entry = name_entry(MACAW_REVOCATION_SUBJECT, "ann", NOW - 3, NOW + 10);
    macaw_revocation_entry sid = sid_entry(7, NOW + 10);

    entry.generation = 9;
    put_entry(t.table, entry, NOW);
    put_entry(t.table, sid, NOW);
    entry.before = entry.until = entry.generation = 0;
    assert_int_equal(macaw_revocation_find(t.table, &entry, NOW, &entry), MACAW_OK);
    assert_int_equal(entry.before, NOW - 3);
    assert_int_equal(entry.generation, 9);
    assert_int_equal(entry.until, NOW + 10);
    assert_string_equal(entry.text, "ann");
    assert_int_equal(macaw_revocation_find(t.table, &entry, NOW + 11, &entry), MACAW_ENOTFOUND);
    assert_int_equal(macaw_revocation_find(t.table, &sid, NOW, &sid), MACAW_OK);
    assert_int_equal(sid.until, NOW + 10);
    sid.sid[11] ^= 1;
    assert_int_equal(macaw_revocation_find(t.table, &sid, NOW, &sid), MACAW_ENOTFOUND);
    entry.kind = MACAW_REVOCATION_KEY;
    assert_int_equal(macaw_revocation_find(t.table, &entry, NOW, &entry), MACAW_ENOTFOUND);
    entry.text_len = 0;
    assert_int_equal(macaw_revocation_find(t.table, &entry, NOW, &entry), MACAW_EARG);
    drop_revocation(&t);
}

static void attaches_to_its_own_only(void **state)
{
    (void)state;
    struct shared_revocation t = make_revocation(5000, 10);
    struct shared_block other = make_block(t.block.size);
    macaw_revocation *second = NULL;

    put_entry(t.table, sid_entry(1, NOW + 10), NOW);
    assert_int_equal(macaw_revocation_attach(&second, t.block.mem, t.block.size), MACAW_OK);
    assert_int_equal(check_sid(second, 1, NOW), MACAW_REVOKED_SID);
    put_entry(second, sid_entry(2, NOW + 10), NOW);
    assert_int_equal(check_sid(t.table, 2, NOW), MACAW_REVOKED_SID);
    macaw_revocation_detach(second);
    assert_int_equal(macaw_revocation_attach(&second, t.block.mem, t.block.size - 64),
                     MACAW_EFORMAT);
    assert_int_equal(macaw_revocation_attach(&second, other.mem, other.size), MACAW_EFORMAT);
    assert_int_equal(macaw_revocation_init(&second, other.mem, macaw_revocation_size(0, 10) - 64,
                                           10), MACAW_EARG);
    assert_int_equal(macaw_revocation_init(&second, (char *)other.mem + 8, other.size - 64, 10),
                     MACAW_EARG);
    assert_true(macaw_revocation_size(UINT64_MAX, 0) == SIZE_MAX);
    drop_block(&other);
    drop_revocation(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_session_id),
        cmocka_unit_test(ends_to_the_second),
        cmocka_unit_test(by_subject_and_time),
        cmocka_unit_test(by_generation),
        cmocka_unit_test(by_key),
        cmocka_unit_test(first_reason_is_told),
        cmocka_unit_test(refuses_what_is_out_of_range),
        cmocka_unit_test(long_and_odd_subjects),
        cmocka_unit_test(as_many_as_promised_then_loudly_full),
        cmocka_unit_test(names_have_room_of_their_own),
        cmocka_unit_test(places_are_used_again),
        cmocka_unit_test(lists_every_live_entry_once),
        cmocka_unit_test(finds_one),
        cmocka_unit_test(attaches_to_its_own_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
