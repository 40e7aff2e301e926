#include "report/points.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/print_parts.h"
#include "harness/stats.h"

/* ---- which cases ---- */

const char *points_setting(const json_t *one, const char *name)
{
    return strcmp(name, "construction") == 0
               ? lab_json_text(one, "construction")
               : lab_json_text(json_object_get(one, "settings"), name);
}

bool points_match(const json_t *one, const lab_plot_series *series)
{
    const char *construction = lab_json_text(one, "construction");

    if (json_object_get(one, "interval") == NULL || /* it ended with an error */
        (series->construction != NULL && strcmp(construction, series->construction) != 0) ||
        (series->role != NULL && strcmp(lab_json_text(one, "role"), series->role) != 0)) {
        return false;
    }
    for (const lab_setting *s = series->where; s->name != NULL; s++) {
        if (strcmp(points_setting(one, s->name), s->value) != 0) {
            return false;
        }
    }
    return true;
}

void points_name(const json_t *one, const char *over, char ret[POINT_NAME])
{
    char word[POINT_NAME];
    size_t used = 0;

    ret[0] = '\0';
    for (const char *at = over; *at != '\0' && used < POINT_NAME; at += *at == ' ') {
        size_t n = strcspn(at, " ");
        snprintf(word, sizeof word, "%.*s", (int)n, at);
        used += (size_t)snprintf(ret + used, POINT_NAME - used, "%s%s", used > 0 ? " " : "",
                                 points_setting(one, word));
        at += n;
    }
}

/* The number that ends a setting's value: 4096, or 16 of "random16". */
static double number_of(const char *text)
{
    const char *digits = text + strlen(text);

    while (digits > text && isdigit((unsigned char)digits[-1])) {
        digits--;
    }
    return *digits != '\0' ? strtod(digits, NULL) : NAN;
}

/* ---- what they say ---- */

static void add_measure(point *p, const json_t *one, const char *name)
{
    json_t *value;
    size_t i;

    json_array_foreach(json_object_get(json_object_get(one, "measures"), name), i, value)
    {
        double y = json_number_value(value);
        p->count++;
        p->sum += y;
        p->squares += y * y;
    }
}

static void add_case(point *p, const json_t *one, const lab_plot_series *series)
{
    p->successes += lab_json_number(one, "successes");
    p->trials += lab_json_number(one, "repeats");
    if (series->measure != NULL) {
        add_measure(p, one, series->measure);
    }
}

static void finish_rate(point *p, double successes, double trials)
{
    lab_interval interval = lab_clopper_pearson((uint64_t)(successes + 0.5), (uint64_t)trials);

    p->y = successes / trials;
    p->low = interval.low;
    p->high = interval.high;
}

static void finish_mean(point *p)
{
    double n = (double)p->count, mean = p->sum / n;
    double variance = n > 1 ? fmax(0, (p->squares - n * mean * mean) / (n - 1)) : 0;
    lab_interval interval = lab_student(mean, variance, p->count);

    p->y = mean;
    if (variance > 1e-12 * mean * mean) { /* else nothing varies */
        p->low = interval.low;
        p->high = interval.high;
    }
}

/* false: there is nothing to show. */
static bool finish(point *p, const lab_plot_series *series)
{
    double tries = number_of(points_setting(p->first, "tries"));

    p->low = p->high = NAN;
    if (series->quantity != LAB_SUCCESS && p->count == 0) {
        return false;
    }
    switch (series->quantity) {
    case LAB_SUCCESS:
        finish_rate(p, p->successes, p->trials);
        return true;
    case LAB_SHARE:
        finish_rate(p, p->sum * tries, (double)p->count * tries);
        return isfinite(p->y);
    case LAB_PER_TRY:
        finish_rate(p, p->successes, p->sum);
        return isfinite(p->y);
    default:
        finish_mean(p);
        return true;
    }
}

static void scale(point *p, const lab_plot *plot)
{
    if (plot->times != 0) {
        p->y = plot->times * p->y + plot->plus;
        p->low = plot->times * p->low + plot->plus;
        p->high = plot->times * p->high + plot->plus;
        p->predicted = plot->times * p->predicted + plot->plus;
    }
}

static int by_x(const void *a, const void *b)
{
    const point *p = a, *q = b;

    return (p->x > q->x) - (p->x < q->x);
}

static double expected_of(const json_t *one, const lab_plot_series *series)
{
    return series->expected != NULL ? series->expected(lab_json_text(one, "construction"))
                                    : lab_json_number(one, "predicted");
}

/* The one of that name, which is made if it is new; NULL: no room. */
static point *point_of(points *all, const json_t *one, const lab_plot *plot,
                       const lab_plot_series *series)
{
    char name[POINT_NAME];
    size_t i = 0;

    points_name(one, plot->over, name);
    while (i < all->count && strcmp(all->list[i].name, name) != 0) {
        i++;
    }
    if (i == POINTS_MAX) {
        return NULL;
    }
    if (i == all->count) {
        double unit = series->unit != 0 ? series->unit : 1;
        all->list[all->count++] = (point){.first = one,
                                          .x = number_of(name) / unit + series->shift,
                                          .predicted = expected_of(one, series)};
        memcpy(all->list[i].name, name, sizeof name);
    }
    return &all->list[i];
}

void points_take(points *ret, const json_t *result, const lab_plot *plot,
                 const lab_plot_series *series)
{
    size_t i, kept = 0;
    json_t *one;

    ret->count = 0;
    json_array_foreach(json_object_get(result, "cases"), i, one)
    {
        point *p = points_match(one, series) ? point_of(ret, one, plot, series) : NULL;
        if (p != NULL) {
            add_case(p, one, series);
        }
    }
    for (i = 0; i < ret->count; i++) {
        point *p = &ret->list[i];
        if (finish(p, series) && (plot->kind != LAB_LINES || isfinite(p->x))) {
            scale(p, plot);
            ret->list[kept++] = *p;
        }
    }
    ret->count = kept;
    if (plot->kind == LAB_LINES) {
        qsort(ret->list, ret->count, sizeof *ret->list, by_x);
    }
}
