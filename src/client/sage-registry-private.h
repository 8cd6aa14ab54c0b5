/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-resource.h"

G_BEGIN_DECLS

/* What tells resources apart: the kind, and the name without regard to case. */
typedef struct
{
  SageKind    kind;
  const char *name;
} SageResourceKey;

/* The resources of one connection that somebody holds, one object for each thing. It holds none. */
typedef struct _SageRegistry SageRegistry;

guint         sage_resource_key_hash  (gconstpointer key);
gboolean      sage_resource_key_equal (gconstpointer a,
                                       gconstpointer b);

SageRegistry *sage_registry_new       (void);
SageRegistry *sage_registry_ref       (SageRegistry *self);
void          sage_registry_unref     (SageRegistry *self);
SageResource *sage_registry_find      (SageRegistry *self,
                                       SageKind      kind,
                                       const char   *name);
SageResource *sage_registry_get       (SageRegistry *self,
                                       SageKind      kind,
                                       const char   *name);
void          sage_registry_remove    (SageRegistry *self,
                                       SageResource *resource);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageRegistry, sage_registry_unref)

G_END_DECLS
