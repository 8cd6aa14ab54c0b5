/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-kernel-environment"

#include "config.h"

#include <string.h>

#include "eng-kernel-environment.h"
#include "sage-aws-environment.h"
#include "sage-json.h"

/* For our own programs, and not for what they start. */
static const char * const not_for_kernels[] = { "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS",
                                                "SAGEBRUSH_FAILPOINT", NULL };

/* Ours, or somebody else's who started the engine; and of AWS and MLflow what would lead past this
 * engine. */
static gboolean
is_dropped (const char *name)
{
  static const char * const names[] = {
    "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_PROFILE", "AWS_DEFAULT_PROFILE",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_ROLE_ARN", "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_AUTH", "MLFLOW_TRACKING_AWS_SIGV4",
    "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "INVOCATION_ID",
    "JOURNAL_STREAM", NULL,
  };

  if (g_strv_contains (not_for_kernels, name))
    return FALSE;

  return g_strv_contains (names, name) || g_str_has_prefix (name, "SAGEBRUSH_") ||
         g_str_has_prefix (name, "AWS_ENDPOINT_URL");
}

static char **
set (char       **environment,
     const char  *pair)
{
  const char *equals = strchr (pair, '=');
  g_autofree char *name = equals != NULL ? g_strndup (pair, equals - pair) : NULL;

  return name != NULL ? g_environ_setenv (environment, name, equals + 1, TRUE) : environment;
}

/* Of the engine's own environment, which is the user's. */
static char **
inherited (void)
{
  g_auto(GStrv) own = g_get_environ ();
  char **environment = NULL;

  for (guint i = 0; own[i] != NULL; i++)
    {
      const char *equals = strchr (own[i], '=');
      g_autofree char *name = equals != NULL ? g_strndup (own[i], equals - own[i]) : NULL;

      if (name != NULL && g_utf8_validate (own[i], -1, NULL) && !is_dropped (name))
        environment = set (environment, own[i]);
    }

  return environment;
}

/* Where our `sitecustomize` is, before what was there. */
static char *
python_path (EngEngine  *engine,
             const char *before)
{
  g_autofree char *ours = g_build_filename (engine->share_dir, "kernels", "site", NULL);

  return before != NULL && *before != '\0'
           ? g_strconcat (ours, G_SEARCHPATH_SEPARATOR_S, before, NULL) : g_strdup (ours);
}

/**
 * eng_kernel_environment_base:
 * @engine: the engine
 * @ready: what this engine says of itself when it is ready
 *
 * The environment of a kernel's host, on top of which it sets the kernel's own: that of the user, in
 * which every client of AWS, and MLflow, finds this engine. That the SageMaker SDK does, although it names AWS's
 * address of STS itself, sees `sitecustomize` to.
 *
 * The owner's secret is handed on this way and stands in no file beside credentials.json.
 *
 * Returns: (transfer full): "NAME=value"
 */
char **
eng_kernel_environment_base (EngEngine  *engine,
                             JsonObject *ready)
{
  char **environment = inherited ();
  g_auto(GStrv) aws = sage_aws_environment (ready);
  g_autofree char *path = python_path (engine, g_environ_getenv (environment, "PYTHONPATH"));

  environment = g_environ_setenv (environment, "PYTHONPATH", path, TRUE);
  for (guint i = 0; aws[i] != NULL; i++)
    environment = set (environment, aws[i]);

  return environment;
}

/* `$NAME` and `${NAME}` in a kernelspec's values, as jupyter_client replaces them: what is not there
 * stays. */
static char *
expand (const char  *text,
        char       **environment)
{
  GString *out = g_string_new (NULL);
  const char *at = text;

  while (*at != '\0')
    {
      gboolean braced = at[0] == '$' && at[1] == '{';
      const char *name = at + (braced ? 2 : 1);
      gsize length = 0;
      const char *value = NULL;

      while (*at == '$' && (g_ascii_isalpha (name[length]) || name[length] == '_' ||
                            (length > 0 && g_ascii_isdigit (name[length]))))
        length++;
      if (length > 0 && (!braced || name[length] == '}'))
        {
          g_autofree char *word = g_strndup (name, length);

          value = g_environ_getenv (environment, word);
        }
      if (value != NULL)
        {
          g_string_append (out, value);
          at = name + length + (braced ? 1 : 0);
        }
      else
        g_string_append_c (out, *at++);
    }

  return g_string_free_and_steal (out);
}

static void
add_spec (JsonObject  *own,
          char       **base,
          JsonObject  *spec)
{
  JsonObjectIter iter;
  const char *name;

  if (spec == NULL)
    return;

  json_object_iter_init (&iter, spec);
  while (json_object_iter_next (&iter, &name, NULL))
    {
      g_autofree char *value = expand (sage_json_string (spec, name, ""), base);

      json_object_set_string_member (own, name, value);
    }
}

/* What gateways take too. */
static gboolean
is_accepted (const char *name)
{
  return g_str_has_prefix (name, "KERNEL_") &&
         name[strspn (name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")] == '\0';
}

static void
add_asked (JsonObject *own,
           JsonObject *asked)
{
  JsonObjectIter iter;
  const char *name;

  if (asked == NULL)
    return;

  json_object_iter_init (&iter, asked);
  while (json_object_iter_next (&iter, &name, NULL))
    if (is_accepted (name) && sage_json_string (asked, name, NULL) != NULL)
      json_object_set_string_member (own, name, sage_json_string (asked, name, NULL));
}

/**
 * eng_kernel_environment_own:
 * @base: the environment of its host
 * @spec: (nullable): what the kernelspec sets
 * @asked: (nullable): what the client sets; of it `KERNEL_…` is taken
 * @session_path: (nullable): of the notebook
 *
 * Returns: (transfer full): what a kernel has beside its host's environment; null: what it has not
 */
JsonObject *
eng_kernel_environment_own (char       **base,
                            JsonObject  *spec,
                            JsonObject  *asked,
                            const char  *session_path)
{
  JsonObject *own = json_object_new ();

  for (guint i = 0; not_for_kernels[i] != NULL; i++)
    json_object_set_null_member (own, not_for_kernels[i]);
  add_spec (own, base, spec);
  add_asked (own, asked);
  if (session_path != NULL)
    json_object_set_string_member (own, "JPY_SESSION_NAME", session_path);

  return own;
}
