/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-kernels"

#include "config.h"

#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include "eng-kernel-environment.h"
#include "eng-kernel-host.h"
#include "eng-kernel-specs.h"
#include "eng-kernels-private.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

/* How long an engine may take from its first reply to its last word on being ready. */
#define READY_SECONDS 5

/* What a kernel gets to do what it is asked before something stronger is done. */
#define INTERRUPT_MS 10000
#define RESTART_MS 60000
#define SHUTDOWN_MS 10000

#define HELD_MS 10000

/* Returns: (transfer full): the environment for a host, known as soon as the engine is ready */
static char **
await_environment (EngKernels  *self,
                   GError     **error)
{
  gint64 deadline = g_get_monotonic_time () + READY_SECONDS * G_USEC_PER_SEC;
  g_autoptr(JsonObject) ready = NULL;

  g_mutex_lock (&self->lock);
  while (self->ready == NULL && g_cond_wait_until (&self->changed, &self->lock, deadline))
    continue;
  if (self->ready != NULL)
    ready = json_object_ref (self->ready);
  g_mutex_unlock (&self->lock);
  if (ready != NULL)
    return eng_kernel_environment_base (self->engine, ready);
  sage_throw (error, SAGE_ERROR_BUSY, "The engine is still starting");

  return NULL;
}

/* A notebook's folder, or the nearest one above it that is there; other paths begin at home. */
static char *
find_directory (const char *path,
                JsonObject *environment)
{
  const char *asked = sage_json_string (environment, "KERNEL_WORKING_DIR", NULL);
  g_autofree char *at = NULL;

  if (asked != NULL && g_path_is_absolute (asked) && g_file_test (asked, G_FILE_TEST_IS_DIR))
    return g_canonicalize_filename (asked, NULL);

  at = g_canonicalize_filename (path != NULL ? path : ".", g_get_home_dir ());
  while (!g_file_test (at, G_FILE_TEST_IS_DIR))
    {
      char *parent = g_path_get_dirname (at);

      g_free (at);
      at = parent;
    }

  return g_steal_pointer (&at);
}

/* What is started, from the moment that it is known where and for whom. */
typedef struct
{
  SageKernelspec *spec;        /* (owned) */
  char          **base;        /* (owned): the environment of its host */
  JsonObject     *own;         /* (owned): what it has beside that */
  const char     *directory;
} Starting;

