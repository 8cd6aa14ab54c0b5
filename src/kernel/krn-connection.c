/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-connection"

#include "config.h"

#include <json-glib/json-glib.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "krn-connection.h"
#include "sage-digest.h"
#include "sage-error.h"
#include "sage-json.h"

/* <https://jupyter-client.readthedocs.io/en/stable/kernels.html#connection-files> */

#define KEY_BYTES 32
#define N_PORTS (SAGE_JUPYTER_N_CHANNELS + 1)

static const char *const port_names[N_PORTS] = {
  "shell_port", "iopub_port", "stdin_port", "control_port", "hb_port",
};

/**
 * krn_connection_free:
 *
 * Frees it; the file stays.
 */
void
krn_connection_free (KrnConnection *connection)
{
  for (guint i = 0; i < SAGE_JUPYTER_N_CHANNELS; i++)
    g_free (connection->endpoints[i]);
  g_free (connection->heartbeat);
  g_free (connection->path);
  g_free (connection->key);
  g_free (connection);
}

/* Ports of the loopback that nobody has. They are held together, so that they differ, and let go for
 * the kernel to take. */
static gboolean
find_ports (int      ports[N_PORTS],
            GError **error)
{
  int fds[N_PORTS];
  gboolean ok = TRUE;
  int n = 0;

  for (; n < N_PORTS && ok; n++)
    {
      struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
      socklen_t length = sizeof address;

      fds[n] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      ok = fds[n] >= 0 && bind (fds[n], (struct sockaddr *) &address, sizeof address) == 0 &&
           getsockname (fds[n], (struct sockaddr *) &address, &length) == 0;
      if (!ok)
        sage_throw_errno (error, "There is no port for the kernel");
      ports[n] = ntohs (address.sin_port);
    }
  while (n-- > 0)
    if (fds[n] >= 0)
      close (fds[n]);

  return ok;
}

static char *
make_key (GError **error)
{
  guint8 bytes[KEY_BYTES];

  if (getrandom (bytes, sizeof bytes, 0) != sizeof bytes)
    {
      sage_throw_errno (error, "There is no randomness for a key");
      return NULL;
    }

  return sage_hex (bytes, sizeof bytes);
}

static char *
make_text (KrnConnection *self,
           const char    *kernel_name,
           const char    *transport,
           const char    *ip,
           const int      ports[N_PORTS])
{
  g_autoptr(JsonObject) object = json_object_new ();

  for (guint i = 0; i < N_PORTS; i++)
    json_object_set_int_member (object, port_names[i], ports[i]);
  json_object_set_string_member (object, "ip", ip);
  json_object_set_string_member (object, "key", self->key);
  json_object_set_string_member (object, "transport", transport);
  json_object_set_string_member (object, "signature_scheme", "hmac-sha256");
  json_object_set_string_member (object, "kernel_name", kernel_name);

  return sage_json_object_to_string (object);
}

/**
 * krn_connection_make:
 * @directory: where the file is made, and with ipc the sockets are
 * @kernel_name: the kernelspec's name
 * @use_tcp: use the loopback, as is done where the paths would be too long for sockets
 *
 * Chooses where a kernel is to listen and writes it to a file that only the user may read.
 *
 * Returns: (transfer full): the connection, or %NULL with @error set
 */
KrnConnection *
krn_connection_make (const char  *directory,
                     const char  *kernel_name,
                     gboolean     use_tcp,
                     GError     **error)
{
  g_autoptr(KrnConnection) self = g_new0 (KrnConnection, 1);
  g_autofree char *prefix = g_build_filename (directory, "ipc", NULL);
  g_autofree char *text = NULL;
  int ports[N_PORTS] = { 1, 2, 3, 4, 5 };
  const char *transport;
  const char *ip;
  char *names[N_PORTS];

  if (strlen (prefix) + strlen ("-1") >= sizeof ((struct sockaddr_un *) NULL)->sun_path)
    use_tcp = TRUE;
  transport = use_tcp ? "tcp" : "ipc";
  ip = use_tcp ? "127.0.0.1" : prefix;
  if ((use_tcp && !find_ports (ports, error)) || (self->key = make_key (error)) == NULL)
    return NULL;

  for (guint i = 0; i < N_PORTS; i++)
    names[i] = g_strdup_printf ("%s://%s%s%d", transport, ip, use_tcp ? ":" : "-", ports[i]);
  memcpy (self->endpoints, names, sizeof self->endpoints);
  self->heartbeat = names[SAGE_JUPYTER_N_CHANNELS];

  self->path = g_build_filename (directory, KRN_CONNECTION_FILE, NULL);
  text = make_text (self, kernel_name, transport, ip, ports);
  /* no kernel outlives a power cut, so that it need not either */
  if (!g_file_set_contents_full (self->path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error))
    return NULL;

  return g_steal_pointer (&self);
}
