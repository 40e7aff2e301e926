/* Requests to the laboratory's page. */
#ifndef MACAW_LAB_SERVE_ANSWER_H
#define MACAW_LAB_SERVE_ANSWER_H

#include <stdatomic.h>

#include <microhttpd.h>

enum { SERVE_RUNS = 4, SERVE_BODY = 65536 };

typedef struct server {
    char hosts[3][80]; /* what the Host field may say; empty: none */
    atomic_int runs;   /* children at work, SERVE_RUNS at most */
    atomic_bool stop;
} server;

/* For MHD_start_daemon; cls is the server. */
enum MHD_Result answer_request(void *cls, struct MHD_Connection *connection, const char *url,
                               const char *method, const char *version, const char *upload,
                               size_t *upload_len, void **state);
void answer_end(void *cls, struct MHD_Connection *connection, void **state,
                enum MHD_RequestTerminationCode code);

#endif
