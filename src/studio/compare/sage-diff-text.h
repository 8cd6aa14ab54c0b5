/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Two texts beside each other, or one below the other where it is narrow, with the lines and words marked
 * that differ; or one alone. Property: "is-narrow". */
#define SAGE_TYPE_DIFF_TEXT (sage_diff_text_get_type ())

G_DECLARE_FINAL_TYPE (SageDiffText, sage_diff_text, SAGE, DIFF_TEXT, AdwBin)

GtkWidget *sage_diff_text_new       (const char *old_text,
                                     const char *new_text);
GtkWidget *sage_diff_text_new_plain (const char *text);
GtkWidget *sage_diff_text_new_runs  (GPtrArray  *runs);

G_END_DECLS
