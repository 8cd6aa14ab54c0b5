/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define SAGE_JSON_MAX_MATCHES 10000

/* A value that matches: which child of which to take from the root on. */
typedef struct
{
  guint depth;
  guint indexes[];
} SageJsonMatch;

GPtrArray  *sage_json_search    (JsonNode   *root,
                                 const char *query);
const char *sage_json_find_text (const char *text,
                                 const char *query,
                                 gsize      *length);

G_END_DECLS
