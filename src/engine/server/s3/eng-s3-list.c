/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-s3"

#include "config.h"

#include <string.h>

#include "eng-s3-private.h"

#define PAGE_MAX 1000

/* What both versions of the listing share. */
typedef struct
{
  EngObjectQuery query;
  gboolean       url;
  gboolean       owner;
} Listing;

static const char *
not_empty (const char *text)
{
  return text != NULL && *text != '\0' ? text : NULL;
}

static gboolean
read_listing (EngS3Call  *call,
              Listing    *listing,
              GError    **error)
{
  listing->query.prefix = eng_s3_param (call, "prefix");
  listing->query.delimiter = not_empty (eng_s3_param (call, "delimiter"));

  return eng_s3_uint_param (call, "max-keys", PAGE_MAX, PAGE_MAX, &listing->query.limit, error) &&
         eng_s3_url_encoding (call, &listing->url, error);
}

static void
append_object (EngS3Call       *call,
               GString         *xml,
               const Listing   *listing,
               const EngObject *object)
{
  g_string_append (xml, "<Contents>");
  eng_s3_xml_name (xml, "Key", object->key, listing->url);
  eng_s3_xml_time (xml, "LastModified", object->modified);
  eng_s3_xml_etag (xml, object->etag);
  eng_s3_xml_int (xml, "Size", object->size);
  if (listing->owner)
    {
      g_string_append (xml, "<Owner>");
      eng_s3_xml_text (xml, "ID", call->engine->account);
      g_string_append (xml, "</Owner>");
    }
  eng_s3_xml_text (xml, "StorageClass", "STANDARD");
  g_string_append (xml, "</Contents>");
}

static void
append_page (EngS3Call           *call,
             GString             *xml,
             const Listing       *listing,
             const EngObjectPage *page)
{
  for (guint i = 0; i < page->objects->len; i++)
    append_object (call, xml, listing, g_ptr_array_index (page->objects, i));

  for (guint i = 0; i < page->prefixes->len; i++)
    {
      g_string_append (xml, "<CommonPrefixes>");
      eng_s3_xml_name (xml, "Prefix", g_ptr_array_index (page->prefixes, i), listing->url);
      g_string_append (xml, "</CommonPrefixes>");
    }
}

static void
append_head (EngS3Call           *call,
             GString             *xml,
             const Listing       *listing,
             const EngObjectPage *page)
{
  eng_s3_xml_text (xml, "Name", call->bucket);
  eng_s3_xml_name (xml, "Prefix", listing->query.prefix != NULL ? listing->query.prefix : "",
                   listing->url);
  eng_s3_xml_name (xml, "Delimiter", listing->query.delimiter, listing->url);
  eng_s3_xml_int (xml, "MaxKeys", listing->query.limit);
  if (listing->url)
    eng_s3_xml_text (xml, "EncodingType", "url");
  eng_s3_xml_bool (xml, "IsTruncated", page->next != NULL);
}

gboolean
eng_s3_list_objects (EngS3Call  *call,
                     GError    **error)
{
  Listing listing = { .owner = TRUE };
  g_autoptr(EngObjectPage) page = NULL;
  const char *marker = eng_s3_param (call, "marker");
  GString *xml;

  if (!read_listing (call, &listing, error))
    return FALSE;
  listing.query.after = not_empty (marker);
  page = eng_objects_list_page (call->engine->objects, call->bucket, &listing.query, error);
  if (page == NULL)
    return FALSE;

  xml = eng_s3_xml_new ("ListBucketResult");
  append_head (call, xml, &listing, page);
  eng_s3_xml_name (xml, "Marker", marker != NULL ? marker : "", listing.url);
  if (listing.query.delimiter != NULL)
    eng_s3_xml_name (xml, "NextMarker", page->next, listing.url);
  append_page (call, xml, &listing, page);
  eng_s3_reply_xml (call, xml, "ListBucketResult");

  return TRUE;
}

/* A token is where the page before ended, in a form that nobody is tempted to write by hand. It
 * gives nothing away that `start-after` would not. */
static char *
make_token (const char *after)
{
  g_autofree char *text = g_strconcat ("1", after, NULL);

  return g_base64_encode ((const guchar *) text, strlen (text));
}

static char *
read_token (const char *token,
            GError    **error)
{
  gsize length = 0;
  g_autofree guchar *text = g_base64_decode (token, &length);
  g_autofree char *again = g_base64_encode (text, length);

  if (length < 2 || text[0] != '1' || strcmp (again, token) != 0 ||
      !eng_s3_key_check ((const char *) text + 1, length - 1, NULL))
    {
      eng_s3_throw (error, ENG_S3_INVALID_ARGUMENT, "The continuation token provided is incorrect");
      return NULL;
    }

  return g_strndup ((const char *) text + 1, length - 1);
}

gboolean
eng_s3_list_objects_v2 (EngS3Call  *call,
                        GError    **error)
{
  const char *token = eng_s3_param (call, "continuation-token");
  const char *start_after = eng_s3_param (call, "start-after");
  Listing listing = { .owner = g_strcmp0 (eng_s3_param (call, "fetch-owner"), "true") == 0 };
  g_autofree char *after = NULL;
  g_autofree char *next = NULL;
  g_autoptr(EngObjectPage) page = NULL;
  GString *xml;

  if (g_strcmp0 (eng_s3_param (call, "list-type"), "2") != 0)
    return eng_s3_throw (error, ENG_S3_INVALID_ARGUMENT, "The list-type must be 2");
  if (!read_listing (call, &listing, error))
    return FALSE;
  if (token != NULL && (after = read_token (token, error)) == NULL)
    return FALSE;

  listing.query.after = after != NULL ? after : not_empty (start_after);
  page = eng_objects_list_page (call->engine->objects, call->bucket, &listing.query, error);
  if (page == NULL)
    return FALSE;

  next = page->next != NULL ? make_token (page->next) : NULL;
  xml = eng_s3_xml_new ("ListBucketResult");
  append_head (call, xml, &listing, page);
  eng_s3_xml_int (xml, "KeyCount", page->objects->len + page->prefixes->len);
  eng_s3_xml_text (xml, "ContinuationToken", token);
  eng_s3_xml_text (xml, "NextContinuationToken", next);
  eng_s3_xml_name (xml, "StartAfter", start_after, listing.url);
  append_page (call, xml, &listing, page);
  eng_s3_reply_xml (call, xml, "ListBucketResult");

  return TRUE;
}
