/* What the key commands share: the keyring file and its lock, dates, options. */
#ifndef MACAW_CLI_KEY_RING_H
#define MACAW_CLI_KEY_RING_H

#include <macaw/keyring.h>

#include "cli.h"

enum {
    OPTION_ALG = 'a',
    OPTION_KEYRING = 256,
    OPTION_KID,
    OPTION_USE,
    OPTION_SECRET_FILE,
    OPTION_INSECURE,
    OPTION_FROM,
    OPTION_OVERLAP,
    OPTION_SECRET,
    OPTION_KEY_JSON,
    OPTION_PUBLIC,
    OPTION_PUBLIC_KEY,
};

#define KEYRING_ROW                                                                                \
    {                                                                                              \
        OPTION_KEYRING, "keyring", "FILE", "the keyring"                                           \
    }
#define KID_ROW                                                                                    \
    {                                                                                              \
        OPTION_KID, "kid", "ID", "the key's name, 1 to 64 of A-Za-z0-9._-"                         \
    }
#define PUBLIC_ROW                                                                                 \
    {                                                                                              \
        OPTION_PUBLIC, "public", "FILE", "bring this keyring of public keys up to date"            \
    }
#define LAST_ROW                                                                                   \
    {                                                                                              \
        0, NULL, NULL, NULL                                                                        \
    }

/* Everything any key command takes; each command's table says what it accepts. */
typedef struct key_args {
    char *keyring;
    char *kid;
    char *alg;
    char *use;
    char *secret_file;
    char *public_key;  /* a file */
    char *public_ring; /* a keyring */
    char *from;
    int64_t overlap; /* seconds */
    bool insecure;
    bool secret;
    bool json;
} key_args;

/* Parse the options, which must include --keyring and, where need_kid, --kid.
 * False: stop with *status. */
bool key_args_parse(const cli_usage *usage, int argc, char **argv, bool need_kid, key_args *ret,
                    int *status);

/* A keyring being changed: the folder is locked, so that two commands at once
 * lose no key. */
typedef struct key_edit {
    const char *path;
    int lock;
    bool created; /* there was no file */
    macaw_keyring *ring;
    int64_t now;
} key_edit;

/* Lock and load; where create, a missing file is an empty keyring. */
int key_edit_begin(key_edit *edit, const char *path, bool create);

/* Save if status is CLI_DONE; release everything; returns the final status. */
int key_edit_end(key_edit *edit, int status);

/* A key of either list; the other member is NULL. */
typedef struct key_found {
    const macaw_entry *entry;
    const macaw_jwk *jwk;
} key_found;

/* The key named by --kid or --from, or the error, printed. */
int key_find(const macaw_keyring *ring, const char *label, const char *kid, key_found *ret);

/* The key that signs for a purpose when none is named, of either list: MACAW_OK,
 * MACAW_ENOTFOUND or MACAW_EEXIST. */
int key_signer(const macaw_keyring *ring, const char *use, int64_t now, key_found *ret);

/* Add a key of fresh random bytes, or of secret where that is not NULL. */
int key_add(key_edit *edit, macaw_entry_spec *spec);

/* Add a key that is no MAC. */
int key_add_jwk(key_edit *edit, const macaw_jwk_spec *spec);

/* Bring the keyring at public_path up to date with the public parts of the one at
 * path; use NULL: of every purpose. Does nothing where public_path is NULL. */
int key_publish(const char *path, const char *public_path, const char *use);

/* Warn where requests without a key id have no key or no single one. */
void key_warn_signer(const key_edit *edit, const char *use);

enum { ISO_TIME_SIZE = 32 };

/* "2024-03-29T09:25:31Z"; "-" for 0. */
void cli_iso_time(int64_t time, char out[ISO_TIME_SIZE]);

int cli_key_new(int argc, char **argv);
int cli_key_list(int argc, char **argv);
int cli_key_show(int argc, char **argv);
int cli_key_rotate(int argc, char **argv);
int cli_key_retire(int argc, char **argv);
int cli_key_public(int argc, char **argv);
int cli_key_derive(int argc, char **argv);
int cli_key_audit(int argc, char **argv);

#endif
