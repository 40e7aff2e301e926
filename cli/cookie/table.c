/* The password table of Murdoch's cookies: who may have which verifier. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/codec.h"
#include "base/ct.h"
#include "cookie/cookie.h"

enum { FIELDS = 4, ROWS_MAX = 1 << 20 };

static const char expected[] =
    "expected USER:SALT:ROUNDS:VERIFIER, or USER:VERIFIER to verify with";

void cookie_table_free(cookie_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        free(table->rows[i].user);
    }
    free(table->rows);
    *table = (cookie_table){0};
}

const cookie_row *cookie_table_find(const cookie_table *table, const char *user, size_t len)
{
    for (size_t i = 0; i < table->count; i++) {
        const cookie_row *row = &table->rows[i];
        if (strlen(row->user) == len && memcmp(row->user, user, len) == 0) {
            return row;
        }
    }
    return NULL;
}

int cookie_row_prove(const cookie_row *row, const cli_secret *password, uint8_t auth[32])
{
    uint8_t verifier[32];
    int status = macaw_murdoch_chain(row->salt, row->salt_len, password->data, password->len,
                                     row->rounds, auth);

    if (status != MACAW_OK) {
        return cli_fail_status("--password-file", status);
    }
    macaw_murdoch_verifier(auth, verifier);
    return macaw_ct_equal(verifier, row->verifier, sizeof verifier)
               ? CLI_DONE
               : cli_fail(CLI_REFUSED, "--password-file", "not the password of this user");
}

static bool read_hex(const char *text, size_t most, uint8_t *out, size_t *len)
{
    *len = strlen(text) / 2;
    return *len <= most && macaw_hex_decode(out, text, strlen(text), NULL) == MACAW_OK;
}

/* NULL, or what is wrong. */
static const char *read_row(char *line, cookie_row *ret)
{
    char *field[FIELDS] = {line};
    int64_t rounds = 0;
    size_t count = 0, len;

    *ret = (cookie_row){0};
    while (line != NULL && count < FIELDS) {
        field[count++] = strsep(&line, ":");
    }
    if (line != NULL || (count != FIELDS && count != 2) || field[0][0] == '\0') {
        return expected;
    }
    if (count == FIELDS && !read_hex(field[1], sizeof ret->salt, ret->salt, &ret->salt_len)) {
        return "the salt is not up to 32 bytes in pairs of 0-9a-f";
    }
    if (count == FIELDS && !cli_parse_number(field[2], 1, MACAW_MURDOCH_ROUNDS_MAX, &rounds)) {
        return "the rounds are no number of 1 or more";
    }
    if (!read_hex(field[count - 1], sizeof ret->verifier, ret->verifier, &len) ||
        len != sizeof ret->verifier) {
        return "the verifier is not 32 bytes in pairs of 0-9a-f";
    }
    ret->rounds = (uint32_t)rounds;
    ret->user = strdup(field[0]);
    return ret->user != NULL ? NULL : "out of memory";
}

/* Take over row. */
static const char *add_row(cookie_table *table, cookie_row *row)
{
    cookie_row *grown = NULL;
    const char *why = "out of memory";

    if (cookie_table_find(table, row->user, strlen(row->user)) != NULL) {
        why = "this user occurs twice";
    } else if (table->count < ROWS_MAX) {
        grown = reallocarray(table->rows, table->count + 1, sizeof *grown);
    }
    if (grown == NULL) {
        free(row->user);
        return why;
    }
    grown[table->count++] = *row;
    table->rows = grown;
    return NULL;
}

static int read_lines(FILE *file, const char *path, cookie_table *ret)
{
    char *line = NULL;
    size_t room = 0;
    int status = CLI_DONE;

    for (size_t number = 1; status == CLI_DONE; number++) {
        ssize_t len = getline(&line, &room, file);
        cookie_row row;
        if (len < 0) {
            break;
        }
        if (line[len - 1] == '\n') {
            line[len - 1] = '\0';
        }
        if (line[0] == '\0' || line[0] == '#') {
            continue;
        }
        const char *why = read_row(line, &row);
        why = why == NULL ? add_row(ret, &row) : why;
        if (why != NULL) {
            status = cli_fail(CLI_WRONG, path, "line %zu: %s", number, why);
        }
    }
    free(line);
    return status == CLI_DONE && ferror(file) ? cli_fail_errno(path) : status;
}

int cookie_table_read(const char *path, cookie_table *ret)
{
    FILE *file = fopen(path, "re");

    *ret = (cookie_table){0};
    if (file == NULL) {
        return cli_fail_errno(path);
    }
    int status = read_lines(file, path, ret);
    fclose(file);
    if (status != CLI_DONE) {
        cookie_table_free(ret);
    }
    return status;
}
