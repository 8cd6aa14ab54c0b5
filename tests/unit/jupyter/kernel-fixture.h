/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "../client/waiting.h"
#include "sage-kernel-client.h"

void               keep_result_cb   (GObject             *object,
                                     GAsyncResult        *result,
                                     gpointer             user_data);

/* Calls the asynchronous function @name with the arguments before its cancellable, waits, and gives what
 * its finish function does. */
#define call_and_wait(object, name, error, ...) \
  ({ \
    g_autoptr(GAsyncResult) call_result = NULL; \
    name##_async (object, ##__VA_ARGS__, NULL, keep_result_cb, &call_result); \
    wait_until (call_result != NULL); \
    name##_finish (object, call_result, error); \
  })

/* A test's connection to the kernel, and what that said. */
typedef struct
{
  SageJupyterServer *server;   /* (owned) */
  SageKernelClient  *client;   /* (owned) */
  char              *id;       /* (owned) */
  GPtrArray         *messages; /* (owned): of SageJupyterMessage */
  GPtrArray         *lost;     /* (owned): ids of requests */
} Kernel;

void                kernel_init        (Kernel             *kernel,
                                        SageJupyterServer  *server);
void                kernel_clear       (Kernel             *kernel);
void                kernel_end         (SageJupyterServer  *server);
SageJupyterMessage *kernel_find        (Kernel             *kernel,
                                        const char         *parent,
                                        const char         *msg_type);
gboolean            kernel_is_done     (Kernel             *kernel,
                                        const char         *parent);
gboolean            kernel_has_lost    (Kernel             *kernel,
                                        const char         *msg_id);
char               *kernel_stream      (Kernel             *kernel,
                                        const char         *parent,
                                        const char         *name);
char               *kernel_run         (Kernel             *kernel,
                                        const char         *code);
