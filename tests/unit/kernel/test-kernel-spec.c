/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>
#include <sys/stat.h>

#include "krn-connection.h"
#include "krn-spec.h"
#include "sage-error.h"
#include "sage-file.h"
#include "sage-json.h"

static void
test_a_spec_is_read (void)
{
  static const char text[] =
    "{\"argv\":[\"a\",\"{connection_file}\"],\"kernel_name\":\"k\",\"cwd\":\"/tmp\","
    "\"env\":{\"KRN_NEW\":\"v=1\",\"KRN_OLD\":null},\"interrupt_mode\":\"message\",\"transport\":\"tcp\","
    "\"limits\":{\"memory_bytes\":7,\"memory_kept_bytes\":6,\"stream_bytes\":8,"
    "\"journal_bytes\":2097152,\"shutdown_seconds\":1e9}}";
  g_autoptr(GError) error = NULL;
  g_autoptr(KrnSpec) spec = NULL;

  g_setenv ("KRN_OLD", "x", TRUE);
  g_setenv ("KRN_KEPT", "y", TRUE);
  spec = krn_spec_parse (text, strlen (text), "/d", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (spec->argv[1], ==, "{connection_file}");
  g_assert_cmpstr (spec->kernel_name, ==, "k");
  g_assert_cmpstr (spec->cwd, ==, "/tmp");
  g_assert_cmpstr (g_environ_getenv (spec->environment, "KRN_NEW"), ==, "v=1");
  g_assert_cmpstr (g_environ_getenv (spec->environment, "KRN_KEPT"), ==, "y");
  g_assert_null (g_environ_getenv (spec->environment, "KRN_OLD"));
  g_assert_cmpint (spec->interrupt_mode, ==, SAGE_INTERRUPT_MESSAGE);
  g_assert_true (spec->use_tcp);
  g_assert_cmpuint (spec->memory.known, ==, 7);
  g_assert_cmpuint (spec->memory.kept, ==, 6);
  g_assert_cmpuint (spec->streams.head_bytes, ==, 8);
  g_assert_cmpuint (spec->journal_bytes, ==, 2 * 1024 * 1024);
  g_assert_cmpuint (spec->shutdown_seconds, ==, 600);
}

static void
test_a_short_spec_has_defaults (void)
{
  g_autoptr(KrnSpec) spec = krn_spec_parse ("{\"argv\":[\"a\"]}", 14, "/d", NULL);

  g_assert_nonnull (spec);
  g_assert_cmpstr (spec->cwd, ==, "/d");
  g_assert_cmpint (spec->interrupt_mode, ==, SAGE_INTERRUPT_SIGNAL);
  g_assert_true (spec->use_tcp);
  g_assert_cmpuint (spec->journal_bytes, ==, 256 * 1024 * 1024);
}

static void
test_ipc_is_for_who_knows_it (void)
{
  static const struct { const char *text; gboolean use_tcp; } cases[] = {
    { "{\"argv\":[\"python3\",\"-m\",\"ipykernel_launcher\"]}", FALSE },
    { "{\"argv\":[\"python3\",\"-m\",\"ipykernel_launcher\"],\"transport\":\"tcp\"}", TRUE },
    { "{\"argv\":[\"R\",\"--slave\"]}", TRUE },
    { "{\"argv\":[\"R\",\"--slave\"],\"transport\":\"ipc\"}", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(KrnSpec) spec = krn_spec_parse (cases[i].text, strlen (cases[i].text), "/d", NULL);

      g_assert_nonnull (spec);
      g_assert_cmpint (spec->use_tcp, ==, cases[i].use_tcp);
    }
}

static void
test_bad_specs_are_refused (void)
{
  static const char *const bad[] = {
    "", "[]", "{}", "{\"argv\":[]}", "{\"argv\":[1]}", "{\"argv\":[\"\"]}", "{\"argv\":{}}",
    "{\"argv\":[\"a\"],\"cwd\":\"b\"}", "{\"argv\":[\"a\"],\"env\":{\"\":\"\"}}",
    "{\"argv\":[\"a\"],\"env\":{\"A=\":\"\"}}", "{\"argv\":[\"a\"],\"env\":{\"A\":1}}",
    "{\"argv\":[\"a\"],\"interrupt_mode\":\"x\"}", "{\"argv\":[\"a\"],\"transport\":\"x\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (krn_spec_parse (bad[i], strlen (bad[i]), "/d", &error));
      g_assert_true (error->domain == SAGE_ERROR);
    }
}

static JsonNode *
read_connection (const KrnConnection *connection)
{
  g_autoptr(GBytes) bytes = sage_file_read (connection->path, 4096, NULL);
  struct stat info;

  g_assert_nonnull (bytes);
  g_assert_cmpint (stat (connection->path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  return sage_json_parse_object (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL, NULL);
}

static void
test_connections_are_private_and_differ (void)
{
  g_autofree char *directory = g_dir_make_tmp ("krn-connection-XXXXXX", NULL);
  g_autoptr(KrnConnection) ipc = krn_connection_make (directory, "k", FALSE, NULL);
  g_autoptr(JsonNode) node = read_connection (ipc);
  JsonObject *object = json_node_get_object (node);
  g_autofree char *prefix = g_build_filename (directory, "ipc", NULL);
  g_autofree char *shell = g_strdup_printf ("ipc://%s-1", prefix);
  g_autoptr(KrnConnection) tcp = NULL;

  g_assert_cmpstr (sage_json_string (object, "transport", NULL), ==, "ipc");
  g_assert_cmpstr (sage_json_string (object, "ip", NULL), ==, prefix);
  g_assert_cmpint (sage_json_int (object, "shell_port", 0), ==, 1);
  g_assert_cmpstr (sage_json_string (object, "key", NULL), ==, ipc->key);
  g_assert_cmpstr (ipc->endpoints[SAGE_JUPYTER_SHELL], ==, shell);

  tcp = krn_connection_make (directory, "k", TRUE, NULL);
  g_assert_cmpstr (tcp->key, !=, ipc->key);
  for (guint i = 0; i < SAGE_JUPYTER_N_CHANNELS; i++)
    {
      g_assert_true (g_str_has_prefix (tcp->endpoints[i], "tcp://127.0.0.1:"));
      g_assert_cmpstr (tcp->endpoints[i], !=, tcp->heartbeat);
    }
  g_assert_true (sage_dir_remove (directory, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/kernel/spec/a-spec-is-read", test_a_spec_is_read);
  g_test_add_func ("/kernel/spec/a-short-spec-has-defaults", test_a_short_spec_has_defaults);
  g_test_add_func ("/kernel/spec/ipc-is-for-who-knows-it", test_ipc_is_for_who_knows_it);
  g_test_add_func ("/kernel/spec/bad-specs-are-refused", test_bad_specs_are_refused);
  g_test_add_func ("/kernel/spec/connections-are-private-and-differ", test_connections_are_private_and_differ);

  return g_test_run ();
}
