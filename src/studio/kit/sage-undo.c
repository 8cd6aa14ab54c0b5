/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-undo"

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "sage-page.h"
#include "sage-removal-private.h"
#include "sage-undo-private.h"

#define UNDO_SECONDS 10
#define EVENT_SECONDS 5 /* a deleted thing is hidden this long for its event to arrive */
#define FLUSH_SECONDS 5 /* the end of the program waits this long for the engine */

/* What one command deletes. */
typedef struct
{
  SageConnection  *connection; /* (owned) */
  GPtrArray       *resources;  /* (owned): of SageResource */
  AdwToast        *toast;      /* (owned) (nullable): while it can be taken back */
  GtkWidget       *overlay;    /* (unowned) (nullable): while it can be taken back */
  gulong           destroy_id; /* of the overlay */
} Batch;

/* (nullable): of SageResource (owned): what is out of sight */
static GHashTable *pending;

/* (nullable) (owned): the batch that can be taken back; there is one at a time, as there is one
 * toast */
static Batch *open_batch;

static void
batch_free (Batch *self)
{
  g_object_unref (self->connection);
  g_ptr_array_unref (self->resources);
  g_clear_object (&self->toast);
  g_free (self);
}

/* --- In sight and out of it ------------------------------------------------------------------ */

static void
show_again (SageResource *resource)
{
  if (pending != NULL && g_hash_table_remove (pending, resource))
    sage_undo_filters_changed (FALSE);
}

/* Once the event has come, the lists have dropped the row. */
static gboolean
event_timeout_cb (gpointer user_data)
{
  show_again (user_data);

  return G_SOURCE_REMOVE;
}

static void
removed_cb (SageResource *resource,
            const GError *error,
            gpointer      user_data)
{
  if (resource == NULL)
    batch_free (user_data);
  else if (error != NULL)
    show_again (resource);
  else
    g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, EVENT_SECONDS, event_timeout_cb,
                                g_object_ref (resource), g_object_unref);
}

/* --- Taking back or not ---------------------------------------------------------------------- */

/* The batch can be taken back no more. Returns: (transfer full): it; %NULL if it could not before */
static Batch *
close_batch (Batch *batch)
{
  if (open_batch != batch || batch == NULL)
    return NULL;

  open_batch = NULL;
  if (batch->overlay != NULL)
    g_clear_signal_handler (&batch->destroy_id, batch->overlay);
  g_signal_handlers_disconnect_by_data (batch->toast, batch);

  return batch;
}

static void
commit (Batch *batch)
{
  g_autoptr(AdwToast) toast = NULL;
  GtkWidget *overlay;

  batch = close_batch (batch);
  if (batch == NULL)
    return;

  toast = g_steal_pointer (&batch->toast);
  overlay = g_steal_pointer (&batch->overlay);
  sage_removal_start (overlay, batch->connection, batch->resources, removed_cb, batch);
  adw_toast_dismiss (toast);
}

static void
dismissed_cb (AdwToast *toast,
              Batch    *batch)
{
  commit (batch);
}

/* The window goes; nobody will be there to take it back. */
static void
overlay_destroyed_cb (GtkWidget *overlay,
                      Batch     *batch)
{
  batch->destroy_id = 0;
  batch->overlay = NULL;
  commit (batch);
}

static void
undo_cb (AdwToast *toast,
         Batch    *batch)
{
  batch = close_batch (batch);
  if (batch == NULL)
    return;

  for (guint i = 0; i < batch->resources->len; i++)
    g_hash_table_remove (pending, g_ptr_array_index (batch->resources, i));
  sage_undo_filters_changed (FALSE);
  batch_free (batch);
}

