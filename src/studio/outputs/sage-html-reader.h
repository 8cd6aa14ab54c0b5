/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SAGE_HTML_TEXT,
  SAGE_HTML_START,
  SAGE_HTML_END,
} SageHtmlKind;

#define SAGE_HTML_MAX_NAME 32       /* bytes of a name that are told apart */
#define SAGE_HTML_MAX_ATTRIBUTES 64 /* of one element; more are dropped */

typedef struct
{
  char  name[SAGE_HTML_MAX_NAME];
  char *value; /* (owned): references resolved; empty without one */
} SageHtmlAttribute;

/*
 * Reads HTML piece by piece. Nothing that it gives is to be trusted: it is not a browser's reading,
 * so whoever writes HTML again must write it from scratch. Comments, declarations and what stands in
 * an element whose content is no markup (script, style, …) are passed over.
 */
typedef struct
{
  const char        *at;
  const char        *end;

  SageHtmlKind       kind;
  char               name[SAGE_HTML_MAX_NAME]; /* in lower case; of an element */
  GString           *text;                     /* (owned): of text, references resolved */
  SageHtmlAttribute  attributes[SAGE_HTML_MAX_ATTRIBUTES];
  guint              n_attributes;
} SageHtmlReader;

void        sage_html_reader_init  (SageHtmlReader *self,
                                    const char     *html,
                                    gsize           length);
void        sage_html_reader_clear (SageHtmlReader *self);
gboolean    sage_html_reader_next  (SageHtmlReader *self);
const char *sage_html_reader_get   (SageHtmlReader *self,
                                    const char     *attribute);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (SageHtmlReader, sage_html_reader_clear)

G_END_DECLS
