/* macaw sum: a manifest of many files. */
#include "cli.h"
#include "file_list.h"
#include "manifest.h"

enum { OPTION_FROM_LIST = 256, OPTION_THREADS };

/* The fastest here by far, and the only kind that all processors can share. */
static const char default_alg[] = "pmac-aes128";

static const cli_option options[] = {
    {'a', "algorithm", "ALG", "algorithm; without it the keyring's, or pmac-aes128"},
    {'k', "key", "KEY", "a file, hex:DIGITS or KID@KEYRING"},
    {'r', "recursive", NULL, "a folder stands for the files in it"},
    {OPTION_FROM_LIST, "from-list", "FILE", "take names from FILE too, one a line"},
    {'0', "null", NULL, "names in the list end with a zero byte"},
    {OPTION_THREADS, "threads", "N", "use N threads; without it one a processor"},
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "sum",
    "-k KEY [-a ALG] [-r] [--from-list FILE [-0]] [FILE...]",
    "Print a manifest: one line for each FILE as macaw tag prints it, and a last line with a\n"
    "tag over the others, so that macaw check notices a line that is missing, moved or changed.\n"
    "Without FILE, or where it is -, read standard input.",
    options,
};

typedef struct sum_wish {
    cli_key_request key;
    char *alg;
    char *list;
    bool zero;
    bool recurse;
    int64_t threads;
} sum_wish;

static int take(void *into, int code, const cli_args *args)
{
    sum_wish *wish = into;

    switch (code) {
    case 'a':
        return cli_option_once(args, &wish->alg);
    case 'k':
        return cli_option_once(args, &wish->key.text);
    case 'r':
        wish->recurse = true;
        return CLI_DONE;
    case '0':
        wish->zero = true;
        return CLI_DONE;
    case OPTION_FROM_LIST:
        return cli_option_once(args, &wish->list);
    default:
        return cli_option_number(args, 1, FILE_THREADS_MAX, &wish->threads);
    }
}

/* ---- work ---- */

typedef struct sum_run {
    manifest_writer manifest;
    size_t tag_len;
    cli_progress progress;
    int status; /* the worst */
} sum_run;

static void report(void *arg, const file_job *job)
{
    sum_run *run = arg;

    if (job->status == CLI_DONE) {
        manifest_line(&run->manifest, job->tag, run->tag_len, job->name);
        return;
    }
    cli_progress_clear(&run->progress);
    file_job_fail(job);
    run->status = job->status > run->status ? job->status : run->status;
}

static int sum_files(const sum_wish *wish, const file_list *list, const macaw_key *files,
                     const macaw_key *manifest)
{
    sum_run run = {.tag_len = macaw_key_tag_len(files), .status = list->status};
    const file_tags tags = {
        .key = files,
        .jobs = list->jobs,
        .count = list->count,
        .threads = wish->threads > 0 ? (unsigned)wish->threads
                                     : cli_processors(FILE_THREADS_MAX),
        .report = report,
        .arg = &run,
        .progress = &run.progress,
    };
    int status = manifest_start(&run.manifest, manifest);

    if (status != CLI_DONE) {
        return status;
    }
    cli_progress_start(&run.progress, file_jobs_bytes(tags.jobs, tags.count));
    status = file_tags_run(&tags);
    cli_progress_end(&run.progress);
    if (status == CLI_DONE) {
        status = manifest_finish(&run.manifest, macaw_key_alg(files));
    } else {
        macaw_ctx_end(&run.manifest.ctx);
    }
    return status != CLI_DONE ? status : run.status;
}

static int list_files(const sum_wish *wish, const cli_args *args, file_list *list)
{
    char **names = cli_operands(args);
    int count = cli_operand_count(args);
    int status = CLI_DONE;

    for (int i = 0; i < count && status == CLI_DONE; i++) {
        status = file_list_add(list, names[i], wish->recurse);
    }
    if (status == CLI_DONE && wish->list != NULL) {
        status = file_list_read(list, wish->list, wish->zero, wish->recurse);
    } else if (status == CLI_DONE && count == 0) {
        status = file_list_add(list, "-", false);
    }
    return status;
}

static int run_list(const sum_wish *wish, const cli_args *args, const macaw_key *files,
                    const macaw_key *manifest)
{
    file_list list;
    int status = file_list_start(&list);

    if (status == CLI_DONE) {
        status = list_files(wish, args, &list);
    }
    if (status == CLI_DONE) {
        status = sum_files(wish, &list, files, manifest);
    }
    file_list_free(&list);
    return status;
}

static int make_keys(const cli_loaded_key *loaded, macaw_key **files, macaw_key **manifest)
{
    const macaw_alg *alg = loaded->alg != NULL ? loaded->alg : macaw_alg_find(default_alg);
    int status = manifest_check_alg(alg);

    if (status == CLI_DONE) {
        status = cli_key_make(loaded, alg, &(macaw_key_opts){0}, files);
    }
    if (status == CLI_DONE) {
        status = manifest_key(&loaded->secret, manifest);
    }
    return status;
}

int cli_sum(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    sum_wish wish = {.key.signing = true};
    macaw_key *files = NULL, *manifest = NULL;
    cli_loaded_key loaded;

    if (!cli_take_options(&args, take, &wish)) {
        return args.status;
    }
    if (wish.zero && wish.list == NULL) {
        return cli_fail(CLI_WRONG, "-0", "is for --from-list only");
    }
    wish.key.alg_name = wish.alg;
    int status = cli_key_load(&wish.key, &loaded);
    if (status == CLI_DONE) {
        status = make_keys(&loaded, &files, &manifest);
    }
    cli_secret_free(&loaded.secret);
    if (status == CLI_DONE) {
        status = run_list(&wish, &args, files, manifest);
    }
    macaw_key_free(files);
    macaw_key_free(manifest);
    return status;
}
