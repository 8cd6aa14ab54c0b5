/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "alg-kernel"

#include "config.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alg-kernel.h"
#include "krn-spec.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

/* How long a host may take until it listens; the kernel itself comes later. */
#define START_US (20 * G_USEC_PER_SEC)
#define POLL_US 2000

static gboolean
write_spec (SageKernelspec  *spec,
            const char      *directory,
            const char      *cwd,
            GError         **error)
{
  const char *const *words = sage_kernelspec_get_argv (spec);
  const char *mode =
    sage_kernelspec_get_interrupt_mode (spec) == SAGE_INTERRUPT_MESSAGE ? "message" : "signal";
  g_autofree char *path = g_build_filename (directory, KRN_SPEC_FILE, NULL);
  g_autoptr(JsonObject) object = json_object_new ();
  g_autoptr(JsonArray) argv = json_array_new ();
  g_autofree char *text = NULL;

  for (guint i = 0; words[i] != NULL; i++)
    json_array_add_string_element (argv, words[i]);
  json_object_set_string_member (object, "kernel_name", sage_kernelspec_get_name (spec));
  json_object_set_array_member (object, "argv", json_array_ref (argv));
  json_object_set_string_member (object, "cwd", cwd);
  json_object_set_string_member (object, "interrupt_mode", mode);
  if (sage_kernelspec_get_env (spec) != NULL)
    json_object_set_object_member (object, "env", json_object_ref (sage_kernelspec_get_env (spec)));
  text = sage_json_object_to_string (object);

  return sage_dir_make (directory, 0700, error)
         && g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, error);
}

/* Until it listens, or is no more. */
static gboolean
await (AlgKernel   *self,
       const char  *directory,
       GError     **error)
{
  gint64 deadline = g_get_monotonic_time () + START_US;

  while ((self->link = krn_link_open (directory, NULL)) == NULL)
    {
      if (waitpid (self->pid, NULL, WNOHANG) == self->pid)
        {
          self->pid = 0;
          return sage_throw (error, SAGE_ERROR_FAILED, "The kernel's host ended at its start");
        }
      if (g_get_monotonic_time () > deadline)
        return sage_throw (error, SAGE_ERROR_FAILED, "The kernel's host does not answer");
      g_usleep (POLL_US);
    }

  return TRUE;
}

/**
 * alg_kernel_start:
 * @spec: what to start
 * @directory: the host's own; its path should be short enough for sockets
 * @cwd: where the kernel works
 *
 * Starts a kernel in this very sandbox, by the program that we are.
 *
 * Returns: (transfer full): the kernel, which may still be starting
 */
AlgKernel *
alg_kernel_start (SageKernelspec  *spec,
                  const char      *directory,
                  const char      *cwd,
                  GError         **error)
{
  const char *argv[] = { "/proc/self/exe", "host", directory, NULL };
  g_autoptr(AlgKernel) self = g_new0 (AlgKernel, 1);

  self->session = g_uuid_string_random ();
  if (!write_spec (spec, directory, cwd, error)
      || !g_spawn_async (NULL, (char **) argv, NULL,
                         G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL,
                         &self->pid, error)
      || !await (self, directory, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * alg_kernel_stop:
 * @kernel: (transfer full): a kernel
 *
 * Ends it, and waits until it has.
 */
void
alg_kernel_stop (AlgKernel *kernel)
{
  g_clear_pointer (&kernel->link, krn_link_free);
  if (kernel->pid != 0)
    {
      kill (kernel->pid, SIGTERM);
      while (waitpid (kernel->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    }
  g_free (kernel->session);
  g_free (kernel);
}
