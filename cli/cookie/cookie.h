/* What the cookie commands share: what a token is bound to, its key, the report. */
#ifndef MACAW_CLI_COOKIE_H
#define MACAW_CLI_COOKIE_H

#include <jansson.h>

#include <macaw/cookie.h>
#include <macaw/session.h>

#include "cli.h"
#include "key_arg.h"

/* ---- options ---- */

enum {
    COOKIE_SCHEME = 512,
    COOKIE_KID,
    COOKIE_NAME,
    COOKIE_PURPOSE,
    COOKIE_AUDIENCE,
    COOKIE_ISSUER,
    COOKIE_SALT,
    COOKIE_KDF,
    COOKIE_ALG,
    COOKIE_DIGEST,
    COOKIE_DERIVED,
    COOKIE_BLOCK_KEY,
    COOKIE_BIND,
    COOKIE_POINTER,
    COOKIE_TABLE,
    COOKIE_MAX_AGE,
    COOKIE_LEEWAY,
    COOKIE_NO_EXPIRY,
    COOKIE_NOW,
    COOKIE_SIGNATURE,
    COOKIE_OWN, /* the first code that a command may use for itself */
};

/* Rows of a command's table. */
#define COOKIE_SCHEME_ROW                                                                          \
    {                                                                                              \
        COOKIE_SCHEME, "scheme", "SCHEME", "how the token is made; see macaw cookie schemes"       \
    }
#define COOKIE_KEY_ROW                                                                             \
    {                                                                                              \
        'k', "key", "KEY", "a file, hex:DIGITS or KID@KEYRING"                                     \
    }
#define COOKIE_CONTEXT_ROWS                                                                        \
    {COOKIE_KID, "kid", "ID", "the key's id, of sc1 a number; 0 unless given"},                    \
        {COOKIE_NAME, "name", "COOKIE", "the cookie's name; macaw-session unless given"},          \
        {COOKIE_PURPOSE, "purpose", "TEXT", "what sc1 tokens are for; session unless given"},      \
        {COOKIE_AUDIENCE, "audience", "TEXT",                                                      \
         "the site or service they are for; none unless given"},                                   \
        {COOKIE_BIND, "bind", "TEXT", "the client a token is bound to, such as an address"},       \
        {COOKIE_ALG, "alg", "ALG", "the key's algorithm; the scheme's own unless given"},          \
        {COOKIE_DIGEST, "digest", "HASH", "the same by its hash: sha1, sha256, …"},                \
    {                                                                                              \
        COOKIE_NOW, "now", "UNIX", "the time; the clock's unless given"                            \
    }
#define COOKIE_VERIFY_ROWS                                                                         \
    {COOKIE_SALT, "salt", "TEXT", "salt of itsdangerous, Flask, Django, Rails; the framework's"},  \
        {COOKIE_KDF, "kdf", "HASH", "of Rails: sha1 or sha256; both are tried unless given"},      \
        {COOKIE_DERIVED, "derived", NULL, "the key is derived already: macaw key derive --for"},   \
        {COOKIE_BLOCK_KEY, "block-key", "KEY",                                                     \
         "of gorilla: the key its content is encrypted with"},                                     \
        {COOKIE_ISSUER, "issuer", "TEXT", "who must have issued a JWT or PASETO"},                 \
        {COOKIE_POINTER, "subject-pointer", "POINTER", "where in JSON the subject is: /user/id"},  \
        {COOKIE_TABLE, "password-table", "FILE", "of murdoch: verifiers of users"},                \
        {COOKIE_MAX_AGE, "max-age", "SEC", "age allowed since issue, or off; the scheme's own"},   \
        {COOKIE_LEEWAY, "leeway", "SEC", "how far clocks may differ, up to 300; 0 unless given"},  \
        {COOKIE_NO_EXPIRY, "allow-no-expiry", NULL, "accept a JWT or PASETO without exp"},         \
    {                                                                                              \
        COOKIE_SIGNATURE, "signature", "TEXT", "of cookie-session: the value of NAME.sig"          \
    }
#define COOKIE_LAST_ROW                                                                            \
    {                                                                                              \
        0, NULL, NULL, NULL                                                                        \
    }

typedef struct cookie_args {
    char *scheme, *key, *kid, *name, *purpose, *audience, *issuer, *salt, *kdf, *alg, *digest;
    char *block_key, *bind, *pointer, *table, *signature;
    int64_t max_age; /* 0: not given; -1: off */
    int64_t leeway, now;
    bool derived, no_expiry;
} cookie_args;

