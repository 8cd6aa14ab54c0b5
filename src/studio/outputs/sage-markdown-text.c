/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-markdown-text"

#include "config.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <string.h>

#include "sage-markdown-private.h"

struct _SageHeading
{
  GObject  parent_instance;

  guint    level;
  guint    line;
  char    *text; /* (owned) */
};

G_DEFINE_FINAL_TYPE (SageHeading, sage_heading, G_TYPE_OBJECT)

static void
sage_heading_finalize (GObject *object)
{
  g_free (SAGE_HEADING (object)->text);

  G_OBJECT_CLASS (sage_heading_parent_class)->finalize (object);
}

static void
sage_heading_class_init (SageHeadingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = sage_heading_finalize;
}

static void
sage_heading_init (SageHeading *self)
{
}

/* Returns: from 1 to 6 */
guint
sage_heading_get_level (SageHeading *self)
{
  g_return_val_if_fail (SAGE_IS_HEADING (self), 0);

  return self->level;
}

/* Returns: the text, without markup */
const char *
sage_heading_get_text (SageHeading *self)
{
  g_return_val_if_fail (SAGE_IS_HEADING (self), NULL);

  return self->text;
}

/* Returns: the line of the source that it is on, from 1 */
guint
sage_heading_get_line (SageHeading *self)
{
  g_return_val_if_fail (SAGE_IS_HEADING (self), 0);

  return self->line;
}

/* Reads GitHub's Markdown. Returns: (transfer full): the document */
cmark_node *
_sage_markdown_parse (const char *text)
{
  static const char * const extensions[] = { "table", "strikethrough", "autolink", "tasklist" };
  cmark_parser *parser;
  cmark_node *document;

  cmark_gfm_core_extensions_ensure_registered ();
  parser = cmark_parser_new (CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_FOOTNOTES);
  for (gsize i = 0; i < G_N_ELEMENTS (extensions); i++)
    cmark_parser_attach_syntax_extension (parser, cmark_find_syntax_extension (extensions[i]));
  cmark_parser_feed (parser, text, MIN (strlen (text), SAGE_MARKDOWN_MAX_BYTES));
  document = cmark_parser_finish (parser);
  cmark_parser_free (parser);

  return document;
}

/* Returns: (transfer full): the words of a node without markup */
char *
_sage_markdown_plain_text (cmark_node *node,
                           GArray     *formulas)
{
  GString *out = g_string_new (NULL);
  cmark_iter *iter = cmark_iter_new (node);
  g_autofree char *marked = NULL;

  while (cmark_iter_next (iter) != CMARK_EVENT_DONE)
    {
      cmark_node *at = cmark_iter_get_node (iter);
      cmark_node_type type = cmark_node_get_type (at);

      if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
        g_string_append (out, cmark_node_get_literal (at));
      else if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK)
        g_string_append_c (out, ' ');
    }
  cmark_iter_free (iter);

  marked = g_string_free_and_steal (out);

  return formulas != NULL ? _sage_markdown_put_back (marked, formulas) : g_steal_pointer (&marked);
}

/**
 * sage_markdown_list_headings:
 * @text: (nullable): Markdown
 *
 * Returns: (transfer full): a list of its headings (SageHeading), wherever they stand
 */
GListModel *
sage_markdown_list_headings (const char *text)
{
  GListStore *list = g_list_store_new (SAGE_TYPE_HEADING);
  cmark_node *document;
  cmark_iter *iter;
  cmark_event_type event;

  if (text == NULL || text[0] == '\0')
    return G_LIST_MODEL (list);

  document = _sage_markdown_parse (text);
  iter = cmark_iter_new (document);
  while ((event = cmark_iter_next (iter)) != CMARK_EVENT_DONE)
    {
      cmark_node *node = cmark_iter_get_node (iter);
      g_autoptr(SageHeading) heading = NULL;

      if (event != CMARK_EVENT_ENTER || cmark_node_get_type (node) != CMARK_NODE_HEADING)
        continue;
      heading = g_object_new (SAGE_TYPE_HEADING, NULL);
      heading->level = (guint) CLAMP (cmark_node_get_heading_level (node), 1, 6);
      heading->line = (guint) MAX (cmark_node_get_start_line (node), 1);
      heading->text = g_strstrip (_sage_markdown_plain_text (node, NULL));
      g_list_store_append (list, heading);
    }
  cmark_iter_free (iter);
  cmark_node_free (document);

  return G_LIST_MODEL (list);
}
