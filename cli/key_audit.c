/* macaw key audit: what is wrong with a key or a keyring. */
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/ct.h"
#include "json_out.h"
#include "key/published.h"
#include "key/secret.h"
#include "key_arg.h"
#include "key_print.h"
#include "key_quality.h"
#include "key_ring.h"
#include "stream.h"

enum { OPTION_AUDIT_ALG = 512, MODE_ALLOWED = 0640, KEYRING_READ_MAX = MACAW_KEYRING_BYTES_MAX };

static const cli_option options[] = {
    KEYRING_ROW,
    {OPTION_AUDIT_ALG, "alg", "ALG",
     "the algorithm of a KEY that does not say; hmac-sha256 unless given"},
    {OPTION_KEY_JSON, "json", NULL, "as JSON"},
    LAST_ROW,
};

static const cli_usage usage = {
    "key audit",
    "KEY [--alg ALG] | --keyring FILE [--json]",
    "Look for short, guessable, published, expired and ambiguous keys. Prints no secret.\n"
    "Exit status 1 if there is a finding.",
    options,
};

/* The report is a JSON document; text is printed from it. */
typedef struct audit {
    json_t *keys;
    json_t *findings; /* of the whole */
    size_t count;     /* of all findings */
    int64_t now;
} audit;

static void find(audit *a, json_t *list, const char *format, ...) MACAW_PRINTF(3, 4);

static void find(audit *a, json_t *list, const char *format, ...)
{
    char text[300];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    json_array_append_new(list, json_string(text));
    a->count++;
}

/* ---- one secret ---- */

static void judge_secret(audit *a, json_t *key, json_t *findings, const macaw_alg *alg,
                         const uint8_t *secret, size_t len)
{
    key_quality q = key_quality_of(secret, len);
    unsigned safe = alg->key_safe * 8;

    json_object_set_new(key, "alg", json_string(alg->name));
    json_object_set_new(key, "bits", json_integer((json_int_t)len * 8));
    json_object_set_new(key, "safe_bits", json_integer(safe));
    json_object_set_new(key, "entropy_bits", json_integer(q.bits));
    json_object_set_new(key, "looks_like", json_string(q.kind));
    json_object_set_new(key, "distinct_bytes", json_integer((json_int_t)q.distinct));
    json_object_set_new(key, "note", q.note != NULL ? json_string(q.note) : json_null());
    if (len * 8 < safe) {
        find(a, findings, "short: %zu bits; %s needs %u", len * 8, alg->name, safe);
    } else if (q.bits < safe) {
        find(a, findings, "guessable: it looks like %s, worth %u bits at most; %s needs %u", q.kind,
             q.bits, alg->name, safe);
    }
    if (macaw_secret_published(secret, len)) {
        find(a, findings, "published: a default or an example, which attackers try first");
    }
    if (alg->advice != NULL) {
        find(a, findings, "algorithm: %s", alg->advice);
    }
}

/* ---- a keyring ---- */

static void judge_dates(audit *a, json_t *findings, const key_view *e)
{
    if (e->written != MACAW_RETIRED && e->state == MACAW_RETIRED) {
        find(a, findings, "expired: written as %s, but past its end",
             macaw_key_state_name(e->written));
    } else if (e->written != MACAW_VERIFY && e->state == MACAW_VERIFY && e->exp == 0) {
        find(a, findings, "endless: it signs no more and verifies for ever");
    }
    if (e->written == MACAW_VERIFY && e->exp == 0) {
        find(a, findings, "endless: it was rotated out and verifies for ever");
    }
    if (e->written == MACAW_PENDING && e->nbf == 0) {
        find(a, findings, "pending: without a date it never becomes active");
    }
    if (e->iat > a->now) {
        find(a, findings, "dates: made in the future");
    }
    if (e->insecure) {
        find(a, findings, "insecure: marked so, for schemes behind an insecure switch");
    }
}

/* The row of a key in the report, its findings on the dates in it. */
static json_t *add_row(audit *a, const key_view *view)
{
    json_t *key = json_object(), *findings = json_array();

    json_object_set_new(key, "kid", json_string(view->kid));
    json_object_set_new(key, "use", json_string(view->use));
    json_object_set_new(key, "state", json_string(macaw_key_state_name(view->state)));
    json_object_set_new(key, "findings", findings);
    json_array_append_new(a->keys, key);
    return key;
}

