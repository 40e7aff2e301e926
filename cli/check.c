/* macaw check: are the files those of a manifest? */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ct.h"
#include "cli.h"
#include "file_list.h"
#include "manifest.h"
#include "stream.h"

enum { OPTION_STATUS = 256, OPTION_IGNORE_MISSING, OPTION_STRICT, OPTION_THREADS };

static const cli_option options[] = {
    {'a', "algorithm", "ALG", "accept manifests of this algorithm only"},
    {'k', "key", "KEY", "a file, hex:DIGITS or KID@KEYRING"},
    {'q', "quiet", NULL, "do not print OK for files that are as they were"},
    {OPTION_STATUS, "status", NULL, "print no line for any file; the exit status tells"},
    {OPTION_IGNORE_MISSING, "ignore-missing", NULL, "pass over files that are not there"},
    {OPTION_STRICT, "strict", NULL, "lines of another form are an error"},
    {OPTION_THREADS, "threads", "N", "use N threads; without it one a processor"},
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "check",
    "-k KEY [-a ALG] [--quiet] [--ignore-missing] [--strict] [MANIFEST]",
    "Check the files of a MANIFEST that macaw sum made, or of one on standard input. The\n"
    "manifest itself is verified first; where it does not hold, no file is looked at.",
    options,
};

typedef struct check_wish {
    cli_key_request key;
    char *alg;
    bool quiet;
    bool silent; /* --status */
    bool ignore_missing;
    bool strict;
    int64_t threads;
} check_wish;

static int take(void *into, int code, const cli_args *args)
{
    check_wish *wish = into;

    switch (code) {
    case 'a':
        return cli_option_once(args, &wish->alg);
    case 'k':
        return cli_option_once(args, &wish->key.text);
    case 'q':
        wish->quiet = true;
        return CLI_DONE;
    case OPTION_STATUS:
        wish->silent = true;
        return CLI_DONE;
    case OPTION_IGNORE_MISSING:
        wish->ignore_missing = true;
        return CLI_DONE;
    case OPTION_STRICT:
        wish->strict = true;
        return CLI_DONE;
    default:
        return cli_option_number(args, 1, FILE_THREADS_MAX, &wish->threads);
    }
}

/* ---- what the manifest says ---- */

typedef struct check_run {
    const check_wish *wish;
    const char *path; /* of the manifest */
    file_job *jobs;
    uint8_t *tags; /* tag_len each */
    size_t count;
    size_t tag_len;
    size_t malformed, failed, unread, verified;
    cli_progress progress;
} check_run;

static void take_line(check_run *run, macaw_table *names, size_t number, char *line, size_t len)
{
    uint8_t *tag = run->tags + run->count * run->tag_len;
    char *name;
    void *before = NULL;

    if (!manifest_parse_line(line, len, run->tag_len, tag, &name)) {
        cli_warn(run->path, "line %zu: no tag and file name", number);
    } else if (macaw_table_set(names, name, strlen(name), name, &before) != MACAW_OK ||
               before != NULL) {
        cli_warn(run->path, "line %zu: the file is named before", number);
    } else {
        run->jobs[run->count++] = (file_job){.name = name, .kind = FILE_LASTING};
        return;
    }
    run->malformed++;
}

static int take_lines(check_run *run, const manifest_text *m)
{
    macaw_table *names = NULL;
    size_t number = 0;
    int status = macaw_table_new(&names, 0, MACAW_TABLE_SIPHASH_1_3);

    run->jobs = calloc(m->lines + 1, sizeof *run->jobs);
    run->tags = calloc(m->lines + 1, run->tag_len);
    if (status != MACAW_OK || run->jobs == NULL || run->tags == NULL) {
        macaw_table_free(names);
        return cli_fail(CLI_FAILED, run->path, "%s", macaw_strerror(MACAW_ENOMEM));
    }
    for (char *line = m->text, *end = m->text + m->len; line != end;) {
        size_t len = (size_t)((char *)memchr(line, '\n', (size_t)(end - line)) - line);
        take_line(run, names, ++number, line, len);
        line += len + 1;
    }
    macaw_table_free(names);
    return CLI_DONE;
}

/* ---- what the files say ---- */

static void print_verdict(check_run *run, const char *name, const char *verdict)
{
    cli_progress_clear(&run->progress);
    if (cli_needs_escape(name)) {
        putchar('\\');
    }
    cli_print_escaped(name);
    printf(": %s\n", verdict);
}

static void report_unread(check_run *run, const file_job *job)
{
    if (job->missing && run->wish->ignore_missing) {
        return;
    }
    run->unread++;
    cli_progress_clear(&run->progress);
    file_job_fail(job);
    if (!run->wish->silent) {
        print_verdict(run, job->name, "FAILED open or read");
    }
}

