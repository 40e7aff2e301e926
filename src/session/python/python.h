/* What the cookies of Python's frameworks have in common. */
#ifndef MACAW_SESSION_PYTHON_H
#define MACAW_SESSION_PYTHON_H

#include "session/scheme.h"

#define MACAW_YEAR_9999 INT64_C(253402300799) /* its last second */

/* Where the readers below leave what they found. */
enum { MACAW_PYTHON_VALUE = 0 }; /* frame.part: the text that was signed, without its time */
enum { MACAW_PYTHON_TIME = 0 };  /* frame.number */

/* Key of itsdangerous ("django-concat") and Django: hash(salt || "signer" || secret), the
 * salt in two parts of which one may be empty. */
int macaw_python_signer_key(const macaw_alg *alg, const char *salt, const char *more_salt,
                            const char *prefix, const void *secret, size_t secret_len,
                            uint8_t *out, size_t *out_len) MACAW_MUST_USE;

/* VALUE sep TIME sep MAC: OK or MALFORMED. */
typedef bool macaw_python_clock(macaw_str text, int64_t *ret);
macaw_session_reason macaw_python_read_timed(macaw_session_attempt *a, macaw_str text, char sep,
                                             macaw_python_clock *clock);

/* The text without the double quotes that Python's cookies have around a value with
 * "=", "/", "@" and the like in it; browsers keep them. For formats with such values. */
macaw_str macaw_python_unquote(macaw_str text);

/* base64url of JSON or, after a ".", of JSON in a zlib stream, into claims->payload,
 * and the subject: OK, CONTENT or INTERNAL. */
macaw_session_reason macaw_python_json(macaw_session_attempt *a, macaw_str text);

/* Shapes: base64url of a MAC of 20, 32, 48 or 64 bytes; what macaw_python_json reads,
 * by its alphabet and first character: an object, or if any any JSON. */
bool macaw_python_like_mac(macaw_str text);
bool macaw_python_like_json(macaw_str text, bool any);

/* ---- itsdangerous ---- */

macaw_session_reason macaw_itsdangerous_read(macaw_session_attempt *a);
macaw_session_reason macaw_itsdangerous_json(macaw_session_attempt *a,
                                             const macaw_session_key *key);
int macaw_itsdangerous_derive(const macaw_session *session, const macaw_alg *alg,
                              const void *secret, size_t secret_len, uint8_t *out,
                              size_t *out_len);
/* Whether it is VALUE.TIME.MAC; *value is then the first. */
bool macaw_itsdangerous_like(macaw_str text, macaw_str *value);

extern const char *const macaw_itsdangerous_algs[];

#endif
