/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-list-page"

#include "config.h"

#include <string.h>

#include "sage-list-call-private.h"
#include "sage-list-page-private.h"
#include "sage-resource-private.h"

static gboolean
is_gone (SageListPage *self,
         const char   *name)
{
  g_autofree char *lower = NULL;

  if (g_hash_table_size (self->gone) == 0)
    return FALSE;
  lower = g_ascii_strdown (name, -1);

  return g_hash_table_contains (self->gone, lower);
}

/* Where a name comes from an ARN it is in lower case: its pipeline knows better, if that is known.
 * Returns: (transfer full) (nullable): the name as the pipeline spells it */
static char *
spell_execution (SageListPage *self,
                 const char   *name)
{
  g_autofree char *parent = sage_name_dup_parent (SAGE_KIND_EXECUTION, name);
  SageResource *pipeline = NULL;

  if (parent != NULL)
    pipeline = sage_registry_find (sage_connection_get_registry (self->connection),
                                   SAGE_KIND_PIPELINE, parent);

  return pipeline != NULL ? g_strconcat (sage_resource_get_name (pipeline), name + strlen (parent),
                                         NULL)
                          : NULL;
}

/* Returns: (transfer full) (nullable): the resource that a summary is of */
static SageResource *
find_resource (SageListPage *self,
               JsonObject   *summary)
{
  SageKind kind = sage_resource_list_get_kind (self->list);
  const char *parent = sage_resource_list_get_parent (self->list);
  g_autofree char *name = sage_resource_name_from_summary (kind, parent, summary);
  g_autofree char *spelled = NULL;
  SageResource *resource;

  if (name == NULL || is_gone (self, name))
    return NULL;

  if (kind == SAGE_KIND_EXECUTION)
    spelled = spell_execution (self, name);
  resource = sage_registry_get (sage_connection_get_registry (self->connection), kind,
                                spelled != NULL ? spelled : name);
  if (spelled != NULL)
    sage_resource_take_spelling (resource, spelled);

  return resource;
}

/* Takes over the caller's reference on @resource. */
static void
take_summary (SageListPage *self,
              SageResource *resource,
              JsonObject   *summary)
{
  gboolean is_step = sage_resource_get_kind (resource) == SAGE_KIND_STEP;
  gboolean known = sage_resource_list_contains (self->list, resource);
  gboolean changed;

  /* What the list says of a step is all there is to say. */
  changed = sage_connection_merge (self->connection, resource, summary, is_step, self->asked_at);
  if (known)
    sage_resource_list_update (self->list, resource, sage_resource_get_created (resource),
                               self->generation);
  else
    g_ptr_array_add (self->fresh, g_object_ref (resource));

  if (known ? changed : sage_resource_list_get_loaded (self->list))
    g_ptr_array_add (self->news, g_object_ref (resource));
  if (!known || changed)
    self->changes++;
  g_object_unref (resource);
}

/**
 * sage_list_page_take:
 * @self: a page
 * @reply: what the engine says it holds
 *
 * Brings the list up to date with the page, and then tells what is news. Whoever hears of that may
 * let go of anything that the caller does not hold.
 *
 * Returns: how many rows were new to the list
 */
guint
sage_list_page_take (SageListPage *self,
                     JsonObject   *reply)
{
  SageKind kind = sage_resource_list_get_kind (self->list);
  const char *parent = sage_resource_list_get_parent (self->list);
  g_autoptr(GPtrArray) fresh = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr(GPtrArray) news = g_ptr_array_new_with_free_func (g_object_unref);
  JsonArray *items = sage_list_call_items (kind, parent, reply);
  guint n = items != NULL ? json_array_get_length (items) : 0;

  self->fresh = fresh;
  self->news = news;
  for (guint i = 0; i < n; i++)
    {
      JsonObject *summary = sage_list_call_item (kind, parent, items, i);
      SageResource *resource = summary != NULL ? find_resource (self, summary) : NULL;

      if (resource != NULL)
        take_summary (self, resource, summary);
    }
  sage_resource_list_insert (self->list, fresh, self->generation);
  for (guint i = 0; i < news->len; i++)
    sage_connection_emit_event (self->connection, g_ptr_array_index (news, i));

  return fresh->len;
}
