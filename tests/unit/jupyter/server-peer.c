/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <signal.h>
#include <sys/prctl.h>

#include "sage-file.h"
#include "server-peer.h"

static struct
{
  GSubprocess *process; /* (owned) */
  char        *dir;     /* (owned) */
  char        *url;     /* (owned) */
  guint16      port;
} server;

static guint16
free_port (void)
{
  g_autoptr(GSocketListener) listener = g_socket_listener_new ();
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, NULL);

  g_socket_listener_close (listener);

  return port;
}

/* A test that fails takes the server with it; and kernels end without one. */
static void
die_with_parent_cb (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static gboolean
answers (void)
{
  g_autoptr(SageJupyterServer) peer = server_new ();
  g_autoptr(GError) error = NULL;

  return call_and_wait (peer, sage_jupyter_server_probe, &error);
}

/**
 * server_start:
 *
 * Starts the server, on the same port when it was killed, and waits until it answers.
 */
void
server_start (void)
{
  static const char *const dirs[] = { "HOME", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "IPYTHONDIR" };
  g_autoptr(GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr(GError) error = NULL;
  g_autofree char *port = NULL;
  g_autofree char *root = NULL;

  if (server.dir == NULL)
    {
      server.dir = g_dir_make_tmp ("sage-jupyter-XXXXXX", &error);
      g_assert_no_error (error);
      server.port = free_port ();
      server.url = g_strdup_printf ("http://127.0.0.1:%u/base/", server.port);
    }
  for (guint i = 0; i < G_N_ELEMENTS (dirs); i++)
    g_subprocess_launcher_setenv (launcher, dirs[i], server.dir, TRUE);
  /* What the tests are built with does not concern Python. */
  g_subprocess_launcher_unsetenv (launcher, "LD_PRELOAD");
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent_cb, NULL, NULL);

  port = g_strdup_printf ("--ServerApp.port=%u", server.port);
  root = g_strconcat ("--ServerApp.root_dir=", server.dir, NULL);
  server.process = g_subprocess_launcher_spawn (
    launcher, &error, "python3", "-m", "jupyter_server", "--no-browser", "--allow-root",
    "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0", "--ServerApp.base_url=/base/",
    "--IdentityProvider.token=" SERVER_TOKEN, port, root, NULL);
  g_assert_no_error (error);
  wait_until (answers ());
}

void
server_kill (void)
{
  g_subprocess_force_exit (server.process);
  g_subprocess_wait (server.process, NULL, NULL);
  g_clear_object (&server.process);
}

void
server_clear (void)
{
  if (server.process != NULL)
    server_kill ();
  sage_dir_remove (server.dir, NULL);
  g_clear_pointer (&server.dir, g_free);
  g_clear_pointer (&server.url, g_free);
}

const char *
server_url (void)
{
  return server.url;
}

guint16
server_port (void)
{
  return server.port;
}

SageJupyterServer *
server_new (void)
{
  return sage_jupyter_server_new (server.url, SERVER_TOKEN);
}
