/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-s3"

#include "config.h"

#include <string.h>

#include "eng-s3-error.h"
#include "eng-s3-xml.h"

#define DEPTH_MAX 4
#define DELETE_MAX 1000
#define TEXT_MAX 4096

/* One document being read: GMarkup drives, the path of open elements and the text of the innermost
 * are here, and @leaf is called where one closes. */
typedef struct _Reader Reader;
struct _Reader
{
  const char *root;
  gboolean  (*leaf) (Reader      *reader,
                     const char  *parent,
                     const char  *element,
                     const char  *text,
                     GError     **error);
  gboolean  (*open) (Reader      *reader,
                     const char  *element,
                     guint        depth,
                     GError     **error);
  gpointer    result;
  GPtrArray  *path;      /* (owned): of char *: the open elements */
  GString    *text;      /* (owned): of the innermost element */
  gboolean    is_leaf;   /* no element opened since the innermost one did */
  gboolean    is_over;   /* the root element closed */
};

/* The name without its namespace prefix. */
static const char *
local_name (const char *element)
{
  const char *colon = strrchr (element, ':');

  return colon != NULL ? colon + 1 : element;
}

static void
start_cb (GMarkupParseContext  *context,
          const char           *element,
          const char          **attributes,
          const char          **values,
          gpointer              user_data,
          GError              **error)
{
  Reader *self = user_data;
  const char *name = local_name (element);

  if (self->path->len >= DEPTH_MAX)
    {
      eng_s3_throw (error, ENG_S3_MALFORMED_XML, "The document is nested too deep");
      return;
    }
  if (self->path->len == 0 && (self->is_over || strcmp (name, self->root) != 0))
    {
      eng_s3_throw (error, ENG_S3_MALFORMED_XML, "The document is not one %s", self->root);
      return;
    }

  g_ptr_array_add (self->path, g_strdup (name));
  g_string_truncate (self->text, 0);
  self->is_leaf = TRUE;
  if (self->open != NULL)
    self->open (self, name, self->path->len, error);
}

static void
end_cb (GMarkupParseContext  *context,
        const char           *element,
        gpointer              user_data,
        GError              **error)
{
  Reader *self = user_data;
  const char *parent = self->path->len > 1
                         ? g_ptr_array_index (self->path, self->path->len - 2) : "";

  if (self->is_leaf && self->path->len > 1 &&
      !self->leaf (self, parent, local_name (element), self->text->str, error))
    return;

  self->is_leaf = FALSE;
  g_ptr_array_set_size (self->path, (int) self->path->len - 1);
  self->is_over = self->path->len == 0;
}

static void
text_cb (GMarkupParseContext  *context,
         const char           *text,
         gsize                 length,
         gpointer              user_data,
         GError              **error)
{
  Reader *self = user_data;

  if (self->text->len + length > TEXT_MAX)
    eng_s3_throw (error, ENG_S3_MALFORMED_XML, "An element of the document is too long");
  else if (memchr (text, '\0', length) != NULL)
    eng_s3_throw (error, ENG_S3_MALFORMED_XML, "The document holds a NUL");
  else
    g_string_append_len (self->text, text, (gssize) length);
}

/* Processing instructions and comments say nothing to us; a document type is refused outright. */
static void
passthrough_cb (GMarkupParseContext  *context,
                const char           *text,
                gsize                 length,
                gpointer              user_data,
                GError              **error)
{
  if (length >= 2 && text[0] == '<' && text[1] == '!' && !g_str_has_prefix (text, "<!--"))
    eng_s3_throw (error, ENG_S3_MALFORMED_XML, "The document has a document type");
}

