/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "eng-capacity.h"
#include "eng-images.h"
#include "eng-objects.h"
#include "eng-resource.h"
#include "eng-store.h"

G_BEGIN_DECLS

typedef struct _EngOperations EngOperations;
typedef struct _EngKernels EngKernels;
typedef struct _EngUsers EngUsers;

/* What every service needs. Built by sagebrushd's main, read-only while requests are served. */
typedef struct
{
  EngStore      *store;
  EngObjects    *objects;
  EngCapacity   *capacity;
  EngImages     *images;
  EngOperations *operations;
  EngKernels    *kernels;     /* of this engine; set before requests are served */
  EngUsers      *users;       /* who may call beside the owner */
  char          *data_dir;    /* (owned) */
  char          *libexec_dir; /* (owned): sagebrush-shim, -algorithm and -gateway live here */
  char          *share_dir;   /* (owned): images.json, instances.json, runtimes/ */
  char          *region;      /* (owned) */
  char          *account;     /* (owned) */
  double         started;     /* seconds since the epoch */
  gboolean       job_network; /* jobs that do not ask for isolation share the host's network */
  guint8         token_key[32]; /* signs page tokens and grants; random per data directory */
} EngEngine;

G_END_DECLS
