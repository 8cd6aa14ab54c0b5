/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-saver"

#include "config.h"

#include <string.h>

#include "sage-ansi.h"
#include "sage-log-saver.h"
#include "sage-time.h"

/* Few enough not to be felt, for they are read in one go. */
#define PAGE_RECORDS 2000

struct _SageLogSaver
{
  GObject       parent_instance;

  SageLogPager *pager;      /* (owned), never changes */
  gboolean      with_times;
  guint64       bytes;
};

typedef enum
{
  PROP_BYTES = 1,
} SageLogSaverProperty;

static GParamSpec *properties[PROP_BYTES + 1];

G_DEFINE_FINAL_TYPE (SageLogSaver, sage_log_saver, G_TYPE_OBJECT)

/* One run. Owned by its task. */
typedef struct
{
  GFile         *file;    /* (owned) */
  gboolean       created; /* there was none before */
  GOutputStream *stream;  /* (owned) (nullable): once the file is open */
  char          *token;   /* (owned) (nullable): of the next page */
  GString       *text;    /* (owned): what is being written */
  GError        *error;   /* (owned) (nullable): why the file is given up */
} Run;

static void
run_free (gpointer data)
{
  Run *run = data;

  g_object_unref (run->file);
  g_clear_object (&run->stream);
  g_clear_error (&run->error);
  g_string_free (run->text, TRUE);
  g_free (run->token);
  g_free (run);
}

static void sage_log_saver_read (GTask *task);

static void
append_record (SageLogSaver       *self,
              GString            *text,
              const SageLogRecord *record)
{
  g_auto(GStrv) lines = g_strsplit (record->message, "\n", -1);
  g_autofree char *time =
    self->with_times ? sage_time_to_iso8601 ((double) record->time_ms / 1000) : NULL;
  guint n = g_strv_length (lines);

  if (n > 1 && lines[n - 1][0] == '\0')
    n--; /* its last line has an end */
  for (guint i = 0; i < MAX (n, 1); i++)
    {
      const char *line = lines[0] != NULL ? lines[i] : "";
      g_autoptr(SageAnsiText) shown = sage_ansi_parse (line, strlen (line), G_MAXUINT32);

      if (time != NULL)
        {
          g_string_append (text, time);
          g_string_append_c (text, ' ');
        }
      g_string_append_len (text, shown->text, (gssize) shown->length);
      g_string_append_c (text, '\n');
    }
}

static void
sage_log_saver_deleted_cb (GObject      *object,
                           GAsyncResult *result,
                           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Run *run = g_task_get_task_data (task);

  g_file_delete_finish (G_FILE (object), result, NULL);
  g_task_return_error (task, g_steal_pointer (&run->error));
}

static void
sage_log_saver_closed_cb (GObject      *object,
                          GAsyncResult *result,
                          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  g_output_stream_close_finish (G_OUTPUT_STREAM (object), result, &error);
  if (run->error == NULL)
    run->error = g_steal_pointer (&error);

  if (run->error == NULL)
    g_task_return_boolean (task, TRUE);
  else if (run->created)
    g_file_delete_async (run->file, G_PRIORITY_DEFAULT, NULL, sage_log_saver_deleted_cb,
                         g_steal_pointer (&task));
  else
    g_task_return_error (task, g_steal_pointer (&run->error));
}

/* Puts the file in its place, or leaves what was there if there is an error: a stream that is closed
 * when that was cancelled replaces nothing. Takes over @error and the reference on @task. */
static void
sage_log_saver_close (GTask  *task,
                      GError *error)
{
  Run *run = g_task_get_task_data (task);
  g_autoptr(GCancellable) cancelled = g_cancellable_new ();

  run->error = error;
  if (error != NULL)
    g_cancellable_cancel (cancelled);
  g_output_stream_close_async (run->stream, G_PRIORITY_DEFAULT,
                               error != NULL ? cancelled : g_task_get_cancellable (task),
                               sage_log_saver_closed_cb, task);
}

static void
sage_log_saver_written_cb (GObject      *object,
                           GAsyncResult *result,
                           gpointer      user_data)
{
  GTask *task = user_data;
  SageLogSaver *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;

  if (!g_output_stream_write_all_finish (G_OUTPUT_STREAM (object), result, NULL, &error))
    {
      sage_log_saver_close (task, error);
      return;
    }

  self->bytes += run->text->len;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BYTES]);
  sage_log_saver_read (task);
}

