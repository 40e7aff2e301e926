/* What may have made a tag, as data. */
#include "audit.h"

const audit_hash audit_hashes[] = {
    {"MD5", &macaw_md5, true},
    {"SHA-1", &macaw_sha1, true},
    {"SHA-256", &macaw_sha256, true},
    {"SHA-384", &macaw_sha384, true},
    {"SHA-512", &macaw_sha512, true},
    {"SHA-224", &macaw_sha224, false},
    {"SHA-512/256", &macaw_sha512_256, false},
    {NULL, NULL, false},
};

const char *const audit_common_macs[] = {"hmac-md5",    "hmac-sha1",   "hmac-sha256",
                                         "hmac-sha384", "hmac-sha512", NULL};

#define NO_HMAC "not an HMAC"
#define BEHIND                                                                                     \
    "the key only follows the message into the hash: a collision, found without the key, is a "    \
    "forgery (Preneel, van Oorschot, Crypto 1995); HMAC is RFC 2104"
#define BEFORE                                                                                     \
    "the key only precedes the message into the hash: who sees a tag appends to the message and "  \
    "tags it (Tsudik, Infocom 1992); HMAC is RFC 2104"
#define AROUND                                                                                     \
    "the envelope method: weaker than its key is long (Preneel, van Oorschot, Eurocrypt 1996); "   \
    "HMAC is RFC 2104"

const audit_pattern audit_patterns[] = {
    {"m", "not a MAC", "no key is in it: anyone can compute it", true},
    {"mk", NO_HMAC, BEHIND, true},
    {"msk", NO_HMAC, BEHIND, true},
    {"km", NO_HMAC, BEFORE, true},
    {"ksm", NO_HMAC, BEFORE, true},
    {"kmk", NO_HMAC, AROUND, false},
    {"ksmsk", NO_HMAC, AROUND, false},
    {NULL, NULL, NULL, false},
};

const char *const audit_separators[] = {"",  "|", ":", ".", "\n", "&",    ",", " ",
                                        "-", "_", ";", "/", "\t", "\r\n", NULL};

const char audit_swapped[] = "the message went in as the key and the key as the message; RFC 2104 "
                             "section 2 keys the hash with the secret";
