/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-math.h"

G_BEGIN_DECLS

/* A formula on lines of its own, in the middle. A screen reader reads its source. */
#define SAGE_TYPE_MATH_VIEW (sage_math_view_get_type ())

G_DECLARE_FINAL_TYPE (SageMathView, sage_math_view, SAGE, MATH_VIEW, GtkWidget)

GtkWidget *sage_math_view_new (const char *source);
double     sage_math_font_size (GtkWidget *widget);

G_END_DECLS
