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

#include "daemon-options.h"
#include "eng-auth.h"
#include "eng-endpoints.h"
#include "eng-experiments.h"
#include "eng-jobs.h"
#include "eng-kernels.h"
#include "eng-logs.h"
#include "eng-models.h"
#include "eng-pipelines.h"
#include "eng-processing.h"
#include "eng-registry.h"
#include "eng-search.h"
#include "eng-server.h"
#include "eng-store-files.h"
#include "eng-tags.h"
#include "eng-training.h"
#include "eng-user-operations.h"
#include "eng-user-setup.h"
#include "eng-users.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"
#include "sage-time.h"
#include "sage-watchdog.h"

/* A stop is bounded. What then still holds a thread (a large archive, a model server that does not
 * end) is cut off as by a kill: every controller goes on from its rows. */
#define STOP_SECONDS 4

#define WATCHDOG_SECONDS 5 /* of processor time in one go of the main loop */

/* For the lock of an engine that is no more. */
#define LOCK_PATIENCE_US (3 * G_USEC_PER_SEC)
#define LOCK_RETRY_US (20 * 1000)

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
  EngKernels   *kernels;
  EngServer    *server;
  char         *socket;     /* (owned) */
  SageHttpTls  *tls;        /* (owned) (nullable): the certificate that is shown */
  char         *ready_path; /* (owned) */
  char         *setup_path; /* (owned) (nullable): what holds the token for the first administrator */
} Daemon;

/* What it takes to read certificate and pins again. */
typedef struct
{
  Daemon          *daemon; /* (unowned) */
  const EngConfig *config; /* (unowned): as it was at the start */
} Reload;

static const EngJobFamily * const job_families[] = {
  &eng_training_family,
  &eng_processing_family,
};

/* The process that the file of the lock names; 0 for none. */
static pid_t
read_holder (int fd)
{
  char text[32] = "";

  if (pread (fd, text, sizeof text - 1, 0) < 0)
    return 0;

  return (pid_t) CLAMP (g_ascii_strtoll (text, NULL, 10), 0, G_MAXINT);
}

/* Takes the lock. A process that an engine was about to start when it was killed holds its lock
 * until it has become another program: that is waited for. */
static gboolean
take_lock (int fd)
{
  gint64 until = g_get_monotonic_time () + LOCK_PATIENCE_US;

  while (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      int why = errno;
      pid_t holder = read_holder (fd);
      gboolean is_gone = holder > 0 && kill (holder, 0) != 0 && errno == ESRCH;

      if (why != EWOULDBLOCK || !is_gone || g_get_monotonic_time () > until)
        {
          errno = why;
          return FALSE;
        }
      g_usleep (LOCK_RETRY_US);
    }

  return TRUE;
}

/* Holds the lock for as long as the process lives; the file names the holder. */
static gboolean
lock_data_dir (Daemon  *self,
               GError **error)
{
  g_autofree char *path = g_build_filename (self->engine.data_dir, "lock", NULL);
  char pid[32];

  self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock_fd < 0)
    return sage_throw_errno (error, "Cannot open '%s'", path);

  if (!take_lock (self->lock_fd))
    {
      if (errno != EWOULDBLOCK)
        return sage_throw_errno (error, "Cannot lock '%s'", path);
      return sage_throw (error, SAGE_ERROR_EXISTS,
                         "Another engine (process %d) already uses '%s'. Use that one, or choose "
                         "another --data-dir.", (int) read_holder (self->lock_fd),
                         self->engine.data_dir);
    }

  g_snprintf (pid, sizeof pid, "%d\n", (int) getpid ());
  if (ftruncate (self->lock_fd, 0) != 0 || pwrite (self->lock_fd, pid, strlen (pid), 0) < 0)
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
open_engine (Daemon               *self,
             const DaemonOptions  *options,
             GError              **error)
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

  if (!sage_dir_make (engine->data_dir, 0700, error) ||
      !eng_store_files_check_owner (engine->data_dir, error) || !lock_data_dir (self, error) ||
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
  engine->users = eng_users_open (engine->store, engine->token_key, error);
  if (engine->users == NULL)
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
  eng_users_register (engine);
  eng_experiments_register (engine);
}

