/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "krn-journal.h"

G_BEGIN_DECLS

/* A file, named by the number that its first record has or will have. */
typedef struct
{
  guint64 first;
  guint64 bytes; /* of whole records and the head */
} KrnSegment;

struct _KrnJournal
{
  char    *directory;     /* (owned) */
  GArray  *segments;      /* (owned): of KrnSegment, ascending; the last is written to */
  int      fd;            /* of the last; -1 where it could not be made */
  guint64  last;          /* the number given last */
  guint64  max_bytes;
  guint64  segment_bytes; /* a segment that is as large is followed by another */
};

char *krn_segment_path (KrnJournal *journal,
                        guint64     first);

G_END_DECLS
