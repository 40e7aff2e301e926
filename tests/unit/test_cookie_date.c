/* Dates of Expires, as browsers read them. */
#include <macaw/cookie.h>

#include <string.h>

#include "unit/support.h"

static macaw_str str(const char *text)
{
    return (macaw_str){text, strlen(text)};
}

static void reads(void **state)
{
    static const struct {
        const char *text;
        int64_t time;
    } dates[] = {
        {"Sun, 06 Nov 1994 08:49:37 GMT", 784111777},  /* RFC 9110 section 5.6.7 */
        {"Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
        {"Sun Nov  6 08:49:37 1994", 784111777},
        {"Sun, 06-Nov-1994 08:49:37 GMT", 784111777},
        {"6 NOVember 1994 8:49:37", 784111777},
        {"08:49:37 06 nov 1994 GMT+02:00", 784111777}, /* no zone but UTC */
        {"Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"Thu, 01-Jan-70 00:00:01 GMT", 1},
        {"Thu, 01 Jan 1601 00:00:00 GMT", -11644473600},
        {"Thu, 31 Dec 2099 23:59:59 GMT", 4102444799},
        {"Wed, 31-Dec-69 23:59:59 GMT", 3155759999},   /* 2069 */
        {"Tue, 29 Feb 2028 00:00:00 GMT", 1835395200},
    };
    int64_t time;

    (void)state;
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        assert_int_equal(macaw_cookie_date(str(dates[i].text), &time), MACAW_OK);
        assert_int_equal(time, dates[i].time);
    }
}

static void refuses(void **state)
{
    static const char *const texts[] = {
        "", "0", "tomorrow", "Sun, 06 Nov 1994", "Sun, 06 Nov 08:49:37", "06 1994 08:49:37",
        "Nov 1994 08:49:37", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 1994 08:49:60 GMT", "Sun, 06 Nov 1600 08:49:37 GMT",
        "Sun, 06 Nov 10000 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 06 Nov 1994 008:49:37 GMT",
    };
    int64_t time = 7;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(macaw_cookie_date(str(texts[i]), &time), MACAW_EFORMAT);
        assert_int_equal(time, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads),
        cmocka_unit_test(refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
