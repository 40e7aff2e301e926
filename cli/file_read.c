#include "file_read.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

static bool refuse(file_job *job, int status, const char *why)
{
    job->status = status;
    job->why = why;
    return false;
}

static bool fail_errno(file_job *job)
{
    job->status = CLI_FAILED;
    job->error = errno;
    job->missing = errno == ENOENT || errno == ENOTDIR;
    return false;
}

static bool is_lasting(const struct stat *st)
{
    return S_ISREG(st->st_mode) || S_ISBLK(st->st_mode);
}

bool file_open(file_job *job, file_source *ret)
{
    /* A FIFO without a writer would block even the open. */
    int wait = job->kind == FILE_LASTING ? O_NONBLOCK : 0;
    bool standard = strcmp(job->name, "-") == 0;

    ret->fd = standard ? STDIN_FILENO : open(job->name, O_RDONLY | O_CLOEXEC | O_NOCTTY | wait);
    if (ret->fd < 0) {
        return fail_errno(job);
    }
    if (fstat(ret->fd, &ret->before) != 0) {
        fail_errno(job);
    } else if (S_ISDIR(ret->before.st_mode)) {
        refuse(job, CLI_WRONG, "is a directory");
    } else if (!standard && job->kind == FILE_LASTING && !is_lasting(&ret->before)) {
        refuse(job, CLI_WRONG, "is no regular file");
    } else {
        return true;
    }
    file_close(ret);
    return false;
}

void file_close(const file_source *source)
{
    if (source->fd != STDIN_FILENO) {
        close(source->fd);
    }
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool file_unchanged(file_job *job, const file_source *source)
{
    struct stat after;

    if (!S_ISREG(source->before.st_mode)) {
        return true;
    }
    if (fstat(source->fd, &after) != 0) {
        return fail_errno(job);
    }
    if (after.st_size != source->before.st_size ||
        !same_time(&after.st_mtim, &source->before.st_mtim)) {
        return refuse(job, CLI_FAILED, "changed while it was read");
    }
    return true;
}

bool file_read_at(file_job *job, const file_source *source, uint64_t offset, uint8_t *buffer,
                  size_t n)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(source->fd, buffer + done, n - done, (off_t)(offset + done));
        if (got < 0 && errno != EINTR) {
            return fail_errno(job);
        }
        if (got == 0) {
            return refuse(job, CLI_FAILED, "changed while it was read");
        }
        done += got > 0 ? (size_t)got : 0;
    }
    return true;
}

/* Fill the buffer as far as there is something to fill it with; *end is set where
 * the file ended. A short read of a regular file that reaches the size it had is
 * its end, and saves asking again. */
static bool fill(file_job *job, const file_source *source, uint64_t before, uint8_t *buffer,
                 size_t *len, bool *end)
{
    *len = 0;
    *end = false;
    while (*len < FILE_BUFFER && !*end) {
        ssize_t got = read(source->fd, buffer + *len, FILE_BUFFER - *len);
        if (got < 0 && errno != EINTR) {
            return fail_errno(job);
        }
        *len += got > 0 ? (size_t)got : 0;
        *end = got == 0 || (*len < FILE_BUFFER && S_ISREG(source->before.st_mode) &&
                            before + *len == (uint64_t)source->before.st_size);
    }
    return true;
}

static bool take(file_job *job, int status)
{
    if (status == MACAW_OK) {
        return true;
    }
    job->status = status == MACAW_ENOMEM || status == MACAW_ECRYPTO ? CLI_FAILED : CLI_WRONG;
    job->why = macaw_strerror(status);
    return false;
}

/* What follows the first buffer, which is full. */
static bool stream(const macaw_key *key, file_job *job, const file_source *source,
                   uint8_t *buffer, cli_progress *progress)
{
    uint64_t done = 0;
    size_t len = FILE_BUFFER;
    bool end = false, good = true;
    macaw_ctx ctx;

    if (!take(job, macaw_start(&ctx, key, NULL, 0))) {
        return false;
    }
    while (good) {
        good = take(job, macaw_update(&ctx, buffer, len));
        done += len;
        cli_progress_add(progress, len);
        if (end) {
            break;
        }
        good = good && fill(job, source, done, buffer, &len, &end);
    }
    if (!good) {
        macaw_ctx_end(&ctx);
        return false;
    }
    return take(job, macaw_finish(&ctx, job->tag, macaw_key_tag_len(key)));
}

void file_tag_whole(const macaw_key *key, file_job *job, const file_source *source,
                    uint8_t *buffer, cli_progress *progress)
{
    macaw_msg msg = {.data = buffer};
    bool end, good;

    if (!fill(job, source, 0, buffer, &msg.len, &end)) {
        return;
    }
    if (end) {
        good = take(job, macaw_tag(key, &msg, job->tag, macaw_key_tag_len(key)));
        cli_progress_add(progress, msg.len);
    } else {
        good = stream(key, job, source, buffer, progress);
    }
    if (good && file_unchanged(job, source)) {
        job->status = CLI_DONE;
    }
}