/* What was told to a shell or a kernel is to be good after a restart, too. */
static gboolean
start_listening (Daemon   *self,
                 guint16   port,
                 GError  **error)
{
  g_autofree char *path = g_build_filename (self->engine.data_dir, "port", NULL);
  g_autoptr(GBytes) bytes = port == 0 ? sage_file_read (path, 16, NULL) : NULL;
  g_autofree char *last = bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL),
                                                     g_bytes_get_size (bytes)) : NULL;
  g_autofree char *text = NULL;
  guint64 number = last != NULL ? g_ascii_strtoull (last, NULL, 10) : 0;

  if (number > 0 && number <= G_MAXUINT16 && eng_server_port_is_free ((guint16) number))
    port = (guint16) number;
  if (!eng_server_listen (self->server, self->socket, port, error))
    return FALSE;

  text = g_strdup_printf ("%u\n", eng_server_port (self->server));

  return sage_file_write_durable (path, text, strlen (text), 0600, error);
}

/* A connection through TLS takes three descriptors. */
static void
allow_files (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= limit.rlim_max)
    return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
    g_warning ("Cannot allow more open files: %s", g_strerror (errno));
}

/* Before anything is started or made: what is wrong with the certificate leaves nothing behind. */
static gboolean
load_certificate (Daemon           *self,
                  const EngConfig  *config,
                  GError          **error)
{
  if (config == NULL || config->certificate == NULL)
    return TRUE;

  allow_files ();
  self->tls = eng_config_make_tls (config, error);

  return self->tls != NULL;
}

static gboolean
start (Daemon               *self,
       const DaemonOptions  *options,
       GError              **error)
{
  EngEngine *engine = &self->engine;

  self->auth = eng_auth_load (engine->data_dir, engine->region, engine->users, error);
  if (self->auth == NULL)
    return FALSE;

  /* A team has no user at first, and no password that anybody could know. */
  if (options->config != NULL && !eng_user_setup_offer (engine, &self->setup_path, error))
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

  self->kernels = eng_kernels_start (engine, options->kernel_idle,
                                     (guint64) options->kernel_memory << 20,
                                     (guint) options->kernel_standby, error);
  if (self->kernels == NULL)
    return FALSE;

  self->server = eng_server_new (engine, self->auth, options->config);
  self->socket = options->socket != NULL ? g_strdup (options->socket)
                                         : g_build_filename (engine->data_dir, "engine.sock", NULL);

  return start_listening (self, (guint16) options->port, error) &&
         (options->config == NULL ||
          eng_server_listen_public (self->server, options->config, self->tls, error));
}

/* What clients need to know. Returns: (transfer full): it */
static JsonObject *
make_ready (Daemon *self)
{
  JsonObject *ready = json_object_new ();
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", eng_server_port (self->server));
  g_autofree char *runtime_url = eng_endpoints_runtime_url (self->endpoints);

  json_object_set_string_member (ready, "endpoint_url", url);
  if (runtime_url != NULL)
    json_object_set_string_member (ready, "runtime_endpoint_url", runtime_url);
  if (eng_server_public_url (self->server) != NULL)
    {
      json_object_set_string_member (ready, "public_endpoint_url",
                                     eng_server_public_url (self->server));
      json_object_set_string_member (ready, "certificate_fingerprint",
                                     sage_http_tls_fingerprint (self->tls));
    }
  json_object_set_string_member (ready, "access_key_id", eng_auth_access_key (self->auth));
  json_object_set_string_member (ready, "secret_access_key", eng_auth_secret (self->auth));
  json_object_set_string_member (ready, "region", self->engine.region);
  json_object_set_string_member (ready, "socket", self->socket);
  json_object_set_int_member (ready, "pid", getpid ());
  if (self->setup_path != NULL && g_file_test (self->setup_path, G_FILE_TEST_EXISTS)) /* not used yet */
    json_object_set_string_member (ready, "setup_token_file", self->setup_path);

  return ready;
}

/* Writes it down for whoever comes later. Returns: (transfer full): the same, as a line */
static char *
write_ready (Daemon      *self,
             JsonObject  *ready,
             GError     **error)
{
  g_autofree char *line = sage_json_object_to_string (ready);

  if (!sage_file_write_durable (self->ready_path, line, strlen (line), 0600, error))
    return NULL;

  return g_steal_pointer (&line);
}

/* One line on stdout for whoever started us, the same in a file. */
static gboolean
announce (Daemon  *self,
          GError **error)
{
  g_autoptr(JsonObject) ready = make_ready (self);
  g_autofree char *line = NULL;

  eng_kernels_set_ready (self->kernels, ready);
  self->ready_path = g_build_filename (self->engine.data_dir, "ready.json", NULL);
  line = write_ready (self, ready, error);
  if (line == NULL)
    return FALSE;

  g_print ("%s\n", line);
  fflush (stdout);

  return TRUE;
}

