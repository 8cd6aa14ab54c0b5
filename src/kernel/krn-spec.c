/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-spec"

#include "config.h"

#include <string.h>

#include "krn-spec.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

#define MAX_FILE (1024 * 1024)
#define MIB (1024 * 1024)

/**
 * krn_spec_free:
 *
 * Frees it.
 */
void
krn_spec_free (KrnSpec *spec)
{
  g_strfreev (spec->argv);
  g_strfreev (spec->environment);
  g_free (spec->kernel_name);
  g_free (spec->cwd);
  g_free (spec);
}

static gboolean
read_argv (KrnSpec     *self,
           JsonObject  *object,
           GError     **error)
{
  JsonArray *array = sage_json_array (object, "argv");
  guint n = array != NULL ? json_array_get_length (array) : 0;
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < n; i++)
    {
      const char *word = sage_json_array_string (array, i);

      if (word == NULL || (i == 0 && *word == '\0'))
        return sage_throw (error, SAGE_ERROR_INVALID, "argv holds something other than words");
      g_strv_builder_add (builder, word);
    }
  if (n == 0)
    return sage_throw (error, SAGE_ERROR_INVALID, "There is no argv");

  self->argv = g_strv_builder_end (builder);

  return TRUE;
}

static gboolean
read_environment (KrnSpec     *self,
                  JsonObject  *object,
                  GError     **error)
{
  JsonObject *env = sage_json_object (object, "env");
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  self->environment = g_get_environ ();
  if (env == NULL)
    return TRUE;

  json_object_iter_init (&iter, env);
  while (json_object_iter_next (&iter, &name, &node))
    {
      const char *value = sage_json_string (env, name, NULL);

      if (*name == '\0' || strchr (name, '=') != NULL || (value == NULL && !JSON_NODE_HOLDS_NULL (node)))
        return sage_throw (error, SAGE_ERROR_INVALID, "env has a bad variable '%s'", name);
      self->environment = value != NULL ? g_environ_setenv (self->environment, name, value, TRUE)
                                        : g_environ_unsetenv (self->environment, name);
    }

  return TRUE;
}

/* A limit that is a positive number, or what we think right. */
static guint64
read_limit (JsonObject *limits,
            const char *member,
            guint64     fallback)
{
  gint64 value = sage_json_int (limits, member, 0);

  return value > 0 ? (guint64) value : fallback;
}

/* Kernels in Java or .NET have no ipc at all, and those for R and Julia name its sockets otherwise. */
static const char *
choose_transport (char **argv)
{
  for (guint i = 0; argv[i] != NULL; i++)
    if (g_str_has_prefix (argv[i], "ipykernel"))
      return "ipc";

  return "tcp";
}

static gboolean
read_words (KrnSpec     *self,
            JsonObject  *object,
            const char  *directory,
            GError     **error)
{
  const char *mode = sage_json_string (object, "interrupt_mode", "signal");
  const char *transport = sage_json_string (object, "transport", choose_transport (self->argv));

  self->kernel_name = g_strdup (sage_json_string (object, "kernel_name", ""));
  self->cwd = g_strdup (sage_json_string (object, "cwd", directory));
  if (!g_path_is_absolute (self->cwd))
    return sage_throw (error, SAGE_ERROR_INVALID, "cwd '%s' is not absolute", self->cwd);
  if (!g_str_equal (mode, "signal") && !g_str_equal (mode, "message"))
    return sage_throw (error, SAGE_ERROR_INVALID, "interrupt_mode '%s' is unknown", mode);
  if (!g_str_equal (transport, "ipc") && !g_str_equal (transport, "tcp"))
    return sage_throw (error, SAGE_ERROR_INVALID, "transport '%s' is unknown", transport);

  self->interrupt_mode = g_str_equal (mode, "message") ? SAGE_INTERRUPT_MESSAGE : SAGE_INTERRUPT_SIGNAL;
  self->use_tcp = g_str_equal (transport, "tcp");

  return TRUE;
}

/**
 * krn_spec_parse:
 * @data: the text of kernel-spec.json
 * @length: its bytes
 * @directory: the host's directory
 *
 * Returns: (transfer full): what to run, or %NULL with %SAGE_ERROR_INVALID, %SAGE_ERROR_SYNTAX or
 *   %SAGE_ERROR_TOO_LARGE
 */
KrnSpec *
krn_spec_parse (const char  *data,
                gsize        length,
                const char  *directory,
                GError     **error)
{
  g_autoptr(JsonNode) node = sage_json_parse_object (data, (gssize) length, NULL, error);
  g_autoptr(KrnSpec) self = NULL;
  JsonObject *object;
  JsonObject *limits;

  if (node == NULL)
    return NULL;

  self = g_new0 (KrnSpec, 1);
  object = json_node_get_object (node);
  limits = sage_json_object (object, "limits");
  if (!read_argv (self, object, error) || !read_environment (self, object, error) ||
      !read_words (self, object, directory, error))
    return NULL;

  self->memory.known = read_limit (limits, "memory_bytes", 0);
  self->memory.kept = read_limit (limits, "memory_kept_bytes", 0);
  self->journal_bytes = MAX (read_limit (limits, "journal_bytes", 256 * MIB), MIB);
  self->streams.head_bytes = read_limit (limits, "stream_bytes", 8 * MIB);
  self->streams.rate_bytes = read_limit (limits, "stream_rate_bytes", 16 * 1024);
  self->streams.tail_bytes = read_limit (limits, "stream_tail_bytes", 256 * 1024);
  self->standby_seconds = (guint) MIN (read_limit (object, "standby_seconds", 0), 86400);
  self->shutdown_seconds = (guint) MIN (read_limit (limits, "shutdown_seconds", 5), 600);

  return g_steal_pointer (&self);
}

/**
 * krn_spec_read:
 * @directory: the host's directory
 *
 * Returns: (transfer full): what its kernel-spec.json says, or %NULL as krn_spec_parse() does and
 *   with %SAGE_ERROR_NOT_FOUND or %SAGE_ERROR_IO
 */
KrnSpec *
krn_spec_read (const char  *directory,
               GError     **error)
{
  g_autofree char *path = g_build_filename (directory, KRN_SPEC_FILE, NULL);
  g_autoptr(GBytes) bytes = sage_file_read (path, MAX_FILE, error);
  KrnSpec *self;

  if (bytes == NULL)
    return NULL;

  self = krn_spec_parse (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), directory, error);
  if (self == NULL)
    g_prefix_error (error, "'%s': ", path);

  return self;
}
