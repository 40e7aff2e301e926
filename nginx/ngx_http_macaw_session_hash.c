/* Kinds of password hash that libcrypt may be asked for.
 *
 * A hash names its own cost, so a file could hold one that keeps a thread busy for
 * hours or asks for all memory: costs are capped. */
#include "ngx_http_macaw_session_login.h"

static const char digits[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

#define YESCRYPT_LOG2_MAX 15 /* N; with r = 32 that is 128 MiB */
#define YESCRYPT_R_MAX    32
#define BCRYPT_COST_MAX   15
#define SHA_ROUNDS_MAX    1000000

static const char costly[] = "costs more than a login may";
static const char broken[] = "is not spelt as its tools do";

/* text is exactly n digits of crypt's base 64. */
static bool is_code(const char *text, size_t n)
{
    return strlen(text) == n && strspn(text, digits) == n;
}

static unsigned value_of(char c)
{
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (unsigned)(at - digits) : 64;
}

/* "SALT$HASH", salt of least to most digits. */
static const char *check_rest(const char *text, size_t least, size_t most, size_t hash)
{
    size_t salt = strspn(text, digits);

    return salt >= least && salt <= most && text[salt] == '$' && is_code(text + salt + 1, hash)
               ? NULL
               : broken;
}

/* "jNr$SALT$HASH": flavour j, N and r one digit each, counted from 1, nothing else. */
static const char *check_yescrypt(const char *text)
{
    unsigned n, r;

    if (text[0] != 'j' || text[1] == '\0' || text[2] == '\0' || text[3] != '$') {
        return broken;
    }
    n = value_of(text[1]) + 1;
    r = value_of(text[2]) + 1;
    if (n > 48 || r > 48) {
        return broken;
    }
    return n > YESCRYPT_LOG2_MAX || r > YESCRYPT_R_MAX ? costly : check_rest(text + 4, 1, 86, 43);
}

/* "NN$" and 22 digits of salt and 31 of hash. */
static const char *check_bcrypt(const char *text)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9' || text[2] != '$') {
        return broken;
    }
    if ((text[0] - '0') * 10 + text[1] - '0' > BCRYPT_COST_MAX) {
        return costly;
    }
    return is_code(text + 3, 53) ? NULL : broken;
}

/* "[rounds=N$]SALT$HASH" */
static const char *check_sha(const char *text, size_t hash)
{
    static const char word[] = "rounds=";
    unsigned long rounds;
    char *end;

    if (strncmp(text, word, sizeof word - 1) == 0) {
        text += sizeof word - 1;
        if (text[0] < '1' || text[0] > '9' || strspn(text, "0123456789") > 9) {
            return broken;
        }
        rounds = strtoul(text, &end, 10);
        if (*end != '$' || rounds < 1000) {
            return broken;
        }
        if (rounds > SHA_ROUNDS_MAX) {
            return costly;
        }
        text = end + 1;
    }
    return check_rest(text, 1, 16, hash);
}

static const char *check_sha256(const char *text)
{
    return check_sha(text, 43);
}

static const char *check_sha512(const char *text)
{
    return check_sha(text, 86);
}

static const char *refuse_apr1(const char *text)
{
    (void)text;
    return "is Apache's MD5 ($apr1$), which is guessed in no time";
}

static const char *refuse_md5(const char *text)
{
    (void)text;
    return "is MD5 ($1$), which is guessed in no time";
}

static const char *refuse_sha1(const char *text)
{
    (void)text;
    return "is one SHA-1 without salt ({SHA}), which is guessed in no time";
}

static const struct {
    const char *prefix;
    const char *(*check)(const char *text);
} kinds[] = {
    {"$y$", check_yescrypt}, {"$2b$", check_bcrypt}, {"$2y$", check_bcrypt},
    {"$6$", check_sha512},   {"$5$", check_sha256},  {"$apr1$", refuse_apr1},
    {"$1$", refuse_md5},     {"{SHA}", refuse_sha1}, {"{SSHA}", refuse_sha1},
};

const char *ngx_http_macaw_hash_refused(const char *hash)
{
    size_t i;

    for (i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (strncmp(hash, kinds[i].prefix, strlen(kinds[i].prefix)) == 0) {
            return kinds[i].check(hash + strlen(kinds[i].prefix));
        }
    }
    return hash[0] == '$' ? "is of a kind that is not supported"
                          : "is a password in clear, or DES, which is guessed in no time";
}