static void
sage_log_saver_page_cb (GObject      *object,
                        GAsyncResult *result,
                        gpointer      user_data)
{
  GTask *task = user_data;
  SageLogSaver *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(SageLogRecords) page = sage_log_pager_read_finish (self->pager, result, &error);

  if (page == NULL || page->records->len == 0)
    {
      sage_log_saver_close (task, error);
      return;
    }

  g_set_str (&run->token, page->forward);
  g_string_truncate (run->text, 0);
  for (guint i = 0; i < page->records->len; i++)
    append_record (self, run->text, g_ptr_array_index (page->records, i));
  g_output_stream_write_all_async (run->stream, run->text->str, run->text->len, G_PRIORITY_DEFAULT,
                                   g_task_get_cancellable (task), sage_log_saver_written_cb, task);
}

/* Reads the next page. Takes over the reference on @task. */
static void
sage_log_saver_read (GTask *task)
{
  SageLogSaver *self = g_task_get_source_object (task);
  Run *run = g_task_get_task_data (task);

  sage_log_pager_read_async (self->pager, SAGE_LOG_FORWARD, run->token, 0, PAGE_RECORDS,
                             g_task_get_cancellable (task), sage_log_saver_page_cb, task);
}

static void
sage_log_saver_replaced_cb (GObject      *object,
                            GAsyncResult *result,
                            gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;

  run->stream = (GOutputStream *) g_file_replace_finish (G_FILE (object), result, &error);
  if (run->stream == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    sage_log_saver_read (g_steal_pointer (&task));
}

static void
sage_log_saver_created_cb (GObject      *object,
                           GAsyncResult *result,
                           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Run *run = g_task_get_task_data (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  g_autoptr(GError) error = NULL;

  run->stream = (GOutputStream *) g_file_create_finish (G_FILE (object), result, &error);
  run->created = run->stream != NULL;
  if (run->stream != NULL)
    sage_log_saver_read (g_steal_pointer (&task));
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_EXISTS))
    g_file_replace_async (run->file, NULL, FALSE, G_FILE_CREATE_NONE, G_PRIORITY_DEFAULT,
                          cancellable, sage_log_saver_replaced_cb, g_steal_pointer (&task));
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

/**
 * sage_log_saver_run_async:
 * @self: a saver
 * @file: the file to write; one that is there is replaced at the end
 * @cancellable: (nullable): gives it up
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Writes the log from its start to what is its end when it comes there.
 */
void
sage_log_saver_run_async (SageLogSaver        *self,
                          GFile               *file,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task;
  Run *run;

  g_return_if_fail (SAGE_IS_LOG_SAVER (self));
  g_return_if_fail (G_IS_FILE (file));

  run = g_new0 (Run, 1);
  run->file = g_object_ref (file);
  run->text = g_string_new (NULL);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, sage_log_saver_run_async);
  g_task_set_task_data (task, run, run_free);
  self->bytes = 0;
  g_file_create_async (file, G_FILE_CREATE_NONE, G_PRIORITY_DEFAULT, cancellable,
                       sage_log_saver_created_cb, task);
}

/**
 * sage_log_saver_run_finish:
 * @self: a saver
 * @result: what the callback got
 * @error: return location
 *
 * Returns: whether the file was written
 */
gboolean
sage_log_saver_run_finish (SageLogSaver  *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

guint64
sage_log_saver_get_bytes (SageLogSaver *self)
{
  g_return_val_if_fail (SAGE_IS_LOG_SAVER (self), 0);

  return self->bytes;
}

static void
sage_log_saver_finalize (GObject *object)
{
  g_clear_object (&SAGE_LOG_SAVER (object)->pager);

  G_OBJECT_CLASS (sage_log_saver_parent_class)->finalize (object);
}

static void
sage_log_saver_get_property (GObject    *object,
                             guint       prop_id,
                             GValue     *value,
                             GParamSpec *pspec)
{
  switch ((SageLogSaverProperty) prop_id)
    {
    case PROP_BYTES:
      g_value_set_uint64 (value, SAGE_LOG_SAVER (object)->bytes);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
sage_log_saver_class_init (SageLogSaverClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = sage_log_saver_finalize;
  object_class->get_property = sage_log_saver_get_property;

  properties[PROP_BYTES] = g_param_spec_uint64 ("bytes", NULL, NULL, 0, G_MAXUINT64, 0,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, G_N_ELEMENTS (properties), properties);
}

static void
sage_log_saver_init (SageLogSaver *self)
{
}

/**
 * sage_log_saver_new:
 * @pager: the log
 * @with_times: whether each line begins with the time it was written at
 *
 * Returns: (transfer full): what saves it
 */
SageLogSaver *
sage_log_saver_new (SageLogPager *pager,
                    gboolean      with_times)
{
  SageLogSaver *self;

  g_return_val_if_fail (SAGE_IS_LOG_PAGER (pager), NULL);

  self = g_object_new (SAGE_TYPE_LOG_SAVER, NULL);
  self->pager = g_object_ref (pager);
  self->with_times = with_times;

  return self;
}
