/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "kernel-fixture.h"
#include "sage-json.h"

void
keep_result_cb (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static void
message_cb (SageKernelClient   *client,
            SageJupyterMessage *message,
            Kernel             *kernel)
{
  g_ptr_array_add (kernel->messages, sage_jupyter_message_ref (message));
}

static void
lost_cb (SageKernelClient *client,
         const char       *msg_id,
         const GError     *error,
         Kernel           *kernel)
{
  g_assert_nonnull (error);
  g_ptr_array_add (kernel->lost, g_strdup (msg_id));
}

/* One kernel for all tests of a program: to start and to end one takes seconds. */
static char *shared_id; /* (owned) (nullable) */

static void
start_shared (SageJupyterServer *server)
{
  g_autoptr(SageServerKernel) model = NULL;
  g_autoptr(GError) error = NULL;

  model = call_and_wait (server, sage_jupyter_server_start_kernel, &error, "python3", NULL);
  g_assert_no_error (error);
  shared_id = g_strdup (model->id);
}

/**
 * kernel_init:
 * @server: has the kernel
 *
 * Connects to the kernel that all tests share; starts it when there is none.
 */
void
kernel_init (Kernel            *kernel,
             SageJupyterServer *server)
{
  if (shared_id == NULL)
    start_shared (server);
  kernel->server = g_object_ref (server);
  kernel->id = g_strdup (shared_id);
  kernel->messages = g_ptr_array_new_with_free_func ((GDestroyNotify) sage_jupyter_message_unref);
  kernel->lost = g_ptr_array_new_with_free_func (g_free);
  kernel->client = sage_kernel_client_new (server, kernel->id, 0);
  g_signal_connect (kernel->client, "message", G_CALLBACK (message_cb), kernel);
  g_signal_connect (kernel->client, "request-lost", G_CALLBACK (lost_cb), kernel);
  sage_kernel_client_open (kernel->client);
  wait_until (sage_kernel_client_get_info (kernel->client) != NULL
              && sage_kernel_client_get_kernel_state (kernel->client) == SAGE_KERNEL_IDLE);
}

void
kernel_clear (Kernel *kernel)
{
  sage_kernel_client_close (kernel->client);
  assert_finalizes (kernel->client);
  g_clear_object (&kernel->server);
  g_ptr_array_unref (kernel->messages);
  g_ptr_array_unref (kernel->lost);
  g_free (kernel->id);
}

/* Lets the kernel that all shared go; without a @server it ends with that. */
void
kernel_end (SageJupyterServer *server)
{
  g_autoptr(GError) error = NULL;

  if (shared_id != NULL && server != NULL)
    call_and_wait (server, sage_jupyter_server_shutdown, &error, shared_id);
  g_clear_pointer (&shared_id, g_free);
}

/* Returns: (transfer none) (nullable): the last message of that type that @parent caused */
SageJupyterMessage *
kernel_find (Kernel     *kernel,
             const char *parent,
             const char *msg_type)
{
  for (guint i = kernel->messages->len; i > 0; i--)
    {
      SageJupyterMessage *message = g_ptr_array_index (kernel->messages, i - 1);

      if (g_strcmp0 (sage_jupyter_message_get_msg_type (message), msg_type) == 0
          && g_strcmp0 (sage_jupyter_message_get_parent_id (message), parent) == 0)
        return message;
    }

  return NULL;
}

gboolean
kernel_is_done (Kernel     *kernel,
                const char *parent)
{
  SageJupyterMessage *status = kernel_find (kernel, parent, "status");

  return status != NULL && kernel_find (kernel, parent, "execute_reply") != NULL
         && g_strcmp0 (sage_json_string (sage_jupyter_message_get_content (status), "execution_state", ""),
                       "idle") == 0;
}

gboolean
kernel_has_lost (Kernel     *kernel,
                 const char *msg_id)
{
  return g_ptr_array_find_with_equal_func (kernel->lost, msg_id, g_str_equal, NULL);
}

/* Returns: (transfer full): all that @parent wrote to @name */
char *
kernel_stream (Kernel     *kernel,
               const char *parent,
               const char *name)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < kernel->messages->len; i++)
    {
      SageJupyterMessage *message = g_ptr_array_index (kernel->messages, i);
      JsonObject *content = sage_jupyter_message_get_content (message);

      if (strcmp (sage_jupyter_message_get_msg_type (message), "stream") == 0
          && g_strcmp0 (sage_jupyter_message_get_parent_id (message), parent) == 0
          && g_strcmp0 (sage_json_string (content, "name", ""), name) == 0)
        g_string_append (text, sage_json_string (content, "text", ""));
    }

  return g_string_free_and_steal (text);
}

/* Runs @code to its end. Returns: (transfer full): the request's id */
char *
kernel_run (Kernel     *kernel,
            const char *code)
{
  char *id = sage_kernel_client_execute (kernel->client, code, SAGE_EXECUTE_STORE_HISTORY, NULL);

  wait_until (kernel_is_done (kernel, id));

  return id;
}
