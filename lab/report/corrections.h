/* Where the source texts are wrong, imprecise or dangerous, and what shows it. */
#ifndef MACAW_LAB_REPORT_CORRECTIONS_H
#define MACAW_LAB_REPORT_CORRECTIONS_H

#define CORRECTIONS 63

typedef struct correction {
    const char *items; /* rows of docs/coverage.md */
    const char *kind;  /* "wrong", "imprecise" or "dangerous", or two of them */
    const char *says;
    const char *right;
    const char *cards; /* names of attacks that show it, with a space between; or "" */
    const char *shown; /* a command or a test that shows it; NULL: the attacks do */
    const char *doc;   /* in docs/ */
} correction;

extern const correction corrections[CORRECTIONS];

#endif