static void
offer_undo (Batch     *batch,
            GtkWidget *overlay)
{
  g_autofree char *title = sage_removal_done_words (batch->resources);

  batch->toast = g_object_ref_sink (adw_toast_new (""));
  adw_toast_set_use_markup (batch->toast, FALSE);
  adw_toast_set_title (batch->toast, title);
  adw_toast_set_button_label (batch->toast, _("_Undo"));
  adw_toast_set_timeout (batch->toast, UNDO_SECONDS);
  adw_toast_set_priority (batch->toast, ADW_TOAST_PRIORITY_HIGH);
  g_signal_connect (batch->toast, "button-clicked", G_CALLBACK (undo_cb), batch);
  g_signal_connect (batch->toast, "dismissed", G_CALLBACK (dismissed_cb), batch);

  batch->overlay = overlay;
  batch->destroy_id = g_signal_connect (overlay, "destroy", G_CALLBACK (overlay_destroyed_cb), batch);
  open_batch = batch;
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), g_object_ref (batch->toast));
  sage_announce (GTK_WIDGET (overlay), title);
}

/* What can be deleted and is not on its way already. */
static GPtrArray *
take_resources (GListModel *resources)
{
  g_autoptr(GPtrArray) list = sage_removal_list (resources);
  GPtrArray *taken = g_ptr_array_new_with_free_func (g_object_unref);

  if (pending == NULL)
    pending = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);

  for (guint i = 0; i < list->len; i++)
    {
      SageResource *resource = g_ptr_array_index (list, i);

      if (!sage_resource_get_deleted (resource)
          && g_hash_table_add (pending, g_object_ref (resource)))
        g_ptr_array_add (taken, g_object_ref (resource));
    }

  return taken;
}

/**
 * sage_undo_remove:
 * @widget: where it was asked for, in a window
 * @connection: the engine
 * @resources: a list of #SageResource: a selection, or a #GListStore of one; those of kinds that
 *   cannot be deleted are left out
 *
 * Hides the resources and offers to take that back; see above for when they are deleted. What the
 * engine then refuses to delete comes back, and a toast says why.
 */
void
sage_undo_remove (GtkWidget      *widget,
                  SageConnection *connection,
                  GListModel     *resources)
{
  g_autoptr(GPtrArray) taken = NULL;
  AdwToastOverlay *overlay;
  Batch *batch;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (SAGE_IS_CONNECTION (connection));
  g_return_if_fail (G_IS_LIST_MODEL (resources));

  taken = take_resources (resources);
  if (taken->len == 0)
    return;

  commit (open_batch);
  sage_undo_filters_changed (TRUE);

  batch = g_new0 (Batch, 1);
  batch->connection = g_object_ref (connection);
  batch->resources = g_steal_pointer (&taken);
  overlay = sage_toast_find_overlay (widget);
  if (overlay != NULL)
    offer_undo (batch, GTK_WIDGET (overlay));
  else
    sage_removal_start (NULL, connection, batch->resources, removed_cb, batch);
}

/**
 * sage_undo_take_back:
 *
 * Takes the last delete back, as the button of its toast does.
 *
 * Returns: whether there was one that still could be
 */
gboolean
sage_undo_take_back (void)
{
  g_autoptr(AdwToast) toast = NULL;

  if (open_batch == NULL)
    return FALSE;

  toast = g_object_ref (open_batch->toast);
  undo_cb (toast, open_batch);
  adw_toast_dismiss (toast);

  return TRUE;
}

/**
 * sage_undo_is_pending:
 * @resource: a resource
 *
 * Returns: whether it is out of sight because it was deleted; that may still be taken back
 */
gboolean
sage_undo_is_pending (SageResource *resource)
{
  return pending != NULL && g_hash_table_contains (pending, resource);
}

static gboolean
flush_timeout_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

/**
 * sage_undo_flush:
 *
 * Deletes what could still be taken back, and waits until the engine has answered, but no longer
 * than some seconds. For the end of the program.
 */
void
sage_undo_flush (void)
{
  gboolean timed_out = FALSE;
  guint timeout;

  commit (open_batch);
  if (!sage_removal_is_busy ())
    return;

  timeout = g_timeout_add_seconds (FLUSH_SECONDS, flush_timeout_cb, &timed_out);
  while (sage_removal_is_busy () && !timed_out)
    g_main_context_iteration (NULL, TRUE);
  if (!timed_out)
    g_source_remove (timeout);
}
