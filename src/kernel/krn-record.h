/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The bytes of a segment of the journal: a head, then records one after another. All numbers are
 * little-endian. */

#define KRN_SEGMENT_HEAD 16

/* Payload's length (32 bits), checksum of what follows it (CRC-32C, as sage_digest_finish() gives
 * it), sequence number (64 bits), payload. */
#define KRN_RECORD_HEAD 16

typedef struct
{
  guint64       seq;
  const guint8 *payload; /* within what was read */
  gsize         length;
} KrnRecord;

void      krn_segment_head_write (guint8         out[KRN_SEGMENT_HEAD]);
gboolean  krn_segment_head_check (const guint8  *data,
                                  gsize          length);
gsize     krn_segment_scan       (const guint8  *data,
                                  gsize          length,
                                  guint64        after,
                                  guint64       *last);

void      krn_record_head_write  (guint64        seq,
                                  const guint8  *payload,
                                  gsize          length,
                                  guint8         out[KRN_RECORD_HEAD]);
gsize     krn_record_size        (const guint8   head[KRN_RECORD_HEAD]);
gboolean  krn_record_read        (const guint8  *data,
                                  gsize          length,
                                  KrnRecord     *record);

G_END_DECLS
