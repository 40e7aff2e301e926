/* macaw cookie guess: how likely it is to hit a random session id. */
#include <math.h>
#include <stdio.h>

#include "cookie/cookie.h"
#include "json_out.h"

enum {
    OPTION_BYTES = COOKIE_OWN,
    OPTION_SESSIONS,
    OPTION_RATE,
    OPTION_TIME,
    OPTION_JSON,
    BYTES_MAX = 64,
};

#define COUNT_MAX INT64_C(100000000000000000)
#define YEAR      31557600.0 /* seconds, of 365.25 days */

static const cli_option options[] = {
    {OPTION_BYTES, "bytes", "N", "random bytes of an id, 1 to 64"},
    {OPTION_SESSIONS, "sessions", "S", "how many are valid at a time"},
    {OPTION_RATE, "rate", "R", "guesses a second"},
    {OPTION_TIME, "time", "TIME", "how long, such as 90s, 12h or 52w; 52w unless given"},
    {OPTION_JSON, "json", NULL, "as JSON"},
    COOKIE_LAST_ROW,
};

static const cli_usage usage = {
    "cookie guess",
    "--bytes N --sessions S --rate R [--time TIME] [--json]",
    "Compute the probability that guessing hits a valid random session id.",
    options,
};

typedef struct guess_args {
    int64_t bytes, sessions, rate, seconds;
    bool json;
} guess_args;

typedef struct guess_answer {
    double log2_guesses;
    double log2_expected; /* hits: sessions x guesses / ids, never less than the probability */
    double probability;   /* of at least one, 0 where it is under what a double holds */
    double log2_probability;
    double years_to_half;
} guess_answer;

static int take(void *wish, int code, const cli_args *args)
{
    guess_args *ret = wish;

    switch (code) {
    case OPTION_BYTES:
        return cli_option_number(args, 1, BYTES_MAX, &ret->bytes);
    case OPTION_SESSIONS:
        return cli_option_number(args, 1, COUNT_MAX, &ret->sessions);
    case OPTION_RATE:
        return cli_option_number(args, 1, COUNT_MAX, &ret->rate);
    case OPTION_TIME:
        return cli_option_duration(args, &ret->seconds);
    default:
        ret->json = true;
        return CLI_DONE;
    }
}

static int check(const guess_args *args)
{
    if (args->bytes == 0) {
        return cli_fail(CLI_WRONG, "--bytes", "missing; how many random bytes an id has");
    }
    if (args->sessions == 0) {
        return cli_fail(CLI_WRONG, "--sessions", "missing; how many ids are valid at a time");
    }
    if (args->rate == 0) {
        return cli_fail(CLI_WRONG, "--rate", "missing; how many guesses a second");
    }
    if (args->seconds == 0) {
        return cli_fail(CLI_WRONG, "--time", "expected at least a second");
    }
    if (log2((double)args->sessions) > 8.0 * (double)args->bytes) {
        return cli_fail(CLI_WRONG, "--sessions", "more than there are ids");
    }
    return CLI_DONE;
}

/* 1 - (1 - S/M)^G, without loss where S/M is tiny. */
static guess_answer compute(const guess_args *args)
{
    double bits = 8.0 * (double)args->bytes;
    double density = log2((double)args->sessions) - bits; /* log2 of S/M */
    double guesses = log2((double)args->rate) + log2((double)args->seconds);
    double miss = log1p(-exp2(density)); /* ln of the probability that one guess misses */
    guess_answer answer = {.log2_guesses = guesses, .log2_expected = density + guesses};

    if (exp2(density) > 0 && isfinite(miss)) {
        answer.probability = -expm1(exp2(guesses) * miss);
    } else {
        answer.probability = density >= 0 ? 1 : 0;
    }
    /* Far below 1 the expectation is the probability, and has no smallest value. */
    answer.log2_probability =
        answer.log2_expected < -40 ? answer.log2_expected : log2(answer.probability);
    answer.years_to_half =
        exp2(log2(0.693147180559945309) - density - log2((double)args->rate)) / YEAR;
    return answer;
}

static void print_text(const guess_args *args, const guess_answer *answer)
{
    printf("ids            2^%lld, of which %lld are valid\n", (long long)(8 * args->bytes),
           (long long)args->sessions);
    printf("guesses        2^%.1f: %lld a second for %lld seconds\n", answer->log2_guesses,
           (long long)args->rate, (long long)args->seconds);
    printf("hits expected  %lld x %lld x %lld / 2^%lld\n", (long long)args->sessions,
           (long long)args->rate, (long long)args->seconds, (long long)(8 * args->bytes));
    printf("probability    2^%.1f, %.3g\n", answer->log2_probability, answer->probability);
    printf("one half after %.3g years\n", answer->years_to_half);
}

static int print_json(const guess_args *args, const guess_answer *answer)
{
    return cli_print_json(json_pack(
        "{s:I, s:I, s:I, s:I, s:f, s:f, s:f, s:f, s:f}", "bits", (json_int_t)(8 * args->bytes),
        "sessions", (json_int_t)args->sessions, "rate", (json_int_t)args->rate, "seconds",
        (json_int_t)args->seconds, "log2_guesses", answer->log2_guesses, "log2_expected_hits",
        answer->log2_expected, "probability", answer->probability, "log2_probability",
        answer->log2_probability, "years_to_half", answer->years_to_half));
}

int cli_cookie_guess(int argc, char **argv)
{
    cli_args parser = {.usage = &usage, .argc = argc, .argv = argv};
    guess_args args = {.seconds = INT64_C(52) * 7 * 86400};

    if (!cli_take_options(&parser, take, &args)) {
        return parser.status;
    }
    int status = cli_check_operands(&parser, 0, 0, NULL);
    status = status == CLI_DONE ? check(&args) : status;
    if (status != CLI_DONE) {
        return status;
    }
    const guess_answer answer = compute(&args);
    if (args.json) {
        return print_json(&args, &answer);
    }
    print_text(&args, &answer);
    return CLI_DONE;
}
