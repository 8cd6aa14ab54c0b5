/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "sage-html-sanitise"

#include "config.h"

#include <string.h>

#include "sage-html-reader.h"
#include "sage-html-sanitise.h"
#include "sage-picture-size.h"

#define MAX_DEPTH 100 /* a browser's own limit is 512; deeper is no document but an attack */
#define MAX_SPAN 1000 /* columns or rows of a cell */

/* Elements that structure text. Each is a name with what it needs. */
static const char * const elements[] = {
  "a", "abbr", "article", "aside", "b", "big", "blockquote", "br", "caption", "center", "cite",
  "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "figcaption",
  "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins",
  "kbd", "li", "main", "mark", "meter", "nav", "ol", "p", "pre", "progress", "q", "s", "samp",
  "section", "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td",
  "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var", "wbr",
};

static const char * const void_elements[] = { "br", "col", "hr", "img", "wbr" };

/* What is in these is no text for a reader: all of it goes with them. */
static const char * const dropped_elements[] = {
  "applet", "audio", "canvas", "datalist", "embed", "frameset", "head", "map", "math", "object",
  "select", "svg", "template", "video",
};

/* Attributes whose value is a word or a text and can do nothing. */
static const char * const word_attributes[] = {
  "align", "dir", "lang", "scope", "start", "title", "type", "valign", "open", "reversed", "alt",
  "summary",
};

/* Attributes whose value is a number, with a unit for some. */
static const char * const number_attributes[] = {
  "border", "cellpadding", "cellspacing", "colspan", "height", "high", "low", "max", "min",
  "optimum", "rowspan", "size", "span", "value", "width",
};

typedef struct
{
  GString  *out;
  guint8    open[MAX_DEPTH]; /* indexes of elements */
  guint     depth;
  char      skipped[SAGE_HTML_MAX_NAME]; /* what is being dropped; empty outside */
  guint     skipped_depth;
  gboolean  dropped;
} Writer;

static int
find_word (const char * const *words,
           gsize               n,
           const char         *word)
{
  for (gsize i = 0; i < n; i++)
    if (strcmp (words[i], word) == 0)
      return (int) i;

  return -1;
}

#define HAS_WORD(words, word) (find_word (words, G_N_ELEMENTS (words), word) >= 0)

static void
append_escaped (GString    *out,
                const char *text)
{
  for (; *text != '\0'; text++)
    switch (*text)
      {
      case '&':
        g_string_append (out, "&amp;");
        break;
      case '<':
        g_string_append (out, "&lt;");
        break;
      case '>':
        g_string_append (out, "&gt;");
        break;
      case '"':
        g_string_append (out, "&quot;");
        break;
      case '\'':
        g_string_append (out, "&#39;");
        break;
      case '`': /* a quote, to some old readers */
        g_string_append (out, "&#96;");
        break;
      default:
        if ((guchar) *text >= 0x20 || *text == '\n' || *text == '\t')
          g_string_append_c (out, *text);
        break;
      }
}

static void
append_attribute (Writer     *writer,
                  const char *name,
                  const char *value)
{
  g_string_append_printf (writer->out, " %s=\"", name);
  append_escaped (writer->out, value);
  g_string_append_c (writer->out, '"');
}

static gboolean
is_number (const char *name,
           const char *value)
{
  gsize digits = strspn (value, "0123456789.");

  if (g_str_has_suffix (name, "span"))
    return digits > 0 && value[digits] == '\0' && g_ascii_strtod (value, NULL) <= MAX_SPAN;

  return digits > 0 && digits <= 6 && strcspn (value + digits, "%px") == 0 &&
         strlen (value + digits) <= 2;
}

/* A colour by its name or number, as attributes of old have it. */
static gboolean
is_colour (const char *value)
{
  gsize length = strlen (value);

  for (const char *at = value; *at != '\0'; at++)
    if (!g_ascii_isalnum (*at) && !(at == value && *at == '#'))
      return FALSE;

  return length > 0 && length <= 30;
}

/* An address that a browser may be asked to open after a question: nothing that is code or data. */
static gboolean
is_address (const char *value)
{
  for (const char *at = value; *at != '\0'; at++)
    if ((guchar) *at <= 0x20 || *at == 0x7f || *at == '\\')
      return FALSE;

  return g_ascii_strncasecmp (value, "https://", 8) == 0 ||
         g_ascii_strncasecmp (value, "http://", 7) == 0 ||
         g_ascii_strncasecmp (value, "mailto:", 7) == 0;
}

static gboolean
attribute_is_harmless (const char              *element,
                       const SageHtmlAttribute *attribute)
{
  const char *name = attribute->name;

  if (HAS_WORD (word_attributes, name))
    return TRUE;
  if (HAS_WORD (number_attributes, name))
    return is_number (name, attribute->value);
  if (strcmp (name, "color") == 0 || strcmp (name, "bgcolor") == 0)
    return is_colour (attribute->value);
  if (strcmp (element, "a") == 0 && strcmp (name, "href") == 0)
    return is_address (attribute->value);
  if (strcmp (element, "img") == 0 && strcmp (name, "src") == 0)
    return sage_picture_uri_is_harmless (attribute->value);

  return FALSE;
}

