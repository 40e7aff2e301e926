/* The file of users that the state folder has of its own: one user. */
#include <crypt.h>
#include <string.h>

#include "base/ct.h"
#include "base/random.h"
#include "serve/serve.h"

typedef struct entry {
    const char *user;
    char hash[CRYPT_OUTPUT_SIZE];
} entry;

/* 80 random bits, in groups that can be typed: no letter that looks like another. */
static int make_password(char ret[SERVE_PASSWORD_SIZE])
{
    static const char alphabet[] = "abcdefghijkmnpqrstuvwxyz23456789";
    uint8_t bytes[SERVE_PASSWORD_SIZE - 1];
    int status = macaw_random(bytes, sizeof bytes);

    for (size_t i = 0; i < sizeof bytes; i++) {
        ret[i] = i % 5 == 4 ? '-' : alphabet[bytes[i] % 32];
    }
    ret[sizeof bytes] = '\0';
    macaw_wipe(bytes, sizeof bytes);
    return status == MACAW_OK ? CLI_DONE : cli_fail_status("password", status);
}

/* yescrypt, at the cost that libcrypt thinks right. */
static int hash(const char *password, char ret[CRYPT_OUTPUT_SIZE])
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE];
    struct crypt_data data;
    const char *made = NULL;

    memset(&data, 0, sizeof data);
    if (crypt_gensalt_rn("$y$", 0, NULL, 0, setting, sizeof setting) != NULL) {
        made = crypt_rn(password, setting, &data, sizeof data);
    }
    if (made != NULL) {
        snprintf(ret, CRYPT_OUTPUT_SIZE, "%s", made);
    }
    macaw_wipe(&data, sizeof data);
    return made != NULL ? CLI_DONE : cli_fail_errno("password hash");
}

static void print(FILE *out, const void *context)
{
    const entry *e = context;

    fprintf(out, "%s:%s\n", e->user, e->hash);
}

int serve_make_user(const serve_options *options, const char *user,
                    char ret[SERVE_PASSWORD_SIZE])
{
    entry e = {.user = user};
    int status = make_password(ret);

    if (status == CLI_DONE) {
        status = hash(ret, e.hash);
    }
    return status == CLI_DONE ? serve_state_write(options->state, "users", 0600, print, &e)
                              : status;
}
