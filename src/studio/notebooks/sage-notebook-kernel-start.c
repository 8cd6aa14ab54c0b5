/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-notebook-kernel"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-json.h"
#include "sage-notebook-kernel-private.h"
#include "sage-session-moves.h"

/*
 * To a kernel in three steps: the session of the file, if the engine has one; else the kernels that
 * can be started; else a session with a new kernel. When nothing is to be run yet, only the first.
 */

static void
fail_start (SageNotebookKernel *self,
            const GError       *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  self->starting = FALSE;
  self->wants_session = FALSE;
  for (guint i = 0; i < self->waiting->len; i++)
    sage_cell_set_state (self->waiting->pdata[i], SAGE_CELL_CANCELLED);
  if (self->waiting->len > 0)
    sage_notebook_kernel_tell (self, _("The kernel could not be started"), error);
  g_ptr_array_set_size (self->waiting, 0);
  sage_notebook_kernel_update (self);
}

/* --- The kernel is known ---------------------------------------------------------------------- */

static void
connect_kernel (SageNotebookKernel *self,
                const char         *kernel_id,
                gint64              after)
{
  g_autoptr(SageKernelClient) client = sage_kernel_client_new (self->server, kernel_id, after);
  g_autoptr(GPtrArray) cells = NULL;

  self->starting = FALSE;
  sage_notebook_kernel_set_client (self, client);
  sage_kernel_client_open (client);

  cells = g_steal_pointer (&self->waiting);
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  sage_notebook_kernel_send (self, cells);
  sage_notebook_kernel_update (self);
  sage_notebook_kernel_load_facts (self);
}

/* The file holds what came before it was saved last; the journal has the rest. */
static void
found_facts_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageNotebookKernel *self = g_task_get_source_object (task);
  const char *kernel_id = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(JsonObject) facts = NULL;

  facts = sage_jupyter_server_get_facts_finish (SAGE_JUPYTER_SERVER (object), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (facts == NULL)
    g_debug ("%s", error->message); /* not our engine: it keeps no journal */

  connect_kernel (self, kernel_id, facts != NULL ? sage_json_int (facts, "held", 0) : 0);
  sage_notebook_kernel_ask_widgets (self);
}

static void
take_session (SageNotebookKernel      *self,
              const SageServerSession *session,
              gboolean                 is_new)
{
  GTask *task;

  g_set_str (&self->session_id, session->id);
  g_set_str (&self->spec, session->kernel->name);
  if (is_new)
    {
      g_autofree char *path = g_file_get_path (sage_notebook_document_get_run_file (self->document));

      if (g_strcmp0 (session->path, path) != 0) /* it was moved in the meantime */
        sage_notebook_kernel_follow_file (self);
      connect_kernel (self, session->kernel->id, 0);
      return;
    }

  task = g_task_new (self, self->cancellable, NULL, NULL);
  g_task_set_task_data (task, g_strdup (session->kernel->id), g_free);
  sage_jupyter_server_get_facts_async (self->server, session->kernel->id, self->cancellable,
                                       found_facts_cb, task);
}

/* --- A new one -------------------------------------------------------------------------------- */

static void
created_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(SageNotebookKernel) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(SageServerSession) session = NULL;

  session = sage_jupyter_server_create_session_finish (SAGE_JUPYTER_SERVER (object), result, &error);
  self->creating = FALSE;
  if (session == NULL)
    fail_start (self, error);
  else if (session->kernel != NULL)
    take_session (self, session, TRUE);
}

/* The kernel that the notebook names, or the one for its language, or the default. */
const SageServerSpec *
sage_notebook_kernel_choose_spec (SageNotebookKernel *self)
{
  SageNotebook *notebook = sage_notebook_document_get_notebook (self->document);
  const char *wanted = self->spec != NULL ? self->spec : sage_notebook_get_kernel_name (notebook);
  const char *language = sage_notebook_get_language (notebook);
  const SageServerSpec *chosen = NULL;

  for (guint i = 0; i < self->specs->len; i++)
    {
      const SageServerSpec *spec = self->specs->pdata[i];

      if (g_strcmp0 (spec->name, wanted) == 0)
        return spec;
      if (language != NULL && chosen == NULL && g_ascii_strcasecmp (spec->language, language) == 0)
        chosen = spec;
    }
  for (guint i = 0; i < self->specs->len && chosen == NULL; i++)
    if (((const SageServerSpec *) self->specs->pdata[i])->is_default)
      chosen = self->specs->pdata[i];

  return chosen != NULL || self->specs->len == 0 ? chosen : self->specs->pdata[0];
}

