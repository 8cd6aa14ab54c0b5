/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "jupyter-fixture.h"
#include "sage-error.h"
#include "sage-jupyter-wire.h"

#define KEY "5eed"
/* Made with jupyter_client's Session. */
#define SIGNATURE "5cdf957752db755ac537ace8a318cf9670563634760c684397619a74379cca61"

static const char *const texts[] = {
  "routing", "<IDS|MSG>", SIGNATURE, "{\"msg_id\":\"a\",\"msg_type\":\"status\"}", "{}", "{\"k\":1}",
  "{\"execution_state\":\"idle\"}", "buffer",
};

static GPtrArray *
make_frames (void)
{
  GPtrArray *frames = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_ptr_array_add (frames, text_bytes (texts[i]));

  return frames;
}

static SageJupyterMessage *
read_frames (GPtrArray   *frames,
             const char  *key,
             GError     **error)
{
  return sage_jupyter_wire_read (SAGE_JUPYTER_IOPUB, (GBytes *const *) frames->pdata, frames->len, key,
                                 error);
}

static void
replace (GPtrArray  *frames,
         guint       index,
         const char *text)
{
  g_bytes_unref (g_ptr_array_index (frames, index));
  g_ptr_array_index (frames, index) = text_bytes (text);
}

static void
test_jupyters_own_signature_is_right (void)
{
  g_autoptr(GPtrArray) frames = make_frames ();
  g_autoptr(GError) error = NULL;
  g_autoptr(SageJupyterMessage) message = read_frames (frames, KEY, &error);
  g_autoptr(GPtrArray) written = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (sage_jupyter_message_get_msg_type (message), ==, "status");
  assert_bytes (sage_jupyter_message_get_buffer (message, 0), "buffer", 6);

  written = sage_jupyter_wire_write (message, KEY);
  g_assert_cmpuint (written->len, ==, frames->len - 1);
  for (guint i = 0; i < written->len; i++)
    assert_bytes (g_ptr_array_index (written, i), texts[i + 1], strlen (texts[i + 1]));
}

static void
test_wrong_signatures_are_refused (void)
{
  static const struct { guint index; const char *text; } cases[] = {
    { 2, "" },
    { 2, "5cdf" },
    { 2, "6cdf957752db755ac537ace8a318cf9670563634760c684397619a74379cca61" },
    { 2, "5CDF957752DB755AC537ACE8A318CF9670563634760C684397619A74379CCA61" },
    { 2, SIGNATURE "0" },
    { 3, "{\"msg_id\":\"b\",\"msg_type\":\"status\"}" },
    { 4, "{ }" },
    { 5, "{\"k\":2}" },
    { 6, "{\"execution_state\":\"busy\"}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GPtrArray) frames = make_frames ();
      g_autoptr(GError) error = NULL;

      replace (frames, cases[i].index, cases[i].text);
      g_assert_null (read_frames (frames, KEY, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_DENIED);
    }
}

static void
test_another_key_is_refused (void)
{
  g_autoptr(GPtrArray) frames = make_frames ();
  g_autoptr(GError) error = NULL;

  g_assert_null (read_frames (frames, "5eee", &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_null (read_frames (frames, "", &error));
  g_assert_error (error, SAGE_ERROR, SAGE_ERROR_DENIED);
}

static void
test_without_a_key_nothing_is_signed (void)
{
  g_autoptr(GPtrArray) frames = make_frames ();
  g_autoptr(SageJupyterMessage) message = NULL;
  g_autoptr(GPtrArray) written = NULL;

  replace (frames, 2, "");
  message = read_frames (frames, "", NULL);
  g_assert_nonnull (message);
  written = sage_jupyter_wire_write (message, "");
  assert_bytes (g_ptr_array_index (written, 1), "", 0);
}

static void
test_cut_off_messages_are_refused (void)
{
  for (guint n = 0; n < 7; n++)
    {
      g_autoptr(GPtrArray) frames = make_frames ();
      g_autoptr(GError) error = NULL;

      g_ptr_array_set_size (frames, (int) n);
      g_assert_null (read_frames (frames, KEY, &error));
      g_assert_error (error, SAGE_ERROR, SAGE_ERROR_PROTOCOL);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/jupyter/wire/jupyters-own-signature-is-right", test_jupyters_own_signature_is_right);
  g_test_add_func ("/jupyter/wire/wrong-signatures-are-refused", test_wrong_signatures_are_refused);
  g_test_add_func ("/jupyter/wire/another-key-is-refused", test_another_key_is_refused);
  g_test_add_func ("/jupyter/wire/without-a-key-nothing-is-signed", test_without_a_key_nothing_is_signed);
  g_test_add_func ("/jupyter/wire/cut-off-messages-are-refused", test_cut_off_messages_are_refused);

  return g_test_run ();
}
