/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

#include "sage-kind.h"

G_BEGIN_DECLS

/* What a status comes to, whatever the kind: what a person must know at a glance. */
typedef enum
{
  SAGE_STATE_NONE,    /* nothing to say */
  SAGE_STATE_IDLE,    /* stopped, archived, not started */
  SAGE_STATE_WAITING, /* for a person, or degraded */
  SAGE_STATE_RUNNING,
  SAGE_STATE_GOOD,    /* succeeded, approved, in service */
  SAGE_STATE_BAD,     /* failed, rejected */
} SageState;

SageState sage_state_from_status (const char *status);

#define SAGE_TYPE_STATE (sage_state_get_type ())

GType sage_state_get_type (void);

#define SAGE_TYPE_RESOURCE (sage_resource_get_type ())

G_DECLARE_FINAL_TYPE (SageResource, sage_resource, SAGE, RESOURCE, GObject)

SageResource *sage_resource_new             (SageKind      kind,
                                             const char   *name);
SageKind      sage_resource_get_kind        (SageResource *self);
const char   *sage_resource_get_name        (SageResource *self);
const char   *sage_resource_get_title       (SageResource *self);
char         *sage_resource_dup_location    (SageResource *self);
const char   *sage_resource_get_arn         (SageResource *self);
const char   *sage_resource_get_status      (SageResource *self);
const char   *sage_resource_get_approval    (SageResource *self);
SageState     sage_resource_get_state       (SageResource *self);
const char   *sage_resource_get_reason      (SageResource *self);
double        sage_resource_get_created     (SageResource *self);
double        sage_resource_get_modified    (SageResource *self);
double        sage_resource_get_ended       (SageResource *self);
gboolean      sage_resource_get_deleted     (SageResource *self);
JsonObject   *sage_resource_get_description (SageResource *self);

char         *sage_resource_name_from_summary (SageKind    kind,
                                               const char *parent,
                                               JsonObject *summary);

void          sage_resource_update_summary  (SageResource *self,
                                             JsonObject   *summary);
void          sage_resource_set_description (SageResource *self,
                                             JsonObject   *description);
void          sage_resource_update_event    (SageResource *self,
                                             const char   *arn,
                                             const char   *status,
                                             double        time);

G_END_DECLS
