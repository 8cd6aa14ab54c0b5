/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "sage-kernel-state.h"

G_BEGIN_DECLS

/* What a Jupyter Server tells in its models (its REST API, "/api/spec.yaml"). */

/* A kernel that a server can start. */
typedef struct
{
  char     *name;         /* (owned): what it is started by */
  char     *display_name; /* (owned) */
  char     *language;     /* (owned) */
  gboolean  is_default;
} SageServerSpec;

/* A kernel that runs. */
typedef struct
{
  char            *id;            /* (owned) */
  char            *name;          /* (owned): of its spec */
  SageKernelState  state;
  double           last_activity; /* seconds since 1970; 0 if not told */
  gint64           connections;   /* how many clients it has */
  char            *reason;        /* (owned) (nullable): why it is dead */
} SageServerKernel;

/* A document and the kernel that belongs to it. */
typedef struct
{
  char             *id;     /* (owned) */
  char             *path;   /* (owned): of the notebook */
  char             *name;   /* (owned) */
  char             *type;   /* (owned): "notebook", "console", … */
  SageServerKernel *kernel; /* (owned) (nullable) */
} SageServerSession;

void               sage_server_spec_free     (SageServerSpec     *spec);
void               sage_server_kernel_free   (SageServerKernel   *kernel);
void               sage_server_session_free  (SageServerSession  *session);

SageServerKernel  *sage_server_kernel_read   (JsonNode           *node,
                                              GError            **error);
SageServerSession *sage_server_session_read  (JsonNode           *node,
                                              GError            **error);
GPtrArray         *sage_server_kernels_read  (JsonNode           *node,
                                              GError            **error);
GPtrArray         *sage_server_sessions_read (JsonNode           *node,
                                              GError            **error);
GPtrArray         *sage_server_specs_read    (JsonNode           *node,
                                              GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageServerSpec, sage_server_spec_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageServerKernel, sage_server_kernel_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageServerSession, sage_server_session_free)

G_END_DECLS
