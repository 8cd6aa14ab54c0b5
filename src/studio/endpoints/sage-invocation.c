/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-invocation"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-invocation.h"
#include "sage-time.h"
#include "sage-words.h"

struct _SageInvocation
{
  GObject    parent_instance;

  char      *endpoint;     /* (owned) */
  char      *content_type; /* (owned) */
  char      *accept;       /* (owned) (nullable): what the endpoint likes to answer */
  char      *body;         /* (owned) */
  double     sent;         /* seconds since 1970; 0: not yet */
  gint64     start;        /* monotonic, in µs */
  double     latency;      /* seconds */
  SageReply *reply;        /* (owned) (nullable) */
  char      *problem;      /* (owned) (nullable): why it did not work, in a sentence */
};

G_DEFINE_FINAL_TYPE (SageInvocation, sage_invocation, G_TYPE_OBJECT)

static void
sage_invocation_finalize (GObject *object)
{
  SageInvocation *self = SAGE_INVOCATION (object);

  g_free (self->endpoint);
  g_free (self->content_type);
  g_free (self->accept);
  g_free (self->body);
  g_free (self->problem);
  g_clear_pointer (&self->reply, sage_reply_unref);

  G_OBJECT_CLASS (sage_invocation_parent_class)->finalize (object);
}

static void
sage_invocation_class_init (SageInvocationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_invocation_finalize;
}

static void
sage_invocation_init (SageInvocation *self)
{
}

/**
 * sage_invocation_new:
 * @endpoint: the name of an endpoint
 * @content_type: what @body is: `text/csv`
 * @accept: (nullable): what is to be answered; %NULL for what the endpoint likes
 * @body: the request
 *
 * Returns: (transfer full): a request that is not sent yet
 */
SageInvocation *
sage_invocation_new (const char *endpoint,
                     const char *content_type,
                     const char *accept,
                     const char *body)
{
  SageInvocation *self = g_object_new (SAGE_TYPE_INVOCATION, NULL);

  self->endpoint = g_strdup (endpoint);
  self->content_type = g_strdup (content_type);
  self->accept = g_strdup (accept);
  self->body = g_strdup (body);

  return self;
}

static void
replied_cb (GObject      *object,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  SageInvocation *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;

  self->latency = (double) (g_get_monotonic_time () - self->start) / G_USEC_PER_SEC;
  self->reply = sage_client_send_finish (SAGE_CLIENT (object), result, &error);
  if (self->reply != NULL)
    sage_reply_check (self->reply, &error);
  if (error == NULL)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  /* What the model says is read as it is; a sentence for its code would hide it. */
  self->problem = self->reply != NULL ? g_strdup (error->message) : sage_words_error (error);
  g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * sage_invocation_send_async:
 * @self: a request that is not sent yet
 * @connection: the engine of the endpoint
 * @cancellable: (nullable): gives it up
 * @callback: called when there is an answer, or none
 * @user_data: for @callback
 *
 * Sends the request.
 */
void
sage_invocation_send_async (SageInvocation      *self,
                            SageConnection      *connection,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  SageClient *client = sage_connection_get_client (connection);
  g_autofree char *escaped = g_uri_escape_string (self->endpoint, NULL, FALSE);
  g_autofree char *path = g_strdup_printf ("/endpoints/%s/invocations", escaped);
  g_autoptr(GBytes) body = g_bytes_new (self->body, strlen (self->body));
  const char *headers[] = { "Content-Type", self->content_type, NULL, NULL, NULL };

  g_task_set_source_tag (task, sage_invocation_send_async);
  self->sent = sage_time_now ();
  self->start = g_get_monotonic_time ();
  if (client == NULL)
    {
      g_autoptr(GError) error = g_error_new (SAGE_ERROR, SAGE_ERROR_UNREACHABLE, "Not connected");

      self->problem = sage_words_error (error);
      g_task_return_error (task, g_steal_pointer (&error));
      g_object_unref (task);
      return;
    }

  if (self->accept != NULL)
    {
      headers[2] = "Accept";
      headers[3] = self->accept;
    }
  sage_client_send_async (client, "sagemaker", "POST", path, headers, body, 0, cancellable,
                          replied_cb, task);
}

/**
 * sage_invocation_send_finish:
 * @self: the request
 * @result: what the callback got
 * @error: return location
 *
 * Returns: whether the endpoint answered with a success; if not, the invocation knows more
 */
gboolean
sage_invocation_send_finish (SageInvocation  *self,
                             GAsyncResult    *result,
                             GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

const char *
sage_invocation_get_content_type (SageInvocation *self)
{
  g_return_val_if_fail (SAGE_IS_INVOCATION (self), NULL);

  return self->content_type;
}

/**
 * sage_invocation_get_accept:
 * @self: a request
 *
 * Returns: (nullable): what is to be answered
 */
const char *
sage_invocation_get_accept (SageInvocation *self)
{
  g_return_val_if_fail (SAGE_IS_INVOCATION (self), NULL);

  return self->accept;
}

const char *
sage_invocation_get_body (SageInvocation *self)
{
  g_return_val_if_fail (SAGE_IS_INVOCATION (self), NULL);

  return self->body;
}

/**
 * sage_invocation_get_sent:
 * @self: a request
 *
 * Returns: when it was sent, in seconds since 1970; 0: not yet
 */
double
sage_invocation_get_sent (SageInvocation *self)
{
  g_return_val_if_fail (SAGE_IS_INVOCATION (self), 0);

  return self->sent;
}

/**
 * sage_invocation_get_latency:
 * @self: a request
 *
 * Returns: how long the answer took from here and back, in seconds
 */
double
sage_invocation_get_latency (SageInvocation *self)
{
  g_return_val_if_fail (SAGE_IS_INVOCATION (self), 0);

  return self->latency;
}

/**
 * sage_invocation_get_status:
 * @self: a request
 *
 * Returns: the status of the answer; 0 if there is none
 */
guint
sage_invocation_get_status (SageInvocation *self)
{
  g_return_val_if_fail (SAGE_IS_INVOCATION (self), 0);

  return self->reply != NULL ? sage_reply_get_status (self->reply) : 0;
}

/**
 * sage_invocation_get_reply:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): the answer
 */
SageReply *
sage_invocation_get_reply (SageInvocation *self)
{
  g_return_val_if_fail (SAGE_IS_INVOCATION (self), NULL);

  return self->reply;
}

/**
 * sage_invocation_get_problem:
 * @self: a request
 *
 * Returns: (nullable): why it did not work
 */
const char *
sage_invocation_get_problem (SageInvocation *self)
{
  g_return_val_if_fail (SAGE_IS_INVOCATION (self), NULL);

  return self->problem;
}
