/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-window-drop"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-application.h"
#include "sage-window-private.h"

/*
 * Files and folders that are dropped on the window are opened as those of the command line are. What
 * they are is asked without waiting: a share that does not answer must not hold up the window.
 */

/* More at once is a slip of the hand. */
#define MAX_FILES 20

static void
asked_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(SageWindow) self = user_data;
  g_autoptr(GFileInfo) info = g_file_query_info_finish (G_FILE (object), result, NULL);

  /* the answer is at hand now, whatever it is: what cannot be opened is said there */
  if (gtk_window_get_application (GTK_WINDOW (self)) != NULL)
    sage_application_show_file (self, G_FILE (object));
}

static void
open_file (SageWindow *self,
           GFile      *file)
{
  if (!g_file_is_native (file))
    {
      g_autofree char *name = g_file_get_parse_name (file);
      g_autofree char *text = g_strdup_printf (_("“%s” is not on this machine"), name);

      sage_toast (GTK_WIDGET (self), text);
      return;
    }

  g_file_query_info_async (file, G_FILE_ATTRIBUTE_STANDARD_TYPE, G_FILE_QUERY_INFO_NONE,
                           G_PRIORITY_DEFAULT, NULL, asked_cb, g_object_ref (self));
}

static gboolean
drop_cb (SageWindow    *self,
         const GValue  *value,
         double         x,
         double         y,
         GtkDropTarget *target)
{
  GSList *files = g_value_get_boxed (value);

  if (self->connection == NULL)
    return FALSE;
  if (g_slist_length (files) > MAX_FILES)
    {
      sage_toast (GTK_WIDGET (self), _("These are more files than can be opened at once"));
      return FALSE;
    }

  for (GSList *item = files; item != NULL; item = item->next)
    open_file (self, item->data);

  return files != NULL;
}

/**
 * sage_window_take_drops:
 * @self: a window
 *
 * Has files opened that are dropped on the window, unless a part of it takes them itself.
 */
void
sage_window_take_drops (SageWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect_object (target, "drop", G_CALLBACK (drop_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}
