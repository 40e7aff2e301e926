/* The file of users: "NAME:HASH" a line, as htpasswd and mkpasswd write it, read
 * when the configuration is loaded. One line that is not good refuses the file. */
#include "ngx_http_macaw_session_login.h"

#include <openssl/sha.h>

#define FILE_MAX     (1024 * 1024)
#define MODE_REFUSED 0137u /* everything but 0640 */

typedef ngx_http_macaw_password_t entry_t;
typedef ngx_http_macaw_passwords_t passwords_t;

static const char advice[] = "make a new line with \"htpasswd -nB -C 12 NAME\", or NAME: and what "
                             "\"mkpasswd -m yescrypt\" prints";

#define FAIL(...) \
    (ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, "macaw_session_login_page: " __VA_ARGS__), NGX_ERROR)

/* ---- one line ---- */

/* Names appear in pages, logs and headers. */
static bool is_name(const ngx_str_t *name)
{
    size_t i;

    for (i = 0; i < name->len; i++) {
        if (name->data[i] < ' ' || name->data[i] == 0x7f) {
            return false;
        }
    }
    return name->len > 0 && name->len <= MACAW_SESSION_SUBJECT_MAX;
}

/* line ends with NUL. */
static ngx_int_t add_line(ngx_conf_t *cf, passwords_t *passwords, const ngx_str_t *file,
                          ngx_uint_t number, ngx_str_t *line)
{
    u_char *colon = memchr(line->data, ':', line->len);
    const char *why;
    entry_t *entry;

    if (line->len == 0 || line->data[0] == '#') {
        return NGX_OK;
    }
    if (colon == NULL || strlen((char *)line->data) != line->len) {
        return FAIL("%V:%ui: not NAME:HASH", file, number);
    }
    entry = ngx_array_push(&passwords->entries);
    if (entry == NULL) {
        return NGX_ERROR;
    }
    entry->user.data = line->data;
    entry->user.len = (size_t)(colon - line->data);
    entry->hash = (char *)colon + 1;
    if (!is_name(&entry->user)) {
        return FAIL("%V:%ui: a name is 1 to %d bytes without control characters", file, number,
                    MACAW_SESSION_SUBJECT_MAX);
    }
    why = ngx_http_macaw_hash_refused(entry->hash);
    if (why != NULL) {
        return FAIL("%V:%ui: the hash of \"%V\" %s; %s", file, number, &entry->user, why, advice);
    }
    return NGX_OK;
}

/* ---- all of them ---- */

static int compare(const ngx_str_t *a, const ngx_str_t *b)
{
    int order = memcmp(a->data, b->data, ngx_min(a->len, b->len));

    if (order != 0) {
        return order;
    }
    return a->len < b->len ? -1 : a->len > b->len;
}

static int by_user(const void *a, const void *b)
{
    return compare(&((const entry_t *)a)->user, &((const entry_t *)b)->user);
}

static ngx_int_t order(ngx_conf_t *cf, passwords_t *passwords, const ngx_str_t *file)
{
    entry_t *entry = passwords->entries.elts;
    ngx_uint_t i, n = passwords->entries.nelts;

    if (n == 0) {
        return FAIL("%V: no user; %s", file, advice);
    }
    qsort(entry, n, sizeof *entry, by_user);
    for (i = 1; i < n; i++) {
        if (by_user(&entry[i - 1], &entry[i]) == 0) {
            return FAIL("%V: \"%V\" twice", file, &entry[i].user);
        }
    }
    return NGX_OK;
}

/* Takes text apart in place; text[size] is room for a NUL. */
static ngx_int_t parse(ngx_conf_t *cf, passwords_t *passwords, const ngx_str_t *file, u_char *text,
                       size_t size)
{
    u_char *p = text, *end;
    ngx_uint_t number;
    ngx_str_t line;

    for (number = 1; p < text + size; number++) {
        end = memchr(p, '\n', (size_t)(text + size - p));
        end = end != NULL ? end : text + size;
        *end = '\0';
        line.data = p;
        line.len = (size_t)(end - p);
        p = end + 1;
        if (line.len > 0 && line.data[line.len - 1] == '\r') {
            line.data[--line.len] = '\0';
        }
        if (add_line(cf, passwords, file, number, &line) != NGX_OK) {
            return NGX_ERROR;
        }
    }
    return order(cf, passwords, file);
}

