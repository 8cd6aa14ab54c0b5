/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* One step of a path: a member's name, or an index into a list. */
typedef struct
{
  char   *key;   /* (owned) (nullable): NULL for an index */
  gint64  index; /* -1 for a key */
} EngPathPart;

typedef enum
{
  ENG_REFERENCE_PARAMETER,
  ENG_REFERENCE_EXECUTION,
  ENG_REFERENCE_STEP,
  ENG_REFERENCE_PROPERTY_FILE,
} EngReferenceKind;

/* What the text of a `Get` names. */
typedef struct
{
  EngReferenceKind  kind;
  const char       *name; /* parameter, execution variable or step */
  const char       *file; /* (nullable): the property file */
  GArray           *path; /* (owned): of EngPathPart, the whole text */
  guint             rest; /* where in @path the property of the step begins */
} EngReference;

GArray       *eng_path_parse      (const char       *text,
                                   GError          **error);
JsonNode     *eng_path_follow     (GArray           *path,
                                   guint             from,
                                   JsonNode         *root,
                                   gboolean          by_name);
const char   *eng_path_list_key   (JsonObject       *element);
gboolean      eng_path_is_list_key (const char      *member);

EngReference *eng_reference_parse (const char       *text,
                                   GError          **error);
void          eng_reference_free  (EngReference     *reference);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EngReference, eng_reference_free)

G_END_DECLS
