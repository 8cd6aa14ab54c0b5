/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-config.h"

G_BEGIN_DECLS

/* What the command line asks for, and then the configuration file. */
typedef struct
{
  char      *config_path; /* (owned) (nullable) */
  EngConfig *config;      /* (owned) (nullable): of that file */
  char      *data_dir;    /* (owned) (nullable) */
  char      *socket;      /* (owned) (nullable) */
  int        port;
  char      *region;      /* (owned) (nullable) */
  char      *account;     /* (owned) (nullable) */
  gboolean   job_network;
  int        kernel_idle;  /* seconds; 0: never; less: as is set */
  int        kernel_memory; /* MiB; 0: as much as there is */
  int        kernel_standby; /* seconds; 0: none stands by */
  gboolean   version;
} DaemonOptions;

gboolean daemon_options_parse (DaemonOptions   *options,
                               int             *argc,
                               char          ***argv,
                               GError         **error);
void     daemon_options_clear (DaemonOptions   *options);

G_END_DECLS
