/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "fuzz-kernel-journal"

#include "config.h"

#include "krn-record.h"

/*
 * A segment of a kernel's journal, past its head, as a crash or a bad disk may leave it: the scan ends
 * within it, at whole records with rising numbers, and a record that is written behind them is found.
 */

int LLVMFuzzerTestOneInput (const guint8 *data,
                            size_t        size);

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        size_t        size)
{
  g_autoptr(GByteArray) longer = g_byte_array_new ();
  static const guint8 payload[] = "payload";
  guint8 head[KRN_RECORD_HEAD];
  guint64 last = 0;
  guint64 seq = 0;
  gsize end = krn_segment_scan (data, size, 0, &last);
  gsize at = 0;

  g_assert_cmpuint (end, <=, size);
  while (at < end)
    {
      KrnRecord record;

      g_assert_true (krn_record_read (data + at, size - at, &record));
      g_assert_cmpuint (record.seq, >, seq);
      seq = record.seq;
      at += KRN_RECORD_HEAD + record.length;
    }
  g_assert_cmpuint (at, ==, end);
  g_assert_cmpuint (seq, ==, last);
  if (last == G_MAXUINT64)
    return 0;

  krn_record_head_write (last + 1, payload, sizeof payload, head);
  g_byte_array_append (longer, data, (guint) end);
  g_byte_array_append (longer, head, sizeof head);
  g_byte_array_append (longer, payload, sizeof payload);
  g_assert_cmpuint (krn_segment_scan (longer->data, longer->len, 0, &seq), ==, longer->len);
  g_assert_cmpuint (seq, ==, last + 1);

  return 0;
}
