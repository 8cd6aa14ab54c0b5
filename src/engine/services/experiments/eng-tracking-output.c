/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "eng-tracking"

#include "config.h"

#include <math.h>
#include <string.h>

#include "eng-page-token.h"
#include "eng-tracking-private.h"
#include "sage-json.h"

/* Replies are written as text, without a tree before: a history may have a million points. */

static void
separate (GString *out)
{
  char last = out->len > 0 ? out->str[out->len - 1] : '{';

  if (strchr ("{[:", last) == NULL)
    g_string_append_c (out, ',');
}

/**
 * eng_out_member:
 * @out: a reply
 * @name: a member; its value follows
 */
void
eng_out_member (GString    *out,
                const char *name)
{
  separate (out);
  g_string_append_c (out, '"');
  g_string_append (out, name);
  g_string_append (out, "\":");
}

/**
 * eng_out_text:
 * @out: a reply
 * @name: (nullable): a member; %NULL: an element
 * @value: its text
 */
void
eng_out_text (GString    *out,
              const char *name,
              const char *value)
{
  if (name != NULL)
    eng_out_member (out, name);
  else
    separate (out);
  sage_json_append_string (out, value);
}

/**
 * eng_out_int:
 * @out: a reply
 * @name: a member
 * @value: its number
 */
void
eng_out_int (GString    *out,
             const char *name,
             gint64      value)
{
  char digits[24];
  char *at = digits + sizeof digits;
  guint64 rest = value < 0 ? 0 - (guint64) value : (guint64) value;

  eng_out_member (out, name);
  do
    {
      *--at = (char) ('0' + rest % 10);
      rest /= 10;
    }
  while (rest > 0);
  if (value < 0)
    *--at = '-';
  g_string_append_len (out, at, digits + sizeof digits - at);
}

/**
 * eng_out_double:
 * @out: a reply
 * @name: a member
 * @value: its number; what JSON has no number for is a word, as protocol buffers have it
 */
void
eng_out_double (GString    *out,
                const char *name,
                double      value)
{
  eng_out_member (out, name);
  if (isnan (value))
    g_string_append (out, "\"NaN\"");
  else if (isinf (value))
    g_string_append (out, value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
  else if (value == 0 && signbit (value))
    g_string_append (out, "-0.0");
  else
    sage_json_append_number (out, value);
}

/**
 * eng_out_open:
 * @out: a reply
 * @bracket: `{` or `[`: of an element, or of a member's value
 */
void
eng_out_open (GString *out,
              char     bracket)
{
  separate (out);
  g_string_append_c (out, bracket);
}

/**
 * eng_out_element:
 * @out: a reply, within an array
 * @json: an element
 */
void
eng_out_element (GString    *out,
                 const char *json)
{
  separate (out);
  g_string_append (out, json);
}

/**
 * eng_out_rows:
 * @out: a reply
 * @member: a member that is an array, which is left out where there are no rows
 * @connection: what @rows came from
 * @rows: (transfer full) (nullable): a query's; %NULL: it failed, and @error is set
 * @row: writes one
 *
 * Writes what a query found.
 */
gboolean
eng_out_rows (GString        *out,
              const char     *member,
              EngConnection  *connection,
              EngRows        *rows,
              EngOutRow       row,
              GError        **error)
{
  g_autoptr(EngRows) found = rows;
  g_autoptr(GError) local_error = NULL;
  gboolean any = FALSE;

  if (found == NULL)
    return FALSE;
  while (eng_rows_next (found, &local_error))
    {
      if (!any)
        {
          eng_out_member (out, member);
          g_string_append_c (out, '[');
        }
      any = TRUE;
      if (!row (out, connection, found, error))
        return FALSE;
    }
  if (any)
    g_string_append_c (out, ']');
  if (local_error == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/**
 * eng_out_pair:
 *
 * A row that is a key and its text; an #EngOutRow.
 */
gboolean
eng_out_pair (GString        *out,
              EngConnection  *connection,
              EngRows        *rows,
              GError        **error)
{
  eng_out_open (out, '{');
  eng_out_text (out, "key", eng_rows_text (rows, 0));
  eng_out_text (out, "value", eng_rows_text (rows, 1));
  g_string_append_c (out, '}');

  return TRUE;
}

/**
 * eng_out_page_token:
 * @call: a listing
 * @offset: at which row the next page begins
 */
void
eng_out_page_token (EngCall *call,
                    gint64   offset)
{
  g_autofree char *token = eng_page_token_make (call, "", offset);

  eng_out_text (call->output, "next_page_token", token);
}