static void
create_session (SageNotebookKernel *self)
{
  SageNotebook *notebook = sage_notebook_document_get_notebook (self->document);
  g_autofree char *path = g_file_get_path (sage_notebook_document_get_run_file (self->document));
  const SageServerSpec *spec = sage_notebook_kernel_choose_spec (self);

  if (spec == NULL || path == NULL)
    {
      g_autoptr(GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                                                     "The engine has no kernel to start");

      fail_start (self, error);
      return;
    }

  if (sage_notebook_get_kernel_name (notebook) == NULL
      || (self->spec != NULL && strcmp (self->spec, spec->name) == 0
          && g_strcmp0 (sage_notebook_get_kernel_name (notebook), spec->name) != 0))
    sage_notebook_set_kernelspec (notebook, spec->name, spec->display_name, spec->language);
  g_set_str (&self->spec, spec->name);
  self->creating = TRUE;
  self->wants_session = FALSE;
  sage_jupyter_server_create_session_async (self->server, path, spec->name, NULL, self->cancellable,
                                            created_cb, g_object_ref (self));
}

static void
specs_cb (GObject      *object,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(SageNotebookKernel) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) specs = NULL;

  specs = sage_jupyter_server_list_specs_finish (SAGE_JUPYTER_SERVER (object), result, &error);
  if (specs == NULL)
    {
      if (self->wants_session)
        fail_start (self, error);
      return;
    }

  g_clear_pointer (&self->specs, g_ptr_array_unref);
  self->specs = g_steal_pointer (&specs);
  if (self->wants_session && !self->creating) /* it may have been asked twice, or for another reason */
    create_session (self);
  g_object_notify (G_OBJECT (self), "name");
}

/**
 * sage_notebook_kernel_load_specs:
 * @self: a kernel
 *
 * Asks the engine which kernels it can start; "name" is notified when that is known.
 */
void
sage_notebook_kernel_load_specs (SageNotebookKernel *self)
{
  const char *path;
  g_autofree char *folder = NULL;

  g_return_if_fail (SAGE_IS_NOTEBOOK_KERNEL (self));

  path = g_file_peek_path (sage_notebook_document_get_run_file (self->document));
  folder = path != NULL ? g_path_get_dirname (path) : NULL;
  if (sage_notebook_kernel_ensure_server (self) != NULL)
    sage_jupyter_server_list_specs_async (self->server, folder, self->cancellable, specs_cb,
                                          g_object_ref (self));
}

/* --- The one that runs ------------------------------------------------------------------------ */

static void
sessions_cb (GObject      *object,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(SageNotebookKernel) self = user_data;
  SageSessionMoves *moves;
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) sessions = NULL;

  sessions = sage_jupyter_server_list_sessions_finish (SAGE_JUPYTER_SERVER (object), result, &error);
  if (sessions == NULL)
    {
      fail_start (self, error);
      return;
    }

  moves = sage_session_moves_for (sage_notebook_document_get_connection (self->document));
  path = g_file_get_path (sage_notebook_document_get_run_file (self->document));
  for (guint i = 0; i < sessions->len; i++)
    {
      const SageServerSession *session = sessions->pdata[i];
      g_autofree char *now = sage_session_moves_follow_path (moves, session->path);

      if (g_strcmp0 (now, path) == 0 && session->kernel != NULL)
        {
          take_session (self, session, FALSE);
          return;
        }
    }

  if (self->waiting->len == 0)
    {
      self->starting = FALSE;
      sage_notebook_kernel_update (self);
    }
  else if (self->specs != NULL)
    create_session (self);
  else
    {
      self->wants_session = TRUE;
      sage_notebook_kernel_load_specs (self);
    }
}

/* Looks for the kernel of the file; starts one if cells wait for it. */
void
sage_notebook_kernel_start (SageNotebookKernel *self)
{
  if (self->starting || self->client != NULL)
    return;
  if (sage_notebook_kernel_ensure_server (self) == NULL)
    {
      g_autoptr(GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED,
                                                     "The engine is away");

      fail_start (self, error);
      return;
    }

  self->starting = TRUE;
  sage_notebook_kernel_update (self);
  sage_jupyter_server_list_sessions_async (self->server, self->cancellable, sessions_cb,
                                           g_object_ref (self));
}
