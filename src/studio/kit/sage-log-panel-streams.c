/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-panel"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-cloud-log.h"
#include "sage-error.h"
#include "sage-log-panel-private.h"

/* Pauses between looks for streams, in milliseconds: until there is one, and for more of them. */
#define FIRST_PAUSE 1000
#define MORE_PAUSE 10000

/* --- where it logs ---------------------------------------------------------------------------- */

/* An endpoint has a group of its own; jobs of a kind share one, and their streams begin with their
 * names. */
static void
get_place (SageLogPanel  *self,
           char         **group,
           char         **prefix)
{
  SageKind kind = sage_resource_get_kind (self->resource);
  const char *name = sage_resource_get_name (self->resource);
  gboolean own = kind == SAGE_KIND_ENDPOINT;

  *group = own ? g_strconcat (sage_kind_info (kind)->log_group, "/", name, NULL)
               : g_strdup (sage_kind_info (kind)->log_group);
  *prefix = own ? NULL : g_strconcat (name, "/", NULL);
}

static gboolean
is_live (SageLogPanel *self)
{
  SageState state = sage_resource_get_state (self->resource);

  if (sage_resource_get_deleted (self->resource))
    return FALSE;

  return state == SAGE_STATE_RUNNING || state == SAGE_STATE_NONE || state == SAGE_STATE_WAITING ||
         sage_resource_get_kind (self->resource) == SAGE_KIND_ENDPOINT;
}

/* --- streams ---------------------------------------------------------------------------------- */

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

static void
show_stream (SageLogPanel *self,
             const char   *stream)
{
  g_autofree char *group = NULL;
  g_autofree char *prefix = NULL;
  g_autoptr(SageCloudLog) log = NULL;

  get_place (self, &group, &prefix);
  log = sage_cloud_log_new (self->connection, group, stream);
  sage_log_view_set_pager (self->view, SAGE_LOG_PAGER (log));
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

  if (!self->choosing && self->names != NULL && index < g_strv_length (self->names))
    show_stream (self, self->names[index]);
}

/* Offers the streams; the one that is shown stays. Takes @names over. */
static void
offer_streams (SageLogPanel *self,
               GStrv         names)
{
  g_autoptr(GtkStringList) list = gtk_string_list_new (NULL);
  guint selected = gtk_drop_down_get_selected (self->streams);
  const char *shown = self->names != NULL && selected < g_strv_length (self->names)
                        ? self->names[selected] : NULL;
  g_auto(GStrv) old = self->names;
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
  if (n > 0)
    gtk_drop_down_set_selected (self->streams, index);
  self->choosing = FALSE;
  gtk_widget_set_visible (GTK_WIDGET (self->streams), n > 1);
  if (n > 0 && (shown == NULL || strcmp (names[index], shown) != 0))
    show_stream (self, names[index]);
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
look_later (SageLogPanel *self)
{
  gboolean any = self->names != NULL && self->names[0] != NULL;

  if (self->look == 0 && is_live (self) && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->look = g_timeout_add (any ? MORE_PAUSE : FIRST_PAUSE, look_cb, self);
}

static void
sage_log_panel_looked_cb (GObject      *object,
                          GAsyncResult *result,
                          gpointer      user_data)
{
  g_autoptr(SageLogPanel) self = user_data;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) names = sage_cloud_log_list_finish (SAGE_CONNECTION (object), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->looking);
  if (names != NULL && (self->names == NULL ||
                        !g_strv_equal ((const char * const *) names,
                                       (const char * const *) self->names)))
    offer_streams (self, g_steal_pointer (&names));
  if (g_error_matches (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    g_clear_error (&error); /* a group comes with its first line */
  sage_log_view_set_absence (self->view, FALSE, error);
  look_later (self);
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
  g_autofree char *group = NULL;
  g_autofree char *prefix = NULL;

  g_clear_handle_id (&self->look, g_source_remove);
  if (self->resource == NULL || self->connection == NULL || self->looking != NULL ||
      sage_kind_info (sage_resource_get_kind (self->resource))->log_group == NULL ||
      !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  sage_log_view_set_live (self->view, is_live (self));
  get_place (self, &group, &prefix);
  self->looking = g_cancellable_new ();
  sage_cloud_log_list_async (self->connection, group, prefix, self->looking,
                             sage_log_panel_looked_cb, g_object_ref (self));
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
 * sage_log_panel_reset_streams:
 * @self: a log panel
 *
 * Begins anew: the resource or the engine is another.
 */
void
sage_log_panel_reset_streams (SageLogPanel *self)
{
  sage_log_panel_rest (self);
  g_clear_pointer (&self->names, g_strfreev);
  gtk_widget_set_visible (GTK_WIDGET (self->streams), FALSE);
  sage_log_view_set_pager (self->view, NULL);
  sage_log_view_set_absence (self->view, TRUE, NULL);
  sage_log_panel_look (self);
}
