/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <adwaita.h>

#include "sage-connection.h"

G_BEGIN_DECLS

/*
 * Two versions of a model side by side: rows of what both have, differences marked by a sign and a
 * word. Where there is little room the values stand below what they are of.
 */
#define SAGE_TYPE_COMPARISON_VIEW (sage_comparison_view_get_type ())

G_DECLARE_FINAL_TYPE (SageComparisonView, sage_comparison_view, SAGE, COMPARISON_VIEW, AdwBin)

GtkWidget *sage_comparison_view_new         (SageConnection     *connection);
void       sage_comparison_view_set_sides   (SageComparisonView *self,
                                             SageResource       *candidate,
                                             SageResource       *champion);
void       sage_comparison_view_set_metrics (SageComparisonView *self,
                                             GPtrArray          *rows,
                                             const char         *note);
void       sage_comparison_view_set_facts   (SageComparisonView *self,
                                             GPtrArray          *rows);

G_END_DECLS
