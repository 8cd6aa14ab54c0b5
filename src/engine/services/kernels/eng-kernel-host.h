/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-engine.h"

G_BEGIN_DECLS

/* The engine's side of a kernel's directory and of the program that serves it, `sagebrush-kernel`. */

/* What a kernel is started from. */
typedef struct
{
  const char         *name;           /* of the kernelspec */
  const char * const *argv;           /* with {connection_file} and the like in it */
  JsonObject         *environment;    /* beside its host's; null: not even that */
  const char         *directory;      /* where it works */
  const char         *interrupt_mode; /* "signal" or "message" */
  guint               standby_seconds; /* that it waits for who wants it; 0: somebody does */
} EngKernelStart;

char       *eng_kernel_host_directory (EngEngine             *engine,
                                       const char            *id);
gboolean    eng_kernel_host_prepare   (EngEngine             *engine,
                                       const char            *id,
                                       const EngKernelStart  *start,
                                       GError               **error);
gboolean    eng_kernel_host_launch    (EngEngine             *engine,
                                       const char            *id,
                                       const char * const    *environment,
                                       int                   *held,
                                       GError               **error);
int         eng_kernel_host_connect   (EngEngine             *engine,
                                       const char            *id,
                                       GError               **error);
int         eng_kernel_host_hold      (int                    connection);
JsonObject *eng_kernel_host_call      (EngEngine             *engine,
                                       const char            *id,
                                       JsonObject            *request,
                                       guint                  timeout_ms,
                                       GError               **error);
JsonObject *eng_kernel_host_tell      (EngEngine             *engine,
                                       const char            *id,
                                       const char            *op,
                                       guint                  timeout_ms,
                                       GError               **error);
double      eng_kernel_host_activity  (JsonObject            *status);
JsonObject *eng_kernel_host_status    (EngEngine             *engine,
                                       const char            *id,
                                       GError               **error);

G_END_DECLS
