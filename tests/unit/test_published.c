/* Published vectors of the MACs that have them, through every kernel. Checklist: A23,
 * D36. */
#include "support.h"

#define MSG_MAX 520

static void check(const macaw_alg *alg, const char *kernel, const uint8_t *secret, size_t len,
                  const macaw_msg *msg, const uint8_t *want)
{
    macaw_key_opts opts = {.kernel = kernel};
    macaw_key *key = NULL;
    uint8_t tag[MACAW_TAG_MAX];
    int rc = macaw_key_new(&key, alg, secret, len, &opts);

    if (rc == MACAW_EUNAVAILABLE) {
        return;
    }
    assert_int_equal(rc, MACAW_OK);
    assert_int_equal(macaw_tag_many(key, msg, 1, tag, alg->tag_len), MACAW_OK);
    assert_bytes(alg->name, msg->len, want, tag, alg->tag_len);
    macaw_key_free(key);
}

static void published(void **state)
{
    static char line[2048], name[32], khex[260], nhex[80], mhex[2 * MSG_MAX], thex[160];
    uint8_t key[128], nonce[40], data[MSG_MAX], want[MACAW_TAG_MAX];
    size_t n = 0;
    FILE *f = vectors_open("published.txt");

    (void)state;
    while (fgets(line, sizeof line, f) != NULL) {
        if (line[0] == '#') {
            continue;
        }
        assert_int_equal(sscanf(line, "%31s %259s %79s %1039s %159s", name, khex, nhex, mhex, thex),
                         5);
        const macaw_alg *alg = macaw_alg_find(name);
        assert_non_null(alg);
        size_t len = unhex(key, sizeof key, khex);
        macaw_msg msg = {.nonce = nonce, .data = data, .len = unhex(data, sizeof data, mhex)};
        assert_int_equal(unhex(nonce, sizeof nonce, nhex), alg->nonce_len);
        assert_int_equal(unhex(want, sizeof want, thex), alg->tag_len);
        for (size_t k = 0; macaw_alg_kernel(alg, k) != NULL; k++) {
            check(alg, macaw_alg_kernel(alg, k), key, len, &msg, want);
        }
        n++;
    }
    fclose(f);
    assert_int_equal(n, 31);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(published)};

    return cmocka_run_group_tests_name("published", tests, NULL, NULL);
}
