/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-log-records"

#include "config.h"

#include "sage-log-records.h"

static void
record_free (gpointer data)
{
  SageLogRecord *record = data;

  g_free (record->message);
  g_free (record);
}

/**
 * sage_log_records_new:
 *
 * Returns: (transfer full): no records, without tokens
 */
SageLogRecords *
sage_log_records_new (void)
{
  SageLogRecords *self = g_new0 (SageLogRecords, 1);

  self->records = g_ptr_array_new_with_free_func (record_free);

  return self;
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

/**
 * sage_log_records_add:
 * @self: records
 * @time_ms: when it was written, in milliseconds since the epoch
 * @message: what was written
 *
 * Adds a record after the others.
 */
void
sage_log_records_add (SageLogRecords *self,
                      gint64          time_ms,
                      const char     *message)
{
  SageLogRecord *record = g_new0 (SageLogRecord, 1);

  record->time_ms = time_ms;
  record->message = g_strdup (message);
  g_ptr_array_add (self->records, record);
}
