/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-objects"

#include "config.h"

#include <string.h>

#include "eng-objects-private.h"
#include "sage-error.h"

/* How many objects one reader takes at once where all are wanted. */
#define ALL_PAGE 1000

/* A listing under way. The bounds are bytes, because successors of UTF-8 need not be UTF-8. */
typedef struct
{
  EngObjects           *objects;
  EngReader            *reader;
  const char           *bucket;
  const EngObjectQuery *query;
  gsize                 prefix_length;
  GByteArray           *lower; /* (owned): the first key that may come next */
  GBytes               *upper; /* (owned) (nullable): the first key behind the prefix */
  EngObjectPage        *page;
} Listing;

/**
 * eng_object_page_free:
 * @page: (nullable): a page of a listing
 *
 * Frees @page and all that is in it.
 */
void
eng_object_page_free (EngObjectPage *page)
{
  if (page == NULL)
    return;

  g_ptr_array_unref (page->objects);
  g_ptr_array_unref (page->prefixes);
  g_free (page->next);
  g_free (page);
}

/* Makes @bytes the smallest byte string greater than all that begin with @bytes. */
static void
make_successor (GByteArray *bytes)
{
  while (bytes->len > 0 && bytes->data[bytes->len - 1] == 0xff)
    g_byte_array_set_size (bytes, bytes->len - 1);
  if (bytes->len > 0)
    bytes->data[bytes->len - 1]++;
}

static void
set_bytes (GByteArray *bytes,
           const char *text,
           gsize       length)
{
  g_byte_array_set_size (bytes, 0);
  g_byte_array_append (bytes, (const guint8 *) text, (guint) length);
}

/* Where the page begins: at the prefix, or right behind `after`. When that is a common prefix of
 * an earlier page, behind everything it stands for. */
static void
listing_set_bounds (Listing *self)
{
  const char *prefix = self->query->prefix != NULL ? self->query->prefix : "";
  const char *after = self->query->after != NULL ? self->query->after : "";
  const char *delimiter = self->query->delimiter;

  if (strcmp (after, prefix) < 0)
    {
      /* NUL sorts before every key, and SQLite takes an empty blob for a null. */
      set_bytes (self->lower, prefix, self->prefix_length > 0 ? self->prefix_length : 1);
    }
  else if (*after == '\0')
    set_bytes (self->lower, "", 1);
  else
    {
      gboolean is_common = delimiter != NULL && g_str_has_prefix (after, prefix) &&
                           g_str_has_suffix (after, delimiter) &&
                           strlen (after) >= self->prefix_length + strlen (delimiter) &&
                           strstr (after + self->prefix_length, delimiter) ==
                             after + strlen (after) - strlen (delimiter);

      set_bytes (self->lower, after, strlen (after) + (is_common ? 0 : 1));
      if (is_common)
        make_successor (self->lower);
    }

  if (self->prefix_length > 0)
    {
      g_autoptr(GByteArray) upper = g_byte_array_new ();

      set_bytes (upper, prefix, self->prefix_length);
      make_successor (upper);
      self->upper = g_byte_array_free_to_bytes (g_steal_pointer (&upper));
    }
}

static guint
listing_count (Listing *self)
{
  return self->page->objects->len + self->page->prefixes->len;
}

/* The common prefix that @key belongs to, or NULL. */
static char *
common_prefix (Listing    *self,
               const char *key)
{
  const char *delimiter = self->query->delimiter;
  const char *found;

  if (delimiter == NULL || *delimiter == '\0')
    return NULL;

  found = strstr (key + self->prefix_length, delimiter);
  if (found == NULL)
    return NULL;

  return g_strndup (key, (gsize) (found - key) + strlen (delimiter));
}

/* Reads rows from the lower bound on until the page is full, the rows end (*more is FALSE) or a
 * common prefix begins (its members are then skipped by moving the bound). */
static gboolean
listing_run (Listing   *self,
             gboolean  *more,
             GError   **error)
{
  g_autoptr(GBytes) lower = g_bytes_new (self->lower->data, self->lower->len);
  gint64 left = (gint64) self->query->limit - listing_count (self) + 1;
  g_autoptr(GError) local = NULL;
  g_autoptr(EngRows) rows =
    eng_query (self->reader, error,
               "SELECT " ENG_OBJECT_COLUMNS " FROM object"
               " WHERE bucket = ?1 AND key >= ?2 AND key < coalesce (?3, x'ff')"
               " ORDER BY key LIMIT ?4",
               "tbbi", self->bucket, lower, self->upper, left);

  if (rows == NULL)
    return FALSE;

  while (eng_rows_next (rows, &local))
    {
      g_autoptr(EngObject) object = eng_object_from_row (self->objects, self->bucket, rows);
      g_autofree char *common = common_prefix (self, object->key);

      if (listing_count (self) >= self->query->limit)
        return TRUE;

      g_free (self->page->next);
      self->page->next = g_strdup (common != NULL ? common : object->key);
      if (common != NULL)
        {
          set_bytes (self->lower, common, strlen (common));
          make_successor (self->lower);
          g_ptr_array_add (self->page->prefixes, g_steal_pointer (&common));
          return TRUE;
        }
      set_bytes (self->lower, object->key, strlen (object->key) + 1);
      g_ptr_array_add (self->page->objects, g_steal_pointer (&object));
    }

  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  *more = FALSE;

  return TRUE;
}

