/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-objects.h"
#include "sage-error.h"
#include "sage-file.h"

/* A store in a directory of its own, with one bucket, "data". */
typedef struct
{
  char       *directory; /* (owned) */
  char       *files;     /* (owned): the object store's directory */
  EngStore   *store;     /* (owned) */
  EngObjects *objects;   /* (owned) */
} Fixture;

static inline void
fixture_open (Fixture *fixture)
{
  g_autoptr(GError) error = NULL;

  fixture->store = eng_store_open (fixture->directory, &error);
  g_assert_no_error (error);
  fixture->objects = eng_objects_new (fixture->store, fixture->files, &error);
  g_assert_no_error (error);
}

static inline void
fixture_close (Fixture *fixture)
{
  g_clear_pointer (&fixture->objects, eng_objects_free);
  g_clear_pointer (&fixture->store, eng_store_close);
}

static inline void
fixture_set_up (Fixture       *fixture,
                gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture->directory = g_dir_make_tmp ("test-objects-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->files = g_build_filename (fixture->directory, "objects", NULL);
  fixture_open (fixture);
  g_assert_true (eng_objects_create_bucket (fixture->objects, "data", &error));
  g_assert_no_error (error);
}

static inline void
fixture_tear_down (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr(GError) error = NULL;

  fixture_close (fixture);
  sage_dir_remove (fixture->directory, &error);
  g_assert_no_error (error);
  g_free (fixture->directory);
  g_free (fixture->files);
}

static inline void
put (Fixture    *fixture,
     const char *key,
     const char *text)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr(GError) error = NULL;

  eng_objects_put_bytes (fixture->objects, "data", key, bytes, "text/plain", &error);
  g_assert_no_error (error);
}

static inline char *
get (Fixture    *fixture,
     const char *key)
{
  g_autofree char *uri = g_strconcat ("s3://data/", key, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GBytes) bytes = eng_objects_read (fixture->objects, uri, 1 << 20, &error);

  if (bytes == NULL)
    {
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
      return NULL;
    }

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static inline void
assert_content (Fixture    *fixture,
                const char *key,
                const char *text)
{
  g_autofree char *found = get (fixture, key);

  g_assert_cmpstr (found, ==, text);
}

/* How many files the store keeps, finished or not. */
static inline guint
count_files (Fixture *fixture)
{
  static const char * const kinds[] = { "blobs", "unfinished" };
  guint n = 0;

  for (guint i = 0; i < 2 * 256; i++)
    {
      g_autofree char *path = i < 256
        ? g_strdup_printf ("%s/%s/%02x", fixture->files, kinds[0], i)
        : g_strdup_printf ("%s/%s", fixture->files, kinds[1]);
      g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);

      if (i > 256)
        break;
      while (dir != NULL && g_dir_read_name (dir) != NULL)
        n++;
    }

  return n;
}
