/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-markdown-inline"

#include "config.h"

#include <string.h>

#include "sage-html-reader.h"
#include "sage-html-sanitise.h"
#include "sage-markdown-private.h"
#include "sage-math-view.h"
#include "sage-rich-label.h"
#include "sage-visible.h"

#define MAX_OPEN 32 /* elements in each other */

/* A paragraph as it is being written: markup for a label, and what had to become a widget of its own
 * on the way. */
typedef struct
{
  SageMarkdownBuild *build;
  GtkWidget         *box;
  GtkAccessibleRole  role;
  const char        *css_class;   /* (nullable) */
  GString           *markup;
  gboolean           has_text;    /* something that can be seen */
  gboolean           breaks;      /* what comes next begins a line */
  GPtrArray         *formulas;    /* of char: sources, in their order */
  const char        *open[MAX_OPEN]; /* tags of Pango's */
  guint              depth;
} Writer;

/* --- Writing --------------------------------------------------------------------------------- */

static void
link_cb (SageMarkdownView *view,
         const char       *uri)
{
  _sage_markdown_view_follow (view, uri);
}

/* Makes a label of what there is so far. */
static void
flush (Writer *writer)
{
  GtkWidget *label;

  for (guint i = writer->depth; i > 0; i--)
    g_string_append_printf (writer->markup, "</%s>", writer->open[i - 1]);
  if (writer->has_text)
    {
      label = sage_rich_label_new (writer->role);
      g_ptr_array_add (writer->formulas, NULL);
      sage_rich_label_set (SAGE_RICH_LABEL (label), writer->markup->str,
                           (const char * const *) writer->formulas->pdata);
      if (writer->css_class != NULL)
        gtk_widget_add_css_class (sage_rich_label_get_label (SAGE_RICH_LABEL (label)),
                                  writer->css_class);
      g_signal_connect_object (label, "link-activated", G_CALLBACK (link_cb), writer->build->view,
                               G_CONNECT_SWAPPED);
      gtk_box_append (GTK_BOX (writer->box), label);
    }

  g_ptr_array_set_size (writer->formulas, 0);
  g_string_truncate (writer->markup, 0);
  writer->has_text = writer->breaks = FALSE;
  for (guint i = 0; i < writer->depth; i++)
    {
      if (strcmp (writer->open[i], "a") == 0)
        writer->open[i] = "span"; /* the rest of a link that a picture has cut is text */
      g_string_append_printf (writer->markup, "<%s>", writer->open[i]);
    }
}

static void
append_text (Writer     *writer,
             const char *text,
             gssize      length)
{
  g_autofree char *part = g_strndup (text, length >= 0 ? (gsize) length : strlen (text));
  g_autofree char *escaped = NULL;
  char *object;

  while ((object = strstr (part, SAGE_RICH_LABEL_OBJECT)) != NULL)
    memset (object, '?', strlen (SAGE_RICH_LABEL_OBJECT)); /* it stands for a formula here */
  if (writer->breaks && writer->has_text)
    g_string_append_c (writer->markup, '\n');
  writer->breaks = FALSE;
  escaped = g_markup_escape_text (part, -1);
  g_string_append (writer->markup, escaped);
  writer->has_text |= part[strspn (part, " \t\n")] != '\0';
}

/* Pango knows these; a tag opened here is closed where its element ends. */
static void
open_tag (Writer     *writer,
          const char *tag)
{
  if (writer->depth == MAX_OPEN)
    return;
  writer->open[writer->depth++] = tag;
  g_string_append_printf (writer->markup, "<%s>", tag);
}

static void
close_to (Writer *writer,
          guint   depth)
{
  while (writer->depth > depth)
    g_string_append_printf (writer->markup, "</%s>", writer->open[--writer->depth]);
}

static void
append_formula (Writer           *writer,
                SageMarkdownMath *math)
{
  if (!math->readable)
    {
      g_string_append (writer->markup, "<tt>");
      append_text (writer, math->whole, -1);
      g_string_append (writer->markup, "</tt>");
    }
  else if (math->display)
    {
      flush (writer);
      gtk_box_append (GTK_BOX (writer->box), sage_math_view_new (math->source));
    }
  else
    {
      g_string_append (writer->markup, SAGE_RICH_LABEL_OBJECT);
      g_ptr_array_add (writer->formulas, math->source);
      writer->has_text = TRUE;
    }
}

static void
append_with_formulas (Writer     *writer,
                      const char *text)
{
  const char *place;
  const char *end;
  SageMarkdownMath *math;

  while ((place = _sage_markdown_next_math (text, writer->build->formulas, &end, &math)) != NULL)
    {
      append_text (writer, text, place - text);
      append_formula (writer, math);
      text = end;
    }
  append_text (writer, text, -1);
}

