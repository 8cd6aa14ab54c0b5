/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-gateway-link"

#include "config.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "eng-endpoint-metrics.h"
#include "eng-endpoints.h"
#include "eng-gateway-link.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-http-peer.h"
#include "sage-json.h"

/* How long the gateway may take to start, and a model to load. */
#define START_SECONDS 10
#define LOAD_SECONDS 120

/* One long poll; short enough that a stopping engine is not held up. */
#define POLL_MS 500

#define ROUTES_MAX (16 * 1024 * 1024)

struct _EngGatewayLink
{
  EngEngine  *engine;
  char       *directory; /* (owned) */
  char       *socket;    /* (owned) */
  guint       port;
  GMutex      lock;      /* guards what follows and the files */
  JsonObject *routes;    /* (owned): endpoint → {"variants": […]} */
  gint64      version;
  gboolean    dirty;     /* the last write failed: the file is behind */
};

static char *
in_directory (EngGatewayLink *self,
              const char     *leaf)
{
  return g_build_filename (self->directory, leaf, NULL);
}

/* A free loopback port, chosen once and kept, so that clients need not learn a new one. */
static guint
choose_port (void)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  guint port = 0;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (fd >= 0 && bind (fd, (struct sockaddr *) &address, sizeof address) == 0 &&
      getsockname (fd, (struct sockaddr *) &address, &length) == 0)
    port = ntohs (address.sin_port);
  if (fd >= 0)
    close (fd);

  return port;
}

static gboolean
load_port (EngGatewayLink  *self,
           GError         **error)
{
  g_autofree char *path = in_directory (self, "port");
  g_autoptr(GBytes) bytes = sage_file_read (path, 16, NULL);
  g_autofree char *text = bytes != NULL ? g_strndup (g_bytes_get_data (bytes, NULL),
                                                     g_bytes_get_size (bytes)) : NULL;

  self->port = text != NULL ? (guint) g_ascii_strtoull (text, NULL, 10) : 0;
  if (self->port > 0 && self->port <= 65535)
    return TRUE;

  self->port = choose_port ();
  g_free (text);
  text = g_strdup_printf ("%u\n", self->port);

  return sage_file_write_durable (path, text, strlen (text), 0600, error);
}

/* The table of the engine before this one: the gateway may be serving from it right now. */
static void
load_routes (EngGatewayLink *self)
{
  g_autofree char *path = in_directory (self, "routes.json");
  g_autoptr(GBytes) bytes = sage_file_read (path, ROUTES_MAX, NULL);
  g_autoptr(JsonNode) node = NULL;
  JsonObject *endpoints;

  self->routes = json_object_new ();
  if (bytes == NULL)
    return;

  node = sage_json_parse_object (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                 &(SageJsonLimits) { .max_bytes = ROUTES_MAX, .max_keys = 1000000 },
                                 NULL);
  if (node == NULL)
    return;
  self->version = sage_json_int (json_node_get_object (node), "version", 0);
  endpoints = sage_json_object (json_node_get_object (node), "endpoints");
  if (endpoints != NULL)
    {
      json_object_unref (self->routes);
      self->routes = json_object_ref (endpoints);
    }
}

/**
 * eng_gateway_link_new:
 * @engine: the engine
 *
 * Returns: (transfer full): a link to the gateway of this data directory, which may be running
 */