static void
starting_clear (Starting *starting)
{
  g_clear_object (&starting->spec);
  g_strfreev (starting->base);
  g_clear_pointer (&starting->own, json_object_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Starting, starting_clear)

static gboolean
prepare (EngKernels      *self,
         const char      *id,
         const Starting  *starting,
         GError         **error)
{
  /* the connection file's name is the host's to fill in */
  g_auto(GStrv) argv = sage_kernelspec_expand_argv (starting->spec, "{connection_file}");
  EngKernelStart start = {
    .name = sage_kernelspec_get_name (starting->spec),
    .argv = (const char * const *) argv,
    .environment = starting->own,
    .directory = starting->directory,
    .interrupt_mode = sage_kernelspec_get_interrupt_mode (starting->spec) == SAGE_INTERRUPT_MESSAGE
                        ? "message" : "signal",
  };

  return eng_kernel_host_prepare (self->engine, id, &start, error);
}

static gboolean
launch (EngKernels  *self,
        const char  *id,
        char       **base,
        GError     **error)
{
  return eng_kernel_host_launch (self->engine, id, (const char * const *) base, NULL, error) &&
         eng_kernel_adopt (self, id, error);
}

static void
forget (EngKernels *self,
        const char *id)
{
  g_autofree char *directory = eng_kernel_host_directory (self->engine, id);
  g_autoptr(GError) error = NULL;

  g_mutex_lock (&self->lock);
  g_hash_table_remove (self->live, id);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  if (!sage_dir_remove (directory, &error))
    g_warning ("The directory of kernel %s stays: %s", id, error->message);
}

/* Returns: (transfer full) (nullable): id of a kernel that waited, and is now what is to be started */
static char *
take_standby (EngKernels      *self,
              const Starting  *starting)
{
  g_autoptr(EngKernelTaken) taken = eng_kernel_standby_take (self, starting->spec, starting->base);
  g_autoptr(GError) error = NULL;

  if (taken == NULL)
    return NULL;
  if (prepare (self, taken->id, starting, &error) &&
      eng_kernel_standby_begin (self, taken, starting->directory, starting->own, &error))
    return g_steal_pointer (&taken->id);
  g_info ("The kernel that stood by is left: %s", error->message);
  eng_kernel_standby_refuse (self, taken);

  return NULL;
}

/* It gets its row when it is on its way, or was handed over: an engine that ends in between leaves a
 * directory without a row, which the next one clears away, and the kernel need not wait for the disk. */
static gboolean
start (EngCall         *call,
       const char      *id,
       gboolean         waited,
       const Starting  *starting,
       GError         **error)
{
  EngKernels *self = call->engine->kernels;
  EngKernelRow row = { .id = (char *) id, .name = (char *) sage_kernelspec_get_name (starting->spec),
                       .directory = (char *) starting->directory,
                       .state = (char *) ENG_KERNEL_STARTING };
  g_autoptr(GError) local_error = NULL;

  g_mutex_lock (&self->lock);
  eng_kernels_enter (self, id, ENG_KERNEL_STARTING)->busy = TRUE;
  g_mutex_unlock (&self->lock);

  if (!(waited ? eng_kernel_adopt (self, id, &local_error)
               : prepare (self, id, starting, &local_error) && launch (self, id, starting->base, &local_error)))
    {
      forget (self, id);
      return sage_throw (error, SAGE_ERROR_FAILED, "The '%s' kernel could not be started: %s", row.name,
                         local_error->message);
    }
  if (!eng_kernel_row_insert (call, &row, error))
    {
      eng_kernel_end_host (self, id);
      forget (self, id);
      return FALSE;
    }
  eng_kernel_release (self, id);

  return TRUE;
}

/**
 * eng_kernel_start:
 * @call: who starts it
 * @request: what is to be started
 *
 * Starts a kernel, or hands over one that stands by. Blocks until its host answers; a kernel that did
 * not stand by is ready some time later.
 *
 * Returns: (transfer full): its id; else %SAGE_ERROR_NOT_FOUND where there is no such kernelspec, or
 *   why it could not be started
 */
char *
eng_kernel_start (EngCall                 *call,
                  const EngKernelRequest  *request,
                  GError                 **error)
{
  EngKernels *self = call->engine->kernels;
  g_autofree char *id = NULL;
  g_autofree char *directory = find_directory (request->path, request->environment);
  g_auto(Starting) starting = { .directory = directory };
  gboolean waited;

  starting.spec = eng_kernel_specs_find (call->engine, directory, request->name, error);
  starting.base = starting.spec != NULL ? await_environment (self, error) : NULL;
  if (starting.base == NULL)
    return NULL;

  starting.own = eng_kernel_environment_own (starting.base, sage_kernelspec_get_env (starting.spec),
                                             request->environment, request->session_path);
  id = take_standby (self, &starting);
  waited = id != NULL;
  if (!waited)
    id = g_uuid_string_random ();
  if (!start (call, id, waited, &starting, error))
    return NULL;
  eng_kernel_standby_want (self, starting.spec, starting.base);

  return g_steal_pointer (&id);
}

/* A kernel that is on its way does nothing yet that could be interrupted. */
static gboolean
is_starting (EngEngine  *engine,
             const char *id)
{
  g_autoptr(JsonObject) status = eng_kernel_host_status (engine, id, NULL);
  const char *state = sage_json_string (status, "state", "starting");

  return strcmp (state, "starting") == 0 || strcmp (state, "restarting") == 0;
}

/**
 * eng_kernel_interrupt:
 * @call: who interrupts it
 * @id: the kernel
 *
 * Interrupts what the kernel does, if it does anything.
 */
gboolean
eng_kernel_interrupt (EngCall     *call,
                      const char  *id,
                      GError     **error)
{
  g_autoptr(EngKernelRow) row = eng_kernel_row_load (call->engine, id, error);
  g_autoptr(JsonObject) answer = NULL;
  g_autoptr(GError) local_error = NULL;

  if (row == NULL)
    return FALSE;

  /* its host knows best: what was written of it is older, and may say that it starts while it runs */
  answer = eng_kernel_host_tell (call->engine, id, "interrupt", INTERRUPT_MS, &local_error);
  if (answer != NULL || (strcmp (row->state, ENG_KERNEL_DEAD) != 0 && is_starting (call->engine, id)))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/* One that had ended is on its way again; whoever asks meanwhile is to be told so. */
static gboolean
tell_starting (EngKernels  *self,
               const char  *id,
               GError     **error)
{
  EngKernelLive *live;
  gboolean was_dead;

  g_mutex_lock (&self->lock);
  live = g_hash_table_lookup (self->live, id);
  was_dead = live != NULL && strcmp (live->told, ENG_KERNEL_DEAD) == 0;
  if (was_dead)
    g_set_str (&live->told, ENG_KERNEL_STARTING);
  g_mutex_unlock (&self->lock);

  return !was_dead || eng_kernel_row_tell (self->engine, id, ENG_KERNEL_STARTING, NULL, error);
}

/* TRUE if the kernel's host is there, or a new one is: the last one ended with its kernel. */
static gboolean
restart_host (EngKernels  *self,
              const char  *id,
              GError     **error)
{
  g_autofd int connection = eng_kernel_host_connect (self->engine, id, NULL);
  g_auto(GStrv) base = connection < 0 ? await_environment (self, error) : NULL;
  g_autoptr(JsonObject) answer = NULL;

  if (connection < 0)
    return base != NULL && launch (self, id, base, error);
  answer = eng_kernel_host_tell (self->engine, id, "restart", RESTART_MS, error);

  return answer != NULL;
}

/**
 * eng_kernel_restart:
 * @call: who restarts it
 * @id: the kernel; it may have ended
 *
 * Begins the kernel anew, under the same id and with the same journal. Blocks until it does.
 */
gboolean
eng_kernel_restart (EngCall     *call,
                    const char  *id,
                    GError     **error)
{
  EngKernels *self = call->engine->kernels;
  gboolean ok;

  if (!eng_kernel_claim (self, id, error))
    return FALSE;
  ok = eng_kernel_row_event (call->engine, call, id, ENG_KERNEL_RESTARTING, error) &&
       restart_host (self, id, error) && tell_starting (self, id, error);
  eng_kernel_release (self, id);

  return ok;
}

/* Ends the host in time by itself and then by force. @request is what it is asked; returns FALSE if
 * there is none, or it may refuse and does not consent. */
static gboolean
end_host (EngKernels *self,
          const char *id,
          JsonObject *request,
          gboolean    may_refuse)
{
  g_autofd int connection = eng_kernel_host_connect (self->engine, id, NULL);
  g_autofd int host = connection >= 0 ? eng_kernel_host_hold (connection) : -1;
  g_autoptr(JsonObject) answer = NULL;
  g_autoptr(GError) error = NULL;
  struct pollfd ended = { host, POLLIN, 0 };

  if (host < 0)
    return FALSE;
  answer = eng_kernel_host_call (self->engine, id, request, SHUTDOWN_MS, &error);
  if (may_refuse && answer == NULL)
    return FALSE; /* no word is no consent: somebody may have just begun to use it */
  if (answer != NULL && poll (&ended, 1, SHUTDOWN_MS) > 0)
    return TRUE;

  g_warning ("The host of kernel %s does not end and is killed", id);
  pidfd_send_signal (host, SIGKILL, NULL, 0);
  poll (&ended, 1, SHUTDOWN_MS);

  return TRUE;
}

/**
 * eng_kernel_end_host:
 * @self: the kernels
 * @id: a kernel that the caller has claimed, or that no engine knows
 *
 * Ends the kernel and its host, in time by itself and then by force.
 */
void
eng_kernel_end_host (EngKernels *self,
                     const char *id)
{
  g_autoptr(JsonObject) request = json_object_new ();

  json_object_set_string_member (request, "op", "shutdown");
  end_host (self, id, request, FALSE);
}

/**
 * eng_kernel_retire_host:
 * @self: the kernels
 * @id: a kernel that the caller has claimed
 * @activity: when the kernel last did something, as its host told
 *
 * As eng_kernel_end_host(), unless the kernel has done something since then.
 *
 * Returns: whether it has ended
 */
gboolean
eng_kernel_retire_host (EngKernels *self,
                        const char *id,
                        const char *activity)
{
  g_autoptr(JsonObject) request = json_object_new ();

  json_object_set_string_member (request, "op", "retire");
  json_object_set_string_member (request, "activity", activity);

  return end_host (self, id, request, TRUE);
}

/**
 * eng_kernel_shutdown:
 * @call: who shuts it down
 * @id: the kernel; it may have ended
 *
 * Ends the kernel and forgets it and its journal. Blocks until it has ended.
 */
gboolean
eng_kernel_shutdown (EngCall     *call,
                     const char  *id,
                     GError     **error)
{
  EngKernels *self = call->engine->kernels;

  if (!eng_kernel_claim (self, id, error))
    return FALSE;
  eng_kernel_end_host (self, id);
  if (!eng_kernel_row_delete (call->engine, call, id, error))
    {
      eng_kernel_release (self, id);
      return FALSE;
    }
  forget (self, id);

  return TRUE;
}

/**
 * eng_kernel_hold_journal:
 * @call: who holds it
 * @id: the kernel
 * @seq: number of a message
 *
 * Tells that a saved notebook holds all that the kernel has said up to @seq: its journal need not
 * keep that.
 */
gboolean
eng_kernel_hold_journal (EngCall     *call,
                         const char  *id,
                         gint64       seq,
                         GError     **error)
{
  g_autoptr(EngKernelRow) row = eng_kernel_row_load (call->engine, id, error);
  g_autoptr(JsonObject) request = json_object_new ();
  g_autoptr(JsonObject) answer = NULL;

  if (row == NULL)
    return FALSE;
  json_object_set_string_member (request, "op", "held");
  json_object_set_int_member (request, "seq", seq);
  answer = eng_kernel_host_call (call->engine, id, request, HELD_MS, error);

  return answer != NULL;
}
