/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

gboolean alg_text_check_start (const char **cursor,
                               const char  *end,
                               const char  *name,
                               GError     **error);
char    *alg_text_excerpt     (const char  *text,
                               gsize        length);

/* Steps over LF or CR LF; %FALSE when the line goes on. */
static inline gboolean
alg_text_skip_line_end (const char **cursor,
                        const char  *end)
{
  const char *at = *cursor;

  if (at < end && *at == '\r')
    at++;

  if (at < end && *at == '\n')
    {
      *cursor = at + 1;
      return TRUE;
    }

  if (at == end)
    {
      *cursor = at;
      return TRUE;
    }

  return FALSE;
}

G_END_DECLS