/* Its spelling, size and points a keyring has checked: what is left are the dates. */
static void judge_jwk(audit *a, const macaw_jwk *jwk)
{
    key_view view = key_view_jwk(jwk, a->now);
    json_t *key = add_row(a, &view);

    json_object_set_new(key, "alg", json_string(view.alg));
    json_object_set_new(key, "bits", json_integer((json_int_t)view.bits));
    json_object_set_new(key, "part", json_string(view.part));
    judge_dates(a, json_object_get(key, "findings"), &view);
}

static int judge_entry(audit *a, const macaw_keyring *ring, const macaw_entry *e)
{
    key_view view = key_view_entry(e, a->now);
    json_t *key = add_row(a, &view), *findings = json_object_get(key, "findings");
    uint8_t *secret = malloc(e->secret_len + 1);
    int status = CLI_DONE;

    if (secret == NULL || macaw_keyring_secret(ring, e, secret, e->secret_len) != MACAW_OK) {
        status = cli_fail(CLI_FAILED, e->kid, "out of memory");
    } else {
        judge_secret(a, key, findings, e->alg, secret, e->secret_len);
        judge_dates(a, findings, &view);
        macaw_wipe(secret, e->secret_len);
    }
    free(secret);
    return status;
}

/* Each purpose once, at its first key. */
static void judge_uses(audit *a, const macaw_keyring *ring)
{
    const macaw_entry *e, *before, *signer;

    for (size_t i = 0; (e = macaw_keyring_at(ring, i)) != NULL; i++) {
        size_t j = 0;
        while ((before = macaw_keyring_at(ring, j)) != e && strcmp(before->use, e->use) != 0) {
            j++;
        }
        int rc = before == e ? macaw_keyring_signer(ring, e->use, a->now, &signer) : MACAW_OK;
        if (rc == MACAW_ENOTFOUND) {
            find(a, a->findings, "no key for %s is active now", e->use);
        } else if (rc == MACAW_EEXIST) {
            find(a, a->findings, "more than one key for %s is active: messages must name their key",
                 e->use);
        }
    }
}

static void judge_mode(audit *a, const char *path)
{
    struct stat st;

    if (stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
        (st.st_mode & 07777 & ~(mode_t)MODE_ALLOWED) != 0) {
        find(a, a->findings, "mode %04o of the file: 0640 is the widest that keeps a secret",
             (unsigned)st.st_mode & 07777);
    }
}

static int read_text(const char *path, char **ret, size_t *len)
{
    FILE *file = fopen(path, "rbe");
    char *text = malloc(KEYRING_READ_MAX + 1);
    int status = CLI_DONE;

    if (file == NULL || text == NULL) {
        status = cli_fail_errno(path);
    } else {
        setvbuf(file, NULL, _IONBF, 0);
        *len = fread(text, 1, KEYRING_READ_MAX + 1, file);
        status = ferror(file) ? cli_fail_errno(path) : CLI_DONE;
    }
    if (file != NULL) {
        fclose(file);
    }
    *ret = text;
    return status;
}

/* Read whatever its mode is: that is a finding, like what a keyring refuses. */
static int judge_ring(audit *a, const char *path)
{
    macaw_keyring *ring = NULL;
    const macaw_entry *e;
    macaw_error err;
    char *text = NULL;
    size_t len = 0;
    int status = read_text(path, &text, &len);

    if (status == CLI_DONE) {
        judge_mode(a, path);
        int rc = macaw_keyring_parse(&ring, text, len, &err);
        macaw_wipe(text, len);
        if (rc == MACAW_EWEAK || rc == MACAW_EEXIST) {
            find(a, a->findings, "refused as a keyring: %s", err.text);
        } else if (rc != MACAW_OK) {
            status = cli_fail_detail(path, &err);
        }
    }
    free(text);
    if (ring != NULL) {
        for (size_t i = 0; status == CLI_DONE && (e = macaw_keyring_at(ring, i)) != NULL; i++) {
            status = judge_entry(a, ring, e);
        }
        for (size_t i = 0; status == CLI_DONE && i < macaw_keyring_jwk_size(ring); i++) {
            judge_jwk(a, macaw_keyring_jwk_at(ring, i));
        }
        judge_uses(a, ring);
        macaw_keyring_free(ring);
    }
    return status;
}

/* ---- a key alone ---- */

static int judge_one_of_ring(audit *a, const char *text)
{
    macaw_keyring *ring = NULL;
    const macaw_entry *entry = NULL;
    int status = cli_keyring_key("KEY", text, &ring, &entry);

    if (status == CLI_DONE && entry != NULL) {
        status = judge_entry(a, ring, entry);
        macaw_keyring_free(ring);
    }
    return status;
}

