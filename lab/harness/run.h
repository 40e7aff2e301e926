/* Many repeats of the games of a card, and what they come to. */
#ifndef MACAW_LAB_RUN_H
#define MACAW_LAB_RUN_H

#include "harness/game.h"

enum { LAB_JOBS_MAX = 256 };

typedef struct lab_run {
    uint64_t seed;
    unsigned repeats;         /* 0: what card and case say */
    unsigned jobs;            /* cases at a time, 1..LAB_JOBS_MAX */
    const lab_setting *users; /* options as given; ends with a NULL name; may be NULL */
    bool tracing;             /* keep the trace of the first success, or of the first repeat */
    /* Live, NULL: not: the events of each trace, between a "begin" and an "end" that have
     * the members of their case. */
    void (*event)(void *context, const json_t *event);
    void (*pause)(void *context);
    void *context;
    bool progress; /* tell a terminal on standard error how far it is */
} lab_run;

/* One case as JSON (docs/lab.md describes it), NULL after a printed error. A game that
 * goes wrong is the verdict "error". */
json_t *lab_run_case(const lab_run *run, const lab_card *card, const lab_case *one);

/* Put the cases of a card, in their order, together; steals cases. */
json_t *lab_card_result(const lab_card *card, const lab_run *run, json_t *cases);

/* One construction to play against. */
typedef struct lab_job {
    const lab_card *card;
    const lab_case *one;
} lab_job;

/* Many of them in parallel processes: an array of what lab_run_case says of each, in
 * their order; NULL after a printed error. With run->pause, one after the other in this
 * process. */
json_t *lab_run_jobs(const lab_run *run, const lab_job *jobs, size_t n);

/* All cases of some cards, whose list ends with NULL: an array of results. NULL after a
 * printed error. */
json_t *lab_run_cards(const lab_run *run, const lab_card *const *cards);

#endif
