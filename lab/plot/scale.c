#include "layout.h"

#include <math.h>
#include <string.h>

bool plot_drawable(plot_scale kind, double value)
{
    return isfinite(value) && (kind == PLOT_LINEAR || value > 0);
}

void plot_range_add(plot_range *range, plot_scale kind, double value)
{
    if (!plot_drawable(kind, value)) {
        return;
    }
    if (!range->any || value < range->min) {
        range->min = value;
    }
    if (!range->any || value > range->max) {
        range->max = value;
    }
    range->any = true;
}

/* 1, 2 or 5 times a power of ten, so that span / step is about wanted. */
static double nice_step(double span, size_t wanted)
{
    double rough = span / (double)wanted;
    double power = pow(10, floor(log10(rough)));
    double lead = rough / power;

    return power * (lead > 5 ? 10 : lead > 2 ? 5 : lead > 1 ? 2 : 1);
}

static double to_log(plot_scale kind, double value)
{
    return kind == PLOT_LOG2 ? log2(value) : log10(value);
}

static double from_log(plot_scale kind, double power)
{
    return kind == PLOT_LOG2 ? exp2(power) : pow(10, power);
}

static void widen_linear(plot_map *map)
{
    double step;

    if (map->max - map->min <= 1e-12 * fabs(map->max)) {
        double half = map->max == 0 ? 1 : fabs(map->max) / 10;
        map->min -= half;
        map->max += half;
    }
    step = nice_step(map->max - map->min, 6);
    map->min = step * floor(map->min / step + 1e-9);
    map->max = step * ceil(map->max / step - 1e-9);
}

static void widen_log(plot_map *map)
{
    double low = floor(to_log(map->kind, map->min) + 1e-9);
    double high = ceil(to_log(map->kind, map->max) - 1e-9);

    map->min = from_log(map->kind, low);
    map->max = from_log(map->kind, high > low ? high : low + 1);
}

void plot_map_choose(plot_map *map, const plot_axis *axis, plot_range data)
{
    map->kind = axis->scale;
    map->whole = axis->whole;
    if (axis->names != NULL) {
        map->min = -0.5;
        map->max = (double)axis->name_count - 0.5;
        return;
    }
    if (axis->min < axis->max && plot_drawable(axis->scale, axis->min)) {
        map->min = axis->min;
        map->max = axis->max;
        return;
    }
    map->min = data.any ? data.min : axis->scale == PLOT_LINEAR ? 0 : 1;
    map->max = data.any ? data.max : axis->scale == PLOT_LINEAR ? 1 : 10;
    if (axis->scale == PLOT_LINEAR) {
        widen_linear(map);
    } else {
        widen_log(map);
    }
}

double plot_map_at(const plot_map *map, double value)
{
    double at = value;
    double min = map->min;
    double max = map->max;

    if (map->kind != PLOT_LINEAR) {
        at = to_log(map->kind, value);
        min = to_log(map->kind, min);
        max = to_log(map->kind, max);
    }
    return map->from + (at - min) / (max - min) * (map->to - map->from);
}

/* ---- ticks ---- */

static void format_power(char text[PLOT_TICK_TEXT], int base, int power)
{
    static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char digits[16];
    size_t len = (size_t)snprintf(text, PLOT_TICK_TEXT, "%d%s", base, power < 0 ? "⁻" : "");

    snprintf(digits, sizeof digits, "%d", power < 0 ? -power : power);
    for (const char *c = digits; *c != '\0'; c++) {
        len += (size_t)snprintf(text + len, PLOT_TICK_TEXT - len, "%s", raised[*c - '0']);
    }
}

void plot_format_number(char text[PLOT_TICK_TEXT], double value)
{
    double size = fabs(value);
    int power;

    if (size < 1e-12) {
        snprintf(text, PLOT_TICK_TEXT, "0");
        return;
    }
    if (size < 1e6 && size >= 1e-4) {
        snprintf(text, PLOT_TICK_TEXT, "%.6g", value);
        return;
    }
    power = (int)floor(log10(size) + 1e-12);
    char tail[PLOT_TICK_TEXT];
    format_power(tail, 10, power);
    if (fabs(value / pow(10, power) - 1) < 1e-9) {
        snprintf(text, PLOT_TICK_TEXT, "%s", tail);
    } else {
        snprintf(text, PLOT_TICK_TEXT, "%.3g·%.20s", value / pow(10, power), tail);
    }
}

static void linear_ticks(const plot_map *map, size_t wanted, plot_ticks *ret)
{
    double step = fmax(nice_step(map->max - map->min, wanted), map->whole ? 1 : 0);
    double first = ceil(map->min / step - 1e-9);

    for (double i = first; i * step <= map->max + step * 1e-9 && ret->count < PLOT_TICKS; i++) {
        plot_tick *tick = &ret->tick[ret->count++];
        tick->at = fabs(i) < 0.5 ? 0 : i * step;
        plot_format_number(tick->text, tick->at);
    }
}

/* So that few enough powers are left: 2, 4, 8 .. where they are of two, else 1, 2, 5, 10 .. */
static int nice_stride(int base, int span, size_t wanted)
{
    int least = 1 + span / (int)(wanted + 2), stride = 1;

    for (int i = 0; stride < least; i++) {
        stride = base == 2 || i % 3 != 1 ? stride * 2 : stride / 2 * 5;
    }
    return stride;
}

/* Powers of the base, some left out where there are many. */
static void log_ticks(const plot_map *map, size_t wanted, plot_ticks *ret)
{
    int base = map->kind == PLOT_LOG2 ? 2 : 10;
    int low = (int)ceil(to_log(map->kind, map->min) - 1e-9);
    int high = (int)floor(to_log(map->kind, map->max) + 1e-9);
    int stride = nice_stride(base, high - low, wanted);
    bool plain = low >= 0 && high <= (base == 2 ? 10 : 4);

    for (int power = low; power <= high && ret->count < PLOT_TICKS; power++) {
        if (power % stride != 0) {
            continue;
        }
        plot_tick *tick = &ret->tick[ret->count++];
        tick->at = from_log(map->kind, power);
        if (plain) {
            snprintf(tick->text, sizeof tick->text, "%.0f", tick->at);
        } else {
            format_power(tick->text, base, power);
        }
    }
}

/* Less than two powers in range: 1, 2 and 5 times them. */
static void fine_log_ticks(const plot_map *map, plot_ticks *ret)
{
    static const double leads[] = {1, 2, 5};

    ret->count = 0;
    for (int power = (int)floor(log10(map->min)); power <= (int)ceil(log10(map->max)); power++) {
        for (size_t i = 0; i < 3 && ret->count < PLOT_TICKS; i++) {
            double at = leads[i] * pow(10, power);
            if (at >= map->min * (1 - 1e-9) && at <= map->max * (1 + 1e-9)) {
                ret->tick[ret->count].at = at;
                plot_format_number(ret->tick[ret->count++].text, at);
            }
        }
    }
}

void plot_choose_ticks(const plot_map *map, size_t wanted, plot_ticks *ret)
{
    ret->count = 0;
    if (map->kind == PLOT_LINEAR) {
        linear_ticks(map, wanted, ret);
        return;
    }
    log_ticks(map, wanted, ret);
    if (ret->count < 2) {
        fine_log_ticks(map, ret);
    }
}
