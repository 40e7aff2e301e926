#include "cookie/traits.h"

#include <string.h>

#include "session/scheme.h"

#define LISTED   "by session, subject or key, from a list"
#define ONLY_KEY "only all at once, by a new key, unless a list at the edge holds it"
#define REPLAY   "whoever copies it has the session until it ends; "
#define SHARED   "who verifies can issue"

static const cookie_traits rows[] = {
    {"sc1-mac", 100, 111, LISTED, "none", REPLAY SHARED},
    {"sc1-aead", 100, 111, LISTED, "none", REPLAY SHARED},
    {"sc1-ed25519", 100, 153, LISTED, "none",
     REPLAY "costs 300 times a MAC: exchange it once for a MAC cookie"},
    {"sc1-handle", 100, 129, "at once: remove the record", "a record for each session",
     "lost with the records; " SHARED ", but not the record"},
    {"plain", 60, 93, ONLY_KEY, "none",
     REPLAY SHARED "; without separators, or with | in a name, fields can be shifted"},
    {"nested-php", 50, 93, ONLY_KEY, "none",
     REPLAY SHARED "; twice the cost of one HMAC and no gain"},
    {"fu", 95, 109, ONLY_KEY, "none", REPLAY SHARED},
    {"liu", 70, 94, ONLY_KEY, "none",
     REPLAY "the TLS session key that should stop that is not at hand behind a proxy; clear and "
            "encrypted form have one MAC, which shows equal content; " SHARED},
    {"liu-sealed", 65, 94, ONLY_KEY, "none",
     REPLAY
     "one key encrypts and authenticates; MAC of the plaintext shows equal content; " SHARED},
    {"liu-salted", 95, 0, ONLY_KEY, "none", REPLAY SHARED},
    {"murdoch", 98, 179, "a user, by a new salt and the password",
     "a verifier for each user, no secret",
     REPLAY
     "one stolen cookie and the key forge that user's for ever; every request reads the table; "
     "needs passwords"},
    {"username-tag", 30, 82, ONLY_KEY, "none", "lasts for ever: no date; " SHARED},
    {"token-pair", 55, 108, "at once: remove the record", "a record for each session",
     "the MAC adds no security, only a cheap refusal of junk; no date of its own"},
    {"flask", 80, 0, ONLY_KEY, "none",
     REPLAY "HMAC-SHA1; anybody reads it; lasts 31 days from the last change; " SHARED},
    {"itsdangerous", 75, 0, ONLY_KEY, "none",
     REPLAY "HMAC-SHA1; Signer and TimestampSigner share a key, each takes the other's; no date of "
            "expiry inside; " SHARED},
    {"itsdangerous-timestamp", 45, 0, ONLY_KEY, "none",
     REPLAY "HMAC-SHA1; no date of expiry inside; " SHARED},
    {"itsdangerous-signer", 20, 0, ONLY_KEY, "none", "lasts for ever: no date; HMAC-SHA1; " SHARED},
    {"starlette", 82, 0, ONLY_KEY, "none", REPLAY "HMAC-SHA1; anybody reads it; " SHARED},
    {"django", 85, 0, "with signed_cookies only by a new key", "none with signed_cookies",
     REPLAY "dates in the future pass; anybody reads it; " SHARED},
    {"django-cookie", 50, 0, ONLY_KEY, "none",
     REPLAY
     "name and salt run together: cookie pre with salt fs is cookie pref with salt s; " SHARED},
    {"rails-signed", 88, 0, ONLY_KEY, "none",
     REPLAY "HMAC-SHA1 unless told otherwise; no expiry unless told; Marshal runs code for who has "
            "the key; " SHARED},
    {"rails-encrypted", 90, 0, ONLY_KEY, "none",
     REPLAY "no expiry unless expire_after is set; Marshal runs code for who has the key; " SHARED},
    {"express", 85, 0, "by removing the session from the store",
     "express-session keeps the sessions",
     "proves that this server made the value, not a login; no date; name not under the MAC"},
    {"cookie-session", 70, 0, ONLY_KEY, "none",
     "lasts for ever: no date inside; HMAC-SHA1; two cookies; anybody reads it; " SHARED},
    {"tornado", 95, 0, ONLY_KEY, "none",
     REPLAY "version 1 is taken unless min_version is 2; lasts 31 days; " SHARED},
    {"gorilla", 90, 0, ONLY_KEY, "none",
     REPLAY "dates in the future pass; takes newlines anywhere; gob is the default; " SHARED},
    {"jwt", 95, 0, LISTED ", if it has a jti", "none",
     REPLAY "exp is optional; libraries let the token choose its algorithm; last character has "
            "several spellings"},
    {"paseto-v4-public", 99, 0, LISTED ", if it has a jti", "none", REPLAY "exp is optional"},
    {"auth-tkt", 60, 0, ONLY_KEY, "none",
     "MD5 of a secret instead of a MAC; compared byte by byte; IPv4 only; no date of expiry "
     "inside"},
    {"auth-pubtkt", 95, 0, ONLY_KEY, "none", REPLAY "SHA-1 signatures unless told otherwise"},
};

const cookie_traits *cookie_traits_of(const macaw_session_scheme *scheme)
{
    static const cookie_traits unknown = {"", 10, 0, "not known", "not known", "not known"};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (strcmp(rows[i].scheme, scheme->name) == 0) {
            return &rows[i];
        }
    }
    return &unknown;
}

void cookie_traits_json(json_t *report, const macaw_session_scheme *scheme)
{
    const cookie_traits *traits = cookie_traits_of(scheme);

    json_object_set_new(report, "revocable", json_string(traits->revocable));
    json_object_set_new(report, "server_state", json_string(traits->state));
    json_object_set_new(report, "weaknesses", json_string(traits->weak));
}
