/* The KEY of a command line: a file, hex:…, or KID@KEYRING. */
#ifndef MACAW_CLI_KEY_ARG_H
#define MACAW_CLI_KEY_ARG_H

#include <macaw/keyring.h>
#include <macaw/str.h>

/* Bytes that are wiped when released. */
typedef struct cli_secret {
    uint8_t *data;
    size_t len;
} cli_secret;

void cli_secret_free(cli_secret *secret);

/* The bytes of a file exactly; label names the option in errors. A trailing
 * newline is warned about, a keyring refused. */
int cli_secret_read(const char *label, const char *path, cli_secret *ret);

/* The same without the newline at the end, if there is one: a password. */
int cli_secret_read_line(const char *label, const char *path, cli_secret *ret);

/* Whether text is KID@KEYRING: not hex:…, not a path that begins with ./ or /. */
bool cli_is_keyring_key(const char *text);

/* Load the keyring of KID@KEYRING; *kid becomes a view of text, label's value. */
int cli_keyring_open(const char *label, const char *text, macaw_keyring **ring, macaw_str *kid);

/* The same, and find the MAC key of that id.
 * *ring owns *entry. */
int cli_keyring_key(const char *label, const char *text, macaw_keyring **ring,
                    const macaw_entry **entry);

/* What tag and verify need of a key. */
typedef struct cli_key_request {
    const char *label;    /* how errors name the option; NULL: -k */
    const char *alg_name; /* -a, or NULL: the keyring's */
    char *text; /* the digits of hex:… are overwritten, so that ps stops showing them */
    macaw_key_opts opts;
    bool signing; /* the key must be able to sign now, not only to verify */
} cli_key_request;

/* A key that is read, but not yet made for an algorithm. */
typedef struct cli_loaded_key {
    cli_secret secret;    /* the caller releases it */
    const macaw_alg *alg; /* the one named or the keyring's; NULL: neither names one */
} cli_loaded_key;

/* Read the key. */
int cli_key_load(const cli_key_request *request, cli_loaded_key *ret);

/* Make it for alg, which is loaded->alg unless that is NULL. */
int cli_key_make(const cli_loaded_key *loaded, const macaw_alg *alg, const macaw_key_opts *opts,
                 macaw_key **ret);

/* Both: a key for tag and verify; warns where it is weak or made for something else. */
int cli_key_open(const cli_key_request *request, macaw_key **ret);

#endif
