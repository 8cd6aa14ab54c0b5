/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "krn-process.h"
#include "krn-streams.h"
#include "sage-kernelspec.h"

G_BEGIN_DECLS

/* What to run: `kernel-spec.json` of the directory, written once by who starts the host.
 *
 *   argv            words; `{connection_file}` in them is replaced
 *   kernel_name     the kernelspec's name
 *   cwd             absolute; the directory itself where it is missing
 *   env             variables to set (a string) or to unset (null), on top of the host's own
 *   interrupt_mode  "signal" or "message"
 *   transport       "ipc", where the path is short enough, or "tcp"; without it ipc for ipykernel and
 *                   tcp for all others, many of which know nothing else
 *   standby_seconds it is for somebody who wants one within that time (krn-standby.c)
 *   limits          memory_bytes (the kernel's, to tell an end for want of memory by),
 *                   memory_kept_bytes (beyond which it is ended), journal_bytes, stream_bytes (of an
 *                   execution at once), stream_rate_bytes, stream_tail_bytes, shutdown_seconds
 */
typedef struct
{
  char              **argv;        /* (owned) */
  char              **environment; /* (owned): whole */
  char               *kernel_name; /* (owned) */
  char               *cwd;         /* (owned) */
  SageInterruptMode   interrupt_mode;
  gboolean            use_tcp;
  KrnMemoryLimit      memory;
  guint64             journal_bytes;
  KrnStreamLimits     streams;
  guint               shutdown_seconds;
  guint               standby_seconds; /* 0: it is in use */
} KrnSpec;

#define KRN_SPEC_FILE "kernel-spec.json"

KrnSpec *krn_spec_parse (const char  *data,
                         gsize        length,
                         const char  *directory,
                         GError     **error);
KrnSpec *krn_spec_read  (const char  *directory,
                         GError     **error);
void     krn_spec_free  (KrnSpec     *spec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KrnSpec, krn_spec_free)

G_END_DECLS