static void report(void *arg, const file_job *job)
{
    check_run *run = arg;
    const uint8_t *tag = run->tags + (size_t)(job - run->jobs) * run->tag_len;

    if (job->status != CLI_DONE) {
        report_unread(run, job);
    } else if (macaw_ct_equal(job->tag, tag, run->tag_len)) {
        run->verified++;
        if (!run->wish->quiet && !run->wish->silent) {
            print_verdict(run, job->name, "OK");
        }
    } else {
        run->failed++;
        if (!run->wish->silent) {
            print_verdict(run, job->name, "FAILED");
        }
    }
}

static void summarize(const check_run *run, size_t count, const char *what)
{
    if (count > 0 && !run->wish->silent) {
        cli_warn(run->path, "%zu of %zu %s", count, run->count + run->malformed, what);
    }
}

static int conclude(const check_run *run)
{
    summarize(run, run->malformed, "lines are none of a manifest");
    summarize(run, run->unread, "files could not be read");
    summarize(run, run->failed, "files are not as they were");
    if (run->failed > 0) {
        return CLI_REFUSED;
    }
    if (run->unread > 0) {
        return CLI_FAILED;
    }
    if (run->malformed > 0 && run->wish->strict) {
        return CLI_WRONG;
    }
    if (run->verified == 0 && run->count + run->malformed > 0) {
        return cli_fail(CLI_REFUSED, run->path, "no file was verified");
    }
    return CLI_DONE;
}

static int check_files(check_run *run, const macaw_key *key)
{
    const file_tags tags = {
        .key = key,
        .jobs = run->jobs,
        .count = run->count,
        .threads = run->wish->threads > 0 ? (unsigned)run->wish->threads
                                          : cli_processors(FILE_THREADS_MAX),
        .report = report,
        .arg = run,
        .progress = &run->progress,
    };

    cli_progress_start(&run->progress, file_jobs_bytes(tags.jobs, tags.count));
    int status = file_tags_run(&tags);
    cli_progress_end(&run->progress);
    return status != CLI_DONE ? status : conclude(run);
}

/* ---- keys ---- */

/* The manifest is authentic, so the algorithm it names is the one its maker used. */
static int make_file_key(const manifest_text *m, const cli_loaded_key *loaded, macaw_key **ret)
{
    const macaw_alg *alg = macaw_alg_find(m->alg);

    if (alg == NULL) {
        return cli_fail(CLI_WRONG, m->alg, "unknown algorithm; see macaw algorithms");
    }
    if (loaded->alg != NULL && loaded->alg != alg) {
        return cli_fail(CLI_WRONG, "-a", "the manifest is of %s, not of %s", alg->name,
                        loaded->alg->name);
    }
    int status = manifest_check_alg(alg);
    return status == CLI_DONE ? cli_key_make(loaded, alg, &(macaw_key_opts){0}, ret) : status;
}

static int open_manifest(const cli_loaded_key *loaded, const char *path, manifest_text *m,
                         macaw_key **ret)
{
    macaw_key *key = NULL;
    int status = manifest_key(&loaded->secret, &key);

    if (status == CLI_DONE) {
        status = manifest_read(m, path, key);
    }
    if (status == CLI_DONE) {
        status = make_file_key(m, loaded, ret);
    }
    macaw_key_free(key);
    return status;
}

static int check_manifest(const check_wish *wish, const cli_loaded_key *loaded, const char *path)
{
    check_run run = {.wish = wish, .path = path};
    manifest_text m = {0};
    macaw_key *key = NULL;
    int status = open_manifest(loaded, path, &m, &key);

    if (status == CLI_DONE) {
        run.tag_len = macaw_key_tag_len(key);
        status = take_lines(&run, &m);
    }
    if (status == CLI_DONE) {
        status = check_files(&run, key);
    }
    free(run.jobs);
    free(run.tags);
    macaw_key_free(key);
    manifest_free(&m);
    return status;
}

int cli_check(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    check_wish wish = {0};
    cli_loaded_key loaded;

    if (!cli_take_options(&args, take, &wish)) {
        return args.status;
    }
    int status = cli_check_operands(&args, 0, 1, "MANIFEST");
    if (status != CLI_DONE) {
        return status;
    }
    wish.key.alg_name = wish.alg;
    status = cli_key_load(&wish.key, &loaded);
    if (status == CLI_DONE) {
        status = check_manifest(&wish, &loaded,
                                cli_operand_count(&args) > 0 ? *cli_operands(&args) : "-");
    }
    cli_secret_free(&loaded.secret);
    return status;
}
