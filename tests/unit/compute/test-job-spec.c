/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "test-job-spec"

#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "eng-job.h"
#include "sage-error.h"
#include "sage-file.h"

/* What a spec must survive: everything that JSON has to escape. */
#define AWKWARD "a\"b\\c\n\t\r\x01\xc3\xa9\xf0\x9f\x8c\xbf/}],{[:"

static void
test_round_trip (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("sagebrush-spec-XXXXXX", &error);
  g_autoptr(EngJobSpec) spec = eng_job_spec_new ("job " AWKWARD);
  g_autoptr(EngJobSpec) back = NULL;
  EngMount *mount;

  spec->argv = g_strdupv ((char *[]) { (char *) "/bin/x", (char *) AWKWARD, (char *) "", NULL });
  spec->environment = g_strdupv ((char *[]) { (char *) "A=" AWKWARD, (char *) "_b1=", NULL });
  spec->cpus = 0.5;
  spec->memory_bytes = G_GUINT64_CONSTANT (123456789012345);
  spec->disk_bytes = G_MAXINT64;
  spec->max_processes = 7;
  spec->max_runtime_seconds = 86400;
  spec->grace_seconds = 30;
  spec->network = TRUE;
  spec->serve_port = 8080;
  eng_job_spec_add_mount (spec, "/a", "/opt/b", TRUE);
  eng_job_spec_add_mount (spec, "/c/" AWKWARD "x", "/opt/d", FALSE);

  g_assert_true (eng_job_spec_write (spec, dir, &error));
  g_assert_no_error (error);
  back = eng_job_spec_read (dir, &error);
  g_assert_no_error (error);

  g_assert_cmpstr (back->name, ==, spec->name);
  g_assert_cmpstrv (back->argv, spec->argv);
  g_assert_cmpstrv (back->environment, spec->environment);
  g_assert_cmpstr (back->working_directory, ==, "/");
  g_assert_cmpfloat (back->cpus, ==, 0.5);
  g_assert_cmpuint (back->memory_bytes, ==, spec->memory_bytes);
  g_assert_cmpuint (back->disk_bytes, ==, spec->disk_bytes);
  g_assert_cmpuint (back->max_processes, ==, 7);
  g_assert_cmpint (back->max_runtime_seconds, ==, 86400);
  g_assert_cmpuint (back->grace_seconds, ==, 30);
  g_assert_true (back->network);
  g_assert_cmpuint (back->serve_port, ==, 8080);
  g_assert_cmpuint (back->mounts->len, ==, 2);
  mount = g_ptr_array_index (back->mounts, 1);
  g_assert_cmpstr (mount->source, ==, "/c/" AWKWARD "x");
  g_assert_cmpstr (mount->target, ==, "/opt/d");
  g_assert_false (mount->writable);

  /* a directory is for one attempt */
  g_assert_false (eng_job_spec_write (spec, dir, &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_EXISTS);
  g_assert_true (sage_dir_remove (dir, NULL));
}

static void
test_escapes (void)
{
  static const char text[] = "{\"name\": \"\\ud83c\\udf3f\\u00e9\\/\\b\\f\", \"unknown\":"
                             " {\"a\": [1, {\"b\": \"}\"}, null, true, -1.5e3]}, \"argv\":[\"x\"]}";
  g_autoptr(GError) error = NULL;
  g_autoptr(EngJobSpec) spec = eng_job_spec_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (spec->name, ==, "\xf0\x9f\x8c\xbf\xc3\xa9/\b\f");
  g_assert_cmpstr (spec->argv[0], ==, "x");
}

static void
test_refused (void)
{
  static const char *const cases[] = {
    "", "{", "[]", "1", "{}", "{\"argv\": []}", "{\"argv\": [\"\"]}", "{\"argv\": \"x\"}",
    "{\"argv\": [1]}", "{\"argv\": {\"a\": 1}}", "{\"argv\": [\"a\", null]}",
    "{\"argv\": [\"a\"], \"argv\": [\"b\"]}", "{\"argv\": [\"a\\u0000b\"]}",
    "{\"argv\": [\"a\"], \"cpus\": 0}", "{\"argv\": [\"a\"], \"cpus\": \"1\"}",
    "{\"argv\": [\"a\"], \"cpus\": 1e300}", "{\"argv\": [\"a\"], \"memory_bytes\": 0}",
    "{\"argv\": [\"a\"], \"memory_bytes\": -1}", "{\"argv\": [\"a\"], \"memory_bytes\": 1.5}",
    "{\"argv\": [\"a\"], \"memory_bytes\": 1e3}", "{\"argv\": [\"a\"], \"max_processes\": 4294967296}",
    "{\"argv\": [\"a\"], \"network\": 1}", "{\"argv\": [\"a\"], \"network\": null}",
    "{\"argv\": [\"a\"], \"serve_port\": 65536}",
    "{\"argv\": [\"a\"], \"working_directory\": \"tmp\"}",
    "{\"argv\": [\"a\"], \"working_directory\": \"/tmp/../etc\"}",
    "{\"argv\": [\"a\"], \"environment\": [\"A\"]}", "{\"argv\": [\"a\"], \"environment\": [\"=A\"]}",
    "{\"argv\": [\"a\"], \"environment\": [\"1A=b\"]}",
    "{\"argv\": [\"a\"], \"environment\": [\"A B=c\"]}",
    "{\"argv\": [\"a\"], \"environment\": [\"A-B=c\"]}",
    "{\"argv\": [\"a\"], \"mounts\": [{}]}", "{\"argv\": [\"a\"], \"mounts\": {}}",
    "{\"argv\": [\"a\"], \"mounts\": [{\"source\": \"/a\", \"target\": \"b\"}]}",
    "{\"argv\": [\"a\"], \"mounts\": [{\"source\": \"a\", \"target\": \"/b\"}]}",
    "{\"argv\": [\"a\"], \"mounts\": [{\"source\": \"/a\", \"target\": \"/\"}]}",
    "{\"argv\": [\"a\"], \"mounts\": [{\"source\": \"/a\", \"target\": \"/b/../c\"}]}",
    "{\"argv\": [\"a\"], \"mounts\": [{\"source\": \"/a\", \"target\": \"/b//c\"}]}",
    "{\"argv\": [\"a\"], \"mounts\": [{\"source\": \"/a\", \"target\": \"/b/.\"}]}",
    "{\"argv\": [\"a\"], \"mounts\": [{\"source\": \"/a\", \"target\": \"/b/\"}]}",
    "{\"argv\": [\"a\"], \"mounts\": [{\"source\": \"/a/../b\", \"target\": \"/b\"}]}",
    "{\"argv\": [\"a\"], \"mounts\": [{\"source\": \"/a\", \"target\": \"/proc\"}]}",
    "{\"argv\": [\"a\"], \"mounts\": [{\"source\": \"/a\", \"target\": \"/dev/shm\"}]}",
    "{\"argv\": [\"a\"], \"mounts\": [{\"source\": \"/a\", \"target\": \"/run/sagebrush/x\"}]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(EngJobSpec) spec = eng_job_spec_parse (cases[i], strlen (cases[i]), &error);

      if (spec != NULL)
        g_error ("Taken although wrong: %s", cases[i]);
      g_assert_nonnull (error);
    }
}

/* Looks like a reserved path, and is none. */
static void
test_near_misses_are_taken (void)
{
  static const char text[] =
    "{\"argv\": [\"a\"], \"mounts\": [{\"source\": \"/a\", \"target\": \"/process\"},"
    " {\"source\": \"/..a\", \"target\": \"/b/...\"}, {\"source\": \"/a\", \"target\": \"/device\"}]}";
  g_autoptr(GError) error = NULL;
  g_autoptr(EngJobSpec) spec = eng_job_spec_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpuint (spec->mounts->len, ==, 3);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/compute/job-spec/round-trip", test_round_trip);
  g_test_add_func ("/compute/job-spec/escapes", test_escapes);
  g_test_add_func ("/compute/job-spec/refused", test_refused);
  g_test_add_func ("/compute/job-spec/near-misses", test_near_misses_are_taken);

  return g_test_run ();
}
