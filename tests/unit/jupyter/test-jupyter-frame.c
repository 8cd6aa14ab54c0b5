/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "jupyter-fixture.h"
#include "sage-error.h"
#include "sage-jupyter-frame.h"
#include "sage-json.h"

/* Made with jupyter_server's serialize_msg_to_ws_v1() and serialize_binary_message(). */
#define V1_FRAME \
  "0700000000000000400000000000000045000000000000006700000000000000690000000000000070000000000000008a" \
  "000000000000008c00000000000000696f7075627b226d73675f6964223a2261222c226d73675f74797065223a227374617475" \
  "73227d7b7d7b226b223a317d7b22657865637574696f6e5f7374617465223a2269646c65227d0001"
#define DEFAULT_FRAME \
  "000000030000001000000091000000937b22686561646572223a207b226d73675f6964223a202261222c20226d73675f747970" \
  "65223a2022636f6d6d5f6d7367227d2c2022706172656e745f686561646572223a207b7d2c20226d65746164617461223a207b" \
  "7d2c2022636f6e74656e74223a207b226e223a20317d2c20226368616e6e656c223a20227368656c6c227d0102"

static void
test_v1_is_jupyters (void)
{
  g_autoptr(GBytes) frame = hex_bytes (V1_FRAME);
  g_autoptr(GError) error = NULL;
  g_autoptr(SageJupyterMessage) message = NULL;
  g_autoptr(GBytes) written = NULL;
  gboolean is_text = TRUE;

  message = sage_jupyter_frame_read (frame, SAGE_JUPYTER_FRAMING_V1, FALSE, &error);
  g_assert_no_error (error);
  g_assert_cmpint (sage_jupyter_message_get_channel (message), ==, SAGE_JUPYTER_IOPUB);
  assert_text (message, SAGE_JUPYTER_CONTENT, "{\"execution_state\":\"idle\"}");
  assert_bytes (sage_jupyter_message_get_buffer (message, 0), "\0\1", 2);

  written = sage_jupyter_frame_write (message, SAGE_JUPYTER_FRAMING_V1, &is_text);
  g_assert_false (is_text);
  g_assert_true (g_bytes_equal (written, frame));

  g_assert_null (sage_jupyter_frame_read (frame, SAGE_JUPYTER_FRAMING_V1, TRUE, NULL));
}

/* Each bit of each offset turned, and each length of the frame. */
static void
test_v1_is_read_strictly (void)
{
  g_autoptr(GBytes) frame = hex_bytes (V1_FRAME);
  gsize size = g_bytes_get_size (frame);

  for (gsize length = 0; length < size; length++)
    {
      /* A copy of the exact size lets AddressSanitizer see a read past the end. */
      g_autoptr(GBytes) part = g_bytes_new (g_bytes_get_data (frame, NULL), length);

      g_assert_null (sage_jupyter_frame_read (part, SAGE_JUPYTER_FRAMING_V1, FALSE, NULL));
    }

  for (gsize bit = 0; bit < 8 * 8 * 8; bit++)
    {
      g_autofree guint8 *data = g_memdup2 (g_bytes_get_data (frame, NULL), size);
      g_autoptr(GBytes) bad = NULL;

      data[bit / 8] ^= (guint8) (1 << (bit % 8));
      bad = g_bytes_new (data, size);
      g_assert_null (sage_jupyter_frame_read (bad, SAGE_JUPYTER_FRAMING_V1, FALSE, NULL));
    }
}

static void
test_default_text_reads_back (void)
{
  g_autoptr(GBytes) frame = text_bytes (
    " { \"header\":{\"msg_id\":\"a\\\"}\",\"msg_type\":\"execute_request\"},\"x\":[{}],\"msg_id\":\"zz\","
    "\"content\":{\"code\":\"}{\\\\\",\"n\":12345678901234567890},\"channel\" : \"control\" } ");
  g_autoptr(GError) error = NULL;
  g_autoptr(SageJupyterMessage) message =
    sage_jupyter_frame_read (frame, SAGE_JUPYTER_FRAMING_DEFAULT, TRUE, &error);
  g_autoptr(GBytes) written = NULL;
  g_autoptr(JsonNode) node = NULL;
  gboolean is_text = FALSE;
  JsonObject *object;

  g_assert_no_error (error);
  g_assert_cmpint (sage_jupyter_message_get_channel (message), ==, SAGE_JUPYTER_CONTROL);
  g_assert_cmpstr (sage_jupyter_message_get_msg_id (message), ==, "a\"}");
  assert_text (message, SAGE_JUPYTER_METADATA, "{}");
  assert_text (message, SAGE_JUPYTER_CONTENT, "{\"code\":\"}{\\\\\",\"n\":12345678901234567890}");

  written = sage_jupyter_frame_write (message, SAGE_JUPYTER_FRAMING_DEFAULT, &is_text);
  g_assert_true (is_text);
  g_assert_nonnull (strstr (g_bytes_get_data (written, NULL), ":12345678901234567890}"));

  g_clear_pointer (&message, sage_jupyter_message_unref);
  message = read_texts ("{\"msg_id\":\"a\",\"msg_type\":\"t\"}", "{\"p\":1}", "{}", "{\"c\":2}", NULL);
  g_clear_pointer (&written, g_bytes_unref);
  written = sage_jupyter_frame_write (message, SAGE_JUPYTER_FRAMING_DEFAULT, NULL);
  node = sage_json_parse_object (g_bytes_get_data (written, NULL), (gssize) g_bytes_get_size (written),
                                 NULL, &error);
  g_assert_no_error (error);
  object = json_node_get_object (node);
  g_assert_cmpstr (sage_json_string (object, "channel", NULL), ==, "iopub");
  g_assert_cmpstr (sage_json_string (object, "msg_id", NULL), ==, "a");
  g_assert_cmpstr (sage_json_string (object, "msg_type", NULL), ==, "t");
  g_assert_cmpint (sage_json_int (sage_json_object (object, "content"), "c", 0), ==, 2);
  g_assert_cmpint (sage_json_int (sage_json_object (object, "parent_header"), "p", 0), ==, 1);
  g_assert_nonnull (sage_json_array (object, "buffers"));
}

