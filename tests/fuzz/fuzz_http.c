/* Whatever a message looks like, its MAC counts as right only if it is. An input
 * is a byte of switches, a line "METHOD TARGET", then lines "NAME: VALUE"; the
 * last line without a colon, if any, is the content of a response. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <macaw/signing.h>

#include "fuzz.h"
#include "mac/registry.h"

#define FIELDS_MAX 12
#define NOW        INT64_C(1711662980)

typedef struct message {
    unsigned switches;
    macaw_request request;
    macaw_field fields[FIELDS_MAX];
    macaw_str content;
} message;

static void add_key(macaw_keyring *ring, const char *kid, const char *alg, const char *secret)
{
    const macaw_alg *found = macaw_alg_find(alg);
    const macaw_entry_spec spec = {
        .kid = kid,
        .alg = found != NULL ? found : macaw_alg_find_insecure(alg),
        .secret = secret,
        .secret_len = strlen(secret),
        .state = found != NULL ? MACAW_ACTIVE : MACAW_VERIFY,
        .insecure = found == NULL,
    };

    CHECK(macaw_keyring_add(ring, &spec, NULL) == MACAW_OK);
}

static macaw_str next_line(macaw_str *rest)
{
    const char *end = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;
    macaw_str line = {rest->data, end != NULL ? (size_t)(end - rest->data) : rest->len};
    size_t used = line.len + (end != NULL);

    rest->data += used;
    rest->len -= used;
    return line;
}

/* Split at the first separator; without one, all is before it. */
static bool split(macaw_str line, const char *separator, macaw_str *before, macaw_str *after)
{
    size_t n = strlen(separator);
    const char *at = line.len > 0 ? memmem(line.data, line.len, separator, n) : NULL;

    *before = (macaw_str){line.data, at != NULL ? (size_t)(at - line.data) : line.len};
    *after = at != NULL ? (macaw_str){at + n, line.len - before->len - n} : (macaw_str){"", 0};
    return at != NULL;
}

static void read_message(message *m, const uint8_t *data, size_t size)
{
    macaw_str rest = {(const char *)data + 1, size - 1};

    m->switches = data[0];
    m->content = (macaw_str){"", 0};
    (void)split(next_line(&rest), " ", &m->request.method, &m->request.target);
    m->request.fields = m->fields;
    m->request.field_count = 0;
    m->request.has_body = (m->switches & 8) != 0;
    while (rest.len > 0 && m->request.field_count < FIELDS_MAX) {
        macaw_field *field = &m->fields[m->request.field_count];
        macaw_str line = next_line(&rest);
        if (split(line, ": ", &field->name, &field->value)) {
            m->request.field_count++;
        } else {
            m->content = line;
        }
    }
}

/* The only header of that name, or the input breaks a promise. */
static macaw_str only(const message *m, const char *name)
{
    macaw_str value = {NULL, 0};

    for (size_t i = 0; i < m->request.field_count; i++) {
        const macaw_field *field = &m->fields[i];
        if (field->name.len == strlen(name) &&
            strncasecmp(field->name.data, name, field->name.len) == 0) {
            CHECK(value.data == NULL);
            value = field->value;
        }
    }
    CHECK(value.data != NULL && value.len > 0);
    return value;
}

/* first, separator and second under the key are the MAC that the header spells. */
static void check_mac(const macaw_entry *entry, macaw_str mac, macaw_str first,
                      const char *separator, macaw_str second)
{
    uint8_t tag[MACAW_TAG_MAX];
    char hex[2 * MACAW_TAG_MAX + 1];
    size_t n = macaw_key_tag_len(entry->key);
    macaw_ctx ctx;

    CHECK(macaw_start(&ctx, entry->key, NULL, 0) == MACAW_OK);
    CHECK(macaw_update(&ctx, first.data, first.len) == MACAW_OK);
    CHECK(macaw_update(&ctx, separator, strlen(separator)) == MACAW_OK);
    CHECK(macaw_update(&ctx, second.data, second.len) == MACAW_OK);
    CHECK(macaw_finish(&ctx, tag, n) == MACAW_OK);
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(hex + 2 * i, 3, "%02x", tag[i]);
    }
    CHECK(mac.len == 2 * n && memcmp(mac.data, hex, mac.len) == 0);
}

