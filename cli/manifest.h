/* Manifests: lines of tag and file name as sha256sum writes them, and a last line
 * with a tag over all that stands before it. docs/manifest.md has the format. */
#ifndef MACAW_CLI_MANIFEST_H
#define MACAW_CLI_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <macaw/mac.h>

#include "key_arg.h"

enum { MANIFEST_TAG_LEN = 32 };

/* The key of the last line, derived from the key of the files. */
int manifest_key(const cli_secret *secret, macaw_key **ret);

/* Whether tags of alg can be compared later: no nonce, any number of files of any
 * length. CLI_DONE or the error, printed. */
int manifest_check_alg(const macaw_alg *alg);

/* ---- writing, to standard output ---- */

typedef struct manifest_writer {
    macaw_ctx ctx;
    uint64_t lines;
    int status; /* of the library; the first failure */
} manifest_writer;

int manifest_start(manifest_writer *w, const macaw_key *key);
void manifest_line(manifest_writer *w, const uint8_t *tag, size_t tag_len, const char *name);
int manifest_finish(manifest_writer *w, const macaw_alg *alg);

/* ---- reading ---- */

typedef struct manifest_text {
    char *text;
    size_t len;      /* of the lines before the last */
    char alg[64];
    uint64_t lines;  /* that there are */
} manifest_text;

/* Read all of it ("-": standard input), and believe nothing before the tag of the
 * last line verifies under the key. CLI_REFUSED: it does not, or there is none. */
int manifest_read(manifest_text *m, const char *path, const macaw_key *key);
void manifest_free(manifest_text *m);

/* A line: the tag's digits, and the name, unescaped in place. False: it has not the
 * one form of a line with tags of tag_len bytes. */
bool manifest_parse_line(char *line, size_t len, size_t tag_len, uint8_t *tag, char **name);

#endif
