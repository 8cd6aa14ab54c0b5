/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-kernel-standby"

#include "config.h"

#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>

#include "eng-kernel-environment.h"
#include "eng-kernel-host.h"
#include "eng-kernel-standby.h"
#include "eng-kernels-private.h"
#include "sage-digest.h"
#include "sage-file.h"
#include "sage-json.h"

/*
 * A Python with its libraries takes half a second until it answers. So once a kernel has been asked
 * for, another of the same kind is started and waits for the next who asks: it has no row, so that
 * nobody sees it, and takes none of what is counted. There is never more than one. It ends when
 * nobody wanted it for so long, when memory is short, and with this engine (its host sees to that).
 *
 * Handed over, it gets the folder and the variables of who asked, by code of ours that it runs unseen
 * (begin.py), and refuses where one that starts now would not be the same.
 */

/* Whoever asked for a kernel has the processors to himself first. */
#define DELAY_US (2 * G_USEC_PER_SEC)

#define LOOK_MS 5000

/* A kernel that waits does so at once. */
#define BEGIN_MS 3000

#define END_MS 5000

/* The share of the memory that has to be left for others. */
#define FREE_SHARE 8

/* So often in a row one was started for nothing: something here does not let kernels be handed over. */
#define MAX_REFUSALS 3

#define PROGRAM "begin.py"
#define MAX_PROGRAM (64 * 1024)

/* What a kernel is started from, whoever it is for. */
typedef struct
{
  char           *key;         /* (owned): tells it from all that are not the same */
  SageKernelspec *spec;        /* (owned) */
  char          **base;        /* (owned) */
} Kind;

struct _EngKernelStandby
{
  Kind    *wanted;  /* (owned) (nullable): to be started */
  gint64   due;     /* monotonic: when */

  char    *id;      /* (owned) (nullable): of the one that waits */
  char    *key;     /* (owned) (nullable): its kind's */
  int      held;    /* (owned): the host ends when this is closed, and this tells when it has ended */
  gint64   since;   /* microseconds since the epoch: when it was started */

  guint    refusals; /* one after the other */
};

static void
kind_free (Kind *kind)
{
  g_free (kind->key);
  g_clear_object (&kind->spec);
  g_strfreev (kind->base);
  g_free (kind);
}

/**
 * eng_kernel_standby_new:
 *
 * Returns: (transfer full): none waits
 */
EngKernelStandby *
eng_kernel_standby_new (void)
{
  EngKernelStandby *standby = g_new0 (EngKernelStandby, 1);

  standby->held = -1;

  return standby;
}

/**
 * eng_kernel_standby_free:
 * @standby: what waits; its host ends it
 */
void
eng_kernel_standby_free (EngKernelStandby *standby)
{
  g_clear_pointer (&standby->wanted, kind_free);
  g_clear_fd (&standby->held, NULL);
  g_free (standby->id);
  g_free (standby->key);
  g_free (standby);
}

/* Only of these it is known how one is made what another would be. */
static gboolean
can_stand_by (SageKernelspec *spec)
{
  const char * const *argv = sage_kernelspec_get_argv (spec);

  if (g_ascii_strcasecmp (sage_kernelspec_get_language (spec), "python") != 0)
    return FALSE;
  for (guint i = 0; argv[i] != NULL; i++)
    if (strcmp (argv[i], "ipykernel_launcher") == 0 || strcmp (argv[i], "ipykernel") == 0)
      return TRUE;

  return FALSE;
}

static char *
make_key (SageKernelspec  *spec,
          char           **base)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autofree char *text = sage_json_object_to_string (sage_kernelspec_get_json (spec));
  g_autofree char *environment = g_strjoinv ("\n", base);
  const char *parts[] = { sage_kernelspec_get_name (spec), sage_kernelspec_get_directory (spec), text,
                          environment };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    g_checksum_update (checksum, (const guchar *) (parts[i] != NULL ? parts[i] : ""),
                       (gssize) strlen (parts[i] != NULL ? parts[i] : "") + 1);

  return g_strdup (g_checksum_get_string (checksum));
}

/**
 * eng_kernel_standby_want:
 * @self: the kernels
 * @spec: what somebody has just started
 * @base: the environment of its host
 *
 * Has another one started soon, for who comes next.
 */
void
eng_kernel_standby_want (EngKernels      *self,
                         SageKernelspec  *spec,
                         char           **base)
{
  EngKernelStandby *standby = self->standby;
  Kind *kind;

  if (self->standby_seconds == 0 || !can_stand_by (spec))
    return;
  kind = g_new0 (Kind, 1);
  kind->key = make_key (spec, base);
  kind->spec = g_object_ref (spec);
  kind->base = g_strdupv (base);

  g_mutex_lock (&self->lock);
  g_clear_pointer (&standby->wanted, kind_free);
  if (standby->refusals < MAX_REFUSALS && g_strcmp0 (standby->key, kind->key) != 0)
    standby->wanted = g_steal_pointer (&kind);
  standby->due = g_get_monotonic_time () + DELAY_US;
  g_mutex_unlock (&self->lock);
  g_clear_pointer (&kind, kind_free);
  eng_kernels_wake (self);
}

