#include "file_list.h"

#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

int file_list_start(file_list *list)
{
    *list = (file_list){0};
    int status = macaw_table_new(&list->names, 0, MACAW_TABLE_SIPHASH_1_3);

    return status == MACAW_OK ? CLI_DONE : cli_fail_status("files", status);
}

void file_list_free(file_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free((char *)(uintptr_t)list->jobs[i].name);
    }
    free(list->jobs);
    macaw_table_free(list->names);
}

static int out_of_memory(void)
{
    return cli_fail(CLI_FAILED, "files", "%s", macaw_strerror(MACAW_ENOMEM));
}

static bool make_room(file_list *list)
{
    if (list->count < list->room) {
        return true;
    }
    size_t room = list->room > 0 ? 2 * list->room : 64;
    file_job *more = realloc(list->jobs, room * sizeof *more);
    if (more == NULL) {
        return false;
    }
    list->jobs = more;
    list->room = room;
    return true;
}

/* A name that was there before is passed over. */
static int add_file(file_list *list, const char *name, enum file_kind kind)
{
    void *before = NULL;
    char *copy = strdup(name);

    if (copy == NULL || !make_room(list) ||
        macaw_table_set(list->names, name, strlen(name), list, &before) != MACAW_OK) {
        free(copy);
        return out_of_memory();
    }
    if (before != NULL) {
        free(copy);
        return CLI_DONE;
    }
    list->jobs[list->count++] = (file_job){.name = copy, .kind = kind};
    return CLI_DONE;
}

/* ---- folders ---- */

static void leave_out(file_list *list, const char *path, int why)
{
    cli_fail(CLI_FAILED, path, "%s", strerror(why));
    list->status = CLI_FAILED;
}

/* A link to a file stands for the file, as in a program that opens it. */
static int add_link(file_list *list, const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0) {
        leave_out(list, path, errno);
        return CLI_DONE;
    }
    if (S_ISDIR(st.st_mode)) {
        cli_warn(path, "a symbolic link to a folder is not followed");
    }
    return S_ISREG(st.st_mode) ? add_file(list, path, FILE_LASTING) : CLI_DONE;
}

static int add_found(file_list *list, const FTSENT *found)
{
    switch (found->fts_info) {
    case FTS_F:
        return add_file(list, found->fts_path, FILE_LASTING);
    case FTS_SL:
    case FTS_SLNONE:
        return add_link(list, found->fts_path);
    case FTS_DNR:
    case FTS_NS:
    case FTS_ERR:
        leave_out(list, found->fts_path, found->fts_errno);
        return CLI_DONE;
    default: /* folders themselves; FIFOs, sockets and devices, which are taken if named */
        return CLI_DONE;
    }
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int add_folder(file_list *list, const char *name)
{
    char *path = strdup(name);
    char *paths[] = {path, NULL};
    int status = CLI_DONE;

    if (path == NULL) {
        return out_of_memory();
    }
    FTS *walk = fts_open(paths, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, by_name);
    if (walk == NULL) {
        free(path);
        return cli_fail_errno(name);
    }
    for (FTSENT *found; status == CLI_DONE && (errno = 0, found = fts_read(walk)) != NULL;) {
        status = add_found(list, found);
    }
    if (status == CLI_DONE && errno != 0) {
        status = cli_fail_errno(name);
    }
    fts_close(walk);
    free(path);
    return status;
}

int file_list_add(file_list *list, const char *name, bool recurse)
{
    struct stat st;

    if (recurse && strcmp(name, "-") != 0 && stat(name, &st) == 0 && S_ISDIR(st.st_mode)) {
        return add_folder(list, name);
    }
    return add_file(list, name, FILE_ANY);
}

/* ---- lists ---- */

static int add_named(file_list *list, const char *path, char *name, size_t len, bool recurse)
{
    if (len == 0 || strlen(name) != len) {
        return cli_fail(CLI_WRONG, path, "name %zu: %s", list->count + 1,
                        len == 0 ? "empty" : "has a zero byte; -0 takes names ended by them");
    }
    if (strcmp(path, "-") == 0 && strcmp(name, "-") == 0) {
        return cli_fail(CLI_WRONG, "-", "standard input is the list already");
    }
    return file_list_add(list, name, recurse);
}

static int read_names(file_list *list, const char *path, FILE *file, int mark, bool recurse)
{
    char *name = NULL;
    size_t room = 0;
    ssize_t got;
    int status = CLI_DONE;

    while (status == CLI_DONE && (got = getdelim(&name, &room, mark, file)) > 0) {
        size_t len = (size_t)got;
        if (name[len - 1] == mark) {
            name[--len] = '\0';
        }
        status = add_named(list, path, name, len, recurse);
    }
    if (status == CLI_DONE && ferror(file)) {
        status = cli_fail_errno(path);
    }
    free(name);
    return status;
}

int file_list_read(file_list *list, const char *path, bool zero, bool recurse)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rbe");
    int status;

    if (file == NULL) {
        return cli_fail_errno(path);
    }
    status = read_names(list, path, file, zero ? '\0' : '\n', recurse);
    if (!standard) {
        fclose(file);
    }
    return status;
}
