/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a kernel said, in a folder, numbered from 1. A record is one message in the v1 framing. It is
 * with the operating system once appended, so that no end of a process loses it. */
typedef struct _KrnJournal KrnJournal;

/* A place in a journal, from which it is read on as it grows. */
typedef struct _KrnCursor KrnCursor;

KrnJournal *krn_journal_open      (const char   *directory,
                                   guint64       max_bytes,
                                   GError      **error);
void        krn_journal_free      (KrnJournal   *journal);
guint64     krn_journal_get_first (KrnJournal   *journal);
guint64     krn_journal_get_last  (KrnJournal   *journal);
guint64     krn_journal_get_bytes (KrnJournal   *journal);
guint64     krn_journal_append    (KrnJournal   *journal,
                                   GBytes       *frame,
                                   GError      **error);
void        krn_journal_drop      (KrnJournal   *journal,
                                   guint64       held);

KrnCursor  *krn_cursor_new        (KrnJournal   *journal,
                                   guint64       after);
void        krn_cursor_free       (KrnCursor    *cursor);
GBytes     *krn_cursor_next       (KrnCursor    *cursor,
                                   guint64      *seq);
void        krn_cursor_skip       (KrnCursor    *cursor,
                                   guint64       seq);
guint64     krn_cursor_get_seq    (KrnCursor    *cursor);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KrnJournal, krn_journal_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KrnCursor, krn_cursor_free)

G_END_DECLS
