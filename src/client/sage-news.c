/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-news"

#include "config.h"

#include <string.h>

#include "sage-list-loader-private.h"
#include "sage-news-private.h"
#include "sage-resource-private.h"

/* A list that is not complete cannot tell a new resource from one that it did not come to yet: it
 * looks at its head so soon after one that it does not know. */
#define LOOK_MS 300

/* What an event of a step does not tell is in the list of all, which is asked for so often. */
#define STEPS_MS 80

/* After more news than can be asked for one by one. */
#define FACTS_MS 1000

/* A list, and what a slice of events means for it. */
typedef struct
{
  SageResourceList *list;    /* (owned) */
  GPtrArray        *added;   /* (owned) */
  GPtrArray        *removed; /* (owned) */
} Target;

typedef struct
{
  SageConnection *connection;
  SageWatcher    *watcher;
  GArray         *targets;   /* (owned): of Target */
  GPtrArray      *resources; /* (owned): that the slice tells of */
} Slice;

static void
target_clear (gpointer data)
{
  Target *target = data;

  g_object_unref (target->list);
  g_ptr_array_unref (target->added);
  g_ptr_array_unref (target->removed);
}

/* Whoever hears of a change may open and close lists: those of now are held until the end. */
static void
slice_init (Slice          *slice,
            SageConnection *connection,
            SageWatcher    *watcher)
{
  slice->connection = connection;
  slice->watcher = watcher;
  slice->resources = g_ptr_array_new_with_free_func (g_object_unref);
  slice->targets = g_array_new (FALSE, FALSE, sizeof (Target));
  g_array_set_clear_func (slice->targets, target_clear);
  for (guint i = 0; i < sage_connection_n_lists (connection); i++)
    {
      const Target target = {
        g_object_ref (sage_connection_nth_list (connection, i)),
        g_ptr_array_new_with_free_func (g_object_unref),
        g_ptr_array_new_with_free_func (g_object_unref),
      };

      g_array_append_val (slice->targets, target);
    }
}

static void
slice_clear (Slice *slice)
{
  g_array_unref (slice->targets);
  g_ptr_array_unref (slice->resources);
}

/* A list of all versions has those of groups only. */
static gboolean
is_for (SageResourceList *list,
        SageKind          kind,
        const char       *parent)
{
  const char *wanted = sage_resource_list_get_parent (list);

  if (sage_resource_list_get_kind (list) != kind)
    return FALSE;
  if (wanted == NULL)
    return kind != SAGE_KIND_PACKAGE || parent != NULL;

  return parent != NULL && g_ascii_strcasecmp (wanted, parent) == 0;
}

static void
tell_list (Target       *target,
           SageResource *resource,
           gboolean      alive)
{
  SageListLoader *loader = sage_resource_list_get_loader (target->list);
  SageKind kind = sage_resource_get_kind (resource);
  gboolean contained = sage_resource_list_contains (target->list, resource);

  if (kind == SAGE_KIND_STEP)
    sage_list_loader_reload (loader, STEPS_MS);

  if (!alive)
    {
      sage_list_loader_gone (loader, sage_resource_get_name (resource));
      if (contained)
        g_ptr_array_add (target->removed, g_object_ref (resource));
    }
  else if (!contained && kind != SAGE_KIND_STEP && sage_resource_list_get_loaded (target->list))
    g_ptr_array_add (target->added, g_object_ref (resource));
  else if (!contained && kind != SAGE_KIND_STEP)
    sage_list_loader_look (loader, LOOK_MS);
}

/* Whether a row shows more than the event tells. */
static gboolean
lacks_facts (SageResource *resource)
{
  SageKind kind = sage_resource_get_kind (resource);

  return kind == SAGE_KIND_PACKAGE
         || (sage_resource_get_state (resource) == SAGE_STATE_BAD
             && sage_resource_get_reason (resource) == NULL && sage_kind_info (kind)->reason != NULL);
}

static void
touch_watches (Slice        *slice,
               SageResource *resource,
               const char   *parent)
{
  SageKind kind = sage_resource_get_kind (resource);
  SageKind parent_kind = kind == SAGE_KIND_STEP ? SAGE_KIND_EXECUTION
                         : kind == SAGE_KIND_EXECUTION ? SAGE_KIND_PIPELINE : SAGE_KIND_PACKAGE_GROUP;
  SageResource *owner = NULL;

  sage_watcher_touch (slice->watcher, resource);
  if (parent != NULL)
    owner = sage_registry_find (sage_connection_get_registry (slice->connection), parent_kind,
                                parent);
  if (owner != NULL)
    sage_watcher_touch (slice->watcher, owner);
}

static void
ask_for_facts (Slice        *slice,
               SageResource *resource,
               const char   *parent)
{
  if (sage_watcher_ask_once (slice->watcher, resource))
    return;

  for (guint i = 0; i < slice->targets->len; i++)
    {
      SageResourceList *list = g_array_index (slice->targets, Target, i).list;

      if (is_for (list, sage_resource_get_kind (resource), parent))
        sage_list_loader_reload (sage_resource_list_get_loader (list), FACTS_MS);
    }
}

static void
take_one (Slice          *slice,
          const SageNews *news)
{
  SageKind kind = news->key.kind;
  SageRegistry *registry = sage_connection_get_registry (slice->connection);
  gboolean held = sage_registry_find (registry, kind, news->key.name) != NULL;
  SageResource *resource = sage_registry_get (registry, kind, news->key.name);
  g_autofree char *parent = sage_name_dup_parent (kind, news->key.name);
  gboolean alive;

  g_ptr_array_add (slice->resources, resource);
  sage_resource_take_spelling (resource, news->key.name);
  if (news->reborn)
    sage_connection_apply (slice->connection, resource, NULL, "Deleted", news->time);
  alive = sage_connection_apply (slice->connection, resource, news->arn, news->status, news->time);

  for (guint i = 0; i < slice->targets->len; i++)
    {
      Target *target = &g_array_index (slice->targets, Target, i);

      if (is_for (target->list, kind, parent))
        {
          held = TRUE;
          tell_list (target, resource, alive);
        }
    }

  touch_watches (slice, resource, parent);
  if (held && alive && lacks_facts (resource))
    ask_for_facts (slice, resource, parent);
}

/**
 * sage_news_take:
 * @connection: whose news they are
 * @watcher: its watcher
 * @news: what happened
 * @n: to how many resources
 *
 * Brings resources and lists up to date with a slice of events: each list changes at once for all
 * of them, and only then is anybody told.
 */
void
sage_news_take (SageConnection         *connection,
                SageWatcher            *watcher,
                const SageNews * const *news,
                guint                   n)
{
  Slice slice;

  slice_init (&slice, connection, watcher);
  for (guint i = 0; i < n; i++)
    take_one (&slice, news[i]);

  for (guint i = 0; i < slice.targets->len; i++)
    {
      Target *target = &g_array_index (slice.targets, Target, i);

      sage_resource_list_remove (target->list, target->removed);
      sage_resource_list_insert (target->list, target->added,
                                 sage_list_loader_generation (
                                   sage_resource_list_get_loader (target->list)));
    }

  for (guint i = 0; i < slice.resources->len; i++)
    sage_connection_emit_event (connection, g_ptr_array_index (slice.resources, i));
  slice_clear (&slice);
}
