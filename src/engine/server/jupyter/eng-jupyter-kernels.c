/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-jupyter"

#include "config.h"

#include <string.h>

#include "eng-jupyter-private.h"
#include "eng-kernel-channels.h"
#include "sage-json.h"

static const EngOperation start_operation = { "jupyter", "StartKernel", ENG_ACCESS_WRITE, NULL };
static const EngOperation restart_operation = { "jupyter", "RestartKernel", ENG_ACCESS_WRITE, NULL };
static const EngOperation interrupt_operation = { "jupyter", "InterruptKernel", ENG_ACCESS_READ,
                                                  NULL };
static const EngOperation shutdown_operation = { "jupyter", "ShutdownKernel", ENG_ACCESS_WRITE,
                                                 NULL };

static void
reply_row (EngJupyter *self,
           guint       status,
           const char *id)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(EngKernelRow) row = eng_kernel_row_load (self->engine, id, &error);

  if (row != NULL)
    eng_jupyter_reply_object (self, status, eng_kernel_model (self->engine, row));
  else
    eng_jupyter_throw (self, error);
}

static void
list (EngJupyter *self)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) rows = eng_kernel_rows_load (self->engine, &error);
  JsonArray *all;

  if (rows == NULL)
    {
      eng_jupyter_throw (self, error);
      return;
    }
  all = json_array_new ();
  for (guint i = 0; i < rows->len; i++)
    json_array_add_object_element (all, eng_kernel_model (self->engine,
                                                          g_ptr_array_index (rows, i)));
  eng_jupyter_reply (self, 200, sage_json_take_array (all));
}

static void
start (EngJupyter *self)
{
  g_autoptr(JsonNode) body = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *location = NULL;
  g_autofree char *id = NULL;
  EngKernelRequest wanted = { 0 };
  EngCall call;

  if (!eng_jupyter_body (self, &body))
    return;
  if (body != NULL)
    {
      JsonObject *object = json_node_get_object (body);

      wanted.name = sage_json_string (object, "name", NULL);
      wanted.path = sage_json_string (object, "path", NULL);
      wanted.environment = sage_json_object (object, "env");
    }

  eng_jupyter_call (self, &start_operation, &call);
  id = eng_kernel_start (&call, &wanted, &error);
  if (id == NULL)
    {
      eng_call_audit_refusal (&call, error);
      eng_jupyter_throw (self, error);
      return;
    }
  location = g_strconcat ("/api/kernels/", id, NULL);
  sage_http_reply_header (self->http, "Location", location);
  reply_row (self, 201, id);
}

/* Answers a change of one kernel, which is done or failed. */
static void
conclude (EngJupyter   *self,
          EngCall      *call,
          gboolean      ok,
          const GError *error)
{
  if (ok)
    sage_http_reply (self->http, 204, NULL, NULL, 0);
  else
    {
      eng_call_audit_refusal (call, error);
      eng_jupyter_throw (self, error);
    }
}

static void
act_on_kernel (EngJupyter *self,
               const char *id,
               const char *action)
{
  g_autoptr(GError) error = NULL;
  EngCall call;
  gboolean ok;

  if (strcmp (action, "interrupt") == 0)
    {
      eng_jupyter_call (self, &interrupt_operation, &call);
      ok = eng_kernel_interrupt (&call, id, &error);
      conclude (self, &call, ok, error);
      return;
    }

  eng_jupyter_call (self, &restart_operation, &call);
  if (eng_kernel_restart (&call, id, &error))
    reply_row (self, 200, id);
  else
    conclude (self, &call, FALSE, error);
}

static void
one_kernel (EngJupyter *self,
            const char *id)
{
  g_autoptr(GError) error = NULL;
  EngCall call;
  gboolean ok;

  if (strcmp (self->method, "GET") == 0)
    reply_row (self, 200, id);
  else if (strcmp (self->method, "DELETE") == 0)
    {
      eng_jupyter_call (self, &shutdown_operation, &call);
      ok = eng_kernel_shutdown (&call, id, &error);
      conclude (self, &call, ok, error);
    }
  else
    eng_jupyter_wrong_method (self);
}

/**
 * eng_jupyter_kernels:
 * @self: a request for `/api/kernels[/ID[/interrupt|/restart|/channels]]`
 *
 * Answers it.
 */
void
eng_jupyter_kernels (EngJupyter *self)
{
  const char *id = self->n_words > 2 ? self->words[2] : NULL;
  const char *action = self->n_words > 3 ? self->words[3] : "";

  if (id == NULL && strcmp (self->method, "GET") == 0)
    list (self);
  else if (id == NULL && strcmp (self->method, "POST") == 0)
    start (self);
  else if (id == NULL)
    eng_jupyter_wrong_method (self);
  else if (!g_uuid_string_is_valid (id))
    eng_jupyter_refuse (self->http, 404, "Not Found", "Kernel does not exist");
  else if (self->n_words == 3)
    one_kernel (self, id);
  else if (self->n_words == 4 && strcmp (action, "channels") == 0)
    eng_kernel_channels_handle (self->engine, self->request, self->http, id);
  else if (self->n_words > 4 || (strcmp (action, "interrupt") != 0 && strcmp (action, "restart") != 0))
    eng_jupyter_refuse (self->http, 404, "Not Found", "There is nothing at this path");
  else if (strcmp (self->method, "POST") == 0)
    act_on_kernel (self, id, action);
  else
    eng_jupyter_wrong_method (self);
}
