/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-source"

#include "config.h"

#include "sage-json.h"
#include "sage-log-records-private.h"

G_DEFINE_BOXED_TYPE (SageLogRecords, sage_log_records, sage_log_records_copy, sage_log_records_free)

static void
record_free (gpointer data)
{
  SageLogRecord *record = data;

  g_free (record->message);
  g_free (record);
}

static void
add (SageLogRecords *self,
     gint64          time_ms,
     const char     *message)
{
  SageLogRecord *record = g_new0 (SageLogRecord, 1);

  record->time_ms = time_ms;
  record->message = g_strdup (message);
  g_ptr_array_add (self->records, record);
}

/**
 * sage_log_records_new:
 * @reply: (nullable): a page of events
 *
 * Returns: (transfer full): its events, without tokens
 */
SageLogRecords *
sage_log_records_new (JsonObject *reply)
{
  SageLogRecords *self = g_new0 (SageLogRecords, 1);
  JsonArray *events = reply != NULL ? sage_json_array (reply, "events") : NULL;
  guint n = events != NULL ? json_array_get_length (events) : 0;

  self->records = g_ptr_array_new_full (n, record_free);
  for (guint i = 0; i < n; i++)
    {
      JsonObject *event = sage_json_array_object (events, i);
      const char *message = event != NULL ? sage_json_string (event, "message", NULL) : NULL;

      if (message != NULL)
        add (self, sage_json_int (event, "timestamp", 0), message);
    }

  return self;
}

SageLogRecords *
sage_log_records_copy (SageLogRecords *self)
{
  SageLogRecords *copy = sage_log_records_new (NULL);

  for (guint i = 0; i < self->records->len; i++)
    {
      const SageLogRecord *record = g_ptr_array_index (self->records, i);

      add (copy, record->time_ms, record->message);
    }
  copy->backward = g_strdup (self->backward);
  copy->forward = g_strdup (self->forward);

  return copy;
}

/**
 * sage_log_records_free:
 * @self: (nullable): records
 */
void
sage_log_records_free (SageLogRecords *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->records);
  g_free (self->backward);
  g_free (self->forward);
  g_free (self);
}
