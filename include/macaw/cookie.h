/* macaw/cookie.h: the Cookie and Set-Cookie header fields (RFC 6265).
 *
 * Pure functions on text, thread-safe. */
#ifndef MACAW_COOKIE_H
#define MACAW_COOKIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <macaw/status.h>
#include <macaw/str.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MACAW_COOKIE_NAME_MAX 255
#define MACAW_COOKIE_MAX 4096 /* name and value that browsers keep, in bytes */

/* ---- Cookie: a request's header ----
 *
 * One field value; a request may have several, which the caller goes through. */

/* The value of a cookie, as sent, the quotes around it included if there are any.
 * MACAW_ENOTFOUND: none of that name. MACAW_EEXIST: more than one, so that nobody
 * knows which is meant: a site next door can set a second. MACAW_EFORMAT: the
 * value holds a byte that no cookie value may have (RFC 6265 section 4.1.1). Names are compared as
 * browsers do, byte for byte. */
MACAW_API int macaw_cookie_find(macaw_str field, const char *name, macaw_str *ret) MACAW_MUST_USE;

/* Copy the field value without every cookie of that name into out (field.len
 * bytes of room, which may be field.data itself); the others stay byte for byte.
 * Returns the length; 0 if none is left. */
MACAW_API size_t macaw_cookie_remove(macaw_str field, const char *name, char *out);

/* ---- Set-Cookie: a response's header ---- */

typedef enum macaw_same_site {
    MACAW_SAME_SITE_LAX = 0,
    MACAW_SAME_SITE_STRICT,
    MACAW_SAME_SITE_NONE,
} macaw_same_site;

typedef struct macaw_cookie_attributes {
    const char *path;   /* NULL: "/" */
    const char *domain; /* NULL: this host only */
    int64_t max_age;    /* seconds; 0: removes the cookie; -1: until the browser closes */
    macaw_same_site same_site;
    bool insecure;      /* without Secure: plain HTTP on loopback */
    bool readable;      /* without HttpOnly: scripts read it */
} macaw_cookie_attributes;

/* Write "NAME=VALUE; Path=/; Secure; HttpOnly; SameSite=Lax", NUL-terminated.
 * MACAW_EARG: a name, value, path or domain with a byte it may not have, a
 * __Host- or __Secure- name whose attributes browsers would refuse, or SameSite
 * None without Secure. MACAW_ELIMIT: out is too small, or name and value exceed
 * MACAW_COOKIE_MAX. */
MACAW_API int macaw_cookie_write(const char *name, macaw_str value,
                                 const macaw_cookie_attributes *attributes, char *out, size_t size,
                                 size_t *out_len) MACAW_MUST_USE;

/* A Set-Cookie field value taken apart as browsers do (RFC 6265bis section 5.6):
 * of an attribute that occurs twice the last counts, unknown ones do not. */
typedef struct macaw_set_cookie {
    macaw_str name, value, path, domain, same_site; /* as written */
    int64_t max_age;                                /* -1: none */
    macaw_str expires;
    bool secure, http_only, partitioned;
} macaw_set_cookie;

/* MACAW_EFORMAT: no name, or control bytes. */
MACAW_API int macaw_cookie_parse(macaw_str field, macaw_set_cookie *ret) MACAW_MUST_USE;

/* The date of Expires as browsers read it (RFC 6265 section 5.1.1), in Unix seconds,
 * negative before 1970. MACAW_EFORMAT: none, which browsers take for no Expires. */
MACAW_API int macaw_cookie_date(macaw_str text, int64_t *ret) MACAW_MUST_USE;

typedef struct macaw_cookie_finding {
    bool severe;      /* a session cookie must not be so */
    const char *code; /* "no-secure"; static */
    const char *text; /* a sentence; static */
} macaw_cookie_finding;

#define MACAW_COOKIE_FINDINGS_MAX 16

/* What is wrong with it as a session cookie; how many were written to out. */
MACAW_API size_t macaw_cookie_lint(const macaw_set_cookie *cookie,
                                   macaw_cookie_finding out[MACAW_COOKIE_FINDINGS_MAX]);

#ifdef __cplusplus
}
#endif
#endif
