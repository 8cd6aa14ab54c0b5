/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sagebrush-gateway"

#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gw-gateway.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

/* What the command line asks for. */
typedef struct
{
  char     *directory;
  char     *routes;
  char     *credentials;
  char     *socket;
  char     *lock;
  char     *ready;
  char     *region;
  char     *account;
  int       port;
  gboolean  version;
} Options;

static void
options_clear (Options *options)
{
  g_free (options->directory);
  g_free (options->routes);
  g_free (options->credentials);
  g_free (options->socket);
  g_free (options->lock);
  g_free (options->ready);
  g_free (options->region);
  g_free (options->account);
}

/* What the directory stands for, where it was not said otherwise. */
static void
fill_in (Options *options)
{
  const struct
  {
    char      **path;
    const char *leaf;
  } files[] = {
    { &options->routes, "routes.json" },
    { &options->socket, "gateway.sock" },
    { &options->lock, "lock" },
    { &options->ready, "ready.json" },
  };

  for (guint i = 0; options->directory != NULL && i < G_N_ELEMENTS (files); i++)
    if (*files[i].path == NULL)
      *files[i].path = g_build_filename (options->directory, files[i].leaf, NULL);
}

static gboolean
parse_options (Options   *options,
               int       *argc,
               char    ***argv,
               GError   **error)
{
  const GOptionEntry entries[] = {
    { "directory", 0, 0, G_OPTION_ARG_FILENAME, &options->directory,
      "Where routes.json, gateway.sock, lock and ready.json are, unless named below", "DIR" },
    { "routes", 0, 0, G_OPTION_ARG_FILENAME, &options->routes,
      "File with the routes; read again whenever it is replaced", "FILE" },
    { "credentials", 0, 0, G_OPTION_ARG_FILENAME, &options->credentials,
      "File with the access keys, {\"key\": \"secret\"}", "FILE" },
    { "port", 0, 0, G_OPTION_ARG_INT, &options->port,
      "Loopback port for AWS clients; 0 picks a free one (default: 0)", "N" },
    { "socket", 0, 0, G_OPTION_ARG_FILENAME, &options->socket,
      "Unix socket for the engine and local clients", "PATH" },
    { "lock", 0, 0, G_OPTION_ARG_FILENAME, &options->lock,
      "File to hold locked while running; a second gateway on it refuses to start", "FILE" },
    { "ready", 0, 0, G_OPTION_ARG_FILENAME, &options->ready,
      "File to write {pid, port, socket} to once serving", "FILE" },
    { "region", 0, 0, G_OPTION_ARG_STRING, &options->region,
      "Region that signatures must name (default: any)", "REGION" },
    { "account", 0, 0, G_OPTION_ARG_STRING, &options->account,
      "Account in messages (default: 000000000000)", "DIGITS" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &options->version, "Print the version", NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, "Answers InvokeEndpoint: the inference data plane.");
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;

  if (*argc > 1)
    return sage_throw (error, SAGE_ERROR_INVALID, "Unexpected argument '%s'; see --help", (*argv)[1]);
  fill_in (options);
  if (options->routes == NULL && !options->version)
    return sage_throw (error, SAGE_ERROR_INVALID, "--routes or --directory is missing; see --help");
  if (options->port < 0 || options->port > 65535)
    return sage_throw (error, SAGE_ERROR_INVALID, "--port must be between 0 and 65535");

  return TRUE;
}

/* Holds the lock for as long as the process lives. */
static gboolean
take_lock (const char  *path,
           GError     **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0)
    return sage_throw_errno (error, "Opening '%s' failed", path);
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;

  close (fd);

  return sage_throw (error, SAGE_ERROR_EXISTS, "Another gateway holds '%s'", path);
}

static gboolean
announce (GwGateway      *gateway,
          const Options  *options,
          GError        **error)
{
  g_autoptr(JsonObject) ready = json_object_new ();
  g_autofree char *text = NULL;

  json_object_set_int_member (ready, "pid", getpid ());
  json_object_set_int_member (ready, "port", gw_gateway_port (gateway));
  if (options->socket != NULL)
    json_object_set_string_member (ready, "socket", options->socket);
  text = sage_json_object_to_string (ready);

  if (options->ready != NULL &&
      !sage_file_write_durable (options->ready, text, strlen (text), 0600, error))
    return FALSE;

  g_print ("%s\n", text);
  fflush (stdout);

  return TRUE;
}

static gboolean
quit_cb (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_CONTINUE;
}

static gboolean
reload_cb (gpointer user_data)
{
  gw_gateway_reload (user_data);

  return G_SOURCE_CONTINUE;
}

static gboolean
run (const Options  *options,
     GError        **error)
{
  GwOptions gateway_options = {
    .routes = options->routes,
    .credentials = options->credentials,
    .socket = options->socket,
    .port = options->port,
    .region = options->region,
    .account = options->account != NULL ? options->account : "000000000000",
  };
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(GwGateway) gateway = NULL;

  g_unix_signal_add (SIGTERM, quit_cb, loop);
  g_unix_signal_add (SIGINT, quit_cb, loop);

  if (options->lock != NULL && !take_lock (options->lock, error))
    return FALSE;
  gateway = gw_gateway_new (&gateway_options, error);
  if (gateway == NULL || !announce (gateway, options, error))
    return FALSE;

  g_unix_signal_add (SIGHUP, reload_cb, gateway);
  g_main_loop_run (loop);

  if (options->ready != NULL)
    unlink (options->ready);

  return TRUE;
}

/* A call may need a connection to a client and one to a model server. */
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

int
main (int   argc,
      char *argv[])
{
  const struct rlimit none = { 0, 0 };
  Options options = { 0 };
  g_autoptr(GError) error = NULL;
  gboolean ok;

  setrlimit (RLIMIT_CORE, &none);
  allow_files ();
  prctl (PR_SET_DUMPABLE, 0);
  signal (SIGPIPE, SIG_IGN);
  umask (077);

  ok = parse_options (&options, &argc, &argv, &error);
  if (ok && options.version)
    g_print ("sagebrush-gateway %s\n", SAGEBRUSH_VERSION);
  else if (ok)
    ok = run (&options, &error);

  if (!ok)
    g_printerr ("sagebrush-gateway: %s\n", error->message);
  options_clear (&options);

  return ok ? 0 : 2;
}
