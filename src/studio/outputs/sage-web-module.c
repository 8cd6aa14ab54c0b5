/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-web-module"

#include "config.h"

#include <gio/gio.h>
#include <gmodule.h>

#include "sage-error.h"
#include "sage-web-module.h"

#define MODULE_NAME "libsage-web.so"

/* Beside the engine's programs where they are installed; in a build, where it was built. */
static char *
find_module (void)
{
  const char *given = g_getenv ("SAGEBRUSH_WEB_MODULE");
  g_autofree char *self = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = self != NULL ? g_path_get_dirname (self) : NULL;
  g_autofree char *built = NULL;

  if (given != NULL)
    return g_strdup (given);
  if (folder != NULL)
    {
      built = g_build_filename (folder, "..", "studio", "outputs", "web", MODULE_NAME, NULL);
      if (g_file_test (built, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&built);
    }

  return g_build_filename (SAGEBRUSH_LIBEXECDIR, MODULE_NAME, NULL);
}

/**
 * sage_web_module_load:
 * @error: return location
 *
 * Loads what shows HTML, once.
 *
 * Returns: (transfer none): it, or %NULL with %SAGE_ERROR_NOT_FOUND
 */
const SageWebModule *
sage_web_module_load (GError **error)
{
  static const SageWebModule *loaded;
  g_autofree char *path = NULL;
  GModule *module;
  gpointer symbol;

  if (loaded != NULL)
    return loaded;

  path = find_module ();
  module = g_module_open (path, G_MODULE_BIND_LOCAL | G_MODULE_BIND_LAZY);
  if (module == NULL || !g_module_symbol (module, SAGE_WEB_MODULE_SYMBOL, &symbol))
    {
      sage_throw (error, SAGE_ERROR_NOT_FOUND, "Cannot load '%s': %s", path, g_module_error ());
      g_clear_pointer (&module, g_module_close);
      return NULL;
    }
  g_module_make_resident (module);
  loaded = symbol;

  return loaded;
}

/* --- The sandbox ----------------------------------------------------------------------------- */

static gboolean checked;
static GError *fault; /* (owned) (nullable): of the check */

static void
waited_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autofree char *complaint = NULL;

  checked = TRUE;
  if (fault == NULL &&
      g_subprocess_communicate_utf8_finish (G_SUBPROCESS (object), result, NULL, &complaint, &fault) &&
      !g_subprocess_get_successful (G_SUBPROCESS (object)))
    fault = g_error_new (SAGE_ERROR, SAGE_ERROR_UNSUPPORTED, "No sandbox: %.300s",
                         complaint != NULL ? complaint : "bubblewrap failed");
  if (fault != NULL)
    g_task_return_error (task, g_error_copy (fault));
  else
    g_task_return_boolean (task, TRUE);
}

/**
 * sage_web_check_async:
 *
 * Finds out, once, whether a browser's process can be shut in as it must be. Where it cannot, WebKit
 * would end the whole program; and it is never run without.
 */
void
sage_web_check_async (GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, NULL, callback, user_data);
  g_autofree char *proxy = g_find_program_in_path ("xdg-dbus-proxy");
  g_autofree char *bwrap = g_find_program_in_path ("bwrap");
  GSubprocess *process;

  g_task_set_source_tag (task, sage_web_check_async);
  if (!checked && g_getenv ("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS") != NULL)
    fault = g_error_new (SAGE_ERROR, SAGE_ERROR_UNSUPPORTED, "The environment switches the sandbox off");
  else if (!checked && g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS))
    checked = TRUE; /* Flatpak makes the sandboxes */
  else if (!checked && (proxy == NULL || bwrap == NULL))
    fault = g_error_new (SAGE_ERROR, SAGE_ERROR_UNSUPPORTED, "No sandbox: %s is not installed",
                         bwrap == NULL ? "bubblewrap" : "xdg-dbus-proxy");
  if (fault != NULL)
    {
      checked = TRUE;
      g_task_return_error (task, g_error_copy (fault));
      return;
    }
  if (checked)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDERR_PIPE, &fault, bwrap, "--ro-bind", "/", "/",
                              "--proc", "/proc", "--dev", "/dev", "--unshare-pid", "--unshare-uts",
                              "--unshare-net", "--", "true", NULL);
  if (process == NULL)
    {
      checked = TRUE;
      g_task_return_error (task, g_error_copy (fault));
      return;
    }
  g_subprocess_communicate_utf8_async (process, NULL, NULL, waited_cb, g_steal_pointer (&task));
  g_object_unref (process);
}

/**
 * sage_web_check_finish:
 *
 * Returns: whether it can; else %FALSE with %SAGE_ERROR_UNSUPPORTED, whose message says why
 */
gboolean
sage_web_check_finish (GAsyncResult  *result,
                       GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