static void
test_default_binary_is_jupyters (void)
{
  g_autoptr(GBytes) frame = hex_bytes (DEFAULT_FRAME);
  g_autoptr(GError) error = NULL;
  g_autoptr(SageJupyterMessage) message =
    sage_jupyter_frame_read (frame, SAGE_JUPYTER_FRAMING_DEFAULT, FALSE, &error);
  g_autoptr(GBytes) written = NULL;
  g_autoptr(SageJupyterMessage) again = NULL;
  gboolean is_text = TRUE;

  g_assert_no_error (error);
  g_assert_cmpint (sage_jupyter_message_get_channel (message), ==, SAGE_JUPYTER_SHELL);
  g_assert_cmpuint (sage_jupyter_message_get_n_buffers (message), ==, 2);
  assert_bytes (sage_jupyter_message_get_buffer (message, 0), "\1\2", 2);
  assert_bytes (sage_jupyter_message_get_buffer (message, 1), "", 0);

  written = sage_jupyter_frame_write (message, SAGE_JUPYTER_FRAMING_DEFAULT, &is_text);
  g_assert_false (is_text);
  again = sage_jupyter_frame_read (written, SAGE_JUPYTER_FRAMING_DEFAULT, FALSE, &error);
  g_assert_no_error (error);
  assert_text (again, SAGE_JUPYTER_CONTENT, "{\"n\": 1}");
  assert_bytes (sage_jupyter_message_get_buffer (again, 0), "\1\2", 2);
}

static void
test_default_binary_is_read_strictly (void)
{
  static const char *const bad[] = {
    "",
    "000000",
    "00000000",
    "000000010000000b",
    "ffffffff00000010",
    "80000001000000087b7d",
    "0000000100000004",             /* into the offsets */
    "00000001000000097b7d",         /* not where the JSON is */
    "000000010000000b7b7d",         /* past the end */
    "00000002000000100000000c7b7d", /* backwards */
    "000000020000000cffffffff7b7d",
    "000000020000000c7b7d",         /* offsets cut off */
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GBytes) frame = hex_bytes (bad[i]);
      g_autoptr(GError) error = NULL;

      g_assert_null (sage_jupyter_frame_read (frame, SAGE_JUPYTER_FRAMING_DEFAULT, FALSE, &error));
      g_assert_true (error->domain == SAGE_ERROR);
    }
}

static void
test_hostile_text_is_refused (void)
{
  static const char *const bad[] = {
    "", " ", "1", "\"\"", "[]", "{}", "null", "{\"header\":{}}", "{\"content\":{}}",
    "{\"header\":{},\"content\":{}}",
    "{\"header\":{\"msg_id\":\"a\",\"msg_type\":\"b\"},\"content\":[]}",
    "{\"header\":\"{}\",\"content\":{}}",
    "{\"header\":{\"msg_id\":\"a\",\"msg_type\":\"b\"},\"content\":{},\"channel\":\"hb\"}",
    "{\"header\":{\"msg_id\":\"a\",\"msg_type\":\"b\"},\"content\":{},\"channel\":1}",
    "{\"header\":{\"msg_id\":\"a\",\"msg_type\":\"b\"},\"content\":{},\"channel\":\"\"}",
    "{\"header\":{\"msg_id\":\"a\",\"msg_type\":\"b\"},\"content\":{},\"content\":{}}",
    "{\"header\":{\"msg_id\":\"a\",\"msg_type\":\"b\"},\"content\":{}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(GBytes) frame = text_bytes (bad[i]);

      g_assert_null (sage_jupyter_frame_read (frame, SAGE_JUPYTER_FRAMING_DEFAULT, TRUE, NULL));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/jupyter/frame/v1-is-jupyters", test_v1_is_jupyters);
  g_test_add_func ("/jupyter/frame/v1-is-read-strictly", test_v1_is_read_strictly);
  g_test_add_func ("/jupyter/frame/default-text-reads-back", test_default_text_reads_back);
  g_test_add_func ("/jupyter/frame/default-binary-is-jupyters", test_default_binary_is_jupyters);
  g_test_add_func ("/jupyter/frame/default-binary-is-read-strictly", test_default_binary_is_read_strictly);
  g_test_add_func ("/jupyter/frame/hostile-text-is-refused", test_hostile_text_is_refused);

  return g_test_run ();
}
