/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-images"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "eng-images.h"
#include "sage-error.h"
#include "sage-file.h"

#define REGISTRY "683313688378.dkr.ecr.us-east-1.amazonaws.com/"

static EngImages *
load (void)
{
  g_autoptr(GError) error = NULL;
  EngImages *images = eng_images_load (g_getenv ("SAGEBRUSH_DATA"), &error);

  g_assert_no_error (error);

  return images;
}

static void
test_known_images (void)
{
  static const struct
  {
    const char     *uri;
    EngRuntimeKind  kind;
    const char     *algorithm;
    gboolean        script_mode;
  } cases[] = {
    { REGISTRY "sagemaker-xgboost:1.7-1", ENG_RUNTIME_BUILTIN, "xgboost", TRUE },
    { REGISTRY "sagemaker-xgboost:3.0-5", ENG_RUNTIME_BUILTIN, "xgboost", TRUE },
    { REGISTRY "sagemaker-xgboost:1.5-1-cpu-py3", ENG_RUNTIME_BUILTIN, "xgboost", TRUE },
    { REGISTRY "sagemaker-xgboost", ENG_RUNTIME_BUILTIN, "xgboost", TRUE },
    { REGISTRY "sagemaker-xgboost@sha256:0123", ENG_RUNTIME_BUILTIN, "xgboost", TRUE },
    { "811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1", ENG_RUNTIME_BUILTIN, "xgboost",
      FALSE },
    { "localhost:5000/sagemaker-xgboost:1.7-1", ENG_RUNTIME_BUILTIN, "xgboost", TRUE },
    { "sagebrush/xgboost", ENG_RUNTIME_BUILTIN, "xgboost", TRUE },
    { REGISTRY "sagemaker-scikit-learn:1.2-1-cpu-py3", ENG_RUNTIME_PYTHON, "scikit-learn", FALSE },
    { REGISTRY "sagemaker-base-python-310:1.0", ENG_RUNTIME_PYTHON, "python", FALSE },
    { "sagebrush/python:latest", ENG_RUNTIME_PYTHON, "python", FALSE },
  };
  g_autoptr(EngImages) images = load ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      const EngRuntime *runtime = eng_images_resolve (images, cases[i].uri, &error);

      g_assert_no_error (error);
      g_assert_cmpint (runtime->kind, ==, cases[i].kind);
      g_assert_cmpstr (runtime->algorithm, ==, cases[i].algorithm);
      g_assert_cmpint (runtime->script_mode, ==, cases[i].script_mode);
    }
}

static void
test_unknown_images (void)
{
  static const struct
  {
    const char *uri;
    const char *says;
  } cases[] = {
    { "registry.example.com/org/model:1", "'registry.example.com/org/model:1' is not available here; known images:" },
    { "xgboost-evil", "known images:" },
    { REGISTRY "sagemaker-xgboost:0.1", "these tags are known: 0.90-*" },
    { REGISTRY "sagemaker-xgboost:", "is not an image name" },
    { "", "is not an image name" },
    { REGISTRY, "is not an image name" },
    { "sagebrush/../xgboost", "known images:" },
    { "evil/sagemaker-xgboost:1.7-1", "known images:" },
  };
  g_autoptr(EngImages) images = load ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (eng_images_resolve (images, cases[i].uri, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, cases[i].says));
    }
}

