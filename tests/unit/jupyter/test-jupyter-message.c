/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "jupyter-fixture.h"
#include "sage-error.h"
#include "sage-json.h"

#define HEADER "{\"msg_id\":\"m1\",\"msg_type\":\"stream\",\"session\":\"k\"}"

static void
test_parts_are_kept (void)
{
  const char *content = "{ \"text\" : \"a\" ,\"big\":123456789012345678901234567890}";
  g_autoptr(GError) error = NULL;
  g_autoptr(SageJupyterMessage) message =
    read_texts (HEADER, "{\"msg_id\":\"p\",\"session\":\"c\"}", "{}", content, &error);

  g_assert_no_error (error);
  g_assert_cmpint (sage_jupyter_message_get_channel (message), ==, SAGE_JUPYTER_IOPUB);
  g_assert_cmpstr (sage_jupyter_message_get_msg_id (message), ==, "m1");
  g_assert_cmpstr (sage_jupyter_message_get_msg_type (message), ==, "stream");
  g_assert_cmpstr (sage_jupyter_message_get_session (message), ==, "k");
  g_assert_cmpstr (sage_jupyter_message_get_parent_id (message), ==, "p");
  g_assert_cmpstr (sage_jupyter_message_get_parent_session (message), ==, "c");
  g_assert_cmpuint (sage_jupyter_message_get_n_buffers (message), ==, 0);
  assert_text (message, SAGE_JUPYTER_CONTENT, content);
  g_assert_cmpstr (sage_json_string (sage_jupyter_message_get_content (message), "text", NULL), ==, "a");
  g_assert_cmpfloat (sage_json_double (sage_jupyter_message_get_content (message), "big", 0), >, 1e29);
}

/* What Python writes of strange outputs: it reads, and only what is no JSON is changed on the wire. */
static void
test_strange_content_is_mended (void)
{
  static const struct { const char *content, *wire, *text; } cases[] = {
    { "{\"text\":\"a\\u0000b\"}", "{\"text\":\"a\\u0000b\"}", "a\357\277\275b" },
    { "{\"text\":\"\\ud800\"}", "{\"text\":\"\\ud800\"}", "\357\277\275" },
    { "{\"text\":\"\\udc00x\"}", "{\"text\":\"\\udc00x\"}", "\357\277\275x" },
    { "{\"text\":\"\\ud83d\\ude00\\u0000\"}", "{\"text\":\"\\ud83d\\ude00\\u0000\"}",
      "\360\237\230\200\357\277\275" },
    { "{\"text\":\"\\\\u0000 \\\"\\u0000\"}", "{\"text\":\"\\\\u0000 \\\"\\u0000\"}",
      "\\u0000 \"\357\277\275" },
    { "{\"text\":\"\377\"}", "{\"text\":\"\357\277\275\"}", "\357\277\275" },
    { "{\"n\":NaN,\"i\":-Infinity,\"text\":\"NaN\"}", "{\"n\":null,\"i\":null,\"text\":\"NaN\"}", "NaN" },
    { "{\"n\":1e999,\"text\":\"1e999\"}", "{\"n\":1e999,\"text\":\"1e999\"}", "1e999" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(SageJupyterMessage) message = read_texts (HEADER, "{}", "{}", cases[i].content, &error);

      g_assert_no_error (error);
      assert_text (message, SAGE_JUPYTER_CONTENT, cases[i].wire);
      g_assert_cmpstr (sage_json_string (sage_jupyter_message_get_content (message), "text", NULL), ==,
                       cases[i].text);
    }
}

static void
test_hostile_parts_are_refused (void)
{
  static const struct { const char *header, *parent, *metadata, *content; } cases[] = {
    { "", "{}", "{}", "{}" },
    { "[]", "{}", "{}", "{}" },
    { "{}", "{}", "{}", "{}" },
    { "null", "{}", "{}", "{}" },
    { "{\"msg_id\":\"a\"}", "{}", "{}", "{}" },
    { "{\"msg_type\":\"a\"}", "{}", "{}", "{}" },
    { "{\"msg_id\":\"\",\"msg_type\":\"a\"}", "{}", "{}", "{}" },
    { "{\"msg_id\":1,\"msg_type\":\"a\"}", "{}", "{}", "{}" },
    { "{\"msg_id\":\"a\",\"msg_type\":[]}", "{}", "{}", "{}" },
    { "{\"msg_id\":\"a\",\"msg_type\":\"b\",\"session\":{}}", "{}", "{}", "{}" },
    { "{\"msg_id\":\"a\",\"msg_id\":\"b\",\"msg_type\":\"b\"}", "{}", "{}", "{}" },
    { HEADER, "[]", "{}", "{}" },
    { HEADER, "{\"msg_id\":7}", "{}", "{}" },
    { HEADER, "{}", "\"\"", "{}" },
    { HEADER, "{}", "{}", "[]" },
    { HEADER, "{}", "{}", "" },
    { HEADER, "{}", "{}", "   " },
    { HEADER, "{}", "{}", "{} {}" },
    { HEADER, "{}", "{}", "{\"a\":1,\"a\":2}" },
    { HEADER, "{}", "{}", "{\"a\":\"\\u00" },
    { HEADER, "{}", "{}", "{\"a\":\"\\" },
    { HEADER, "{}", "{}", "{\"a\":NaNcy}" },
    { HEADER, "{}", "{}", "{\"a\":99999999999999999999-5}" },
    { HEADER, "{}", "{}", "{\"a\":00000000000000000000000099999999999999999999}" },
    { HEADER, "{}", "{}", "{\"a\":-}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (read_texts (cases[i].header, cases[i].parent, cases[i].metadata, cases[i].content,
                                 &error));
      g_assert_true (error != NULL && error->domain == SAGE_ERROR);
    }
}

