#include "transfer.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "spool.h"

typedef struct transfer {
    const http_args *http;
    const transfer_options *options;
    transfer_answer *answer;
    CURL *curl;
    struct curl_slist *headers;
    bool trailing;   /* the header has ended: trailers follow */
    bool too_large;  /* the content, or the header */
    int write_errno; /* of the spool */
    char error[CURL_ERROR_SIZE];
} transfer;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void forget_fields(transfer_answer *answer)
{
    for (size_t i = 0; i < answer->field_count; i++) {
        free(answer->lines[i]);
    }
    answer->field_count = 0;
}

/* Keep "Name: value"; false where there is no room. */
static bool keep_field(transfer_answer *answer, const char *line, size_t len)
{
    const char *colon = memchr(line, ':', len);
    char *copy;
    size_t start;

    if (colon == NULL) {
        return true; /* the empty line at the end */
    }
    if (answer->field_count == TRANSFER_FIELDS_MAX ||
        answer->header_bytes + len > TRANSFER_HEADER_BYTES_MAX) {
        return false;
    }
    copy = strndup(line, len);
    if (copy == NULL) {
        return false;
    }
    start = (size_t)(colon - line) + 1;
    while (start < len && is_blank(line[start])) {
        start++;
    }
    while (len > start && is_blank(line[len - 1])) {
        len--;
    }
    answer->header_bytes += len;
    answer->lines[answer->field_count] = copy;
    answer->fields[answer->field_count++] = (macaw_field){
        .name = {copy, (size_t)(colon - line)},
        .value = {copy + start, len - start},
    };
    return true;
}

/* libcurl hands over one line at a time, the trailers' behind the content: there,
 * a line like a status line is none. The header of a 1xx is followed by another. */
static bool is_status_line(transfer *t, const char *line, size_t len)
{
    long status = 0;

    if (len == 0) {
        curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
        t->trailing = status >= 200;
    }
    return !t->trailing && len >= 5 && memcmp(line, "HTTP/", 5) == 0;
}

static size_t take_header(char *data, size_t size, size_t count, void *user)
{
    transfer *t = user;
    size_t all = size * count;
    size_t len = all;

    while (len > 0 && (data[len - 1] == '\n' || data[len - 1] == '\r')) {
        len--;
    }
    if (t->options->verbose && len > 0) {
        fputs("< ", stderr);
        cli_put_visible(stderr, data, len);
        fputc('\n', stderr);
    }
    if (is_status_line(t, data, len)) {
        forget_fields(t->answer); /* what came before was 1xx */
        return all;
    }
    if (!keep_field(t->answer, data, len)) {
        t->too_large = true;
        return 0;
    }
    return all;
}

static size_t take_content(char *data, size_t size, size_t count, void *user)
{
    transfer *t = user;
    size_t len = size * count;

    if ((int64_t)len > t->options->max_filesize - t->answer->content_size) {
        t->too_large = true;
        return 0;
    }
    if (fwrite(data, 1, len, t->answer->content) != len) {
        t->write_errno = errno;
        return 0;
    }
    t->answer->content_size += (int64_t)len;
    return len;
}

static size_t give_body(char *buffer, size_t size, size_t count, void *user)
{
    return fread(buffer, size, count, user);
}

static int rewind_body(void *user, curl_off_t offset, int origin)
{
    return fseeko(user, offset, origin) == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL;
}

static bool add_header(transfer *t, const char *line)
{
    struct curl_slist *longer = curl_slist_append(t->headers, line);

    if (longer == NULL) {
        return false;
    }
    t->headers = longer;
    if (t->options->verbose) {
        fprintf(stderr, "> %s\n", line);
    }
    return true;
}

static bool names(const char *line, const char *name)
{
    return strncasecmp(line, name, strlen(name)) == 0 && line[strlen(name)] == ':';
}

/* The content must arrive as it was signed, so no coding may be undone on the way. */
static bool add_headers(transfer *t, const macaw_signed *lines)
{
    bool typed = t->http->body == NULL;
    bool ok = add_header(t, "Accept-Encoding: identity");
    char line[sizeof lines->text + 64];

    for (size_t i = 0; ok && i < lines->count; i++) {
        const macaw_field *field = &lines->fields[i];
        snprintf(line, sizeof line, "%.*s: %.*s", (int)field->name.len, field->name.data,
                 (int)field->value.len, field->value.data);
        ok = add_header(t, line);
    }
    for (size_t i = 0; ok && i < t->options->header_count; i++) {
        typed = typed || names(t->options->headers[i], "content-type");
        ok = add_header(t, t->options->headers[i]);
    }
    return ok && (typed || add_header(t, "Content-Type: application/octet-stream"));
}

#define SET(option, value)                                                                         \
    do {                                                                                           \
        code = code == CURLE_OK ? curl_easy_setopt(t->curl, option, value) : code;                 \
    } while (0)

