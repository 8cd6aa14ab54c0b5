/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Where a walk over checked JSON stands. */
typedef struct
{
  const char *at;
} EngCursor;

gboolean  eng_cursor_accept      (EngCursor *self,
                                  char       token);
char     *eng_cursor_string      (EngCursor *self);
char     *eng_cursor_next_member (EngCursor *self);
void      eng_cursor_skip_value  (EngCursor *self);
gboolean  eng_cursor_text        (EngCursor *self,
                                  char     **value);
gboolean  eng_cursor_list        (EngCursor *self,
                                  GStrv     *values);
gboolean  eng_cursor_double      (EngCursor *self,
                                  double    *value);
gboolean  eng_cursor_integer     (EngCursor *self,
                                  guint64    maximum,
                                  guint64   *value);
gboolean  eng_cursor_uint        (EngCursor *self,
                                  guint     *value);
gboolean  eng_cursor_flag        (EngCursor *self,
                                  gboolean  *value);

G_END_DECLS
