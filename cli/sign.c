/* macaw sign: header lines for another client. */
#include <stdio.h>
#include <time.h>

#include "http_args.h"

static const cli_option options[] = {
    HTTP_OPTIONS,
    {0, NULL, NULL, NULL},
};

static const cli_usage usage = {
    "sign",
    "--scheme S -k KID@FILE [-X METHOD] [-d @FILE] [--now UNIX] URL",
    "Print the header lines that sign a request, one a line. For curl:\n"
    "macaw sign --scheme x-authorization -k KID@FILE URL | curl -H @- URL",
    options,
};

static int sign(const http_args *http)
{
    macaw_signed lines;
    int status = http_args_sign(http, http->now != 0 ? http->now : time(NULL), &lines);

    if (status != CLI_DONE) {
        return status;
    }
    cli_url_warn_curl("URL", &http->url);
    for (size_t i = 0; i < lines.count; i++) {
        const macaw_field *field = &lines.fields[i];
        printf("%.*s: %.*s\n", (int)field->name.len, field->name.data, (int)field->value.len,
               field->value.data);
    }
    return CLI_DONE;
}

static int take(void *wish, int code, const cli_args *args)
{
    return http_args_take(wish, code, args);
}

int cli_sign(int argc, char **argv)
{
    cli_args args = {.usage = &usage, .argc = argc, .argv = argv};
    http_args http = {0};

    if (!cli_take_options(&args, take, &http)) {
        return args.status;
    }
    int status = http_args_open(&http, &args);
    if (status == CLI_DONE) {
        status = sign(&http);
    }
    http_args_close(&http);
    return status;
}