/* Ends a kernel that nobody has been given: there is nothing to lose in it. */
static void
discard (EngKernels *self,
         const char *id)
{
  g_autofree char *directory = eng_kernel_host_directory (self->engine, id);
  g_autofd int connection = eng_kernel_host_connect (self->engine, id, NULL);
  g_autofd int host = connection >= 0 ? eng_kernel_host_hold (connection) : -1;
  struct pollfd ended = { host, POLLIN, 0 };
  g_autoptr(GError) error = NULL;

  if (host >= 0)
    {
      pidfd_send_signal (host, SIGKILL, NULL, 0); /* its kernel goes with it */
      poll (&ended, 1, END_MS);
    }
  if (!sage_dir_remove (directory, &error))
    g_warning ("The directory of a kernel that stood by stays: %s", error->message);
}

/* Takes the one that waits out, under the lock: nobody else has to do with it from then on. */
static char *
take (EngKernelStandby *standby,
      int              *held)
{
  *held = standby->held;
  standby->held = -1;
  g_clear_pointer (&standby->key, g_free);

  return g_steal_pointer (&standby->id);
}

/* A number of kB of /proc/meminfo; 0: it has none. */
static guint64
read_meminfo (const char *text,
              const char *name)
{
  const char *at = strstr (text, name);

  return at != NULL ? g_ascii_strtoull (at + strlen (name), NULL, 10) : 0;
}

static gboolean
is_memory_short (void)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents ("/proc/meminfo", &text, NULL, NULL))
    return FALSE;

  return read_meminfo (text, "MemAvailable:") < read_meminfo (text, "MemTotal:") / FREE_SHARE;
}

/* Whether its host has ended. */
static gboolean
has_ended (int held)
{
  struct pollfd ended = { held, POLLIN, 0 };

  return poll (&ended, 1, 0) > 0;
}

static gboolean
launch (EngKernels *self,
        const Kind *kind,
        const char *id,
        int        *held)
{
  g_autofree char *directory = eng_kernel_host_directory (self->engine, id);
  g_auto(GStrv) argv = sage_kernelspec_expand_argv (kind->spec, "{connection_file}");
  g_autoptr(JsonObject) own = eng_kernel_environment_own (kind->base,
                                                          sage_kernelspec_get_env (kind->spec), NULL,
                                                          NULL);
  EngKernelStart start = {
    .name = sage_kernelspec_get_name (kind->spec),
    .argv = (const char * const *) argv,
    .environment = own,
    .directory = directory,
    .interrupt_mode = "signal",
    .standby_seconds = self->standby_seconds,
  };
  g_autoptr(GError) error = NULL;

  if (eng_kernel_host_prepare (self->engine, id, &start, &error) &&
      eng_kernel_host_launch (self->engine, id, (const char * const *) kind->base, held, &error))
    return TRUE;
  g_info ("No kernel stands by: %s", error->message);

  return FALSE;
}

static void
start_one (EngKernels *self,
           Kind       *kind)
{
  EngKernelStandby *standby = self->standby;
  g_autofree char *id = g_uuid_string_random ();
  gint64 since = g_get_real_time ();
  int held = -1;

  if (launch (self, kind, id, &held))
    {
      g_mutex_lock (&self->lock);
      standby->id = g_steal_pointer (&id);
      standby->key = g_strdup (kind->key);
      standby->held = held;
      standby->since = since;
      g_mutex_unlock (&self->lock);
      return;
    }

  g_clear_fd (&held, NULL);
  discard (self, id);
}

/**
 * eng_kernel_standby_look:
 * @self: the kernels
 *
 * Starts the kernel that is to wait, once it is time, and lets go of one that has ended, that is
 * of another kind than the one wanted, or that takes memory which is short. Only the thread that
 * follows the kernels calls it.
 *
 * Returns: in how many milliseconds it is to be called again; -1: not before something happens
 */
int
eng_kernel_standby_look (EngKernels *self)
{
  EngKernelStandby *standby = self->standby;
  gboolean is_short = self->standby_seconds > 0 && is_memory_short ();
  g_autofree char *gone = NULL;
  Kind *kind = NULL;
  gint64 now = g_get_monotonic_time ();
  g_autofd int held = -1;
  int pause;

  g_mutex_lock (&self->lock);
  if (standby->wanted != NULL && now >= standby->due)
    kind = g_steal_pointer (&standby->wanted);
  if (standby->id != NULL && (kind != NULL || is_short || has_ended (standby->held)))
    gone = take (standby, &held);
  g_mutex_unlock (&self->lock);

  if (gone != NULL)
    discard (self, gone);
  if (kind != NULL && !is_short)
    start_one (self, kind);
  g_clear_pointer (&kind, kind_free);

  g_mutex_lock (&self->lock);
  pause = standby->id != NULL ? LOOK_MS : -1;
  if (standby->wanted != NULL)
    pause = (int) CLAMP ((standby->due - now) / 1000 + 1, 1, LOOK_MS);
  g_mutex_unlock (&self->lock);

  return pause;
}

