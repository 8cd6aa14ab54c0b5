/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Lines of one text that another has in their place; from 0. */
typedef struct
{
  guint old_start;
  guint n_old;
  guint new_start;
  guint n_new;
} SageTextHunk;

GArray *sage_text_diff       (const char *old_text,
                              const char *new_text);
GArray *sage_text_diff_words (const char *old_text,
                              const char *new_text);
double  sage_text_similarity (const char *a,
                              const char *b);
char   *sage_text_merge      (const char *base,
                              const char *ours,
                              const char *theirs);

G_END_DECLS
