/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

char *sage_form_cli_name    (const char *operation);
char *sage_form_cli_command (const char *service,
                             const char *operation,
                             JsonObject *input);
void  sage_form_show_code   (GtkWidget  *widget,
                             const char *service,
                             const char *operation,
                             JsonObject *input);

G_END_DECLS
