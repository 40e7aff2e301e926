/* Date-times of RFC 3339 section 5.6, the profile of ISO 8601 that JSON carries. */
#include "session/scheme.h"

#define FRACTION_MAX 9 /* digits */

typedef struct cursor {
    const char *at, *end;
} cursor;

static bool is_digit(const cursor *c)
{
    return c->at < c->end && *c->at >= '0' && *c->at <= '9';
}

static bool number(cursor *c, unsigned digits, int lowest, int highest, int *ret)
{
    int value = 0;

    for (; digits > 0; digits--) {
        if (!is_digit(c)) {
            return false;
        }
        value = value * 10 + (*c->at++ - '0');
    }
    *ret = value;
    return value >= lowest && value <= highest;
}

static bool mark(cursor *c, char wanted)
{
    return c->at < c->end && *c->at++ == wanted;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    return days[month - 1] + (month == 2 && leap);
}

/* From 1970-01-01, in the proleptic Gregorian calendar; year 1..9999. Years are
 * counted from March, so that the leap day is the last of its year. */
static int64_t days_since_epoch(int year, int month, int day)
{
    int y = month > 2 ? year : year - 1;
    int months = (month + 9) % 12;

    return 365LL * y + y / 4 - y / 100 + y / 400 + (153 * months + 2) / 5 + day - 1 - 719468;
}

static bool date(cursor *c, int64_t *ret)
{
    int year, month, day;

    if (!number(c, 4, 1, 9999, &year) || !mark(c, '-') || !number(c, 2, 1, 12, &month) ||
        !mark(c, '-') || !number(c, 2, 1, days_in(year, month), &day)) {
        return false;
    }
    *ret = days_since_epoch(year, month, day) * 86400;
    return true;
}

static bool time_of_day(cursor *c, int64_t *ret)
{
    int hour, minute, second;
    unsigned digits = 0;

    if (!number(c, 2, 0, 23, &hour) || !mark(c, ':') || !number(c, 2, 0, 59, &minute) ||
        !mark(c, ':') || !number(c, 2, 0, 59, &second)) {
        return false;
    }
    *ret = hour * 3600 + minute * 60 + second;
    if (c->at == c->end || *c->at != '.') {
        return true;
    }
    for (c->at++; is_digit(c); c->at++) {
        digits++;
    }
    return digits > 0 && digits <= FRACTION_MAX;
}

static bool offset(cursor *c, int64_t *ret)
{
    int hour, minute;

    *ret = 0;
    if (c->at == c->end || *c->at == 'Z') {
        return mark(c, 'Z');
    }
    char sign = *c->at++;
    if ((sign != '+' && sign != '-') || !number(c, 2, 0, 23, &hour) || !mark(c, ':') ||
        !number(c, 2, 0, 59, &minute)) {
        return false;
    }
    *ret = (hour * 3600 + minute * 60) * (sign == '-' ? -1 : 1);
    return true;
}

bool macaw_session_iso8601(macaw_str text, int64_t *ret)
{
    cursor c = {text.data, text.data + text.len};
    int64_t day, second, ahead;

    if (!date(&c, &day) || !mark(&c, 'T') || !time_of_day(&c, &second) || !offset(&c, &ahead) ||
        c.at != c.end) {
        return false;
    }
    *ret = day + second - ahead;
    return true;
}
