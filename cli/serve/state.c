/* The state folder: nginx.conf, pid, keyring, replay memory, sockets. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "serve/serve.h"

/* A gateway that was killed takes a moment to end. */
enum { LOCK_MS = 3000, LOCK_STEP_MS = 20 };

/* Every folder of the path; the last one gets the mode if it is made here. */
static int make_folders(const char *path, mode_t mode)
{
    char copy[SERVE_PATH_MAX];

    snprintf(copy, sizeof copy, "%s", path);
    for (char *slash = strchr(copy + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, 0755) != 0 && errno != EEXIST) {
            return cli_fail_errno(copy);
        }
        *slash = '/';
    }
    if (mkdir(copy, mode) == 0) {
        return chmod(copy, mode) == 0 ? CLI_DONE : cli_fail_errno(copy); /* whatever the umask */
    }
    return errno == EEXIST ? CLI_DONE : cli_fail_errno(copy);
}

/* Nobody else may put files where nginx, possibly as root, reads its configuration. */
static int check_owner(const char *path)
{
    struct stat st;

    if (lstat(path, &st) != 0) {
        return cli_fail_errno(path);
    }
    if (!S_ISDIR(st.st_mode)) {
        return cli_fail(CLI_WRONG, path, "is not a folder");
    }
    if (st.st_uid != geteuid() || (st.st_mode & 022) != 0) {
        return cli_fail(CLI_WRONG, path,
                        "others may write there; the state folder must be one's own");
    }
    return CLI_DONE;
}

int serve_work_name(const char *state, char ret[SERVE_PATH_MAX])
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a: a name for a path, no more */

    if (geteuid() != 0) {
        snprintf(ret, SERVE_PATH_MAX, "%s", state);
        return CLI_DONE;
    }
    /* Root's workers run as another user, who need not be able to reach the state folder. */
    for (const char *p = state; *p != '\0'; p++) {
        hash = (hash ^ (unsigned char)*p) * 0x100000001b3u;
    }
    snprintf(ret, SERVE_PATH_MAX, "/run/macaw/%016llx", (unsigned long long)hash);
    return CLI_DONE;
}

/* nginx inherits the lock. So it is free only when the last process of an earlier
 * gateway has ended, and none of them removes files of this one. */
static int lock_state(const char *folder, int *ret)
{
    const struct timespec pause = {.tv_nsec = LOCK_STEP_MS * 1000000L};
    char path[SERVE_PATH_MAX + 16];

    snprintf(path, sizeof path, "%s/lock", folder);
    *ret = open(path, O_RDWR | O_CREAT | O_NOFOLLOW, 0600);
    if (*ret < 0) {
        return cli_fail_errno(path);
    }
    for (int waited = 0; flock(*ret, LOCK_EX | LOCK_NB) != 0; waited += LOCK_STEP_MS) {
        if (errno != EWOULDBLOCK) {
            return cli_fail_errno(path);
        }
        if (waited >= LOCK_MS) {
            return cli_fail(CLI_FAILED, "--state", "%s: another macaw serve runs with it", folder);
        }
        nanosleep(&pause, NULL);
    }
    return CLI_DONE;
}

/* What stays when nginx is killed: its sockets, which keep the next one from
 * starting, and its pid. */
static int remove_stale(const char *folder, const char *name)
{
    char path[SERVE_PATH_MAX + 16];

    snprintf(path, sizeof path, "%s/%s", folder, name);
    if (strlen(path) > 107) {
        return cli_fail(CLI_WRONG, "--state", "%s: the name of a socket has at most 107 bytes",
                        path);
    }
    return unlink(path) == 0 || errno == ENOENT ? CLI_DONE : cli_fail_errno(path);
}

static int make_work(const char *work)
{
    mode_t mode = geteuid() == 0 ? 0711 : 0700;
    char sub[SERVE_PATH_MAX + 16];
    int status = geteuid() == 0 ? make_folders(work, mode) : CLI_DONE;

    if (status == CLI_DONE) {
        status = check_owner(work);
    }
    if (status == CLI_DONE) {
        snprintf(sub, sizeof sub, "%s/tmp", work);
        status = make_folders(sub, mode);
    }
    if (status == CLI_DONE) {
        snprintf(sub, sizeof sub, "%s/html", work);
        status = make_folders(sub, mode);
    }
    return status;
}

int serve_state_open(const serve_options *options, serve_state *ret)
{
    int status = make_folders(options->state, 0700);

    if (status == CLI_DONE) {
        status = check_owner(options->state);
    }
    if (status == CLI_DONE) {
        status = lock_state(options->state, &ret->lock);
    }
    if (status == CLI_DONE) {
        status = serve_work_name(options->state, ret->work);
    }
    if (status == CLI_DONE) {
        status = make_work(ret->work);
    }
    if (status == CLI_DONE) {
        status = remove_stale(options->state, "status.sock");
    }
    if (status == CLI_DONE) {
        status = remove_stale(options->state, "control.sock");
    }
    if (status == CLI_DONE) {
        status = remove_stale(options->state, "nginx.pid");
    }
    return status == CLI_DONE ? remove_stale(ret->work, "demo.sock") : status;
}

void serve_state_close(const serve_options *options, const serve_state *state)
{
    static const char *const files[] = {"demo.sock", "html/index.html"};
    static const char *const folders[] = {"tmp/body", "tmp/proxy", "tmp/fastcgi", "tmp/uwsgi",
                                          "tmp/scgi", "tmp",       "html"};
    char path[SERVE_PATH_MAX + 32];

    if (strcmp(state->work, options->state) == 0) {
        return;
    }
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        snprintf(path, sizeof path, "%s/%s", state->work, files[i]);
        unlink(path);
    }
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", state->work, folders[i]);
        rmdir(path);
    }
    rmdir(state->work);
}

int serve_state_write(const char *folder, const char *name, mode_t mode,
                      void (*print)(FILE *out, const void *context), const void *context)
{
    char path[SERVE_PATH_MAX + 32];
    char temporary[SERVE_PATH_MAX + 40];
    FILE *out;
    bool good;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    snprintf(temporary, sizeof temporary, "%s.new", path);
    unlink(temporary);
    out = fopen(temporary, "wxe");
    if (out == NULL) {
        return cli_fail_errno(temporary);
    }
    print(out, context);
    good = fchmod(fileno(out), mode) == 0 && !ferror(out);
    good = fclose(out) == 0 && good;
    if (!good || rename(temporary, path) != 0) {
        return cli_fail_errno(path);
    }
    return CLI_DONE;
}
