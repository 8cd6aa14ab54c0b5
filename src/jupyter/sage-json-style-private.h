/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-json-cursor-private.h"

G_BEGIN_DECLS

/* How a file writes its JSON. */
typedef struct
{
  char     indent[17];      /* one level's; empty: all on one line */
  char     newline[3];      /* "\n" or "\r\n" */
  char     item_space[9];   /* after a comma, where all is on one line */
  char     before_colon[9];
  char     after_colon[9];
  gboolean is_ascii;        /* characters beyond ASCII stand as escapes */
  gboolean has_lines;       /* a multiline string stands as an array of its lines */
} SageJsonStyle;

/* A change to a member of an object. */
typedef struct
{
  const char    *key;
  const char    *text; /* (nullable): the new value, written; NULL with no @write takes the member out */
  gsize          length;
  void         (*write) (GString *out, gpointer data); /* (nullable): writes a value too large to keep */
  gpointer       data;
  SageJsonPiece old;     /* (nullable): where the old value is, if it is too large to look for its end */
  gboolean      is_kept; /* the old value stays as it is, and is where @old says; @write may write it */
} SageJsonPatch;

void sage_json_style_init         (SageJsonStyle        *style);
void sage_json_style_detect       (SageJsonStyle        *style,
                                   const SageJsonPiece  *document,
                                   gboolean              is_ascii);
void sage_json_style_break        (const SageJsonStyle  *style,
                                   GString              *out,
                                   guint                 depth);
void sage_json_style_comma        (const SageJsonStyle  *style,
                                   GString              *out,
                                   guint                 depth);
void sage_json_style_key          (const SageJsonStyle  *style,
                                   GString              *out,
                                   const char           *key);
void sage_json_style_string       (const SageJsonStyle  *style,
                                   GString              *out,
                                   const char           *text,
                                   gsize                 length);
void sage_json_style_text         (const SageJsonStyle  *style,
                                   GString              *out,
                                   const char           *text,
                                   gsize                 length,
                                   gboolean              as_lines,
                                   guint                 depth);
void sage_json_style_value        (const SageJsonStyle  *style,
                                   GString              *out,
                                   const SageJsonPiece  *value,
                                   guint                 depth);
void sage_json_style_node         (const SageJsonStyle  *style,
                                   GString              *out,
                                   JsonNode             *node,
                                   guint                 depth);
void sage_json_patch              (GString              *out,
                                   const SageJsonPiece  *object,
                                   const SageJsonPatch  *patches,
                                   guint                 n_patches,
                                   const SageJsonStyle  *style,
                                   guint                 depth);

G_END_DECLS
