/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-registry-private.h"
#include "sage-resource-list.h"

G_BEGIN_DECLS

/* What fills a list: told to begin anew, and freed with it. */
typedef struct
{
  void (*reload) (gpointer loader);
  void (*free)   (gpointer loader);
} SageListSource;

/* There may be 100,000 of them. */
typedef struct
{
  SageResource *resource;   /* (owned) */
  double        created;    /* what it is sorted by, also after the resource's own has changed */
  guint         generation; /* the last load that saw it */
} SageListRow;

struct _SageResourceList
{
  GObject               parent_instance;

  SageKind              kind;
  char                 *parent;   /* (owned) (nullable) */
  SageRegistry         *registry; /* (owned) */
  GArray               *rows;     /* (owned): of SageListRow, newest first */
  GHashTable           *members;  /* (owned): set of the rows' resources */
  guint                 pruned;   /* where looking for rows that no load saw has come to */
  gboolean              loading;
  gboolean              loaded;
  GError               *error;    /* (owned) (nullable) */
  const SageListSource *source;   /* (nullable) */
  gpointer              loader;   /* (owned) (nullable): by the source's means */
};

SageResourceList *sage_resource_list_new         (SageKind              kind,
                                                  const char           *parent,
                                                  SageRegistry         *registry);
void              sage_resource_list_set_source  (SageResourceList     *self,
                                                  const SageListSource *source,
                                                  gpointer              loader);
gpointer          sage_resource_list_get_loader  (SageResourceList     *self);
void              sage_resource_list_set_loading (SageResourceList     *self,
                                                  gboolean              loading);
void              sage_resource_list_set_loaded  (SageResourceList     *self);
void              sage_resource_list_take_error  (SageResourceList     *self,
                                                  GError               *error);
void              sage_resource_list_notify_n_items (SageResourceList *self);
gboolean          sage_resource_list_contains    (SageResourceList     *self,
                                                  SageResource         *resource);
void              sage_resource_list_insert      (SageResourceList     *self,
                                                  GPtrArray            *resources,
                                                  guint                 generation);
void              sage_resource_list_remove      (SageResourceList     *self,
                                                  GPtrArray            *resources);
void              sage_resource_list_update      (SageResourceList     *self,
                                                  SageResource         *resource,
                                                  double                created_before,
                                                  guint                 generation);
void              sage_resource_list_begin_prune (SageResourceList     *self);
gboolean          sage_resource_list_prune       (SageResourceList     *self,
                                                  guint                 generation,
                                                  guint                 max_rows);

G_END_DECLS
