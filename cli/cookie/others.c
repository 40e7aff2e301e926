/* Formats that macaw knows by sight only. */
#include <ctype.h>
#include <string.h>

#include "base/codec.h"
#include "cookie/inspect.h"

static bool begins_with(macaw_str text, const char *prefix)
{
    size_t len = strlen(prefix);

    return text.len > len && memcmp(text.data, prefix, len) == 0;
}

static size_t count(macaw_str text, char c)
{
    size_t n = 0;

    for (size_t i = 0; i < text.len; i++) {
        n += text.data[i] == c;
    }
    return n;
}

static bool is_made_of(macaw_str text, const char *more)
{
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (!isalnum(c) && (c == '\0' || strchr(more, c) == NULL)) {
            return false;
        }
    }
    return true;
}

/* Begins like a token of sc1, whatever became of the rest. */
static bool is_broken_sc1(macaw_str text)
{
    uint8_t head[9];
    size_t len;

    if (text.len < 13 || text.data[0] != '1' ||
        macaw_base64_decode(MACAW_BASE64URL, head, &len, text.data + 1, 12, NULL) != MACAW_OK) {
        return false;
    }
    /* type, no flags, a login before 2106 */
    return head[0] >= 1 && head[0] <= 4 && head[1] == 0 && head[4] == 0;
}

const char *cookie_other_format(macaw_str text)
{
    static const struct {
        const char *prefix, *what;
    } known[] = {
        {"v1.", "PASETO of another version"},
        {"v2.", "PASETO of another version, or a ticket of oauth2-proxy"},
        {"v3.", "PASETO of another version"},
        {"v4.local.", "PASETO v4.local: encrypted, with a key that its reader shares"},
        {"Fe26.2*", "iron-session: encrypted and under an HMAC"},
        {"gAAAAA", "Fernet: encrypted and under an HMAC; its time of issue is in clear"},
        {"CfDJ8", "Data Protection of ASP.NET Core: encrypted"},
        {"1|", "Tornado, version 1: value and time run together; ask for version 2"},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (begins_with(text, known[i].prefix)) {
            return known[i].what;
        }
    }
    if (is_broken_sc1(text)) {
        return "sc1, cut off or altered";
    }
    if (begins_with(text, "eyJ") && count(text, '.') == 4) {
        return "JWE: an encrypted JWT";
    }
    if (count(text, '|') == 2 && is_made_of(text, "|=-_")) {
        return "oauth2-proxy: value, time and HMAC run together";
    }
    if (text.len >= 16 && is_made_of(text, "-_+/=,")) {
        return "an opaque id, or cut off: only the server that made it can say";
    }
    return NULL;
}
