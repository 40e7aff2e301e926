/* Dates of Set-Cookie's Expires, read as browsers read them: RFC 6265 section 5.1.1. */
#include <macaw/cookie.h>

#include <strings.h>
#include <time.h>

typedef struct found {
    bool time, day, month, year;
    struct tm tm;
} found;

static bool is_delimiter(char c)
{
    return c == '\t' || (c >= ' ' && c <= '/') || (c >= ';' && c <= '@') ||
           (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

/* From min to max digits, and nothing more of them. */
static bool take_digits(macaw_str *text, size_t min, size_t max, int *ret)
{
    size_t n = 0;
    int value = 0;

    while (n < text->len && n <= max && text->data[n] >= '0' && text->data[n] <= '9') {
        value = value * 10 + (text->data[n++] - '0');
    }
    if (n < min || n > max) {
        return false;
    }
    text->data += n;
    text->len -= n;
    *ret = value;
    return true;
}

static bool take_colon(macaw_str *text)
{
    if (text->len == 0 || text->data[0] != ':') {
        return false;
    }
    text->data++;
    text->len--;
    return true;
}

static bool is_time(macaw_str text, struct tm *ret)
{
    return take_digits(&text, 1, 2, &ret->tm_hour) && take_colon(&text) &&
           take_digits(&text, 1, 2, &ret->tm_min) && take_colon(&text) &&
           take_digits(&text, 1, 2, &ret->tm_sec);
}

static bool is_month(macaw_str text, int *ret)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";

    for (int i = 0; text.len >= 3 && i < 12; i++) {
        if (strncasecmp(text.data, months + (size_t)i * 3, 3) == 0) {
            *ret = i;
            return true;
        }
    }
    return false;
}

/* What a word is, is what it looks like first and was not there before. */
static void read_word(macaw_str word, found *ret)
{
    struct tm tm = ret->tm;
    macaw_str rest = word;

    if (!ret->time && is_time(word, &tm)) {
        ret->time = true;
    } else if (!ret->day && take_digits(&rest, 1, 2, &tm.tm_mday)) {
        ret->day = true;
    } else if (!ret->month && is_month(word, &tm.tm_mon)) {
        ret->month = true;
    } else if (!ret->year && take_digits(&rest, 2, 4, &tm.tm_year)) {
        ret->year = true;
    } else {
        return;
    }
    ret->tm = tm;
}

static bool is_sane(found *f)
{
    if (!f->time || !f->day || !f->month || !f->year) {
        return false;
    }
    if (f->tm.tm_year < 100) {
        f->tm.tm_year += f->tm.tm_year < 70 ? 2000 : 1900;
    }
    return f->tm.tm_year >= 1601 && f->tm.tm_mday >= 1 && f->tm.tm_mday <= 31 &&
           f->tm.tm_hour <= 23 && f->tm.tm_min <= 59 && f->tm.tm_sec <= 59;
}

int macaw_cookie_date(macaw_str text, int64_t *ret)
{
    found f = {.tm = {.tm_isdst = 0}};
    size_t end;

    for (size_t at = 0; at < text.len; at = end + 1) {
        for (end = at; end < text.len && !is_delimiter(text.data[end]); end++) {
        }
        read_word((macaw_str){text.data + at, end - at}, &f);
    }
    if (!is_sane(&f)) {
        return MACAW_EFORMAT;
    }
    f.tm.tm_year -= 1900;
    *ret = timegm(&f.tm);
    return MACAW_OK;
}