static gboolean
read_document (Reader  *self,
               GBytes  *body,
               GError **error)
{
  static const GMarkupParser parser = { start_cb, end_cb, text_cb, passthrough_cb, NULL };
  g_autoptr(GPtrArray) path = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GMarkupParseContext) context = NULL;
  g_autoptr(GError) local = NULL;
  gsize length;
  const char *data = g_bytes_get_data (body, &length);

  self->path = path;
  self->text = text;
  context = g_markup_parse_context_new (&parser, G_MARKUP_TREAT_CDATA_AS_TEXT, self, NULL);
  if (length > 0 && g_markup_parse_context_parse (context, data, (gssize) length, &local) &&
      g_markup_parse_context_end_parse (context, &local))
    return TRUE;

  if (local != NULL && local->domain == ENG_S3_ERROR)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }

  return eng_s3_throw (error, ENG_S3_MALFORMED_XML, "The XML you provided was not well-formed or "
                       "did not validate against our published schema");
}

/**
 * eng_s3_delete_list_free:
 * @list: (nullable): the list
 *
 * Frees @list.
 */
void
eng_s3_delete_list_free (EngS3DeleteList *list)
{
  if (list == NULL)
    return;

  g_ptr_array_unref (list->keys);
  g_free (list);
}

static gboolean
delete_leaf (Reader      *self,
             const char  *parent,
             const char  *element,
             const char  *text,
             GError     **error)
{
  EngS3DeleteList *list = self->result;

  if (strcmp (parent, "Delete") == 0 && strcmp (element, "Quiet") == 0)
    list->quiet = strcmp (text, "true") == 0;
  else if (strcmp (parent, "Object") == 0 && strcmp (element, "Key") == 0)
    g_ptr_array_add (list->keys, g_strdup (text));
  else if (strcmp (parent, "Object") == 0 && strcmp (element, "VersionId") == 0 &&
           *text != '\0' && strcmp (text, "null") != 0)
    return eng_s3_throw (error, ENG_S3_NOT_IMPLEMENTED, "Object versions are not implemented");

  if (list->keys->len > DELETE_MAX)
    return eng_s3_throw (error, ENG_S3_MALFORMED_XML, "More than %d keys are named", DELETE_MAX);

  return TRUE;
}

/**
 * eng_s3_xml_read_delete:
 * @body: the body of DeleteObjects
 * @error: (out) (optional): where the error goes
 *
 * Returns: (transfer full): what is to be deleted, 1 to 1000 keys; or %NULL with
 *   %ENG_S3_MALFORMED_XML
 */
EngS3DeleteList *
eng_s3_xml_read_delete (GBytes  *body,
                        GError **error)
{
  g_autoptr(EngS3DeleteList) list = g_new0 (EngS3DeleteList, 1);
  Reader reader = { .root = "Delete", .leaf = delete_leaf, .result = list };

  list->keys = g_ptr_array_new_with_free_func (g_free);
  if (!read_document (&reader, body, error))
    return NULL;
  if (list->keys->len == 0)
    {
      eng_s3_throw (error, ENG_S3_MALFORMED_XML, "No key is named");
      return NULL;
    }

  return g_steal_pointer (&list);
}

static char *
without_quotes (const char *etag)
{
  gsize length = strlen (etag);

  if (length >= 2 && etag[0] == '"' && etag[length - 1] == '"')
    return g_strndup (etag + 1, length - 2);

  return g_strdup (etag);
}

static gboolean
parts_open (Reader      *self,
            const char  *element,
            guint        depth,
            GError     **error)
{
  GPtrArray *claims = self->result;

  if (depth != 2 || strcmp (element, "Part") != 0)
    return TRUE;
  if (claims->len >= ENG_OBJECT_PARTS_MAX)
    return eng_s3_throw (error, ENG_S3_MALFORMED_XML, "More than %d parts are named",
                         ENG_OBJECT_PARTS_MAX);

  g_ptr_array_add (claims, g_new0 (EngPartClaim, 1));

  return TRUE;
}

