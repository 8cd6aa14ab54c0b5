/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-registry"

#include "config.h"

#include "sage-resource-private.h"

/* A table that grows or shrinks with 100,000 entries in it holds everything up for a frame; one in
 * sixty-four of them does not. */
#define N_TABLES 64

struct _SageRegistry
{
  grefcount   references;
  GHashTable *tables[N_TABLES]; /* (owned): of each resource's key to the resource, which leaves at
                                 * its end */
};

static GHashTable *
table_for (SageRegistry          *self,
           const SageResourceKey *key)
{
  return self->tables[(sage_resource_key_hash (key) * 2654435769u) / (G_MAXUINT32 / N_TABLES + 1)];
}

/**
 * sage_resource_key_hash:
 * @key: a #SageResourceKey
 *
 * Returns: a hash of it that is the same for every spelling of the name
 */
guint
sage_resource_key_hash (gconstpointer key)
{
  const SageResourceKey *self = key;
  guint32 hash = 5381 + self->kind;

  for (const char *c = self->name; *c != '\0'; c++)
    hash = hash * 33 + (guchar) g_ascii_tolower (*c);

  return hash;
}

gboolean
sage_resource_key_equal (gconstpointer a,
                         gconstpointer b)
{
  const SageResourceKey *left = a;
  const SageResourceKey *right = b;

  return left->kind == right->kind && g_ascii_strcasecmp (left->name, right->name) == 0;
}

/**
 * sage_registry_new:
 *
 * Returns: (transfer full): a registry that knows nothing yet
 */
SageRegistry *
sage_registry_new (void)
{
  SageRegistry *self = g_new0 (SageRegistry, 1);

  g_ref_count_init (&self->references);
  for (guint i = 0; i < N_TABLES; i++)
    self->tables[i] = g_hash_table_new (sage_resource_key_hash, sage_resource_key_equal);

  return self;
}

SageRegistry *
sage_registry_ref (SageRegistry *self)
{
  g_ref_count_inc (&self->references);

  return self;
}

void
sage_registry_unref (SageRegistry *self)
{
  if (!g_ref_count_dec (&self->references))
    return;

  for (guint i = 0; i < N_TABLES; i++)
    g_hash_table_unref (self->tables[i]);
  g_free (self);
}

/**
 * sage_registry_find:
 * @self: a registry
 * @kind: a kind
 * @name: a name in any case
 *
 * Returns: (transfer none) (nullable): the thing, if somebody holds it
 */
SageResource *
sage_registry_find (SageRegistry *self,
                    SageKind      kind,
                    const char   *name)
{
  const SageResourceKey key = { kind, name };

  return g_hash_table_lookup (table_for (self, &key), &key);
}

/**
 * sage_registry_get:
 * @self: a registry
 * @kind: a kind
 * @name: a name
 *
 * Returns: (transfer full): the one object for that thing
 */
SageResource *
sage_registry_get (SageRegistry *self,
                   SageKind      kind,
                   const char   *name)
{
  SageResource *resource = sage_registry_find (self, kind, name);

  if (resource != NULL)
    return g_object_ref (resource);

  resource = sage_resource_new (kind, name);
  sage_resource_set_registry (resource, self);
  g_hash_table_insert (table_for (self, sage_resource_key (resource)),
                       (gpointer) sage_resource_key (resource), resource);

  return resource;
}

/**
 * sage_registry_remove:
 * @self: a registry
 * @resource: one of its resources, at its end
 */
void
sage_registry_remove (SageRegistry *self,
                      SageResource *resource)
{
  g_hash_table_remove (table_for (self, sage_resource_key (resource)), sage_resource_key (resource));
}
