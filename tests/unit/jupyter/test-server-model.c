/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sage-error.h"
#include "sage-json.h"
#include "sage-server-model.h"

static JsonNode *
parse (const char *text)
{
  g_autoptr(GError) error = NULL;
  JsonNode *node = sage_json_parse (text, -1, NULL, &error);

  g_assert_no_error (error);

  return node;
}

static void
test_kernel (void)
{
  g_autoptr(JsonNode) node = parse ("{\"id\":\"a-1\",\"name\":\"ir\",\"execution_state\":\"busy\",\"connections\":2,"
                                    "\"last_activity\":\"2026-01-02T03:04:05.5Z\",\"reason\":\"gone\"}");
  g_autoptr(JsonNode) bare = parse ("{\"id\":\"a\",\"execution_state\":3,\"last_activity\":\"soon\"}");
  g_autoptr(SageServerKernel) kernel = NULL;
  g_autoptr(SageServerKernel) unknown = NULL;
  g_autoptr(GError) error = NULL;

  kernel = sage_server_kernel_read (node, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (kernel->id, ==, "a-1");
  g_assert_cmpstr (kernel->name, ==, "ir");
  g_assert_cmpint (kernel->state, ==, SAGE_KERNEL_BUSY);
  g_assert_cmpint (kernel->connections, ==, 2);
  g_assert_cmpfloat (kernel->last_activity, ==, 1767323045.5);
  g_assert_cmpstr (kernel->reason, ==, "gone");

  unknown = sage_server_kernel_read (bare, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (unknown->name, ==, "");
  g_assert_cmpint (unknown->state, ==, SAGE_KERNEL_UNKNOWN);
  g_assert_cmpfloat (unknown->last_activity, ==, 0);
}

/* What another server sends in place of a model; an id goes into paths. */
static void
test_malformed (void)
{
  static const char *const kernels[] = {
    "null", "[]", "7", "{}", "{\"id\":7}", "{\"id\":null}", "{\"id\":\"\"}", "{\"id\":\"../x\"}",
    "{\"id\":\"a/b\"}", "{\"id\":\"a b\"}", "{\"id\":\"a?b\"}", "{\"id\":\"\\u00e9\"}",
  };
  static const char *const sessions[] = {
    "[]", "{}", "{\"id\":\"a\",\"kernel\":7}", "{\"id\":\"a\",\"kernel\":{}}", "{\"id\":\"a\",\"kernel\":[]}",
  };
  static const char *const lists[] = { "{}", "null", "[7]", "[{}]", "[{\"id\":\"a\"},null]" };
  static const char *const specs[] = { "[]", "null", "{}", "{\"kernelspecs\":[]}", "{\"kernelspecs\":7}" };

  for (guint i = 0; i < G_N_ELEMENTS (kernels); i++)
    {
      g_autoptr(JsonNode) node = parse (kernels[i]);
      g_autoptr(GError) error = NULL;

      g_assert_null (sage_server_kernel_read (node, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_PROTOCOL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (sessions); i++)
    {
      g_autoptr(JsonNode) node = parse (sessions[i]);
      g_autoptr(GError) error = NULL;

      g_assert_null (sage_server_session_read (node, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_PROTOCOL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      g_autoptr(JsonNode) node = parse (lists[i]);
      g_autoptr(GError) error = NULL;

      g_assert_null (sage_server_kernels_read (node, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_PROTOCOL);
      g_clear_error (&error);
      g_assert_null (sage_server_sessions_read (node, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_PROTOCOL);
    }
  for (guint i = 0; i < G_N_ELEMENTS (specs); i++)
    {
      g_autoptr(JsonNode) node = parse (specs[i]);
      g_autoptr(GError) error = NULL;

      g_assert_null (sage_server_specs_read (node, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_PROTOCOL);
    }
}

/* The default comes first, the others by what they are called; one that is broken is left out. */
static void
test_specs (void)
{
  g_autoptr(JsonNode) node = parse (
    "{\"default\":\"py\",\"kernelspecs\":{"
    "\"z\":{\"spec\":{\"display_name\":\"Beta\",\"language\":\"b\"}},"
    "\"bad\":{\"spec\":[]},\"worse\":null,"
    "\"py\":{\"spec\":{\"display_name\":\"Zeta\",\"language\":\"python\"}},"
    "\"bare\":{\"spec\":{}},"
    "\"a\":{\"spec\":{\"display_name\":\"Alpha\",\"language\":7}}}}");
  static const char *const names[] = { "py", "a", "z", "bare" };
  g_autoptr(GPtrArray) specs = NULL;
  g_autoptr(GError) error = NULL;

  specs = sage_server_specs_read (node, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (specs->len, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < specs->len; i++)
    {
      SageServerSpec *spec = g_ptr_array_index (specs, i);

      g_assert_cmpstr (spec->name, ==, names[i]);
      g_assert_true (spec->is_default == (i == 0));
      if (i == 3)
        g_assert_cmpstr (spec->display_name, ==, "bare");
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/jupyter/server-model/kernel", test_kernel);
  g_test_add_func ("/jupyter/server-model/malformed", test_malformed);
  g_test_add_func ("/jupyter/server-model/specs", test_specs);

  return g_test_run ();
}
