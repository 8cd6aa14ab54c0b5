/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/*
 * The name of a thing, which opens it: a click here, Ctrl+click or the middle button in a new tab;
 * its menu copies the name. Properties: "text", "location" (nullable: then it is no link).
 */
#define SAGE_TYPE_LINK (sage_link_get_type ())

G_DECLARE_FINAL_TYPE (SageLink, sage_link, SAGE, LINK, GtkWidget)

GtkWidget  *sage_link_new          (const char *text,
                                    const char *location);
const char *sage_link_get_text     (SageLink   *self);
const char *sage_link_get_location (SageLink   *self);
void        sage_link_set          (SageLink   *self,
                                    const char *text,
                                    const char *location);

G_END_DECLS
