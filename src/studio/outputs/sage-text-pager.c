/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-text-pager"

#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "sage-error.h"
#include "sage-text-pager.h"

#define STRIDE 1024              /* lines from one known place to the next */
#define MAX_LINE (1024 * 1024)   /* bytes of a line that are given */
#define MAX_SCANNED (100 * 1000) /* lines that one call of the filter looks at */

struct _SageTextPager
{
  GObject      parent_instance;

  GMappedFile *file;    /* (owned) */
  GArray      *places;  /* of gsize: where every STRIDE-th line begins */
  guint64      n_lines;
};

static void sage_text_pager_iface_init (SageLogPagerInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (SageTextPager, sage_text_pager, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (SAGE_TYPE_LOG_PAGER, sage_text_pager_iface_init))

/* What is asked for: lines from @start, up to @end, and those that match. */
typedef struct
{
  guint64  start;
  guint64  end;
  GRegex  *pattern; /* (owned) (nullable) */
  guint    max;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_clear_pointer (&request->pattern, g_regex_unref);
  g_free (request);
}

/* --- Making it ------------------------------------------------------------------------------- */

static void
index_lines (SageTextPager *self)
{
  const char *data = g_mapped_file_get_contents (self->file);
  gsize length = g_mapped_file_get_length (self->file);

  for (gsize at = 0; at < length; self->n_lines++)
    {
      const char *newline = memchr (data + at, '\n', length - at);

      if (self->n_lines % STRIDE == 0)
        g_array_append_val (self->places, at);
      at = newline != NULL ? (gsize) (newline - data) + 1 : length;
    }
}

static gboolean
write_all (int           fd,
           GBytes       *text,
           GCancellable *cancellable,
           GError      **error)
{
  gsize length;
  const char *data = g_bytes_get_data (text, &length);

  while (length > 0)
    {
      gssize written = write (fd, data, MIN (length, 1 << 20));

      if (written < 0 && errno != EINTR)
        return sage_throw (error, errno == ENOSPC ? SAGE_ERROR_NO_SPACE : SAGE_ERROR_IO,
                           "Cannot write a temporary file: %s", g_strerror (errno));
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (written > 0)
        {
          data += written;
          length -= (gsize) written;
        }
    }

  return TRUE;
}

static void
new_thread (GTask        *task,
            gpointer      source,
            gpointer      data,
            GCancellable *cancellable)
{
  g_autoptr(SageTextPager) self = g_object_new (SAGE_TYPE_TEXT_PAGER, NULL);
  g_autofree char *name = NULL;
  GError *error = NULL;
  int fd = g_file_open_tmp ("sagebrush-output-XXXXXX", &name, &error);

  if (fd >= 0)
    {
      g_unlink (name);
      if (write_all (fd, data, cancellable, &error))
        self->file = g_mapped_file_new_from_fd (fd, FALSE, &error);
      close (fd);
    }
  if (self->file == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  index_lines (self);
  g_task_return_pointer (task, g_steal_pointer (&self), g_object_unref);
}

/**
 * sage_text_pager_new_async:
 * @text: the text; it is let go of when it is written
 * @cancellable: (nullable): gives it up
 *
 * Makes a log of a text, in another thread.
 */
void
sage_text_pager_new_async (GBytes              *text,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_return_if_fail (text != NULL);

  g_task_set_source_tag (task, sage_text_pager_new_async);
  g_task_set_task_data (task, g_bytes_ref (text), (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, new_thread);
}

/**
 * sage_text_pager_new_finish:
 *
 * Returns: (transfer full): the log, or %NULL with @error set: %SAGE_ERROR_NO_SPACE, %SAGE_ERROR_IO
 */
SageTextPager *
sage_text_pager_new_finish (GAsyncResult  *result,
                            GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * sage_text_pager_get_n_lines:
 * @self: a pager
 *
 * Returns: how many lines the text has
 */
guint64
sage_text_pager_get_n_lines (SageTextPager *self)
{
  g_return_val_if_fail (SAGE_IS_TEXT_PAGER (self), 0);

  return self->n_lines;
}

/* --- Reading --------------------------------------------------------------------------------- */

static const char *
find_line (SageTextPager *self,
           guint64        number)
{
  const char *data = g_mapped_file_get_contents (self->file);
  const char *end = data + g_mapped_file_get_length (self->file);
  const char *at = data + g_array_index (self->places, gsize, number / STRIDE);

  for (guint64 i = number % STRIDE; i > 0; i--)
    at = (const char *) memchr (at, '\n', (gsize) (end - at)) + 1;

  return at;
}

/* A line as a record, without its end. Moves @at behind it. */
static char *
take_line (const char **at,
           const char  *end)
{
  const char *newline = memchr (*at, '\n', (gsize) (end - *at));
  const char *line_end = newline != NULL ? newline : end;
  char *line = g_utf8_make_valid (*at, MIN (line_end - *at, MAX_LINE));

  *at = newline != NULL ? newline + 1 : end;

  return line;
}

static void
answer_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  SageTextPager *self = source;
  const Request *request = data;
  SageLogRecords *records = sage_log_records_new ();
  guint64 number = request->start;

  if (number < request->end)
    {
      const char *end = g_mapped_file_get_contents (self->file) + g_mapped_file_get_length (self->file);
      const char *at = find_line (self, number);

      for (; number < request->end && records->records->len < request->max; number++)
        {
          g_autofree char *line = take_line (&at, end);

          if (request->pattern == NULL || g_regex_match (request->pattern, line, 0, NULL))
            sage_log_records_add (records, (gint64) number + 1, line);
        }
    }

  if (request->pattern == NULL)
    records->backward = g_strdup_printf ("%" G_GUINT64_FORMAT, request->start);
  if (request->pattern == NULL || number < self->n_lines)
    records->forward = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  g_task_return_pointer (task, records, (GDestroyNotify) sage_log_records_free);
}

static void
answer (SageTextPager       *self,
        Request             *request,
        gpointer             tag,
        GCancellable        *cancellable,
        GAsyncReadyCallback  callback,
        gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);
  g_task_set_task_data (task, request, request_free);
  g_task_run_in_thread (task, answer_thread);
}

static void
sage_text_pager_read_async (SageLogPager        *pager,
                            SageLogDirection     direction,
                            const char          *token,
                            gint64               time_ms,
                            guint                max_records,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  SageTextPager *self = SAGE_TEXT_PAGER (pager);
  Request *request = g_new0 (Request, 1);
  guint64 at;

  if (token != NULL)
    at = g_ascii_strtoull (token, NULL, 10);
  else if (time_ms > 0)
    at = (guint64) time_ms - 1;
  else
    at = direction == SAGE_LOG_FORWARD ? 0 : self->n_lines;

  at = MIN (at, self->n_lines);
  request->max = max_records;
  request->start = direction == SAGE_LOG_FORWARD ? at : at - MIN (at, max_records);
  request->end = direction == SAGE_LOG_FORWARD ? MIN (at + max_records, self->n_lines) : at;
  answer (self, request, sage_text_pager_read_async, cancellable, callback, user_data);
}

static void
sage_text_pager_filter_async (SageLogPager        *pager,
                              const char          *pattern,
                              const char          *token,
                              guint                max_records,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  SageTextPager *self = SAGE_TEXT_PAGER (pager);
  Request *request = g_new0 (Request, 1);
  GError *error = NULL;

  request->pattern = g_regex_new (pattern, G_REGEX_OPTIMIZE, 0, &error);
  if (request->pattern == NULL)
    {
      request_free (request);
      g_task_report_error (self, callback, user_data, sage_text_pager_filter_async, error);
      return;
    }

  request->max = max_records;
  request->start = token != NULL ? MIN (g_ascii_strtoull (token, NULL, 10), self->n_lines) : 0;
  request->end = MIN (request->start + MAX_SCANNED, self->n_lines);
  answer (self, request, sage_text_pager_filter_async, cancellable, callback, user_data);
}

static SageLogRecords *
sage_text_pager_finish (SageLogPager  *pager,
                        GAsyncResult  *result,
                        GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
sage_text_pager_iface_init (SageLogPagerInterface *iface)
{
  iface->read_async = sage_text_pager_read_async;
  iface->read_finish = sage_text_pager_finish;
  iface->filter_async = sage_text_pager_filter_async;
  iface->filter_finish = sage_text_pager_finish;
}

/* --- The object ------------------------------------------------------------------------------ */

static void
sage_text_pager_finalize (GObject *object)
{
  SageTextPager *self = SAGE_TEXT_PAGER (object);

  g_clear_pointer (&self->file, g_mapped_file_unref);
  g_array_unref (self->places);

  G_OBJECT_CLASS (sage_text_pager_parent_class)->finalize (object);
}

static void
sage_text_pager_class_init (SageTextPagerClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_text_pager_finalize;
}

static void
sage_text_pager_init (SageTextPager *self)
{
  self->places = g_array_new (FALSE, FALSE, sizeof (gsize));
}
