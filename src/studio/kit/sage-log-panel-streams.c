/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-panel"

#include "config.h"

#include <string.h>

#include "sage-log-panel-private.h"

/* The pause between looks for more streams, in milliseconds. */
#define LOOK_PAUSE 5000

/* `NAME/algo-2-1700000000` is `algo-2` to whoever chooses. */
static char *
describe_stream (SageLogPanel *self,
                 const char   *name)
{
  g_autofree char *prefix = g_strconcat (sage_resource_get_name (self->resource), "/", NULL);
  const char *own = g_str_has_prefix (name, prefix) ? name + strlen (prefix) : name;
  const char *dash = strrchr (own, '-');
  gboolean timed = dash != NULL && strlen (dash) >= 10 &&
                   strspn (dash + 1, "0123456789") == strlen (dash + 1);

  return timed ? g_strndup (own, (gsize) (dash - own)) : g_strdup (own);
}

/**
 * sage_log_panel_stream_chosen:
 * @self: a log panel
 *
 * Shows the stream that was chosen from the list.
 */
void
sage_log_panel_stream_chosen (SageLogPanel *self)
{
  guint index = gtk_drop_down_get_selected (self->streams);
  g_autoptr(SageLogSource) source = NULL;

  if (self->choosing || self->names == NULL || index >= g_strv_length (self->names))
    return;

  source = sage_log_source_new (self->connection, self->resource);
  sage_log_source_set_stream (source, self->names[index]);
  sage_log_view_set_pager (self->view, SAGE_LOG_PAGER (source));
}

/* Offers the streams if there are several; the one that is shown stays. Takes @names over. */
static void
offer_streams (SageLogPanel *self,
               GStrv         names)
{
  g_autoptr(GtkStringList) list = gtk_string_list_new (NULL);
  guint selected = gtk_drop_down_get_selected (self->streams);
  g_auto(GStrv) old = self->names;
  const char *shown = old != NULL && selected < g_strv_length (old) ? old[selected] : NULL;
  guint n = g_strv_length (names);
  guint index = 0;

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *word = describe_stream (self, names[i]);

      gtk_string_list_append (list, word);
      if (g_strcmp0 (names[i], shown) == 0)
        index = i;
    }

  self->names = names;
  self->choosing = TRUE;
  gtk_drop_down_set_model (self->streams, G_LIST_MODEL (list));
  gtk_drop_down_set_selected (self->streams, n > 0 ? index : GTK_INVALID_LIST_POSITION);
  self->choosing = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->streams), n > 1);
}

static gboolean
look_cb (gpointer user_data)
{
  SageLogPanel *self = user_data;

  self->look = 0;
  sage_log_panel_look (self);

  return G_SOURCE_REMOVE;
}

static void
sage_log_panel_looked_cb (GObject      *object,
                          GAsyncResult *result,
                          gpointer      user_data)
{
  g_autoptr(SageLogPanel) self = user_data;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) names = sage_log_source_streams_finish (SAGE_LOG_SOURCE (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->looking);
  if (names == NULL)
    g_debug ("Cannot look for streams: %s", error->message); /* the log itself says so too */
  else if (self->names == NULL || !g_strv_equal ((const char * const *) names,
                                                 (const char * const *) self->names))
    offer_streams (self, g_steal_pointer (&names));
  if (self->look == 0 && sage_log_source_get_live (self->source) &&
      gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->look = g_timeout_add (LOOK_PAUSE, look_cb, self);
}

/**
 * sage_log_panel_look:
 * @self: a log panel
 *
 * Looks for the streams that the resource writes to, now and as long as there may be more.
 */
void
sage_log_panel_look (SageLogPanel *self)
{
  g_clear_handle_id (&self->look, g_source_remove);
  if (self->source == NULL || self->looking != NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  self->looking = g_cancellable_new ();
  sage_log_source_streams_async (self->source, self->looking, sage_log_panel_looked_cb,
                                 g_object_ref (self));
}

/**
 * sage_log_panel_rest:
 * @self: a log panel
 *
 * Looks for no more streams: nobody sees it.
 */
void
sage_log_panel_rest (SageLogPanel *self)
{
  g_clear_handle_id (&self->look, g_source_remove);
  g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
}

/**
 * sage_log_panel_open:
 * @self: a log panel
 * @logs: whether its resource logs
 *
 * Shows the log of its resource, or none.
 */
void
sage_log_panel_open (SageLogPanel *self,
                     gboolean      logs)
{
  sage_log_panel_rest (self);
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_object (&self->source);
  gtk_widget_set_visible (GTK_WIDGET (self->streams), FALSE);

  if (logs)
    {
      self->source = sage_log_source_new (self->connection, self->resource);
      g_object_bind_property (self->source, "live", self->view, "live", G_BINDING_SYNC_CREATE);
    }
  sage_log_view_set_pager (self->view, (SageLogPager *) self->source);
  sage_log_panel_look (self);
}