static void
append_attributes (Writer         *writer,
                   SageHtmlReader *reader)
{
  for (guint i = 0; i < reader->n_attributes; i++)
    {
      const SageHtmlAttribute *attribute = &reader->attributes[i];

      if (strcmp (attribute->name, "style") == 0)
        {
          g_autofree char *style = sage_css_sanitise (attribute->value, &writer->dropped);

          if (style[0] != '\0')
            append_attribute (writer, "style", style);
        }
      else if (attribute_is_harmless (reader->name, attribute))
        append_attribute (writer, attribute->name, attribute->value);
      else if (strcmp (attribute->name, "class") != 0 && strcmp (attribute->name, "id") != 0)
        writer->dropped = TRUE; /* those two do nothing without a style sheet */
    }
}

static void
start_element (Writer         *writer,
               SageHtmlReader *reader)
{
  int element = find_word (elements, G_N_ELEMENTS (elements), reader->name);

  if (HAS_WORD (dropped_elements, reader->name))
    {
      g_strlcpy (writer->skipped, reader->name, sizeof writer->skipped);
      writer->skipped_depth = 1;
      writer->dropped = TRUE;
      return;
    }
  if (element < 0 || writer->depth == MAX_DEPTH)
    {
      if (strcmp (reader->name, "html") != 0 && strcmp (reader->name, "body") != 0)
        writer->dropped = TRUE;
      return;
    }

  g_string_append_printf (writer->out, "<%s", elements[element]);
  append_attributes (writer, reader);
  g_string_append_c (writer->out, '>');
  if (!HAS_WORD (void_elements, reader->name))
    writer->open[writer->depth++] = (guint8) element;
}

/* Ends what is open, up to the element named; one that is not open ends nothing. */
static void
end_element (Writer     *writer,
             const char *name)
{
  guint depth = writer->depth;

  while (depth > 0 && strcmp (elements[writer->open[depth - 1]], name) != 0)
    depth--;
  while (depth > 0 && writer->depth >= depth)
    g_string_append_printf (writer->out, "</%s>", elements[writer->open[--writer->depth]]);
}

/* Inside what is dropped: waits for its end. */
static void
skip (Writer         *writer,
      SageHtmlReader *reader)
{
  if (reader->kind == SAGE_HTML_TEXT || strcmp (reader->name, writer->skipped) != 0)
    return;

  writer->skipped_depth += reader->kind == SAGE_HTML_START ? 1 : 0;
  writer->skipped_depth -= reader->kind == SAGE_HTML_END ? 1 : 0;
  if (writer->skipped_depth == 0)
    writer->skipped[0] = '\0';
}

/**
 * sage_html_sanitise:
 * @html: any bytes
 * @length: how many
 * @dropped: (out) (optional): whether something was left out that a trusted page may have
 *
 * Writes HTML from scratch: elements, attributes and properties of style from lists of what is
 * allowed, all text escaped. So nothing gets through because it is read in another way here than
 * where it is shown.
 *
 * Returns: (transfer full): what is left, well-formed
 */
char *
sage_html_sanitise (const char *html,
                    gsize       length,
                    gboolean   *dropped)
{
  g_auto(SageHtmlReader) reader = { 0 };
  Writer writer = { g_string_new (NULL), { 0 }, 0, "", 0, FALSE };

  sage_html_reader_init (&reader, html, length);
  while (sage_html_reader_next (&reader))
    {
      if (writer.skipped[0] != '\0')
        skip (&writer, &reader);
      else if (reader.kind == SAGE_HTML_TEXT)
        append_escaped (writer.out, reader.text->str);
      else if (reader.kind == SAGE_HTML_START)
        start_element (&writer, &reader);
      else
        end_element (&writer, reader.name);
    }
  while (writer.depth > 0)
    g_string_append_printf (writer.out, "</%s>", elements[writer.open[--writer.depth]]);

  if (dropped != NULL)
    *dropped = writer.dropped;

  return g_string_free_and_steal (writer.out);
}

/**
 * sage_html_to_text:
 * @html: any bytes
 * @length: how many
 *
 * Returns: (transfer full): the text of it, without markup
 */
char *
sage_html_to_text (const char *html,
                   gsize       length)
{
  static const char * const breaking[] = { "br", "p", "div", "tr", "li", "h1", "h2", "h3" };
  g_auto(SageHtmlReader) reader = { 0 };
  GString *out = g_string_new (NULL);

  sage_html_reader_init (&reader, html, length);
  while (sage_html_reader_next (&reader))
    if (reader.kind == SAGE_HTML_TEXT)
      g_string_append (out, reader.text->str);
    else if (HAS_WORD (breaking, reader.name) && out->len > 0 && out->str[out->len - 1] != '\n')
      g_string_append_c (out, '\n');

  return g_strstrip (g_string_free_and_steal (out));
}
