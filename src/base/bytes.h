/* Loads and stores of fixed byte order, for any alignment. */
#ifndef MACAW_BASE_BYTES_H
#define MACAW_BASE_BYTES_H

#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define MACAW_LE32(x) (x)
#define MACAW_LE64(x) (x)
#define MACAW_BE32(x) __builtin_bswap32(x)
#define MACAW_BE64(x) __builtin_bswap64(x)
#else
#define MACAW_LE32(x) __builtin_bswap32(x)
#define MACAW_LE64(x) __builtin_bswap64(x)
#define MACAW_BE32(x) (x)
#define MACAW_BE64(x) (x)
#endif

static inline uint32_t macaw_load_le32(const void *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return MACAW_LE32(v);
}

static inline uint64_t macaw_load_le64(const void *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return MACAW_LE64(v);
}

static inline uint64_t macaw_load_be64(const void *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return MACAW_BE64(v);
}

static inline uint32_t macaw_load_be32(const void *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return MACAW_BE32(v);
}

static inline void macaw_store_le32(void *p, uint32_t v)
{
    v = MACAW_LE32(v);
    memcpy(p, &v, sizeof v);
}

static inline void macaw_store_le64(void *p, uint64_t v)
{
    v = MACAW_LE64(v);
    memcpy(p, &v, sizeof v);
}

static inline void macaw_store_be32(void *p, uint32_t v)
{
    v = MACAW_BE32(v);
    memcpy(p, &v, sizeof v);
}

static inline void macaw_store_be64(void *p, uint64_t v)
{
    v = MACAW_BE64(v);
    memcpy(p, &v, sizeof v);
}

#endif
