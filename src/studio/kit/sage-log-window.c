/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-window"

#include "config.h"

#include <string.h>

#include "sage-log-window.h"

/* Lines that one event may become; what follows them stays together. */
#define MAX_RECORD_LINES 1000

/* Pages are dropped whole, but never those in sight. */
#define MIN_PAGES 3

/* Lines that were read together; the tokens are those of its two ends. */
typedef struct
{
  guint  n_lines;
  gsize  bytes;
  char  *backward; /* (owned) (nullable) */
  char  *forward;  /* (owned) (nullable) */
} Page;

struct _SageLogWindow
{
  GPtrArray *lines;   /* (owned): of SageLogLine */
  GArray    *pages;   /* (owned): of Page */
  gint64     first;   /* number of the first line */
  gsize      bytes;
  gint64     time_ms; /* where reading backward starts at a page without a token */
};

static void
page_clear (gpointer data)
{
  Page *page = data;

  g_free (page->backward);
  g_free (page->forward);
}

static void
line_free (gpointer data)
{
  sage_log_line_free (data);
}

/**
 * sage_log_window_new:
 *
 * Returns: (transfer full): a window that holds nothing
 */
SageLogWindow *
sage_log_window_new (void)
{
  SageLogWindow *self = g_new0 (SageLogWindow, 1);

  self->lines = g_ptr_array_new_with_free_func (line_free);
  self->pages = g_array_new (FALSE, FALSE, sizeof (Page));
  g_array_set_clear_func (self->pages, page_clear);
  return self;
}

/**
 * sage_log_window_free:
 * @self: (nullable): a window
 */
void
sage_log_window_free (SageLogWindow *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->lines);
  g_array_unref (self->pages);
  g_free (self);
}

/**
 * sage_log_window_get_n_lines:
 * @self: a window
 *
 * Returns: how many lines it holds
 */
guint
sage_log_window_get_n_lines (SageLogWindow *self)
{
  return self->lines->len;
}

/**
 * sage_log_window_get_first:
 * @self: a window
 *
 * Returns: the number of its first line; it may be below 0
 */
gint64
sage_log_window_get_first (SageLogWindow *self)
{
  return self->first;
}

/**
 * sage_log_window_get_line:
 * @self: a window
 * @number: the number of a line
 *
 * Returns: (transfer none) (nullable): the line, if it is held
 */
SageLogLine *
sage_log_window_get_line (SageLogWindow *self,
                          gint64         number)
{
  if (number < self->first || number >= self->first + self->lines->len)
    return NULL;

  return g_ptr_array_index (self->lines, number - self->first);
}

/**
 * sage_log_window_get_token:
 * @self: a window
 * @direction: an end of it
 * @time_ms: (out): where to read from if there is no token
 *
 * Returns: (nullable): the token that goes on from there
 */
const char *
sage_log_window_get_token (SageLogWindow    *self,
                           SageLogDirection  direction,
                           gint64           *time_ms)
{
  guint n = self->pages->len;

  *time_ms = direction == SAGE_LOG_BACKWARD ? self->time_ms : 0;
  if (n == 0)
    return NULL;

  return direction == SAGE_LOG_BACKWARD ? g_array_index (self->pages, Page, 0).backward
                                        : g_array_index (self->pages, Page, n - 1).forward;
}

/**
 * sage_log_window_is_full:
 * @self: a window
 *
 * Returns: whether it holds as much as it may
 */
gboolean
sage_log_window_is_full (SageLogWindow *self)
{
  return self->lines->len >= SAGE_LOG_WINDOW_LINES || self->bytes >= SAGE_LOG_WINDOW_BYTES;
}

static void
take_line (GPtrArray  *lines,
           Page       *page,
           gint64      time_ms,
           const char *data,
           gsize       length)
{
  SageLogLine *line = sage_log_line_new (time_ms, data, length);

  page->bytes += sage_log_line_get_size (line);
  g_ptr_array_add (lines, line);
}

