/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* How a language writes values down. */
typedef struct
{
  const char *language;    /* as in a notebook's language_info.name */
  const char *comment;     /* what begins a comment */
  const char *null_word;
  const char *true_word;
  const char *false_word;
  const char *nan_word;
  const char *infinity_word;
  const char *list_open;
  const char *list_close;
  const char *map_open;
  const char *map_close;
  const char *map_arrow;   /* between a key and its value */
  gboolean    escapes_dollar;
  gboolean    has_long_strings; /* in three quotes, which go over lines */
  const char *open_quotes;      /* of strings in one that do too */
} SageNotation;

const SageNotation *sage_notation_find  (const char         *language);
void                sage_notation_write (const SageNotation *self,
                                         JsonNode           *value,
                                         GString            *out);
JsonNode           *sage_notation_read  (const SageNotation *self,
                                         const char         *text);

G_END_DECLS