/**
 * eng_kernel_standby_take:
 * @self: the kernels
 * @spec: what is to be started
 * @base: the environment of its host
 *
 * Returns: (transfer full) (nullable): a kernel that waits for just that, and answers
 */
EngKernelTaken *
eng_kernel_standby_take (EngKernels      *self,
                         SageKernelspec  *spec,
                         char           **base)
{
  EngKernelStandby *standby = self->standby;
  g_autofree char *key = self->standby_seconds > 0 ? make_key (spec, base) : NULL;
  g_autoptr(JsonObject) status = NULL;
  EngKernelTaken *taken = NULL;

  g_mutex_lock (&self->lock);
  if (standby->id != NULL && g_strcmp0 (standby->key, key) == 0)
    status = eng_kernel_host_status (self->engine, standby->id, NULL);
  if (strcmp (sage_json_string (status, "state", ""), "idle") == 0)
    {
      taken = g_new0 (EngKernelTaken, 1);
      taken->since = standby->since;
      taken->id = take (standby, &taken->held);
    }
  g_mutex_unlock (&self->lock);

  return taken;
}

/**
 * eng_kernel_taken_free:
 * @taken: a kernel that was handed over, or that eng_kernel_standby_refuse() ended
 */
void
eng_kernel_taken_free (EngKernelTaken *taken)
{
  g_clear_fd (&taken->held, NULL);
  g_free (taken->id);
  g_free (taken);
}

/* What the kernel runs. It names nothing in the user's namespace, and whatever stands in a path or a
 * variable stays data. */
static char *
make_code (EngKernels            *self,
           const EngKernelTaken  *taken,
           const char            *directory,
           JsonObject            *environment,
           GError               **error)
{
  g_autofree char *path = g_build_filename (self->engine->share_dir, "kernels", PROGRAM, NULL);
  g_autoptr(GBytes) program = sage_file_read (path, MAX_PROGRAM, error);
  g_autoptr(JsonObject) given = json_object_new ();
  g_autofree char *text = NULL;
  g_autofree char *code = NULL;
  g_autofree char *data = NULL;

  if (program == NULL)
    return NULL;

  json_object_set_string_member (given, "directory", directory);
  json_object_set_object_member (given, "environment", json_object_ref (environment));
  json_object_set_int_member (given, "since", taken->since * 1000);
  text = sage_json_object_to_string (given);
  code = sage_hex (g_bytes_get_data (program, NULL), g_bytes_get_size (program));
  data = sage_hex ((const guint8 *) text, strlen (text));

  return g_strdup_printf ("exec(bytes.fromhex('%s'), {'__name__': 'begin', 'given':"
                          " __import__('json').loads(bytes.fromhex('%s'))})", code, data);
}

static void
count_refusal (EngKernels *self,
               gboolean    was_refused)
{
  g_mutex_lock (&self->lock);
  self->standby->refusals = was_refused ? self->standby->refusals + 1 : 0;
  g_mutex_unlock (&self->lock);
}

/**
 * eng_kernel_standby_begin:
 * @self: the kernels
 * @taken: a kernel that waits
 * @directory: where it is to work
 * @environment: what it is to have beside its host's environment; null: what not
 *
 * Makes it what one would be that starts now; its `kernel-spec.json` says so already.
 *
 * Returns: whether it is; else eng_kernel_standby_refuse() follows
 */
gboolean
eng_kernel_standby_begin (EngKernels      *self,
                          EngKernelTaken  *taken,
                          const char      *directory,
                          JsonObject      *environment,
                          GError         **error)
{
  g_autofree char *code = make_code (self, taken, directory, environment, error);
  g_autoptr(JsonObject) request = json_object_new ();
  g_autoptr(JsonObject) answer = NULL;

  if (code == NULL)
    return FALSE;
  json_object_set_string_member (request, "op", "begin");
  json_object_set_string_member (request, "code", code);
  answer = eng_kernel_host_call (self->engine, taken->id, request, BEGIN_MS, error);
  if (answer != NULL)
    count_refusal (self, FALSE);

  return answer != NULL;
}

/**
 * eng_kernel_standby_refuse:
 * @self: the kernels
 * @taken: a kernel that is of no use
 *
 * Ends it.
 */
void
eng_kernel_standby_refuse (EngKernels      *self,
                           EngKernelTaken  *taken)
{
  count_refusal (self, TRUE);
  discard (self, taken->id);
}
