/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* How deep a notebook's JSON may nest. */
#define SAGE_JSON_CURSOR_DEPTH 200

/* A piece of JSON text as it stands in a document: one value, or a key with its quotes. */
typedef struct
{
  const char *at;
  gsize       length;
} SageJsonPiece;

/* Reads JSON text in place, value by value; nothing is copied. Stops at the first fault. */
typedef struct
{
  const char *start;
  const char *at;
  const char *end;
  const char *problem;     /* (nullable): set once, where the reading stops */
  guint       depth;
  gboolean    checks_utf8; /* the text may not be UTF-8: what is not stops the reading */
  gboolean    has_raw;     /* a character beyond ASCII stands in a string as it is */
  gboolean    has_escaped; /* one stands as an escape */
} SageJsonCursor;

void     sage_json_cursor_init   (SageJsonCursor  *self,
                                  const char      *data,
                                  gsize            length);
char     sage_json_cursor_peek   (SageJsonCursor  *self);
gboolean sage_json_cursor_enter  (SageJsonCursor  *self,
                                  char             open);
gboolean sage_json_cursor_next   (SageJsonCursor  *self,
                                  char             close,
                                  gboolean        *is_first);
gboolean sage_json_cursor_member (SageJsonCursor  *self,
                                  gboolean        *is_first,
                                  SageJsonPiece   *key);
gboolean sage_json_cursor_value  (SageJsonCursor  *self,
                                  SageJsonPiece   *value);
gboolean sage_json_cursor_finish (SageJsonCursor  *self);
gboolean sage_json_cursor_fail   (SageJsonCursor  *self,
                                  const char      *problem);
char    *sage_json_place         (const char      *start,
                                  const char      *at);

char      sage_json_piece_kind    (const SageJsonPiece *piece);
gboolean  sage_json_piece_is      (const SageJsonPiece *piece,
                                   const char          *text);
gboolean  sage_json_piece_find    (const SageJsonPiece *object,
                                   const char          *key,
                                   SageJsonPiece       *value);
gboolean  sage_json_piece_to_int  (const SageJsonPiece *piece,
                                   gint64              *value);
gboolean  sage_json_piece_is_text (const SageJsonPiece *piece);
char     *sage_json_piece_string  (const SageJsonPiece *piece);
char     *sage_json_piece_text    (const SageJsonPiece *piece);
JsonNode *sage_json_piece_node    (const SageJsonPiece *piece);

G_END_DECLS
