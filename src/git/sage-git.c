/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-git"

#include "config.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-git.h"

#define MAX_OUTPUT (256 * 1024 * 1024) /* bytes: a notebook's share, and more than any status */
#define MAX_MESSAGE 4096               /* of what git says when it fails */
#define MAX_SECONDS 60                 /* a pipe with the name of a file git reads would block it for ever */
#define CHUNK (64 * 1024)

/* One run of git. Owned by its task. */
typedef struct
{
  GSubprocess *process; /* (owned) */
  GByteArray  *output;  /* (owned) */
  int          errors;  /* a file in memory, of what git says */
  guint        timeout; /* source */
  gboolean     is_late;
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  if (run->process != NULL)
    g_subprocess_force_exit (run->process);
  g_clear_object (&run->process);
  g_clear_pointer (&run->output, g_byte_array_unref);
  g_clear_handle_id (&run->timeout, g_source_remove);
  if (run->errors >= 0)
    close (run->errors);
  g_free (run);
}

/* --- What git is told ------------------------------------------------------------------------- */

/* Every setting that makes git run a program when it reads. Filters have names of the repository's: see
 * sage-git-status.c. */
static const char * const safe_settings[] = {
  "core.fsmonitor", "false",
  "core.hooksPath", "/dev/null",
  "core.pager", "cat",
  "core.editor", "false",
  "core.sshCommand", "false",
  "core.askPass", "",
  "credential.helper", "",
  "log.showSignature", "false",
  "safe.bareRepository", "explicit",
  NULL,
};

static void
add_settings (GSubprocessLauncher *launcher,
              const char * const  *settings,
              guint               *n)
{
  for (; settings != NULL && settings[0] != NULL; settings += 2, (*n)++)
    {
      g_autofree char *key = g_strdup_printf ("GIT_CONFIG_KEY_%u", *n);
      g_autofree char *value = g_strdup_printf ("GIT_CONFIG_VALUE_%u", *n);

      g_subprocess_launcher_setenv (launcher, key, settings[0], TRUE);
      g_subprocess_launcher_setenv (launcher, value, settings[1], TRUE);
    }
}

/* Without what would lead git to another repository, if Sagebrush was itself started by git. */
static void
set_environment (GSubprocessLauncher *launcher,
                 const char * const  *settings)
{
  g_auto(GStrv) environment = g_get_environ ();
  g_autofree char *count = NULL;
  guint n = 0;

  for (char **variable = environment; *variable != NULL; variable++)
    if (g_str_has_prefix (*variable, "GIT_"))
      {
        g_autofree char *name = g_strndup (*variable, strcspn (*variable, "="));

        g_subprocess_launcher_unsetenv (launcher, name);
      }

  add_settings (launcher, safe_settings, &n);
  add_settings (launcher, settings, &n);
  count = g_strdup_printf ("%u", n);
  g_subprocess_launcher_setenv (launcher, "GIT_CONFIG_COUNT", count, TRUE);
  g_subprocess_launcher_setenv (launcher, "GIT_OPTIONAL_LOCKS", "0", TRUE);
  g_subprocess_launcher_setenv (launcher, "GIT_TERMINAL_PROMPT", "0", TRUE);
  g_subprocess_launcher_setenv (launcher, "GIT_ALLOW_PROTOCOL", "", TRUE);
  g_subprocess_launcher_setenv (launcher, "GIT_NO_LAZY_FETCH", "1", TRUE);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C", TRUE);
}

/* --- What it answers -------------------------------------------------------------------------- */

/* Returns: (transfer full): the first line of what git said, without its "fatal: " */
static char *
read_message (Run *run)
{
  char text[MAX_MESSAGE + 1];
  gssize length = pread (run->errors, text, MAX_MESSAGE, 0);
  const char *start = text;

  text[MAX (length, 0)] = '\0';
  if (g_str_has_prefix (start, "fatal: "))
    start += strlen ("fatal: ");
  if (*start == '\0')
    start = "git failed and did not say why";
  {
    g_autofree char *line = g_strndup (start, strcspn (start, "\n"));

    return g_utf8_make_valid (line, -1);
  }
}

