/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-file-tree"

#include "config.h"

#include <string.h>

#include "sage-file-location.h"
#include "sage-file-tree-private.h"

/* Typing goes to the next name that begins so. */

#define PAUSE_US (G_USEC_PER_SEC) /* after which another name is meant */
#define MAX_TYPED 64              /* bytes */

static gboolean
begins_so (SageFileTree *self,
           guint         position)
{
  g_autoptr(GtkTreeListRow) row
    = g_list_model_get_item (G_LIST_MODEL (gtk_list_view_get_model (self->view)), position);
  g_autoptr(GFileInfo) info = gtk_tree_list_row_get_item (row);
  g_autofree char *name = sage_file_name_to_show (g_file_info_get_name (info));
  g_autofree char *folded = g_utf8_casefold (name, -1);
  g_autofree char *typed = g_utf8_casefold (self->typed->str, -1);

  return g_str_has_prefix (folded, typed);
}

/* With one letter the next of them is meant each time, with more the one that still fits. */
static void
go_to_typed (SageFileTree *self)
{
  GListModel *model = G_LIST_MODEL (gtk_list_view_get_model (self->view));
  guint n = g_list_model_get_n_items (model);
  guint at = gtk_single_selection_get_selected (GTK_SINGLE_SELECTION (model));
  guint from = at == GTK_INVALID_LIST_POSITION ? 0 : at + (g_utf8_strlen (self->typed->str, -1) == 1);

  for (guint i = 0; i < n; i++)
    if (begins_so (self, (from + i) % n))
      {
        gtk_list_view_scroll_to (self->view, (from + i) % n, GTK_LIST_SCROLL_FOCUS | GTK_LIST_SCROLL_SELECT,
                                 NULL);
        return;
      }
}

/* The keys that unfold a folder in any tree of GTK, if its row has the focus, which here is the list's. */
static gboolean
fold (SageFileTree *self,
      gunichar      character)
{
  g_autoptr(GtkTreeListRow) row = sage_file_tree_get_selected_row (self);

  if (row == NULL || !gtk_tree_list_row_is_expandable (row))
    return FALSE;

  gtk_tree_list_row_set_expanded (row, character == '+' || character == '*');

  return TRUE;
}

static gboolean
key_cb (SageFileTree    *self,
        guint            key,
        guint            code,
        GdkModifierType  state)
{
  gunichar character = gdk_keyval_to_unicode (key);
  gint64 now = g_get_monotonic_time ();

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0 || self->name != NULL
      || character == 0 || g_unichar_iscntrl (character) || gtk_list_view_get_model (self->view) == NULL)
    return GDK_EVENT_PROPAGATE;

  if (now - self->typed_at > PAUSE_US || self->typed->len > MAX_TYPED)
    g_string_truncate (self->typed, 0);
  if (character == ' ' && self->typed->len == 0) /* which chooses, as in any list */
    return GDK_EVENT_PROPAGATE;
  if (character == '/' || (self->typed->len == 0 && (character == '+' || character == '-' || character == '*')))
    return fold (self, character) ? GDK_EVENT_STOP : GDK_EVENT_PROPAGATE;

  self->typed_at = now;
  g_string_append_unichar (self->typed, character);
  go_to_typed (self);

  return GDK_EVENT_STOP;
}

void
sage_file_tree_type_init (SageFileTree *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->typed = g_string_new (NULL);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), keys);
}
