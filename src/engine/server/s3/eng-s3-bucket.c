/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-s3"

#include "config.h"

#include <string.h>

#include "eng-s3-private.h"
#include "sage-error.h"

/* The region whose buckets have no location, for reasons of S3's history. */
#define FIRST_REGION "us-east-1"

gboolean
eng_s3_list_buckets (EngS3Call  *call,
                     GError    **error)
{
  g_autoptr(GPtrArray) buckets = eng_objects_list_buckets (call->engine->objects, error);
  GString *xml;

  if (buckets == NULL)
    return FALSE;

  xml = eng_s3_xml_new ("ListAllMyBucketsResult");
  g_string_append (xml, "<Owner>");
  eng_s3_xml_text (xml, "ID", call->engine->account);
  g_string_append (xml, "</Owner><Buckets>");
  for (guint i = 0; i < buckets->len; i++)
    {
      const EngBucket *bucket = g_ptr_array_index (buckets, i);

      g_string_append (xml, "<Bucket>");
      eng_s3_xml_text (xml, "Name", bucket->name);
      eng_s3_xml_time (xml, "CreationDate", bucket->created);
      g_string_append (xml, "</Bucket>");
    }
  g_string_append (xml, "</Buckets>");
  eng_s3_reply_xml (call, xml, "ListAllMyBucketsResult");

  return TRUE;
}

/* The location must be the engine's own region; the first one is meant by saying nothing. */
static gboolean
check_location (EngS3Call  *call,
                GError    **error)
{
  g_autoptr(GBytes) body = eng_s3_body_bytes (call);
  g_autofree char *location = NULL;

  if (!eng_s3_xml_read_location (body, &location, error))
    return FALSE;

  return location == NULL || *location == '\0' || strcmp (location, call->engine->region) == 0 ||
         eng_s3_throw (error, ENG_S3_ILLEGAL_LOCATION, "The %s location constraint is incompatible "
                       "for the region specific endpoint this request was sent to.", location);
}

gboolean
eng_s3_create_bucket (EngS3Call  *call,
                      GError    **error)
{
  const char *lock = eng_s3_header (call, "x-amz-bucket-object-lock-enabled");
  g_autofree char *location = g_strconcat ("/", call->bucket, NULL);
  g_autoptr(GError) local = NULL;

  if (!eng_s3_refuse_unsupported (call, error) || !check_location (call, error))
    return FALSE;
  if (g_strcmp0 (lock, "true") == 0)
    return eng_s3_throw (error, ENG_S3_NOT_IMPLEMENTED, "Object locks are not implemented");

  if (!eng_objects_create_bucket_for (call->engine->objects, call->bucket, &call->caller, &local))
    {
      gboolean exists = g_error_matches (local, SAGE_ERROR, SAGE_ERROR_EXISTS);

      if (exists && strcmp (call->engine->region, FIRST_REGION) != 0)
        return eng_s3_throw (error, ENG_S3_BUCKET_ALREADY_OWNED_BY_YOU, "Your previous request to "
                             "create the named bucket succeeded and you already own it.");
      if (!exists)
        {
          g_propagate_error (error, g_steal_pointer (&local));
          return FALSE;
        }
    }

  sage_http_reply_header (call->http, "Location", location);
  eng_s3_reply_empty (call, 200);

  return TRUE;
}

gboolean
eng_s3_delete_bucket (EngS3Call  *call,
                      GError    **error)
{
  g_autoptr(GError) local = NULL;

  if (eng_objects_delete_bucket (call->engine->objects, call->bucket, &call->caller, &local))
    {
      eng_s3_reply_empty (call, 204);
      return TRUE;
    }

  if (g_error_matches (local, SAGE_ERROR, SAGE_ERROR_CONFLICT))
    return eng_s3_throw (error, ENG_S3_BUCKET_NOT_EMPTY,
                         "The bucket you tried to delete is not empty");
  g_propagate_error (error, g_steal_pointer (&local));

  return FALSE;
}

/* Answers NoSuchBucket where there is none. */
static gboolean
need_bucket (EngS3Call  *call,
             GError    **error)
{
  return eng_objects_bucket_exists (call->engine->objects, call->bucket) ||
         eng_s3_throw (error, ENG_S3_NO_SUCH_BUCKET, "The specified bucket does not exist");
}

gboolean
eng_s3_head_bucket (EngS3Call  *call,
                    GError    **error)
{
  if (!need_bucket (call, error))
    return FALSE;

  sage_http_reply_header (call->http, "x-amz-bucket-region", call->engine->region);
  sage_http_reply_header (call->http, "x-amz-access-point-alias", "false");
  eng_s3_reply_headers (call);
  sage_http_reply_head (call->http, 200, ENG_S3_XML_TYPE, 0);

  return TRUE;
}

gboolean
eng_s3_get_location (EngS3Call  *call,
                     GError    **error)
{
  gboolean first = strcmp (call->engine->region, FIRST_REGION) == 0;
  GString *xml;

  if (!need_bucket (call, error))
    return FALSE;

  xml = eng_s3_xml_new ("LocationConstraint");
  if (!first)
    g_string_append (xml, call->engine->region);
  eng_s3_reply_xml (call, xml, "LocationConstraint");

  return TRUE;
}

/* An empty configuration: versioning was never switched on. */
gboolean
eng_s3_get_versioning (EngS3Call  *call,
                       GError    **error)
{
  if (!need_bucket (call, error))
    return FALSE;

  eng_s3_reply_xml (call, eng_s3_xml_new ("VersioningConfiguration"), "VersioningConfiguration");

  return TRUE;
}

static void
append_delete_error (GString    *xml,
                     const char *key,
                     const char *code,
                     const char *message)
{
  g_string_append (xml, "<Error>");
  eng_s3_xml_text (xml, "Key", key);
  eng_s3_xml_text (xml, "Code", code);
  eng_s3_xml_text (xml, "Message", message);
  g_string_append (xml, "</Error>");
}

gboolean
eng_s3_delete_objects (EngS3Call  *call,
                       GError    **error)
{
  g_autoptr(GBytes) body = eng_s3_body_bytes (call);
  g_autoptr(EngS3DeleteList) list = eng_s3_xml_read_delete (body, error);
  g_autoptr(GPtrArray) keys = g_ptr_array_new ();
  g_autoptr(GString) failures = g_string_new (NULL);
  GString *xml;

  if (list == NULL)
    return FALSE;

  for (guint i = 0; i < list->keys->len; i++)
    {
      char *key = g_ptr_array_index (list->keys, i);
      g_autoptr(GError) local = NULL;

      if (eng_s3_key_check (key, strlen (key), &local))
        g_ptr_array_add (keys, key);
      else
        append_delete_error (failures, key,
                             eng_s3_error_code (eng_s3_error_from (local, ENG_S3_NO_SUCH_KEY)),
                             local->message);
    }
  g_ptr_array_add (keys, NULL);

  if (!eng_objects_delete (call->engine->objects, call->bucket,
                           (const char * const *) keys->pdata, &call->caller, error))
    return FALSE;

  xml = eng_s3_xml_new ("DeleteResult");
  for (guint i = 0; !list->quiet && i + 1 < keys->len; i++)
    {
      g_string_append (xml, "<Deleted>");
      eng_s3_xml_text (xml, "Key", g_ptr_array_index (keys, i));
      g_string_append (xml, "</Deleted>");
    }
  g_string_append_len (xml, failures->str, (gssize) failures->len);
  eng_s3_reply_xml (call, xml, "DeleteResult");

  return TRUE;
}
