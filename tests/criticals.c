/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "criticals"

#include <dlfcn.h>
#include <execinfo.h>
#include <string.h>

#include "criticals.h"

#define MAX_FRAMES 32

static const char *
find_message (const GLogField *fields,
              gsize            n_fields)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0)
      return fields[i].value;

  return "";
}

/* GTK 4.18 loads icons in threads, and looks them up while one of those lets go of the last reference:
 * g_object_ref() complains and returns NULL, and GTK loads the icon again. */
static gboolean
is_race_for_an_icon (const char *message)
{
  void *frames[MAX_FRAMES];
  int n;

  if (strstr (message, "!object_already_finalized") == NULL)
    return FALSE;

  n = backtrace (frames, MAX_FRAMES);
  for (int i = 0; i < n; i++)
    {
      Dl_info info;

      if (dladdr (frames[i], &info) != 0
          && g_strcmp0 (info.dli_sname, "gtk_icon_theme_lookup_icon") == 0)
        return TRUE;
    }

  return FALSE;
}

/* GTK 4.18 tells who asks what is on the screen of its picture of what is dragged too, and of that
 * picture's parent, which there is none. Only tests that drag say that they do. */
static gboolean
is_picture_of_a_drag (const char *message)
{
  return g_getenv ("SAGEBRUSH_TEST_DRAGS") != NULL
         && strcmp (message, "g_object_ref: assertion 'G_IS_OBJECT (object)' failed") == 0;
}

static GLogLevelFlags fatal_levels;

static GLogWriterOutput
write_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  const char *message = find_message (fields, n_fields);

  g_log_writer_default (level, fields, n_fields, NULL);
  if ((level & fatal_levels) != 0 && !is_race_for_an_icon (message)
      && !is_picture_of_a_drag (message))
    G_BREAKPOINT ();

  return G_LOG_WRITER_HANDLED;
}

/* Ends the program at whatever is logged at @levels, as G_DEBUG=fatal-criticals and g_test_init() do, but for
 * two complaints of GTK's own. To be called after g_test_init(), and once. */
void
criticals_end_the_program (GLogLevelFlags levels)
{
  fatal_levels = levels;
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  g_log_set_writer_func (write_log, NULL, NULL);
}