static gboolean
parts_leaf (Reader      *self,
            const char  *parent,
            const char  *element,
            const char  *text,
            GError     **error)
{
  GPtrArray *claims = self->result;
  EngPartClaim *claim;
  guint64 number;

  if (strcmp (parent, "Part") != 0 || claims->len == 0)
    return TRUE;

  claim = g_ptr_array_index (claims, claims->len - 1);
  if (strcmp (element, "PartNumber") == 0)
    {
      if (!g_ascii_string_to_unsigned (text, 10, 1, ENG_OBJECT_PARTS_MAX, &number, NULL))
        return eng_s3_throw (error, ENG_S3_INVALID_ARGUMENT,
                             "A part number is not between 1 and %d",
                             ENG_OBJECT_PARTS_MAX);
      claim->number = (guint) number;
    }
  else if (strcmp (element, "ETag") == 0)
    {
      g_free (claim->etag);
      claim->etag = without_quotes (text);
    }
  else if (g_str_has_prefix (element, "Checksum"))
    {
      g_free (claim->checksum);
      claim->checksum = g_strdup (text);
    }

  return TRUE;
}

/**
 * eng_s3_xml_read_parts:
 * @body: the body of CompleteMultipartUpload
 * @error: (out) (optional): where the error goes
 *
 * Returns: (transfer full) (element-type EngPartClaim): 1 to 10,000 parts by rising number; or
 *   %NULL with %ENG_S3_MALFORMED_XML, %ENG_S3_INVALID_ARGUMENT or %ENG_S3_INVALID_PART_ORDER
 */
GPtrArray *
eng_s3_xml_read_parts (GBytes  *body,
                       GError **error)
{
  g_autoptr(GPtrArray) claims =
    g_ptr_array_new_with_free_func ((GDestroyNotify) eng_part_claim_free);
  Reader reader = { .root = "CompleteMultipartUpload", .leaf = parts_leaf, .open = parts_open,
                    .result = claims };
  guint last = 0;

  if (!read_document (&reader, body, error))
    return NULL;
  if (claims->len == 0)
    {
      eng_s3_throw (error, ENG_S3_MALFORMED_XML, "You must specify at least one part");
      return NULL;
    }

  for (guint i = 0; i < claims->len; i++)
    {
      const EngPartClaim *claim = g_ptr_array_index (claims, i);

      if (claim->number == 0 || claim->etag == NULL)
        {
          eng_s3_throw (error, ENG_S3_MALFORMED_XML, "A part lacks its number or its ETag");
          return NULL;
        }
      if (claim->number <= last)
        {
          eng_s3_throw (error, ENG_S3_INVALID_PART_ORDER, "The list of parts was not in ascending "
                        "order. Parts must be ordered by part number.");
          return NULL;
        }
      last = claim->number;
    }

  return g_steal_pointer (&claims);
}

static gboolean
location_leaf (Reader      *self,
               const char  *parent,
               const char  *element,
               const char  *text,
               GError     **error)
{
  char **location = self->result;

  if (strcmp (parent, "CreateBucketConfiguration") == 0 &&
      strcmp (element, "LocationConstraint") == 0)
    {
      g_free (*location);
      *location = g_strdup (text);
    }

  return TRUE;
}

/**
 * eng_s3_xml_read_location:
 * @body: the body of CreateBucket; may be empty
 * @location: (out) (nullable): the region it asks for, %NULL for none
 * @error: (out) (optional): where the error goes
 *
 * Returns: whether the body is well-formed; else %ENG_S3_MALFORMED_XML
 */
gboolean
eng_s3_xml_read_location (GBytes  *body,
                          char   **location,
                          GError **error)
{
  g_autofree char *found = NULL;
  Reader reader = { .root = "CreateBucketConfiguration", .leaf = location_leaf, .result = &found };

  *location = NULL;
  if (g_bytes_get_size (body) == 0)
    return TRUE;
  if (!read_document (&reader, body, error))
    return FALSE;

  *location = g_steal_pointer (&found);

  return TRUE;
}