static void
test_limits_hold (void)
{
  g_autofree char *long_id = g_strnfill (600, 'x');
  g_autofree char *header = g_strdup_printf ("{\"msg_id\":\"%s\",\"msg_type\":\"a\"}", long_id);
  g_autoptr(GString) deep = g_string_new ("{\"a\":");
  g_autoptr(GBytes) empty = text_bytes ("{}");
  g_autoptr(GPtrArray) many = g_ptr_array_new ();

  g_assert_null (read_texts (header, "{}", "{}", "{}", NULL));

  for (guint i = 0; i < 300; i++)
    g_string_append_c (deep, '[');
  g_assert_null (read_texts (HEADER, "{}", "{}", deep->str, NULL));

  for (guint i = 0; i < 3; i++)
    g_ptr_array_add (many, empty);
  g_assert_null (sage_jupyter_message_read (SAGE_JUPYTER_SHELL, (GBytes *const *) many->pdata, 3, NULL));
  for (guint i = 0; i < SAGE_JUPYTER_MAX_BUFFERS + 2; i++)
    g_ptr_array_add (many, empty);
  g_assert_null (sage_jupyter_message_read (SAGE_JUPYTER_SHELL, (GBytes *const *) many->pdata, many->len,
                                            NULL));
}

static void
test_requests_are_complete (void)
{
  g_autoptr(JsonObject) content = json_object_new ();
  g_autoptr(SageJupyterMessage) request = NULL;
  g_autoptr(SageJupyterMessage) other = NULL;
  g_autoptr(SageJupyterMessage) answer = NULL;
  JsonObject *header;

  json_object_set_string_member (content, "code", "1");
  request = sage_jupyter_message_new_request (SAGE_JUPYTER_SHELL, "execute_request", "s", "u", NULL, content);
  other = sage_jupyter_message_new_request (SAGE_JUPYTER_SHELL, "execute_request", "s", "u", NULL, content);
  json_object_set_string_member (content, "code", "2"); /* the request has its own copy */

  header = sage_jupyter_message_get_header (request);
  g_assert_cmpstr (sage_json_string (header, "version", NULL), ==, "5.4");
  g_assert_cmpstr (sage_json_string (header, "username", NULL), ==, "u");
  g_assert_cmpstr (sage_json_string (header, "session", NULL), ==, "s");
  g_assert_true (g_str_has_suffix (sage_json_string (header, "date", ""), "Z"));
  g_assert_true (g_uuid_string_is_valid (sage_jupyter_message_get_msg_id (request)));
  g_assert_cmpstr (sage_jupyter_message_get_msg_id (request), !=, sage_jupyter_message_get_msg_id (other));
  assert_text (request, SAGE_JUPYTER_PARENT_HEADER, "{}");
  assert_text (request, SAGE_JUPYTER_CONTENT, "{\"code\":\"1\"}");
  g_assert_cmpstr (sage_json_string (sage_jupyter_message_get_content (request), "code", NULL), ==, "1");

  answer = sage_jupyter_message_new_answer (request, SAGE_JUPYTER_STDIN, "input_reply", "s", "u", content);
  g_assert_cmpstr (sage_jupyter_message_get_parent_id (answer), ==,
                   sage_jupyter_message_get_msg_id (request));
  g_assert_cmpstr (sage_jupyter_message_get_parent_session (answer), ==, "s");
}

static void
test_a_number_joins_the_metadata (void)
{
  g_autoptr(SageJupyterMessage) message = read_texts (HEADER, "{}", "{\"q\":5,\"x\":[1]}", "{}", NULL);
  g_autoptr(SageJupyterMessage) numbered = sage_jupyter_message_with_number (message, "q", 1 << 30);

  assert_text (numbered, SAGE_JUPYTER_METADATA, "{\"x\":[1],\"q\":1073741824}");
  assert_text (message, SAGE_JUPYTER_METADATA, "{\"q\":5,\"x\":[1]}");
  g_assert_cmpstr (sage_jupyter_message_get_msg_id (numbered), ==, "m1");
  g_assert_cmpint (sage_json_int (sage_jupyter_message_get_metadata (numbered), "q", 0), ==, 1 << 30);
}

static void
test_content_can_be_replaced (void)
{
  g_autoptr(SageJupyterMessage) message = read_texts (HEADER, "{}", "{}", "{\"a\":1}", NULL);
  g_autoptr(JsonObject) content = json_object_new ();
  g_autoptr(SageJupyterMessage) other = sage_jupyter_message_with_content (message, content);

  assert_text (other, SAGE_JUPYTER_CONTENT, "{}");
  assert_text (message, SAGE_JUPYTER_CONTENT, "{\"a\":1}");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/jupyter/message/parts-are-kept", test_parts_are_kept);
  g_test_add_func ("/jupyter/message/strange-content-is-mended", test_strange_content_is_mended);
  g_test_add_func ("/jupyter/message/hostile-parts-are-refused", test_hostile_parts_are_refused);
  g_test_add_func ("/jupyter/message/limits-hold", test_limits_hold);
  g_test_add_func ("/jupyter/message/requests-are-complete", test_requests_are_complete);
  g_test_add_func ("/jupyter/message/a-number-joins-the-metadata", test_a_number_joins_the_metadata);
  g_test_add_func ("/jupyter/message/content-can-be-replaced", test_content_can_be_replaced);

  return g_test_run ();
}
