/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-jupyter"

#include "config.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "eng-jupyter-private.h"
#include "eng-kernel-specs.h"
#include "sage-http-uri.h"
#include "sage-json.h"

#define MAX_RESOURCE (4 * 1024 * 1024)

/* The files of a kernelspec that are for clients. */
static gboolean
is_resource (const char *name)
{
  return strcmp (name, "kernel.js") == 0 || strcmp (name, "kernel.css") == 0 ||
         (g_str_has_prefix (name, "logo-") && strchr (name, '/') == NULL);
}

static const char *
find_type (const char *name)
{
  static const char * const types[][2] = {
    { ".png", "image/png" }, { ".svg", "image/svg+xml" }, { ".jpg", "image/jpeg" },
    { ".gif", "image/gif" }, { ".js", "application/javascript" }, { ".css", "text/css" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_suffix (name, types[i][0]))
      return types[i][1];

  return "application/octet-stream";
}

static JsonObject *
list_resources (SageKernelspec *spec)
{
  g_autoptr(GDir) folder = g_dir_open (sage_kernelspec_get_directory (spec), 0, NULL);
  JsonObject *resources = json_object_new ();
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    if (is_resource (name) && g_utf8_validate (name, -1, NULL))
      {
        g_autofree char *encoded = sage_http_uri_encode (name, FALSE);
        g_autofree char *path = g_strconcat ("/kernelspecs/", sage_kernelspec_get_name (spec), "/",
                                             encoded, NULL);
        g_autofree char *key = g_strdup (name);
        char *dot = strrchr (key, '.');

        if (g_str_has_prefix (name, "logo-") && dot != NULL)
          *dot = '\0';
        json_object_set_string_member (resources, key, path);
      }

  return resources;
}

/* With all members that jupyter_client's KernelSpec.to_dict() has. */
static JsonObject *
describe (SageKernelspec *spec)
{
  const char * const *argv = sage_kernelspec_get_argv (spec);
  JsonObject *environment = sage_kernelspec_get_env (spec);
  JsonObject *metadata = sage_kernelspec_get_metadata (spec);
  JsonObject *model = json_object_new ();
  JsonObject *file = json_object_new ();
  JsonArray *words = json_array_new ();

  for (guint i = 0; argv[i] != NULL; i++)
    json_array_add_string_element (words, argv[i]);
  json_object_set_array_member (file, "argv", words);
  json_object_set_object_member (file, "env", environment != NULL ? json_object_ref (environment)
                                                                  : json_object_new ());
  json_object_set_string_member (file, "display_name", sage_kernelspec_get_display_name (spec));
  json_object_set_string_member (file, "language", sage_kernelspec_get_language (spec));
  json_object_set_string_member (file, "interrupt_mode",
                                 sage_kernelspec_get_interrupt_mode (spec) == SAGE_INTERRUPT_MESSAGE
                                   ? "message" : "signal");
  json_object_set_object_member (file, "metadata", metadata != NULL ? json_object_ref (metadata)
                                                                    : json_object_new ());
  json_object_set_string_member (model, "name", sage_kernelspec_get_name (spec));
  json_object_set_object_member (model, "spec", file);
  json_object_set_object_member (model, "resources", list_resources (spec));

  return model;
}

/* Our own parameter: the folder of a notebook, whose virtual environments count too. */
static char *
read_project (EngJupyter *self)
{
  g_autoptr(SageHttpParams) params =
    sage_http_uri_parse_query (sage_http_request_query (self->http), NULL);
  const char *project = params != NULL ? sage_http_params_get (params, "project") : NULL;

  return project != NULL && g_path_is_absolute (project) ? g_strdup (project) : NULL;
}

static void
list (EngJupyter *self)
{
  g_autofree char *project = read_project (self);
  g_autoptr(GListModel) specs = eng_kernel_specs_list (self->engine, project);
  JsonObject *reply = json_object_new ();
  JsonObject *all = json_object_new ();

  for (guint i = 0; i < g_list_model_get_n_items (specs); i++)
    {
      g_autoptr(SageKernelspec) spec = g_list_model_get_item (specs, i);

      json_object_set_object_member (all, sage_kernelspec_get_name (spec), describe (spec));
    }
  json_object_set_string_member (reply, "default", eng_kernel_specs_default (specs));
  json_object_set_object_member (reply, "kernelspecs", all);
  eng_jupyter_reply_object (self, 200, reply);
}

static SageKernelspec *
find (EngJupyter *self,
      const char *name)
{
  g_autofree char *project = read_project (self);
  SageKernelspec *spec = eng_kernel_specs_find (self->engine, project, name, NULL);

  if (spec == NULL)
    eng_jupyter_refuse (self->http, 404, "Not Found", "Kernel spec not found");

  return spec;
}

/**
 * eng_jupyter_kernelspecs:
 * @self: a request for `/api/kernelspecs[/NAME]`
 *
 * Answers it. With `?project=FOLDER` the virtual environments in that folder come first.
 */
void
eng_jupyter_kernelspecs (EngJupyter *self)
{
  g_autoptr(SageKernelspec) spec = NULL;

  if (strcmp (self->method, "GET") != 0)
    eng_jupyter_wrong_method (self);
  else if (self->n_words == 2)
    list (self);
  else if (self->n_words > 3)
    eng_jupyter_refuse (self->http, 404, "Not Found", "There is nothing at this path");
  else if ((spec = find (self, self->words[2])) != NULL)
    eng_jupyter_reply_object (self, 200, describe (spec));
}

/* Distributions install links; what is behind one must be a file all the same. */
static void
send_file (EngJupyter *self,
           const char *path,
           const char *name)
{
  g_autofd int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  gboolean whole = strcmp (self->method, "GET") == 0;
  struct stat info;

  if (fd < 0 || fstat (fd, &info) != 0 || !S_ISREG (info.st_mode) || info.st_size > MAX_RESOURCE)
    {
      eng_jupyter_refuse (self->http, 404, "Not Found", "The kernel spec has no such resource");
      return;
    }

  sage_http_reply_header (self->http, "X-Content-Type-Options", "nosniff");
  sage_http_reply_header (self->http, "Cache-Control", "private, max-age=3600");
  if (whole)
    sage_http_reply_fd (self->http, 200, find_type (name), g_steal_fd (&fd), 0,
                        (guint64) info.st_size);
  else
    sage_http_reply_head (self->http, 200, find_type (name), (guint64) info.st_size);
}

/**
 * eng_jupyter_resource:
 * @self: a request for `/kernelspecs/NAME/FILE`
 *
 * Answers it with one of the kernelspec's logos and the like.
 */
void
eng_jupyter_resource (EngJupyter *self)
{
  g_autoptr(SageKernelspec) spec = NULL;
  g_autofree char *path = NULL;

  if (strcmp (self->method, "GET") != 0 && strcmp (self->method, "HEAD") != 0)
    eng_jupyter_wrong_method (self);
  else if (self->n_words != 3 || !is_resource (self->words[2]))
    eng_jupyter_refuse (self->http, 404, "Not Found", "The kernel spec has no such resource");
  else if ((spec = find (self, self->words[1])) != NULL)
    {
      path = g_build_filename (sage_kernelspec_get_directory (spec), self->words[2], NULL);
      send_file (self, path, self->words[2]);
    }
}
