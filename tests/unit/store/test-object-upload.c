/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "eng-object-upload.h"
#include "test-objects-fixture.h"

static EngUploadRef
begin (Fixture     *fixture,
       const char  *algorithm,
       const char  *type,
       char       **id)
{
  EngObjectCommit commit = { .bucket = "data", .key = "k", .content_type = "text/plain" };
  g_autoptr(GError) error = NULL;
  EngUploadRef ref = { .bucket = "data", .key = "k", .owner = "me" };

  *id = eng_upload_create (fixture->objects, &commit, "me", algorithm, type, &error);
  g_assert_no_error (error);
  ref.upload = *id;

  return ref;
}

/* Uploads @length times @letter as a part; returns the error's code, -1 for success. */
static int
put_part (Fixture            *fixture,
          const EngUploadRef *ref,
          guint               number,
          char                letter,
          gsize               length,
          GPtrArray          *claims)
{
  g_autofree char *text = g_strnfill (length, letter);
  g_autoptr(GError) error = NULL;
  g_autoptr(EngObjectWriter) writer = eng_object_writer_new (fixture->objects, 0, &error);
  g_autoptr(EngPart) part = NULL;
  EngPartClaim *claim;

  g_assert_true (eng_object_writer_write (writer, text, length, &error));
  part = eng_upload_put_part (writer, ref, number, NULL, &error);
  if (part == NULL)
    return error->code;

  claim = g_new0 (EngPartClaim, 1);
  claim->number = number;
  claim->etag = g_strdup (part->etag);
  g_ptr_array_add (claims, claim);

  return -1;
}

static GPtrArray *
new_claims (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) eng_part_claim_free);
}

static EngObject *
complete (Fixture            *fixture,
          const EngUploadRef *ref,
          GPtrArray          *claims,
          GError            **error)
{
  EngObjectCommit commit = { .bucket = ref->bucket, .key = ref->key };

  return eng_upload_complete (fixture->objects, ref, claims, &commit, NULL, error);
}

/* The id alone opens nothing: bucket, key and owner must be the upload's own. */
static void
test_ownership (Fixture       *fixture,
                gconstpointer  data)
{
  g_autofree char *id = NULL;
  EngUploadRef ref = begin (fixture, NULL, NULL, &id);
  g_autoptr(GPtrArray) claims = new_claims ();
  EngUploadRef foreign[] = { ref, ref, ref, ref };

  foreign[0].owner = "you";
  foreign[1].key = "other";
  foreign[2].bucket = "other-bucket";
  foreign[3].upload = "00000000000000000000000000000000";
  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_cmpint (put_part (fixture, &foreign[i], 1, 'x', 4, claims), ==, SAGE_ERROR_NOT_FOUND);
      g_assert_false (eng_upload_abort (fixture->objects, &foreign[i], &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
    }

  g_assert_cmpint (put_part (fixture, &ref, 0, 'x', 4, claims), ==, SAGE_ERROR_INVALID);
  g_assert_cmpint (put_part (fixture, &ref, 10001, 'x', 4, claims), ==, SAGE_ERROR_INVALID);
  g_assert_cmpuint (count_files (fixture), ==, 0);
}

static void
test_complete (Fixture       *fixture,
               gconstpointer  data)
{
  g_autofree char *id = NULL;
  EngUploadRef ref = begin (fixture, NULL, NULL, &id);
  g_autoptr(GPtrArray) claims = new_claims ();
  g_autoptr(GPtrArray) replaced = new_claims ();
  g_autoptr(EngObject) object = NULL;
  g_autoptr(EngObject) again = NULL;
  g_autoptr(GError) error = NULL;

  put (fixture, "k", "before");
  g_assert_cmpint (put_part (fixture, &ref, 1, 'z', 100, replaced), ==, -1);
  g_assert_cmpint (put_part (fixture, &ref, 1, 'a', ENG_OBJECT_PART_MIN, claims), ==, -1);
  g_assert_cmpint (put_part (fixture, &ref, 7, 'b', 10, claims), ==, -1);
  assert_content (fixture, "k", "before");
  g_assert_cmpuint (count_files (fixture), ==, 3);

  object = complete (fixture, &ref, claims, &error);
  g_assert_no_error (error);
  g_assert_cmpint (object->size, ==, ENG_OBJECT_PART_MIN + 10);
  g_assert_true (g_str_has_suffix (object->etag, "-2"));
  g_assert_cmpstr (object->content_type, ==, "text/plain");
  g_assert_cmpuint (count_files (fixture), ==, 1);

  again = complete (fixture, &ref, claims, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (again->etag, ==, object->etag);
  g_assert_cmpstr (again->path, ==, object->path);

  /* A completed upload takes no more parts, and other parts were another completion. */
  g_assert_cmpint (put_part (fixture, &ref, 8, 'b', 10, claims), ==, SAGE_ERROR_NOT_FOUND);
  g_assert_null (complete (fixture, &ref, replaced, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
}

static void
test_damaged_part (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autofree char *id = NULL;
  EngUploadRef ref = begin (fixture, NULL, NULL, &id);
  g_autoptr(GPtrArray) claims = new_claims ();
  g_autoptr(GPtrArray) parts = NULL;
  g_autoptr(GError) error = NULL;
  const EngPart *part;

  g_assert_cmpint (put_part (fixture, &ref, 1, 'a', 100, claims), ==, -1);
  parts = eng_upload_parts (fixture->objects, id, 0, 10, &error);
  part = g_ptr_array_index (parts, 0);
  g_assert_cmpint (chmod (part->path, 0600), ==, 0);
  g_assert_cmpint (truncate (part->path, 50), ==, 0);
  g_assert_null (complete (fixture, &ref, claims, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CORRUPT);
}

/* A restart in the middle of an upload loses nothing of it; one after an abort finds nothing. */
static void
test_restart (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *id = NULL;
  EngUploadRef ref = begin (fixture, NULL, NULL, &id);
  g_autoptr(GPtrArray) claims = new_claims ();
  g_autoptr(GPtrArray) uploads = NULL;
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (put_part (fixture, &ref, 1, 'a', 100, claims), ==, -1);
  fixture_close (fixture);
  fixture_open (fixture);
  uploads = eng_uploads_list (fixture->objects, "data", "k", NULL, NULL, 10, &error);
  g_assert_cmpuint (uploads->len, ==, 1);

  g_assert_false (eng_objects_delete_bucket (fixture->objects, "data", NULL, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_CONFLICT);
  g_clear_error (&error);

  g_assert_true (eng_upload_abort (fixture->objects, &ref, &error));
  g_assert_cmpuint (count_files (fixture), ==, 0);
  g_assert_true (eng_objects_delete_bucket (fixture->objects, "data", NULL, &error));
}

#define ADD(path, function) \
  g_test_add ("/store/object-upload/" path, Fixture, NULL, fixture_set_up, function, \
              fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("ownership", test_ownership);
  ADD ("complete", test_complete);
  ADD ("damaged-part", test_damaged_part);
  ADD ("restart", test_restart);

  return g_test_run ();
}
