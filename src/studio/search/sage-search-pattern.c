/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-search-pattern"

#include "config.h"

#include <string.h>

#include "sage-error.h"
#include "sage-search-pattern.h"

#define MAX_TEXT 4096           /* bytes of what is searched */
#define MATCH_LIMIT "50000"     /* steps from one place of a line on */
#define LONG_LINE 4096          /* bytes that an expression is tried on */
#define MAX_USEC (2 * G_USEC_PER_SEC) /* for a text */

struct _SageSearchPattern
{
  GRegex   *regex;    /* (owned) */
  gboolean  is_regex;
};

static void
pattern_clear (gpointer data)
{
  SageSearchPattern *self = data;

  g_clear_pointer (&self->regex, g_regex_unref);
}

SageSearchPattern *
sage_search_pattern_ref (SageSearchPattern *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
sage_search_pattern_unref (SageSearchPattern *self)
{
  g_atomic_rc_box_release_full (self, pattern_clear);
}

/* An expression is compiled as it was typed first, or “a)(b” would be one within our brackets. */
static gboolean
check_regex (const char  *text,
             GError     **error)
{
  g_autoptr(GError) why = NULL;
  g_autoptr(GRegex) regex = g_regex_new (text, 0, 0, &why);

  if (regex == NULL)
    return sage_throw (error, SAGE_ERROR_INVALID, "%s", why->message);

  return TRUE;
}

/**
 * sage_search_pattern_new:
 * @query: what to look for
 *
 * Returns: (transfer full): the pattern; %NULL with %SAGE_ERROR_INVALID for what is no regular
 *   expression, and the reason in the user's language
 */
SageSearchPattern *
sage_search_pattern_new (const SageSearchQuery  *query,
                         GError                **error)
{
  g_autofree char *escaped = NULL;
  g_autofree char *whole = NULL;
  g_autofree char *limited = NULL;
  GRegexCompileFlags flags = query->is_regex ? 0 : G_REGEX_OPTIMIZE;
  g_autoptr(GError) why = NULL;
  g_autoptr(GRegex) regex = NULL;
  SageSearchPattern *self;
  const char *text = query->text;

  if (strlen (text) > MAX_TEXT || !g_utf8_validate (text, -1, NULL))
    {
      sage_throw (error, SAGE_ERROR_INVALID, "The text to search is too long");
      return NULL;
    }
  if (query->is_regex && !check_regex (text, error))
    return NULL;
  if (!query->is_regex)
    text = escaped = g_regex_escape_string (text, -1);
  if (query->whole_words)
    text = whole = g_strdup_printf ("(?<!\\w)(?:%s)(?!\\w)", text);
  if (!query->case_sensitive)
    flags |= G_REGEX_CASELESS;

  limited = g_strconcat ("(*LIMIT_MATCH=" MATCH_LIMIT ")", text, NULL);
  regex = g_regex_new (limited, flags, 0, &why);
  if (regex == NULL)
    {
      sage_throw (error, SAGE_ERROR_INVALID, "%s", why->message);
      return NULL;
    }

  self = g_atomic_rc_box_new0 (SageSearchPattern);
  self->regex = g_steal_pointer (&regex);
  self->is_regex = query->is_regex;

  return self;
}

/**
 * sage_search_pattern_check_replacement:
 * @self: a pattern
 * @replacement: what is to take the place of what matches
 *
 * Returns: whether it can; else %SAGE_ERROR_INVALID
 */
gboolean
sage_search_pattern_check_replacement (const SageSearchPattern  *self,
                                       const char               *replacement,
                                       GError                  **error)
{
  g_autoptr(GError) why = NULL;

  if (!self->is_regex || g_regex_check_replacement (replacement, NULL, &why))
    return TRUE;

  return sage_throw (error, SAGE_ERROR_INVALID, "%s", why->message);
}

/* --- Searching -------------------------------------------------------------------------------- */

/* A search through a text. */
typedef struct
{
  const SageSearchPattern *pattern;
  const char              *text;
  const char              *replacement; /* (nullable) */
  guint                    most;
  GArray                  *spans;
  SageScanFlags            flags;
} Scan;

static void
span_clear (gpointer data)
{
  g_free (((SageSearchSpan *) data)->by);
}

/* Returns: (transfer full): what is to stand where @info matched */
static char *
expand (const SageSearchPattern *self,
        const GMatchInfo        *info,
        const char              *replacement)
{
  char *by;

  if (!self->is_regex)
    return g_strdup (replacement);
  by = g_match_info_expand_references (info, replacement, NULL);

  return by != NULL ? by : g_strdup ("");
}

/* How much of a line an expression is tried on: up to the end of a character. */
static gsize
limit_line (Scan       *scan,
            const char *line,
            gsize       length)
{
  if (!scan->pattern->is_regex || length <= LONG_LINE)
    return length;

  scan->flags |= SAGE_SCAN_LONG;

  return (gsize) (g_utf8_find_prev_char (line, line + LONG_LINE) - line);
}

static void
scan_line (Scan  *scan,
           guint  number,
           gsize  line_start,
           gsize  line_end)
{
  const char *line = scan->text + line_start;
  gsize length = line_end - line_start;
  gsize tried = limit_line (scan, line, length);
  g_autoptr(GMatchInfo) info = NULL;
  g_autoptr(GError) error = NULL;
  int start;
  int end;

  g_regex_match_full (scan->pattern->regex, line, (gssize) tried, 0, 0, &info, &error);
  while (error == NULL && g_match_info_fetch_pos (info, 0, &start, &end))
    {
      SageSearchSpan span = { number, line_start, line_end, line_start + (gsize) start,
                              line_start + (gsize) end, NULL };

      /* Nothing is nothing to find, and what ends where a line was cut might go on. */
      if (start < end && (tried == length || (gsize) end < tried))
        {
          if (scan->spans->len == scan->most)
            {
              scan->flags |= SAGE_SCAN_CUT;
              return;
            }
          if (scan->replacement != NULL)
            span.by = expand (scan->pattern, info, scan->replacement);
          g_array_append_val (scan->spans, span);
        }
      if (!g_match_info_next (info, &error))
        break;
    }
  if (error != NULL)
    scan->flags |= SAGE_SCAN_COSTLY;
}

/**
 * sage_search_pattern_scan:
 * @self: a pattern
 * @text: where to look
 * @replacement: (nullable): what is to take the place of what matches
 * @most: how many matches are wanted at most
 * @cancellable: (nullable): gives up, from another thread
 * @flags: (out): why there may be more
 *
 * Looks line by line, so that no expression can take time that grows faster than the text does.
 *
 * Returns: (transfer full): of #SageSearchSpan
 */
GArray *
sage_search_pattern_scan (const SageSearchPattern *self,
                          const char              *text,
                          const char              *replacement,
                          guint                    most,
                          GCancellable            *cancellable,
                          SageScanFlags           *flags)
{
  Scan scan = { self, text, replacement, most, NULL, 0 };
  gint64 until = g_get_monotonic_time () + MAX_USEC;
  gsize at = 0;

  scan.spans = g_array_new (FALSE, FALSE, sizeof (SageSearchSpan));
  g_array_set_clear_func (scan.spans, span_clear);

  /* Plain text is looked for in all lines at once first: most files have none of it. */
  if (self->is_regex || g_regex_match (self->regex, text, 0, NULL))
    for (guint line = 0; text[at] != '\0' && (scan.flags & (SAGE_SCAN_CUT | SAGE_SCAN_COSTLY)) == 0
                         && !g_cancellable_is_cancelled (cancellable); line++)
      {
        gsize end = at + strcspn (text + at, "\r\n");

        scan_line (&scan, line, at, end);
        if (g_get_monotonic_time () > until)
          scan.flags |= SAGE_SCAN_COSTLY;
        at = end + (text[end] == '\r' && text[end + 1] == '\n' ? 2 : text[end] != '\0');
      }
  *flags = scan.flags;

  return scan.spans;
}

/**
 * sage_search_pattern_expand:
 * @self: a pattern
 * @line: a line that matches
 * @start: where it does
 * @replacement: what is to take the place of that
 *
 * Returns: (transfer full) (nullable): what will stand there
 */
char *
sage_search_pattern_expand (const SageSearchPattern *self,
                            const char              *line,
                            gsize                    start,
                            const char              *replacement)
{
  g_autoptr(GMatchInfo) info = NULL;

  if (!g_regex_match_full (self->regex, line, -1, (int) start, G_REGEX_MATCH_ANCHORED, &info, NULL))
    return NULL;

  return expand (self, info, replacement);
}