EngGatewayLink *
eng_gateway_link_new (EngEngine  *engine,
                      GError    **error)
{
  g_autoptr(EngGatewayLink) self = g_new0 (EngGatewayLink, 1);

  self->engine = engine;
  self->directory = g_build_filename (engine->data_dir, "gateway", NULL);
  self->socket = eng_endpoints_gateway_socket (engine);
  g_mutex_init (&self->lock);
  load_routes (self);

  if (!sage_dir_make (self->directory, 0700, error) || !load_port (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * eng_gateway_link_free:
 * @link: (nullable): the link
 *
 * The gateway itself goes on.
 */
void
eng_gateway_link_free (EngGatewayLink *link)
{
  if (link == NULL)
    return;

  g_mutex_clear (&link->lock);
  g_clear_pointer (&link->routes, json_object_unref);
  g_free (link->directory);
  g_free (link->socket);
  g_free (link);
}

/**
 * eng_gateway_link_port:
 *
 * Returns: the gateway's loopback port
 */
guint
eng_gateway_link_port (EngGatewayLink *link)
{
  return link->port;
}

/**
 * eng_endpoints_gateway_socket:
 * @engine: the engine
 *
 * Returns: (transfer full): path of the gateway's Unix socket
 */
char *
eng_endpoints_gateway_socket (EngEngine *engine)
{
  return g_build_filename (engine->data_dir, "gateway", "gateway.sock", NULL);
}

static gboolean
is_running (EngGatewayLink *self)
{
  g_autofree char *path = in_directory (self, "lock");
  int fd = open (path, O_RDWR | O_CLOEXEC);
  gboolean held;

  if (fd < 0)
    return FALSE;
  held = flock (fd, LOCK_EX | LOCK_NB) != 0;
  close (fd);

  return held;
}

/* Started in a session of its own and not waited for: it outlives the engine. A shell in between
 * hands it to init, so that it leaves no zombie here. */
static gboolean
start_gateway (EngGatewayLink  *self,
               GError         **error)
{
  g_autofree char *program = g_build_filename (self->engine->libexec_dir, "sagebrush-gateway", NULL);
  g_autofree char *credentials = g_build_filename (self->engine->data_dir, "credentials.json", NULL);
  g_autofree char *port = g_strdup_printf ("%u", self->port);
  g_autofree char *log = in_directory (self, "log");
  const char *argv[] = {
    "/bin/sh", "-c", "log=$1; shift; \"$@\" </dev/null >>\"$log\" 2>&1 &", "sh", log, program,
    "--directory", self->directory, "--credentials", credentials, "--account",
    self->engine->account, "--region", self->engine->region, "--port", port, NULL,
  };
  posix_spawnattr_t attributes;
  pid_t pid;
  int rc;

  posix_spawnattr_init (&attributes);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSID);
  rc = posix_spawn (&pid, argv[0], NULL, &attributes, (char **) argv, environ);
  posix_spawnattr_destroy (&attributes);
  if (rc != 0)
    {
      errno = rc;
      return sage_throw_errno (error, "Cannot start the gateway");
    }
  while (waitpid (pid, NULL, 0) < 0 && errno == EINTR)
    continue;

  return TRUE;
}

static gboolean
answers (EngGatewayLink *self)
{
  g_auto(SageHttpAnswer) answer = { 0 };

  return sage_http_get (self->socket, "/routes", 1000, &answer, NULL) && answer.status == 200;
}

/**
 * eng_gateway_link_ensure:
 * @link: the link
 * @quit: (atomic): set when the engine stops; the wait ends with %SAGE_ERROR_BUSY then
 *
 * Starts the gateway where none runs, and waits until it answers.
 */
gboolean
eng_gateway_link_ensure (EngGatewayLink  *link,
                         int             *quit,
                         GError         **error)
{
  gint64 deadline = g_get_monotonic_time () + START_SECONDS * G_USEC_PER_SEC;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&link->lock);

  if (!is_running (link) && !start_gateway (link, error))
    return FALSE;

  while (!answers (link))
    {
      if (g_atomic_int_get (quit))
        return sage_throw (error, SAGE_ERROR_BUSY, "The engine stops");
      if (g_get_monotonic_time () > deadline)
        return sage_throw (error, SAGE_ERROR_UNREACHABLE,
                           "The gateway does not answer; its log is '%s/log'", link->directory);
      g_usleep (2000);
    }

  return TRUE;
}

static gboolean
write_routes (EngGatewayLink  *self,
              GError         **error)
{
  g_autofree char *path = in_directory (self, "routes.json");
  g_autoptr(JsonObject) table = json_object_new ();
  g_autofree char *text = NULL;

  json_object_set_int_member (table, "version", ++self->version);
  json_object_set_object_member (table, "endpoints", json_object_ref (self->routes));
  text = sage_json_object_to_string (table);
  self->dirty = !sage_file_write_durable (path, text, strlen (text), 0600, error);

  return !self->dirty;
}

/**
 * eng_gateway_link_route:
 * @link: the link
 * @endpoint: the endpoint
 * @variant: its variant
 * @backend: (transfer none): `{"kind":"native","model_dir":…}` or `{"kind":"socket","path":…}`
 *
 * Makes the gateway answer for the endpoint; the same route again changes nothing.
 */
gboolean
eng_gateway_link_route (EngGatewayLink  *link,
                        const char      *endpoint,
                        const char      *variant,
                        JsonObject      *backend,
                        GError         **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&link->lock);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  JsonObject *route = json_object_new ();
  JsonObject *entry = json_object_new ();
  JsonArray *variants = json_array_new ();

  json_object_set_string_member (entry, "name", variant);
  json_object_set_double_member (entry, "weight", 1.0);
  json_object_set_object_member (entry, "backend", json_object_ref (backend));
  json_array_add_object_element (variants, entry);
  json_object_set_array_member (route, "variants", variants);

  after = sage_json_object_to_string (route);
  if (sage_json_object (link->routes, endpoint) != NULL)
    before = sage_json_object_to_string (sage_json_object (link->routes, endpoint));
  json_object_set_object_member (link->routes, endpoint, route);

  return (!link->dirty && g_strcmp0 (before, after) == 0) || write_routes (link, error);
}

