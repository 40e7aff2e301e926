/* The registered claims that JWT (RFC 7519 section 4.1) and PASETO share. */
#ifndef MACAW_SESSION_CLAIMS_H
#define MACAW_SESSION_CLAIMS_H

#include "session/json.h"
#include "session/scheme.h"

typedef struct macaw_claims_format {
    bool (*date)(const macaw_json_value *value, int64_t *ret); /* false: not spelled as one */
    const char *date_name;
    bool aud_list; /* aud may be an array */
} macaw_claims_format;

/* Judge claims->payload: an object of different names; iss and aud against the
 * definition; exp, nbf and iat; the subject. OK, MISMATCH, CONTENT or NO_EXPIRY. */
macaw_session_reason macaw_claims_read(macaw_session_attempt *a, const macaw_claims_format *format);

/* The number of a JSON text, rounded down; what is beyond 10^15 stays beyond it. */
int64_t macaw_numeric_date(macaw_str number);

/* The members of a JSON object. */
typedef struct macaw_claims_set {
    macaw_json_member member[64];
    size_t count;
} macaw_claims_set;

/* False: no JSON object, over 64 members, or two of one name. */
bool macaw_claims_split(macaw_str object, macaw_claims_set *ret);
const macaw_json_value *macaw_claims_get(const macaw_claims_set *set, const char *name);

/* The string that a member holds, in *ret: OK; data NULL where there is none. CONTENT:
 * no string, or half a character. */
macaw_session_reason macaw_claims_string(macaw_session_attempt *a, const macaw_claims_set *set,
                                         const char *name, macaw_str *ret);

#endif
