/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SAGE_COMPARISON_MAX_LINES  1000000 /* of a text */
#define SAGE_COMPARISON_MAX_BLOCKS 5000    /* that differ, and are told */

/* What differs between two texts, by line. Never changes; may be made and read on any thread. */
typedef struct _SageTextComparison SageTextComparison;

/* Lines that one text has in place of the other's, or that both have. Lines count from 0. */
typedef struct
{
  gboolean is_change;
  guint    old_start;
  guint    n_old;
  guint    new_start;
  guint    n_new;
  guint    n_before; /* common lines before a change that are shown with it */
  guint    n_after;  /* likewise */
} SageTextBlock;

SageTextComparison *sage_text_comparison_new          (const char                *old_text,
                                                       const char                *new_text,
                                                       GError                   **error);
SageTextComparison *sage_text_comparison_ref          (SageTextComparison        *self);
void                sage_text_comparison_unref        (SageTextComparison        *self);
const char         *sage_text_comparison_get_new_text (SageTextComparison        *self);
guint               sage_text_comparison_count        (SageTextComparison        *self,
                                                       guint                     *n_added,
                                                       guint                     *n_removed);
GArray             *sage_text_comparison_list_blocks  (SageTextComparison        *self);
GPtrArray          *sage_text_comparison_make_runs    (SageTextComparison        *self,
                                                       const SageTextBlock       *block);
char               *sage_text_comparison_revert       (SageTextComparison        *self,
                                                       const SageTextBlock       *block);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageTextComparison, sage_text_comparison_unref)

G_END_DECLS
