/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "eng-store.h"

G_BEGIN_DECLS

/**
 * EngResource:
 *
 * One row of the `resource` table: anything that has an ARN. The document is exactly what the
 * Describe operation answers, kept as text so that describing costs one read; `state` is what only
 * the engine needs to go on (attempt, directory, token), never shown.
 */
typedef struct
{
  gint64  id;       /* 0 before the insert; never used twice */
  char   *kind;     /* (owned): the ARN type: "training-job", "model", "pipeline-execution"… */
  char   *name;     /* (owned): unique within the kind, looked up without regard to case */
  char   *arn;      /* (owned) */
  char   *parent;   /* (owned) (nullable): group of a version, pipeline of an execution */
  gint64  sequence; /* version within the parent, else 0 */
  char   *status;   /* (owned): the family's own word, e.g. "InProgress"; "" where it has none */
  char   *label;    /* (owned) (nullable): second filtered word, e.g. the approval status */
  double  created;  /* seconds since the epoch */
  double  modified; /* seconds since the epoch */
  gint64  revision; /* counts the updates; guards against a stale writer */
  char   *doc;      /* (owned): JSON text of the Describe answer */
  char   *state;    /* (owned) (nullable): JSON text, private */
} EngResource;

EngResource *eng_resource_new     (const char     *kind,
                                   const char     *name,
                                   const char     *arn);
void         eng_resource_free    (EngResource    *resource);
EngResource *eng_resource_load    (EngConnection  *connection,
                                   const char     *kind,
                                   const char     *name,
                                   GError        **error);
EngResource *eng_resource_require (EngConnection  *connection,
                                   const char     *kind,
                                   const char     *name,
                                   int             code,
                                   const char     *message,
                                   GError        **error);
EngResource *eng_resource_load_by_arn (EngConnection *connection,
                                   const char     *arn,
                                   GError        **error);
gboolean     eng_resource_insert  (EngTx          *tx,
                                   EngResource    *resource,
                                   GError        **error);
gboolean     eng_resource_update  (EngTx          *tx,
                                   EngResource    *resource,
                                   GError        **error);
gboolean     eng_resource_delete  (EngTx          *tx,
                                   EngResource    *resource,
                                   GError        **error);
GPtrArray   *eng_resource_load_by_status (EngConnection *connection,
                                   const char     *kind,
                                   const char * const *statuses,
                                   GError        **error);
GPtrArray   *eng_resource_load_kind (EngConnection *connection,
                                     const char     *kind,
                                     GError        **error);
GPtrArray   *eng_resource_load_children (EngConnection *connection,
                                   const char     *kind,
                                   const char     *parent,
                                   GError        **error);
gboolean     eng_resource_append_doc (EngResource *resource,
                                   GString        *out,
                                   GError        **error);
gboolean     eng_resource_describe (EngConnection *connection,
                                   const char     *kind,
                                   const char     *name,
                                   int             code,
                                   const char     *message,
                                   GString        *out,
                                   GError        **error);
JsonObject  *eng_resource_doc     (EngResource    *resource,
                                   GError        **error);
void         eng_resource_set_doc (EngResource    *resource,
                                   JsonObject     *doc);
JsonObject  *eng_resource_state   (EngResource    *resource,
                                   GError        **error);
void         eng_resource_set_state (EngResource  *resource,
                                   JsonObject     *state);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngResource, eng_resource_free)

G_END_DECLS
