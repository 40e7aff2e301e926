/* libgcrypt: a MAC handle that keeps its key, reset for each message. */
#include <gcrypt.h>
#include <string.h>

#include "peers_cbc.h"

static const char *version(void)
{
    return gcry_check_version(NULL);
}

static void *keyed_open(const char *name, const uint8_t *key)
{
    gcry_mac_hd_t mac;
    size_t len = strcmp(name, "cmac-aes256") == 0 ? 32 : 16;

    (void)gcry_check_version(NULL);
    (void)gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    if (strncmp(name, "cmac-aes", 8) != 0 || gcry_mac_open(&mac, GCRY_MAC_CMAC_AES, 0, NULL) != 0) {
        return NULL;
    }
    return gcry_mac_setkey(mac, key, len) == 0 ? mac : NULL;
}

static int keyed_tag(void *state, const uint8_t *msg, size_t len, uint8_t *tag)
{
    gcry_mac_hd_t mac = state;
    size_t out = 16;

    return gcry_mac_reset(mac) == 0 && gcry_mac_write(mac, msg, len) == 0 &&
                   gcry_mac_read(mac, tag, &out) == 0
               ? 0
               : -1;
}

static void keyed_close(void *state)
{
    gcry_mac_close(state);
}

const bench_mac bench_gcrypt_cmac = {.name = "libgcrypt, key kept",
                                     .version = version,
                                     .open = keyed_open,
                                     .tag = keyed_tag,
                                     .close = keyed_close};
