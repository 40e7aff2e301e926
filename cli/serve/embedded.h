/* The text files of this folder, embedded when macaw is built. ASCII. */
#ifndef MACAW_CLI_EMBEDDED_H
#define MACAW_CLI_EMBEDDED_H

extern const char embedded_nginx_conf_in[];
extern const char embedded_index_html[];

#endif
