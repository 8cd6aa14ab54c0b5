/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-reply"

#include "config.h"

#include <string.h>

#include "sage-aws-error.h"
#include "sage-error.h"
#include "sage-json.h"
#include "sage-reply-private.h"

#define MAX_MESSAGE 4096

struct _SageReply
{
  gatomicrefcount     references;
  guint               status;
  SoupMessageHeaders *headers; /* (owned) */
  GBytes             *body;    /* (owned) */
};

G_DEFINE_BOXED_TYPE (SageReply, sage_reply, sage_reply_ref, sage_reply_unref)

/**
 * sage_reply_new:
 * @message: an exchange that ended
 * @body: what came
 *
 * Returns: (transfer full): the answer
 */
SageReply *
sage_reply_new (SoupMessage *message,
                GBytes      *body)
{
  SageReply *self = g_new0 (SageReply, 1);

  g_atomic_ref_count_init (&self->references);
  self->status = soup_message_get_status (message);
  self->headers = soup_message_headers_ref (soup_message_get_response_headers (message));
  self->body = g_bytes_ref (body);

  return self;
}

SageReply *
sage_reply_ref (SageReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);

  return self;
}

void
sage_reply_unref (SageReply *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references))
    return;

  soup_message_headers_unref (self->headers);
  g_bytes_unref (self->body);
  g_free (self);
}

guint
sage_reply_get_status (SageReply *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->status;
}

/**
 * sage_reply_get_header:
 * @self: an answer
 * @name: a header, in any case
 *
 * Returns: (nullable): its value
 */
const char *
sage_reply_get_header (SageReply  *self,
                       const char *name)
{
  g_return_val_if_fail (self != NULL, NULL);

  return soup_message_headers_get_list (self->headers, name);
}

/**
 * sage_reply_get_content_type:
 * @self: an answer
 *
 * Returns: (nullable): the media type without its parameters
 */
const char *
sage_reply_get_content_type (SageReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return soup_message_headers_get_content_type (self->headers, NULL);
}

/**
 * sage_reply_get_body:
 * @self: an answer
 *
 * Returns: (transfer none): its bytes, perhaps none
 */
GBytes *
sage_reply_get_body (SageReply *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->body;
}

/* What an error of S3 says: the texts of two elements. */
typedef struct
{
  char *code;    /* (owned) (nullable) */
  char *message; /* (owned) (nullable) */
} XmlError;

static void
text_cb (GMarkupParseContext  *context,
         const char           *text,
         gsize                 length,
         gpointer              user_data,
         GError              **error)
{
  XmlError *found = user_data;
  const char *element = g_markup_parse_context_get_element (context);
  char **field = NULL;

  if (g_strcmp0 (element, "Code") == 0)
    field = &found->code;
  else if (g_strcmp0 (element, "Message") == 0)
    field = &found->message;
  if (field != NULL && *field == NULL)
    *field = g_strndup (text, length);
}

static void
read_xml (GBytes   *body,
          XmlError *found)
{
  static const GMarkupParser parser = { .text = text_cb };
  g_autoptr(GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, found, NULL);
  gsize length;
  const char *data = g_bytes_get_data (body, &length);

  if (length > 0)
    g_markup_parse_context_parse (context, data, (gssize) length, NULL);
}

/**
 * sage_reply_check:
 * @self: an answer
 * @error: return location
 *
 * Returns: whether it is a success; if not, @error is what the answer says, in the JSON or the XML
 *   of the services
 */
gboolean
sage_reply_check (SageReply  *self,
                  GError    **error)
{
  g_autofree char *safe = NULL;
  g_autofree char *xml_code = NULL;
  g_autofree char *xml_message = NULL;
  g_autoptr(JsonNode) root = NULL;
  JsonObject *object = NULL;
  XmlError found = { 0 };
  const char *code;
  const char *text;

  g_return_val_if_fail (self != NULL, FALSE);

  if (SOUP_STATUS_IS_SUCCESSFUL (self->status))
    return TRUE;

  read_xml (self->body, &found);
  xml_code = found.code;
  xml_message = found.message;
  if (g_bytes_get_size (self->body) > 0)
    root = sage_json_parse_object (g_bytes_get_data (self->body, NULL),
                                   (gssize) g_bytes_get_size (self->body), NULL, NULL);
  if (root != NULL)
    object = json_node_get_object (root);

  code = soup_message_headers_get_one (self->headers, "x-amzn-ErrorType");
  text = xml_message;
  if (xml_code != NULL)
    code = xml_code;
  if (object != NULL)
    {
      code = sage_json_string (object, "__type", sage_json_string (object, "Code", code));
      text = sage_json_string (object, "Message", sage_json_string (object, "message", NULL));
    }

  if (text == NULL || text[0] == '\0')
    text = code != NULL ? code : soup_status_get_phrase (self->status);
  safe = sage_aws_sanitise (text, -1, MAX_MESSAGE);

  return sage_throw (error, sage_aws_error_from_code (code, self->status), "%s", safe);
}

/**
 * sage_reply_check_bucket:
 * @self: the answer to a request to make a bucket
 * @error: return location
 *
 * Returns: whether there is that bucket now, and it is one's own: it was made, or was there already. A
 *   bucket of that name that is somebody else's is an error: nothing of one's own is to be put there
 */
gboolean
sage_reply_check_bucket (SageReply  *self,
                         GError    **error)
{
  XmlError found = { 0 };
  gboolean is_own;

  g_return_val_if_fail (self != NULL, FALSE);

  read_xml (self->body, &found);
  is_own = self->status == SOUP_STATUS_CONFLICT && g_strcmp0 (found.code, "BucketAlreadyOwnedByYou") == 0;
  g_free (found.code);
  g_free (found.message);

  return is_own || sage_reply_check (self, error);
}
