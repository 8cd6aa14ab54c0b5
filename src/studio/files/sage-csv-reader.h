/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SAGE_CSV_MAX_RECORD (1024 * 1024) /* bytes; a quote open for longer was never meant as one */
#define SAGE_CSV_MAX_FIELD  4096          /* bytes of a field that are shown */

/*
 * Finds where the records of a table in text begin (RFC 4180, and what is met beside it: other
 * delimiters, lone carriage returns, quotes that nobody closed). It is fed piece by piece.
 */
typedef struct
{
  char     delimiter;
  gboolean literal;     /* quotes are plain characters: one of them was never closed */
  guint64  literal_row; /* from which record on */
  guint64  rows;        /* records begun so far */

  goffset  record;      /* where the present record begins */
  goffset  line;        /* where its second line begins, if it is in quotes; -1 */
  gboolean in_record;
  gboolean field_start;
  gboolean quoted;
  gboolean quote_seen;  /* the quote before may end the field, or be half of a doubled one */
  gboolean after_cr;
} SageCsvScanner;

void     sage_csv_scanner_init   (SageCsvScanner *scanner,
                                  char            delimiter);
goffset  sage_csv_scanner_feed   (SageCsvScanner *scanner,
                                  const char     *data,
                                  gsize           length,
                                  goffset         offset,
                                  GArray         *starts);
goffset  sage_csv_scanner_finish (SageCsvScanner *scanner);

void     sage_csv_split          (const char     *record,
                                  gsize           length,
                                  char            delimiter,
                                  gboolean        literal,
                                  guint           max_fields,
                                  GPtrArray      *fields);
gboolean sage_csv_parse_number   (const char     *text,
                                  char            delimiter,
                                  double         *value);
char     sage_csv_guess_delimiter (const char    *data,
                                  gsize           length);
gboolean sage_csv_is_heading     (GPtrArray      *fields);

G_END_DECLS
