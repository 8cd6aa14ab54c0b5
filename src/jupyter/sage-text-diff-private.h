/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A piece of a text that is compared as a whole: a line, or a word. */
typedef struct
{
  const char *at;
  gsize       length; /* without its line break */
  guint       hash;
} SageTextLine;

/* Two that are the same, by their places. */
typedef struct
{
  guint old_line;
  guint new_line;
} SageTextAnchor;

GArray *sage_text_find_anchors (GArray *old_lines,
                                guint   old_start,
                                guint   old_end,
                                GArray *new_lines,
                                guint   new_start,
                                guint   new_end);

G_END_DECLS
