#include "key/pem.h"

#include <limits.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

/* Instead of asking the terminal. */
static int no_passphrase(char *buf, int size, int rwflag, void *data)
{
    (void)buf;
    (void)size;
    (void)rwflag;
    (void)data;
    return -1;
}

int macaw_pem_read(EVP_PKEY **ret, const void *text, size_t len, bool private_part)
{
    BIO *in = len <= INT_MAX ? BIO_new_mem_buf(text, (int)len) : NULL;
    EVP_PKEY *pkey;

    if (in == NULL) {
        return MACAW_ENOMEM;
    }
    ERR_set_mark();
    pkey = private_part ? PEM_read_bio_PrivateKey(in, NULL, no_passphrase, NULL)
                        : PEM_read_bio_PUBKEY(in, NULL, no_passphrase, NULL);
    ERR_pop_to_mark();
    BIO_free(in);
    if (pkey == NULL) {
        return MACAW_EFORMAT;
    }
    *ret = pkey;
    return MACAW_OK;
}

int macaw_pem_write_public(const EVP_PKEY *pkey, uint8_t *out, size_t room, size_t *out_len)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text;
    int status = MACAW_ENOMEM;

    if (bio != NULL && PEM_write_bio_PUBKEY(bio, pkey) == 1) {
        long len = BIO_get_mem_data(bio, &text);
        status = len < 0 || (size_t)len > room ? MACAW_ELIMIT : MACAW_OK;
        if (status == MACAW_OK) {
            memcpy(out, text, (size_t)len);
            *out_len = (size_t)len;
        }
    }
    BIO_free(bio);
    return status;
}
