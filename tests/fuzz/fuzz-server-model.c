/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-server-model"

#include "config.h"

#include <string.h>

#include "sage-json.h"
#include "sage-server-model.h"

/*
 * What a Jupyter server answers: no document crashes a reader, and what one accepts has what the
 * callers rely on.
 */

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

static void
check_kernel (SageServerKernel *kernel)
{
  g_assert_true (kernel->id[0] != '\0' && strpbrk (kernel->id, "/?#%. ") == NULL);
  g_assert_nonnull (kernel->name);
}

static void
check_session (SageServerSession *session)
{
  g_assert_true (session->id[0] != '\0' && strpbrk (session->id, "/?#%. ") == NULL);
  g_assert_nonnull (session->path);
  if (session->kernel != NULL)
    check_kernel (session->kernel);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(JsonNode) node = sage_json_parse ((const char *) data, (gssize) size, NULL, NULL);
  g_autoptr(SageServerKernel) kernel = NULL;
  g_autoptr(SageServerSession) session = NULL;
  g_autoptr(GPtrArray) kernels = NULL;
  g_autoptr(GPtrArray) sessions = NULL;
  g_autoptr(GPtrArray) specs = NULL;

  if (node == NULL)
    return 0;

  kernel = sage_server_kernel_read (node, NULL);
  session = sage_server_session_read (node, NULL);
  kernels = sage_server_kernels_read (node, NULL);
  sessions = sage_server_sessions_read (node, NULL);
  specs = sage_server_specs_read (node, NULL);
  if (kernel != NULL)
    check_kernel (kernel);
  if (session != NULL)
    check_session (session);
  for (guint i = 0; kernels != NULL && i < kernels->len; i++)
    check_kernel (g_ptr_array_index (kernels, i));
  for (guint i = 0; sessions != NULL && i < sessions->len; i++)
    check_session (g_ptr_array_index (sessions, i));
  for (guint i = 0; specs != NULL && i < specs->len; i++)
    g_assert_cmpstr (((SageServerSpec *) g_ptr_array_index (specs, i))->name, !=, "");

  return 0;
}
