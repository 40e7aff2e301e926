/* macaw as one of the libraries, with the best kernel or the one asked for. */
#include "peer_macaw.h"

#include <stdio.h>

void *bench_macaw_open(const char *hash, const uint8_t *key, const char *kernel)
{
    char name[32];
    macaw_key *ret = NULL;
    const macaw_key_opts opts = {.kernel = kernel};

    (void)snprintf(name, sizeof name, "hmac-%s", hash);
    int rc = macaw_key_new(&ret, macaw_alg_find(name), key, BENCH_KEY_LEN, &opts);
    return rc == MACAW_OK ? ret : NULL;
}

static void *open_best(const char *hash, const uint8_t *key)
{
    return bench_macaw_open(hash, key, NULL);
}

static int one_tag(void *state, const uint8_t *msg, size_t len, uint8_t *tag)
{
    const macaw_key *key = state;
    const macaw_msg m = {.data = msg, .len = len};

    return macaw_tag(key, &m, tag, macaw_key_tag_len(key));
}

static void close_key(void *state)
{
    macaw_key_free(state);
}

const bench_mac bench_macaw = {
    .name = "macaw_tag", .open = open_best, .tag = one_tag, .close = close_key};