static int judge_key(audit *a, char *text, const char *alg_name)
{
    cli_key_request request = {.label = "KEY", .text = text};
    const macaw_alg *alg = macaw_alg_find(alg_name != NULL ? alg_name : "hmac-sha256");
    bool is_file = strncmp(text, "hex:", 4) != 0;
    cli_loaded_key key;

    if (alg == NULL) {
        return cli_fail(CLI_WRONG, "--alg", "unknown algorithm %s; see macaw algorithms", alg_name);
    }
    if (cli_is_keyring_key(text)) {
        return alg_name != NULL ? cli_fail(CLI_WRONG, "--alg", "the keyring says it")
                                : judge_one_of_ring(a, text);
    }
    int status = cli_key_load(&request, &key);
    if (status != CLI_DONE) {
        return status;
    }
    json_t *row = json_object(), *findings = json_array();
    json_object_set_new(row, "kid", json_string(is_file ? text : "KEY"));
    json_object_set_new(row, "findings", findings);
    json_array_append_new(a->keys, row);
    judge_secret(a, row, findings, alg, key.secret.data, key.secret.len);
    if (is_file) {
        judge_mode(a, text);
    }
    cli_secret_free(&key.secret);
    return CLI_DONE;
}

/* ---- the report ---- */

static void print_list(const char *indent, const json_t *list)
{
    size_t i;
    json_t *text;

    json_array_foreach(list, i, text)
    {
        printf("%sfinding: %s\n", indent, json_string_value(text));
    }
}

static void print_key(json_t *key)
{
    const char *use = json_string_value(json_object_get(key, "use"));
    const char *state = json_string_value(json_object_get(key, "state"));
    const char *note = json_string_value(json_object_get(key, "note"));
    const char *part = json_string_value(json_object_get(key, "part")); /* no MAC */

    cli_print_escaped(json_string_value(json_object_get(key, "kid")));
    printf(": %s", json_string_value(json_object_get(key, "alg")));
    if (use != NULL) {
        printf(", for %s, %s", use, state);
    }
    if (part != NULL) {
        printf("\n  %s key of %lld bits\n", part,
               (long long)json_integer_value(json_object_get(key, "bits")));
        print_list("  ", json_object_get(key, "findings"));
        return;
    }
    printf("\n  %lld bits of at least %lld; %s, worth %lld bits at most, %lld byte values\n",
           (long long)json_integer_value(json_object_get(key, "bits")),
           (long long)json_integer_value(json_object_get(key, "safe_bits")),
           json_string_value(json_object_get(key, "looks_like")),
           (long long)json_integer_value(json_object_get(key, "entropy_bits")),
           (long long)json_integer_value(json_object_get(key, "distinct_bytes")));
    if (note != NULL) {
        printf("  note: %s\n", note);
    }
    print_list("  ", json_object_get(key, "findings"));
}

static void print_text(const audit *a)
{
    size_t i;
    json_t *key;

    json_array_foreach(a->keys, i, key)
    {
        print_key(key);
    }
    print_list("", a->findings);
}

static int report(audit *a, bool json)
{
    int status = CLI_DONE;

    if (json) {
        status = cli_print_json(json_pack("{s:O, s:O}", "keys", a->keys, "findings", a->findings));
    } else {
        print_text(a);
    }
    return status == CLI_DONE && a->count > 0 ? CLI_REFUSED : status;
}

int cli_key_audit(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    char *keyring = NULL, *alg = NULL;
    bool json = false;
    int code, status = CLI_DONE;

    while (status == CLI_DONE && (code = cli_next_option(&args)) > 0) {
        json |= code == OPTION_KEY_JSON;
        status = code == OPTION_KEYRING     ? cli_option_once(&args, &keyring)
                 : code == OPTION_AUDIT_ALG ? cli_option_once(&args, &alg)
                                            : CLI_DONE;
    }
    if (status == CLI_DONE && code < 0) {
        return args.status;
    }
    if (status == CLI_DONE) {
        int keys = keyring == NULL ? 1 : 0;
        status = cli_check_operands(&args, keys, keys, "KEY");
    }
    if (status == CLI_DONE && keyring != NULL && alg != NULL) {
        status = cli_fail(CLI_WRONG, "--alg", "the keyring says it");
    }
    if (status != CLI_DONE) {
        return status;
    }
    audit a = {.keys = json_array(), .findings = json_array(), .now = time(NULL)};
    status = keyring != NULL ? judge_ring(&a, keyring) : judge_key(&a, cli_operands(&args)[0], alg);
    status = status == CLI_DONE ? report(&a, json) : status;
    json_decref(a.keys);
    json_decref(a.findings);
    return status;
}
