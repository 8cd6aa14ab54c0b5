/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sagebrushd"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eng-auth.h"
#include "eng-endpoints.h"
#include "eng-jobs.h"
#include "eng-logs.h"
#include "eng-models.h"
#include "eng-pipelines.h"
#include "eng-processing.h"
#include "eng-registry.h"
#include "eng-search.h"
#include "eng-server.h"
#include "eng-tags.h"
#include "eng-training.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"
#include "sage-time.h"

/* What the command line asks for. */
typedef struct
{
  char     *data_dir;    /* (owned) (nullable) */
  char     *socket;      /* (owned) (nullable) */
  int       port;
  char     *region;      /* (owned) (nullable) */
  char     *account;     /* (owned) (nullable) */
  gboolean  job_network;
  gboolean  version;
} Options;

/* A stop is bounded. What then still holds a thread (a large archive, a model server that does not
 * end) is cut off as by a kill: every controller goes on from its rows. */
#define STOP_SECONDS 4

#define OOM_SCORE "-500"

/* Ends the process if it does not end by itself in time. */
typedef struct
{
  GMutex   lock;
  GCond    changed;
  gboolean stopped; /* guarded by the lock */
  int      status;  /* exit status */
  GThread *thread;  /* (owned) */
} Deadline;

/* Everything that runs, in the order it is started. */
typedef struct
{
  EngEngine     engine;
  int           lock_fd;
  EngAuth      *auth;
  EngJobs      *jobs;
  EngPipelines *pipelines;
  EngEndpoints *endpoints;
  EngServer    *server;
  char         *socket;     /* (owned) */
  char         *ready_path; /* (owned) */
} Daemon;

static const EngJobFamily * const job_families[] = {
  &eng_training_family,
  &eng_processing_family,
};

static void
options_clear (Options *options)
{
  g_free (options->data_dir);
  g_free (options->socket);
  g_free (options->region);
  g_free (options->account);
}

static gboolean
parse_options (Options   *options,
               int       *argc,
               char    ***argv,
               GError   **error)
{
  const GOptionEntry entries[] = {
    { "data-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->data_dir,
      "Where everything is kept (default: the user's data directory)", "DIR" },
    { "port", 0, 0, G_OPTION_ARG_INT, &options->port,
      "Loopback port for AWS clients; 0 picks a free one (default: 0)", "N" },
    { "socket", 0, 0, G_OPTION_ARG_FILENAME, &options->socket,
      "Unix socket for local clients (default: engine.sock in the data directory)", "PATH" },
    { "region", 0, 0, G_OPTION_ARG_STRING, &options->region,
      "Region in ARNs (default: us-east-1)", "REGION" },
    { "account", 0, 0, G_OPTION_ARG_STRING, &options->account,
      "Account in ARNs (default: 000000000000)", "DIGITS" },
    { "job-network", 0, 0, G_OPTION_ARG_NONE, &options->job_network,
      "Let jobs that do not ask for isolation use this machine's network", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, "The Sagebrush engine: the SageMaker API on this machine.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;

  if (*argc > 1)
    return sage_throw (error, SAGE_ERROR_INVALID, "Unexpected argument '%s'; see --help", (*argv)[1]);
  if (options->port < 0 || options->port > 65535)
    return sage_throw (error, SAGE_ERROR_INVALID, "--port must be between 0 and 65535");
  if (options->account != NULL &&
      (strlen (options->account) != 12 || strspn (options->account, "0123456789") != 12))
    return sage_throw (error, SAGE_ERROR_INVALID, "--account must be twelve digits");
  if (options->region != NULL && !g_regex_match_simple ("^[a-z]{2}(-[a-z]+)+-\\d$", options->region,
                                                        0, 0))
    return sage_throw (error, SAGE_ERROR_INVALID, "--region must look like us-east-1");

  return TRUE;
}

/* Holds the lock for as long as the process lives; the file names the holder. */
static gboolean
lock_data_dir (Daemon  *self,
               GError **error)
{
  g_autofree char *path = g_build_filename (self->engine.data_dir, "lock", NULL);
  char pid[32] = "";

  self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock_fd < 0)
    return sage_throw_errno (error, "Cannot open '%s'", path);

  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (errno != EWOULDBLOCK)
        return sage_throw_errno (error, "Cannot lock '%s'", path);
      if (read (self->lock_fd, pid, sizeof pid - 1) < 0)
        pid[0] = '\0';
      return sage_throw (error, SAGE_ERROR_EXISTS,
                         "Another engine (process %s) already uses '%s'. Use that one, or choose "
                         "another --data-dir.", g_strstrip (pid), self->engine.data_dir);
    }

  g_snprintf (pid, sizeof pid, "%d\n", (int) getpid ());
  if (ftruncate (self->lock_fd, 0) != 0 || write (self->lock_fd, pid, strlen (pid)) < 0)
    return sage_throw_errno (error, "Cannot write '%s'", path);

  return TRUE;
}

