/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "gw-variant.h"

G_BEGIN_DECLS

#define GW_MAX_NAME 63

typedef struct
{
  GwVariant *variant; /* (owned) */
  double     weight;
} GwChoice;

/* Who answers for an endpoint. Never changes once it is in a table. */
typedef struct
{
  gatomicrefcount refs;
  char           *name;     /* (owned): as it was created */
  gboolean        enabled;
  GArray         *choices;  /* (owned): of GwChoice */
  double          total;    /* of the weights */
} GwEndpoint;

/* A snapshot of all routes. Never changes. */
typedef struct
{
  gatomicrefcount refs;
  gint64          version;
  GHashTable     *endpoints; /* (owned): lower-case name → GwEndpoint */
  GHashTable     *keys;      /* (owned): access key → secret */
} GwTable;

GwEndpoint *gw_endpoint_new    (const char *name,
                                gboolean    enabled);
GwEndpoint *gw_endpoint_ref    (GwEndpoint *endpoint);
void        gw_endpoint_unref  (GwEndpoint *endpoint);
void        gw_endpoint_add    (GwEndpoint *endpoint,
                                GwVariant  *variant,
                                double      weight);
gboolean    gw_endpoint_is     (GwEndpoint *endpoint,
                                GwVariantState state);
GwVariant  *gw_endpoint_choose (GwEndpoint *endpoint,
                                const char *target);

GwTable    *gw_table_new       (gint64      version,
                                GHashTable *keys);
GwTable    *gw_table_ref       (GwTable    *table);
void        gw_table_unref     (GwTable    *table);
GwEndpoint *gw_table_find      (GwTable    *table,
                                const char *name,
                                gsize       length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (GwEndpoint, gw_endpoint_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (GwTable, gw_table_unref)

G_END_DECLS
