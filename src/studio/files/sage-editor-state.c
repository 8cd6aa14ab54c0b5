/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-editor-page"

#include "config.h"

#include <glib/gi18n.h>

#include "sage-editor-page-private.h"

static GtkTextBuffer *
get_buffer (SageEditorPage *self)
{
  return gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->view));
}

static void
get_cursor (SageEditorPage *self,
            GtkTextIter    *at)
{
  gtk_text_buffer_get_iter_at_mark (get_buffer (self), at,
                                    gtk_text_buffer_get_insert (get_buffer (self)));
}

/* Says where the cursor is, from one on, and how much is selected. */
void
sage_editor_update_position (SageEditorPage *self)
{
  GtkTextIter at;
  GtkTextIter start;
  GtkTextIter end;
  g_autofree char *text = NULL;

  if (!self->set_up)
    return;

  get_cursor (self, &at);
  text = g_strdup_printf (_("Line %d, column %d"), gtk_text_iter_get_line (&at) + 1,
                          gtk_text_iter_get_line_offset (&at) + 1);
  if (gtk_text_buffer_get_selection_bounds (get_buffer (self), &start, &end))
    {
      int n = gtk_text_iter_get_offset (&end) - gtk_text_iter_get_offset (&start);
      g_autofree char *selected
        = g_strdup_printf (g_dngettext (NULL, "%d selected", "%d selected", (gulong) n), n);
      g_autofree char *both = g_strdup_printf ("%s · %s", text, selected);

      gtk_label_set_text (self->position_label, both);
    }
  else
    gtk_label_set_text (self->position_label, text);
}

/* Puts the cursor at a line and a character of it, both from zero on, and brings it in sight. */
void
sage_editor_go_to (SageEditorPage *self,
                   int             line,
                   int             column)
{
  sage_editor_select (self, line, column, 0);
}

/* The same, with @length characters from there on selected. */
void
sage_editor_select (SageEditorPage *self,
                    int             line,
                    int             column,
                    int             length)
{
  GtkTextIter at;
  GtkTextIter end;

  gtk_text_buffer_get_iter_at_line (get_buffer (self), &at, line);
  for (int i = 0; i < column && !gtk_text_iter_ends_line (&at); i++)
    gtk_text_iter_forward_char (&at);
  end = at;
  gtk_text_iter_forward_chars (&end, length);
  gtk_text_buffer_select_range (get_buffer (self), &at, &end);
  /* By a mark, because lines above may not be laid out yet. */
  gtk_text_view_scroll_to_mark (GTK_TEXT_VIEW (self->view),
                                gtk_text_buffer_get_insert (get_buffer (self)), 0, TRUE, 0, 0.3);
}

/* --- The session ------------------------------------------------------------------------------ */

GVariant *
sage_editor_save_state (SagePage *page)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (page);
  GVariantDict state;
  GtkTextIter cursor;
  GtkTextIter top;
  GdkRectangle shown;
  const char *view = adw_toggle_group_get_active_name (self->views);

  if (!self->set_up)
    return self->pending; /* which the caller refers to, as it is not floating */

  get_cursor (self, &cursor);
  gtk_text_view_get_visible_rect (GTK_TEXT_VIEW (self->view), &shown);
  gtk_text_view_get_line_at_y (GTK_TEXT_VIEW (self->view), &top, shown.y, NULL);
  g_variant_dict_init (&state, NULL);
  g_variant_dict_insert (&state, "line", "i", gtk_text_iter_get_line (&cursor));
  g_variant_dict_insert (&state, "column", "i", gtk_text_iter_get_line_offset (&cursor));
  g_variant_dict_insert (&state, "top", "i", gtk_text_iter_get_line (&top));
  g_variant_dict_insert (&state, "wrap", "b", self->wrap);
  if (view != NULL)
    g_variant_dict_insert (&state, "view", "s", view);
  g_variant_dict_insert (&state, "console", "b", gtk_widget_get_visible (GTK_WIDGET (self->console)));

  return g_variant_dict_end (&state);
}

/* Goes where the session, or whoever opened the file, wants to be. */
void
sage_editor_apply_pending (SageEditorPage *self)
{
  g_autoptr(GVariant) pending = g_steal_pointer (&self->pending);
  int line;
  int column = 0;
  int length = 0;
  int top;
  const char *view;
  gboolean wrap;
  gboolean console;

  if (pending == NULL)
    return;

  if (g_variant_lookup (pending, "wrap", "b", &wrap) && wrap != self->wrap)
    gtk_widget_activate_action (GTK_WIDGET (self), "document.wrap", NULL);
  if (g_variant_lookup (pending, "console", "b", &console) && console && sage_editor_can_run (self))
    sage_editor_show_console (self);
  g_variant_lookup (pending, "column", "i", &column);
  g_variant_lookup (pending, "length", "i", &length);
  if (g_variant_lookup (pending, "line", "i", &line))
    sage_editor_select (self, MAX (line, 0), MAX (column, 0), MAX (length, 0));
  if (g_variant_lookup (pending, "top", "i", &top) && top > 0)
    {
      GtkTextIter at;

      gtk_text_buffer_get_iter_at_line (get_buffer (self), &at, top);
      gtk_text_view_scroll_to_mark (GTK_TEXT_VIEW (self->view),
                                    gtk_text_buffer_create_mark (get_buffer (self), "sage-top", &at,
                                                                 TRUE),
                                    0, TRUE, 0, 0);
    }
  if (g_variant_lookup (pending, "view", "&s", &view) && gtk_widget_get_visible (GTK_WIDGET (self->views)))
    adw_toggle_group_set_active_name (self->views, view);
}

void
sage_editor_restore_state (SagePage *page,
                           GVariant *state)
{
  SageEditorPage *self = SAGE_EDITOR_PAGE (page);

  g_clear_pointer (&self->pending, g_variant_unref);
  self->pending = g_variant_ref (state);
  if (self->set_up)
    sage_editor_apply_pending (self);
}