static void
take_event (GPtrArray          *lines,
            Page               *page,
            const SageLogRecord *record)
{
  const char *at = record->message;
  const char *newline;

  for (guint i = 1; i < MAX_RECORD_LINES && (newline = strchr (at, '\n')) != NULL; i++)
    {
      take_line (lines, page, record->time_ms, at, (gsize) (newline - at));
      at = newline + 1;
    }
  if (*at != '\0' || at == record->message)
    take_line (lines, page, record->time_ms, at, strlen (at));
}

/* A log that is followed grows by a few lines at a time. */
static gboolean
join_last (SageLogWindow *self,
           Page          *page)
{
  Page *last = self->pages->len > 0
                 ? &g_array_index (self->pages, Page, self->pages->len - 1) : NULL;

  if (last == NULL || last->n_lines + page->n_lines > SAGE_LOG_PAGE_RECORDS)
    return FALSE;

  last->n_lines += page->n_lines;
  last->bytes += page->bytes;
  g_set_str (&last->forward, page->forward);
  page_clear (page);

  return TRUE;
}

static void
insert_lines (SageLogWindow    *self,
              SageLogDirection  direction,
              GPtrArray        *lines)
{
  guint n = self->lines->len;

  if (lines->len == 0)
    return;
  if (direction == SAGE_LOG_FORWARD)
    {
      g_ptr_array_extend (self->lines, lines, NULL, NULL);
      return;
    }

  g_ptr_array_set_size (self->lines, (int) (n + lines->len));
  if (n > 0)
    memmove (self->lines->pdata + lines->len, self->lines->pdata, n * sizeof (gpointer));
  memcpy (self->lines->pdata, lines->pdata, lines->len * sizeof (gpointer));
  self->first -= lines->len;
}

/**
 * sage_log_window_add:
 * @self: a window
 * @direction: the end of it that the page joins
 * @page: a page that was read from there
 *
 * Returns: how many lines it became
 */
guint
sage_log_window_add (SageLogWindow    *self,
                     SageLogDirection  direction,
                     SageLogRecords   *page)
{
  g_autoptr(GPtrArray) lines = g_ptr_array_sized_new (page->records->len);
  Page added = { .backward = g_strdup (page->backward), .forward = g_strdup (page->forward) };

  for (guint i = 0; i < page->records->len; i++)
    take_event (lines, &added, g_ptr_array_index (page->records, i));
  added.n_lines = lines->len;
  self->bytes += added.bytes;
  insert_lines (self, direction, lines);

  if (direction == SAGE_LOG_BACKWARD)
    g_array_prepend_val (self->pages, added);
  else if (!join_last (self, &added))
    g_array_append_val (self->pages, added);

  return lines->len;
}

/**
 * sage_log_window_trim:
 * @self: a window
 * @direction: the end of it that is far from what is in sight
 *
 * Drops pages there until the window holds no more than it may.
 *
 * Returns: how many lines were dropped
 */
guint
sage_log_window_trim (SageLogWindow    *self,
                      SageLogDirection  direction)
{
  gboolean from_start = direction == SAGE_LOG_BACKWARD;
  guint dropped = 0;

  while (self->pages->len > MIN_PAGES &&
         (self->lines->len > SAGE_LOG_WINDOW_LINES || self->bytes > SAGE_LOG_WINDOW_BYTES))
    {
      guint index = from_start ? 0 : self->pages->len - 1;
      guint n = g_array_index (self->pages, Page, index).n_lines;

      self->bytes -= g_array_index (self->pages, Page, index).bytes;
      g_array_remove_index (self->pages, index);
      g_ptr_array_remove_range (self->lines, from_start ? 0 : self->lines->len - n, n);
      self->first += from_start ? n : 0;
      dropped += n;
    }

  return dropped;
}

/**
 * sage_log_window_clear:
 * @self: a window
 * @time_ms: where the first page is going to be read from; what stands before it is read backward
 *   from there
 *
 * Drops everything. The numbers of the lines that come are above all that have been.
 */
void
sage_log_window_clear (SageLogWindow *self,
                       gint64         time_ms)
{
  self->first += self->lines->len + 1;
  self->bytes = 0;
  self->time_ms = time_ms;
  g_ptr_array_set_size (self->lines, 0);
  g_array_set_size (self->pages, 0);
}
