/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>
#include <sys/types.h>

#include "krn-process.h"

G_BEGIN_DECLS

typedef enum
{
  KRN_STARTING,
  KRN_IDLE,
  KRN_BUSY,
  KRN_RESTARTING,
  KRN_DEAD,
} KrnState;

/* How the kernel is, for `kernel.json` and the command `info`. Clear with krn_status_clear(). */
typedef struct
{
  KrnState  state;
  pid_t     pid;           /* 0: there is none */
  char     *kernel_name;   /* (owned) */
  double    started;       /* of this life of the kernel */
  double    last_activity; /* of the kernel or a client's request */
  char     *executing;     /* (owned) (nullable): the identifier of the request that runs */
  gboolean  has_ended;     /* @end tells of the last life */
  KrnEnd    end;
  guint     restarts;
  guint64   first_seq;     /* the journal's */
  guint64   last_seq;
  guint64   held_seq;      /* up to it a saved notebook has all; 0 where none is known to */
  guint64   owed_seq;      /* the last output that somebody is to save; krn_status_owes() */
  char     *journal_fault; /* (owned) (nullable): why the journal could not be written last */
} KrnStatus;

#define KRN_STATUS_FILE "kernel.json"

void        krn_status_clear    (KrnStatus        *status);
gboolean    krn_status_owes     (const KrnStatus  *status);
const char *krn_state_name      (KrnState          state);
JsonObject *krn_end_to_json     (const KrnEnd     *end);
JsonObject *krn_status_to_json  (const KrnStatus  *status);
gboolean    krn_status_write    (const KrnStatus  *status,
                                 const char       *directory,
                                 GError          **error);

G_END_DECLS