/* Certificate, key and pins as the configuration has them now. */
static gboolean
reload (Daemon           *self,
        const EngConfig  *old,
        GError          **error)
{
  g_autoptr(EngConfig) config = eng_config_load (old->path, error);
  g_autoptr(SageHttpTls) tls = NULL;
  g_autoptr(JsonObject) ready = NULL;
  g_autoptr(GError) unwritten = NULL;
  g_autofree char *line = NULL;

  if (config == NULL)
    return FALSE;
  if (config->certificate == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "%s: [server] has no tls-certificate any more",
                       old->path);
  tls = eng_config_make_tls (config, error);
  if (tls == NULL)
    return FALSE;

  eng_server_set_tls (self->server, tls);
  sage_http_tls_unref (self->tls);
  self->tls = g_steal_pointer (&tls);

  /* the new certificate is in effect, whatever becomes of the file */
  ready = make_ready (self);
  line = write_ready (self, ready, &unwritten);
  if (line == NULL)
    g_warning ("%s still names the old certificate: %s", self->ready_path, unwritten->message);

  return TRUE;
}

/* What is wrong changes nothing: who is connected stays, and who comes sees the old certificate. */
static gboolean
reload_cb (gpointer user_data)
{
  Reload *what = user_data;
  g_autoptr(GError) error = NULL;

  if (what->config->certificate == NULL)
    g_message ("There is no certificate to read again");
  else if (reload (what->daemon, what->config, &error))
    g_message ("Certificate and pins were read again; the certificate is sha256:%s",
               sage_http_tls_fingerprint (what->daemon->tls));
  else
    g_warning ("Certificate and pins stay as they were: %s", error->message);

  return G_SOURCE_CONTINUE;
}

/* Jobs, model servers and the gateway go on; only this process ends. */
static void
stop (Daemon *self)
{
  if (self->ready_path != NULL)
    unlink (self->ready_path);
  g_clear_pointer (&self->server, eng_server_free);
  g_clear_pointer (&self->kernels, eng_kernels_stop);
  g_clear_pointer (&self->endpoints, eng_endpoints_stop);
  g_clear_pointer (&self->pipelines, eng_pipelines_stop);
  g_clear_pointer (&self->jobs, eng_jobs_stop);
  g_clear_pointer (&self->auth, eng_auth_free);

  g_clear_pointer (&self->engine.operations, eng_operations_free);
  g_clear_pointer (&self->engine.capacity, eng_capacity_free);
  g_clear_pointer (&self->engine.objects, eng_objects_free);
  g_clear_pointer (&self->engine.users, eng_users_free);
  g_clear_pointer (&self->engine.store, eng_store_close);
  g_clear_pointer (&self->engine.images, eng_images_free);
  g_free (self->engine.data_dir);
  g_free (self->engine.libexec_dir);
  g_free (self->engine.share_dir);
  g_free (self->engine.region);
  g_free (self->engine.account);
  g_free (self->socket);
  g_clear_pointer (&self->tls, sage_http_tls_unref);
  g_free (self->ready_path);
  g_free (self->setup_path);
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

static gboolean
run (GMainLoop  *loop,
     GError    **error)
{
  g_autoptr(SageWatchdog) watchdog = sage_watchdog_new (WATCHDOG_SECONDS, error);

  if (watchdog == NULL)
    return FALSE;
  g_main_loop_run (loop);

  return TRUE;
}

int
main (int   argc,
      char *argv[])
{
  DaemonOptions options = { 0 };
  Daemon daemon = { .lock_fd = -1 };
  Reload again = { .daemon = &daemon };
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(GError) error = NULL;
  gboolean ok;

  setlocale (LC_CTYPE, ""); /* what it says goes into logs and to programs: in one language */
  harden ();

  ok = daemon_options_parse (&options, &argc, &argv, &error);
  if (ok && options.version)
    g_print ("sagebrushd %s\n", SAGEBRUSH_VERSION);
  else if (ok)
    {
      again.config = options.config;
      g_unix_signal_add (SIGTERM, quit_cb, loop);
      g_unix_signal_add (SIGINT, quit_cb, loop);
      if (options.config != NULL)
        g_unix_signal_add (SIGHUP, reload_cb, &again);
      ok = load_certificate (&daemon, options.config, &error) &&
           open_engine (&daemon, &options, &error) && start (&daemon, &options, &error) &&
           announce (&daemon, &error);
      ok = ok && run (loop, &error);
      if (!ok)
        g_printerr ("sagebrushd: %s\n", error->message);
      stop_in_time (&daemon, ok);
    }
  else
    g_printerr ("sagebrushd: %s\n", error->message);

  daemon_options_clear (&options);

  return ok ? 0 : 2;
}
