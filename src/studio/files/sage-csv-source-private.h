/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the threads that read share with the index. */
typedef struct
{
  gatomicrefcount  refs;
  GBytes          *bytes;       /* (owned) (nullable): what is read, or */
  int              fd;          /* the file that is; -1 */
  goffset          size;
  char             delimiter;

  GMutex           lock;        /* of what follows */
  GArray          *starts;      /* (owned): of guint64, where records begin */
  gboolean         done;        /* all of them are there */
  gboolean         literal;
  guint64          literal_row;
} SageCsvSource;

SageCsvSource *sage_csv_source_new         (GBytes        *bytes,
                                            int            fd,
                                            goffset        size);
SageCsvSource *sage_csv_source_ref         (SageCsvSource *source);
void           sage_csv_source_unref       (gpointer       data);
gsize          sage_csv_source_read        (SageCsvSource *source,
                                            goffset        offset,
                                            char          *to,
                                            gsize          length);
char          *sage_csv_source_read_record (SageCsvSource *source,
                                            guint64        record,
                                            gsize         *length,
                                            gboolean      *literal);
GPtrArray     *sage_csv_source_split       (SageCsvSource *source,
                                            guint64        record,
                                            guint          most);
guint64        sage_csv_source_count       (SageCsvSource *source);
void           sage_csv_source_scan        (GTask         *task,
                                            gpointer       object,
                                            gpointer       task_data,
                                            GCancellable  *cancellable);

G_END_DECLS
