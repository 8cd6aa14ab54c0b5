/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cmark-gfm.h>

#include "sage-markdown-view.h"
#include "sage-picture-view.h"

G_BEGIN_DECLS

#define SAGE_MARKDOWN_MAX_BYTES (1024 * 1024)

/* A formula that was taken out of a text before its markup is read, which would mangle it. */
typedef struct
{
  char     *source;  /* (owned): between the dollars */
  char     *whole;   /* (owned): with them, as it stands */
  gboolean  display;
  gboolean  readable;
} SageMarkdownMath;

/* A formula's place in the text: these around its number. */
#define SAGE_MARKDOWN_MATH_START "\xee\x80\x80" /* U+E000 */
#define SAGE_MARKDOWN_MATH_END "\xee\x80\x81"   /* U+E001 */

char       *_sage_markdown_take_math   (const char *text,
                                        GArray     *formulas);
char       *_sage_markdown_put_back    (const char *text,
                                        GArray     *formulas);
const char *_sage_markdown_next_math   (const char *text,
                                        GArray     *formulas,
                                        const char **end,
                                        SageMarkdownMath **math);

cmark_node *_sage_markdown_parse       (const char *text);

/* What blocks are made from: the text's formulas and where its pictures are. */
typedef struct
{
  SageMarkdownView *view;
  GArray           *formulas;    /* of SageMarkdownMath */
  JsonObject       *attachments; /* (nullable) */
  GFile            *base_folder; /* (nullable) */
  guint             depth;
} SageMarkdownBuild;

void        _sage_markdown_add_blocks  (SageMarkdownBuild *build,
                                        GtkWidget         *box,
                                        cmark_node        *parent);
void        _sage_markdown_add_inlines (SageMarkdownBuild *build,
                                        GtkWidget         *box,
                                        cmark_node        *parent,
                                        GtkAccessibleRole  role,
                                        const char        *css_class);
void        _sage_markdown_add_html    (SageMarkdownBuild *build,
                                        GtkWidget         *box,
                                        const char        *html);
GtkWidget  *_sage_markdown_make_code   (const char        *code,
                                        const char        *language);
GtkWidget  *_sage_markdown_make_picture (SageMarkdownBuild *build,
                                        const char        *uri,
                                        const char        *alt);
char       *_sage_markdown_plain_text  (cmark_node        *node,
                                        GArray            *formulas);
void        _sage_markdown_view_follow (SageMarkdownView  *self,
                                        const char        *uri);
gboolean    _sage_markdown_is_link     (const char        *uri);

G_END_DECLS
