#include "signing/scheme.h"

#include <string.h>

static const macaw_scheme *const schemes[] = {
    &macaw_x_authorization,
    &macaw_x_authorization_legacy,
};

const macaw_scheme *macaw_scheme_at(size_t i)
{
    return i < sizeof schemes / sizeof *schemes ? schemes[i] : NULL;
}

const macaw_scheme *macaw_scheme_find(const char *name)
{
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (strcmp(schemes[i]->name, name) == 0) {
            return schemes[i];
        }
    }
    return NULL;
}

const char *macaw_scheme_name(const macaw_scheme *scheme)
{
    return scheme->name;
}

bool macaw_scheme_insecure(const macaw_scheme *scheme)
{
    return scheme->insecure;
}

unsigned macaw_scheme_covers(const macaw_scheme *scheme)
{
    return scheme->covers;
}

bool macaw_scheme_takes(const macaw_scheme *scheme, const macaw_alg *alg)
{
    for (const char *const *name = scheme->algs; *name != NULL; name++) {
        if (strcmp(*name, alg->name) == 0) {
            return true;
        }
    }
    return false;
}

static int write_mac(void *to, const void *data, size_t len)
{
    return macaw_update(to, data, len);
}

macaw_sink macaw_sink_mac(macaw_ctx *ctx)
{
    return (macaw_sink){write_mac, ctx};
}

void macaw_verdict_take(macaw_verdict *verdict, const macaw_credentials *cred, int64_t now)
{
    verdict->has_time = true;
    verdict->timestamp = cred->timestamp;
    verdict->skew = now - cred->timestamp;
    verdict->mac_len = cred->mac_len;
    memcpy(verdict->mac, cred->mac, cred->mac_len);
}

void macaw_signed_add(macaw_signed *ret, macaw_str name, const void *value, size_t len)
{
    char *text = ret->text;

    if (ret->count > 0) {
        const macaw_str *last = &ret->fields[ret->count - 1].value;
        text += (size_t)(last->data - ret->text) + last->len + 1;
    }
    memcpy(text, value, len);
    text[len] = '\0';
    ret->fields[ret->count++] = (macaw_field){name, {text, len}};
}
