#include "signing/skew.h"

#include <inttypes.h>
#include <stdio.h>

#include "signing/scheme.h"

/* Offsets of time zones are multiples of 15 min; two places are at most 26 h
 * apart (UTC-12 and UTC+14). The tolerance takes in the way of a message and the
 * drift of a clock that is kept; a clock that is simply wrong hits it by chance
 * once in 80. The shortest offset named is 30 min, well above any window in use. */
#define ZONE_STEP      (15 * 60)
#define ZONE_MIN       (30 * 60)
#define ZONE_MAX       (26 * 3600)
#define ZONE_TOLERANCE 5

/* The zone offset nearest to an age of 0 or more, or 0 if it is no such. */
static int64_t zone_offset(int64_t age)
{
    int64_t offset = (age / ZONE_STEP + (age % ZONE_STEP > ZONE_STEP / 2)) * ZONE_STEP;
    int64_t off = age > offset ? age - offset : offset - age;

    return off <= ZONE_TOLERANCE && offset >= ZONE_MIN && offset <= ZONE_MAX ? offset : 0;
}

static int64_t magnitude(int64_t skew)
{
    return skew >= 0 ? skew : skew == INT64_MIN ? INT64_MAX : -skew;
}

static void write_zone(int64_t zone, char *out, size_t size)
{
    int64_t hours = zone / 3600;
    int64_t minutes = zone / 60 % 60;

    if (hours == 0) {
        (void)snprintf(out, size, "%" PRId64 " min", minutes);
    } else if (minutes == 0) {
        (void)snprintf(out, size, "%" PRId64 " h", hours);
    } else {
        (void)snprintf(out, size, "%" PRId64 " h %" PRId64 " min", hours, minutes);
    }
}

void macaw_skew_describe(int64_t skew, char *out, size_t size)
{
    int64_t age = magnitude(skew);
    int64_t zone = zone_offset(age);
    const char *side = skew < 0 ? "ahead" : "old";
    char text[32];

    if (zone == 0) {
        (void)snprintf(out, size, "%" PRId64 " s %s", age, side);
        return;
    }
    write_zone(zone, text, sizeof text);
    (void)snprintf(out, size, "%" PRId64 " s %s, %s %s: time-zone bug in the client", age, side,
                   age == zone ? "exactly" : "almost exactly", text);
}

macaw_reason macaw_skew_judge(macaw_verdict *verdict, uint32_t window)
{
    int64_t age = magnitude(verdict->skew);
    char text[80];

    if (age <= (int64_t)window) {
        return MACAW_REASON_OK;
    }
    macaw_skew_describe(verdict->skew, text, sizeof text);
    if (zone_offset(age) != 0) {
        (void)snprintf(verdict->detail, MACAW_DETAIL_MAX, "timestamp %s", text);
    } else {
        (void)snprintf(verdict->detail, MACAW_DETAIL_MAX, "timestamp %s, window %" PRIu32 " s",
                       text, window);
    }
    return verdict->skew > 0 ? MACAW_REASON_STALE : MACAW_REASON_EARLY;
}
