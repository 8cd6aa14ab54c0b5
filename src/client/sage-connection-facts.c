/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-connection"

#include "config.h"

#include "sage-connection-private.h"
#include "sage-resource-list-private.h"
#include "sage-resource-private.h"
#include "sage-time.h"

/* A row that turned out to be older or newer moves. */
static void
update_lists (SageConnection *self,
              SageResource   *resource,
              double          created_before)
{
  if (sage_resource_get_created (resource) == created_before)
    return;

  for (guint i = 0; i < sage_connection_n_lists (self); i++)
    {
      SageResourceList *list = sage_connection_nth_list (self, i);

      if (sage_resource_list_contains (list, resource))
        sage_resource_list_update (list, resource, created_before, 0);
    }
}

/**
 * sage_connection_merge:
 * @self: a connection
 * @resource: one of its resources
 * @facts: its summary or its description
 * @is_description: keep @facts as its description
 * @asked_at: the clock when it was asked for
 *
 * Takes over what the engine says of a resource.
 *
 * Returns: whether its status or approval changed
 */
gboolean
sage_connection_merge (SageConnection *self,
                       SageResource   *resource,
                       JsonObject     *facts,
                       gboolean        is_description,
                       guint64         asked_at)
{
  double created = sage_resource_get_created (resource);
  gboolean event_since = sage_resource_get_stamp (resource) > asked_at;
  gboolean changed;

  changed = is_description ? sage_resource_merge_description (resource, facts, event_since)
                           : sage_resource_merge (resource, facts, event_since);
  update_lists (self, resource, created);

  return changed;
}

/**
 * sage_connection_apply:
 * @self: a connection
 * @resource: one of its resources
 * @arn: (nullable): its ARN
 * @status: its status now
 * @time: when it changed, in seconds since 1970
 *
 * Takes over what an event says of a resource.
 *
 * Returns: whether it is there
 */
gboolean
sage_connection_apply (SageConnection *self,
                       SageResource   *resource,
                       const char     *arn,
                       const char     *status,
                       double          time)
{
  double created = sage_resource_get_created (resource);

  sage_resource_set_stamp (resource, sage_connection_tick (self));
  sage_resource_update_event (resource, arn, status, time);
  update_lists (self, resource, created);

  return !sage_resource_get_deleted (resource);
}

/**
 * sage_connection_set_gone:
 * @self: a connection
 * @resource: a resource that the engine does not know
 *
 * It was deleted, and no event told.
 */
void
sage_connection_set_gone (SageConnection *self,
                          SageResource   *resource)
{
  g_autoptr(GPtrArray) gone = g_ptr_array_new_with_free_func (g_object_unref);

  if (sage_resource_get_deleted (resource))
    return;

  g_ptr_array_add (gone, g_object_ref (resource));
  sage_connection_apply (self, resource, NULL, "Deleted", sage_time_now ());
  for (guint i = 0; i < sage_connection_n_lists (self); i++)
    sage_resource_list_remove (sage_connection_nth_list (self, i), gone);
  sage_connection_emit_event (self, resource);
}