/* ---- the file ---- */

static ngx_int_t check_file(ngx_conf_t *cf, ngx_fd_t fd, const ngx_str_t *file, size_t *ret)
{
    struct stat st;
    char mode[8], better[8];

    if (fstat(fd, &st) != 0) {
        return FAIL("%V: %s", file, strerror(errno));
    }
    if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
        return FAIL("%V: not a file of up to %d bytes", file, FILE_MAX);
    }
    if ((st.st_mode & MODE_REFUSED) != 0) {
        (void)snprintf(mode, sizeof mode, "%04o", (unsigned)st.st_mode & 07777u);
        (void)snprintf(better, sizeof better, "%04o", (unsigned)st.st_mode & 0640u);
        return FAIL("%V has mode %s, wider than 0640: chmod %s", file, mode, better);
    }
    *ret = (size_t)st.st_size;
    return NGX_OK;
}

static ngx_int_t load(ngx_conf_t *cf, ngx_fd_t fd, passwords_t *passwords, const ngx_str_t *file)
{
    size_t size, got = 0;
    u_char *text;
    ssize_t n;

    if (check_file(cf, fd, file, &size) != NGX_OK) {
        return NGX_ERROR;
    }
    text = ngx_pnalloc(cf->pool, size + 1);
    if (text == NULL) {
        return NGX_ERROR;
    }
    while (got < size) {
        n = read(fd, text + got, size - got);
        if (n <= 0) {
            return FAIL("%V: %s", file, n < 0 ? strerror(errno) : "it became shorter");
        }
        got += (size_t)n;
    }
    SHA256(text, size, passwords->seed);
    return parse(cf, passwords, file, text, size);
}

passwords_t *ngx_http_macaw_read_htpasswd(ngx_conf_t *cf, ngx_str_t *file)
{
    passwords_t *passwords = ngx_pcalloc(cf->pool, sizeof *passwords);
    ngx_int_t rc;
    ngx_fd_t fd;

    if (passwords == NULL || ngx_conf_full_name(cf->cycle, file, 1) != NGX_OK
        || ngx_array_init(&passwords->entries, cf->pool, 16, sizeof(entry_t)) != NGX_OK) {
        return NULL;
    }
    fd = open((char *)file->data, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        (void)FAIL("%V: %s", file, strerror(errno));
        return NULL;
    }
    rc = load(cf, fd, passwords, file);
    (void)close(fd);
    return rc == NGX_OK ? passwords : NULL;
}

/* ---- looking up ---- */

/* As hard to foresee as the file: SHA-256 over 32 secret bytes and the name. */
static ngx_uint_t stand_in(const passwords_t *passwords, const ngx_str_t *user)
{
    uint8_t text[sizeof passwords->seed + MACAW_SESSION_SUBJECT_MAX], hash[32];
    size_t len = ngx_min(user->len, (size_t)MACAW_SESSION_SUBJECT_MAX);
    uint64_t number;

    ngx_memcpy(text, passwords->seed, sizeof passwords->seed);
    ngx_memcpy(text + sizeof passwords->seed, user->data, len);
    SHA256(text, sizeof passwords->seed + len, hash);
    ngx_memcpy(&number, hash, sizeof number);
    return number % passwords->entries.nelts;
}

const entry_t *ngx_http_macaw_find_password(const passwords_t *passwords, const ngx_str_t *user,
                                            bool *known)
{
    const entry_t *entry = passwords->entries.elts;
    ngx_uint_t low = 0, high = passwords->entries.nelts, other = stand_in(passwords, user);

    while (low < high) {
        ngx_uint_t mid = low + (high - low) / 2;
        int order = compare(&entry[mid].user, user);
        if (order == 0) {
            *known = true;
            return &entry[mid];
        }
        if (order < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    *known = false;
    return &entry[other];
}
