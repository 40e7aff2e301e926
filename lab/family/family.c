/* macaw lab family: a finite family of MACs, counted through. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cases.h"
#include "cli.h"
#include "figures.h"
#include "json_out.h"
#include "lab.h"
#include "show.h"
#include "sweep.h"

enum { OPTION_JSON = 256, OPTION_TABLE, OPTION_SWEEP, OPTION_RULE, OPTION_SVG, OPTION_CASES };

static const cli_option options[] = {
    {OPTION_JSON, "json", NULL, "as JSON"},
    {OPTION_TABLE, "table", NULL, "alpha(x,y) and beta(x,y) of every message and tag, as CSV"},
    {OPTION_SWEEP, "sweep", "KIND", "skew, truncate or length: a CSV row for each step"},
    {OPTION_RULE, "rule", "RULE", "with --sweep skew: which keys get heavier, such as a0"},
    {OPTION_SVG, "svg", "DIR", "draw the plots that suit the family into a folder"},
    {OPTION_CASES, "counter-cases", NULL, "where common claims about these quantities fail"},
    {'j', "threads", "N", "threads for counting pairs, 1 to 64; one for each CPU if not given"},
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "lab family",
    "SPEC [--json | --table | --sweep KIND [--rule RULE] | --svg DIR] [-j N]",
    "Forgery probabilities, entropies and bounds of a finite family of MACs, exactly.\n"
    "SPEC: affine:p=5[,x=0..9][,a!=0]  dot:p=3,d=2,domain=all|nonzero|01|projective[,plus-b]\n"
    "      poly:q=5,len=2|1..2[,monic]  shift:p=5  functions:n=3,m=2  constant:m=25,n=10\n"
    "      hmac:keys=64,keybytes=1,messages=8,bits=2  csv:FILE\n"
    "      with ,mod=2 to truncate, ,weights=a0:4 for the keys, ,xweights=0:4 for messages",
    options,
};

typedef struct request {
    const char *spec;
    unsigned threads;
    bool json, table, cases;
    char *sweep, *rule, *svg;
} request;

static int take_option(const cli_args *args, int code, request *r)
{
    int64_t number;
    int status;

    switch (code) {
    case OPTION_JSON:
        r->json = true;
        return CLI_DONE;
    case OPTION_TABLE:
        r->table = true;
        return CLI_DONE;
    case OPTION_CASES:
        r->cases = true;
        return CLI_DONE;
    case OPTION_SWEEP:
        return cli_option_once(args, &r->sweep);
    case OPTION_RULE:
        return cli_option_once(args, &r->rule);
    case OPTION_SVG:
        return cli_option_once(args, &r->svg);
    default:
        status = cli_option_number(args, 1, 64, &number);
        r->threads = status == CLI_DONE ? (unsigned)number : 0;
        return status;
    }
}

static unsigned cpus(void)
{
    long online = sysconf(_SC_NPROCESSORS_ONLN);

    return online < 1 ? 1 : online > 64 ? 64 : (unsigned)online;
}

static int check_request(const cli_args *args, request *r)
{
    int outputs = r->json + r->table + r->cases + (r->sweep != NULL) + (r->svg != NULL);

    if (outputs > 1 && !(outputs == 2 && r->cases && r->json)) {
        return cli_fail(CLI_WRONG, "lab family",
                        "--json, --table, --sweep, --svg and --counter-cases exclude each other");
    }
    if (r->rule != NULL && (r->sweep == NULL || strcmp(r->sweep, "skew") != 0)) {
        return cli_fail(CLI_WRONG, "--rule", "only with --sweep skew");
    }
    if (r->threads == 0) {
        r->threads = cpus();
    }
    return cli_check_operands(args, !r->cases, !r->cases, "SPEC");
}

static int show(const request *r, const measures *m)
{
    if (r->svg != NULL) {
        return figures_draw(&(save_place){.dir = r->svg}, r->spec, m, r->threads);
    }
    if (r->json) {
        return cli_print_json(show_json(r->spec, m));
    }
    if (r->table) {
        show_table(stdout, m);
    } else {
        show_text(stdout, r->spec, m);
    }
    return CLI_DONE;
}

static int measure(const request *r)
{
    macaw_error err = {.status = MACAW_OK};
    family f;
    measures m;
    int status = family_build(r->spec, &f, &err);

    if (status != MACAW_OK) {
        return cli_fail_detail("SPEC", &err);
    }
    status = measures_take(&f, r->threads, &m, &err);
    if (status != MACAW_OK) {
        family_clear(&f);
        return cli_fail_detail("SPEC", &err);
    }
    status = show(r, &m);
    measures_clear(&m);
    family_clear(&f);
    return status;
}

int lab_family(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    request r = {.spec = NULL};
    int status = CLI_DONE;
    int code;

    while ((code = cli_next_option(&args)) > 0) {
        status = take_option(&args, code, &r);
        if (status != CLI_DONE) {
            return status;
        }
    }
    if (code < 0) {
        return args.status;
    }
    status = check_request(&args, &r);
    if (status != CLI_DONE) {
        return status;
    }
    if (r.cases) {
        return cases_show(r.threads, r.json);
    }
    r.spec = cli_operands(&args)[0];
    return r.sweep != NULL ? sweep_show(r.spec, r.sweep, r.rule, r.threads) : measure(&r);
}
