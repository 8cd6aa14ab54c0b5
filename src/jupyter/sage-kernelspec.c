/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-kernelspec"

#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"
#include "sage-kernelspec.h"

/* <https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs> */

#define MAX_FILE (1024 * 1024)

struct _SageKernelspec
{
  GObject            parent_instance;

  char              *name;         /* (owned) */
  char              *directory;    /* (owned): kernel.json and its resources */
  JsonNode          *node;         /* (owned): kernel.json */
  char             **argv;         /* (owned) */
  const char        *display_name;
  const char        *language;
  SageInterruptMode  interrupt_mode;
};

typedef enum {
  PROP_NAME = 1,
  PROP_DISPLAY_NAME,
  PROP_LANGUAGE,
} SageKernelspecProperty;

static GParamSpec *properties[PROP_LANGUAGE + 1];

G_DEFINE_FINAL_TYPE (SageKernelspec, sage_kernelspec, G_TYPE_OBJECT)

static void
sage_kernelspec_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  SageKernelspec *self = SAGE_KERNELSPEC (object);

  switch ((SageKernelspecProperty) prop_id)
    {
    case PROP_NAME:
      g_value_set_string (value, self->name);
      break;
    case PROP_DISPLAY_NAME:
      g_value_set_string (value, self->display_name);
      break;
    case PROP_LANGUAGE:
      g_value_set_string (value, self->language);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_kernelspec_finalize (GObject *object)
{
  SageKernelspec *self = SAGE_KERNELSPEC (object);

  g_free (self->name);
  g_free (self->directory);
  g_strfreev (self->argv);
  g_clear_pointer (&self->node, json_node_unref);

  G_OBJECT_CLASS (sage_kernelspec_parent_class)->finalize (object);
}

static void
sage_kernelspec_class_init (SageKernelspecClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = sage_kernelspec_get_property;
  object_class->finalize = sage_kernelspec_finalize;

  properties[PROP_NAME] =
    g_param_spec_string ("name", NULL, NULL, NULL, (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  properties[PROP_DISPLAY_NAME] =
    g_param_spec_string ("display-name", NULL, NULL, NULL, (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  properties[PROP_LANGUAGE] =
    g_param_spec_string ("language", NULL, NULL, NULL, (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));

  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_kernelspec_init (SageKernelspec *self)
{
}

static char **
read_argv (JsonObject  *object,
           GError     **error)
{
  JsonArray *array = sage_json_array (object, "argv");
  guint n = array != NULL ? json_array_get_length (array) : 0;
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < n; i++)
    {
      const char *word = sage_json_array_string (array, i);

      if (word == NULL || (i == 0 && *word == '\0'))
        {
          sage_throw (error, SAGE_ERROR_INVALID, "its argv holds something other than words");
          return NULL;
        }
      g_strv_builder_add (builder, word);
    }
  if (n == 0)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "it has no argv");
      return NULL;
    }

  return g_strv_builder_end (builder);
}

/* Whatever env holds must be text under a name that an environment can hold. */
static gboolean
check_env (JsonObject  *object,
           GError     **error)
{
  JsonObject *env = sage_json_object (object, "env");
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  if (env == NULL)
    return !json_object_has_member (object, "env") ||
           sage_throw (error, SAGE_ERROR_INVALID, "its env is no object");

  json_object_iter_init (&iter, env);
  while (json_object_iter_next (&iter, &name, &node))
    if (*name == '\0' || strchr (name, '=') != NULL || sage_json_string (env, name, NULL) == NULL)
      return sage_throw (error, SAGE_ERROR_INVALID, "its env has a bad variable '%s'", name);

  return TRUE;
}

static gboolean
read_object (SageKernelspec  *self,
             GError         **error)
{
  JsonObject *object = json_node_get_object (self->node);
  const char *mode = sage_json_string (object, "interrupt_mode", "signal");

  if ((self->argv = read_argv (object, error)) == NULL || !check_env (object, error))
    return FALSE;
  if (!g_str_equal (mode, "signal") && !g_str_equal (mode, "message"))
    return sage_throw (error, SAGE_ERROR_INVALID, "its interrupt_mode '%s' is unknown", mode);

  self->interrupt_mode = g_str_equal (mode, "message") ? SAGE_INTERRUPT_MESSAGE : SAGE_INTERRUPT_SIGNAL;
  self->display_name = sage_json_string (object, "display_name", self->name);
  self->language = sage_json_string (object, "language", "");

  return TRUE;
}

/**
 * sage_kernelspec_read:
 * @name: the kernel's name
 * @directory: the folder that holds its kernel.json
 *
 * Returns: (transfer full): the kernel, or %NULL with %SAGE_ERROR_NOT_FOUND, %SAGE_ERROR_INVALID,
 *   %SAGE_ERROR_SYNTAX, %SAGE_ERROR_TOO_LARGE or %SAGE_ERROR_IO
 */
SageKernelspec *
sage_kernelspec_read (const char  *name,
                      const char  *directory,
                      GError     **error)
{
  g_autoptr(SageKernelspec) self = g_object_new (SAGE_TYPE_KERNELSPEC, NULL);
  g_autofree char *path = g_build_filename (directory, "kernel.json", NULL);
  g_autofree char *real = realpath (path, NULL); /* distributions install links */
  g_autoptr(GBytes) bytes = NULL;

  g_return_val_if_fail (name != NULL && directory != NULL, NULL);

  if (real == NULL)
    {
      sage_throw (error, SAGE_ERROR_NOT_FOUND, "There is no '%s'", path);
      return NULL;
    }
  if ((bytes = sage_file_read (real, MAX_FILE, error)) == NULL)
    return NULL;

  self->name = g_strdup (name);
  self->directory = g_strdup (directory);
  self->node = sage_json_parse_object (g_bytes_get_data (bytes, NULL),
                                       (gssize) g_bytes_get_size (bytes), NULL, error);
  if (self->node == NULL || !read_object (self, error))
    {
      g_prefix_error (error, "The kernel in '%s' cannot be used: ", directory);
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * sage_kernelspec_get_name:
 *
 * Returns: (transfer none): the name that notebooks know it by
 */
const char *
sage_kernelspec_get_name (SageKernelspec *self)
{
  g_return_val_if_fail (SAGE_IS_KERNELSPEC (self), NULL);

  return self->name;
}

/**
 * sage_kernelspec_get_display_name:
 *
 * Returns: (transfer none): the name that people know it by
 */
const char *
sage_kernelspec_get_display_name (SageKernelspec *self)
{
  g_return_val_if_fail (SAGE_IS_KERNELSPEC (self), NULL);

  return self->display_name;
}

/**
 * sage_kernelspec_get_language:
 *
 * Returns: (transfer none): the language it runs; "" where it does not say
 */
const char *
sage_kernelspec_get_language (SageKernelspec *self)
{
  g_return_val_if_fail (SAGE_IS_KERNELSPEC (self), NULL);

  return self->language;
}

/**
 * sage_kernelspec_get_interrupt_mode:
 *
 * Returns: how it wants to be interrupted
 */
SageInterruptMode
sage_kernelspec_get_interrupt_mode (SageKernelspec *self)
{
  g_return_val_if_fail (SAGE_IS_KERNELSPEC (self), SAGE_INTERRUPT_SIGNAL);

  return self->interrupt_mode;
}

/**
 * sage_kernelspec_get_argv:
 *
 * Returns: (transfer none): its command as written; see sage_kernelspec_expand_argv()
 */
const char * const *
sage_kernelspec_get_argv (SageKernelspec *self)
{
  g_return_val_if_fail (SAGE_IS_KERNELSPEC (self), NULL);

  return (const char * const *) self->argv;
}

/**
 * sage_kernelspec_get_env:
 *
 * Returns: (transfer none) (nullable): variables to set for it, all of them strings; a value may
 *   name others as `${NAME}`
 */
JsonObject *
sage_kernelspec_get_env (SageKernelspec *self)
{
  return sage_json_object (sage_kernelspec_get_json (self), "env");
}

/**
 * sage_kernelspec_get_metadata:
 *
 * Returns: (transfer none) (nullable): what else it says of itself
 */
JsonObject *
sage_kernelspec_get_metadata (SageKernelspec *self)
{
  return sage_json_object (sage_kernelspec_get_json (self), "metadata");
}

/**
 * sage_kernelspec_get_json:
 *
 * Returns: (transfer none): the whole of kernel.json
 */
JsonObject *
sage_kernelspec_get_json (SageKernelspec *self)
{
  g_return_val_if_fail (SAGE_IS_KERNELSPEC (self), NULL);

  return json_node_get_object (self->node);
}

/**
 * sage_kernelspec_get_directory:
 *
 * Returns: (transfer none): the folder of its kernel.json, logos and the like
 */
const char *
sage_kernelspec_get_directory (SageKernelspec *self)
{
  g_return_val_if_fail (SAGE_IS_KERNELSPEC (self), NULL);

  return self->directory;
}

static gboolean
is_python (const char *word)
{
  return g_str_has_prefix (word, "python") && strspn (word + 6, "0123456789.") == strlen (word + 6);
}

/* The environment that the kernel is installed into: `PREFIX/share/jupyter/kernels/NAME`. */
static char *
find_prefix (SageKernelspec *self)
{
  g_autofree char *kernels = g_path_get_dirname (self->directory);

  if (!g_str_has_suffix (kernels, "/share/jupyter/kernels"))
    return NULL;

  return g_strndup (kernels, strlen (kernels) - strlen ("/share/jupyter/kernels"));
}

/**
 * sage_kernelspec_expand_argv:
 * @connection_file: the path that takes the place of `{connection_file}`
 *
 * Fills in its command. A bare `python`, which pip writes, is the one of the environment that the
 * kernel was installed into, if there is one there.
 *
 * Returns: (transfer full): the command
 */
char **
sage_kernelspec_expand_argv (SageKernelspec *self,
                             const char     *connection_file)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *prefix = NULL;

  g_return_val_if_fail (SAGE_IS_KERNELSPEC (self), NULL);
  g_return_val_if_fail (connection_file != NULL, NULL);

  prefix = find_prefix (self);
  for (guint i = 0; self->argv[i] != NULL; i++)
    {
      g_autoptr(GString) word = g_string_new (self->argv[i]);
      g_autofree char *python = NULL;

      if (i == 0 && prefix != NULL && is_python (word->str))
        python = g_build_filename (prefix, "bin", word->str, NULL);
      if (python != NULL && g_file_test (python, G_FILE_TEST_IS_EXECUTABLE))
        g_string_assign (word, python);

      g_string_replace (word, "{connection_file}", connection_file, 0);
      g_string_replace (word, "{resource_dir}", self->directory, 0);
      if (prefix != NULL)
        g_string_replace (word, "{prefix}", prefix, 0);
      g_strv_builder_add (builder, word->str);
    }

  return g_strv_builder_end (builder);
}
