/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-s3"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "eng-s3-private.h"

/* The part of an object that a request asks for. */
typedef struct
{
  guint  status; /* 200, 206, 304, 412, 416 */
  gint64 offset;
  gint64 length;
} Part;

static void
choose_part (EngS3Call       *call,
             const EngObject *object,
             Part            *part)
{
  const char *range = eng_s3_header (call, "Range");
  const char *if_range = eng_s3_header (call, "If-Range");
  g_autofree char *etag = g_strdup_printf ("\"%s\"", object->etag);
  gboolean satisfiable;

  part->status = eng_s3_read_condition (call, object);
  part->offset = 0;
  part->length = object->size;
  if (part->status != 200 || range == NULL || (if_range != NULL && strcmp (if_range, etag) != 0))
    return;

  if (eng_s3_range (range, object->size, &part->offset, &part->length, &satisfiable))
    part->status = satisfiable ? 206 : 416;
}

/* Sends the headers of the chosen part, or throws where an error takes its place. */
static gboolean
send_head (EngS3Call        *call,
           const EngObject  *object,
           const Part       *part,
           GError          **error)
{
  gboolean wanted = g_strcmp0 (eng_s3_header (call, "x-amz-checksum-mode"), "ENABLED") == 0;
  g_autofree char *range = NULL;

  if (part->status == 412)
    return eng_s3_throw (error, ENG_S3_PRECONDITION_FAILED,
                         "At least one of the pre-conditions you specified did not hold");
  if (part->status == 416)
    {
      range = g_strdup_printf ("bytes */%" G_GINT64_FORMAT, object->size);
      sage_http_reply_header (call->http, "Content-Range", range);
      return eng_s3_throw (error, ENG_S3_INVALID_RANGE, "The requested range is not satisfiable");
    }

  /* A checksum is that of the whole; a client would hold a part against it and fail. */
  eng_s3_send_object_headers (call, object, wanted && part->status == 200);
  if (part->status == 206)
    {
      range = g_strdup_printf ("bytes %" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "/%" G_GINT64_FORMAT,
                               part->offset, part->offset + part->length - 1, object->size);
      sage_http_reply_header (call->http, "Content-Range", range);
    }

  return TRUE;
}

gboolean
eng_s3_get_object (EngS3Call  *call,
                   GError    **error)
{
  g_autofd int fd = -1;
  g_autoptr(EngObject) object = eng_objects_open_key (call->engine->objects, call->bucket,
                                                      call->key, &fd, error);
  const char *type;
  Part part;

  if (object == NULL)
    return FALSE;

  choose_part (call, object, &part);
  if (!send_head (call, object, &part, error))
    return FALSE;

  type = eng_s3_param (call, "response-content-type");
  if (part.status == 304)
    sage_http_reply (call->http, 304, NULL, NULL, 0);
  else
    sage_http_reply_fd (call->http, part.status, type != NULL ? type : object->content_type,
                        g_steal_fd (&fd), (guint64) part.offset, (guint64) part.length);

  return TRUE;
}

gboolean
eng_s3_head_object (EngS3Call  *call,
                    GError    **error)
{
  g_autoptr(EngObject) object = eng_objects_stat (call->engine->objects, call->bucket, call->key,
                                                  error);
  Part part;

  if (object == NULL)
    return FALSE;

  choose_part (call, object, &part);
  if (!send_head (call, object, &part, error))
    return FALSE;

  if (part.status == 304)
    sage_http_reply (call->http, 304, NULL, NULL, 0);
  else
    sage_http_reply_head (call->http, part.status, object->content_type, (guint64) part.length);

  return TRUE;
}

/* No object has tags, since what would set them is refused; the AWS CLI asks before each large
 * copy. */
gboolean
eng_s3_get_tagging (EngS3Call  *call,
                    GError    **error)
{
  g_autoptr(EngObject) object = eng_objects_stat (call->engine->objects, call->bucket, call->key,
                                                  error);
  GString *xml;

  if (object == NULL)
    return FALSE;

  xml = eng_s3_xml_new ("Tagging");
  g_string_append (xml, "<TagSet></TagSet>");
  eng_s3_reply_xml (call, xml, "Tagging");

  return TRUE;
}

gboolean
eng_s3_delete_object (EngS3Call  *call,
                      GError    **error)
{
  const char *keys[] = { call->key, NULL };

  if (eng_s3_header (call, "If-Match") != NULL)
    return eng_s3_throw (error, ENG_S3_NOT_IMPLEMENTED,
                         "A header you provided implies functionality that is not implemented");
  if (!eng_objects_delete (call->engine->objects, call->bucket, keys, &call->caller, error))
    return FALSE;

  eng_s3_reply_empty (call, 204);

  return TRUE;
}
