#include "manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <macaw/kdf.h>

#include "base/codec.h"
#include "base/ct.h"
#include "cli.h"
#include "stream.h"

static const char key_label[] = "macaw manifest"; /* never used for anything else */
static const char last_line[] = "# macaw-manifest ";

enum { MANIFEST_MAX = 1 << 30, READ_MIN = 1 << 16 };

int manifest_key(const cli_secret *secret, macaw_key **ret)
{
    const macaw_alg *alg = macaw_alg_find("hmac-sha256");
    uint8_t derived[MANIFEST_TAG_LEN];
    int status = macaw_hkdf(alg, NULL, 0, secret->data, secret->len, key_label, derived,
                            sizeof derived);

    if (status == MACAW_OK) {
        status = macaw_key_new(ret, alg, derived, sizeof derived, NULL);
    }
    macaw_wipe(derived, sizeof derived);
    return status == MACAW_OK ? CLI_DONE : cli_fail_status("-k", status);
}

int manifest_check_alg(const macaw_alg *alg)
{
    if (alg->nonce_len > 0) {
        return cli_fail(CLI_WRONG, "-a", "%s needs a nonce; a manifest has tags only", alg->name);
    }
    if ((alg->flags & (MACAW_ALG_ONE_TIME | MACAW_ALG_FIXED)) != 0) {
        return cli_fail(CLI_WRONG, "-a", "%s is not for many files of any length", alg->name);
    }
    return CLI_DONE;
}

/* ---- writing ---- */

static void put(manifest_writer *w, const char *text, size_t len)
{
    fwrite(text, 1, len, stdout);
    if (w->status == MACAW_OK) {
        w->status = macaw_update(&w->ctx, text, len);
    }
}

static void put_hex(manifest_writer *w, const uint8_t *tag, size_t len)
{
    char hex[MACAW_HEX_LEN(MACAW_TAG_MAX)];

    macaw_hex_encode(hex, tag, len);
    put(w, hex, MACAW_HEX_LEN(len));
}

static void put_name(manifest_writer *w, const char *name)
{
    while (*name != '\0') {
        size_t plain = strcspn(name, "\\\n\r");
        put(w, name, plain);
        name += plain;
        if (*name != '\0') {
            put(w, *name == '\\' ? "\\\\" : *name == '\n' ? "\\n" : "\\r", 2);
            name++;
        }
    }
}

int manifest_start(manifest_writer *w, const macaw_key *key)
{
    *w = (manifest_writer){0};
    w->status = macaw_start(&w->ctx, key, NULL, 0);
    return w->status == MACAW_OK ? CLI_DONE : cli_fail_status("manifest", w->status);
}

void manifest_line(manifest_writer *w, const uint8_t *tag, size_t tag_len, const char *name)
{
    if (cli_needs_escape(name)) {
        put(w, "\\", 1);
    }
    put_hex(w, tag, tag_len);
    put(w, "  ", 2);
    put_name(w, name);
    put(w, "\n", 1);
    w->lines++;
}

int manifest_finish(manifest_writer *w, const macaw_alg *alg)
{
    char text[128];
    char hex[MACAW_HEX_LEN(MANIFEST_TAG_LEN)];
    uint8_t tag[MANIFEST_TAG_LEN];
    int len = snprintf(text, sizeof text, "%s%s %llu ", last_line, alg->name,
                       (unsigned long long)w->lines);

    put(w, text, (size_t)len);
    if (w->status == MACAW_OK) {
        w->status = macaw_finish(&w->ctx, tag, sizeof tag);
    }
    if (w->status != MACAW_OK) {
        return cli_fail_status("manifest", w->status);
    }
    macaw_hex_encode(hex, tag, sizeof tag);
    printf("%.*s\n", (int)sizeof hex, hex);
    return CLI_DONE;
}

/* ---- reading ---- */

/* The whole file: what was authenticated is what is used afterwards. */
static int read_text(manifest_text *m, const char *path, FILE *file)
{
    for (size_t room = 0;;) {
        if (m->len == room) {
            room = room > 0 ? 2 * room : READ_MIN;
            char *more = room <= MANIFEST_MAX ? realloc(m->text, room) : NULL;
            if (more == NULL) {
                return cli_fail(CLI_FAILED, path, "too large for a manifest");
            }
            m->text = more;
        }
        size_t got = fread(m->text + m->len, 1, room - m->len, file);
        if (ferror(file)) {
            return cli_fail_errno(path);
        }
        if (got == 0) {
            return CLI_DONE;
        }
        m->len += got;
    }
}

static int read_file(manifest_text *m, const char *path)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rbe");
    int status;

    if (file == NULL) {
        return cli_fail_errno(path);
    }
    status = read_text(m, path, file);
    if (!standard) {
        fclose(file);
    }
    return status;
}

