/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-line"

#include "config.h"

#include "sage-log-line.h"
#include "sage-log-wrap.h"

/* How many bytes as they came may go into one byte that is shown; more are not looked at. A bar of
 * progress that is drawn again and again still shows its end. */
#define RAW_PER_SHOWN 32

static void
show (SageLogLine *line,
      const char  *data,
      gsize        length,
      gsize        max_bytes)
{
  gsize looked_at = MIN (length, max_bytes * RAW_PER_SHOWN);
  g_autoptr(SageAnsiText) parsed = sage_ansi_parse (data, looked_at, max_bytes);

  g_free (line->text);
  g_free (line->runs);
  line->text = g_steal_pointer (&parsed->text);
  line->length = (guint) parsed->length;
  line->runs = g_steal_pointer (&parsed->runs);
  line->n_runs = (guint) parsed->n_runs;
  line->truncated = parsed->truncated || looked_at < length;
  line->columns = sage_log_columns (line->text, line->length);
}

/**
 * sage_log_line_new:
 * @time_ms: when it was written, in milliseconds since the epoch; 0 if that is not known
 * @data: what was written: any bytes, without the line's end
 * @length: how many
 *
 * Returns: (transfer full): the line as it is shown, at most %SAGE_LOG_LINE_SHORT bytes of it
 */
SageLogLine *
sage_log_line_new (gint64      time_ms,
                   const char *data,
                   gsize       length)
{
  SageLogLine *line = g_new0 (SageLogLine, 1);

  line->time_ms = time_ms;
  if (length <= SAGE_LOG_LINE_SHORT && sage_ansi_is_plain (data, length))
    {
      line->text = g_strndup (length > 0 ? data : "", length);
      line->length = line->columns = (guint) length;
    }
  else
    show (line, data, length, SAGE_LOG_LINE_SHORT);

  if (line->truncated)
    {
      line->raw = g_memdup2 (data, length);
      line->raw_length = length;
    }

  return line;
}

/**
 * sage_log_line_free:
 * @line: (nullable): a line
 */
void
sage_log_line_free (SageLogLine *line)
{
  if (line == NULL)
    return;

  g_free (line->text);
  g_free (line->runs);
  g_free (line->raw);
  g_free (line);
}

/**
 * sage_log_line_get_size:
 * @line: a line
 *
 * Returns: how many bytes of memory it takes, about
 */
gsize
sage_log_line_get_size (const SageLogLine *line)
{
  return sizeof *line + line->length + line->n_runs * sizeof (SageAnsiRun) + line->raw_length + 64;
}

/**
 * sage_log_line_expand:
 * @line: a line
 *
 * Shows as much of it as is ever shown, %SAGE_LOG_LINE_LONG bytes.
 */
void
sage_log_line_expand (SageLogLine *line)
{
  if (line->raw == NULL || line->expanded)
    return;

  show (line, line->raw, line->raw_length, SAGE_LOG_LINE_LONG);
  line->expanded = TRUE;
}

/**
 * sage_log_line_dup_text:
 * @line: a line
 *
 * Returns: (transfer full): all of its text, whatever is shown of it
 */
char *
sage_log_line_dup_text (const SageLogLine *line)
{
  g_autoptr(SageAnsiText) parsed = NULL;

  if (!line->truncated)
    return g_strndup (line->text, line->length);

  parsed = sage_ansi_parse (line->raw, line->raw_length, G_MAXUINT32);

  return g_steal_pointer (&parsed->text);
}