static CURLcode set_request(transfer *t)
{
    CURLcode code = CURLE_OK;

    if (t->http->body != NULL) {
        rewind(t->http->body);
        SET(CURLOPT_POST, 1L);
        SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->http->body_size);
        SET(CURLOPT_READFUNCTION, give_body);
        SET(CURLOPT_READDATA, t->http->body);
        SET(CURLOPT_SEEKFUNCTION, rewind_body);
        SET(CURLOPT_SEEKDATA, t->http->body);
    } else if (strcmp(t->http->method, "HEAD") == 0) {
        SET(CURLOPT_NOBODY, 1L);
    }
    SET(CURLOPT_CUSTOMREQUEST, t->http->method);
    SET(CURLOPT_URL, t->http->url.origin);
    SET(CURLOPT_REQUEST_TARGET, t->http->url.target);
    SET(CURLOPT_PATH_AS_IS, 1L);
    SET(CURLOPT_HTTPHEADER, t->headers);
    return code;
}

static CURLcode set_connection(transfer *t)
{
    CURLcode code = CURLE_OK;

    SET(CURLOPT_ERRORBUFFER, t->error);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(CURLOPT_HTTPPROXYTUNNEL, 1L); /* a proxy must not see another target than the server */
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_CONNECTTIMEOUT, 30L);
    SET(CURLOPT_TIMEOUT, (long)t->options->max_time);
    SET(CURLOPT_USERAGENT, "macaw/" MACAW_VERSION);
    SET(CURLOPT_HEADERFUNCTION, take_header);
    SET(CURLOPT_HEADERDATA, t);
    SET(CURLOPT_WRITEFUNCTION, take_content);
    SET(CURLOPT_WRITEDATA, t);
    if (t->options->cacert != NULL) {
        SET(CURLOPT_CAINFO, t->options->cacert);
    }
    if (t->options->socket != NULL) {
        SET(CURLOPT_UNIX_SOCKET_PATH, t->options->socket);
        SET(CURLOPT_NOPROXY, "*");
    }
    return code;
}

/* libcurl would name a host where there is a socket. */
static int fail_socket(const transfer *t)
{
    long why = 0;

    curl_easy_getinfo(t->curl, CURLINFO_OS_ERRNO, &why);
    return cli_fail(CLI_FAILED, t->options->socket,
                    "no gateway answers here (%s): start macaw serve, or name its socket "
                    "with --socket",
                    why != 0 ? strerror((int)why) : "cannot connect");
}

/* libcurl before 8.6 says of a header line without end that memory ran out. */
static bool is_line_too_long(CURLcode code)
{
#if LIBCURL_VERSION_NUM >= 0x080600
    return code == CURLE_OUT_OF_MEMORY || code == CURLE_TOO_LARGE;
#else
    return code == CURLE_OUT_OF_MEMORY;
#endif
}

static int report(const transfer *t, CURLcode code)
{
    if (t->write_errno != 0) {
        return cli_fail(CLI_FAILED, "temporary file", "%s", strerror(t->write_errno));
    }
    if (t->too_large) {
        return cli_fail(
            CLI_REFUSED, t->http->url.origin,
            "the answer is longer than --max-filesize allows (%lld bytes), or its header is",
            (long long)t->options->max_filesize);
    }
    if (is_line_too_long(code)) {
        return cli_fail(CLI_REFUSED, t->http->url.origin,
                        "a header line of the answer is too long, or memory ran out");
    }
    if (code == CURLE_COULDNT_CONNECT && t->options->socket != NULL) {
        return fail_socket(t);
    }
    if (code != CURLE_OK) {
        return cli_fail(CLI_FAILED, t->http->url.origin, "%s",
                        t->error[0] != '\0' ? t->error : curl_easy_strerror(code));
    }
    return CLI_DONE;
}

static int perform(transfer *t, const macaw_signed *lines)
{
    CURLcode code = CURLE_OUT_OF_MEMORY;

    if (t->options->verbose) {
        fprintf(stderr, "> %s %s\n", t->http->method, t->http->url.target);
    }
    if (add_headers(t, lines)) {
        code = set_connection(t);
        code = code == CURLE_OK ? set_request(t) : code;
        code = code == CURLE_OK ? curl_easy_perform(t->curl) : code;
    }
    if (code == CURLE_OK) {
        curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &t->answer->status);
    }
    if (code == CURLE_OK && fflush(t->answer->content) != 0) {
        t->write_errno = errno;
    }
    return report(t, code);
}

int transfer_send(const http_args *http, const macaw_signed *lines, const transfer_options *options,
                  transfer_answer *ret)
{
    transfer t = {.http = http, .options = options, .answer = ret};
    int status;

    *ret = (transfer_answer){.content = cli_spool_open()};
    if (ret->content == NULL) {
        return cli_fail_errno("temporary file");
    }
    t.curl = curl_easy_init();
    if (t.curl == NULL) {
        return cli_fail(CLI_FAILED, "libcurl", "cannot be started");
    }
    status = perform(&t, lines);
    curl_easy_cleanup(t.curl);
    curl_slist_free_all(t.headers);
    return status;
}

void transfer_release(transfer_answer *answer)
{
    forget_fields(answer);
    if (answer->content != NULL) {
        fclose(answer->content);
        answer->content = NULL;
    }
}

bool transfer_field(const transfer_answer *answer, const char *name, macaw_str *ret)
{
    size_t found = 0;

    for (size_t i = 0; i < answer->field_count; i++) {
        const macaw_field *field = &answer->fields[i];
        if (field->name.len == strlen(name) &&
            strncasecmp(field->name.data, name, field->name.len) == 0) {
            *ret = field->value;
            found++;
        }
    }
    return found == 1;
}