/* Page tokens outlive a restart, so their key is kept. */
static gboolean
load_token_key (Daemon  *self,
                GError **error)
{
  g_autofree char *path = g_build_filename (self->engine.data_dir, "token.key", NULL);
  g_autoptr(GError) local_error = NULL;
  g_autoptr(GBytes) bytes = sage_file_read (path, 1024, &local_error);

  if (bytes != NULL && g_bytes_get_size (bytes) == sizeof self->engine.token_key)
    {
      memcpy (self->engine.token_key, g_bytes_get_data (bytes, NULL),
              sizeof self->engine.token_key);
      return TRUE;
    }

  if (getrandom (self->engine.token_key, sizeof self->engine.token_key, 0) < 0)
    return sage_throw_errno (error, "Cannot make a key");

  return sage_file_write_durable (path, self->engine.token_key, sizeof self->engine.token_key, 0600,
                                  error);
}

static char *
override_path (const char *variable,
               const char *built_in)
{
  const char *value = g_getenv (variable);

  return g_strdup (value != NULL && *value != '\0' ? value : built_in);
}

/* A new database in place of one that is gone would make all that is left an orphan, and orphans are
 * collected. The objects' folder is made after the database, so it shows that there was one. */
static gboolean
check_database (const char  *data_dir,
                const char  *objects_dir,
                GError     **error)
{
  g_autofree char *path = g_build_filename (data_dir, "engine.db", NULL);
  struct stat info;

  if (!g_file_test (objects_dir, G_FILE_TEST_IS_DIR) ||
      (stat (path, &info) == 0 && info.st_size > 0))
    return TRUE;

  return sage_throw (error, SAGE_ERROR_CORRUPT,
                     "The database '%s' is missing or empty, but '%s' shows that there was one. "
                     "Restore it from a backup; to begin anew, move '%s' away", path, objects_dir,
                     data_dir);
}

static gboolean
open_engine (Daemon         *self,
             const Options  *options,
             GError        **error)
{
  EngEngine *engine = &self->engine;
  g_autofree char *objects_dir = NULL;

  engine->data_dir = options->data_dir != NULL
                       ? g_canonicalize_filename (options->data_dir, NULL)
                       : g_build_filename (g_get_user_data_dir (), "sagebrush", NULL);
  engine->libexec_dir = override_path ("SAGEBRUSH_LIBEXECDIR", SAGEBRUSH_LIBEXECDIR);
  engine->share_dir = override_path ("SAGEBRUSH_DATADIR", SAGEBRUSH_DATADIR);
  engine->region = g_strdup (options->region != NULL ? options->region : "us-east-1");
  engine->account = g_strdup (options->account != NULL ? options->account : "000000000000");
  engine->job_network = options->job_network;
  engine->started = sage_time_now ();
  objects_dir = g_build_filename (engine->data_dir, "objects", NULL);

  if (!sage_dir_make (engine->data_dir, 0700, error) || !lock_data_dir (self, error) ||
      !load_token_key (self, error) || !check_database (engine->data_dir, objects_dir, error))
    return FALSE;

  engine->images = eng_images_load (engine->share_dir, error);
  if (engine->images == NULL)
    return FALSE;
  engine->store = eng_store_open (engine->data_dir, error);
  if (engine->store == NULL)
    return FALSE;
  engine->objects = eng_objects_new (engine->store, objects_dir, error);
  if (engine->objects == NULL)
    return FALSE;
  engine->capacity = eng_capacity_new (g_get_num_processors (),
                                       (guint64) sysconf (_SC_PHYS_PAGES) *
                                       (guint64) sysconf (_SC_PAGESIZE));
  engine->operations = eng_operations_new ();

  return TRUE;
}

static void
register_services (EngEngine *engine)
{
  eng_training_register (engine);
  eng_processing_register (engine);
  eng_models_register (engine);
  eng_registry_register (engine);
  eng_endpoints_register (engine);
  eng_pipelines_register (engine);
  eng_tags_register (engine);
  eng_search_register (engine);
  eng_logs_register (engine);
}

static gboolean
start (Daemon         *self,
       const Options  *options,
       GError        **error)
{
  EngEngine *engine = &self->engine;

  self->auth = eng_auth_load (engine->data_dir, engine->region, error);
  if (self->auth == NULL)
    return FALSE;

  register_services (engine);
  self->jobs = eng_jobs_start (engine, job_families, G_N_ELEMENTS (job_families), error);
  if (self->jobs == NULL)
    return FALSE;
  self->pipelines = eng_pipelines_start (engine, error);
  if (self->pipelines == NULL)
    return FALSE;
  self->endpoints = eng_endpoints_start (engine, error);
  if (self->endpoints == NULL)
    return FALSE;

  self->server = eng_server_new (engine, self->auth);
  self->socket = options->socket != NULL ? g_strdup (options->socket)
                                         : g_build_filename (engine->data_dir, "engine.sock", NULL);

  return eng_server_listen (self->server, self->socket, (guint16) options->port, error);
}

