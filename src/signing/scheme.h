/* A scheme: the headers and the bytes of one way to sign. It reads and writes,
 * and decides nothing; policy.c does. One file per scheme, one row in scheme.c. */
#ifndef MACAW_SIGNING_SCHEME_H
#define MACAW_SIGNING_SCHEME_H

#include <macaw/signing.h>

#define MACAW_DETAIL_MAX sizeof(((macaw_verdict *)NULL)->detail)

/* What the headers of a signed message say. kid is a view into them. */
typedef struct macaw_credentials {
    macaw_str kid; /* len 0: none named */
    int64_t timestamp;
    size_t mac_len; /* 1..MACAW_TAG_MAX */
    uint8_t mac[MACAW_TAG_MAX];
} macaw_credentials;

/* Where the bytes under a MAC go, in order: into a MAC, a buffer, a transcript. */
typedef struct macaw_sink {
    int (*write)(void *to, const void *data, size_t len);
    void *to;
} macaw_sink;

/* The readers return OK, MISSING where none of the scheme's headers is there, or
 * MALFORMED with the reason in detail (MACAW_DETAIL_MAX bytes): own words and
 * numbers only, no byte of the message. The bases return what the sink returns,
 * or MACAW_EARG for a target or a time that the reader would refuse; so do the
 * emitters. Those of an insecure scheme are NULL.
 * Bases must be injective: no two messages that pass the readers share one,
 * neither two requests, nor two responses, nor a request and a response. */
struct macaw_scheme {
    const char *name;
    const char *const *algs; /* names of the algorithms its keys may have, then NULL */
    unsigned covers;         /* enum macaw_coverage */
    bool insecure;           /* behind a policy's insecure switch; never signs */

    macaw_reason (*read_request)(const macaw_request *request, macaw_credentials *ret,
                                 char *detail);
    int (*request_base)(const macaw_request *request, const macaw_credentials *cred,
                        const macaw_sink *sink);
    int (*emit_request)(const macaw_credentials *cred, macaw_signed *ret);

    macaw_reason (*read_response)(const macaw_field *fields, size_t count, macaw_credentials *ret,
                                  char *detail);
    /* The bytes before the content. */
    int (*response_prefix)(const macaw_credentials *cred, const macaw_sink *sink);
    int (*emit_response)(const macaw_credentials *cred, macaw_signed *ret);
};

extern const macaw_scheme macaw_x_authorization;
extern const macaw_scheme macaw_x_authorization_legacy;

/* Whether keys of that algorithm are for this scheme. */
bool macaw_scheme_takes(const macaw_scheme *scheme, const macaw_alg *alg);

/* Into a message in progress. */
macaw_sink macaw_sink_mac(macaw_ctx *ctx);

/* Note the MAC, the time and the skew of what was read. */
void macaw_verdict_take(macaw_verdict *verdict, const macaw_credentials *cred, int64_t now);

/* Append a field: name is static, the value is copied into ret->text, which has
 * room for what every scheme emits. */
void macaw_signed_add(macaw_signed *ret, macaw_str name, const void *value, size_t len);

#endif