/* Fills the page and tells whether something lies behind it. */
static gboolean
listing_fill (Listing  *self,
              GError  **error)
{
  gboolean more = TRUE;
  guint before;

  do
    {
      before = listing_count (self);
      if (!listing_run (self, &more, error))
        return FALSE;
    }
  while (more && listing_count (self) > before);

  if (!more)
    g_clear_pointer (&self->page->next, g_free);

  return TRUE;
}

/**
 * eng_objects_list_page:
 * @objects: the object store
 * @bucket: the bucket
 * @query: what to list
 * @error: (out) (optional): where the error goes
 *
 * Lists in the order of the keys' bytes. What shares a common prefix is found and skipped by
 * position, so a page costs its own entries however many keys they stand for.
 *
 * Returns: (transfer full): a page; or %NULL with %SAGE_ERROR_NOT_FOUND (no such bucket)
 */
EngObjectPage *
eng_objects_list_page (EngObjects            *objects,
                       const char            *bucket,
                       const EngObjectQuery  *query,
                       GError               **error)
{
  g_autoptr(EngReader) reader = eng_store_reader (objects->store, error);
  g_autoptr(EngObjectPage) page = g_new0 (EngObjectPage, 1);
  g_autoptr(GByteArray) lower = g_byte_array_new ();
  g_autoptr(GError) local = NULL;
  Listing listing = {
    .objects = objects,
    .reader = reader,
    .bucket = bucket,
    .query = query,
    .prefix_length = query->prefix != NULL ? strlen (query->prefix) : 0,
    .lower = lower,
    .page = page,
  };
  gboolean ok;

  page->objects = g_ptr_array_new_with_free_func ((GDestroyNotify) eng_object_free);
  page->prefixes = g_ptr_array_new_with_free_func (g_free);
  if (reader == NULL || !eng_objects_need_bucket (reader, bucket, error))
    return NULL;
  if (query->limit == 0)
    return g_steal_pointer (&page);

  listing_set_bounds (&listing);
  ok = listing_fill (&listing, &local);
  g_clear_pointer (&listing.upper, g_bytes_unref);
  if (!ok)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }

  return g_steal_pointer (&page);
}

/**
 * eng_objects_list:
 * @objects: the object store
 * @bucket: the bucket
 * @prefix: (nullable): what keys must begin with
 * @after: (nullable): the key that the page before ended with
 * @limit: how many at most
 * @error: (out) (optional): where the error goes
 *
 * Returns: (transfer full) (element-type EngObject): objects in the order of their keys' bytes; a
 *   page shorter than @limit is the last one
 */
GPtrArray *
eng_objects_list (EngObjects  *objects,
                  const char  *bucket,
                  const char  *prefix,
                  const char  *after,
                  guint        limit,
                  GError     **error)
{
  EngObjectQuery query = { .prefix = prefix, .after = after, .limit = limit };
  g_autoptr(EngObjectPage) page = eng_objects_list_page (objects, bucket, &query, error);

  return page != NULL ? g_ptr_array_ref (page->objects) : NULL;
}

/**
 * eng_objects_list_all:
 * @objects: the object store
 * @bucket: the bucket
 * @prefix: (nullable): what keys must begin with
 * @error: (out) (optional): where the error goes
 *
 * Returns: (transfer full) (element-type EngObject): every object, in the order of their keys'
 *   bytes
 */
GPtrArray *
eng_objects_list_all (EngObjects  *objects,
                      const char  *bucket,
                      const char  *prefix,
                      GError     **error)
{
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) eng_object_free);
  guint n;

  do
    {
      const EngObject *last = all->len > 0 ? g_ptr_array_index (all, all->len - 1) : NULL;
      g_autoptr(GPtrArray) page = eng_objects_list (objects, bucket, prefix,
                                                    last != NULL ? last->key : NULL, ALL_PAGE,
                                                    error);

      if (page == NULL)
        return NULL;
      n = page->len;
      g_ptr_array_set_free_func (page, NULL);
      g_ptr_array_extend (all, page, NULL, NULL);
    }
  while (n == ALL_PAGE);

  return g_steal_pointer (&all);
}
