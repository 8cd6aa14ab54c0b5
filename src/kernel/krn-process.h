/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

/* How a process ended. Clear with krn_end_clear(). */
typedef struct
{
  int      exit_code;   /* -1: it was a signal */
  int      signal;      /* 0: it exited */
  gboolean oom;         /* for want of memory, as far as one can know */
  guint64  peak_bytes;  /* of the process, or one that it waited for; of all together where they came near
                           the limit */
  char    *stderr_tail; /* (owned): the last lines; "" where there are none */
} KrnEnd;

/* A kernel's process, in a process group of its own, and what it writes. */
typedef struct _KrnProcess KrnProcess;

/* What memory it may take. */
typedef struct
{
  guint64 known; /* by somebody else's will: to tell an end by; 0: nothing says so */
  guint64 kept;  /* more than this ends it; 0: it is not watched */
} KrnMemoryLimit;

typedef void (*KrnProcessEnded) (const KrnEnd *end,
                                 gpointer      user_data);

KrnProcess *krn_process_start    (const char * const  *argv,
                                  const char * const  *environment,
                                  const char          *cwd,
                                  const char          *output_path,
                                  KrnMemoryLimit       memory,
                                  KrnProcessEnded      ended,
                                  gpointer             user_data,
                                  GError             **error);
void        krn_process_free     (KrnProcess          *process);
pid_t       krn_process_get_pid  (KrnProcess          *process);
void        krn_process_signal   (KrnProcess          *process,
                                  int                  number);
void        krn_end_clear        (KrnEnd              *end);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KrnProcess, krn_process_free)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KrnEnd, krn_end_clear)

G_END_DECLS
