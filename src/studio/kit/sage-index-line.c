/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-index-page"

#include "config.h"

#include "sage-index-page-private.h"

/* What makes any text fit to be a line of SageIndexPage. */

#define LEFT_TO_RIGHT_MARK "\xe2\x80\x8e"
#define RIGHT_TO_LEFT_MARK "\xe2\x80\x8f"
#define FIRST_STRONG_ISOLATE "\xe2\x81\xa8"
#define POP_ISOLATE "\xe2\x81\xa9"
#define MAX_TEXT 256    /* characters of a line that is cut anyway: layout takes time for each */

/* What would begin another line, steer the terminal of old, or turn the rest of a name around. */
static gboolean
is_unfit (gunichar c)
{
  return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029
         || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static gboolean
is_right_to_left (gunichar c)
{
  return (c >= 0x590 && c <= 0x8ff) || (c >= 0xfb1d && c <= 0xfdff) || (c >= 0xfe70 && c <= 0xfefe)
         || (c >= 0x10800 && c <= 0x10fff) || (c >= 0x1e800 && c <= 0x1efff);
}

/* Text that is written in the other direction begins where the others do, and keeps its own order. */
static void
stand_with_others (GString *line)
{
  gboolean mirrored = gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL;

  g_string_prepend (line, FIRST_STRONG_ISOLATE);
  g_string_prepend (line, mirrored ? RIGHT_TO_LEFT_MARK : LEFT_TO_RIGHT_MARK);
  g_string_append (line, POP_ISOLATE);
}

/* Returns: (transfer full): @text, which may be anything, as one line of a length that is fit to be
 * shown; its middle is left out if it is long, for both ends tell names apart */
char *
sage_index_dup_line (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *line = g_string_new (NULL);
  glong length = g_utf8_strlen (valid, -1);
  glong index = 0;
  gboolean has_other_direction = FALSE;

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p), index++)
    {
      gunichar c = g_utf8_get_char (p);

      if (length > MAX_TEXT && index == MAX_TEXT / 2)
        {
          g_string_append (line, "…");
          p = g_utf8_offset_to_pointer (p, length - MAX_TEXT);
          c = g_utf8_get_char (p);
        }
      has_other_direction |= is_right_to_left (c);
      g_string_append_unichar (line, c == '\n' || c == '\t' ? ' ' : is_unfit (c) ? 0xfffd : c);
    }

  if (has_other_direction || gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL)
    stand_with_others (line);

  return g_string_free_and_steal (line);
}

/* Whether @text can be shown as it is. */
gboolean
sage_index_is_plain_line (const char *text)
{
  if (gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL)
    return FALSE;

  for (guint i = 0; i <= MAX_TEXT; i++)
    if (text[i] == '\0')
      return TRUE;
    else if (!g_ascii_isprint (text[i]))
      return FALSE;

  return FALSE;
}