static void
append_code (Writer     *writer,
             const char *code)
{
  g_autofree char *whole = _sage_markdown_put_back (code, writer->build->formulas);
  g_autofree char *visible = sage_visible_dup (whole);

  g_string_append (writer->markup, "<tt>");
  append_text (writer, visible, -1);
  g_string_append (writer->markup, "</tt>");
}

/* --- HTML in a text -------------------------------------------------------------------------- */

static const struct
{
  const char *element;
  const char *tag;
} html_tags[] = {
  { "b", "b" }, { "strong", "b" }, { "i", "i" }, { "em", "i" }, { "u", "u" }, { "s", "s" },
  { "del", "s" }, { "code", "tt" }, { "kbd", "tt" }, { "tt", "tt" }, { "sub", "sub" },
  { "sup", "sup" }, { "small", "small" }, { "big", "big" }, { "h1", "b" }, { "h2", "b" },
  { "h3", "b" }, { "h4", "b" }, { "th", "b" },
};

static const char *
find_tag (const char *element)
{
  for (gsize i = 0; i < G_N_ELEMENTS (html_tags); i++)
    if (strcmp (html_tags[i].element, element) == 0)
      return html_tags[i].tag;

  return NULL;
}

/* Closes the innermost of these that HTML has opened since @bottom, and what is in it. */
static void
close_tag (Writer     *writer,
           const char *tag,
           guint       bottom)
{
  for (guint depth = writer->depth; depth > bottom; depth--)
    if (strcmp (writer->open[depth - 1], tag) == 0)
      {
        close_to (writer, depth - 1);
        return;
      }
}

static void
append_picture (Writer     *writer,
                const char *uri,
                const char *alt,
                int         width,
                int         height)
{
  GtkWidget *picture = _sage_markdown_make_picture (writer->build, uri, alt);

  if (width > 0 || height > 0)
    sage_picture_view_set_size (SAGE_PICTURE_VIEW (picture), width > 0 ? width : -1,
                                height > 0 ? height : -1);
  flush (writer);
  gtk_box_append (GTK_BOX (writer->box), picture);
}

static int
read_length (SageHtmlReader *reader,
             const char     *attribute)
{
  const char *value = sage_html_reader_get (reader, attribute);

  if (value == NULL || strchr (value, '%') != NULL)
    return -1;

  return (int) CLAMP (g_ascii_strtoll (value, NULL, 10), 0, 4096);
}

/* Text between tags: its line ends and the space around it are the author's way to write it. */
static void
append_html_text (Writer *writer,
                  char   *text)
{
  char *to = text;

  for (const char *from = text; *from != '\0'; from++)
    if (!g_ascii_isspace (*from))
      *to++ = *from;
    else if (to == text || to[-1] != ' ')
      *to++ = ' ';
  *to = '\0';
  if (text[0] == ' ' && (writer->breaks || !writer->has_text))
    text++;
  if (text[0] != '\0')
    append_with_formulas (writer, text);
}

/* Of HTML, what a label can show; its text, and pictures under the same rules as all others. */
static void
append_html (Writer     *writer,
             const char *html,
             guint       bottom)
{
  static const char * const breaking[] = {
    "br", "p", "div", "li", "tr", "center", "table", "ul", "ol", "h1", "h2", "h3", "h4", "hr", NULL,
  };
  g_auto(SageHtmlReader) reader = { 0 };

  sage_html_reader_init (&reader, html, strlen (html));
  while (sage_html_reader_next (&reader))
    {
      const char *tag = reader.kind != SAGE_HTML_TEXT ? find_tag (reader.name) : NULL;

      if (reader.kind == SAGE_HTML_TEXT)
        append_html_text (writer, reader.text->str);
      else if (reader.kind == SAGE_HTML_START && strcmp (reader.name, "img") == 0)
        append_picture (writer, sage_html_reader_get (&reader, "src"),
                        sage_html_reader_get (&reader, "alt"), read_length (&reader, "width"),
                        read_length (&reader, "height"));
      else if (g_strv_contains (breaking, reader.name))
        writer->breaks = TRUE;

      if (reader.kind == SAGE_HTML_START && tag != NULL)
        open_tag (writer, tag);
      else if (reader.kind == SAGE_HTML_END && tag != NULL)
        close_tag (writer, tag, bottom);
      else if (reader.kind == SAGE_HTML_END &&
               (strcmp (reader.name, "td") == 0 || strcmp (reader.name, "th") == 0))
        g_string_append (writer->markup, "\xe2\x80\x83"); /* an em of space */
    }
}

