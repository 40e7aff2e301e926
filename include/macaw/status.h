/* macaw/status.h: what every call returns, and how to print it.
 *
 * One convention for the whole library: 0 is the only good status, everything
 * else is negative, and a status must not be ignored. Thread safety: every
 * function of the library may be called from any thread; an object is shared
 * only where its own comment says so. */
#ifndef MACAW_STATUS_H
#define MACAW_STATUS_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MACAW_VERSION "0.1.0"

#if defined(__GNUC__)
#define MACAW_API      __attribute__((visibility("default")))
#define MACAW_MUST_USE __attribute__((warn_unused_result))
#define MACAW_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#else
#define MACAW_API
#define MACAW_MUST_USE
#define MACAW_PRINTF(fmt, first)
#endif

enum macaw_status {
    MACAW_OK = 0,
    MACAW_EFORGED = -1,      /* the tag is not the tag of this message under this key */
    MACAW_EARG = -2,         /* the caller passed something outside the documented range */
    MACAW_ESTATE = -3,       /* the object is finished, ended or was never started */
    MACAW_ESPENT = -4,       /* a one-time key was used before */
    MACAW_ELIMIT = -5,       /* past the hard bound of the construction or of the object */
    MACAW_EWEAK = -6,        /* key too short, published, or tag too short, and no flag allows it */
    MACAW_EFORMAT = -7,      /* input does not have its one accepted spelling */
    MACAW_ENOTFOUND = -8,    /* no such name, key id or kernel */
    MACAW_EEXIST = -9,       /* a key id or a secret is there already */
    MACAW_EUNAVAILABLE = -10,/* known, but not on this CPU or with this libcrypto */
    MACAW_ENOMEM = -11,
    MACAW_EIO = -12,         /* a file could not be read or written */
    MACAW_ECRYPTO = -13,     /* libcrypto refused */
};

/* A short English phrase for a status; never NULL, static storage. */
MACAW_API const char *macaw_strerror(int status);

/* Detail of a failure while reading structured input. offset is the byte the
 * parser stopped at where it knows one, else 0. text is one line without
 * secrets, always NUL-terminated. */
typedef struct macaw_error {
    int status;
    size_t offset;
    char text[240];
} macaw_error;

#ifdef __cplusplus
}
#endif
#endif
