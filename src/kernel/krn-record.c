/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "krn-journal"

#include "config.h"

#include <string.h>

#include "krn-record.h"
#include "sage-digest.h"
#include "sage-jupyter-message.h"

#define MAGIC "SAGEJRNL"
#define VERSION 1

/* A message of the greatest size in its frame, whose offsets take 8 bytes a part. */
#define MAX_PAYLOAD (SAGE_JUPYTER_MAX_BYTES + 64 + 8 * (SAGE_JUPYTER_MAX_BUFFERS + 8))

#define LENGTH_AT 0
#define CHECKSUM_AT 4
#define SEQ_AT 8

static guint32
read_u32 (const guint8 *at)
{
  guint32 value;

  memcpy (&value, at, sizeof value);

  return GUINT32_FROM_LE (value);
}

static guint64
read_u64 (const guint8 *at)
{
  guint64 value;

  memcpy (&value, at, sizeof value);

  return GUINT64_FROM_LE (value);
}

/**
 * krn_segment_head_write:
 * @out: the first bytes of a segment
 */
void
krn_segment_head_write (guint8 out[KRN_SEGMENT_HEAD])
{
  guint32 version = GUINT32_TO_LE (VERSION);

  memset (out, 0, KRN_SEGMENT_HEAD);
  memcpy (out, MAGIC, strlen (MAGIC));
  memcpy (out + strlen (MAGIC), &version, sizeof version);
}

/**
 * krn_segment_head_check:
 *
 * Returns: whether @data begins as a segment of ours does
 */
gboolean
krn_segment_head_check (const guint8 *data,
                        gsize         length)
{
  guint8 expected[KRN_SEGMENT_HEAD];

  krn_segment_head_write (expected);

  return length >= KRN_SEGMENT_HEAD && memcmp (data, expected, KRN_SEGMENT_HEAD) == 0;
}

static void
checksum (const guint8 *seq,
          const guint8 *payload,
          gsize         length,
          guint8        out[4])
{
  g_autoptr(SageDigest) digest = sage_digest_new (SAGE_DIGEST_CRC32C);
  guint8 sum[SAGE_SHA256_SIZE] = { 0 };

  sage_digest_update (digest, seq, sizeof (guint64));
  sage_digest_update (digest, payload, length);
  sage_digest_finish (digest, sum);
  memcpy (out, sum, 4);
}

/**
 * krn_record_head_write:
 * @seq: its number
 * @payload: what follows the head
 * @length: its bytes
 * @out: the head
 */
void
krn_record_head_write (guint64       seq,
                       const guint8 *payload,
                       gsize         length,
                       guint8        out[KRN_RECORD_HEAD])
{
  guint32 length_le = GUINT32_TO_LE ((guint32) length);
  guint64 seq_le = GUINT64_TO_LE (seq);

  memcpy (out + LENGTH_AT, &length_le, sizeof length_le);
  memcpy (out + SEQ_AT, &seq_le, sizeof seq_le);
  checksum (out + SEQ_AT, payload, length, out + CHECKSUM_AT);
}

/**
 * krn_record_size:
 * @head: what may be the head of a record
 *
 * Returns: how many bytes the record claims to have, head and all; 0 where it cannot be one
 */
gsize
krn_record_size (const guint8 head[KRN_RECORD_HEAD])
{
  gsize length = read_u32 (head + LENGTH_AT);

  return length > 0 && length <= MAX_PAYLOAD ? KRN_RECORD_HEAD + length : 0;
}

/**
 * krn_record_read:
 * @data: what may begin with a record
 * @length: its bytes
 * @record: (out caller-allocates): the record
 *
 * Returns: whether a whole record is there, as it was written
 */
gboolean
krn_record_read (const guint8 *data,
                 gsize         length,
                 KrnRecord    *record)
{
  guint8 sum[4];
  gsize size;

  if (length < KRN_RECORD_HEAD)
    return FALSE;
  size = krn_record_size (data);
  if (size == 0 || size > length)
    return FALSE;

  record->seq = read_u64 (data + SEQ_AT);
  record->payload = data + KRN_RECORD_HEAD;
  record->length = size - KRN_RECORD_HEAD;
  checksum (data + SEQ_AT, record->payload, record->length, sum);

  return memcmp (sum, data + CHECKSUM_AT, sizeof sum) == 0;
}

/**
 * krn_segment_scan:
 * @data: a whole segment, past its head; of any content
 * @length: its bytes
 * @after: the number that its records come after
 * @last: (out): that of its last record, @after where there is none
 *
 * Finds where a segment that a crash may have cut off ends.
 *
 * Returns: the bytes of its whole records
 */
gsize
krn_segment_scan (const guint8 *data,
                  gsize         length,
                  guint64       after,
                  guint64      *last)
{
  gsize at = 0;
  KrnRecord record;

  *last = after;
  while (krn_record_read (data + at, length - at, &record) && record.seq > *last)
    {
      *last = record.seq;
      at += KRN_RECORD_HEAD + record.length;
    }

  return at;
}
