/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-kernels"

#include "config.h"

#include <string.h>

#include "eng-kernels-private.h"
#include "sage-error.h"

/* Returns: (transfer full): the id of a kernel for the session, a new one where none is named */
static char *
find_kernel (EngCall                *call,
             const EngKernelSession *session,
             const char             *kernel_id,
             const char             *kernel_name,
             GError                **error)
{
  EngKernelRequest request = { .name = kernel_name, .path = session->path,
                               .session_path = session->path };
  g_autoptr(EngKernelRow) row = NULL;
  g_autoptr(GError) local_error = NULL;

  if (kernel_id != NULL)
    row = eng_kernel_row_load (call->engine, kernel_id, &local_error);
  if (row != NULL)
    return g_strdup (kernel_id);
  if (local_error != NULL && !g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  return eng_kernel_start (call, &request, error);
}

/**
 * eng_kernel_session_open:
 * @call: who opens it
 * @wanted: (transfer full): what is opened, without an id; its kernel may be one that runs
 * @kernel_name: (nullable): the kernelspec to start otherwise; %NULL: the default one
 *
 * Opens a session, or finds the one that has the same path open already.
 *
 * Returns: (transfer full): the session; else %SAGE_ERROR_NOT_FOUND where there is no such kernelspec
 */
EngKernelSession *
eng_kernel_session_open (EngCall           *call,
                         EngKernelSession  *wanted,
                         const char        *kernel_name,
                         GError           **error)
{
  g_autoptr(EngKernelSession) session = wanted;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&call->engine->kernels->opening);
  g_autoptr(GError) local_error = NULL;
  EngKernelSession *open = eng_kernel_session_find (call->engine, session->path, &local_error);
  char *kernel;

  if (open != NULL)
    return open;
  if (!g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  kernel = find_kernel (call, session, session->kernel, kernel_name, error);
  if (kernel == NULL)
    return NULL;
  g_free (session->kernel);
  session->kernel = kernel;
  session->id = g_uuid_string_random ();

  return eng_kernel_session_put (call, session, error) ? g_steal_pointer (&session) : NULL;
}

/* Whether no session has the kernel any more. */
static gboolean
is_left (EngEngine  *engine,
         const char *kernel)
{
  g_autoptr(GPtrArray) sessions = eng_kernel_sessions_load (engine, NULL);

  for (guint i = 0; sessions != NULL && i < sessions->len; i++)
    if (strcmp (((EngKernelSession *) g_ptr_array_index (sessions, i))->kernel, kernel) == 0)
      return FALSE;

  return sessions != NULL;
}

/* A kernel that two notebooks share goes on with the other. */
static gboolean
leave_kernel (EngCall     *call,
              const char  *kernel,
              GError     **error)
{
  g_autoptr(GError) local_error = NULL;

  if (!is_left (call->engine, kernel) || eng_kernel_shutdown (call, kernel, &local_error) ||
      g_error_matches (local_error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/**
 * eng_kernel_session_change:
 * @call: who changes it
 * @session: the session with its new path, name and type
 * @kernel_id: (nullable): the kernel that it is to have instead
 * @kernel_name: (nullable): or the kernelspec of one that is started for it
 *
 * Writes what is new of a session. A kernel that nothing has any more then is shut down.
 */
gboolean
eng_kernel_session_change (EngCall           *call,
                           EngKernelSession  *session,
                           const char        *kernel_id,
                           const char        *kernel_name,
                           GError           **error)
{
  g_autofree char *before = g_strdup (session->kernel);
  char *kernel;

  if (kernel_id != NULL || kernel_name != NULL)
    {
      kernel = find_kernel (call, session, kernel_id, kernel_name, error);
      if (kernel == NULL)
        return FALSE;
      g_free (session->kernel);
      session->kernel = kernel;
    }
  if (!eng_kernel_session_put (call, session, error))
    return FALSE;

  return strcmp (session->kernel, before) == 0 || leave_kernel (call, before, error);
}

/**
 * eng_kernel_session_close:
 * @call: who closes it
 * @id: the session
 *
 * Closes the session and shuts its kernel down, unless another session has it too.
 */
gboolean
eng_kernel_session_close (EngCall     *call,
                          const char  *id,
                          GError     **error)
{
  g_autoptr(EngKernelSession) session = eng_kernel_session_load (call->engine, id, error);

  return session != NULL && eng_kernel_session_delete (call, id, error) &&
         leave_kernel (call, session->kernel, error);
}
