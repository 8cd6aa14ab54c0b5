/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sage-jupyter-channel.h"

static void
test_names_read_back (void)
{
  for (guint i = 0; i < SAGE_JUPYTER_N_CHANNELS; i++)
    {
      const char *name = sage_jupyter_channel_name ((SageJupyterChannel) i);
      SageJupyterChannel channel;

      g_assert_true (sage_jupyter_channel_parse (name, strlen (name), &channel));
      g_assert_cmpint (channel, ==, i);
    }
}

static void
test_others_are_refused (void)
{
  static const char *const others[] = { "", "shel", "shells", "SHELL", "hb", "iopub " };
  SageJupyterChannel channel;

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (sage_jupyter_channel_parse (others[i], strlen (others[i]), &channel));
  g_assert_false (sage_jupyter_channel_parse ("shell\0", 6, &channel));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/jupyter/channel/names-read-back", test_names_read_back);
  g_test_add_func ("/jupyter/channel/others-are-refused", test_others_are_refused);

  return g_test_run ();
}