/* One line on stdout for whoever started us, the same in a file for everybody later. */
static gboolean
announce (Daemon  *self,
          GError **error)
{
  g_autoptr(JsonObject) ready = json_object_new ();
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", eng_server_port (self->server));
  g_autofree char *runtime_url = eng_endpoints_runtime_url (self->endpoints);
  g_autofree char *line = NULL;

  json_object_set_string_member (ready, "endpoint_url", url);
  if (runtime_url != NULL)
    json_object_set_string_member (ready, "runtime_endpoint_url", runtime_url);
  json_object_set_string_member (ready, "access_key_id", eng_auth_access_key (self->auth));
  json_object_set_string_member (ready, "secret_access_key", eng_auth_secret (self->auth));
  json_object_set_string_member (ready, "region", self->engine.region);
  json_object_set_string_member (ready, "socket", self->socket);
  json_object_set_int_member (ready, "pid", getpid ());

  line = sage_json_object_to_string (ready);
  self->ready_path = g_build_filename (self->engine.data_dir, "ready.json", NULL);
  if (!sage_file_write_durable (self->ready_path, line, strlen (line), 0600, error))
    return FALSE;

  g_print ("%s\n", line);
  fflush (stdout);

  return TRUE;
}

/* Jobs, model servers and the gateway go on; only this process ends. */
static void
stop (Daemon *self)
{
  if (self->ready_path != NULL)
    unlink (self->ready_path);
  g_clear_pointer (&self->server, eng_server_free);
  g_clear_pointer (&self->endpoints, eng_endpoints_stop);
  g_clear_pointer (&self->pipelines, eng_pipelines_stop);
  g_clear_pointer (&self->jobs, eng_jobs_stop);
  g_clear_pointer (&self->auth, eng_auth_free);

  g_clear_pointer (&self->engine.operations, eng_operations_free);
  g_clear_pointer (&self->engine.capacity, eng_capacity_free);
  g_clear_pointer (&self->engine.objects, eng_objects_free);
  g_clear_pointer (&self->engine.store, eng_store_close);
  g_clear_pointer (&self->engine.images, eng_images_free);
  g_free (self->engine.data_dir);
  g_free (self->engine.libexec_dir);
  g_free (self->engine.share_dir);
  g_free (self->engine.region);
  g_free (self->engine.account);
  g_free (self->socket);
  g_free (self->ready_path);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
}

static gpointer
deadline_thread (gpointer user_data)
{
  Deadline *self = user_data;
  gint64 end = g_get_monotonic_time () + STOP_SECONDS * G_USEC_PER_SEC;
  gboolean in_time = TRUE;

  g_mutex_lock (&self->lock);
  while (!self->stopped && in_time)
    in_time = g_cond_wait_until (&self->changed, &self->lock, end);
  if (!self->stopped)
    _exit (self->status);
  g_mutex_unlock (&self->lock);

  return NULL;
}

static void
stop_in_time (Daemon   *self,
              gboolean  ok)
{
  Deadline deadline = { .status = ok ? 0 : 2 };

  g_mutex_init (&deadline.lock);
  g_cond_init (&deadline.changed);
  deadline.thread = g_thread_new ("deadline", deadline_thread, &deadline);

  stop (self);

  g_mutex_lock (&deadline.lock);
  deadline.stopped = TRUE;
  g_cond_signal (&deadline.changed);
  g_mutex_unlock (&deadline.lock);
  g_thread_join (deadline.thread);
  g_mutex_clear (&deadline.lock);
  g_cond_clear (&deadline.changed);
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_CONTINUE;
}

/* When the machine runs out of memory the kernel is to take a job, whose score is above that of others,
 * and not the engine or a supervisor. CAP_SYS_RESOURCE is needed to ask for it. */
static void
ask_for_mercy (void)
{
  int fd = open ("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

  if (fd < 0)
    return;
  if (write (fd, OOM_SCORE, strlen (OOM_SCORE)) < 0)
    g_debug ("The engine's OOM score stays as it is: %s", g_strerror (errno));
  close (fd);
}

/* No secret of ours in a core file or another process's hands. */
static void
harden (void)
{
  const struct rlimit none = { 0, 0 };

  setrlimit (RLIMIT_CORE, &none);
  prctl (PR_SET_DUMPABLE, 0);
  signal (SIGPIPE, SIG_IGN);
  umask (077);
  ask_for_mercy ();
}

int
main (int   argc,
      char *argv[])
{
  Options options = { 0 };
  Daemon daemon = { .lock_fd = -1 };
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(GError) error = NULL;
  gboolean ok;

  setlocale (LC_CTYPE, ""); /* what it says goes into logs and to programs: in one language */
  harden ();

  ok = parse_options (&options, &argc, &argv, &error);
  if (ok && options.version)
    g_print ("sagebrushd %s\n", SAGEBRUSH_VERSION);
  else if (ok)
    {
      g_unix_signal_add (SIGTERM, quit_cb, loop);
      g_unix_signal_add (SIGINT, quit_cb, loop);
      ok = open_engine (&daemon, &options, &error) && start (&daemon, &options, &error) &&
           announce (&daemon, &error);
      if (ok)
        g_main_loop_run (loop);
      if (!ok)
        g_printerr ("sagebrushd: %s\n", error->message);
      stop_in_time (&daemon, ok);
    }
  else
    g_printerr ("sagebrushd: %s\n", error->message);

  options_clear (&options);

  return ok ? 0 : 2;
}
