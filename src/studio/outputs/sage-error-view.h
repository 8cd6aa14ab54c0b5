/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "sage-output.h"

G_BEGIN_DECLS

/*
 * What ended a cell: its name and what it says on one line, and the traceback, which folds. Signal:
 * "open-location" (const char *path, int line): a place in it was followed. Action:
 * "error.show-all".
 */
#define SAGE_TYPE_ERROR_VIEW (sage_error_view_get_type ())

G_DECLARE_FINAL_TYPE (SageErrorView, sage_error_view, SAGE, ERROR_VIEW, GtkWidget)

GtkWidget *sage_error_view_new (SageOutput *output);

G_END_DECLS
