#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "serve/serve.h"

/* Inside "…" nginx gives a meaning to these only. */
static int check_bytes(const char *label, const char *path)
{
    for (size_t i = 0; path[i] != '\0'; i++) {
        unsigned char c = (unsigned char)path[i];
        if (c < 0x20 || c == 0x7f || strchr("\"\\$", c) != NULL) {
            return cli_fail(
                CLI_WRONG, label,
                "byte %zu: control characters, \", \\ and $ cannot stand in a path here", i);
        }
    }
    return CLI_DONE;
}

int serve_path(const char *label, const char *text, char ret[SERVE_PATH_MAX])
{
    char folder[PATH_MAX] = "";
    int len;

    if (text[0] == '\0') {
        return cli_fail(CLI_WRONG, label, "empty");
    }
    if (text[0] != '/' && getcwd(folder, sizeof folder) == NULL) {
        return cli_fail_errno("current folder");
    }
    len = snprintf(ret, SERVE_PATH_MAX, text[0] == '/' ? "%s%s" : "%s/%s", folder, text);
    if (len < 0 || len >= SERVE_PATH_MAX) {
        return cli_fail(CLI_WRONG, label, "longer than %d bytes", SERVE_PATH_MAX - 1);
    }
    while (len > 1 && ret[len - 1] == '/') {
        ret[--len] = '\0';
    }
    return check_bytes(label, ret);
}

int serve_default_state(char ret[SERVE_PATH_MAX])
{
    const char *xdg = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    char path[PATH_MAX];

    if (xdg != NULL && xdg[0] == '/') {
        snprintf(path, sizeof path, "%s/macaw", xdg);
    } else if (home != NULL && home[0] == '/') {
        snprintf(path, sizeof path, "%s/.local/state/macaw", home);
    } else {
        return cli_fail(CLI_WRONG, "--state", "missing, and HOME is not set");
    }
    return serve_path("--state", path, ret);
}

/* A folder is executable, too: build/nginx, where build/ is on PATH. */
static bool is_program(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static bool first_executable(const char *const *candidates, char ret[SERVE_PATH_MAX])
{
    for (; *candidates != NULL; candidates++) {
        if (is_program(*candidates)) {
            snprintf(ret, SERVE_PATH_MAX, "%s", *candidates);
            return true;
        }
    }
    return false;
}

static bool search_path(const char *name, char ret[SERVE_PATH_MAX])
{
    const char *folder = getenv("PATH");

    while (folder != NULL && *folder != '\0') {
        size_t len = strcspn(folder, ":");
        int all = snprintf(ret, SERVE_PATH_MAX, "%.*s/%s", (int)len, folder, name);
        if (folder[0] == '/' && all < SERVE_PATH_MAX && is_program(ret)) {
            return true;
        }
        folder += len + (folder[len] == ':');
    }
    return false;
}

int serve_find_nginx(char ret[SERVE_PATH_MAX])
{
    static const char *const usual[] = {"/usr/sbin/nginx", "/usr/local/sbin/nginx",
                                        "/usr/local/nginx/sbin/nginx", NULL};
    const char *named = getenv("MACAW_NGINX");

    if (named != NULL) {
        return serve_path("MACAW_NGINX", named, ret);
    }
    if (search_path("nginx", ret) || first_executable(usual, ret)) {
        return CLI_DONE;
    }
    return cli_fail(CLI_FAILED, "nginx", "not found; install it (Debian: apt-get install nginx)");
}

/* Built: beside the command. Installed: where Meson puts it. */
int serve_find_module(char ret[SERVE_PATH_MAX])
{
    static const char file[] = "ngx_http_macaw_module.so";
    const char *named = getenv("MACAW_MODULE");
    char self[PATH_MAX];
    ssize_t len;

    if (named != NULL) {
        return serve_path("MACAW_MODULE", named, ret);
    }
    len = readlink("/proc/self/exe", self, sizeof self - 1);
    if (len > 0) {
        self[len] = '\0';
        *strrchr(self, '/') = '\0';
        int all = snprintf(ret, SERVE_PATH_MAX, "%s/nginx/%s", self, file);
        if (all < SERVE_PATH_MAX && access(ret, R_OK) == 0) {
            return check_bytes("module", ret);
        }
    }
    snprintf(ret, SERVE_PATH_MAX, "%s/%s", MACAW_MODULE_DIR, file);
    if (access(ret, R_OK) == 0) {
        return CLI_DONE;
    }
    return cli_fail(CLI_FAILED, "nginx module", "%s not found; MACAW_MODULE names another place",
                    file);
}

static bool is_plain(const char *path)
{
    return path[strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "/._-+@%,:=~")] == '\0';
}

void serve_shell_path(const char *path, char ret[SERVE_PATH_MAX * 2])
{
    char folder[PATH_MAX];
    size_t len = getcwd(folder, sizeof folder) != NULL ? strlen(folder) : 0;
    size_t used = 0;

    if (len > 1 && strncmp(path, folder, len) == 0 && path[len] == '/') {
        path += len + 1;
    }
    if (is_plain(path)) {
        snprintf(ret, SERVE_PATH_MAX * 2, "%s", path);
        return;
    }
    ret[used++] = '\'';
    for (; *path != '\0' && used < SERVE_PATH_MAX * 2 - 8; path++) {
        used += (size_t)snprintf(ret + used, 8, *path == '\'' ? "'\\''" : "%c", *path);
    }
    ret[used++] = '\'';
    ret[used] = '\0';
}