/* Where the last line begins, if the text ends with a line at all. */
static size_t find_last_line(const manifest_text *m)
{
    size_t at = m->len;

    if (at == 0 || m->text[--at] != '\n') {
        return m->len;
    }
    while (at > 0 && m->text[at - 1] != '\n') {
        at--;
    }
    return at;
}

static size_t count_lines(const char *text, size_t len)
{
    size_t lines = 0;

    for (const char *p = text, *end = text + len; p != end; lines++) {
        p = (const char *)memchr(p, '\n', (size_t)(end - p)) + 1;
    }
    return lines;
}

/* The word that the text at *at begins with, ended by stop, into out. */
static bool take_word(const char **at, const char *end, char stop, char *out, size_t size)
{
    const char *mark = memchr(*at, stop, (size_t)(end - *at));
    size_t len = mark != NULL ? (size_t)(mark - *at) : 0;

    if (len == 0 || len >= size) {
        return false;
    }
    memcpy(out, *at, len);
    out[len] = '\0';
    *at = mark + 1;
    return true;
}

/* Take the last line apart: *signed_len bytes are under the tag. */
static bool split_last_line(manifest_text *m, size_t *signed_len, uint8_t tag[MANIFEST_TAG_LEN])
{
    char count[24], hex[MACAW_HEX_LEN(MANIFEST_TAG_LEN) + 1];
    size_t start = find_last_line(m);
    const char *at = m->text + start, *end = m->text + m->len;
    int64_t lines;

    if ((size_t)(end - at) < strlen(last_line) || memcmp(at, last_line, strlen(last_line)) != 0) {
        return false;
    }
    at += strlen(last_line);
    if (!take_word(&at, end, ' ', m->alg, sizeof m->alg) ||
        !take_word(&at, end, ' ', count, sizeof count) ||
        !cli_parse_number(count, 0, INT64_MAX, &lines)) {
        return false;
    }
    *signed_len = (size_t)(at - m->text);
    m->len = start;
    m->lines = count_lines(m->text, start);
    return take_word(&at, end, '\n', hex, sizeof hex) && m->lines == (uint64_t)lines &&
           strlen(hex) == sizeof hex - 1 &&
           macaw_hex_decode(tag, hex, sizeof hex - 1, NULL) == MACAW_OK;
}

int manifest_read(manifest_text *m, const char *path, const macaw_key *key)
{
    uint8_t tag[MANIFEST_TAG_LEN];
    size_t signed_len;
    int status;

    *m = (manifest_text){0};
    status = read_file(m, path);
    if (status != CLI_DONE) {
        return status;
    }
    if (!split_last_line(m, &signed_len, tag)) {
        return cli_fail(CLI_REFUSED, path,
                        "not verified, nothing was checked: it does not end with the tag of a "
                        "whole manifest");
    }
    const macaw_msg msg = {.data = m->text, .len = signed_len};
    status = macaw_verify(key, &msg, tag, sizeof tag);
    if (status == MACAW_EFORGED) {
        return cli_fail(CLI_REFUSED, path,
                        "not verified, nothing was checked: it was changed, or made with another "
                        "key");
    }
    return status == MACAW_OK ? CLI_DONE : cli_fail_status(path, status);
}

void manifest_free(manifest_text *m)
{
    free(m->text);
}

/* Undo the escapes of a name of len bytes in place; false: there are others. */
static bool unescape(char *name, size_t len)
{
    const char *in = name, *end = name + len;
    char *out = name;

    while (in < end) {
        char c = *in++;
        if (c == '\\') {
            c = in < end ? *in++ : '\0';
            if (c != '\\' && c != 'n' && c != 'r') {
                return false;
            }
            c = (char)(c == 'n' ? '\n' : c == 'r' ? '\r' : '\\');
        }
        *out++ = c;
    }
    *out = '\0';
    return true;
}

bool manifest_parse_line(char *line, size_t len, size_t tag_len, uint8_t *tag, char **name)
{
    bool escaped = len > 0 && line[0] == '\\';
    size_t digits = MACAW_HEX_LEN(tag_len), before = (escaped ? 1 : 0) + digits + 2;
    char *digit = line + (escaped ? 1 : 0);

    if (len <= before || memchr(line, '\0', len) != NULL ||
        macaw_hex_decode(tag, digit, digits, NULL) != MACAW_OK ||
        memcmp(digit + digits, "  ", 2) != 0) {
        return false;
    }
    *name = line + before;
    if (escaped && !unescape(*name, len - before)) {
        return false;
    }
    line[len] = '\0'; /* in place of the newline; unescape ended it before where it shrank */
    return cli_needs_escape(*name) == escaped;
}