/**
 * eng_gateway_link_forget:
 * @link: the link
 * @endpoint: the endpoint
 *
 * Ends the endpoint's traffic.
 */
gboolean
eng_gateway_link_forget (EngGatewayLink  *link,
                         const char      *endpoint,
                         GError         **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&link->lock);

  if (!link->dirty && !json_object_has_member (link->routes, endpoint))
    return TRUE;
  json_object_remove_member (link->routes, endpoint);

  return write_routes (link, error);
}

static JsonNode *
parse_answer (const SageHttpAnswer *answer)
{
  return sage_json_parse_object ((const char *) answer->body->data, (gssize) answer->body->len,
                                 &(SageJsonLimits) { .max_bytes = ROUTES_MAX, .max_keys = 1000000 },
                                 NULL);
}

/* What the gateway says of an endpoint: TRUE when ready; an error when it failed for good. */
static gboolean
read_state (const SageHttpAnswer  *answer,
            const char            *endpoint,
            GError               **error)
{
  g_autoptr(JsonNode) node = parse_answer (answer);
  JsonObject *all = node != NULL ? sage_json_object (json_node_get_object (node), "endpoints") : NULL;
  JsonObject *variants = sage_json_object (sage_json_object (all, endpoint), "variants");
  JsonObjectIter iter;
  JsonNode *variant;

  if (variants == NULL)
    return FALSE;

  json_object_iter_init (&iter, variants);
  while (json_object_iter_next (&iter, NULL, &variant))
    {
      JsonObject *object = JSON_NODE_HOLDS_OBJECT (variant) ? json_node_get_object (variant) : NULL;
      const char *state = sage_json_string (object, "state", "loading");

      if (strcmp (state, "failed") == 0)
        return sage_throw (error, SAGE_ERROR_INVALID, "%s",
                           sage_json_string (object, "message", "The model cannot be loaded"));
      if (strcmp (state, "ready") != 0)
        return FALSE;
    }

  return TRUE;
}

/**
 * eng_gateway_link_await:
 * @link: the link
 * @endpoint: an endpoint that was routed
 * @quit: (atomic): set when the engine stops; the wait ends with %SAGE_ERROR_BUSY then
 *
 * Waits until the gateway has loaded what it needs to answer for the endpoint.
 */
gboolean
eng_gateway_link_await (EngGatewayLink  *link,
                        const char      *endpoint,
                        int             *quit,
                        GError         **error)
{
  gint64 deadline = g_get_monotonic_time () + LOAD_SECONDS * G_USEC_PER_SEC;
  g_autofree char *target = NULL;

  g_mutex_lock (&link->lock);
  target = g_strdup_printf ("/routes?version=%" G_GINT64_FORMAT "&wait=%d", link->version, POLL_MS);
  g_mutex_unlock (&link->lock);

  while (g_get_monotonic_time () < deadline)
    {
      g_auto(SageHttpAnswer) answer = { 0 };
      g_autoptr(GError) local_error = NULL;

      if (g_atomic_int_get (quit))
        return sage_throw (error, SAGE_ERROR_BUSY, "The engine stops");
      if (!sage_http_get (link->socket, target, POLL_MS + 5000, &answer, &local_error))
        {
          if (!eng_gateway_link_ensure (link, quit, error))
            return FALSE;
          continue;
        }
      if (read_state (&answer, endpoint, &local_error))
        return TRUE;
      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }
    }

  return sage_throw (error, SAGE_ERROR_UNREACHABLE,
                     "The gateway did not load the model within %d s", LOAD_SECONDS);
}

/**
 * eng_gateway_link_answered:
 * @link: the link
 * @endpoint: an endpoint that is routed
 *
 * Returns: how many invocations of the endpoint its model has answered with anything but a server
 *   error since the gateway was started; -1 when the gateway does not say
 */
gint64
eng_gateway_link_answered (EngGatewayLink *link,
                           const char     *endpoint)
{
  g_autoptr(JsonNode) node = eng_gateway_metrics (link->engine, endpoint, NULL);
  JsonObject *variants;
  JsonObjectIter iter;
  JsonNode *variant;
  gint64 answered = 0;

  if (node == NULL)
    return -1;

  variants = sage_json_object (sage_json_object (json_node_get_object (node), "endpoints"), endpoint);
  if (variants == NULL)
    return -1;

  json_object_iter_init (&iter, variants);
  while (json_object_iter_next (&iter, NULL, &variant))
    if (JSON_NODE_HOLDS_OBJECT (variant))
      {
        JsonObject *counts = json_node_get_object (variant);

        answered += sage_json_int (counts, "Invocations", 0) -
                    sage_json_int (counts, "InvocationModelErrors", 0) -
                    sage_json_int (counts, "Invocation5XXErrors", 0);
      }

  return answered;
}
