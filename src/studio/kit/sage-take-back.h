/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * What has been done to files and can be taken back: by the button of a toast, and by undo for as
 * long as nothing else of that kind was done. There is one at a time, as there is one toast.
 */

/* @widget: where to say how it went */
typedef void (*SageTakeBackFunc) (GtkWidget *widget,
                                  gpointer   data);

void     sage_take_back_offer (GtkWidget        *widget,
                               const char       *title,
                               SageTakeBackFunc  func,
                               gpointer          data,
                               GDestroyNotify    destroy);
gboolean sage_take_back_last  (GtkWidget        *widget);

G_END_DECLS
