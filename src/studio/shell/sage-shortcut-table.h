/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* One thing that the user can have done, by whatever way. */
typedef struct
{
  const char *action;   /* detailed action name */
  const char *triggers; /* (nullable): as gtk_shortcut_trigger_parse_string() reads them; those of a
                         * notebook may be sequences, "d d" */
  const char *title;    /* (nullable): translated by its reader with _(); without, only its keys are
                         * bound */
  const char *group;    /* of the shortcuts dialog, likewise */
  const char *icon;     /* (nullable) */
} SageShortcut;

const SageShortcut *sage_shortcut_table        (guint               *n_shortcuts);
const SageShortcut *sage_shortcut_find         (const char          *action);
char               *sage_shortcut_dup_label    (const SageShortcut  *shortcut);
char               *sage_shortcut_dup_all_keys (const SageShortcut  *shortcut);
gboolean            sage_shortcut_is_of_page   (const SageShortcut  *shortcut);
void                sage_shortcut_set_tooltip  (GtkWidget           *widget,
                                                const char          *action);
void                sage_shortcut_table_bind   (GtkWidget           *window);
GMenuItem          *sage_shortcut_menu_item    (const char          *action);

G_END_DECLS
