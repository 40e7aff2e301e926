#include "report/folder.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"
#include "harness/print_parts.h"
#include "report/corrections.h"
#include "report/diagram.h"
#include "report/file.h"

typedef struct folder {
    const char *dir;
    const report *r;
    int status;
} folder;

/* After the first failure no other file is begun: on a full disk one line is enough. */
static bool open_file(folder *f, const char *name, const char *ending, report_file *ret)
{
    char path[REPORT_PATH_MAX];

    if (f->status != CLI_DONE) {
        return false;
    }
    int n = snprintf(path, sizeof path, "%s/%s%s", f->dir, name, ending);

    if (n < 0 || (size_t)n >= sizeof path) {
        f->status = cli_fail(CLI_WRONG, f->dir, "too long a name");
        return false;
    }
    int status = report_file_open(ret, path);
    f->status = status;
    return status == CLI_DONE;
}

static void close_file(folder *f, report_file *file)
{
    f->status = report_file_close(file);
}

/* A field of CSV (RFC 4180), always in quotes. */
static void put_field(FILE *out, const char *text, char end)
{
    putc('"', out);
    for (; *text != '\0'; text++) {
        if (*text == '"') {
            putc('"', out);
        }
        putc(*text, out);
    }
    fprintf(out, "\"%c", end);
}

/* ---- tables ---- */

static void write_case(FILE *out, const char *card, const json_t *one)
{
    const json_t *interval = json_object_get(one, "interval");
    char settings[300];

    page_settings(json_object_get(one, "fixed"), settings, sizeof settings);
    put_field(out, card, ',');
    put_field(out, lab_json_text(one, "role"), ',');
    put_field(out, lab_json_text(one, "construction"), ',');
    put_field(out, settings, ',');
    put_field(out, lab_json_text(one, "verdict"), ',');
    fprintf(out, "%.0f,%.0f,%.6g,%.6g,%.6g,%.0f\n", lab_json_number(one, "successes"),
            lab_json_number(one, "repeats"), json_number_value(json_array_get(interval, 0)),
            json_number_value(json_array_get(interval, 1)), lab_json_number(one, "predicted"),
            lab_json_number(one, "queries"));
}

static void write_attacks(FILE *out, const report *r)
{
    json_t *card, *one;
    size_t i, j;

    fputs("card,role,construction,settings,verdict,successes,repeats,low,high,predicted,queries\n",
          out);
    json_array_foreach(json_object_get(r->results, "cards"), i, card)
    {
        json_array_foreach(json_object_get(card, "cases"), j, one)
        {
            write_case(out, lab_json_text(card, "card"), one);
        }
    }
}

static void write_matrix(FILE *out, const report *r)
{
    json_t *row, *cell;
    size_t i, j;

    fputs("attack,construction,cell,expected\n", out);
    json_array_foreach(json_object_get(json_object_get(r->results, "matrix"), "rows"), i, row)
    {
        json_array_foreach(json_object_get(row, "cells"), j, cell)
        {
            put_field(out, lab_json_text(row, "attack"), ',');
            put_field(out, lab_json_text(cell, "column"), ',');
            put_field(out, lab_json_text(cell, "cell"), ',');
            put_field(out, lab_json_text(cell, "expected"), '\n');
        }
    }
}

static void write_corrections(FILE *out, const report *r)
{
    (void)r;
    fputs("number,items,kind,says,right,attacks,shown,document\n", out);
    for (size_t i = 0; i < CORRECTIONS; i++) {
        const correction *c = &corrections[i];
        fprintf(out, "%zu,", i + 1);
        put_field(out, c->items, ',');
        put_field(out, c->kind, ',');
        put_field(out, c->says, ',');
        put_field(out, c->right, ',');
        put_field(out, c->cards, ',');
        put_field(out, c->shown != NULL ? c->shown : "", ',');
        put_field(out, c->doc, '\n');
    }
}

static void write_families(FILE *out, const report *r)
{
    families_csv(out, r->threads);
}

static void write_results(FILE *out, const report *r)
{
    (void)json_dumpf(r->results, out, JSON_COMPACT);
    putc('\n', out);
}

/* ---- drawings ---- */

static void take_plot(void *context, const plot_figure *figure)
{
    folder *f = context;
    report_file file;

    if (open_file(f, figure->id, ".svg", &file)) {
        (void)plot_write_svg(file.stream, figure);
        close_file(f, &file);
    }
    if (open_file(f, figure->id, ".csv", &file)) {
        (void)plot_write_csv(file.stream, figure);
        close_file(f, &file);
    }
}

static void write_diagrams(folder *f, const json_t *card)
{
    json_t *one, *event;
    size_t i, j;

    json_array_foreach(json_object_get(card, "cases"), i, one)
    {
        json_array_foreach(json_object_get(one, "trace"), j, event)
        {
            char name[120];
            report_file file;
            snprintf(name, sizeof name, "%s-%zu-%zu", lab_json_text(card, "card"), i + 1, j + 1);
            if (strcmp(lab_json_text(event, "event"), "figure") == 0 &&
                open_file(f, name, ".svg", &file)) {
                diagram_draw(file.stream, event, name, false);
                close_file(f, &file);
            }
        }
    }
}

int folder_make(const char *dir)
{
    return mkdir(dir, 0777) == 0 || errno == EEXIST ? CLI_DONE : cli_fail_errno(dir);
}

int folder_write(const char *dir, const report *r)
{
    static const struct part {
        const char *name;
        void (*write)(FILE *out, const report *r);
    } parts[] = {{"index.html", page_write},       {"results.json", write_results},
                 {"attacks.csv", write_attacks},   {"matrix.csv", write_matrix},
                 {"families.csv", write_families}, {"corrections.csv", write_corrections}};
    folder f = {dir, r, CLI_DONE};
    plot_taker taker = {take_plot, &f};
    json_t *card;
    size_t i;

    for (i = 0; i < sizeof parts / sizeof *parts; i++) {
        report_file file;
        if (open_file(&f, parts[i].name, "", &file)) {
            parts[i].write(file.stream, r);
            close_file(&f, &file);
        }
    }
    json_array_foreach(json_object_get(r->results, "cards"), i, card)
    {
        card_plots(card, &taker);
        write_diagrams(&f, card);
    }
    costs_plots(&taker);
    int status = families_plots(r->threads, &taker);
    return f.status != CLI_DONE ? f.status : status;
}