/* Take an option of the rows above; CLI_DONE or the error, printed. */
int cookie_take(cookie_args *ret, int code, const cli_args *args);

/* After the last option: the clock, where --now was not given. */
void cookie_settle(cookie_args *args);

/* The scheme of --scheme. */
int cookie_scheme(const cookie_args *args, const macaw_session_scheme **ret);

/* ---- the password table of murdoch: "USER:SALT:ROUNDS:VERIFIER", or "USER:VERIFIER" to
 * verify with; salt and verifier in hex ---- */

typedef struct cookie_row {
    char *user;
    uint8_t salt[32];
    size_t salt_len;
    uint32_t rounds; /* 0: neither rounds nor salt are known */
    uint8_t verifier[32];
} cookie_row;

typedef struct cookie_table {
    cookie_row *rows;
    size_t count;
} cookie_table;

int cookie_table_read(const char *path, cookie_table *ret);
void cookie_table_free(cookie_table *table);
const cookie_row *cookie_table_find(const cookie_table *table, const char *user, size_t len);

/* The end of the hash chain, which only the password gives; the error is printed. */
int cookie_row_prove(const cookie_row *row, const cli_secret *password, uint8_t auth[32]);

/* A password file, without the newline at its end. */
int cookie_password_read(const char *path, cli_secret *ret);

/* ---- definition ---- */

/* A key with what its keyring says. */
typedef struct cookie_key {
    cli_secret secret, block_key;
    char kid[MACAW_KID_MAX + 1]; /* "": none */
    const char *alg;             /* of the keyring; NULL: of a file */
    bool is_public;              /* of a pair */
    macaw_key_state state;
    int64_t iat, nbf, sign_until, exp;
} cookie_key;

/* Read -k and --block-key; signing: of a pair the private key. */
int cookie_key_load(const cookie_args *args, bool signing, cookie_key *ret);
void cookie_key_free(cookie_key *key);
bool cookie_key_is_pem(const cookie_key *key);

/* How a scheme takes that key. */
macaw_session_key_spec cookie_key_spec(const cookie_args *args, const cookie_key *key,
                                       const macaw_session_scheme *scheme, bool signing);

/* What the options say about the token; table may be NULL. */
macaw_session_config cookie_config(const cookie_args *args, const macaw_session_scheme *scheme,
                                   const cookie_table *table);

/* All of it: the definition with its key. */
int cookie_open(const cookie_args *args, const cookie_key *key, const cookie_table *table,
                bool signing, macaw_session **ret);

/* ---- tokens ---- */

/* A token of the command line, and what had to be made of it. */
typedef struct cookie_text {
    char *input;                          /* owned where it was read from standard input */
    char *spelled;                        /* owned: as the scheme spells it */
    char name[MACAW_COOKIE_NAME_MAX + 1]; /* of a pair of cookies */
    macaw_session_token token;
} cookie_text;

/* Read operand, standard input where it is "-"; token.text ends with NUL. */
int cookie_text_read(char *operand, cookie_text *ret);
void cookie_text_free(cookie_text *text);

/* Take a pair of cookies apart, "NAME=VALUE; NAME.sig=MAC" as a Cookie field has them.
 * Their name is that of args, or goes there for as long as text lives. False: no pair. */
bool cookie_text_pair(cookie_args *args, cookie_text *text);

/* Fill token for a scheme: its own spelling, the signature of --signature. */
int cookie_text_spell(const cookie_args *args, const macaw_session_scheme *scheme,
                      cookie_text *text);

/* Add what claims say to a report, believed or not. */
void cookie_set_claims(json_t *report, const macaw_session_scheme *scheme,
                       const macaw_session_claims *claims);

/* The report of a verification: only what is authentic. */
json_t *cookie_claims_json(const macaw_session_scheme *scheme, const macaw_session_claims *claims);

/* "  LABEL  TEXT", broken at spaces; text is one's own. */
void cookie_print_wrapped(const char *label, const char *text);

/* ---- commands ---- */

int cli_cookie_issue(int argc, char **argv);
int cli_cookie_verify(int argc, char **argv);
int cli_cookie_inspect(int argc, char **argv);
int cli_cookie_password(int argc, char **argv);
int cli_cookie_schemes(int argc, char **argv);
int cli_cookie_guess(int argc, char **argv);

#endif