static void
test_instances (void)
{
  g_autoptr(EngImages) images = load ();
  g_autoptr(GError) error = NULL;
  const EngInstance *instance = eng_images_instance (images, "ml.m5.xlarge", &error);

  g_assert_no_error (error);
  g_assert_cmpfloat (instance->vcpus, ==, 4);
  g_assert_cmpuint (instance->memory_bytes, ==, G_GUINT64_CONSTANT (16) << 30);
  g_assert_cmpuint (instance->gpus, ==, 0);
  g_assert_cmpfloat (instance->price_per_hour, ==, 0.23);

  instance = eng_images_instance (images, "ml.g5.48xlarge", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (instance->gpus, ==, 8);

  g_assert_null (eng_images_instance (images, "ml.z9.tiny", &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "ml.z9.tiny"));
  g_clear_error (&error);

  g_assert_null (eng_images_instance (images, "m5.xlarge", &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_INVALID);
}

/* Users edit these files: whatever is wrong must be named. */
static void
test_damaged_tables (void)
{
  static const char *const bad_images[] = {
    "", "[]", "{}", "{\"images\": {}}", "{\"images\": [1]}", "{\"images\": [{}]}",
    "{\"images\": [{\"repository\": \"a\", \"tags\": [\"*\"], \"algorithm\": \"x\","
    " \"runtime\": \"magic\"}]}",
  };
  static const char *const bad_instances[] = {
    "{}", "{\"instances\": []}", "{\"instances\": {\"m5\": {\"vcpus\": 1, \"memory_gib\": 1,"
    " \"price_per_hour\": 1}}}", "{\"instances\": {\"ml.a\": {}}}", "{\"instances\": {\"ml.a\": 1}}",
    "{\"instances\": {\"ml.a\": {\"vcpus\": -1, \"memory_gib\": 1, \"price_per_hour\": 1}}}",
  };
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("sagebrush-images-XXXXXX", &error);
  g_autofree char *images = g_build_filename (dir, "images.json", NULL);
  g_autofree char *instances = g_build_filename (dir, "instances.json", NULL);

  g_assert_null (eng_images_load (dir, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);

  for (guint i = 0; i < G_N_ELEMENTS (bad_images); i++)
    {
      g_clear_error (&error);
      g_assert_true (g_file_set_contents (images, bad_images[i], -1, NULL));
      g_assert_null (eng_images_load (dir, &error));
      g_assert_nonnull (strstr (error->message, "images.json"));
    }

  g_assert_true (g_file_set_contents (images, "{\"images\": []}", -1, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad_instances); i++)
    {
      g_clear_error (&error);
      g_assert_true (g_file_set_contents (instances, bad_instances[i], -1, NULL));
      g_assert_null (eng_images_load (dir, &error));
      g_assert_nonnull (strstr (error->message, "instances.json"));
    }

  g_remove (images);
  g_remove (instances);
  g_rmdir (dir);
}

/* Puts @text into a file below @dir. */
static void
put (const char *dir,
     const char *name,
     const char *text)
{
  g_autofree char *path = g_build_filename (dir, name, NULL);
  g_autofree char *parent = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (parent, 0755), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static char *
digest_of (EngImages  *images,
           const char *uri,
           const char *dir)
{
  g_autoptr(SageDigest) digest = sage_digest_new (SAGE_DIGEST_SHA256);
  g_autoptr(GError) error = NULL;

  g_assert_true (eng_runtime_digest (eng_images_resolve (images, uri, NULL), dir, dir, digest,
                                     &error));
  g_assert_no_error (error);
  return sage_digest_finish_hex (digest);
}

/* Every program that a job may run changes the digest, and nothing else does. */
static void
test_runtime_digest (void)
{
  static const char *const changes[][2] = {
    { "sagebrush-algorithm", "2" },
    { "runtimes/python/serve.py", "2" },
    { "runtimes/python/more.py", "" },
    { "sagebrush-notebook", "2" },
    { "kernels/site/display.py", "2" },
  };
  g_autoptr(EngImages) images = load ();
  g_autofree char *dir = g_dir_make_tmp ("runtime-XXXXXX", NULL);
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(SageDigest) digest = sage_digest_new (SAGE_DIGEST_SHA256);
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename (dir, "sagebrush-algorithm", NULL);

  put (dir, "sagebrush-algorithm", "1");
  put (dir, "runtimes/python/serve.py", "1");
  put (dir, "sagebrush-notebook", "1");
  put (dir, "kernels/site/display.py", "1");
  g_assert_true (g_hash_table_add (seen, digest_of (images, "sagebrush/python:1", dir)));
  g_assert_true (g_hash_table_add (seen, digest_of (images, "sagebrush/xgboost:1", dir)));
  g_assert_false (g_hash_table_add (seen, digest_of (images, "sagebrush/python:2", dir)));
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      put (dir, changes[i][0], changes[i][1]);
      g_assert_true (g_hash_table_add (seen, digest_of (images, "sagebrush/python:1", dir)));
    }
  put (dir, "runtimes/python/__pycache__/serve.pyc", "1");
  put (dir, "another-program", "1");
  g_assert_false (g_hash_table_add (seen, digest_of (images, "sagebrush/python:1", dir)));

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_false (eng_runtime_digest (eng_images_resolve (images, "sagebrush/python:1", NULL), dir,
                                      dir, digest, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_NOT_FOUND);
  g_assert_true (sage_dir_remove (dir, NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/compute/images/known", test_known_images);
  g_test_add_func ("/compute/images/unknown", test_unknown_images);
  g_test_add_func ("/compute/images/instances", test_instances);
  g_test_add_func ("/compute/images/damaged-tables", test_damaged_tables);
  g_test_add_func ("/compute/images/runtime-digest", test_runtime_digest);

  return g_test_run ();
}
