/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-http-tls.h"

G_BEGIN_DECLS

/* An address to listen on beside the Unix socket and the loopback port. */
typedef struct
{
  char   *address; /* (owned): numeric */
  guint16 port;    /* 0: any that is free */
} EngListen;

/* What a configuration file says. */
typedef struct
{
  char            *path;          /* (owned): the file */

  /* [engine]; what the file leaves out is NULL or -1 */
  char            *data_dir;      /* (owned) (nullable) */
  char            *socket;        /* (owned) (nullable) */
  char            *region;        /* (owned) (nullable) */
  char            *account;       /* (owned) (nullable) */
  int              port;
  int              job_network;
  int              kernel_idle;   /* seconds */
  int              kernel_memory; /* MiB */
  int              kernel_standby; /* seconds */

  /* [server] */
  GArray          *listen;      /* (owned): of EngListen */
  char           **names;       /* (owned): by which clients reach it; may be empty */
  char            *certificate; /* (owned) (nullable): path */
  char            *key;         /* (owned) (nullable): path */
  SageHttpClients  clients;

  /* [clients] */
  GHashTable      *pins; /* (owned): SHA-256 in hex → name of the user */
} EngConfig;

EngConfig   *eng_config_load        (const char       *path,
                                     GError          **error);
void         eng_config_free        (EngConfig        *config);
SageHttpTls *eng_config_make_tls    (const EngConfig  *config,
                                     GError          **error);
gboolean     eng_listen_is_loopback (const EngListen  *listen);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngConfig, eng_config_free)

G_END_DECLS
