/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a memory was given that has forgotten nothing: no signature can be older than it. */
#define SAGE_SIG_MEMORY_COMPLETE G_MININT64

/* The signatures that were accepted, so that none counts twice. */
typedef struct _SageSigMemory SageSigMemory;

typedef enum
{
  SAGE_SIG_SIGHT_FIRST,    /* or again so soon that a client may have signed the same twice */
  SAGE_SIG_SIGHT_REPEATED,
  SAGE_SIG_SIGHT_TOO_OLD,  /* signed before the memory begins: may be either */
} SageSigSight;

SageSigMemory *sage_sig_memory_new  (guint          max_signatures,
                                     gint64         since);
void           sage_sig_memory_free (SageSigMemory *memory);
SageSigSight   sage_sig_memory_see  (SageSigMemory *memory,
                                     const char    *signature,
                                     double         age,
                                     gint64         now,
                                     double        *seconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageSigMemory, sage_sig_memory_free)

G_END_DECLS