static void check_verdict(const macaw_verdict *verdict)
{
    CHECK(verdict->mac_ok == (verdict->entry != NULL));
    CHECK(verdict->reason < MACAW_REASON_COUNT && verdict->reason != MACAW_REASON_INTERNAL);
    CHECK(verdict->reason != MACAW_REASON_OK || verdict->mac_ok);
    CHECK(!verdict->mac_ok || (verdict->has_time && verdict->scheme != NULL));
    CHECK(memchr(verdict->detail, '\0', sizeof verdict->detail) != NULL);
    for (const char *p = verdict->detail; *p != '\0'; p++) {
        CHECK(*p >= ' ' && *p <= '~');
    }
}

static void check_request(const macaw_policy *policy, const message *m)
{
    macaw_verdict verdict;

    macaw_request_check(policy, &m->request, NOW, &verdict);
    check_verdict(&verdict);
    if (!verdict.mac_ok) {
        return;
    }
    macaw_str stamp = only(m, "X-Authorization-Timestamp");
    CHECK(stamp.len == 10 && stamp.data[0] != '0' && m->request.target.data[0] == '/');
    CHECK(policy->insecure || !verdict.entry->insecure);
    check_mac(verdict.entry, only(m, "X-Authorization-Content-HMAC"), m->request.target, "", stamp);
    CHECK((verdict.reason == MACAW_REASON_STALE) <= (verdict.skew > 300));
    CHECK((verdict.reason == MACAW_REASON_EARLY) <= (verdict.skew < -300));
    if (verdict.reason == MACAW_REASON_OK) {
        CHECK(verdict.skew >= -300 && verdict.skew <= 300);
    }
}

static void check_response(const macaw_scheme *scheme, const macaw_entry *entry, const message *m)
{
    macaw_verdict verdict;
    macaw_ctx ctx;

    if (macaw_response_check_start(&ctx, scheme, entry, m->fields, m->request.field_count,
                                   &verdict) != MACAW_OK) {
        CHECK(!verdict.mac_ok && verdict.reason != MACAW_REASON_OK);
        check_verdict(&verdict);
        return;
    }
    CHECK(macaw_update(&ctx, m->content.data, m->content.len) == MACAW_OK);
    macaw_response_check_finish(&ctx, 300, NOW, &verdict);
    check_verdict(&verdict);
    if (verdict.mac_ok) {
        check_mac(entry, only(m, "X-Response-Content-HMAC"),
                  only(m, "X-Response-Content-TimeStamp"), "|", m->content);
    }
}

/* Made once, and never changed. */
static const macaw_keyring *keys(void)
{
    static macaw_keyring *ring;

    if (ring == NULL) {
        CHECK(macaw_keyring_new(&ring) == MACAW_OK);
        add_key(ring, "alice", "hmac-sha256", "a secret of the fuzzer, not of anybody");
        add_key(ring, "old", "sha256-suffix", "your_secret_key");
    }
    return ring;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const macaw_scheme *schemes[] = {macaw_scheme_find("x-authorization"),
                                     macaw_scheme_find("x-authorization-legacy")};
    message m;

    if (size == 0) {
        return 0;
    }
    read_message(&m, data, size);
    const macaw_policy policy = {
        .keys = keys(),
        .use = "http",
        .schemes = schemes,
        .scheme_count = 2,
        .window = 300,
        .insecure = (m.switches & 1) != 0,
        .allow_uncovered = m.switches & 6 ? MACAW_COVERS_METHOD | MACAW_COVERS_BODY : 0,
    };
    check_request(&policy, &m);
    check_response(schemes[0], macaw_keyring_at(policy.keys, 0), &m);
    check_response(schemes[1], macaw_keyring_at(policy.keys, 1), &m);
    return 0;
}
