/* macaw serve: the gateway. */
#include <stdio.h>

#include "serve/serve.h"

static void ready(const void *context)
{
    serve_hello_print(context);
}

static void warn_open(const serve_options *options)
{
    if (!options->listen.local && options->tls_cert[0] == '\0') {
        cli_warn("--listen",
                 "%s is reachable from outside and without TLS: MACs keep requests "
                 "from being changed, not from being read",
                 options->listen.nginx);
    }
    if (options->demo && !options->has_upstream && !options->sessions) {
        cli_warn("--demo", "no login page here: passwords would cross the network in the clear");
    }
    if (options->insecure_legacy) {
        cli_warn("--insecure-legacy",
                 "x-authorization-legacy is forgeable; use it only to move away from it");
    }
}

/* A password of its own, for the user of this run. */
static int make_user(const serve_options *options, serve_hello *hello)
{
    if (!options->sessions || !options->own_users) {
        return CLI_DONE;
    }
    hello->user = options->demo ? "demo" : "user";
    return serve_make_user(options, hello->user, hello->password);
}

static int print_config(const serve_options *options)
{
    char work[SERVE_PATH_MAX], module[SERVE_PATH_MAX];
    serve_config config = {options, work, module};
    int status = serve_find_module(module);

    if (status == CLI_DONE) {
        status = serve_work_name(options->state, work);
    }
    if (status == CLI_DONE) {
        serve_config_print(stdout, &config);
    }
    return status;
}

static int write_files(const serve_config *config, const serve_hello *hello)
{
    char html[SERVE_PATH_MAX + 8];
    int status =
        serve_state_write(config->options->state, "nginx.conf", 0600, serve_config_print, config);

    if (status == CLI_DONE && config->options->demo) {
        snprintf(html, sizeof html, "%s/html", config->work);
        status = serve_state_write(html, "index.html", 0644, serve_hello_page, hello);
    }
    return status;
}

static int serve(const serve_options *options, const char *nginx, const char *module)
{
    serve_state state;
    serve_hello hello;
    serve_config config = {options, state.work, module};
    int status = serve_state_open(options, &state);

    if (status == CLI_DONE) {
        status = serve_make_keys(options);
    }
    if (status == CLI_DONE) {
        status = serve_listen_probe(&options->listen);
    }
    if (status == CLI_DONE) {
        serve_hello_fill(options, &hello);
        status = make_user(options, &hello);
    }
    if (status == CLI_DONE) {
        status = write_files(&config, &hello);
    }
    if (status == CLI_DONE) {
        status = serve_run(nginx, options, ready, &hello);
        serve_state_close(options, &state);
    }
    return status;
}

int cli_serve(int argc, char **argv)
{
    serve_options options;
    char nginx[SERVE_PATH_MAX], module[SERVE_PATH_MAX];
    int status;

    if (!serve_options_parse(argc, argv, &options, &status)) {
        return status;
    }
    warn_open(&options);
    if (options.print_config) {
        return print_config(&options);
    }
    status = serve_find_nginx(nginx);
    if (status == CLI_DONE) {
        status = serve_find_module(module);
    }
    return status == CLI_DONE ? serve(&options, nginx, module) : status;
}
