/* macaw-lab: its commands. One file each; lab.c holds the table. */
#ifndef MACAW_LAB_H
#define MACAW_LAB_H

int lab_list(int argc, char **argv);
int lab_show_card(int argc, char **argv);
int lab_run_command(int argc, char **argv);
int lab_matrix(int argc, char **argv);
int lab_family(int argc, char **argv);  /* family/family.c */
int lab_entropy(int argc, char **argv); /* family/entropy.c */
int lab_report(int argc, char **argv);  /* report/report.c */
int lab_serve(int argc, char **argv);   /* serve/serve.c */

#endif
