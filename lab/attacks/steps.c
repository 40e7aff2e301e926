#include "attacks/steps.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

void lab_draw_steps(lab_oracle *o, const char *title, const char *const *parties,
                    const lab_step *steps, size_t n)
{
    lab_value cells[LAB_STEPS_MAX * LAB_PARTIES_MAX] = {{NULL, LAB_PLAIN, {NULL, 0}}};
    const char *rows[LAB_STEPS_MAX];
    size_t columns = 0;

    while (parties[columns] != NULL) {
        columns++;
    }
    for (size_t i = 0; i < n; i++) {
        rows[i] = steps[i].message.name;
        cells[i * columns + steps[i].from] = steps[i].message;
        if (steps[i].to != steps[i].from) {
            cells[i * columns + steps[i].to] = (lab_value){"->", steps[i].message.role, {NULL, 0}};
        }
    }
    lab_draw(o, &(lab_figure){"sequence", title, rows, n, parties, columns, cells});
}

lab_bytes lab_print(lab_oracle *o, const char *format, ...)
{
    va_list args, again;
    char *text;
    int len;

    va_start(args, format);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, format, args);
    text = lab_alloc(o, (size_t)len + 1);
    vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    va_end(args);
    return (lab_bytes){(const uint8_t *)text, (size_t)len};
}

lab_bytes lab_join(lab_oracle *o, const lab_bytes *pieces, size_t n)
{
    size_t len = 0;
    uint8_t *to;

    for (size_t i = 0; i < n; i++) {
        len += pieces[i].len;
    }
    to = lab_alloc(o, len + 1);
    for (size_t i = 0, at = 0; i < n; at += pieces[i++].len) {
        if (pieces[i].len > 0) {
            memcpy(to + at, pieces[i].data, pieces[i].len);
        }
    }
    return (lab_bytes){to, len};
}

bool lab_hand_in(lab_oracle *o, const char *why, lab_bytes message)
{
    return lab_submit(o, why, message.data, message.len, NULL, 0);
}

double lab_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}
