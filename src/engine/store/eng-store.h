/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "eng-sqlite.h"

G_BEGIN_DECLS

/* The engine's database: one writer thread that groups commits, readers in a pool. */
typedef struct _EngStore EngStore;

/* One transaction on the writer thread; valid only while its EngWriteFunc runs. */
typedef struct
{
  EngConnection *connection;
  double         now;    /* seconds since the epoch; one value for all rows of this transaction */
  GPtrArray     *events; /* of EngEvent; told to the subscribers after the commit */
} EngTx;

/* A row that changed, as `/sagebrush/v1/events` pushes it. */
typedef struct
{
  gint64  seq;
  double  time;
  char   *kind;   /* (owned): the resource's ARN type, e.g. "training-job" */
  char   *name;   /* (owned) */
  char   *arn;    /* (owned) */
  char   *status; /* (owned): "Deleted" when the row is gone */
} EngEvent;

/**
 * EngWriteFunc:
 *
 * Runs on the writer thread inside a savepoint: on %FALSE everything it wrote is taken back.
 * It must not block on anything but the database.
 */
typedef gboolean (*EngWriteFunc) (EngTx     *tx,
                                  gpointer   user_data,
                                  GError   **error);

/* Called on the writer thread after the event's transaction is durable; must be quick. */
typedef void (*EngEventFunc) (const EngEvent *event,
                              gpointer        user_data);

EngStore      *eng_store_open           (const char     *directory,
                                         GError        **error);
void           eng_store_close          (EngStore       *store);
gboolean       eng_store_write          (EngStore       *store,
                                         EngWriteFunc    func,
                                         gpointer        user_data,
                                         GError        **error);
EngConnection *eng_store_reader         (EngStore       *store,
                                         GError        **error);
void           eng_store_reader_release (EngConnection  *reader);
gboolean       eng_store_is_writer      (EngStore       *store);
guint          eng_store_subscribe      (EngStore       *store,
                                         EngEventFunc    func,
                                         gpointer        user_data);
void           eng_store_unsubscribe    (EngStore       *store,
                                         guint           id);

gboolean       eng_tx_emit              (EngTx          *tx,
                                         const char     *kind,
                                         const char     *name,
                                         const char     *arn,
                                         const char     *status,
                                         GError        **error);
void           eng_event_free           (EngEvent       *event);

/* A reader borrowed from the pool for the length of a scope. */
typedef EngConnection EngReader;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngReader, eng_store_reader_release)

G_END_DECLS
