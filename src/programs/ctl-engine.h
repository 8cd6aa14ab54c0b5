/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-client.h"

G_BEGIN_DECLS

/* Which engine is meant: that of a directory of this machine, or that of a URL. */
typedef struct
{
  const char *data_dir;
  const char *url;         /* (nullable) */
  const char *fingerprint; /* (nullable): of the only certificate that is taken there */
} CtlEngine;

JsonObject *ctl_engine_describe (const CtlEngine  *engine,
                                 GError          **error);
SageClient *ctl_engine_connect  (const CtlEngine  *engine,
                                 GError          **error);
SageClient *ctl_engine_visit    (const CtlEngine  *engine,
                                 JsonObject      **ready,
                                 GError          **error);
gboolean    ctl_engine_explain  (SageClient       *client,
                                 GError          **error);

G_END_DECLS