static void
exited_cb (GObject      *object,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  g_clear_handle_id (&run->timeout, g_source_remove);
  if (g_subprocess_wait_check_finish (G_SUBPROCESS (object), result, &error))
    g_task_return_pointer (task, g_byte_array_free_to_bytes (g_steal_pointer (&run->output)),
                           (GDestroyNotify) g_bytes_unref);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (run->is_late)
    g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_BUSY, "git did not end within %d seconds",
                             MAX_SECONDS);
  else
    {
      g_autofree char *message = read_message (run);

      g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_FAILED, "%s", message);
    }
}

static void
read_cb (GObject      *object,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (object), result, &error);
  gsize length;
  const void *data;

  if (bytes == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  data = g_bytes_get_data (bytes, &length);
  if (length > MAX_OUTPUT - run->output->len)
    {
      g_task_return_new_error (task, SAGE_ERROR, SAGE_ERROR_TOO_LARGE, "git gave more than %d bytes",
                               MAX_OUTPUT);
      return;
    }
  if (length > 0)
    {
      g_byte_array_append (run->output, data, (guint) length);
      g_input_stream_read_bytes_async (G_INPUT_STREAM (object), CHUNK, G_PRIORITY_DEFAULT,
                                       g_task_get_cancellable (task), read_cb, g_object_ref (task));
      return;
    }

  g_subprocess_wait_check_async (run->process, g_task_get_cancellable (task), exited_cb,
                                 g_object_ref (task));
}

static void
late_cb (gpointer user_data)
{
  Run *run = user_data;

  run->timeout = 0;
  run->is_late = TRUE;
  g_subprocess_force_exit (run->process);
}

/* Starts git on @folder; its errors go to a file in memory, which blocks nobody. */
static gboolean
start (Run                 *run,
       GFile               *folder,
       const char * const  *arguments,
       const char * const  *settings,
       GError             **error)
{
  g_autoptr(GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *program = g_find_program_in_path ("git");
  g_auto(GStrv) argv = NULL;

  if (program == NULL)
    return sage_throw (error, SAGE_ERROR_UNSUPPORTED, "git is not installed");
  if (g_file_peek_path (folder) == NULL)
    return sage_throw (error, SAGE_ERROR_UNSUPPORTED, "The folder is not on this machine");

  g_strv_builder_add_many (builder, program, "--literal-pathspecs", "-C", g_file_peek_path (folder), NULL);
  g_strv_builder_addv (builder, (const char **) arguments);
  argv = g_strv_builder_end (builder);

  run->errors = memfd_create ("sage-git", MFD_CLOEXEC);
  if (run->errors < 0)
    return sage_throw_errno (error, "Cannot make a file in memory");
  g_subprocess_launcher_take_stderr_fd (launcher, dup (run->errors));
  set_environment (launcher, settings);
  run->process = g_subprocess_launcher_spawnv (launcher, (const char * const *) argv, error);

  return run->process != NULL;
}

/**
 * sage_git_run_async:
 * @folder: where
 * @arguments: (array zero-terminated=1): git's command and what goes with it
 * @settings: (nullable) (array zero-terminated=1): names and values of settings for this run
 * @cancellable: (nullable): ends git
 *
 * Runs git.
 */
void
sage_git_run_async (GFile               *folder,
                    const char * const  *arguments,
                    const char * const  *settings,
                    GCancellable        *cancellable,
                    GAsyncReadyCallback  callback,
                    gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr(GError) error = NULL;
  Run *run = g_new0 (Run, 1);

  g_return_if_fail (G_IS_FILE (folder));
  g_return_if_fail (arguments != NULL);

  run->errors = -1;
  run->output = g_byte_array_new ();
  g_task_set_source_tag (task, sage_git_run_async);
  g_task_set_task_data (task, run, run_free);
  if (!start (run, folder, arguments, settings, &error))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  run->timeout = g_timeout_add_seconds_once (MAX_SECONDS, late_cb, run);
  g_input_stream_read_bytes_async (g_subprocess_get_stdout_pipe (run->process), CHUNK,
                                   G_PRIORITY_DEFAULT, cancellable, read_cb, g_object_ref (task));
}

/**
 * sage_git_run_finish:
 *
 * Returns: (transfer full): what git wrote, or %NULL: %SAGE_ERROR_UNSUPPORTED where there is no git,
 *   %SAGE_ERROR_FAILED with what git says, %SAGE_ERROR_BUSY where it does not end
 */
GBytes *
sage_git_run_finish (GAsyncResult  *result,
                     GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
