/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-traceback"

#include "config.h"

#include <string.h>

#include "sage-traceback.h"

#define MAX_LINE 2048 /* bytes: a longer one names no place */

/* As IPython 8 and 9, IPython 8.0, and Python itself write them. */
static const char * const patterns[] = {
  "^\\s*(?<place>(?:Cell|Input) In ?\\[(?<cell>\\d{1,9})\\](?:, line (?<line>\\d{1,9})"
  "|, in <cell line: (?<line>\\d{1,9})>)?)",
  "^\\s*(?:File )(?<place>(?<path>[^\\s\"<:][^\":<>]{0,1000}):(?<line>\\d{1,9}))(?:$|[\\s,])",
  "^\\s*File (?<place>\"(?<path>[^\"<][^\"]{0,1000})\", line (?<line>\\d{1,9}))",
};

static const GRegex *
get_pattern (gsize i)
{
  static GRegex *compiled[G_N_ELEMENTS (patterns)];

  if (g_once_init_enter_pointer (&compiled[i]))
    g_once_init_leave_pointer (&compiled[i],
                               g_regex_new (patterns[i], G_REGEX_OPTIMIZE | G_REGEX_DUPNAMES, 0, NULL));

  return compiled[i];
}

static char *
expand_home (const char *path)
{
  if (g_str_has_prefix (path, "~/"))
    return g_build_filename (g_get_home_dir (), path + 2, NULL);

  return g_strdup (path);
}

/**
 * sage_traceback_find:
 * @text: a line of a traceback, without colours
 * @location: (out caller-allocates): the place, to be cleared with sage_traceback_clear()
 *
 * Looks for a place in a source: `File PATH:LINE`, `File "PATH", line LINE`, `Cell In[N], line LINE`.
 *
 * Returns: whether the line names one
 */
gboolean
sage_traceback_find (const char        *text,
                     SageTraceLocation *location)
{
  memset (location, 0, sizeof *location);
  if (strlen (text) > MAX_LINE)
    return FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (patterns); i++)
    {
      g_autoptr(GMatchInfo) match = NULL;
      g_autofree char *line = NULL;
      g_autofree char *cell = NULL;
      g_autofree char *path = NULL;
      int start;
      int end;

      if (!g_regex_match (get_pattern (i), text, 0, &match) ||
          !g_match_info_fetch_named_pos (match, "place", &start, &end))
        continue;

      line = g_match_info_fetch_named (match, "line");
      cell = g_match_info_fetch_named (match, "cell");
      path = g_match_info_fetch_named (match, "path");
      location->start = (guint) start;
      location->end = (guint) end;
      location->line = line != NULL && line[0] != '\0' ? (int) g_ascii_strtoll (line, NULL, 10) : 1;
      location->path = cell != NULL && cell[0] != '\0' ? g_strdup_printf ("In[%s]", cell)
                                                       : expand_home (path);
      return TRUE;
    }

  return FALSE;
}

/**
 * sage_traceback_clear:
 * @location: a place
 *
 * Frees what it holds.
 */
void
sage_traceback_clear (SageTraceLocation *location)
{
  g_clear_pointer (&location->path, g_free);
}
