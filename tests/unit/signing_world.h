/* Keys, a policy and a request to bend, for the tests of signing. */
#ifndef MACAW_TESTS_SIGNING_WORLD_H
#define MACAW_TESTS_SIGNING_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <macaw/signing.h>

#include "mac/registry.h"

#define NOW    INT64_C(1711662980)
#define TARGET "/example/users?user=test&institutionID=999&signature=7e745d74b69b7f62e8e2"

#define H_MAC   "X-Authorization-Content-HMAC"
#define H_STAMP "X-Authorization-Timestamp"
#define H_KID   "X-Authorization-Key-Id"

typedef struct world {
    macaw_keyring *ring;
    const macaw_scheme *schemes[2];
    macaw_policy policy;
    macaw_field fields[16];
    macaw_request request;
    macaw_signed credentials;
    macaw_verdict verdict;
} world;

static inline macaw_str str(const char *text)
{
    return (macaw_str){text, strlen(text)};
}

static inline world *world_new(void)
{
    static world w;

    memset(&w, 0, sizeof w);
    assert_int_equal(macaw_keyring_new(&w.ring), MACAW_OK);
    w.schemes[0] = macaw_scheme_find("x-authorization");
    w.schemes[1] = macaw_scheme_find("x-authorization-legacy");
    w.policy = (macaw_policy){
        .keys = w.ring,
        .use = "http",
        .schemes = w.schemes,
        .scheme_count = 1,
        .window = 300,
    };
    w.request = (macaw_request){
        .method = str("GET"),
        .target = str(TARGET),
        .fields = w.fields,
    };
    return &w;
}

static inline void world_free(world *w)
{
    macaw_keyring_free(w->ring);
}

static inline const macaw_entry *find(const world *w, const char *kid)
{
    return macaw_keyring_find(w->ring, kid, strlen(kid));
}

static inline const macaw_entry *add_spec(world *w, const char *alg, const char *secret,
                                          macaw_entry_spec spec)
{
    macaw_error err = {.text = ""};

    spec.alg = macaw_alg_find(alg) != NULL ? macaw_alg_find(alg) : macaw_alg_find_insecure(alg);
    spec.secret = secret;
    spec.secret_len = strlen(secret);
    if (macaw_keyring_add(w->ring, &spec, &err) != MACAW_OK) {
        fail_msg("%s", err.text);
    }
    return find(w, spec.kid);
}

/* A sound key whose secret is made from its id. */
static inline const macaw_entry *add_key(world *w, const char *kid, macaw_key_state state)
{
    char secret[128];

    (void)snprintf(secret, sizeof secret, "the secret of %s, long enough for all (%s)", kid, kid);
    return add_spec(w, "hmac-sha256", secret, (macaw_entry_spec){.kid = kid, .state = state});
}

static inline void add_field(world *w, const char *name, const char *value)
{
    assert_in_range(w->request.field_count, 0, 15);
    w->fields[w->request.field_count++] = (macaw_field){str(name), str(value)};
}

/* Replace all fields by the credentials of the request as it is. */
static inline void sign_at(world *w, const macaw_entry *entry, int64_t when, bool with_kid)
{
    assert_int_equal(
        macaw_request_sign(w->schemes[0], entry, &w->request, when, with_kid, &w->credentials),
        MACAW_OK);
    memcpy(w->fields, w->credentials.fields, sizeof w->credentials.fields);
    w->request.field_count = w->credentials.count;
}

static inline macaw_reason check(world *w)
{
    macaw_request_check(&w->policy, &w->request, NOW, &w->verdict);
    assert_true(w->verdict.mac_ok == (w->verdict.entry != NULL));
    assert_true(w->verdict.mac_ok || w->verdict.reason != MACAW_REASON_OK);
    assert_true(memchr(w->verdict.detail, '\0', sizeof w->verdict.detail) != NULL);
    return w->verdict.reason;
}

#define expect_reason(w, want)                                                                     \
    assert_string_equal(macaw_reason_name(check(w)), macaw_reason_name(want))

#define expect_detail(w, want) assert_string_equal((w)->verdict.detail, want)

#endif
