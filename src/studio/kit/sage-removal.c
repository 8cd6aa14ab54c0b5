/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-removal"

#include "config.h"

#include "sage-page.h"
#include "sage-removal-private.h"

#define MAX_IN_FLIGHT 4

/* Things that are being deleted, a few at a time. */
typedef struct
{
  SageConnection  *connection; /* (owned) */
  GPtrArray       *resources;  /* (owned): of SageResource */
  GWeakRef         overlay;    /* where to tell what failed */
  SageRemovalFunc  func;
  gpointer         user_data;

  guint            next;       /* index into resources */
  guint            in_flight;
  guint            n_failed;
  GError          *error;      /* (owned) (nullable): the first one */
} Removal;

static guint n_removals;

static void
removal_free (Removal *self)
{
  g_object_unref (self->connection);
  g_ptr_array_unref (self->resources);
  g_weak_ref_clear (&self->overlay);
  g_clear_error (&self->error);
  g_free (self);
}

/* Closing the last window must not end the program before the engine has been told. */
static void
hold_application (gboolean hold)
{
  GApplication *application = g_application_get_default ();

  if (application == NULL)
    return;
  if (hold)
    g_application_hold (application);
  else
    g_application_release (application);
}

static void
tell_failure (Removal *self)
{
  g_autoptr(GtkWidget) overlay = g_weak_ref_get (&self->overlay);
  g_autofree char *what = sage_removal_fail_words (self->resources, self->n_failed);

  if (overlay != NULL)
    sage_toast_error (overlay, what, self->error);
  else
    g_message ("%s: %s", what, self->error->message);
}

static void removal_step (Removal *self);

typedef struct
{
  Removal      *removal;
  SageResource *resource; /* (unowned): the removal's */
} Call;

static void
removed_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autofree Call *call = user_data;
  Removal *self = call->removal;
  g_autoptr(GError) error = NULL;

  sage_connection_act_finish (SAGE_CONNECTION (object), result, &error);
  self->func (call->resource, error, self->user_data);
  if (error != NULL)
    {
      self->n_failed++;
      if (self->error == NULL)
        self->error = g_steal_pointer (&error);
    }

  self->in_flight--;
  removal_step (self);
}

static void
removal_step (Removal *self)
{
  while (self->next < self->resources->len && self->in_flight < MAX_IN_FLIGHT)
    {
      Call *call = g_new (Call, 1);

      call->removal = self;
      call->resource = g_ptr_array_index (self->resources, self->next++);
      self->in_flight++;
      sage_connection_remove_async (self->connection, call->resource, NULL, removed_cb, call);
    }

  if (self->in_flight > 0)
    return;

  if (self->n_failed > 0)
    tell_failure (self);
  self->func (NULL, self->error, self->user_data);
  removal_free (self);
  n_removals--;
  hold_application (FALSE);
}

/* Returns: (transfer full): the resources among @resources that can be deleted at all */
GPtrArray *
sage_removal_list (GListModel *resources)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_object_unref);
  guint n = g_list_model_get_n_items (resources);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(GObject) item = g_list_model_get_item (resources, i);

      if (SAGE_IS_RESOURCE (item)
          && sage_kind_info (sage_resource_get_kind (SAGE_RESOURCE (item)))->remove != NULL)
        g_ptr_array_add (list, g_steal_pointer (&item));
    }

  return list;
}

/*
 * Deletes @resources, tells in @overlay (nullable) what could not be, and calls @func for each and
 * at the end. The program goes on until that is done.
 */
void
sage_removal_start (GtkWidget       *overlay,
                    SageConnection  *connection,
                    GPtrArray       *resources,
                    SageRemovalFunc  func,
                    gpointer         user_data)
{
  Removal *self = g_new0 (Removal, 1);

  self->connection = g_object_ref (connection);
  self->resources = g_ptr_array_ref (resources);
  g_weak_ref_init (&self->overlay, overlay);
  self->func = func;
  self->user_data = user_data;

  n_removals++;
  hold_application (TRUE);
  removal_step (self);
}

/* Whether anything has been asked for and not been answered. */
gboolean
sage_removal_is_busy (void)
{
  return n_removals > 0;
}