/* --- Inlines --------------------------------------------------------------------------------- */

static void append_inlines (Writer     *writer,
                            cmark_node *parent);

static void
append_link (Writer     *writer,
             cmark_node *node)
{
  const char *uri = cmark_node_get_url (node);
  g_autofree char *tip = NULL;
  guint depth = writer->depth;

  if (!_sage_markdown_is_link (uri) || depth == MAX_OPEN)
    {
      append_inlines (writer, node);
      return;
    }

  tip = g_markup_printf_escaped ("<a href=\"%s\" title=\"%s\">", uri, uri);
  g_string_append (writer->markup, tip);
  writer->open[writer->depth++] = "a";
  append_inlines (writer, node);
  close_to (writer, depth);
}

static void
append_image (Writer     *writer,
              cmark_node *node)
{
  g_autofree char *alt = _sage_markdown_plain_text (node, writer->build->formulas);

  append_picture (writer, cmark_node_get_url (node), alt, -1, -1);
}

static void
append_tagged (Writer     *writer,
               cmark_node *node,
               const char *tag)
{
  guint depth = writer->depth;

  open_tag (writer, tag);
  append_inlines (writer, node);
  close_to (writer, depth);
}

static void
append_inline (Writer     *writer,
               cmark_node *node,
               guint       bottom)
{
  cmark_node_type type = cmark_node_get_type (node);

  if (type == CMARK_NODE_TEXT)
    append_with_formulas (writer, cmark_node_get_literal (node));
  else if (type == CMARK_NODE_SOFTBREAK)
    g_string_append_c (writer->markup, ' ');
  else if (type == CMARK_NODE_LINEBREAK)
    g_string_append_c (writer->markup, '\n');
  else if (type == CMARK_NODE_CODE)
    append_code (writer, cmark_node_get_literal (node));
  else if (type == CMARK_NODE_HTML_INLINE)
    append_html (writer, cmark_node_get_literal (node), bottom);
  else if (type == CMARK_NODE_EMPH)
    append_tagged (writer, node, "i");
  else if (type == CMARK_NODE_STRONG)
    append_tagged (writer, node, "b");
  else if (type == CMARK_NODE_LINK)
    append_link (writer, node);
  else if (type == CMARK_NODE_IMAGE)
    append_image (writer, node);
  else if (strcmp (cmark_node_get_type_string (node), "strikethrough") == 0)
    append_tagged (writer, node, "s");
  else if (type == CMARK_NODE_FOOTNOTE_REFERENCE)
    {
      g_string_append (writer->markup, "<sup>");
      append_text (writer, cmark_node_get_literal (node), -1);
      g_string_append (writer->markup, "</sup>");
    }
  else
    append_inlines (writer, node);
}

static void
append_inlines (Writer     *writer,
                cmark_node *parent)
{
  guint bottom = writer->depth;

  if (++writer->build->depth < 100)
    for (cmark_node *node = cmark_node_first_child (parent); node != NULL; node = cmark_node_next (node))
      append_inline (writer, node, bottom);
  writer->build->depth--;
  close_to (writer, bottom);
}

static void
writer_init (Writer            *writer,
             SageMarkdownBuild *build,
             GtkWidget         *box,
             GtkAccessibleRole  role,
             const char        *css_class)
{
  memset (writer, 0, sizeof *writer);
  writer->build = build;
  writer->box = box;
  writer->role = role;
  writer->css_class = css_class;
  writer->markup = g_string_new (NULL);
  writer->formulas = g_ptr_array_new ();
}

static void
writer_finish (Writer *writer)
{
  close_to (writer, 0);
  flush (writer);
  g_string_free (writer->markup, TRUE);
  g_ptr_array_unref (writer->formulas);
}

/* Adds the text of a block to a box: a label, or several with pictures and formulas between. */
void
_sage_markdown_add_inlines (SageMarkdownBuild *build,
                            GtkWidget         *box,
                            cmark_node        *parent,
                            GtkAccessibleRole  role,
                            const char        *css_class)
{
  Writer writer;

  writer_init (&writer, build, box, role, css_class);
  append_inlines (&writer, parent);
  writer_finish (&writer);
}

/* Adds what can be shown of a block of HTML. */
void
_sage_markdown_add_html (SageMarkdownBuild *build,
                         GtkWidget         *box,
                         const char        *html)
{
  Writer writer;

  writer_init (&writer, build, box, GTK_ACCESSIBLE_ROLE_PARAGRAPH, NULL);
  append_html (&writer, html, 0);
  writer_finish (&writer);
}
