/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-text"

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "sage-page.h"
#include "sage-text.h"

#define ELLIPSIS "\xe2\x80\xa6"
#define FIRST_STRONG_ISOLATE "\xe2\x81\xa8"
#define POP_ISOLATE "\xe2\x81\xa9"
#define ZERO_WIDTH_SPACE "\xe2\x80\x8b"

#define MAX_RUN 12 /* characters without a place to break at */

/* How many characters there are, counting no further than one more than @max. */
static gboolean
is_longer (const char *text,
           guint       max)
{
  for (guint n = 0; *text != '\0'; n++, text = g_utf8_next_char (text))
    if (n == max)
      return TRUE;

  return FALSE;
}

/**
 * sage_text_shorten_end:
 * @text: (nullable): data of any length; it need not be valid UTF-8
 * @max_chars: how many characters are shown at most
 *
 * Returns: (transfer full): valid UTF-8 for a widget, cut at its end with an ellipsis if it is too
 *   long
 */
char *
sage_text_shorten_end (const char *text,
                       guint       max_chars)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);

  if (!is_longer (valid, max_chars))
    return g_steal_pointer (&valid);

  *g_utf8_offset_to_pointer (valid, max_chars) = '\0';

  return g_strconcat (valid, ELLIPSIS, NULL);
}

/**
 * sage_text_shorten_middle:
 * @text: (nullable): data of any length; it need not be valid UTF-8
 * @max_chars: how many characters are shown at most
 *
 * Returns: (transfer full): valid UTF-8 for a widget, cut in its middle with an ellipsis if it is
 *   too long: of names and paths, both ends tell them apart
 */
char *
sage_text_shorten_middle (const char *text,
                          guint       max_chars)
{
  g_autofree char *valid = g_utf8_make_valid (text != NULL ? text : "", -1);
  glong length;
  char *tail;

  if (!is_longer (valid, max_chars))
    return g_steal_pointer (&valid);

  length = g_utf8_strlen (valid, -1);
  tail = g_utf8_offset_to_pointer (valid, length - max_chars / 2);
  *g_utf8_offset_to_pointer (valid, max_chars - max_chars / 2) = '\0';

  return g_strconcat (valid, ELLIPSIS, tail, NULL);
}

/* A name is one word of up to 63 letters to the layout, and would be wider than a dialog. */
static void
append_breakable (GString    *out,
                  const char *text)
{
  guint run = 0;

  for (const char *at = text, *next; *at != '\0'; at = next)
    {
      next = g_utf8_next_char (at);
      g_string_append_len (out, at, next - at);
      run++;
      if ((strchr ("-_./:", *at) != NULL || run >= MAX_RUN)
          && *next != '\0' && !g_unichar_ismark (g_utf8_get_char (next)))
        {
          g_string_append (out, ZERO_WIDTH_SPACE);
          run = 0;
        }
    }
}

/**
 * sage_text_isolate:
 * @text: (nullable): data that is to stand in a sentence
 *
 * Returns: (transfer full): the text, shortened for a sentence, with places where a line may break,
 *   and marked so that its direction and its control characters leave the rest of the sentence alone
 */
char *
sage_text_isolate (const char *text)
{
  g_autofree char *shown = sage_text_shorten_middle (text, 64);
  GString *out = g_string_new (FIRST_STRONG_ISOLATE);

  g_strdelimit (shown, "\n\r\t\v\f", ' ');
  append_breakable (out, shown);
  g_string_append (out, POP_ISOLATE);

  return g_string_free_and_steal (out);
}

static gboolean
query_tooltip_cb (GtkLabel   *label,
                  int         x,
                  int         y,
                  gboolean    keyboard,
                  GtkTooltip *tooltip)
{
  if (!pango_layout_is_ellipsized (gtk_label_get_layout (label)))
    return FALSE;

  gtk_tooltip_set_text (tooltip, gtk_label_get_text (label));

  return TRUE;
}

/**
 * sage_text_tip_when_cut:
 * @label: a label that is ellipsised where it does not fit
 *
 * Shows the whole text in the tooltip, but only while it is not to be read in the label itself.
 */
void
sage_text_tip_when_cut (GtkLabel *label)
{
  g_return_if_fail (GTK_IS_LABEL (label));

  gtk_widget_set_has_tooltip (GTK_WIDGET (label), TRUE);
  g_signal_connect (label, "query-tooltip", G_CALLBACK (query_tooltip_cb), NULL);
}

/**
 * sage_text_copy:
 * @widget: where it was asked for
 * @text: what to put on the clipboard, whole
 *
 * Copies, and says so.
 */
void
sage_text_copy (GtkWidget  *widget,
                const char *text)
{
  g_autofree char *valid = NULL;

  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (text != NULL);

  valid = g_utf8_make_valid (text, -1);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), valid);
  sage_toast (widget, _("Copied to the clipboard"));
}
