/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* How a file says the end of a line. */
typedef enum
{
  SAGE_NEWLINE_LF,
  SAGE_NEWLINE_CRLF,
  SAGE_NEWLINE_CR,
  SAGE_NEWLINE_MIXED, /* the text has them as they are in the file */
} SageNewline;

/* How text stands in a file, so that it can be written the same way. */
typedef struct
{
  const char  *charset; /* static: "UTF-8" for what can be written */
  gboolean     bom;
  SageNewline  newline;
} SageTextCoding;

char       *sage_text_decode         (const char            *data,
                                      gsize                  length,
                                      SageTextCoding        *coding,
                                      GError               **error);
char       *sage_text_encode         (const char            *text,
                                      gsize                  length,
                                      const SageTextCoding  *coding,
                                      gsize                 *written);
const char *sage_newline_get_name    (SageNewline            newline);
gboolean    sage_text_is_hidden_char (gunichar               character);
guint       sage_text_guess_indent   (const char            *text,
                                      gboolean              *tabs);

G_END_DECLS
