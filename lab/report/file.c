#include "report/file.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"

/* A new file, or one that a new one may take the place of. */
static bool is_replaceable(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 ? S_ISREG(st.st_mode) : errno == ENOENT;
}

int report_file_open(report_file *ret, const char *path)
{
    int n = snprintf(ret->path, sizeof ret->path, "%s", path);

    if (n < 0 || (size_t)n >= sizeof ret->path) {
        return cli_fail(CLI_WRONG, path, "too long a name");
    }
    ret->temporary[0] = '\0';
    if (is_replaceable(path)) {
        (void)snprintf(ret->temporary, sizeof ret->temporary, "%s.%ld.new", path, (long)getpid());
    }
    ret->stream = ret->temporary[0] != '\0' ? fopen(ret->temporary, "wxe") : fopen(path, "we");
    return ret->stream != NULL ? CLI_DONE : cli_fail_errno(path);
}

int report_file_try(const char *path)
{
    report_file file;

    if (!is_replaceable(path)) {
        return CLI_DONE;
    }
    int status = report_file_open(&file, path);
    if (status == CLI_DONE) {
        (void)fclose(file.stream);
        (void)unlink(file.temporary);
    }
    return status;
}

int report_file_close(report_file *file)
{
    bool written = ferror(file->stream) == 0;
    bool whole = fclose(file->stream) == 0 && written;

    if (file->temporary[0] == '\0') {
        return whole ? CLI_DONE : cli_fail_errno(file->path);
    }
    if (whole && rename(file->temporary, file->path) == 0) {
        return CLI_DONE;
    }
    int status = cli_fail_errno(file->path);
    (void)unlink(file->temporary);
    return status;
}
