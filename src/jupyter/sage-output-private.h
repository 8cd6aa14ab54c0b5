/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sage-json-style-private.h"
#include "sage-output.h"
#include "sage-text-block-private.h"

G_BEGIN_DECLS

/*
 * An output has up to two forms: the text it has in the file, and json-glib's object. The getters
 * read from the text where there is one, so a picture of a large notebook is held once as text and
 * once decoded, and only after somebody has looked at it.
 */
struct _SageOutput
{
  GObject         parent_instance;

  SageOutputKind  kind;
  GBytes         *raw;        /* (owned) (nullable): as the file has it; not once it has changed */
  JsonObject     *json;       /* (owned) (nullable): made when asked for */
  SageTextBlock  *text;       /* (owned) (nullable): a stream's, decoded */
  gboolean        is_own;     /* a run here made it, no file */
  guint           trust;      /* the number it was vouched for by last; 0: none */
  gboolean        has_grown;  /* @text is newer than @raw and @json */
  gboolean        is_shared;  /* another thread may read @json */
  char           *display_id; /* (owned) (nullable) */
  GHashTable     *strings;    /* (owned) (nullable): decoded, by member or type */
  GHashTable     *nodes;      /* (owned) (nullable): JsonNode by type, decoded from @raw */
};

/* What an output is at one moment. Any thread may write it; it is made and freed in the output's own. */
typedef struct _SageFrozenOutput SageFrozenOutput;

gboolean    sage_output_is_multiline   (JsonNode            *node);
char       *sage_output_join           (JsonNode            *node,
                                        const char          *separator);
gboolean    sage_output_get_piece      (SageOutput          *self,
                                        SageJsonPiece       *piece);
char       *sage_output_read_text      (SageOutput          *self,
                                        const char          *container,
                                        const char          *key);
const char *sage_output_get_member_text (SageOutput         *self,
                                        const char          *container,
                                        const char          *key);
gboolean    sage_output_kind_from_name (const char          *name,
                                        SageOutputKind      *kind);
SageOutput *sage_output_new_from_raw   (GBytes              *raw,
                                        SageOutputKind       kind);
gboolean    sage_output_is_raw         (SageOutput          *self,
                                        const SageJsonPiece *piece);
void        sage_output_write          (SageOutput          *self,
                                        GString             *out,
                                        const SageJsonStyle *style,
                                        guint                depth);
SageFrozenOutput *sage_output_freeze   (SageOutput          *self);
void        sage_frozen_output_write   (const SageFrozenOutput *self,
                                        GString             *out,
                                        const SageJsonStyle *style,
                                        guint                depth);
void        sage_frozen_output_free    (SageFrozenOutput    *self);
void        sage_output_append         (SageOutput          *self,
                                        const char          *text);
void        sage_output_update         (SageOutput          *self,
                                        JsonObject          *data,
                                        JsonObject          *metadata);
void        sage_output_set_display_id (SageOutput          *self,
                                        const char          *display_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SageFrozenOutput, sage_frozen_output_free)

G_END_DECLS
